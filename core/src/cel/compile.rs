//! Checks a syntax tree and compiles it to a [`Program`](super::Program)'s nodes.
//!
//! Nodes are laid out operands first, each with its place and static type. A node that needs
//! neither the scope nor a variable of an enclosing macro is evaluated at once, within a small
//! budget, and replaced by its result.

use cel::{
    IdedExpr,
    common::ast::{CallExpr, EntryExpr, Expr, LiteralValue, MapExpr, SelectExpr, operators},
};

use super::{
    Binding, Environment, Expected, Slot,
    arithmetic::Operator,
    datum::{Owned, Stop},
    evaluate::Evaluation,
    functions, macros,
    meter::Meter,
    parse::{self, Parsed},
    pattern::Pattern,
    program::{Element, Entry, Fold, FoldKind, Node, NodeId, Order},
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
    Ok(Compiled { nodes: compiler.nodes, offsets: compiler.offsets, root: root.id })
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
        if self.checked {
            return Err(self.error(code, at, message));
        }
        self.push(at, Node::Fail("cel.no_such_overload"), Type::Dyn, Needs::SCOPE)
    }

    fn push(&mut self, at: &IdedExpr, node: Node, kind: Type, needs: Needs) -> Result<Typed> {
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
        let Some(value) = self.value_of(&typed) else { return Ok(typed) };
        self.nodes.truncate(start);
        self.offsets.truncate(start);
        self.push(at, Node::Constant(value), typed.kind, Needs::NOTHING)
    }

    /// The value of a constant node, unless it fails or costs too much.
    fn value_of(&mut self, typed: &Typed) -> Option<Owned> {
        let meter = Meter { steps: self.folding, bytes: FOLDING_BYTES };
        let slots: &[Slot] = &[];
        // The node reads none of the locals around it, but its own are counted from there on.
        let locals = vec![Err(Stop::error("internal")); self.locals.len()];
        let mut evaluation = Evaluation { nodes: &self.nodes, slots, locals, meter };
        let value = evaluation.evaluate(typed.id);
        let mut meter = evaluation.meter;
        let value = value.and_then(|value| value.keep(&mut |bytes| meter.allocate(bytes)));
        self.folding = meter.steps;
        value.ok()
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

    /// The segments of a name such as `a.b.c`, root first, if the expression is nothing but one.
    fn segments(mut expression: &'c IdedExpr) -> Option<Vec<&'c str>> {
        let mut segments = Vec::new();
        loop {
            match &expression.expr {
                Expr::Ident(name) => {
                    segments.push(name.as_str());
                    segments.reverse();
                    return Some(segments);
                }
                Expr::Select(SelectExpr { operand, field, test: false }) => {
                    segments.push(field.as_str());
                    expression = operand;
                }
                _ => return None,
            }
        }
    }

    /// The innermost local of that name.
    fn local(&self, name: &str) -> Option<usize> {
        self.locals.iter().rposition(|(local, _)| *local == name)
    }

    /// What a name of one or more segments refers to in the scope, if it is not a local.
    fn binding(&self, segments: &[&str]) -> Option<&'c Binding> {
        let (first, rest) = segments.split_first()?;
        if let Some(root) = first.strip_prefix('.') {
            let rest = rest.iter().flat_map(|segment| [".", *segment]);
            return self.environment.root(&std::iter::once(root).chain(rest).collect::<String>());
        }
        if self.local(first).is_some() {
            return None;
        }
        if rest.is_empty() || self.environment.dotted {
            return self.environment.resolve(&segments.join("."));
        }
        None
    }

    fn name(&mut self, at: &'c IdedExpr) -> Result<Typed> {
        let Expr::Ident(name) = &at.expr else {
            return Err(self.error(Code::PolicySyntax, at, "a name is missing"));
        };
        if let Some(local) = self.local(name) {
            let kind = self.locals.get(local).map_or(Type::Dyn, |(_, kind)| kind.clone());
            return self.push(at, Node::Local(local), kind, Needs { scope: false, local });
        }
        match self.binding(&[name]) {
            Some(Binding::Slot(slot)) => self.push(at, Node::Slot(*slot), Type::Dyn, Needs::SCOPE),
            Some(Binding::Group(_)) => {
                let message =
                    format!("`{name}` is a group: name one of its members, `{name}.member`");
                self.refuse(at, Code::PolicyUnknownName, message)
            }
            None => match functions::type_name(name) {
                Some(known) => {
                    self.push(at, Node::Constant(Owned::Type(known)), Type::Meta, Needs::NOTHING)
                }
                None => {
                    let message = format!("there is no variable `{name}`");
                    self.refuse(at, Code::PolicyUnknownName, message)
                }
            },
        }
    }

    /// The slot of `group.member`, if the operand is a group; refuses a member that is not declared.
    fn member(&self, at: &IdedExpr, operand: &'c IdedExpr, field: &str) -> Result<Option<usize>> {
        let Some(segments) = Self::segments(operand) else { return Ok(None) };
        let Some(Binding::Group(members)) = self.binding(&segments) else { return Ok(None) };
        match members.get(field) {
            Some(slot) => Ok(Some(*slot)),
            None => {
                let message = format!("`{}` has no member `{field}`", segments.join("."));
                Err(self.error(Code::PolicyUnknownName, at, message))
            }
        }
    }

    fn select(&mut self, at: &'c IdedExpr, select: &'c SelectExpr) -> Result<Typed> {
        if let Some(slot) = self.member(at, &select.operand, &select.field)? {
            return self.push(at, Node::Slot(slot), Type::Dyn, Needs::SCOPE);
        }
        if let Some(segments) = Self::segments(at)
            && self.local(segments.first().copied().unwrap_or_default()).is_none()
        {
            if let Some(Binding::Slot(slot)) = self.binding(&segments) {
                return self.push(at, Node::Slot(*slot), Type::Dyn, Needs::SCOPE);
            }
            if let Some(known) = functions::type_name(&segments.join(".")) {
                return self.push(
                    at,
                    Node::Constant(Owned::Type(known)),
                    Type::Meta,
                    Needs::NOTHING,
                );
            }
        }
        let start = self.nodes.len();
        let operand = self.expression(&select.operand)?;
        let kind = match &operand.kind {
            Type::Dyn => Type::Dyn,
            Type::Map(_, value) => value.as_ref().clone(),
            Type::Optional(_) => Type::optional(Type::Dyn),
            other => {
                let message = format!("{} has no fields", other.name());
                return self.refuse(at, Code::PolicyType, message);
            }
        };
        let node = Node::Select {
            operand: operand.id,
            field: select.field.as_str().into(),
            optional: false,
        };
        self.combine(at, start, node, kind, operand.needs)
    }

    fn has(&mut self, at: &'c IdedExpr, select: &'c SelectExpr) -> Result<Typed> {
        if let Some(slot) = self.member(at, &select.operand, &select.field)? {
            return self.push(at, Node::HasSlot(slot), Type::Bool, Needs::SCOPE);
        }
        let start = self.nodes.len();
        let operand = self.expression(&select.operand)?;
        if !matches!(operand.kind, Type::Dyn | Type::Map(..) | Type::Optional(_)) {
            let message = format!("{} has no fields", operand.kind.name());
            return self.refuse(at, Code::PolicyType, message);
        }
        let node = Node::Has { operand: operand.id, field: select.field.as_str().into() };
        self.combine(at, start, node, Type::Bool, operand.needs)
    }

    fn call(&mut self, at: &'c IdedExpr, call: &'c CallExpr) -> Result<Typed> {
        if let Some(target) = &call.target {
            return self.member_call(at, target, call);
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::CONDITIONAL, [condition, yes, no]) => {
                self.conditional(at, condition, yes, no)
            }
            (operators::LOGICAL_AND, [left, right]) => self.logical(at, left, right, Node::And),
            (operators::LOGICAL_OR, [left, right]) => self.logical(at, left, right, Node::Or),
            (operators::LOGICAL_NOT, [operand]) => {
                let start = self.nodes.len();
                let operand = self.condition(operand)?;
                self.combine(at, start, Node::Not(operand.id), Type::Bool, operand.needs)
            }
            (operators::NEGATE, [operand]) => {
                let start = self.nodes.len();
                let operand = self.expression(operand)?;
                if !matches!(operand.kind, Type::Dyn | Type::Int | Type::Double | Type::Duration) {
                    let message = format!("`-` does not apply to {}", operand.kind.name());
                    return self.refuse(at, Code::PolicyType, message);
                }
                self.combine(at, start, Node::Negate(operand.id), operand.kind, operand.needs)
            }
            (operators::INDEX, [operand, index]) => self.index(at, operand, index, false),
            (operators::OPT_INDEX, [operand, index]) => self.index(at, operand, index, true),
            (operators::OPT_SELECT, [operand, field]) => self.optional_select(at, operand, field),
            (name, [left, right]) if name.starts_with('_') || name == operators::IN => {
                self.binary(at, name, left, right)
            }
            (name, arguments) => {
                let name = name.strip_prefix('.').unwrap_or(name);
                self.function(at, name, false, arguments.iter())
            }
        }
    }

    /// An operand that must be able to be a truth value.
    fn condition(&mut self, at: &'c IdedExpr) -> Result<Typed> {
        let operand = self.expression(at)?;
        if self.checked && !operand.kind.may_be(&Type::Bool) {
            let message = format!("a condition is needed, and this is {}", operand.kind.name());
            return Err(self.error(Code::PolicyType, at, message));
        }
        Ok(operand)
    }

    fn logical(
        &mut self,
        at: &'c IdedExpr,
        left: &'c IdedExpr,
        right: &'c IdedExpr,
        node: fn(NodeId, NodeId) -> Node,
    ) -> Result<Typed> {
        let start = self.nodes.len();
        let left = self.condition(left)?;
        let right = self.condition(right)?;
        let needs = left.needs.or(right.needs);
        self.combine(at, start, node(left.id, right.id), Type::Bool, needs)
    }

    fn conditional(
        &mut self,
        at: &'c IdedExpr,
        condition: &'c IdedExpr,
        yes: &'c IdedExpr,
        no: &'c IdedExpr,
    ) -> Result<Typed> {
        let start = self.nodes.len();
        let condition = self.condition(condition)?;
        let yes = self.expression(yes)?;
        let no = self.expression(no)?;
        let needs = condition.needs.or(yes.needs).or(no.needs);
        let node = Node::Conditional { condition: condition.id, yes: yes.id, no: no.id };
        self.combine(at, start, node, yes.kind.join(no.kind), needs)
    }

    fn binary(
        &mut self,
        at: &'c IdedExpr,
        name: &str,
        left: &'c IdedExpr,
        right: &'c IdedExpr,
    ) -> Result<Typed> {
        let start = self.nodes.len();
        let left = self.expression(left)?;
        let right = self.expression(right)?;
        let needs = left.needs.or(right.needs);
        let (a, b) = (left.id, right.id);
        let order = |order| Node::Order { order, left: a, right: b };
        let arithmetic = |operator| Node::Arithmetic { operator, left: a, right: b };
        let node = match name {
            operators::EQUALS => Node::Equal { left: a, right: b, negated: false },
            operators::NOT_EQUALS => Node::Equal { left: a, right: b, negated: true },
            operators::LESS => order(Order::Less),
            operators::LESS_EQUALS => order(Order::LessOrEqual),
            operators::GREATER => order(Order::Greater),
            operators::GREATER_EQUALS => order(Order::GreaterOrEqual),
            operators::IN => Node::In { element: a, container: b },
            operators::ADD => arithmetic(Operator::Add),
            operators::SUBSTRACT => arithmetic(Operator::Subtract),
            operators::MULTIPLY => arithmetic(Operator::Multiply),
            operators::DIVIDE => arithmetic(Operator::Divide),
            operators::MODULO => arithmetic(Operator::Remainder),
            _ => return self.refuse(at, Code::PolicySyntax, "this operator is not known"),
        };
        let kind = match &node {
            Node::Equal { .. } => left.kind.may_equal(&right.kind).then_some(Type::Bool),
            Node::Order { .. } => left.kind.may_compare(&right.kind).then_some(Type::Bool),
            Node::In { .. } => match &right.kind {
                Type::List(element) => left.kind.may_equal(element).then_some(Type::Bool),
                Type::Map(key, _) => left.kind.may_equal(key).then_some(Type::Bool),
                Type::Dyn => Some(Type::Bool),
                _ => None,
            },
            Node::Arithmetic { operator, .. } => operator.result(&left.kind, &right.kind),
            _ => None,
        };
        match kind {
            Some(kind) => self.combine(at, start, node, kind, needs),
            None if self.checked => {
                let sign = name.trim_matches(|character| matches!(character, '_' | '@'));
                let message = match node {
                    Node::Equal { .. } => "can never be equal",
                    Node::Order { .. } => "cannot be ordered",
                    _ => "do not go together",
                };
                let message =
                    format!("`{sign}`: {} and {} {message}", left.kind.name(), right.kind.name());
                Err(self.error(Code::PolicyType, at, message))
            }
            None => self.combine(at, start, node, Type::Dyn, needs),
        }
    }

    fn index(
        &mut self,
        at: &'c IdedExpr,
        operand: &'c IdedExpr,
        index: &'c IdedExpr,
        optional: bool,
    ) -> Result<Typed> {
        if !optional
            && let Expr::Literal(LiteralValue::String(field)) = &index.expr
            && let Some(slot) = self.member(at, operand, field.inner())?
        {
            return self.push(at, Node::Slot(slot), Type::Dyn, Needs::SCOPE);
        }
        let start = self.nodes.len();
        let operand = self.expression(operand)?;
        let index = self.expression(index)?;
        let needs = operand.needs.or(index.needs);
        let (kind, wanted) = match &operand.kind {
            Type::Dyn => (Type::Dyn, &Type::Dyn),
            Type::List(element) => (element.as_ref().clone(), &Type::Int),
            Type::Map(key, value) => (value.as_ref().clone(), key.as_ref()),
            Type::Optional(_) => (Type::optional(Type::Dyn), &Type::Dyn),
            other => {
                let message = format!("{} has no elements", other.name());
                return self.refuse(at, Code::PolicyType, message);
            }
        };
        if self.checked && !index.kind.may_equal(wanted) {
            let message = format!("{} is no index here", index.kind.name());
            return self.refuse(at, Code::PolicyType, message);
        }
        let kind = match kind {
            kind @ Type::Optional(_) if matches!(operand.kind, Type::Optional(_)) => kind,
            kind if optional => Type::optional(kind),
            kind => kind,
        };
        let node = Node::Index { operand: operand.id, index: index.id, optional };
        self.combine(at, start, node, kind, needs)
    }

    fn optional_select(
        &mut self,
        at: &'c IdedExpr,
        operand: &'c IdedExpr,
        field: &'c IdedExpr,
    ) -> Result<Typed> {
        let Expr::Literal(LiteralValue::String(field)) = &field.expr else {
            return Err(self.error(Code::PolicySyntax, at, "a field is missing"));
        };
        let start = self.nodes.len();
        let operand = self.expression(operand)?;
        let value = match &operand.kind {
            Type::Map(_, value) => value.as_ref().clone(),
            Type::Dyn | Type::Optional(_) => Type::Dyn,
            other => {
                let message = format!("{} has no fields", other.name());
                return self.refuse(at, Code::PolicyType, message);
            }
        };
        let node =
            Node::Select { operand: operand.id, field: field.inner().into(), optional: true };
        self.combine(at, start, node, Type::optional(value), operand.needs)
    }

    fn member_call(
        &mut self,
        at: &'c IdedExpr,
        target: &'c IdedExpr,
        call: &'c CallExpr,
    ) -> Result<Typed> {
        if let Some(segments) = Self::segments(target)
            && let Some(first) = segments.first()
            && functions::NAMESPACES.contains(first)
            && self.local(first).is_none()
            && self.environment.resolve(first).is_none()
        {
            let name = format!("{}.{}", segments.join("."), call.func_name);
            return match (name.as_str(), call.args.as_slice()) {
                ("cel.bind", [variable, value, body]) => self.bind(at, variable, value, body),
                ("cel.bind", _) => self.refuse(
                    at,
                    Code::PolicySyntax,
                    "cel.bind takes a variable, its value and an expression",
                ),
                _ => self.function(at, &name, false, call.args.iter()),
            };
        }
        match macros::unexpanded(target, call) {
            Some(macros::Unexpanded::Fold(fold)) => return self.fold(at, &fold),
            Some(macros::Unexpanded::Misuse(help)) => {
                return self.refuse(at, Code::PolicySyntax, help);
            }
            None => {}
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            ("optMap", [variable, body]) => self.optional_map(at, target, variable, body, false),
            ("optFlatMap", [variable, body]) => self.optional_map(at, target, variable, body, true),
            ("or", [other]) => self.optional_or(at, target, other, false),
            ("orValue", [other]) => self.optional_or(at, target, other, true),
            (name, arguments) => {
                self.function(at, name, true, std::iter::once(target).chain(arguments))
            }
        }
    }

    fn function(
        &mut self,
        at: &'c IdedExpr,
        name: &str,
        member: bool,
        arguments: impl Iterator<Item = &'c IdedExpr>,
    ) -> Result<Typed> {
        let start = self.nodes.len();
        let (mut ids, mut kinds, mut needs) = (Vec::new(), Vec::new(), Needs::NOTHING);
        for argument in arguments {
            let argument = self.expression(argument)?;
            ids.push(argument.id);
            kinds.push(argument.kind);
            needs = needs.or(argument.needs);
        }
        if functions::overloads(name, member).next().is_none() {
            let message = if functions::exists(name) {
                let shape = if member { format!("{name}(x)") } else { format!("x.{name}()") };
                format!("`{name}` is called as `{shape}`")
            } else {
                format!("there is no function `{name}`")
            };
            return self.refuse(at, Code::PolicyUnknownName, message);
        }
        let takes = |overload: &&functions::Overload| {
            kinds.len() == overload.parameters.len()
                || (overload.variadic && kinds.len() >= overload.parameters.len())
        };
        if !functions::overloads(name, member).any(|overload| takes(&overload)) {
            let message = format!(
                "`{name}` does not take {} arguments",
                kinds.len().saturating_sub(member.into())
            );
            return self.refuse(at, Code::PolicyType, message);
        }
        let accepts = |overload: &&functions::Overload| {
            let last = overload.parameters.last();
            kinds.iter().enumerate().all(|(index, kind)| {
                overload.parameters.get(index).or(last).is_some_and(|shape| shape.accepts(kind))
            })
        };
        let mut candidates = functions::overloads(name, member).filter(takes).filter(accepts);
        let Some(first) = candidates.next() else {
            if self.checked {
                let given: Vec<_> = kinds.iter().map(Type::name).collect();
                let message = format!("`{name}` does not apply to ({})", given.join(", "));
                return Err(self.error(Code::PolicyType, at, message));
            }
            return self.refuse(at, Code::PolicyType, "");
        };
        let result = first.result.result(&kinds);
        let kind = candidates.fold(result, |kind, other| kind.join(other.result.result(&kinds)));
        if name == "matches"
            && let [text, pattern] = ids.as_slice()
            && let Some(Node::Constant(Owned::Text(source))) =
                usize::try_from(*pattern).ok().and_then(|id| self.nodes.get(id))
        {
            let Some(pattern) = Pattern::new(source) else {
                return self.refuse(
                    at,
                    Code::PolicySyntax,
                    "the regular expression is malformed or too large",
                );
            };
            let node = Node::Matches { text: *text, pattern: Box::new(pattern) };
            return self.combine(at, start, node, kind, needs);
        }
        let node = Node::Call { apply: first.apply, arguments: ids.into() };
        self.combine(at, start, node, kind, needs)
    }

    fn fold(&mut self, at: &'c IdedExpr, fold: &macros::Macro<'c>) -> Result<Typed> {
        let start = self.nodes.len();
        let range = self.expression(fold.range)?;
        let pairs = fold.variables.len() == 2;
        let (first, second) = match &range.kind {
            Type::Dyn => (Type::Dyn, Type::Dyn),
            Type::List(element) if pairs => (Type::Int, element.as_ref().clone()),
            Type::List(element) => (element.as_ref().clone(), Type::Dyn),
            Type::Map(key, value) => (key.as_ref().clone(), value.as_ref().clone()),
            other => {
                let message = format!("{} has no elements", other.name());
                return self.refuse(fold.range, Code::PolicyType, message);
            }
        };
        let outer = self.locals.len();
        let mut names = fold.variables.iter();
        if let (Some(a), Some(b)) = (names.next(), names.next())
            && a == b
        {
            return self.refuse(at, Code::PolicySyntax, "the two variables have the same name");
        }
        for (variable, kind) in fold.variables.iter().zip([first.clone(), second]) {
            self.locals.push((*variable, kind));
        }
        let filter = fold.filter.map(|filter| self.condition(filter)).transpose()?;
        let body = match fold.kind {
            FoldKind::All | FoldKind::Exists | FoldKind::ExistsOne | FoldKind::Filter => {
                self.condition(fold.body)?
            }
            _ => self.expression(fold.body)?,
        };
        self.locals.truncate(outer);
        let needs = range
            .needs
            .or(body.needs)
            .or(filter.as_ref().map_or(Needs::NOTHING, |filter| filter.needs));
        let kind = match fold.kind {
            FoldKind::All | FoldKind::Exists | FoldKind::ExistsOne => Type::Bool,
            FoldKind::Map => Type::list(body.kind),
            FoldKind::Filter => Type::list(first),
            FoldKind::SortBy => match &range.kind {
                Type::List(_) | Type::Dyn => range.kind,
                _ => return self.refuse(fold.range, Code::PolicyType, "sortBy sorts lists"),
            },
            FoldKind::TransformMap => Type::map(first, body.kind),
            FoldKind::TransformEntries => match body.kind {
                kind @ (Type::Map(..) | Type::Dyn) => kind,
                _ => return self.refuse(fold.body, Code::PolicyType, "entries are needed: a map"),
            },
        };
        let filter = filter.map(|filter| filter.id);
        let node = Node::Fold(Box::new(Fold {
            kind: fold.kind,
            range: range.id,
            pairs,
            filter,
            body: body.id,
        }));
        self.combine(at, start, node, kind, needs)
    }

    fn bind(
        &mut self,
        at: &'c IdedExpr,
        variable: &'c IdedExpr,
        value: &'c IdedExpr,
        body: &'c IdedExpr,
    ) -> Result<Typed> {
        let Some(name) = macros::simple_name(variable) else {
            return self.refuse(variable, Code::PolicySyntax, "a name is needed");
        };
        let start = self.nodes.len();
        let value = self.expression(value)?;
        self.locals.push((name, value.kind));
        let body = self.expression(body)?;
        self.locals.pop();
        let node = Node::Bind { value: value.id, body: body.id };
        self.combine(at, start, node, body.kind, value.needs.or(body.needs))
    }

    fn optional_map(
        &mut self,
        at: &'c IdedExpr,
        operand: &'c IdedExpr,
        variable: &'c IdedExpr,
        body: &'c IdedExpr,
        flat: bool,
    ) -> Result<Typed> {
        let Some(name) = macros::simple_name(variable) else {
            return self.refuse(variable, Code::PolicySyntax, "a name is needed");
        };
        let start = self.nodes.len();
        let operand = self.expression(operand)?;
        let kind = match operand.kind {
            Type::Optional(value) => *value,
            Type::Dyn => Type::Dyn,
            other => {
                let message = format!("an optional value is needed, and this is {}", other.name());
                return self.refuse(at, Code::PolicyType, message);
            }
        };
        self.locals.push((name, kind));
        let body = self.expression(body)?;
        self.locals.pop();
        let kind = match body.kind {
            kind @ (Type::Optional(_) | Type::Dyn) if flat => kind,
            _ if flat => {
                return self.refuse(at, Code::PolicyType, "optFlatMap needs an optional value");
            }
            kind => Type::optional(kind),
        };
        let node = Node::OptionalMap { operand: operand.id, body: body.id, flat };
        self.combine(at, start, node, kind, operand.needs.or(body.needs))
    }

    fn optional_or(
        &mut self,
        at: &'c IdedExpr,
        operand: &'c IdedExpr,
        other: &'c IdedExpr,
        unwrap: bool,
    ) -> Result<Typed> {
        let start = self.nodes.len();
        let operand = self.expression(operand)?;
        let other = self.expression(other)?;
        let needs = operand.needs.or(other.needs);
        let kind = match operand.kind {
            Type::Optional(value) if unwrap => value.join(other.kind),
            kind @ (Type::Optional(_) | Type::Dyn) => kind.join(other.kind),
            kind => {
                let message = format!("an optional value is needed, and this is {}", kind.name());
                return self.refuse(at, Code::PolicyType, message);
            }
        };
        let node = Node::OptionalOr { operand: operand.id, other: other.id, unwrap };
        self.combine(at, start, node, kind, needs)
    }
}
