//! Operators and functions.

use std::sync::Arc;

use cel::{
    IdedExpr,
    common::ast::{CallExpr, operators},
};

use super::{Compiler, Needs, Typed, flaws};
use crate::{
    cel::{
        arithmetic::Operator,
        datum::Owned,
        functions, macros,
        object::Object,
        pattern::Pattern,
        program::{Known, Node, NodeId, Order},
        types::Type,
    },
    error::{Code, Error, Result},
    limits,
};

impl<'c> Compiler<'c> {
    pub(super) fn call(&mut self, at: &'c IdedExpr, call: &'c CallExpr) -> Result<Typed> {
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
            ("has", _) => self.refuse(
                at,
                Code::PolicySyntax,
                "has takes one field, as in `has(object.field)`",
            ),
            (name, arguments) => {
                let name = name.strip_prefix('.').unwrap_or(name);
                self.function(at, name, false, arguments.iter())
            }
        }
    }

    /// An operand that must be able to be a truth value.
    pub(super) fn condition(&mut self, at: &'c IdedExpr) -> Result<Typed> {
        let operand = self.expression(at)?;
        if self.checked && !operand.kind.may_be(&Type::Bool) {
            let message = format!("a condition is needed, and this is {}", operand.kind.name());
            return Err(self.error(Code::PolicyType, at, message));
        }
        Ok(operand)
    }

    pub(super) fn logical(
        &mut self,
        at: &'c IdedExpr,
        left: &'c IdedExpr,
        right: &'c IdedExpr,
        node: fn(NodeId, NodeId) -> Node,
    ) -> Result<Typed> {
        let start = self.nodes.len();
        self.repeated_flaw(at, left, right);
        let (left_at, right_at) = (left, right);
        let left = self.condition(left)?;
        self.constant_flaw(left_at, &left);
        let right = self.condition(right)?;
        self.constant_flaw(right_at, &right);
        let needs = left.needs.or(right.needs);
        self.combine(at, start, node(left.id, right.id), Type::Bool, needs)
    }

    pub(super) fn conditional(
        &mut self,
        at: &'c IdedExpr,
        condition: &'c IdedExpr,
        yes: &'c IdedExpr,
        no: &'c IdedExpr,
    ) -> Result<Typed> {
        let start = self.nodes.len();
        let condition_at = condition;
        let condition = self.condition(condition)?;
        self.constant_flaw(condition_at, &condition);
        self.repeated_flaw(at, yes, no);
        let yes = self.expression(yes)?;
        let no = self.expression(no)?;
        let needs = condition.needs.or(yes.needs).or(no.needs);
        let node = Node::Conditional { condition: condition.id, yes: yes.id, no: no.id };
        self.combine(at, start, node, yes.kind.join(no.kind), needs)
    }

    pub(super) fn binary(
        &mut self,
        at: &'c IdedExpr,
        name: &str,
        left: &'c IdedExpr,
        right: &'c IdedExpr,
    ) -> Result<Typed> {
        let start = self.nodes.len();
        if matches!(
            name,
            operators::EQUALS
                | operators::NOT_EQUALS
                | operators::LESS
                | operators::LESS_EQUALS
                | operators::GREATER
                | operators::GREATER_EQUALS
        ) {
            self.repeated_flaw(at, left, right);
        }
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
            operators::IN => Node::In { element: a, container: b, known: Known::Nothing },
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

    pub(super) fn member_call(
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
            ("optMap" | "optFlatMap", _) => {
                self.refuse(at, Code::PolicySyntax, "it takes a variable and an expression")
            }
            ("or", [other]) => self.optional_or(at, target, other, false),
            ("orValue", [other]) => self.optional_or(at, target, other, true),
            (name, arguments) => {
                self.function(at, name, true, std::iter::once(target).chain(arguments))
            }
        }
    }

    pub(super) fn function(
        &mut self,
        at: &'c IdedExpr,
        name: &str,
        member: bool,
        arguments: impl Iterator<Item = &'c IdedExpr>,
    ) -> Result<Typed> {
        let start = self.nodes.len();
        let (mut ids, mut kinds, mut needs) = (Vec::new(), Vec::new(), Needs::NOTHING);
        let written: Vec<&'c IdedExpr> = arguments.collect();
        for argument in &written {
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
            let help = self.function_meant(name);
            return self.refuse_with(at, Code::PolicyUnknownName, message, help);
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
        if functions::takes_pattern(name)
            && let [text, pattern, ..] = ids.as_slice()
            && let Some(place) = usize::try_from(*pattern).ok()
            && let Some(Node::Constant(Owned::Text(source))) = self.nodes.get(place)
        {
            let Some(pattern) = Pattern::new(source) else {
                let (byte, fault) = flaws::pattern_fault(source);
                return match written.get(1).filter(|_| self.checked) {
                    Some(literal) => Err(Error::new(Code::PolicySyntax, fault)
                        .at_position(self.within_literal(literal, byte))),
                    None => self.refuse(at, Code::PolicySyntax, fault),
                };
            };
            let size = self.nodes.iter().map(Node::pattern_bytes).sum::<usize>();
            if size.saturating_add(pattern.size()) > limits::EXPRESSION_PATTERN_BYTES {
                let message = "the regular expressions are too large together";
                return Err(self.error(Code::PolicyComplexity, at, message));
            }
            if name == "matches" {
                let node = Node::Matches { text: *text, pattern: Box::new(pattern) };
                return self.combine(at, start, node, kind, needs);
            }
            if let Some(node) = self.nodes.get_mut(place) {
                *node = Node::Constant(Owned::Object(Arc::new(Object::Pattern(pattern))));
            }
        }
        let node = Node::Call { apply: first.apply, arguments: ids.into() };
        self.combine(at, start, node, kind, needs)
    }
}
