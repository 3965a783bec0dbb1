//! A bound on how deep an expression nests, taken before it is parsed.
//!
//! The parser, its copies of what it has parsed and the destructor of the tree all recurse as deep
//! as the tree is. This single pass over the text, without recursion, bounds that depth from above,
//! so that no expression can overflow the stack. It follows the grammar as long as the text does;
//! the parser stops at the first token that does not, so that what follows cannot matter.

use crate::error::Position;

/// How deep the text may nest by the estimate of [`depth`]. That counts brackets and the links of
/// chains, which may be twice as many as the levels that they make.
pub(super) const DEPTH: u32 = 2 * crate::limits::EXPRESSION_DEPTH as u32;

/// How many precedences of operators nest to the left: relations, sums and products.
const CHAINS: usize = 3;

/// An operator between two operands, by how tightly it binds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Binary {
    Or,
    And,
    /// An index into [`Level::chains`].
    Chain(usize),
}

/// Terms of `&&` or `||`: the parser balances them.
#[derive(Clone, Copy, Default)]
struct Terms {
    count: u32,
    deepest: u32,
}

impl Terms {
    fn add(&mut self, depth: u32) {
        self.count = self.count.saturating_add(1);
        self.deepest = self.deepest.max(depth);
    }

    /// The depth of the balanced tree of these terms and a last one.
    fn end(&mut self, last: u32) -> u32 {
        let Self { count, deepest } = std::mem::take(self);
        let levels = u32::BITS.saturating_sub(count.leading_zeros());
        deepest.max(last).saturating_add(levels)
    }
}

/// One bracket that is open, or the whole text.
#[derive(Default)]
struct Level {
    /// The depth of the deepest element that a comma has ended.
    elements: u32,
    /// Conditionals in this element: they nest to the right.
    conditionals: u32,
    /// The depth of the deepest part of those that has ended.
    parts: u32,
    or: Terms,
    and: Terms,
    /// The depths of left operands whose operator waits for the right one.
    chains: [Option<u32>; CHAINS],
    /// The `!` and `-` before the operand that is being read.
    prefixes: u32,
    /// The depth of that operand, with its brackets and members.
    operand: u32,
}

impl Level {
    /// Ends the operand and all operators that bind at least as tightly as the chain.
    fn end_chains(&mut self, from: usize) -> u32 {
        let prefixes = std::mem::take(&mut self.prefixes);
        let mut depth = std::mem::take(&mut self.operand).saturating_add(prefixes);
        for chain in self.chains.iter_mut().skip(from).rev() {
            if let Some(left) = chain.take() {
                depth = depth.max(left).saturating_add(1);
            }
        }
        depth
    }

    fn binary(&mut self, operator: Binary) {
        match operator {
            Binary::Chain(chain) => {
                let depth = self.end_chains(chain);
                if let Some(chain) = self.chains.get_mut(chain) {
                    *chain = Some(depth);
                }
            }
            Binary::And => {
                let depth = self.end_chains(0);
                self.and.add(depth);
            }
            Binary::Or => {
                let depth = self.end_chains(0);
                let depth = self.and.end(depth);
                self.or.add(depth);
            }
        }
    }

    /// Ends a condition, what it selects, or a key.
    fn end_part(&mut self) {
        let depth = self.end_chains(0);
        let depth = self.and.end(depth);
        let depth = self.or.end(depth);
        self.parts = self.parts.max(depth);
    }

    fn end_element(&mut self) {
        self.end_part();
        let depth = self.parts.saturating_add(self.conditionals);
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
    // Whether an operand has been read, so that an operator and not a prefix follows.
    let mut operand = false;
    let mut before = None;
    while let Some(token) = tokens.next() {
        match token {
            Token::Operand => level.operand = level.operand.max(1),
            Token::Open => levels.push(std::mem::take(&mut level)),
            Token::Close => {
                close(&mut levels, &mut level);
            }
            Token::Member => level.operand = level.operand.saturating_add(1),
            Token::Minus if operand => level.binary(Binary::Chain(1)),
            Token::Not | Token::Minus => level.prefixes = level.prefixes.saturating_add(1),
            Token::Binary(operator) => level.binary(operator),
            // An optional member, index, element or entry.
            Token::Question
                if matches!(before, Some(Token::Member | Token::Open | Token::Comma)) => {}
            Token::Question => {
                level.end_part();
                level.conditionals = level.conditionals.saturating_add(1);
            }
            Token::Colon => level.end_part(),
            Token::Comma => level.end_element(),
        }
        operand = matches!(token, Token::Operand | Token::Close);
        before = Some(token);
    }
    while close(&mut levels, &mut level) {}
    level.elements
}

#[derive(Clone, Copy)]
enum Token {
    /// A name or literal.
    Operand,
    Open,
    Close,
    Member,
    Not,
    /// A prefix or an operator.
    Minus,
    Binary(Binary),
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
            let (token, bytes) = match byte {
                b'(' | b'[' | b'{' => (Token::Open, 1),
                b')' | b']' | b'}' => (Token::Close, 1),
                b'.' => (Token::Member, 1),
                b'?' => (Token::Question, 1),
                b':' => (Token::Colon, 1),
                b',' => (Token::Comma, 1),
                b'/' if second == Some(b'/') => {
                    let line = self.rest.iter().position(|byte| *byte == b'\n');
                    self.skip(line.unwrap_or(self.rest.len()));
                    continue;
                }
                b'&' if second == Some(b'&') => (Token::Binary(Binary::And), 2),
                b'|' if second == Some(b'|') => (Token::Binary(Binary::Or), 2),
                b'=' | b'!' if second == Some(b'=') => (Token::Binary(Binary::Chain(0)), 2),
                b'!' => (Token::Not, 1),
                b'<' | b'>' => {
                    (Token::Binary(Binary::Chain(0)), 1 + usize::from(second == Some(b'=')))
                }
                b'+' => (Token::Binary(Binary::Chain(1)), 1),
                b'-' => (Token::Minus, 1),
                b'*' | b'/' | b'%' => (Token::Binary(Binary::Chain(2)), 1),
                b'\'' | b'"' => {
                    self.string(byte, false);
                    return Some(Token::Operand);
                }
                b'`' => {
                    self.skip(1);
                    let end = self.rest.iter().position(|byte| *byte == b'`');
                    self.skip(end.unwrap_or(self.rest.len()));
                    (Token::Operand, 1)
                }
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' => return Some(self.word()),
                // White space, or nothing that the parser takes.
                _ => {
                    self.skip(1);
                    continue;
                }
            };
            self.skip(bytes);
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
            return Token::Binary(Binary::Chain(0));
        }
        if let Some(quote @ (b'\'' | b'"')) = rest.first() {
            match word {
                [b'r' | b'R'] | [b'r' | b'R', b'b' | b'B'] | [b'b' | b'B', b'r' | b'R'] => {
                    self.string(*quote, true);
                }
                [b'b' | b'B'] => self.string(*quote, false),
                // The parser refuses a string here.
                _ => {}
            }
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

/// The byte offset of a line and column, counted from 1.
pub(super) fn offset(source: &str, position: Position) -> Option<usize> {
    let index = |number: u32| usize::try_from(number.checked_sub(1)?).ok();
    let line = index(position.line)?;
    let start: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = source.get(start..)?;
    let column = index(position.column)?;
    rest.char_indices().nth(column).map(|(at, _)| start.saturating_add(at))
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
        assert_eq!(depth("a < b + c * (d < e + f * -g)"), 9);
        assert_eq!(depth("!-!(-!-(a))"), 9);
        assert!(depth(&"a.f.f.f.f.f.?f".repeat(50)) >= 300);
        assert!(depth(&format!("a{}", "[0][0][0][?0]".repeat(50))) >= 200);
        assert!(depth(&format!("a{}", ".f.f.f[?0]".repeat(50))) >= 200);
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
        for (offset, character) in "'é' +\n x".char_indices() {
            let place = position("'é' +\n x", offset);
            assert_eq!(super::offset("'é' +\n x", place), Some(offset), "{character:?}");
        }
        assert_eq!(position("'é' +\n x", 0), Position { line: 1, column: 1 });
        assert_eq!(position("'é' + x", 7), Position { line: 1, column: 7 });
        assert_eq!(position("'é' +\n x", 8), Position { line: 2, column: 2 });
    }
}
