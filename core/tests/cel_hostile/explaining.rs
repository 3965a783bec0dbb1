//! Explanations of expressions that are made to hurt: bounded like evaluations.

use poundlock::{
    Value,
    cel::{Budget, Definition, Environment, Expected, Program, Scope},
    limits,
};

use super::{SLACK_BYTES, STACK, memory};

/// Explains an expression whose `variables.x` is another one, on a small stack. Gives the steps that it took.
fn explain(source: String, variable: String) -> u64 {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let explained = thread.spawn(move || {
        let mut environment = Environment::new();
        let object = environment.variable("object");
        let x = environment.group("variables", &["x".to_owned()])[0];
        let program = Program::compile(&source, &environment, Expected::Any).unwrap();
        let definition = Program::compile(&variable, &environment, Expected::Any).unwrap();
        let mut scope = Scope::new(&environment);
        let tens: Vec<u8> = (0..10).collect();
        scope.set(
            object,
            Value::parse_json(format!(r#"{{"a": false, "tens": {tens:?}}}"#).as_bytes()).unwrap(),
        );
        let outcome = definition.evaluate(&scope, &mut Budget::new(limits::EVALUATION_STEPS));
        scope.set_outcome(x, outcome);
        let definitions = [Definition { name: "x", slot: x, program: &definition }];
        let mut budget = Budget::new(limits::EVALUATION_STEPS);
        let (reasons, most) = memory::most(|| program.explain(&scope, &definitions, &mut budget));
        assert!(most <= usize::try_from(limits::EVALUATION_BYTES).unwrap() + SLACK_BYTES, "{most}");
        assert!(reasons.len() <= limits::EXPLANATION_REASONS);
        limits::EVALUATION_STEPS - budget.steps
    });
    explained.unwrap().join().unwrap()
}

#[test]
fn depth_is_harmless() {
    let depth = limits::EXPRESSION_DEPTH - 3;
    let around = |open: &str, inner: &str, close: &str, count: usize| {
        format!("{}{inner}{}", open.repeat(count), close.repeat(count))
    };
    let macros = around("[1].all(y, ", "variables.x", ")", depth);
    let filters = around("[1].filter(y, true || ", "object.a", ").size() == 0", depth / 4);
    for source in [
        macros.clone(),
        around("!(", "variables.x", ")", depth / 2),
        around("object.a ? true : (", "variables.x", ")", depth),
        around("cel.bind(y, object.a, ", "variables.x", ")", depth),
        around("[1].exists(y, !", "variables.x", ")", depth / 2),
    ] {
        for variable in [
            "object.a".to_owned(),
            around("[1].all(y, ", "object.a", ")", depth),
            around("[1].map(y, true, ", "object.a", ")", depth) + " == []",
            around("[", "object.a", "]", depth) + " == [1]",
            filters.clone(),
        ] {
            explain(source.clone(), variable);
        }
    }
}

/// Parts are compiled again to be explained, and their regular expressions with them.
#[test]
fn regular_expressions_are_paid_for_again() {
    let terms: Vec<String> =
        (0..60).map(|term| format!("string(object.a).matches('b{term}')")).collect();
    let without = explain("object.a".to_owned(), "object.a".to_owned());
    let with = explain(format!("object.a || {}", terms.join(" || ")), "true".to_owned());
    assert!(with - without >= 60 * 1000, "{with} and {without}");
}
