//! A bound on how deep an expression nests, taken before it is parsed.
//!
//! The parser, and the destructor of the tree that it makes, recurse as deep as the expression
//! nests. This single pass over the text, without recursion, bounds that depth from above, so that
//! no expression can overflow the stack.

use crate::error::Position;

/// How deep the text may nest by the estimate of [`depth`], which is at least the real depth and,
/// since it knows no precedence, may be twice that.
pub(super) const DEPTH: u32 = 2 * crate::limits::EXPRESSION_DEPTH as u32;

/// One bracket that is open, or the whole text.
#[derive(Default)]
struct Level {
    /// The depth of the deepest element that a comma has ended.
    elements: u32,
    /// Conditionals in this element: they nest to the right.
    conditionals: u32,
    /// Logical operators in this element: the parser balances them.
    logical: u32,
    /// The depth of the deepest operand of those.
    operands: u32,
    /// The depth of the operators met since, which nest to the left.
    chain: u32,
    /// The depth of the operand after the last operator.
    operand: u32,
}

impl Level {
    fn end_operator(&mut self) {
        self.chain = self.end_chain().saturating_add(1);
        self.operand = 0;
    }

    fn end_operand(&mut self) {
        self.operands = self.operands.max(self.end_chain());
        self.chain = 0;
        self.operand = 0;
    }

    fn end_chain(&self) -> u32 {
        if self.chain == 0 { self.operand } else { self.chain.max(self.operand.saturating_add(1)) }
    }

    fn end_element(&mut self) {
        self.end_operand();
        let balanced = (u32::BITS - self.logical.leading_zeros()).saturating_mul(2);
        let depth = self.operands.saturating_add(self.conditionals).saturating_add(balanced);
        *self = Self { elements: self.elements.max(depth), ..Self::default() };
    }
}

/// An upper bound of how deep the expression nests.
pub(super) fn depth(source: &str) -> u32 {
    let mut levels: Vec<Level> = Vec::new();
    let mut level = Level::default();
    let mut tokens = Tokens { rest: source.as_bytes() };
    let close = |levels: &mut Vec<Level>, level: &mut Level| -> bool {
        level.end_element();
        let Some(outer) = levels.pop() else { return false };
        let inner = std::mem::replace(level, outer);
        level.operand = level.operand.max(inner.elements).saturating_add(1);
        true
    };
    while let Some(token) = tokens.next() {
        match token {
            Token::Operand => level.operand = level.operand.max(1),
            Token::Open => levels.push(std::mem::take(&mut level)),
            Token::Close => {
                close(&mut levels, &mut level);
            }
            Token::Member => level.operand = level.operand.saturating_add(1),
            Token::Operator => level.end_operator(),
            Token::Logical => {
                level.logical = level.logical.saturating_add(1);
                level.end_operand();
            }
            Token::Question => {
                level.conditionals = level.conditionals.saturating_add(1);
                level.end_operand();
            }
            Token::Colon => level.end_operand(),
            Token::Comma => level.end_element(),
        }
    }
    while close(&mut levels, &mut level) {}
    level.elements
}

#[derive(Clone, Copy)]
enum Token {
    Operand,
    Open,
    Close,
    Member,
    Operator,
    Logical,
    Question,
    Colon,
    Comma,
}

struct Tokens<'a> {
    rest: &'a [u8],
}

impl Tokens<'_> {
    fn next(&mut self) -> Option<Token> {
        loop {
            let byte = *self.rest.first()?;
            let second = self.rest.get(1).copied();
            let token = match byte {
                b'(' | b'[' | b'{' => Token::Open,
                b')' | b']' | b'}' => Token::Close,
                b'.' => Token::Member,
                b'?' => Token::Question,
                b':' => Token::Colon,
                b',' => Token::Comma,
                b'/' if second == Some(b'/') => {
                    let line = self.rest.iter().position(|byte| *byte == b'\n');
                    self.skip(line.unwrap_or(self.rest.len()));
                    continue;
                }
                b'&' | b'|' => {
                    self.skip(usize::from(second == Some(byte)));
                    Token::Logical
                }
                b'=' | b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%' => {
                    self.skip(usize::from(second == Some(b'=')));
                    Token::Operator
                }
                b'\'' | b'"' => {
                    self.string(byte, false);
                    return Some(Token::Operand);
                }
                b'`' => {
                    self.skip(1);
                    let end = self.rest.iter().position(|byte| *byte == b'`');
                    self.skip(end.unwrap_or(self.rest.len()));
                    Token::Operand
                }
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => return Some(self.word()),
                _ => {
                    self.skip(1);
                    continue;
                }
            };
            self.skip(1);
            return Some(token);
        }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn word(&mut self) -> Token {
        let end =
            self.rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_'));
        let (word, rest) =
            self.rest.split_at_checked(end.unwrap_or(self.rest.len())).unwrap_or_default();
        self.rest = rest;
        if word == b"in" {
            return Token::Operator;
        }
        if let Some(quote @ (b'\'' | b'"')) = rest.first()
            && word.len() <= 2
            && word.iter().all(|byte| b"rRbB".contains(byte))
        {
            let raw = word.iter().any(|byte| b"rR".contains(byte));
            self.string(*quote, raw);
        }
        Token::Operand
    }

    fn string(&mut self, quote: u8, raw: bool) {
        let triple = [quote; 3];
        let delimiter: &[u8] = if self.rest.starts_with(&triple) { &triple } else { &triple[..1] };
        self.skip(delimiter.len());
        while !self.rest.is_empty() && !self.rest.starts_with(delimiter) {
            self.skip(if !raw && self.rest.first() == Some(&b'\\') { 2 } else { 1 });
        }
        self.skip(delimiter.len());
    }
}

/// Line and column, counted from 1, of a byte offset.
pub(super) fn position(source: &str, offset: usize) -> Position {
    let before = source.get(..offset).unwrap_or(source);
    let line = before.bytes().filter(|byte| *byte == b'\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).saturating_add(1);
    Position { line: count(line), column: count(column) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_and_chains_add_up_and_logic_does_not() {
        assert_eq!(depth("((1))"), 3);
        assert!(depth("a.b.c.d") >= 4);
        assert!(depth("1 + 2 + 3 + 4") >= 4);
        assert!(depth(&"a ? b : ".repeat(50)) >= 50);
        assert!(depth(&format!("a{}", " && a.b == 1".repeat(1000))) < 30);
        assert!(depth(&format!("f(1{})", ", 1 + 1".repeat(1000))) < 6);
    }

    #[test]
    fn strings_and_comments_do_not_count() {
        assert_eq!(
            depth(r#"'((((' + "]]]" + r'\' + '''(' ( ''' + b"\"(" // ((((("#),
            depth("1+1+1+1+1")
        );
    }

    #[test]
    fn what_is_left_open_counts() {
        assert_eq!(depth(&"[".repeat(70)), 70);
        assert!(depth(&"!-".repeat(70)) >= 140);
    }

    #[test]
    fn columns_count_characters() {
        assert_eq!(position("'é' +\n x", 0), Position { line: 1, column: 1 });
        assert_eq!(position("'é' + x", 7), Position { line: 1, column: 7 });
        assert_eq!(position("'é' +\n x", 8), Position { line: 2, column: 2 });
    }
}
