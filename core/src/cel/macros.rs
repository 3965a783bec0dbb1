//! Recognises macros in the parser's tree.
//!
//! The parser expands the macros of the specification into general loops. Their shapes are fixed,
//! so that each is turned back into what was written, and evaluated by a loop made for it. Macros
//! that the parser does not know, with two variables say, arrive as calls.

use cel::{
    IdedExpr,
    common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, operators},
};

use super::program::FoldKind;

/// A macro over the elements of a range.
pub(super) struct Macro<'e> {
    pub(super) kind: FoldKind,
    pub(super) range: &'e IdedExpr,
    pub(super) variables: Vec<&'e str>,
    pub(super) filter: Option<&'e IdedExpr>,
    pub(super) body: &'e IdedExpr,
}

/// The macro that the parser expanded.
pub(super) fn expanded(loop_: &ComprehensionExpr) -> Option<Macro<'_>> {
    if loop_.iter_var.starts_with('.') {
        return None;
    }
    let step = call(&loop_.loop_step)?;
    let (kind, filter, body) = match &loop_.accu_init.expr {
        Expr::Literal(LiteralValue::Boolean(_)) => {
            let kind = match step.func_name.as_str() {
                operators::LOGICAL_AND => FoldKind::All,
                operators::LOGICAL_OR => FoldKind::Exists,
                _ => return None,
            };
            (kind, None, step.args.get(1)?)
        }
        Expr::Literal(LiteralValue::Int(_)) => (FoldKind::ExistsOne, None, step.args.first()?),
        Expr::List(_) => match step.func_name.as_str() {
            operators::CONDITIONAL => {
                (FoldKind::Map, step.args.first(), appended(call(step.args.get(1)?)?)?)
            }
            _ => (FoldKind::Map, None, appended(step)?),
        },
        _ => return None,
    };
    let variables = vec![loop_.iter_var.as_str()];
    // A filter is expanded to a map, under a condition, of each element to itself.
    match (filter, &body.expr) {
        (Some(condition), Expr::Ident(name)) if *name == loop_.iter_var => {
            let body = condition;
            Some(Macro {
                kind: FoldKind::Filter,
                range: &loop_.iter_range,
                variables,
                filter: None,
                body,
            })
        }
        _ => Some(Macro { kind, range: &loop_.iter_range, variables, filter, body }),
    }
}

fn call(expression: &IdedExpr) -> Option<&CallExpr> {
    match &expression.expr {
        Expr::Call(call) => Some(call),
        _ => None,
    }
}

/// What `@result + [x]` appends.
fn appended(sum: &CallExpr) -> Option<&IdedExpr> {
    match &sum.args.get(1)?.expr {
        Expr::List(list) => list.elements.first(),
        _ => None,
    }
}

/// How a call to a macro that the parser left as it is must look.
pub(super) enum Unexpanded<'e> {
    Fold(Macro<'e>),
    /// The name of a macro, with the wrong number of arguments or with something else than a name for a variable.
    Misuse(&'static str),
}

/// Name, kind, variables, and how many arguments follow those.
pub(super) const FORMS: &[(&str, FoldKind, usize, &[usize])] = &[
    ("all", FoldKind::All, 2, &[1]),
    ("exists", FoldKind::Exists, 2, &[1]),
    ("exists_one", FoldKind::ExistsOne, 2, &[1]),
    ("existsOne", FoldKind::ExistsOne, 2, &[1]),
    ("transformList", FoldKind::Map, 2, &[1, 2]),
    ("transformMap", FoldKind::TransformMap, 2, &[1, 2]),
    ("transformMapEntry", FoldKind::TransformEntries, 2, &[1, 2]),
    ("sortBy", FoldKind::SortBy, 1, &[1]),
    ("map", FoldKind::Map, 1, &[]),
    ("filter", FoldKind::Filter, 1, &[]),
];

/// The macro that a call of a member is, if it is one.
pub(super) fn unexpanded<'e>(target: &'e IdedExpr, call: &'e CallExpr) -> Option<Unexpanded<'e>> {
    let (_, kind, count, following) = FORMS.iter().find(|(name, ..)| *name == call.func_name)?;
    let expected = || match call.func_name.as_str() {
        "sortBy" => "sortBy takes a variable and an expression",
        "map" => "map takes a variable, perhaps a condition, and an expression",
        "filter" => "filter takes a variable and a condition",
        "all" | "exists" | "exists_one" | "existsOne" => {
            "it takes one or two variables and a condition"
        }
        _ => "it takes two variables, perhaps a condition, and an expression",
    };
    let variables: Vec<&str> =
        call.args.iter().take(*count).filter_map(|argument| simple_name(argument)).collect();
    let rest = call.args.get(*count..).unwrap_or_default();
    if variables.len() != *count || !following.contains(&rest.len()) {
        return Some(Unexpanded::Misuse(expected()));
    }
    let (filter, body) = match rest {
        [filter, body] => (Some(filter), body),
        [body] => (None, body),
        _ => return Some(Unexpanded::Misuse(expected())),
    };
    Some(Unexpanded::Fold(Macro { kind: *kind, range: target, variables, filter, body }))
}

/// The name, if the expression is nothing but one.
pub(super) fn simple_name(expression: &IdedExpr) -> Option<&str> {
    match &expression.expr {
        Expr::Ident(name) if !name.starts_with('.') => Some(name),
        _ => None,
    }
}
