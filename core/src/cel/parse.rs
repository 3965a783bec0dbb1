//! From text to the syntax tree of the `cel` crate, with the place of every node.

use std::sync::Arc;

use cel::{IdedExpr, ParseErrors, common::ast::SourceInfo, parser::PrattParser};

use super::scan;
use crate::{
    error::{Code, Error, Result},
    limits,
};

/// A syntax tree and where its nodes stand.
pub(super) struct Parsed {
    pub(super) root: IdedExpr,
    places: Option<Arc<SourceInfo>>,
}

impl Parsed {
    /// The byte at which a node stands.
    pub(super) fn offset(&self, id: u64) -> u32 {
        self.places.as_ref().and_then(|places| places.offset_for(id)).map_or(0, |(start, _)| start)
    }

    /// The bytes of the token that stands for a node: from the first to behind the last.
    pub(super) fn token(&self, id: u64) -> (usize, usize) {
        let token = self.places.as_ref().and_then(|places| places.offset_for(id));
        let (start, end) = token.unwrap_or_default();
        (usize::try_from(start).unwrap_or(0), usize::try_from(end).unwrap_or(0))
    }
}

/// Parses, after checking that this cannot overflow the stack.
pub(super) fn parse(source: &str) -> Result<Parsed> {
    if source.len() > limits::EXPRESSION_BYTES {
        return Err(Error::new(
            Code::PolicyComplexity,
            format!("the expression is longer than {} bytes", limits::EXPRESSION_BYTES),
        ));
    }
    if scan::depth(source) > scan::DEPTH {
        return Err(too_deep());
    }
    let root = parser().parse(source).map_err(|errors| syntax_error(source, &errors))?;
    // The parser gives the places of nodes only together with an error. It numbers nodes in the
    // order in which it meets them, so a stray bracket at the end changes no number.
    let places = match parser().parse(&format!("{source}\n)")) {
        Ok(_) => None,
        Err(errors) => errors.errors.into_iter().find_map(|error| error.source_info),
    };
    Ok(Parsed { root, places })
}

/// The error for an expression that nests too deep.
pub(super) fn too_deep() -> Error {
    Error::new(
        Code::PolicyComplexity,
        format!("the expression nests deeper than {} levels", limits::EXPRESSION_DEPTH),
    )
    .with_help("split the expression with variables")
}

fn parser() -> PrattParser {
    PrattParser::new()
        .enable_optional_syntax(true)
        .enable_ident_escape_syntax(true)
        .max_recursion_depth(u16::MAX)
        // Beyond the first error, what is parsed no longer nests as the scan says.
        .error_recovery_limit(0)
}

fn syntax_error(source: &str, errors: &ParseErrors) -> Error {
    let first = errors.errors.iter().find(|error| error.pos.0 > 0).or(errors.errors.first());
    let message = first.map_or("the expression does not parse", |error| error.msg.as_str());
    let (line, column) = first.map_or((1, 1), |error| error.pos);
    let before = |line: isize| usize::try_from(line.saturating_sub(1)).unwrap_or_default();
    let start: usize = source.split_inclusive('\n').take(before(line)).map(str::len).sum();
    let mut offset = start.saturating_add(before(column)).min(source.len());
    while !source.is_char_boundary(offset) {
        offset = offset.saturating_sub(1);
    }
    let (message, meant) = worded(message, source.get(offset..).unwrap_or_default());
    let error = Error::new(Code::PolicySyntax, message).at_position(scan::position(source, offset));
    match meant {
        Some(help) => error.with_help(help),
        None => error,
    }
}

/// The parser's message in the author's words, and what the author may have meant, by the text
/// that the parser stopped at.
fn worded(message: &str, rest: &str) -> (String, Option<&'static str>) {
    let begins = |word: &str| {
        rest.strip_prefix(word).is_some_and(|after| !after.starts_with(char::is_alphanumeric))
    };
    if message.starts_with("invalid argument to has()") {
        let message = "has takes one field, as in `has(object.field)`";
        let help =
            "write `object.key != null` where null is meant, and `'key' in object` for a key";
        return (message.to_owned(), Some(help));
    }
    let message = message.strip_prefix("Syntax error: ").unwrap_or(message);
    let help = if begins("and") {
        Some("write `&&`")
    } else if begins("or") {
        Some("write `||`")
    } else if rest.starts_with('=') {
        Some("write `==`")
    } else {
        None
    };
    (message.replace("<EOF>", "the end"), help)
}

#[cfg(test)]
mod tests {
    use cel::common::ast::{EntryExpr, Expr};
    use proptest::prelude::*;

    use super::*;

    /// How deep a tree without macros is.
    fn depth(at: &IdedExpr) -> u32 {
        let parts: Vec<&IdedExpr> = match &at.expr {
            Expr::Select(select) => vec![&select.operand],
            Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
            Expr::List(list) => list.elements.iter().collect(),
            Expr::Map(map) => map
                .entries
                .iter()
                .filter_map(|entry| match &entry.expr {
                    EntryExpr::MapEntry(entry) => Some([&entry.key, &entry.value]),
                    EntryExpr::StructField(_) => None,
                })
                .flatten()
                .collect(),
            _ => Vec::new(),
        };
        1 + parts.into_iter().map(depth).max().unwrap_or(0)
    }

    /// Text that parses, with few of the brackets that would keep its parts apart.
    fn text() -> impl Strategy<Value = String> {
        let leaf =
            prop::sample::select(vec!["a", "1", "-1", "'('", "r'\\'", "b\"\\\"[\"", "a.`)`"]);
        leaf.prop_map(str::to_owned).prop_recursive(8, 60, 3, |inner| {
            let two = (inner.clone(), inner.clone());
            let operators = vec![
                "+", "-", "*", "/", "%", "<", "==", "!=", " in ", "&&", "||", "- -", "+!",
                "// +\n+",
            ];
            prop_oneof![
                (two.clone(), prop::sample::select(operators))
                    .prop_map(|((a, b), operator)| format!("{a}{operator}{b}")),
                (two.clone(), inner.clone()).prop_map(|((a, b), c)| format!("({a})?({b}):{c}")),
                (inner.clone(), prop::sample::select(vec!["!", "-", "!-!-", "--", "! !"]))
                    .prop_map(|(a, prefix)| format!("{prefix}({a})")),
                (inner.clone(), prop::sample::select(vec![".f", ".?f", ".f()", ".f.f.f", "[0]"]))
                    .prop_map(|(a, link)| format!("({a}){link}")),
                two.clone().prop_map(|(a, b)| format!("a[?{a}].f({b})")),
                two.clone().prop_map(|(a, b)| format!("[{a}, ?{b}]")),
                two.prop_map(|(a, b)| format!("{{{a}: {b}}}")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn no_tree_is_deeper_than_the_scan_says(source in text()) {
            if let Ok(root) = parser().parse(&source) {
                prop_assert!(depth(&root) <= scan::depth(&source), "{source}");
            }
        }
    }
}
