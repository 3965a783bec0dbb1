//! CEL: parse, check and compile expressions, evaluate them within a budget.
//!
//! The only module that imports the `cel` crate, and of it only the parser. The face is small:
//! an [`Environment`] names what is in scope, a [`Program`] is an expression compiled against it,
//! and [`Program::evaluate`] gives an [`Outcome`] within a [`Budget`].

use crate::{
    error::{Position, Result},
    value::Value,
};

/// The names in scope of an expression.
#[derive(Clone, Debug, Default)]
pub struct Environment {}

#[allow(unused_variables)]
impl Environment {
    /// Nothing but the standard functions.
    pub fn new() -> Self {
        todo!()
    }
    /// Declares a variable whose content comes from documents, and gives its slot, counted from 0.
    pub fn variable(&mut self, name: &str) -> usize {
        todo!()
    }
    /// Declares a variable that is a group of named members, such as `variables` or `params`; a member
    /// that is not declared is refused when an expression is compiled. Gives the slot of each member in order.
    pub fn group(&mut self, name: &str, members: &[String]) -> Vec<usize> {
        todo!()
    }
}

/// What an expression must yield.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Anything.
    Any,
    /// A truth value; an expression that can never be one is refused.
    Bool,
    /// Text; an expression that can never be one is refused.
    Text,
}

/// A compiled expression, to be shared between threads.
#[derive(Debug)]
pub struct Program {}

#[allow(unused_variables)]
impl Program {
    /// Parses, checks and compiles.
    pub fn compile(source: &str, environment: &Environment, expected: Expected) -> Result<Self> {
        todo!()
    }
    /// The result that the expression has whatever the input, if it is a constant truth value.
    pub fn constant(&self) -> Option<bool> {
        todo!()
    }
    /// Whether the expression reads the slot.
    pub fn reads(&self, slot: usize) -> bool {
        todo!()
    }
    /// Evaluates. A slot that was not set is an internal fault, never a quiet null.
    pub fn evaluate(&self, scope: &Scope, budget: &mut Budget) -> Outcome {
        todo!()
    }
}

/// What the slots of an environment hold.
#[derive(Clone, Default)]
pub struct Scope {}

#[allow(unused_variables)]
impl Scope {
    /// Nothing is set yet.
    pub fn new(environment: &Environment) -> Self {
        todo!()
    }
    /// Sets a slot to a document.
    pub fn set(&mut self, slot: usize, value: Value) {
        todo!()
    }
    /// Sets a slot to what another expression came to; an expression that reads it shares its fate.
    pub fn set_outcome(&mut self, slot: usize, outcome: Outcome) {
        todo!()
    }
}

/// What is left of the steps and bytes that evaluations may use.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Steps left for all the evaluations that share this budget.
    pub steps: u64,
}

/// What an evaluation came to.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// A result.
    Result(Computed),
    /// The result depends on something that is not known until apply (`sensitive: false`), or that is sensitive.
    Unknown {
        /// Whether something sensitive or opaque is the reason.
        sensitive: bool,
    },
    /// The expression failed; the code is stable (`cel.no_such_key`, `cel.no_such_overload`, `cel.conversion`, `cel.overflow`, `cel.divide_by_zero`, …).
    Error {
        /// The stable code.
        code: &'static str,
        /// Where in the expression.
        position: Position,
    },
    /// The budget is used up.
    Exhausted,
}

/// A computed result, opaque but for what hosts need of it.
#[derive(Clone, Debug)]
pub struct Computed {}

impl Computed {
    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        todo!()
    }
    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        todo!()
    }
    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        todo!()
    }
}
