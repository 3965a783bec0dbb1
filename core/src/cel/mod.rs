//! CEL: parse, check and compile expressions, evaluate them within a budget.
//!
//! The only module that imports the `cel` crate, and of it only the parser. The face is small:
//! an [`Environment`] names what is in scope, a [`Program`] is an expression compiled against it,
//! and [`Program::evaluate`] gives an [`Outcome`] within a [`Budget`].
//!
//! Semantics are those of the CEL specification without protocol buffers. Beyond it, a value of a
//! document may be unknown or sensitive, which is neither null nor absent: what depends on it is
//! unknown. `&&`, `||`, `?:` and the macros treat unknowns as the specification says; `has`, `==`,
//! `!=`, `in` and `size` over anything not wholly known are unknown; but a list or map is not null,
//! whatever is unknown inside it. Maps iterate in the order of their keys, and nothing depends on a
//! clock or on chance.
//!
//! ```
//! use poundlock::{
//!     cel::{Budget, Environment, Expected, Outcome, Program, Scope},
//!     value::Value,
//! };
//!
//! let mut environment = Environment::new();
//! let object = environment.variable("object");
//! let program = Program::compile("object.replicas <= 5", &environment, Expected::Bool)?;
//!
//! let mut scope = Scope::new(&environment);
//! scope.set(object, Value::parse_json(br#"{"replicas": 3}"#)?);
//! let outcome = program.evaluate(&scope, &mut Budget::new(10_000));
//! assert!(matches!(outcome, Outcome::Result(result) if result.as_bool() == Some(true)));
//! # Ok::<(), poundlock::Error>(())
//! ```

mod arithmetic;
mod build;
mod compare;
mod compile;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod convert;
mod datum;
mod encode;
mod evaluate;
mod explain;
mod fault;
mod fold;
mod format;
mod functions;
mod lists;
mod macros;
mod math;
mod meter;
mod moment;
mod naming;
mod network;
mod object;
mod optional;
mod parse;
mod pattern;
mod program;
mod quantity;
mod scan;
mod semver;
#[cfg(test)]
mod tests;
mod text;
mod types;
mod url;

use std::{collections::BTreeMap, sync::Arc};

pub use explain::{Definition, Element, Operand, Reason};
pub use fault::Types;

use datum::{Datum, Owned, Stop};
use evaluate::Evaluation;
use meter::Meter;
use program::{Node, NodeId};
use smallvec::SmallVec;

use crate::{
    error::{Error, Position, Result},
    limits,
    value::{Ref, Value},
};

/// The names in scope of an expression.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Shared with the programs that are compiled against this, until more is declared.
    names: Arc<BTreeMap<String, Binding>>,
    slots: usize,
    /// Whether a name has several segments, as in `a.b`.
    dotted: bool,
    /// The namespace in which names are looked up first.
    container: String,
}

/// What a name stands for.
#[derive(Clone, Debug)]
enum Binding {
    Slot(usize),
    Group(BTreeMap<String, usize>),
}

impl Environment {
    /// Nothing but the standard functions.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a variable whose content comes from documents, and gives its slot, counted from 0.
    pub fn variable(&mut self, name: &str) -> usize {
        let slot = self.slot();
        self.dotted |= name.contains('.');
        Arc::make_mut(&mut self.names).insert(name.to_owned(), Binding::Slot(slot));
        slot
    }

    /// Declares a variable that is a group of named members, such as `variables` or `params`; a member
    /// that is not declared is refused when an expression is compiled. Gives the slot of each member in order.
    pub fn group(&mut self, name: &str, members: &[String]) -> Vec<usize> {
        let slots: Vec<usize> = members.iter().map(|_| self.slot()).collect();
        let members = members.iter().cloned().zip(slots.iter().copied()).collect();
        Arc::make_mut(&mut self.names).insert(name.to_owned(), Binding::Group(members));
        slots
    }

    fn slot(&mut self) -> usize {
        let slot = self.slots;
        self.slots = slot.saturating_add(1);
        slot
    }

    /// What a name stands for, looked up in the container and in those around it.
    fn resolve(&self, name: &str) -> Option<&Binding> {
        let mut container = self.container.as_str();
        while !container.is_empty() {
            if let Some(binding) = self.names.get(&format!("{container}.{name}")) {
                return Some(binding);
            }
            container = container.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        self.root(name)
    }

    /// What a name stands for outside of any container.
    fn root(&self, name: &str) -> Option<&Binding> {
        self.names.get(name)
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
pub struct Program {
    source: Box<str>,
    environment: Environment,
    nodes: Vec<Node>,
    /// The byte of the source at which each node stands.
    offsets: Vec<u32>,
    root: NodeId,
    flaw: Option<Error>,
}

impl Program {
    /// Parses, checks and compiles. Positions in errors are lines and columns of the source.
    ///
    /// # Errors
    ///
    /// - `policy.complexity`: longer than [`limits::EXPRESSION_BYTES`] or deeper than [`limits::EXPRESSION_DEPTH`].
    /// - `policy.syntax`: it does not parse, a macro is misused, or a regular expression is malformed or too large.
    /// - `policy.unknown_name`: a variable, a member of a group or a function that does not exist.
    /// - `policy.type`: wrong arguments or operands, a comparison of what can never be equal, or a
    ///   result that can never be what is expected.
    pub fn compile(source: &str, environment: &Environment, expected: Expected) -> Result<Self> {
        compile::compile(source, environment, expected, true)
            .map(|it| Self::new(source, environment, it))
    }

    fn new(source: &str, environment: &Environment, compiled: compile::Compiled) -> Self {
        let compile::Compiled { nodes, offsets, root, flaw } = compiled;
        Self { source: source.into(), environment: environment.clone(), nodes, offsets, root, flaw }
    }

    /// The bytes of its regular expressions, as [`limits::EXPRESSION_PATTERN_BYTES`] counts them.
    pub(crate) fn pattern_bytes(&self) -> usize {
        self.nodes.iter().map(Node::pattern_bytes).sum()
    }

    fn node(&self, id: NodeId) -> Option<&Node> {
        usize::try_from(id).ok().and_then(|id| self.nodes.get(id))
    }

    /// Refuses what the language allows and no rule should have: parts that do not depend on anything, and
    /// parts that always fail.
    ///
    /// # Errors
    ///
    /// With its place, the first part of the expression that is one of these:
    ///
    /// - `policy.constant`: an operand of `&&` or `||`, the condition of `?:` or of a macro, that is always the same,
    ///   and operands of `&&`, `||`, `?:` or a comparison that repeat each other.
    /// - `policy.type`: a constant part that always fails, such as `timestamp('soon')`, `1 / 0` or `[1][1]`.
    pub fn check_parts(&self) -> Result<()> {
        self.flaw.clone().map_or(Ok(()), Err)
    }

    /// The result that the expression has whatever the input, if it is a constant truth value.
    pub fn constant(&self) -> Option<bool> {
        self.constant_truth(self.root)
    }

    /// Recursion is bounded by the depth of expressions.
    fn constant_truth(&self, id: NodeId) -> Option<bool> {
        match self.node(id)? {
            Node::Constant(Owned::Bool(value)) => Some(*value),
            Node::Not(operand) => self.constant_truth(*operand).map(|value| !value),
            Node::And(left, right) => {
                match (self.constant_truth(*left), self.constant_truth(*right)) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                }
            }
            Node::Or(left, right) => {
                match (self.constant_truth(*left), self.constant_truth(*right)) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                }
            }
            Node::Conditional { condition, yes, no } => match self.constant_truth(*condition) {
                Some(true) => self.constant_truth(*yes),
                Some(false) => self.constant_truth(*no),
                None => {
                    self.constant_truth(*yes).filter(|yes| self.constant_truth(*no) == Some(*yes))
                }
            },
            Node::Bind { body, .. } => self.constant_truth(*body),
            _ => None,
        }
    }

    /// Whether the expression reads the slot.
    pub fn reads(&self, slot: usize) -> bool {
        // A path is made of selections that are nodes themselves, down to the slot.
        self.nodes
            .iter()
            .any(|node| matches!(node, Node::Slot(read) | Node::HasSlot(read) if *read == slot))
    }

    /// Evaluates, within what is left of the budget, [`limits::EVALUATION_STEPS`] and
    /// [`limits::EVALUATION_BYTES`], to a result of at most [`limits::RESULT_BYTES`]; what the scope holds of earlier results counts among the bytes.
    /// A slot that was not set is an internal fault, never a quiet null.
    pub fn evaluate(&self, scope: &Scope<'_>, budget: &mut Budget) -> Outcome {
        self.run(scope, budget, |value, meter| self.outcome(value, meter))
    }

    /// Evaluates; nothing when the result is `true`, the commonest by far.
    pub(crate) fn unless_true(&self, scope: &Scope<'_>, budget: &mut Budget) -> Option<Outcome> {
        self.run(scope, budget, |value, meter| match value {
            Ok(Datum::Bool(true)) => None,
            value => Some(self.outcome(value, meter)),
        })
    }

    fn run<T>(
        &self,
        scope: &Scope<'_>,
        budget: &mut Budget,
        finish: impl FnOnce(Result<Datum<'_>, Stop>, &mut Meter) -> T,
    ) -> T {
        let steps = budget.steps.min(limits::EVALUATION_STEPS);
        let bytes = limits::EVALUATION_BYTES.saturating_sub(scope.held);
        let mut evaluation = Evaluation {
            nodes: &self.nodes,
            slots: &scope.slots,
            locals: Vec::new(),
            meter: Meter { steps, bytes },
        };
        let value = evaluation.evaluate(self.root);
        let mut meter = evaluation.meter;
        let outcome = finish(value, &mut meter);
        budget.steps = budget.steps.saturating_sub(steps.saturating_sub(meter.steps));
        outcome
    }

    fn outcome(&self, value: Result<Datum<'_>, Stop>, meter: &mut Meter) -> Outcome {
        meter.bytes = meter.bytes.min(limits::RESULT_BYTES);
        if let Ok(Datum::Bool(value)) = value {
            // What most expressions come to needs no more.
            return Outcome::Result(Computed { owned: Owned::Bool(value), bytes: 0 });
        }
        let before = meter.bytes;
        match value.and_then(|value| value.keep(&mut |bytes| meter.allocate(bytes))) {
            Ok(owned) => {
                Outcome::Result(Computed { owned, bytes: before.saturating_sub(meter.bytes) })
            }
            Err(Stop::Unknown { sensitive }) => Outcome::Unknown { sensitive },
            Err(Stop::Exhausted) => Outcome::Exhausted,
            Err(Stop::Error { code, node, types }) => {
                let id = node.and_then(|node| node.get().checked_sub(1));
                let offset = id.and_then(|id| usize::try_from(id).ok());
                let offset = offset.and_then(|id| self.offsets.get(id)).copied().unwrap_or(0);
                let offset = usize::try_from(offset).unwrap_or(0);
                Outcome::Error { code, position: scan::position(&self.source, offset), types }
            }
        }
    }
}

/// What the slots of an environment hold: documents are borrowed or shared, never copied. To be used
/// again with other documents, which costs no allocation.
#[derive(Clone, Default)]
pub struct Scope<'a> {
    slots: SmallVec<[Slot<'a>; 4]>,
    /// The bytes of results that are held.
    held: u64,
}

/// What one slot holds.
#[derive(Clone, Default)]
enum Slot<'a> {
    #[default]
    Unset,
    Document(Value),
    Borrowed(Ref<'a>),
    Text(&'a str),
    Bool(bool),
    Null,
    Outcome(Outcome),
}

impl<'a> Scope<'a> {
    /// Nothing is set yet.
    pub fn new(environment: &Environment) -> Self {
        Self::with_slots(environment.slots)
    }

    /// So many slots of those that the environment has; what reads another fails.
    pub(crate) fn with_slots(slots: usize) -> Self {
        Self { slots: (0..slots).map(|_| Slot::Unset).collect(), held: 0 }
    }

    /// Sets a slot to a document. A slot that the environment does not have is ignored.
    pub fn set(&mut self, slot: usize, value: Value) {
        self.put(slot, Slot::Document(value));
    }

    /// Sets a slot to a document that outlives the scope.
    pub fn lend(&mut self, slot: usize, value: &'a Value) {
        self.put(slot, Slot::Borrowed(value.as_ref()));
    }

    /// Sets a slot to text that outlives the scope.
    pub(crate) fn lend_text(&mut self, slot: usize, text: &'a str) {
        self.put(slot, Slot::Text(text));
    }

    /// Sets a slot to a truth value.
    pub(crate) fn set_bool(&mut self, slot: usize, value: bool) {
        self.put(slot, Slot::Bool(value));
    }

    /// Sets a slot to null.
    pub(crate) fn set_null(&mut self, slot: usize) {
        self.put(slot, Slot::Null);
    }

    /// Sets a slot to what another expression came to; an expression that reads it shares its fate.
    pub fn set_outcome(&mut self, slot: usize, outcome: Outcome) {
        self.put(slot, Slot::Outcome(outcome));
    }

    /// Forgets what a slot holds, and the bytes that it holds.
    pub(crate) fn clear(&mut self, slot: usize) {
        self.put(slot, Slot::Unset);
    }

    /// What another expression came to, where a slot was set to that.
    pub fn outcome(&self, slot: usize) -> Option<&Outcome> {
        match self.slots.get(slot)? {
            Slot::Outcome(outcome) => Some(outcome),
            _ => None,
        }
    }

    #[inline]
    fn put(&mut self, slot: usize, content: Slot<'a>) {
        let bytes = |content: &Slot<'_>| match content {
            Slot::Outcome(Outcome::Result(computed)) => computed.bytes,
            _ => 0,
        };
        if let Some(place) = self.slots.get_mut(slot) {
            self.held = self.held.saturating_sub(bytes(place)).saturating_add(bytes(&content));
            *place = content;
        }
    }
}

/// What is left of the steps that evaluations may use.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Steps left for all the evaluations that share this budget.
    pub steps: u64,
}

impl Budget {
    /// A budget of so many steps.
    pub const fn new(steps: u64) -> Self {
        Self { steps }
    }
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
    /// The expression failed; the code is stable:
    ///
    /// - `cel.no_such_overload`: an operator or function does not apply to these types
    /// - `cel.no_such_key`, `cel.index_out_of_bounds`, `cel.no_value`: nothing is there
    /// - `cel.overflow`, `cel.divide_by_zero`: there is no such number, timestamp or duration
    /// - `cel.conversion`: the value does not convert
    /// - `cel.invalid_argument`: a function does not take this value
    /// - `cel.invalid_key`, `cel.duplicate_key`: the map cannot be made
    Error {
        /// The stable code.
        code: &'static str,
        /// Where in the expression: the place of the operator, of a field's dot, of the bracket that begins an
        /// index or the arguments of a method, of the name of a function.
        position: Position,
        /// The types of what it failed over.
        types: Types,
    },
    /// The budget is used up.
    Exhausted,
}

/// A computed result, opaque but for what hosts need of it. Its `Debug` names the type only.
#[derive(Clone, Debug)]
pub struct Computed {
    owned: Owned,
    bytes: u64,
}

impl Computed {
    /// A document that was read out of a result, and the bytes that it counts while a scope holds it.
    pub(crate) fn document(value: Value, bytes: u64) -> Self {
        Self { owned: Owned::Document(value), bytes }
    }

    /// The name of its type, as `type()` gives it.
    pub fn type_name(&self) -> &'static str {
        self.owned.view().map_or("unknown", |datum| datum.type_name())
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.owned {
            Owned::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.owned {
            Owned::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.owned, Owned::Null)
    }
}
