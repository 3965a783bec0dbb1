//! What explanations say.

use super::*;

/// The reasons as lines, for `object` and the variables `x` and `y`.
fn explain(fixture: &Fixture, source: &str) -> Vec<String> {
    let program = Program::compile(source, &fixture.environment, Expected::Any).unwrap();
    let reasons = program.explain(&fixture.scope, &[], &mut Budget::new(limits::EVALUATION_STEPS));
    reasons.iter().map(ToString::to_string).collect()
}

#[test]
fn what_decided_is_shown() {
    let fixture = Fixture::new(
        r#"{"replicas": 7, "public": true, "acl": "public-read", "tags": {"team": "web"}, "max": "6",
            "rules": [{"name": "a", "ports": [80]}, {"name": "b", "ports": [443, 8080, 22]}], "none": null}"#,
    );
    for (source, reasons) in [
        // Comparisons show their operands, and constants not.
        (
            "object.replicas <= 5",
            vec!["`object.replicas <= 5` at 1:1 is false: object.replicas is 7"],
        ),
        (
            "5 >= object.replicas",
            vec!["`5 >= object.replicas` at 1:1 is false: object.replicas is 7"],
        ),
        (
            "object.replicas + 1 == size(object.rules)",
            vec![
                "`object.replicas + 1 == size(object.rules)` at 1:1 is false: object.replicas + 1 is 8, size(object.rules) is 2",
            ],
        ),
        (
            "object.acl in ['private', 'log-delivery-write']",
            vec![
                "`object.acl in ['private', 'log-delivery-write']` at 1:1 is false: object.acl is 'public-read'",
            ],
        ),
        (
            "quantity(object.max).sub(quantity('7500m')) > quantity('0')",
            vec![
                "`quantity(object.max).sub(quantity('7500m')) > quantity('0')` at 1:1 is false: quantity(object.max).sub(quantity('7500m')) is -1.5",
            ],
        ),
        (
            "semver(object.tags.team.replace('web', '1.2.3-rc.1')) >= semver('1.2.3')",
            vec![
                "`semver(object.tags.team.replace('web', '1.2.3-rc.1')) >= semver('1.2.3')` at 1:1 is false: semver(object.tags.team.replace('web', '1.2.3-rc.1')) is 1.2.3-rc.1",
            ],
        ),
        // Of `&&` what is false, of `||` everything.
        (
            "object.public && object.replicas < 5 && has(object.owner)",
            vec![
                "`object.replicas < 5` at 1:18 is false: object.replicas is 7",
                "`has(object.owner)` at 1:41 is false",
            ],
        ),
        (
            "(object.replicas < 5 || (!object.public)) && true == object.public",
            vec![
                "`object.replicas < 5` at 1:2 is false: object.replicas is 7",
                "`object.public` at 1:27 is true",
            ],
        ),
        ("!(object.public || object.max == '7')", vec!["`object.public` at 1:3 is true"]),
        (
            "!(object.public && object.max == '6')",
            vec![
                "`object.public` at 1:3 is true",
                "`object.max == '6'` at 1:20 is true: object.max is '6'",
            ],
        ),
        // The condition and the branch that was taken.
        (
            "object.public ? object.acl == 'private' : object.replicas > 9",
            vec![
                "`object.public` at 1:1 is true",
                "`object.acl == 'private'` at 1:17 is false: object.acl is 'public-read'",
            ],
        ),
        // Elements.
        (
            "object.rules.all(r, r.ports.all(p, p < 1024 && p != 22))",
            vec![
                "`p < 1024` at 1:36 is false for r = object.rules[1], p = r.ports[1]: p is 8080",
                "`p != 22` at 1:48 is false for r = object.rules[1], p = r.ports[2]: p is 22",
            ],
        ),
        (
            "object.tags.all(k, v, v.startsWith('w') && k == 'owner')",
            vec!["`k == 'owner'` at 1:44 is false for k, v = object.tags['team']: k is 'team'"],
        ),
        (
            "object.rules.exists(r, r.name == 'c')",
            vec![
                "`object.rules.exists(r, r.name == 'c')` at 1:1 is false (true for 0 of 2 elements)",
            ],
        ),
        (
            "!object.rules.exists(r, r.name == 'b')",
            vec!["`r.name == 'b'` at 1:25 is true for r = object.rules[1]: r.name is 'b'"],
        ),
        (
            "object.rules.exists_one(r, size(r.ports) > 0)",
            vec![
                "`object.rules.exists_one(r, size(r.ports) > 0)` at 1:1 is false (true for 2 of 2 elements)",
            ],
        ),
        // Functions show their arguments.
        (
            "object.acl.startsWith(object.max)",
            vec![
                "`object.acl.startsWith(object.max)` at 1:1 is false: object.acl is 'public-read', object.max is '6'",
            ],
        ),
        (
            "math.greatest(object.replicas, 3) < 5",
            vec![
                "`math.greatest(object.replicas, 3) < 5` at 1:1 is false: math.greatest(object.replicas, 3) is 7",
            ],
        ),
        (
            "sets.contains([1], [object.replicas])",
            vec![
                "`sets.contains([1], [object.replicas])` at 1:1 is false: [object.replicas] is [7]",
            ],
        ),
        (
            "isIP(object.acl)",
            vec!["`isIP(object.acl)` at 1:1 is false: object.acl is 'public-read'"],
        ),
        // Bound names go on where they were bound.
        ("cel.bind(n, object.replicas, n < 5)", vec!["`n < 5` at 1:30 is false: n is 7"]),
        (
            "cel.bind(ok, object.replicas < 5, ok && object.public)",
            vec!["`object.replicas < 5` at 1:14 is false: object.replicas is 7"],
        ),
        // What is no truth value.
        ("object.none", vec!["`object.none` at 1:1 is null"]),
        ("object.?a.?b", vec!["`object.?a.?b` at 1:1 is optional.none()"]),
        (
            "object.?a.orValue(false)",
            vec!["`object.?a.orValue(false)` at 1:1 is false: object.?a is optional.none()"],
        ),
        // Errors are followed to where they began.
        ("object.a.b.c == 1", vec!["`object.a` at 1:1 gives cel.no_such_key"]),
        (
            "object.replicas + object.max == 3",
            vec![
                "`object.replicas + object.max` at 1:1 gives cel.no_such_overload: object.replicas is 7, object.max is '6'",
            ],
        ),
        (
            "int(object.acl) < 3 || object.rules[2].name == ''",
            vec![
                "`int(object.acl)` at 1:1 gives cel.conversion: object.acl is 'public-read'",
                "`object.rules[2]` at 1:24 gives cel.index_out_of_bounds",
            ],
        ),
        (
            "object.rules.all(r, r.ports[0] / (r.ports[0] - 80) > 0)",
            vec![
                "`r.ports[0] / (r.ports[0] - 80)` at 1:21 gives cel.divide_by_zero for r = object.rules[0]: r.ports[0] is 80, r.ports[0] - 80 is 0",
            ],
        ),
        // Lines, strings and comments.
        (
            "object.acl == \"a) // b\" // c)\n  && (object.replicas <\n -1.5e-3)",
            vec![
                "`object.acl == \"a) // b\"` at 1:1 is false: object.acl is 'public-read'",
                "`object.replicas < -1.5e-3` at 2:7 is false: object.replicas is 7",
            ],
        ),
    ] {
        assert_eq!(explain(&fixture, source), reasons, "{source}");
    }
}

#[test]
fn what_is_not_known_is_named_and_never_shown() {
    let fixture = doubtful();
    for (source, reasons) in [
        ("object.id == 'x'", vec!["`object.id` at 1:1 is unknown"]),
        (
            "object.name == 'n' && object.secret == 'x'",
            vec!["`object.secret` at 1:23 is sensitive"],
        ),
        ("object.huge > 1", vec!["`object.huge` at 1:1 is sensitive"]),
        ("has(object.id)", vec!["`has(object.id)` at 1:1 is unknown"]),
        ("object.tags == {'a': 1, 'b': 2}", vec!["`object.tags` at 1:1 is unknown (in part)"]),
        ("'c' in object.tags", vec!["`object.tags` at 1:8 is unknown (in part)"]),
        ("size(object.list) > 5", vec!["`object.list` at 1:6 is unknown (in part)"]),
        ("object.list.all(n, n > 0)", vec!["`n` at 1:20 is unknown for n = object.list[1]"]),
        ("object.id == 'x' || object.missing", vec!["`object.id` at 1:1 is unknown"]),
        ("object.id == 'x' ? object.name == 'a' : false", vec!["`object.id` at 1:1 is unknown"]),
        ("cel.bind(id, object.id, id == 'x')", vec!["`object.id` at 1:14 is unknown"]),
        ("int(object.secret) < 5", vec!["`object.secret` at 1:5 is sensitive"]),
        // What failed for other reasons never shows what may not be seen.
        ("object.nothing == object", vec!["`object.nothing` at 1:1 gives cel.no_such_key"]),
        (
            "object.name.endsWith('x') && object == {}",
            vec!["`object.name.endsWith('x')` at 1:1 is false: object.name is 'n'"],
        ),
        (
            "object.list[0] > object.plain.b",
            vec![
                "`object.list[0] > object.plain.b` at 1:1 is false: object.list[0] is 1, object.plain.b is 2",
            ],
        ),
        (
            "object.list[5] > 1 || type(object) == list",
            vec!["`object.list[5]` at 1:1 gives cel.index_out_of_bounds"],
        ),
    ] {
        assert_eq!(explain(&fixture, source), reasons, "{source}");
    }
}

#[test]
fn values_are_cut_and_harmless() {
    let long = "x".repeat(1000);
    let fixture = Fixture::new(&format!(
        r#"{{"long": "{long}", "evil": "a\u001b[31m\n'b\u202e\\c", "deep": [[[[1]]]], "list": [{}1], "one": 1.0, "half": 0.5}}"#,
        "1, ".repeat(1000)
    ));
    for (source, shown) in [
        ("object.evil == ''", r"'a\u{1b}[31m\n\'b\u{202e}\\c'".to_owned()),
        ("object.long == ''", format!("'{}…", "x".repeat(78))),
        ("object.deep == []", "[[[…]]]".to_owned()),
        ("object.half == 1", "0.5".to_owned()),
        ("double(object.one) + object.half == 1.0", "1.5".to_owned()),
        ("double(object.one) == object.half", "1.0, object.half is 0.5".to_owned()),
        ("bytes(object.evil) == b''", "14 bytes".to_owned()),
        ("timestamp('2026-01-01T00:00:00Z') == timestamp(object.one)", "'1970".to_owned()),
        ("duration(object.one) > duration('1h')", "'1s'".to_owned()),
        ("type(object.one) == string", "int".to_owned()),
    ] {
        let lines = explain(&fixture, source);
        assert_eq!(lines.len(), 1, "{source}");
        assert!(lines[0].contains(&shown), "{lines:?}");
        assert!(lines[0].len() < 400 && !lines[0].chars().any(char::is_control), "{lines:?}");
    }
    let list = explain(&fixture, "object.list == []");
    assert!(list[0].ends_with('…') && list[0].len() < 200, "{list:?}");
}

#[test]
fn an_explanation_ends_within_its_budget_and_stack() {
    on_a_small_stack(|| {
        let elements = "1, ".repeat(300);
        let fixture = Fixture::new(&format!(r#"{{"list": [{elements}1], "a": 1}}"#));
        let nested = "object.list.all(x, ".repeat(7) + "true && x > 1" + &")".repeat(7);
        let deep = limits::EXPRESSION_DEPTH - 4;
        for source in [
            nested,
            "object.list.all(x, object.list.all(y, object.list.exists(z, x + y + z == 9000)))"
                .to_owned(),
            format!("object.a == 2{}", " && object.a == 3".repeat(900)),
            format!("object.a == 2{}", " || object.a == 3".repeat(900)),
            format!("object.a + {}object.a{} == 0", "(1 + ".repeat(deep), ")".repeat(deep)),
            format!("{}object.a == 2{}", "object.a == 2 ? true : (".repeat(40), ")".repeat(40)),
            format!("object{} == 1", ".a".repeat(deep)),
        ] {
            for steps in [0, 1, 10, 100, 1000, 10_000, limits::EVALUATION_STEPS] {
                let program =
                    Program::compile(&source, &fixture.environment, Expected::Bool).unwrap();
                let mut budget = Budget::new(steps);
                let reasons = program.explain(&fixture.scope, &[], &mut budget);
                assert!(reasons.len() <= limits::EXPLANATION_REASONS);
                // Without a result there is no explanation, and what there is, is whole.
                let enough = budget.steps > 0;
                assert!(enough || reasons.is_empty() || steps == limits::EVALUATION_STEPS);
            }
        }
    });
}

#[test]
fn variables_are_followed_to_their_own_expressions() {
    let mut fixture = Fixture::new(r#"{"a": 7, "b": "x"}"#);
    let compile =
        |source: &str| Program::compile(source, &fixture.environment, Expected::Any).unwrap();
    let (x, y) = (compile("object.a < 5"), compile("int(object.b) + 1"));
    let (both, size) = (compile("object.b == 'x' && variables.x"), compile("variables.y < 10"));
    for (slot, program) in fixture.members.clone().into_iter().zip([&x, &y]) {
        let outcome = program.evaluate(&fixture.scope, &mut Budget::new(1000));
        fixture.scope.set_outcome(slot, outcome);
    }
    let definitions = [
        Definition { name: "x", slot: fixture.members[0], program: &x },
        Definition { name: "y", slot: fixture.members[1], program: &y },
    ];
    for (program, reason) in [
        (&both, "variable x: `object.a < 5` at 1:1 is false: object.a is 7"),
        (&size, "variable y: `int(object.b)` at 1:1 gives cel.conversion: object.b is 'x'"),
    ] {
        let reasons = program.explain(&fixture.scope, &definitions, &mut Budget::new(100_000));
        let lines: Vec<String> = reasons.iter().map(ToString::to_string).collect();
        assert_eq!(lines, [reason]);
    }
}

#[test]
fn errors_say_over_which_types_and_never_over_which_values() {
    let fixture = Fixture::new(
        r#"{"n": 3141592, "s": "hunter2", "list": [1, "hunter2"], "map": {"hunter2": true}, "no": 0}"#,
    );
    for (source, said) in [
        (
            "1 + object.n + object.s == 2",
            "cel.no_such_overload: `+` does not apply to int and string, at 1:14",
        ),
        (
            "object.n < object.s",
            "cel.no_such_overload: `<` does not apply to int and string, at 1:10",
        ),
        ("object.s > 5", "cel.no_such_overload: `>` does not apply to string and int, at 1:10"),
        (
            "object.n in object.s",
            "cel.no_such_overload: `in` does not apply to int and string, at 1:10",
        ),
        ("'a' in object.n", "cel.no_such_overload: `in` does not apply to string and int, at 1:5"),
        ("-object.s == 1", "cel.no_such_overload: `-` does not apply to string, at 1:1"),
        (
            "object.n.startsWith('x')",
            "cel.no_such_overload: `startsWith` does not apply to int and string, at 1:20",
        ),
        ("size(object.n) > 1", "cel.no_such_overload: `size` does not apply to int, at 1:1"),
        (
            "object.n.matches('^a')",
            "cel.no_such_overload: `matches` does not apply to int, at 1:17",
        ),
        ("object.n.field == 1", "cel.no_such_overload: `field` does not apply to int, at 1:9"),
        ("has(object.s.field)", "cel.no_such_overload: `has` does not apply to string, at 1:1"),
        (
            "object.list['a'] == 1",
            "cel.no_such_overload: `[]` does not apply to list and string, at 1:12",
        ),
        ("object.n.all(x, x > 1)", "cel.no_such_overload: `all` does not apply to int, at 1:13"),
        (
            "object.list.all(x, x > 0)",
            "cel.no_such_overload: `>` does not apply to string and int, at 1:22",
        ),
        (
            "object.s ? true : false",
            "cel.no_such_overload: bool is needed, and this is string, at 1:7",
        ),
        (
            "object.list && object.n == 3141592",
            "cel.no_such_overload: bool is needed, and this is list, at 1:7",
        ),
        ("int(object.s) == 1", "cel.conversion: `int` of string, at 1:1"),
        ("object.n / object.no == 1", "cel.divide_by_zero: `/` of int and int, at 1:10"),
        ("object.missing == 1", "cel.no_such_key: `missing` at 1:7"),
        ("object.list[7] == 1", "cel.index_out_of_bounds: `[]` at 1:12"),
        (
            "object.n > 5 &&\n  quantity(object.s).isLessThan(quantity('1'))",
            "cel.conversion: `quantity` of string, at 2:3",
        ),
    ] {
        let program = Program::compile(source, &fixture.environment, Expected::Any).unwrap();
        let outcome = program.evaluate(&fixture.scope, &mut Budget::new(10_000));
        assert_eq!(program.describe(&outcome).as_deref(), Some(said), "{source}");
    }
    let program = Program::compile("object.n", &fixture.environment, Expected::Any).unwrap();
    assert_eq!(program.describe(&fixture.outcome("object.n")), None);
}
