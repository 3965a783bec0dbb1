//! What users of expressions rely on.

mod documentation;
mod explain;
mod hostile;
mod kubernetes;
mod language;
mod parts;

use super::*;

/// A scope with `object` a document, `variables.x` and `variables.y` to be set.
struct Fixture {
    environment: Environment,
    scope: Scope<'static>,
    members: Vec<usize>,
}

impl Fixture {
    fn new(object: &str) -> Self {
        let mut environment = Environment::new();
        let object_slot = environment.variable("object");
        let members = environment.group("variables", &["x".to_owned(), "y".to_owned()]);
        let mut scope = Scope::new(&environment);
        scope.set(object_slot, Value::parse_json(object.as_bytes()).unwrap());
        Self { environment, scope, members }
    }

    fn outcome(&self, source: &str) -> Outcome {
        let program = Program::compile(source, &self.environment, Expected::Any).unwrap();
        program.evaluate(&self.scope, &mut Budget::new(limits::EVALUATION_STEPS))
    }

    /// The outcome in one word.
    fn word(&self, source: &str) -> String {
        match self.outcome(source) {
            Outcome::Result(computed) => match (computed.as_bool(), computed.as_str()) {
                (Some(value), _) => value.to_string(),
                (_, Some(text)) => text.to_owned(),
                _ => "other".to_owned(),
            },
            Outcome::Unknown { sensitive: false } => "unknown".to_owned(),
            Outcome::Unknown { sensitive: true } => "sensitive".to_owned(),
            Outcome::Error { code, .. } => code.to_owned(),
            Outcome::Exhausted => "exhausted".to_owned(),
        }
    }

    fn refused(&self, source: &str, expected: Expected) -> (&'static str, u32, u32) {
        let error = Program::compile(source, &self.environment, expected).unwrap_err();
        let position = error.place().position.unwrap();
        (error.code(), position.line, position.column)
    }
}

fn shared<T: Send + Sync>() {}

#[test]
fn programs_scopes_and_results_are_shared_between_threads() {
    shared::<Program>();
    shared::<Scope>();
    shared::<Computed>();
}

#[test]
fn documents_are_read_as_they_are() {
    let fixture = Fixture::new(
        r#"{"a": [1, 2.0, 2.5, "x", null], "n": {"z": 1, "b": 2}, "big": 18446744073709551615}"#,
    );
    for (source, word) in [
        ("object.a[0] == 1 && object.a[1] == 2 && object.a[2] == 2.5", "true"),
        (
            "type(object.a[1]) == int && type(object.a[2]) == double && type(object.big) == uint",
            "true",
        ),
        ("object.a[4] == null && !has(object.c) && has(object.a)", "true"),
        ("object.a.size() == 5 && size(object.n) == 2", "true"),
        ("object.n.map(key, key) == ['b', 'z']", "true"),
        ("object.n == {'b': 2, 'z': 1} && {'z': 1, 'b': 2} == object.n", "true"),
        ("object.n.transformList(k, v, k + string(v)).join()", "b2z1"),
        ("'b' in object.n && 2.5 in object.a && !(3 in object.a)", "true"),
        ("object.missing", "cel.no_such_key"),
        ("object.a[5]", "cel.index_out_of_bounds"),
        ("object.a.b", "cel.no_such_overload"),
        ("object.a[0] + 'x'", "cel.no_such_overload"),
        ("object.a[0] / 0 == 1", "cel.divide_by_zero"),
        ("object.big + 1u > 0u", "cel.overflow"),
        ("int(object.a[3]) == 1", "cel.conversion"),
        ("object.?n.?b.orValue(0) == 2 && object.?q.?b.orValue(7) == 7", "true"),
    ] {
        assert_eq!(fixture.word(source), word, "{source}");
    }
}

/// A document with something unknown, sensitive and opaque.
fn doubtful() -> Fixture {
    let mut builder = crate::value::Builder::new();
    builder.begin_map().unwrap();
    for (key, put) in [("id", 0), ("secret", 1), ("huge", 2), ("name", 3)] {
        builder.key(key).unwrap();
        match put {
            0 => builder.unknown(),
            1 => builder.sensitive(),
            2 => builder.number("1e999"),
            _ => builder.text("n"),
        }
        .unwrap();
    }
    for (key, marked) in [("tags", true), ("plain", false)] {
        builder.key(key).unwrap();
        builder.begin_map().unwrap();
        builder.key("a").unwrap();
        builder.int(1).unwrap();
        builder.key("b").unwrap();
        if marked { builder.unknown() } else { builder.int(2) }.unwrap();
        builder.end_map().unwrap();
    }
    builder.key("list").unwrap();
    builder.begin_list().unwrap();
    builder.int(1).unwrap();
    builder.unknown().unwrap();
    builder.end_list().unwrap();
    builder.end_map().unwrap();
    let mut fixture = Fixture::new("{}");
    fixture.scope.set(0, builder.finish().unwrap());
    fixture
}

#[test]
fn what_depends_on_an_unknown_is_unknown() {
    let fixture = doubtful();
    for (source, word) in [
        ("object.id == 'x'", "unknown"),
        ("object.secret == 'x'", "sensitive"),
        ("object.huge > 1", "sensitive"),
        ("object.id == null", "unknown"),
        ("object.tags == null", "false"),
        ("null != object.tags", "true"),
        ("object.list == null || object == null", "false"),
        ("object.tags == dyn(null)", "false"),
        ("null in [object.tags]", "unknown"),
        ("object.name == 'n'", "true"),
        ("object.tags.a == 1", "true"),
        ("object.tags == {'a': 1}", "unknown"),
        ("'a' in object.tags", "unknown"),
        ("size(object.tags) == 2", "unknown"),
        ("has(object.tags)", "unknown"),
        ("has(object.id)", "unknown"),
        ("has(object.secret)", "sensitive"),
        ("has(object.plain) && has(object.tags.a)", "true"),
        ("has(object.nothing)", "false"),
        // Logic absorbs what cannot matter.
        ("object.id == 'x' && false", "false"),
        ("false && object.id == 'x'", "false"),
        ("object.id == 'x' || true", "true"),
        ("object.id == 'x' && true", "unknown"),
        ("object.id == 'x' || false", "unknown"),
        ("object.id == 'x' || object.missing", "unknown"),
        ("object.missing || object.id == 'x'", "unknown"),
        ("object.missing || true", "true"),
        ("object.missing && true", "cel.no_such_key"),
        // A sensitive reason wins where both took part.
        ("object.id == object.secret", "sensitive"),
        ("object.secret == object.id", "sensitive"),
        ("object.id == 'x' && object.secret == 'x'", "sensitive"),
        ("object.id + object.missing", "unknown"),
        ("[object.id, object.secret]", "sensitive"),
        ("object.id ? 1 : 2", "unknown"),
        ("true ? 1 : object.id", "other"),
        // Macros see each element.
        ("object.list.all(x, x > 1)", "false"),
        ("object.list.all(x, x > 0)", "unknown"),
        ("object.list.exists(x, x == 1)", "true"),
        ("object.list.exists(x, x == 2)", "unknown"),
        ("object.list.exists_one(x, x == 1)", "unknown"),
        ("object.list.map(x, x)", "unknown"),
        ("object.list.map(x, 1) == [1, 1]", "true"),
        ("object.list.filter(x, x == 1)", "unknown"),
        ("object.tags.all(key, key < 'c')", "true"),
        ("[object].exists(o, o.name == 'n')", "true"),
        ("[object].filter(o, o.name == 'n').size() == 1", "sensitive"),
        ("string(object.id).startsWith('x')", "unknown"),
        ("'x'.startsWith(object.secret)", "sensitive"),
    ] {
        assert_eq!(fixture.word(source), word, "{source}");
    }
}

#[test]
fn a_slot_shares_the_fate_of_what_it_was_set_to() {
    let mut fixture = Fixture::new("{}");
    let [x, y] = fixture.members.as_slice() else { panic!("two members") };
    let (x, y) = (*x, *y);
    assert_eq!(fixture.word("variables.x == 1"), "internal");
    let computed = fixture.outcome("[1, {'a': 'é'}]");
    fixture.scope.set_outcome(x, computed);
    assert_eq!(fixture.word("variables.x[1].a + variables['x'][1]['a']"), "éé");
    assert_eq!(fixture.word("has(variables.x) && variables.x.size() == 2"), "true");
    for (outcome, word) in [
        (Outcome::Unknown { sensitive: true }, "sensitive"),
        (Outcome::Unknown { sensitive: false }, "unknown"),
        (
            Outcome::Error {
                code: "cel.overflow",
                position: Position { line: 1, column: 1 },
                types: Types::default(),
            },
            "cel.overflow",
        ),
        (Outcome::Exhausted, "exhausted"),
    ] {
        let exhausted = matches!(outcome, Outcome::Exhausted);
        fixture.scope.set_outcome(y, outcome);
        assert_eq!(fixture.word("variables.y"), word);
        assert_eq!(fixture.word("has(variables.y)"), word);
        assert_eq!(fixture.word("variables.y || true"), if exhausted { word } else { "true" });
    }
}

#[test]
fn what_cannot_work_is_refused_with_its_place() {
    let fixture = Fixture::new("{}");
    for (source, refused) in [
        ("object.a ==", ("policy.syntax", 1, 12)),
        ("'é' + nothing", ("policy.unknown_name", 1, 7)),
        ("object.a &&\n  variables.z > 1", ("policy.unknown_name", 2, 12)),
        ("variables", ("policy.unknown_name", 1, 1)),
        ("variables['z']", ("policy.unknown_name", 1, 10)),
        ("frobnicate(object)", ("policy.unknown_name", 1, 1)),
        ("object.frobnicate()", ("policy.unknown_name", 1, 18)),
        ("startsWith('a', 'b')", ("policy.unknown_name", 1, 1)),
        ("object.startsWith()", ("policy.type", 1, 18)),
        ("object.startsWith(1)", ("policy.type", 1, 18)),
        ("size(1) == 1", ("policy.type", 1, 1)),
        ("object.all(1, true)", ("policy.syntax", 1, 12)),
        ("object.all(x)", ("policy.syntax", 1, 11)),
        ("has(object)", ("policy.syntax", 1, 5)),
        ("1 + 'a' == 2", ("policy.type", 1, 3)),
        ("1 == 'a'", ("policy.type", 1, 3)),
        ("string(object.a) == null", ("policy.type", 1, 18)),
        ("size(object.a) in ['a', 'b']", ("policy.type", 1, 16)),
        ("1 && true", ("policy.type", 1, 1)),
        ("object.a.matches('(')", ("policy.syntax", 1, 19)),
        ("Message{a: 1}", ("policy.unknown_name", 1, 1)),
    ] {
        assert_eq!(fixture.refused(source, Expected::Any), refused, "{source}");
    }
    assert_eq!(fixture.refused("size(object) + 1", Expected::Bool).0, "policy.type");
    assert_eq!(fixture.refused("object.a > 1", Expected::Text).0, "policy.type");
    Program::compile("object.a", &fixture.environment, Expected::Bool).unwrap();
}

#[test]
fn constant_expressions_are_known() {
    let fixture = Fixture::new("{}");
    for (source, constant) in [
        ("true", Some(true)),
        ("1 < 2", Some(true)),
        ("object.a || true", Some(true)),
        ("object.a && 1 > 2", Some(false)),
        ("[1, 2].all(x, x > 0)", Some(true)),
        ("object.a.all(x, [x].exists(y, true)) || 'a' in ['a']", Some(true)),
        ("object.a ? true : true", Some(true)),
        ("object.a == 1", None),
        ("1 / 0 == 1", None),
        ("'true'", None),
    ] {
        let program = Program::compile(source, &fixture.environment, Expected::Any).unwrap();
        assert_eq!(program.constant(), constant, "{source}");
    }
}

#[test]
fn programs_say_which_slots_they_read() {
    let fixture = Fixture::new("{}");
    let program =
        Program::compile("object.a && has(variables.y)", &fixture.environment, Expected::Any)
            .unwrap();
    let read: Vec<bool> = (0..4).map(|slot| program.reads(slot)).collect();
    assert_eq!(read, [true, false, true, false]);
}

/// Runs on a thread with the stack that threads have by default.
fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn no_expression_overflows_the_stack() {
    on_a_small_stack(|| {
        let fixture = Fixture::new("{}");
        for count in [limits::EXPRESSION_DEPTH, 1000, 100_000] {
            let around = |open: &str, close: &str| {
                format!("{}object{}", open.repeat(count), close.repeat(count))
            };
            let chain = |link: &str| format!("object{}", link.repeat(count));
            let mut hostile = vec![
                around("[", "]"),
                around("{1:", "}"),
                around("!-", ""),
                around("f(", ")"),
                around("object.f(", ")"),
                around("object[", "]"),
                around("1 + (", ")"),
                around("object.a ? 1 : ", ""),
                around("object.a ? (", ") : 1"),
                around("object.all(x, ", ")"),
                chain("[0]"),
                chain(".f"),
                chain(".?f"),
                chain(".f()"),
                chain(".map(x, x)"),
                chain(" ? 1 : object"),
            ];
            for operator in ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", " in "] {
                hostile.push(chain(&format!("{operator}object")));
            }
            for source in hostile {
                let error =
                    Program::compile(&source, &fixture.environment, Expected::Any).unwrap_err();
                let code = error.code();
                let start: String = source.chars().take(40).collect();
                assert_eq!(code, "policy.complexity", "{count} of {start}");
            }
            for open in ["[", "(", "{", "-!", "a ? ", "a.all(x, ", "a.", "a[", "'", "`"] {
                let source = open.repeat(count);
                assert!(Program::compile(&source, &fixture.environment, Expected::Any).is_err());
            }
            if count > 16 * 1024 {
                for long in [
                    around("(", ")"),
                    around("!", ""),
                    around("-", ""),
                    chain("&&object"),
                    chain("||object"),
                ] {
                    let error =
                        Program::compile(&long, &fixture.environment, Expected::Any).unwrap_err();
                    assert_eq!(error.code(), "policy.complexity");
                }
            }
        }
    });
}

#[test]
fn the_deepest_expression_is_evaluated_on_a_small_stack() {
    on_a_small_stack(|| {
        let fixture = Fixture::new(r#"{"a": true}"#);
        let depth = limits::EXPRESSION_DEPTH - 3;
        let brackets = format!("{}object.a{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(fixture.word(&brackets), "other");
        assert_eq!(fixture.word(&format!("{brackets} == {brackets}")), "true");
        let deep = limits::DEPTH - 1;
        let document = format!(r#"{{"d": {}1{}}}"#, "[".repeat(deep), "]".repeat(deep));
        let wrapped = format!("{}object.d{}", "[".repeat(120), "]".repeat(120));
        assert_eq!(Fixture::new(&document).word(&format!("{wrapped} == {wrapped}")), "true");
        assert_eq!(
            Fixture::new(&document).word(&format!("'%s'.format([{wrapped}]).size() == 495")),
            "true"
        );
        let alls = format!("{}object.a{}", "[1].all(x, ".repeat(depth), ")".repeat(depth));
        assert_eq!(fixture.word(&alls), "true");
        let ternaries = format!("{}object.a", "object.a ? true : ".repeat(100));
        assert_eq!(fixture.word(&ternaries), "true");
        assert_eq!(fixture.word(&format!("object.a{}", "&& object.a".repeat(1000))), "true");
    });
}

#[test]
fn nothing_absorbs_exhaustion() {
    let numbers: Vec<String> = (0..2000).map(|number| number.to_string()).collect();
    let fixture = Fixture::new(&format!(
        r#"{{"n": [{0}], "s": "{1}"}}"#,
        numbers.join(","),
        "a".repeat(100_000)
    ));
    let nested = "object.n.all(a, object.n.all(b, object.n.all(c, a + b + c >= 0)))";
    let doubled = |start: &str| format!("{start}{}", ".map(x, x + x)".repeat(33));
    for source in [
        nested.to_owned(),
        format!("{nested} || true"),
        format!("true && {nested}"),
        format!("[1].exists(x, {nested} || true)"),
        format!("cel.bind(x, {nested}, true)"),
        format!("{nested} ? true : true"),
        doubled("[object.s]"),
        doubled("[[object.n]]"),
        doubled("[object.n]"),
        "object.n.map(x, object.n.map(y, [x, y]))".to_owned(),
        "object.n.map(x, object.s + string(x)).size() > 0 || true".to_owned(),
        "object.n.exists(x, object.s.substring(0, 9000).matches('(a?){20}a{20}b|' + string(x)))"
            .to_owned(),
        "object.s.replace('a', object.s).size() > 0 || true".to_owned(),
        "'%s%s%s%s'.format([object.s, object.s, object.s, object.s]).split('').map(x, object.s)"
            .to_owned(),
        "lists.range(9223372036854775807).size() > 0 || true".to_owned(),
        "object.n.distinct().map(x, object.n.distinct()).size() > 0".to_owned(),
    ] {
        assert_eq!(fixture.word(&source), "exhausted", "{source}");
    }
}

#[test]
fn a_shared_budget_is_spent_by_all() {
    let fixture = Fixture::new(r#"{"a": [1, 2, 3]}"#);
    let program =
        Program::compile("object.a.all(x, x > 0)", &fixture.environment, Expected::Bool).unwrap();
    let mut budget = Budget::new(1000);
    let first = program.evaluate(&fixture.scope, &mut budget);
    assert!(matches!(first, Outcome::Result(_)));
    let cost = 1000 - budget.steps;
    assert!(cost > 0);
    let mut exact = Budget::new(cost);
    assert!(matches!(program.evaluate(&fixture.scope, &mut exact), Outcome::Result(_)));
    assert_eq!(exact.steps, 0);
    let mut short = Budget::new(cost - 1);
    assert!(matches!(program.evaluate(&fixture.scope, &mut short), Outcome::Exhausted));
    assert_eq!(short.steps, 0);
}

#[test]
fn results_that_are_kept_count_among_the_bytes() {
    let mut fixture = Fixture::new(&format!(r#"{{"s": "{}"}}"#, "a".repeat(1_000_000)));
    let [x, y] = fixture.members.as_slice() else { panic!("two members") };
    let (x, y) = (*x, *y);
    let five = fixture.outcome(&format!("object.s{}", " + object.s".repeat(4)));
    fixture.scope.set_outcome(x, five);
    let many = "[variables.x + 'a', variables.x + 'b', variables.x + 'c', variables.x + 'd'][0]";
    let before = fixture.outcome(many);
    assert!(matches!(before, Outcome::Result(_)));
    fixture.scope.set_outcome(y, before);
    assert_eq!(fixture.word(many), "exhausted");
}

#[test]
fn errors_name_their_place_in_the_expression() {
    let fixture = Fixture::new("{}");
    let Outcome::Error { code, position, .. } = fixture.outcome("true &&\n  object.missing == 1")
    else {
        panic!("an error")
    };
    assert_eq!((code, position.line, position.column), ("cel.no_such_key", 2, 9));
}

#[test]
fn results_do_not_show_their_content() {
    let fixture = Fixture::new(r#"{"a": "hunter2"}"#);
    for source in
        ["object.a", "object", "[object.a]", "{object.a: object.a}", "optional.of(object.a)"]
    {
        assert!(!format!("{:?}", fixture.outcome(source)).contains("hunter2"), "{source}");
    }
}

#[test]
fn regular_expressions_have_a_size() {
    let fixture = Fixture::new(r#"{"p": "a{1000}{1000}", "ok": "^a+$"}"#);
    assert_eq!(fixture.refused("'a'.matches('a{99999}')", Expected::Any).0, "policy.syntax");
    assert_eq!(fixture.refused("'a'.matches('(a{100}){100}')", Expected::Any).0, "policy.syntax");
    assert_eq!(fixture.word("'a'.matches(object.p)"), "cel.invalid_argument");
    assert_eq!(fixture.word("'aaa'.matches(object.ok) && !'b'.matches('^a+$')"), "true");
}
