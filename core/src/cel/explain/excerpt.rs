//! The source text of a part of an expression.
//!
//! The parser gives one token for each node of its tree. What a node covers is that token, what its
//! operands cover, and the brackets around and after those.

use cel::{
    IdedExpr,
    common::ast::{EntryExpr, Expr, operators},
};

use crate::cel::parse::Parsed;

/// From the first byte to behind the last.
type Span = (usize, usize);

/// A token of the source; whitespace and comments are none.
struct Token {
    span: Span,
    /// The token that closes this bracket, or opens it.
    partner: Option<usize>,
}

/// The tokens of a source.
pub(super) struct Tokens<'t> {
    source: &'t str,
    tokens: Vec<Token>,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(source: &'t str) -> Self {
        let mut tokens: Vec<Token> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        let bytes = source.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            let rest = bytes.get(at..).unwrap_or_default();
            if byte.is_ascii_whitespace() {
                at = at.saturating_add(1);
                continue;
            }
            if rest.starts_with(b"//") {
                let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                at = at.saturating_add(line);
                continue;
            }
            let end = at.saturating_add(length(rest).max(1));
            let mut partner = None;
            match byte {
                b'(' | b'[' | b'{' => open.push(tokens.len()),
                b')' | b']' | b'}' => {
                    partner = open.pop();
                    let this = tokens.len();
                    if let Some(other) = partner.and_then(|other| tokens.get_mut(other)) {
                        other.partner = Some(this);
                    }
                }
                _ => {}
            }
            tokens.push(Token { span: (at, end), partner });
            at = end;
        }
        Self { source, tokens }
    }

    /// What a node covers. Recursion is bounded by the depth of expressions.
    pub(super) fn span(&self, parsed: &Parsed, at: &IdedExpr) -> Span {
        let own = parsed.token(at.id);
        let mut span = own;
        let mut children: Vec<&IdedExpr> = Vec::new();
        match &at.expr {
            Expr::Select(select) => {
                span = union(span, self.span(parsed, &select.operand));
                // The field stands behind the dot; `has` stands for itself, and its argument follows.
                span = union(span, self.after(own));
            }
            Expr::Call(call) => {
                let operator = call.func_name.starts_with(['_', '@', '!', '-']);
                if call.target.is_none() && !operator {
                    span = union(span, self.after(own));
                    if call.func_name.starts_with('.') {
                        span = union(span, self.after(self.after(own)));
                    }
                }
                children.extend(call.target.as_deref());
                if call.func_name == operators::CONDITIONAL || operator || call.target.is_none() {
                    children.extend(&call.args);
                }
            }
            Expr::Comprehension(macro_) => children.push(&macro_.iter_range),
            Expr::List(list) => children.extend(&list.elements),
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        children.extend([&entry.key, &entry.value]);
                    }
                }
            }
            // The sign of a number is its token.
            Expr::Literal(_) if self.source.get(own.0..own.1) == Some("-") => {
                span = union(span, self.after(own));
            }
            Expr::Ident(name) if name.starts_with('.') => span = union(span, self.after(own)),
            _ => {}
        }
        for child in children {
            span = union(span, self.span(parsed, child));
        }
        self.balanced(span)
    }

    /// The token that follows one.
    fn after(&self, span: Span) -> Span {
        let next = self.tokens.partition_point(|token| token.span.0 < span.1);
        self.tokens.get(next).map_or(span, |token| token.span)
    }

    /// The smallest span around this one that cuts no pair of brackets in two.
    fn balanced(&self, mut span: Span) -> Span {
        loop {
            let first = self.tokens.partition_point(|token| token.span.0 < span.0);
            let within = self.tokens.iter().skip(first).take_while(|token| token.span.0 < span.1);
            let wider = within
                .filter_map(|token| token.partner.and_then(|partner| self.tokens.get(partner)))
                .fold(span, |span, partner| union(span, partner.span));
            if wider == span {
                return span;
            }
            span = wider;
        }
    }
}

fn union(a: Span, b: Span) -> Span {
    (a.0.min(b.0), a.1.max(b.1))
}

/// How many bytes the first token has.
fn length(rest: &[u8]) -> usize {
    let word =
        rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    let prefix = rest.get(..word).unwrap_or_default();
    match rest.get(word) {
        Some(quote @ (b'\'' | b'"'))
            if word <= 2 && prefix.iter().all(|byte| b"rRbB".contains(byte)) =>
        {
            let raw = prefix.iter().any(|byte| b"rR".contains(byte));
            let text = rest.get(word..).unwrap_or_default();
            return word.saturating_add(string(text, *quote, raw));
        }
        _ => {}
    }
    match rest.first() {
        Some(byte) if byte.is_ascii_digit() => number(rest),
        Some(b'`') => {
            let inner = rest.iter().skip(1).position(|byte| *byte == b'`');
            inner.map_or(rest.len(), |inner| inner.saturating_add(2))
        }
        _ if word > 0 => word,
        Some(b'&' | b'|' | b'=' | b'!' | b'<' | b'>') => {
            let second = rest.get(1);
            let pairs = second == Some(&b'=') || (second == rest.first() && second != Some(&b'!'));
            if pairs { 2 } else { 1 }
        }
        Some(byte) if !byte.is_ascii() => rest.iter().take_while(|byte| !byte.is_ascii()).count(),
        _ => 1,
    }
}

/// Digits, perhaps with a fraction, an exponent, or in hexadecimal with a suffix.
fn number(rest: &[u8]) -> usize {
    let mut end: usize = 0;
    while let Some(byte) = rest.get(end) {
        let previous = end.checked_sub(1).and_then(|at| rest.get(at));
        let next = rest.get(end.saturating_add(1));
        let continues = byte.is_ascii_alphanumeric()
            || (*byte == b'.' && next.is_some_and(u8::is_ascii_digit))
            || (matches!(byte, b'+' | b'-')
                && matches!(previous, Some(b'e' | b'E'))
                && !rest.starts_with(b"0x")
                && !rest.starts_with(b"0X"));
        if !continues {
            break;
        }
        end = end.saturating_add(1);
    }
    end
}

fn string(rest: &[u8], quote: u8, raw: bool) -> usize {
    let triple = [quote; 3];
    let delimiter: &[u8] = if rest.starts_with(&triple) { &triple } else { &triple[..1] };
    let mut at = delimiter.len();
    while let Some(byte) = rest.get(at) {
        if rest.get(at..).unwrap_or_default().starts_with(delimiter) {
            return at.saturating_add(delimiter.len());
        }
        at = at.saturating_add(if !raw && *byte == b'\\' { 2 } else { 1 });
    }
    rest.len()
}
