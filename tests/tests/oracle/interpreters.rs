//! The two interpreters, and what they answer in common terms.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use cel::{Context, Env, Value as Theirs_, extensions, parser::PrattParser};
use poundlock::{
    Value,
    cel::{Budget, Environment, Expected, Outcome, Program, Scope},
    limits,
};
use serde_json::Value as Json;

/// What an expression comes to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    Bool(bool),
    Text(String),
    Error,
    /// Refused before it is evaluated.
    Refused,
    Exhausted,
    /// Something that cannot be compared from outside.
    Other,
}

pub(crate) fn ours(source: &str, document: &str) -> Answer {
    let mut environment = Environment::new();
    let object = environment.variable("object");
    let Ok(program) = Program::compile(source, &environment, Expected::Any) else {
        return Answer::Refused;
    };
    let mut scope = Scope::new(&environment);
    scope.set(object, Value::parse_json(document.as_bytes()).unwrap());
    match program.evaluate(&scope, &mut Budget::new(limits::EVALUATION_STEPS)) {
        Outcome::Result(result) => match (result.as_bool(), result.as_str()) {
            (Some(value), _) => Answer::Bool(value),
            (None, Some(text)) => Answer::Text(text.to_owned()),
            (None, None) => Answer::Other,
        },
        Outcome::Error { .. } => Answer::Error,
        Outcome::Exhausted => Answer::Exhausted,
        Outcome::Unknown { .. } => Answer::Other,
    }
}

pub(crate) struct Theirs {
    env: Arc<Env>,
}

impl Theirs {
    pub(crate) fn new() -> Self {
        let mut env = Env::stdlib();
        env.add_extension(extensions::strings).unwrap();
        env.add_extension(extensions::lists).unwrap();
        env.add_extension(extensions::math).unwrap();
        Self { env: Arc::new(env) }
    }

    pub(crate) fn evaluate(&self, source: &str, document: &Json) -> Answer {
        catch_unwind(AssertUnwindSafe(|| {
            let parser =
                PrattParser::new().enable_optional_syntax(true).enable_ident_escape_syntax(true);
            let Ok(expression) = parser.parse(source) else { return Answer::Refused };
            let mut context = Context::with_env(Arc::clone(&self.env));
            context.add_variable_from_value("object", value(document));
            match context.resolve(&expression) {
                Ok(Theirs_::Bool(value)) => Answer::Bool(value),
                Ok(Theirs_::String(text)) => Answer::Text(text.as_str().to_owned()),
                Ok(_) => Answer::Other,
                Err(_) => Answer::Error,
            }
        }))
        .unwrap_or(Answer::Other)
    }
}

fn value(json: &Json) -> Theirs_ {
    match json {
        Json::Null => Theirs_::Null,
        Json::Bool(value) => Theirs_::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(value), ..) => Theirs_::Int(value),
            (None, Some(value), _) => Theirs_::UInt(value),
            (None, None, value) => Theirs_::Float(value.unwrap()),
        },
        Json::String(text) => Theirs_::from(text.as_str()),
        Json::Array(elements) => Theirs_::List(Arc::new(elements.iter().map(value).collect())),
        Json::Object(entries) => {
            let entries: std::collections::HashMap<String, Theirs_> =
                entries.iter().map(|(key, inner)| (key.clone(), value(inner))).collect();
            Theirs_::from(entries)
        }
    }
}
