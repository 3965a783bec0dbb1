//! What an expression may be by the language, and must not be in a rule: parts that are the same
//! whatever the input, and parts that always fail.

use cel::{
    IdedExpr,
    common::ast::{EntryExpr, Expr, LiteralValue},
};

use super::{Compiler, Typed};
use crate::{
    cel::{datum::Owned, program::Node},
    error::{Code, Position},
};

impl<'c> Compiler<'c> {
    /// Remembers the first part that no rule should have.
    pub(super) fn flaw(&mut self, code: Code, at: &IdedExpr, message: impl Into<String>) {
        if self.checked && self.flaw.is_none() {
            self.flaw = Some(self.error(code, at, message));
        }
    }

    /// The truth value that a part always has.
    pub(super) fn constant_of(&self, part: &Typed) -> Option<bool> {
        match usize::try_from(part.id).ok().and_then(|id| self.nodes.get(id))? {
            Node::Constant(Owned::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// Remembers a condition that never changes.
    pub(super) fn constant_flaw(&mut self, at: &IdedExpr, condition: &Typed) {
        if let Some(value) = self.constant_of(condition) {
            let message = format!("this is always {value}, so that it decides nothing");
            self.flaw(Code::PolicyConstant, at, message);
        }
    }

    /// Remembers operands that are the same.
    pub(super) fn repeated_flaw(&mut self, at: &IdedExpr, left: &IdedExpr, right: &IdedExpr) {
        if self.checked && self.flaw.is_none() && same(left, right) {
            self.flaw(Code::PolicyConstant, at, "both sides are the same");
        }
    }

    /// Where in the source a byte of the text of a literal stands: exact where nothing is escaped.
    pub(super) fn within_literal(&self, literal: &IdedExpr, byte: usize) -> Position {
        let (start, end) = self.parsed.token(literal.id);
        let token = self.source.get(start..end).unwrap_or_default();
        let quote = token.find(['\'', '"']).unwrap_or(0);
        let raw = token.get(..quote).unwrap_or_default().contains(['r', 'R']);
        let quotes = token.get(quote..).unwrap_or_default();
        let width = if quotes.starts_with("'''") || quotes.starts_with("\"\"\"") { 3 } else { 1 };
        let is_text = matches!(literal.expr, Expr::Literal(LiteralValue::String(_)));
        let offset = if is_text && (raw || !token.contains('\\')) {
            start.saturating_add(quote).saturating_add(width).saturating_add(byte)
        } else {
            start
        };
        crate::cel::scan::position(self.source, offset.min(end.max(start)))
    }
}

/// What is wrong with a regular expression, and at which of its bytes.
pub(super) fn pattern_fault(source: &str) -> (usize, String) {
    use regex_syntax::Error;
    let (offset, what) = match regex_syntax::Parser::new().parse(source) {
        Ok(_) => (0, "it is too large".to_owned()),
        Err(Error::Parse(error)) => (error.span().start.offset, error.kind().to_string()),
        Err(Error::Translate(error)) => (error.span().start.offset, error.kind().to_string()),
        Err(_) => (0, "it is malformed".to_owned()),
    };
    (offset, format!("no regular expression: {what}"))
}

/// Whether two parts are the same but for their places. Recursion is bounded by the depth of expressions.
fn same(a: &IdedExpr, b: &IdedExpr) -> bool {
    let all = |a: &[IdedExpr], b: &[IdedExpr]| {
        a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
    };
    match (&a.expr, &b.expr) {
        (Expr::Literal(a), Expr::Literal(b)) => a == b,
        (Expr::Ident(a), Expr::Ident(b)) => a == b,
        (Expr::Select(a), Expr::Select(b)) => {
            a.field == b.field && a.test == b.test && same(&a.operand, &b.operand)
        }
        (Expr::Call(a), Expr::Call(b)) => {
            let targets = match (&a.target, &b.target) {
                (Some(a), Some(b)) => same(a, b),
                (None, None) => true,
                _ => false,
            };
            targets && a.func_name == b.func_name && all(&a.args, &b.args)
        }
        (Expr::List(a), Expr::List(b)) => {
            a.optional_indices == b.optional_indices && all(&a.elements, &b.elements)
        }
        (Expr::Map(a), Expr::Map(b)) => {
            a.entries.len() == b.entries.len()
                && a.entries.iter().zip(&b.entries).all(|pair| match (&pair.0.expr, &pair.1.expr) {
                    (EntryExpr::MapEntry(a), EntryExpr::MapEntry(b)) => {
                        a.optional == b.optional && same(&a.key, &b.key) && same(&a.value, &b.value)
                    }
                    _ => false,
                })
        }
        (Expr::Comprehension(a), Expr::Comprehension(b)) => {
            a.iter_var == b.iter_var
                && a.iter_var2 == b.iter_var2
                && same(&a.iter_range, &b.iter_range)
                && same(&a.loop_step, &b.loop_step)
                && same(&a.accu_init, &b.accu_init)
        }
        _ => false,
    }
}
