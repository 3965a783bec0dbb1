//! What no rule should have, and where it stands.

use super::*;

/// Code and column of the first part that is refused in a rule.
fn refused(fixture: &Fixture, source: &str) -> Option<(&'static str, u32)> {
    let program = Program::compile(source, &fixture.environment, Expected::Any)
        .unwrap_or_else(|error| panic!("{source}: {error}"));
    let error = program.check_parts().err()?;
    Some((error.code(), error.place().position.unwrap().column))
}

#[test]
fn parts_that_decide_nothing_or_always_fail_are_found() {
    let fixture = Fixture::new("{}");
    for (source, code, column) in [
        // Always the same.
        ("object.a || true", "policy.constant", 13),
        ("true && object.a", "policy.constant", 1),
        ("object.a && (object.b || 1 < 2)", "policy.constant", 28),
        ("!(object.a && 'a' in ['b'])", "policy.constant", 19),
        ("1 > 2 ? object.a : object.b", "policy.constant", 3),
        ("object.list.all(x, true)", "policy.constant", 20),
        ("object.list.exists(x, false)", "policy.constant", 23),
        ("object.list.exists(x, x > 1 || 2 > 1)", "policy.constant", 34),
        ("object.list.filter(x, size('') == 0).size() > 1", "policy.constant", 32),
        ("object.list.map(x, false, x).size() > 1", "policy.constant", 20),
        // Repeated.
        ("object.a && object.a", "policy.constant", 10),
        ("object.list.all(x, x > 1) || object.list.all(x, x > 1)", "policy.constant", 27),
        ("object.a == object.a", "policy.constant", 10),
        ("size(object.a) <= size(object.a)", "policy.constant", 16),
        ("object.a ? object.b : object.b", "policy.constant", 10),
        // Constants that cannot be computed.
        ("timestamp('soon') < timestamp(object.a)", "policy.type", 1),
        ("duration('1 day') == duration(object.a)", "policy.type", 1),
        ("object.a == int('seven')", "policy.type", 13),
        ("object.a > 9223372036854775807 + 1", "policy.type", 32),
        ("object.a == 1 / 0", "policy.type", 15),
        ("object.a == 5 % 0", "policy.type", 15),
        ("object.a == ['a', 'b'][2]", "policy.type", 23),
        ("object.a == {'a': 1}['b']", "policy.type", 21),
        ("object.a == {'a': 1}.b", "policy.type", 21),
        ("object.a == {'a': 1, 'a': 2}", "policy.type", 13),
        ("quantity('5 apples').isLessThan(quantity(object.a))", "policy.type", 1),
        ("cidr('10.0.0.0/33').containsIP(object.a)", "policy.type", 1),
        ("ip('10.0.0.256') == ip(object.a)", "policy.type", 1),
        ("semver('one').isLessThan(semver(object.a))", "policy.type", 1),
        ("object.list.all(x, x.startsWith('abc'.substring(4)))", "policy.type", 48),
    ] {
        assert_eq!(refused(&fixture, source), Some((code, column)), "{source}");
    }
}

#[test]
fn natural_rules_are_accepted() {
    let fixture = Fixture::new("{}");
    for source in [
        "object.a",
        "object != null",
        "object.x != null",
        "object.x == null || object.x == 'a'",
        "object == null ? true : object.a == 1",
        "has(object.a) && object.a",
        "!has(object.a) || object.a.all(x, x > 0)",
        "object.a == 'a' || object.a == 'b'",
        "object.a.b == object.b.a",
        "object.a ? object.b : false",
        "object.list.all(x, x in ['a', 'b'])",
        "object.list.exists(x, x == 1) && object.list.exists(x, x == 2)",
        "object.at < timestamp('2030-01-01T00:00:00Z') - duration('24h')",
        "object.?a.orValue(false)",
        "cel.bind(a, object.a, a > 1 && a < 3)",
        "[1, 2, 3].exists(n, n == object.a)",
        "object.a.matches('^[a-z]+(-[a-z]+)*$')",
        "object.list.exists(x, true) && object.b.all(x, false) && object.c.exists_one(x, true)",
        "size(object.list.map(x, true)) == 1",
    ] {
        assert_eq!(refused(&fixture, source), None, "{source}");
    }
}

#[test]
fn the_place_of_a_fault_in_a_regular_expression() {
    let fixture = Fixture::new("{}");
    for (source, column) in [
        ("object.a.matches('ab(cd')", 21),
        ("object.a.matches(r'\\d[z')", 22),
        ("object.a.matches(\"\"\"a**)\"\"\")", 24),
        ("matches(object.a, 'a{2,1}')", 21),
        // With escapes, the literal as a whole.
        ("object.a.matches('\\\\d[z')", 18),
        // Larger than may be: the beginning.
        ("object.a.matches('((a{100}){100}){100}')", 19),
    ] {
        let found = fixture.refused(source, Expected::Bool);
        assert_eq!(found, ("policy.syntax", 1, column), "{source}");
    }
}

#[test]
fn types_are_inferred_through_macros_optionals_and_bind() {
    let fixture = Fixture::new("{}");
    for (source, column) in [
        ("[1, 2].map(x, x + 'a') == []", 17),
        ("object.list.map(x, string(x)).all(s, s > 1)", 40),
        ("cel.bind(n, size(object.a), n.startsWith('x'))", 41),
        ("{'a': 1}.all(k, v, v == 'x')", 22),
        ("{'a': 1}.exists(k, k == 1)", 22),
        ("[[1]].all(x, x.all(y, y == 'a'))", 25),
        ("['a', 'b'].all(x, x == 1)", 21),
        ("string(object.a)[0] == 'a'", 17),
        ("size(object.a).b", 15),
        ("object.list.filter(x, size(x))", 23),
        ("object.list.filter(x, 'a')", 23),
        ("(object.a ? 1 : 2) == 'a'", 20),
        ("timestamp(object.a) == duration('1h')", 21),
        ("timestamp(object.a) - timestamp(object.b) > 5", 43),
        ("timestamp(object.a) + 1 > timestamp(object.b)", 21),
        ("size(object.a) == null", 16),
        ("type(object.a) == 'string'", 16),
        ("object.a.split(',')[0] > 3", 24),
        ("'a' in 'abc'", 5),
        ("1 in ['a']", 3),
        ("quantity(object.a) == 5", 20),
        ("ip(object.a) == '10.0.0.1'", 14),
        ("!size(object.a)", 2),
        ("-object.a.contains('x')", 1),
        ("size(object.a) && object.b", 1),
        ("object.a == 1 == 2", 15),
        ("1 < object.a < 3", 14),
        ("object.a in ['x'] == 3", 19),
        ("[1] == {1: 1}", 5),
        ("object.a > null", 10),
        ("object.a.matches(1)", 17),
        ("object.a.startsWith(1)", 20),
        ("int([1]) == 1", 1),
        ("int(object.a, 1) == 1", 1),
        ("size() == 0", 1),
        ("null", 1),
        ("'text'", 1),
        ("size(object.a) + 1", 16),
        ("[true]", 1),
    ] {
        let found = fixture.refused(source, Expected::Bool);
        assert_eq!(found, ("policy.type", 1, column), "{source}");
    }
}

#[test]
fn misused_macros_are_refused() {
    let fixture = Fixture::new("{}");
    for (source, column) in [
        ("object.a.exists(x)", 16),
        ("object.a.all(x.y, true)", 15),
        ("object.a.all(1, true)", 14),
        ("cel.bind(1, 2, 3)", 10),
        ("cel.bind(x, 1)", 9),
        ("has(object)", 5),
        ("has(object.a, object.b)", 1),
        ("object.?a.optMap(x).hasValue()", 17),
        ("object.?a.optMap(x.y, 1).hasValue()", 19),
        ("object.a.all(x, x, true)", 13),
    ] {
        let found = fixture.refused(source, Expected::Bool);
        assert_eq!(found, ("policy.syntax", 1, column), "{source}");
    }
}

#[test]
fn what_was_perhaps_meant_is_said() {
    let fixture = Fixture::new("{}");
    for (source, help) in [
        ("objekt.a", Some("object")),
        ("object.a.lowerascii() == ''", Some("lowerAscii")),
        ("math.gratest(object.a, 1) == 1", Some("math.greatest")),
        ("variables.xx == 1", None),
        ("frobnicate(object)", None),
    ] {
        let error = Program::compile(source, &fixture.environment, Expected::Any).unwrap_err();
        assert_eq!(error.code(), "policy.unknown_name", "{source}");
        let help = help.map(|name| format!("perhaps `{name}` is meant"));
        assert_eq!(error.help().map(str::to_owned), help, "{source}");
    }
}
