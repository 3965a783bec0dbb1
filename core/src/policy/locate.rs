//! Finds the place in a YAML file of a character of a decoded scalar, so that an error inside a
//! CEL expression is shown where its author wrote it.

use crate::error::Position;

/// The place in `source` of the character at `inner` of the text that the scalar at `start` stands for.
///
/// Exact for plain, quoted and literal scalars. Where a scalar's text cannot be followed (an
/// indentation indicator, a folded paragraph with blank lines) it is near, never outside the scalar's lines.
pub(super) fn locate(source: &str, start: Position, text: &str, inner: Position) -> Position {
    let lines: Vec<&str> = source.lines().collect();
    let Some(target) = offset(text, inner) else { return start };
    let first = line(&lines, start.line);
    let mut rest = first.chars().skip(zero_based(start.column));
    if begins_block(&lines, start) {
        return block(&lines, start, target);
    }
    flow(&lines, start, target, rest.next().filter(|c| matches!(c, '"' | '\'')))
}

/// Whether the scalar is a literal or folded block. Its place is where its content begins, below the line
/// that ends in its header: `|` or `>` with indicators and perhaps a comment.
fn begins_block(lines: &[&str], start: Position) -> bool {
    let before = first_characters(line(lines, start.line), zero_based(start.column));
    let above = lines.iter().take(zero_based(start.line)).rev().find(|text| !is_blank(text));
    let Some(above) = above.filter(|_| is_blank(&before)) else { return false };
    let above = above.split(" #").next().unwrap_or_default();
    let header = above.split([' ', '\t']).rfind(|word| !word.is_empty()).unwrap_or_default();
    let mut header = header.chars();
    matches!(header.next(), Some('|' | '>')) && header.all(|c| matches!(c, '+' | '-' | '0'..='9'))
}

fn first_characters(text: &str, count: usize) -> String {
    text.chars().take(count).collect()
}

/// How many characters of `text` come before the position.
fn offset(text: &str, inner: Position) -> Option<usize> {
    let before: usize = text
        .split('\n')
        .take(zero_based(inner.line))
        .map(|line| line.chars().count().saturating_add(1))
        .sum();
    before.checked_add(zero_based(inner.column)).filter(|&at| at <= text.chars().count())
}

fn zero_based(number: u32) -> usize {
    usize::try_from(number.saturating_sub(1)).unwrap_or(usize::MAX)
}

fn position(line: u32, zero_based_column: usize) -> Position {
    let column = u32::try_from(zero_based_column).unwrap_or(u32::MAX).saturating_add(1);
    Position { line, column }
}

fn line<'a>(lines: &[&'a str], number: u32) -> &'a str {
    lines.get(zero_based(number)).copied().unwrap_or_default()
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' ' | '\t'))
}

fn indent(text: &str) -> usize {
    text.chars().take_while(|c| *c == ' ').count()
}

/// Literal and folded blocks: a line break is one character.
fn block(lines: &[&str], start: Position, mut target: usize) -> Position {
    let mut number = start.line;
    let margin = indent(line(lines, number));
    let mut last = start;
    while zero_based(number) < lines.len() {
        let text = line(lines, number);
        if !is_blank(text) && indent(text) < margin {
            break;
        }
        let length = text.chars().count().saturating_sub(margin);
        last = position(number, margin.saturating_add(target.min(length)));
        if target <= length {
            break;
        }
        target = target.saturating_sub(length).saturating_sub(1);
        number = number.saturating_add(1);
    }
    last
}

/// Plain and quoted scalars: a line break folds into one space, or into as many breaks as there are blank lines.
fn flow(lines: &[&str], start: Position, target: usize, quote: Option<char>) -> Position {
    let mut number = start.line;
    let mut column = zero_based(start.column).saturating_add(usize::from(quote.is_some()));
    let mut decoded = 0_usize;
    while zero_based(number) < lines.len() {
        let characters: Vec<char> = line(lines, number).chars().collect();
        let written = characters
            .iter()
            .rposition(|c| !matches!(c, ' ' | '\t'))
            .map_or(0, |last| last.saturating_add(1));
        while column < written {
            if decoded >= target {
                return position(number, column);
            }
            let (width, stands_for) = match (quote, characters.get(column)) {
                (Some('\''), Some('\'')) => (2, 1),
                (Some('"'), Some('\\')) => match characters.get(column.saturating_add(1)) {
                    Some('x') => (4, 1),
                    Some('u') => (6, 1),
                    Some('U') => (10, 1),
                    Some(_) => (2, 1),
                    None => (1, 0),
                },
                _ => (1, 1),
            };
            column = column.saturating_add(width);
            decoded = decoded.saturating_add(stands_for);
        }
        if decoded >= target {
            return position(number, column);
        }
        let escaped = quote == Some('"') && characters.last() == Some(&'\\');
        let mut blank = 0_usize;
        number = number.saturating_add(1);
        while zero_based(number) < lines.len() && is_blank(line(lines, number)) {
            blank = blank.saturating_add(1);
            number = number.saturating_add(1);
        }
        let folded = if escaped { blank } else { blank.max(1) };
        decoded = decoded.saturating_add(folded);
        let next = line(lines, number);
        column = next.chars().take_while(|c| matches!(c, ' ' | '\t')).count();
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: u32, column: u32) -> Position {
        Position { line, column }
    }

    #[test]
    fn plain_and_quoted_scalars() {
        assert_eq!(locate("a: x + y", at(1, 4), "x + y", at(1, 5)), at(1, 8));
        assert_eq!(locate("a: 'x + y'", at(1, 4), "x + y", at(1, 5)), at(1, 9));
        assert_eq!(locate("a: 'x == ''b'' + y'", at(1, 4), "x == 'b' + y", at(1, 12)), at(1, 18));
        assert_eq!(
            locate(r#"a: "x == \"b\" + y""#, at(1, 4), "x == \"b\" + y", at(1, 12)),
            at(1, 18)
        );
    }

    #[test]
    fn folded_lines() {
        assert_eq!(locate("a: x +  \n     y", at(1, 4), "x + y", at(1, 5)), at(2, 6));
        assert_eq!(locate("a: \"x +\n\n  y\"", at(1, 4), "x +\ny", at(2, 1)), at(3, 3));
    }

    #[test]
    fn blocks() {
        let source = "a: |\n  x +\n    y\n";
        assert_eq!(locate(source, at(2, 3), "x +\n  y\n", at(2, 3)), at(3, 5));
        let source = "a: >-  # why\n\n  x +\n  y\n";
        assert_eq!(locate(source, at(3, 3), "x + y", at(1, 5)), at(4, 3));
    }

    #[test]
    fn a_place_outside_the_text_is_the_start() {
        assert_eq!(locate("a: x", at(1, 4), "x", at(7, 7)), at(1, 4));
        assert_eq!(locate("", at(3, 4), "x", at(1, 1)), at(3, 4));
    }
}
