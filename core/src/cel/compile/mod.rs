//! Checks a syntax tree and compiles it to a [`Program`](super::Program)'s nodes.
//!
//! Nodes are laid out operands first, each with its place and static type. A node that needs
//! neither the scope nor a variable of an enclosing macro is evaluated at once, within a small
//! budget, and replaced by its result.

mod calls;
mod flaws;
mod loops;
mod names;
mod nearest;

use cel::{
    IdedExpr,
    common::ast::{EntryExpr, Expr, LiteralValue, MapExpr},
};

use super::{
    Environment, Expected, Slot,
    datum::{Owned, Stop},
    evaluate::{Evaluation, Local},
    macros,
    meter::Meter,
    parse::{self, Parsed},
    program::{self, Element, Entry, Node, NodeId},
    scan,
    types::Type,
};
use crate::{
    error::{Code, Error, Result},
    limits,
};

/// What a program consists of.
pub(super) struct Compiled {
    pub(super) nodes: Vec<Node>,
    pub(super) offsets: Vec<u32>,
    pub(super) root: NodeId,
    /// The first part that no rule should have; see [`Program::check_parts`](super::Program::check_parts).
    pub(super) flaw: Option<Error>,
}

/// Parses, checks and compiles. Unchecked, what a check would refuse becomes a node that fails.
pub(super) fn compile(
    source: &str,
    environment: &Environment,
    expected: Expected,
    checked: bool,
) -> Result<Compiled> {
    let parsed = parse::parse(source)?;
    let mut compiler = Compiler {
        source,
        parsed: &parsed,
        environment,
        checked,
        nodes: Vec::new(),
        offsets: Vec::new(),
        locals: Vec::new(),
        depth: 0,
        folding: FOLDING_STEPS,
        flaw: None,
    };
    let root = compiler.expression(&parsed.root)?;
    let suits = match expected {
        Expected::Any => true,
        Expected::Bool => root.kind.may_be(&Type::Bool),
        Expected::Text => root.kind.may_be(&Type::Text),
    };
    if !suits {
        let wanted = if expected == Expected::Bool { "bool" } else { "string" };
        let message = format!("the expression gives {}, and {wanted} is needed", root.kind.name());
        return Err(compiler.error(Code::PolicyType, &parsed.root, message));
    }
    program::prepare(&mut compiler.nodes);
    let Compiler { nodes, offsets, flaw, .. } = compiler;
    Ok(Compiled { nodes, offsets, root: root.id, flaw })
}

/// Compiles a part of an expression that has been compiled as a whole, below macros with these variables.
pub(super) fn compile_part<'c>(
    source: &'c str,
    parsed: &'c Parsed,
    environment: &'c Environment,
    locals: impl Iterator<Item = &'c str>,
    part: &'c IdedExpr,
) -> Result<Compiled> {
    let mut compiler = Compiler {
        source,
        parsed,
        environment,
        checked: false,
        nodes: Vec::new(),
        offsets: Vec::new(),
        locals: locals.map(|name| (name, Type::Dyn)).collect(),
        depth: 0,
        folding: 0,
        flaw: None,
    };
    let root = compiler.expression(part)?;
    let Compiler { nodes, offsets, flaw, .. } = compiler;
    Ok(Compiled { nodes, offsets, root: root.id, flaw })
}

/// Steps and bytes for evaluating the constant parts of one program when it is compiled.
const FOLDING_STEPS: u64 = 20_000;
const FOLDING_BYTES: u64 = 64 * 1024;

/// A compiled node.
#[derive(Clone, Debug)]
struct Typed {
    id: NodeId,
    kind: Type,
    needs: Needs,
}

/// What a node needs to be evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Needs {
    scope: bool,
    /// The outermost local that it reads; `usize::MAX` if none.
    local: usize,
}

impl Needs {
    const NOTHING: Self = Self { scope: false, local: usize::MAX };
    const SCOPE: Self = Self { scope: true, local: usize::MAX };

    fn or(self, other: Self) -> Self {
        Self { scope: self.scope || other.scope, local: self.local.min(other.local) }
    }
}

struct Compiler<'c> {
    source: &'c str,
    parsed: &'c Parsed,
    environment: &'c Environment,
    checked: bool,
    nodes: Vec<Node>,
    offsets: Vec<u32>,
    /// The variables of the macros that are open, outermost first.
    locals: Vec<(&'c str, Type)>,
    depth: usize,
    folding: u64,
    flaw: Option<Error>,
}

impl<'c> Compiler<'c> {
    fn error(&self, code: Code, at: &IdedExpr, message: impl Into<String>) -> Error {
        let offset = usize::try_from(self.parsed.offset(at.id)).unwrap_or(0);
        Error::new(code, message).at_position(scan::position(self.source, offset))
    }

    /// Refuses the expression, or, unchecked, lets it fail when it is evaluated.
    fn refuse(
        &mut self,
        at: &'c IdedExpr,
        code: Code,
        message: impl Into<String>,
    ) -> Result<Typed> {
        self.refuse_with(at, code, message, None)
    }

    /// As [`refuse`](Self::refuse), with help.
    fn refuse_with(
        &mut self,
        at: &'c IdedExpr,
        code: Code,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Result<Typed> {
        if self.checked {
            let error = self.error(code, at, message);
            return Err(match help {
                Some(help) => error.with_help(help),
                None => error,
            });
        }
        self.push(at, Node::Fail("cel.no_such_overload"), Type::Dyn, Needs::SCOPE)
    }

    fn push(&mut self, at: &IdedExpr, node: Node, kind: Type, needs: Needs) -> Result<Typed> {
        if self.nodes.len() >= limits::EXPRESSION_NODES {
            let message =
                format!("the expression has more than {} parts", limits::EXPRESSION_NODES);
            return Err(self.error(Code::PolicyComplexity, at, message));
        }
        let id = NodeId::try_from(self.nodes.len()).map_err(|_| parse::too_deep())?;
        self.nodes.push(node);
        self.offsets.push(self.parsed.offset(at.id));
        Ok(Typed { id, kind, needs })
    }

    /// Adds a node made of others, or its value if that is the same for every input. The nodes
    /// from `start` on belong to it alone.
    fn combine(
        &mut self,
        at: &IdedExpr,
        start: usize,
        node: Node,
        kind: Type,
        needs: Needs,
    ) -> Result<Typed> {
        // What reads locals that it does not itself bind is no constant.
        let needs = if needs.local >= self.locals.len() {
            Needs { local: usize::MAX, ..needs }
        } else {
            needs
        };
        let typed = self.push(at, node, kind, needs)?;
        if needs != Needs::NOTHING || self.folding == 0 {
            return Ok(typed);
        }
        let value = match self.value_of(&typed) {
            Ok(value) => value,
            Err(stop) => {
                if let Stop::Error { code, .. } = stop {
                    let message = format!("this always fails ({code})");
                    self.flaw(Code::PolicyType, at, message);
                }
                return Ok(typed);
            }
        };
        self.nodes.truncate(start);
        self.offsets.truncate(start);
        self.push(at, Node::Constant(value), typed.kind, Needs::NOTHING)
    }

    /// The value of a constant node, unless it fails or costs too much.
    fn value_of(&mut self, typed: &Typed) -> Result<Owned, Stop> {
        let meter = Meter { steps: self.folding, bytes: FOLDING_BYTES };
        let slots: &[Slot] = &[];
        // The node reads none of the locals around it, but its own are counted from there on.
        let locals = vec![Local::Value(Err(Stop::error("internal"))); self.locals.len()];
        let mut evaluation = Evaluation { nodes: &self.nodes, slots, locals, meter };
        let value = evaluation.evaluate(typed.id);
        let mut meter = evaluation.meter;
        let value = value.and_then(|value| value.keep(&mut |bytes| meter.allocate(bytes)));
        self.folding = meter.steps;
        value
    }

    fn expression(&mut self, expression: &'c IdedExpr) -> Result<Typed> {
        if self.depth >= limits::EXPRESSION_DEPTH {
            return Err(parse::too_deep());
        }
        self.depth = self.depth.saturating_add(1);
        let result = self.dispatch(expression);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    fn dispatch(&mut self, at: &'c IdedExpr) -> Result<Typed> {
        match &at.expr {
            Expr::Literal(literal) => self.literal(at, literal),
            Expr::Ident(_) => self.name(at),
            Expr::Select(select) if select.test => self.has(at, select),
            Expr::Select(select) => self.select(at, select),
            Expr::Call(call) => self.call(at, call),
            Expr::List(list) => {
                let start = self.nodes.len();
                let mut elements = Vec::with_capacity(list.elements.len());
                let (mut kind, mut needs) = (None, Needs::NOTHING);
                for (index, element) in list.elements.iter().enumerate() {
                    let optional = list.optional_indices.contains(&index);
                    let value = self.expression(element)?;
                    needs = needs.or(value.needs);
                    let value_kind = self.element_kind(element, value.kind, optional)?;
                    kind =
                        Some(kind.map_or(value_kind.clone(), |kind: Type| kind.join(value_kind)));
                    elements.push(Element { value: value.id, optional });
                }
                let kind = Type::list(kind.unwrap_or(Type::Dyn));
                self.combine(at, start, Node::List(elements.into()), kind, needs)
            }
            Expr::Map(map) => self.map(at, map),
            Expr::Comprehension(expanded) => match macros::expanded(expanded) {
                Some(fold) => self.fold(at, &fold),
                None => Err(self.error(Code::PolicySyntax, at, "this macro is not known")),
            },
            Expr::Struct(_) => {
                self.refuse(at, Code::PolicyUnknownName, "there are no message types; write a map")
            }
            Expr::Unspecified => {
                Err(self.error(Code::PolicySyntax, at, "an expression is missing"))
            }
        }
    }

    /// The type of an element or entry; an optional one stands for its value.
    fn element_kind(&self, at: &IdedExpr, kind: Type, optional: bool) -> Result<Type> {
        match kind {
            Type::Optional(value) if optional => Ok(*value),
            Type::Dyn => Ok(Type::Dyn),
            kind if optional && self.checked => Err(self.error(
                Code::PolicyType,
                at,
                format!("`?` needs an optional value, not {}", kind.name()),
            )),
            kind => Ok(kind),
        }
    }

    fn map(&mut self, at: &'c IdedExpr, map: &'c MapExpr) -> Result<Typed> {
        let start = self.nodes.len();
        let mut entries = Vec::with_capacity(map.entries.len());
        let (mut kinds, mut needs) = (None, Needs::NOTHING);
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else { continue };
            let key = self.expression(&entry.key)?;
            let value = self.expression(&entry.value)?;
            let keyed =
                matches!(key.kind, Type::Dyn | Type::Bool | Type::Int | Type::Uint | Type::Text);
            if !keyed && self.checked {
                let message = format!("a key cannot be {}", key.kind.name());
                return Err(self.error(Code::PolicyType, &entry.key, message));
            }
            needs = needs.or(key.needs).or(value.needs);
            let value_kind = self.element_kind(&entry.value, value.kind, entry.optional)?;
            kinds = Some(match kinds {
                None => (key.kind, value_kind),
                Some((k, v)) => (Type::join(k, key.kind), Type::join(v, value_kind)),
            });
            entries.push(Entry { key: key.id, value: value.id, optional: entry.optional });
        }
        let (key, value) = kinds.unwrap_or((Type::Dyn, Type::Dyn));
        self.combine(at, start, Node::Map(entries.into()), Type::map(key, value), needs)
    }

    fn literal(&mut self, at: &IdedExpr, literal: &LiteralValue) -> Result<Typed> {
        let (value, kind) = match literal {
            LiteralValue::Boolean(value) => (Owned::Bool(*value.inner()), Type::Bool),
            LiteralValue::Bytes(value) => (Owned::Bytes(value.inner().into()), Type::Bytes),
            LiteralValue::Double(value) => (Owned::Double(*value.inner()), Type::Double),
            LiteralValue::Int(value) => (Owned::Int(*value.inner()), Type::Int),
            LiteralValue::Null => (Owned::Null, Type::Null),
            LiteralValue::String(value) => (Owned::Text(value.inner().into()), Type::Text),
            LiteralValue::UInt(value) => (Owned::Uint(*value.inner()), Type::Uint),
        };
        self.push(at, Node::Constant(value), kind, Needs::NOTHING)
    }
}
