//! Macros: what binds a variable, and what is evaluated only when it is needed.

use cel::IdedExpr;

use super::{Compiler, Needs, Typed};
use crate::{
    cel::{
        macros,
        program::{Fold, FoldKind, Node},
        types::Type,
    },
    error::{Code, Result},
};

impl<'c> Compiler<'c> {
    pub(super) fn fold(&mut self, at: &'c IdedExpr, fold: &macros::Macro<'c>) -> Result<Typed> {
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
        if let (Some(at), Some(filter)) = (fold.filter, &filter) {
            self.constant_flaw(at, filter);
        }
        // `exists(x, true)`, `exists_one(x, true)` and `all(x, false)` count elements, whatever these are.
        let counts = match fold.kind {
            FoldKind::All => Some(false),
            FoldKind::Exists | FoldKind::ExistsOne => Some(true),
            FoldKind::Filter => None,
            _ => self.constant_of(&body),
        };
        if counts.is_none() || self.constant_of(&body) != counts {
            self.constant_flaw(fold.body, &body);
        }
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

    pub(super) fn bind(
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

    pub(super) fn optional_map(
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

    pub(super) fn optional_or(
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
