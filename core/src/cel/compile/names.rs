//! Names, fields and elements.

use cel::{
    IdedExpr,
    common::ast::{Expr, LiteralValue, SelectExpr},
};

use super::{Compiler, Needs, Typed, nearest};
use crate::{
    cel::{Binding, datum::Owned, functions, program::Node, types::Type},
    error::{Code, Result},
    value::Name,
};

impl<'c> Compiler<'c> {
    /// The segments of a name such as `a.b.c`, root first, if the expression is nothing but one.
    pub(super) fn segments(mut expression: &'c IdedExpr) -> Option<Vec<&'c str>> {
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
    pub(super) fn local(&self, name: &str) -> Option<usize> {
        self.locals.iter().rposition(|(local, _)| *local == name)
    }

    /// What a name of one or more segments refers to in the scope, if it is not a local.
    pub(super) fn binding(&self, segments: &[&str]) -> Option<&'c Binding> {
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

    pub(super) fn name(&mut self, at: &'c IdedExpr) -> Result<Typed> {
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
                    let help = self.variable_meant(name);
                    self.refuse_with(at, Code::PolicyUnknownName, message, help)
                }
            },
        }
    }

    /// The slot of `group.member`, if the operand is a group; refuses a member that is not declared.
    pub(super) fn member(
        &self,
        at: &IdedExpr,
        operand: &'c IdedExpr,
        field: &str,
    ) -> Result<Option<usize>> {
        let Some(segments) = Self::segments(operand) else { return Ok(None) };
        let binding = self.binding(&segments);
        let Some(group @ Binding::Group(members)) = binding else { return Ok(None) };
        match members.get(field) {
            Some(slot) => Ok(Some(*slot)),
            None => {
                let message = format!("`{}` has no member `{field}`", segments.join("."));
                let error = self.error(Code::PolicyUnknownName, at, message);
                Err(match nearest::member_meant(group, field) {
                    Some(help) => error.with_help(help),
                    None => error,
                })
            }
        }
    }

    pub(super) fn select(&mut self, at: &'c IdedExpr, select: &'c SelectExpr) -> Result<Typed> {
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
        let node =
            Node::Select { operand: operand.id, field: Name::new(&select.field), optional: false };
        self.combine(at, start, node, kind, operand.needs)
    }

    pub(super) fn has(&mut self, at: &'c IdedExpr, select: &'c SelectExpr) -> Result<Typed> {
        if let Some(slot) = self.member(at, &select.operand, &select.field)? {
            return self.push(at, Node::HasSlot(slot), Type::Bool, Needs::SCOPE);
        }
        let start = self.nodes.len();
        let operand = self.expression(&select.operand)?;
        if !matches!(operand.kind, Type::Dyn | Type::Map(..) | Type::Optional(_)) {
            let message = format!("{} has no fields", operand.kind.name());
            return self.refuse(at, Code::PolicyType, message);
        }
        let node = Node::Has { operand: operand.id, field: Name::new(&select.field) };
        self.combine(at, start, node, Type::Bool, operand.needs)
    }

    pub(super) fn index(
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

    pub(super) fn optional_select(
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
            Node::Select { operand: operand.id, field: Name::new(field.inner()), optional: true };
        self.combine(at, start, node, Type::optional(value), operand.needs)
    }
}
