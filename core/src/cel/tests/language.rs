//! What functions and macros give, beyond the cases of the specification's suite.

use super::*;

/// Each expression is true.
pub(super) fn all_true(expressions: &[&str]) {
    let fixture =
        Fixture::new(r#"{"list": [3, 1, 2], "text": "a,b", "ip": "10.1.2.3", "none": []}"#);
    for source in expressions {
        assert_eq!(fixture.word(source), "true", "{source}");
    }
}

/// Each expression has the outcome.
pub(super) fn outcomes(expressions: &[(&str, &str)]) {
    let fixture =
        Fixture::new(r#"{"list": [3, 1, 2], "text": "a,b", "mixed": [1, "a"], "none": []}"#);
    for (source, word) in expressions {
        assert_eq!(fixture.word(source), *word, "{source}");
    }
}

#[test]
fn lists() {
    all_true(&[
        "object.list.sort() == [1, 2, 3] && object.list.reverse() == [2, 1, 3]",
        "object.list.sortBy(x, -x) == [3, 2, 1] && ['bb', 'a'].sortBy(x, x.size()) == ['a', 'bb']",
        "object.list.sum() == 6 && object.list.min() == 1 && object.list.max() == 3 && object.none.sum() == 0",
        "[1.5, 2.5].sum() == 4.0 && [duration('1s'), duration('2s')].sum() == duration('3s')",
        "!object.list.isSorted() && [1, 1, 2].isSorted() && object.none.isSorted()",
        "object.list.indexOf(2) == 2 && object.list.indexOf(9) == -1 && [1, 2, 1].lastIndexOf(1) == 2",
        "object.text.indexOf('b') == 2 && object.text.lastIndexOf(',') == 1",
        "[1, 2, 1.0, 'a', 'a'].distinct() == [1, 2, 'a']",
        "[[1], [2, [3]]].flatten() == [1, 2, [3]] && [[1, [2, [3]]]].flatten(2) == [1, 2, [3]]",
        "object.list.slice(1, 3) == [1, 2] && object.list.slice(1, 1) == []",
        "lists.range(3) == [0, 1, 2] && lists.range(0) == [] && lists.range(-1) == []",
        "object.list.first().value() == 3 && object.list.last().value() == 2 && !object.none.first().hasValue()",
        "sets.contains([1, 2, 3], [2, 3]) && !sets.contains([1], [2]) && sets.contains([], [])",
        "sets.equivalent([1, 1, 2], [2, 1]) && sets.intersects([1, 2], [2, 3]) && !sets.intersects([1], [])",
        "[optional.of(1), optional.none()].unwrapOpt() == [1]",
    ]);
    outcomes(&[
        ("object.mixed.sort()", "cel.no_such_overload"),
        ("object.mixed.max()", "cel.no_such_overload"),
        ("object.none.min()", "cel.invalid_argument"),
        ("[0.0 / 0.0, 1.0].sort()", "cel.invalid_argument"),
        ("object.list.slice(2, 9)", "cel.index_out_of_bounds"),
        ("object.list.slice(2, 1)", "cel.index_out_of_bounds"),
        ("object.list.sum() + 9223372036854775807", "cel.overflow"),
    ]);
}

#[test]
fn macros_with_two_variables() {
    all_true(&[
        "object.list.all(i, x, x > i || i > 0) && object.list.exists(i, x, i == 2 && x == 2)",
        "{'a': 1, 'b': 2}.transformMap(k, v, v > 1, k + string(v)) == {'b': 'b2'}",
        "{'a': 1}.transformMapEntry(k, v, {v: k}) == {1: 'a'}",
        "['x', 'y'].transformMapEntry(i, v, {v: i}) == {'x': 0, 'y': 1}",
        "[1, 2].transformMap(i, v, v * 10) == {0: 10, 1: 20}",
        "{'a': 1}.existsOne(k, v, k == 'a')",
    ]);
    outcomes(&[("['x', 'x'].transformMapEntry(i, v, {v: i})", "cel.duplicate_key")]);
}

#[test]
fn macros_can_hide_names() {
    all_true(&[
        "object.list.exists(object, object == 3)",
        "[1].all(x, [2].all(x, x == 2) && x == 1)",
        "cel.bind(a, 1, cel.bind(b, a + 1, [a, b].map(a, a * 2))) == [2, 4]",
        "[[1, 2], [3]].map(x, x.map(y, y + x.size())) == [[3, 4], [4]]",
        "[1, 2, 3].map(x, x > 1, x * 2) == [4, 6] && [1, 2].filter(x, x > 1).map(x, x) == [2]",
        "cel.bind(unused, 1 / 0, true)",
    ]);
}

#[test]
fn the_last_index_counts_characters() {
    all_true(&["'ta©o©αT'.lastIndexOf('©', 3) == 2 && 'aé'.lastIndexOf('é', 0) == -1"]);
}

#[test]
fn regular_expressions_find_and_replace_parts() {
    all_true(&[
        "'abc123def45'.find('[0-9]+') == '123' && 'abc'.find('[0-9]') == ''",
        "'a1b22c333'.findAll('[0-9]+') == ['1', '22', '333'] && 'a1b22'.findAll('[0-9]+', 1) == ['1']",
        "regex.extract('id: 42, 43', 'id: ([0-9]+)') == optional.of('42')",
        "regex.extract('id: 42', '[0-9]+').value() == '42' && !regex.extract('id', '[0-9]').hasValue()",
        "!regex.extract('b', '(a)?b').hasValue() && regex.extract('b', 'a?') == optional.of('')",
        "regex.extractAll('a=1 b=2 c=', '[a-z]=([0-9]?)') == ['1', '2'] && regex.extractAll('x', 'y') == []",
        r"regex.replace('10 apples', '([0-9]+) ([a-z]+)', r'\2: \1') == 'apples: 10'",
        "regex.replace('a.b.c', '[.]', '-') == 'a-b-c' && regex.replace('a.b.c', '[.]', '-', 1) == 'a-b.c'",
        "regex.replace('aa', 'a', 'b', 0) == 'aa' && regex.replace('aa', 'a', 'b', -1) == 'bb'",
        r"regex.replace('a', 'a', r'\\\0') == r'\a' && regex.replace('é', '', '-') == '-é-'",
        "object.text.find(object.text) == 'a,b' && object.text.findAll(object.text) == ['a,b']",
    ]);
    outcomes(&[
        ("object.text.find('(' + object.text)", "cel.invalid_argument"),
        ("regex.extract(object.text, '(a)(b)')", "cel.invalid_argument"),
        ("regex.extractAll(object.text, '(a)(b)')", "cel.invalid_argument"),
        (r"regex.replace(object.text, 'a', r'\1')", "cel.invalid_argument"),
        (r"regex.replace(object.text, 'a', r'\x')", "cel.invalid_argument"),
        (r"regex.replace(object.text, 'a', '\\')", "cel.invalid_argument"),
    ]);
}

/// What is compiled at load costs no more there than elsewhere when it is used.
#[test]
fn constant_regular_expressions_are_compiled_and_checked_at_load() {
    let fixture = Fixture::new(r#"{"text": "a,b"}"#);
    for call in ["matches('(')", "find('(')", "findAll('(')", "findAll('(', 1)"] {
        let (code, ..) = fixture.refused(&format!("object.text.{call}"), Expected::Any);
        assert_eq!(code, "policy.syntax", "{call}");
    }
    for call in ["extract(object.text, '(')", "replace(object.text, '(', '')"] {
        let (code, ..) = fixture.refused(&format!("regex.{call}"), Expected::Any);
        assert_eq!(code, "policy.syntax", "{call}");
    }
    let source = "object.text.find('[a-z]') == 'a'";
    let program = Program::compile(source, &fixture.environment, Expected::Bool).unwrap();
    let outcome = program.evaluate(&fixture.scope, &mut Budget::new(50));
    assert!(matches!(outcome, Outcome::Result(result) if result.as_bool() == Some(true)));
}

#[test]
fn numbers_of_different_types_compare() {
    all_true(&[
        "1 == 1.0 && 1u == 1 && 2u > 1 && 1 < 1.5 && -1 < 0u && 1 in [1.0]",
        "18446744073709551615u > 9223372036854775807 && {1: 'a'}[1u] == 'a' && {1: 'a'}[1.0] == 'a'",
        "string(1e21) == '1e+21' && string(1e6) == '1000000' && string(0.1) == '0.1' && string(1e-7) == '1e-07'",
    ]);
    outcomes(&[
        ("{1: 'a', 1u: 'b'}", "cel.duplicate_key"),
        ("dyn(1) + dyn(1.0)", "cel.no_such_overload"),
    ]);
}

#[test]
fn templates() {
    all_true(&[
        "'%s has %d of %.1f'.format(['x', 3, 4.56]) == 'x has 3 of 4.6' && '100%%'.format([]) == '100%'",
        "'%s %s'.format([0.000000002, 1e21]) == '0.000000002 1000000000000000000000'",
        "'%x %X %o %b %e'.format([255, 'hi', 8, true, 1234.5]) == 'ff 6869 10 1 1.234500e+03'",
        "'%s'.format([{'b': [1, null], 'a': duration('90s')}]) == '{a: 90s, b: [1, null]}'",
    ]);
    outcomes(&[
        ("'%s'.format([])", "cel.invalid_argument"),
        ("'%s'.format([1, 2])", "cel.invalid_argument"),
        ("'%y'.format([1])", "cel.invalid_argument"),
        ("'%'.format([1])", "cel.invalid_argument"),
        ("'%d'.format(['1'])", "cel.no_such_overload"),
        ("double('1e400')", "cel.overflow"),
    ]);
}

#[test]
fn time_zones() {
    all_true(&[
        "timestamp('2026-07-01T12:00:00Z').getHours('Europe/Berlin') == 14",
        "timestamp('2026-01-01T12:00:00Z').getHours('Europe/Berlin') == 13",
        "timestamp('9999-12-31T23:59:59Z').getFullYear('UTC') == 9999",
        "timestamp('2026-01-01T00:00:00Z') + duration('1h') > timestamp('2026-01-01T00:59:59Z')",
    ]);
    outcomes(&[
        ("timestamp('2026-01-01T00:00:00Z').getHours('Nowhere/Land')", "cel.invalid_argument"),
        ("timestamp('9999-12-31T23:59:59Z').getHours('+01:00')", "cel.overflow"),
    ]);
}
