//! The macros with which the suite writes what optimisers make of expressions: `cel.block`, `cel.index` and
//! `cel.iterVar`. Nobody else writes them, so that whoever runs the suite supplies them; here they become
//! `cel.bind` and names.

use std::borrow::Cow;

use regex::Regex;

use crate::limits;

/// The expression without these macros; as it is, if it misuses them.
pub(super) fn expanded(source: &str) -> Cow<'_, str> {
    let macros = ["cel.block(", "cel.iterVar("];
    let used = macros.iter().any(|name| source.contains(name));
    if !used || source.len() > limits::EXPRESSION_BYTES {
        return Cow::Borrowed(source);
    }
    let Ok(reference) = Regex::new(r"cel\.(index|iterVar)\(([0-9]+)(?:, *([0-9]+))?\)") else {
        return Cow::Borrowed(source);
    };
    let named = reference.replace_all(source, "${1}_${2}_${3}");
    named.strip_prefix("cel.block([").and_then(bound).map_or(named.clone(), Cow::Owned)
}

/// What follows `cel.block([`, as nested calls of `cel.bind`.
fn bound(block: &str) -> Option<String> {
    let (mut values, mut level, mut quote, mut start) = (Vec::new(), 0_u32, None, 0);
    let mut characters = block.char_indices();
    let body = loop {
        let (at, character) = characters.next()?;
        match (quote, character) {
            (Some(_), '\\') => drop(characters.next()),
            (Some(open), close) => quote = (open != close).then_some(open),
            (None, '\'' | '"') => quote = Some(character),
            (None, '(' | '[' | '{') => level = level.saturating_add(1),
            (None, ',' | ']') if level == 0 => {
                values.push(block.get(start..at)?);
                start = at.saturating_add(1);
                if character == ']' {
                    break block.get(start..)?;
                }
            }
            (None, ')' | ']' | '}') => level = level.saturating_sub(1),
            (None, _) => {}
        }
    };
    let mut expression = body.strip_prefix(',')?.strip_suffix(')')?.to_owned();
    for (number, value) in values.iter().enumerate().rev() {
        expression = format!("cel.bind(index_{number}_, {value}, {expression})");
    }
    Some(expression)
}
