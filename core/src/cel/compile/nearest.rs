//! What an author may have meant by a name that does not exist.

use super::Compiler;
use crate::cel::{Binding, functions};

/// The longest name that is compared with others, in bytes.
const LONGEST: usize = 64;

impl<'c> Compiler<'c> {
    /// Help for a variable that does not exist.
    pub(super) fn variable_meant(&self, name: &str) -> Option<String> {
        let locals = self.locals.iter().map(|(name, _)| *name);
        let names = self.environment.names.keys().map(String::as_str);
        self.checked.then(|| meant(name, locals.chain(names))).flatten()
    }

    /// Help for a function that does not exist. Namespaces count as part of a name.
    pub(super) fn function_meant(&self, name: &str) -> Option<String> {
        self.checked.then(|| meant(name, functions::names())).flatten()
    }
}

/// Help for a member of a group that does not exist.
pub(super) fn member_meant(binding: &Binding, name: &str) -> Option<String> {
    match binding {
        Binding::Group(members) => meant(name, members.keys().map(String::as_str)),
        Binding::Slot(_) => None,
    }
}

fn meant<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<String> {
    let most = (name.len() / 3).min(2);
    let (distance, nearest) = names
        .filter(|known| known.len() <= LONGEST && name.len() <= LONGEST)
        .map(|known| (distance(&name.to_lowercase(), &known.to_lowercase()), known))
        .min()?;
    (distance <= most).then(|| format!("perhaps `{nearest}` is meant"))
}

/// How many letters must be added, left out, exchanged or swapped with their neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i.saturating_add(1)];
        for (j, to) in b.iter().enumerate() {
            let at = |rows: &[Vec<usize>], back: usize, column: usize| {
                let row = rows.len().checked_sub(back).and_then(|row| rows.get(row));
                row.and_then(|row| row.get(column)).copied().unwrap_or(usize::MAX)
            };
            let added = row.last().copied().unwrap_or(usize::MAX).saturating_add(1);
            let left_out = at(&rows, 1, j.saturating_add(1)).saturating_add(1);
            let exchanged = at(&rows, 1, j).saturating_add(usize::from(from != to));
            let neighbours =
                |text: &[char], at: usize| at.checked_sub(1).and_then(|at| text.get(at)).copied();
            let swapped = match (neighbours(&a, i), neighbours(&b, j)) {
                (Some(before), Some(other)) if before == *to && other == *from => {
                    at(&rows, 2, j.saturating_sub(1)).saturating_add(1)
                }
                _ => usize::MAX,
            };
            row.push(added.min(left_out).min(exchanged).min(swapped));
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_slips_are_found_and_other_words_are_not() {
        let names = || ["object", "oldObject", "lowerAscii", "size", "isIP"].into_iter();
        for (name, nearest) in [
            ("objekt", Some("object")),
            ("obejct", Some("object")),
            ("oldobject", Some("oldObject")),
            ("lowerascii", Some("lowerAscii")),
            ("sizes", Some("size")),
            ("isIp", Some("isIP")),
            ("subject_of", None),
            ("x", None),
            ("", None),
        ] {
            let help = nearest.map(|nearest| format!("perhaps `{nearest}` is meant"));
            assert_eq!(meant(name, names()), help, "{name}");
        }
    }
}
