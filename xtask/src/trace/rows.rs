//! The rows of `requirements/*.tsv`.
//!
//! The first line of a file is `# ` and the section's heading. Each other line is one requirement, in five
//! fields with a tab between them: number, tag, what is asked, what serves it, and a note. What serves it is
//! a list with `, ` in between (see [`super::known`]). The note says why no library can, or, after `open: `,
//! what is still missing.

use std::{collections::BTreeSet, fs};

use super::{files, relative};

/// One part of the list.
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) rows: Vec<Row>,
}

/// One requirement.
#[derive(Debug, PartialEq)]
pub(super) struct Row {
    pub(super) number: String,
    pub(super) tag: String,
    pub(super) words: String,
    pub(super) served: Vec<String>,
    pub(super) note: String,
}

/// What a note begins with that says what is still missing.
const OPEN: &str = "open: ";

/// What a library can do about a requirement.
const TAGS: [&str; 9] = ["D", "A", "E", "D+E", "D+A", "A+E", "E+A", "conflict", "fault"];

impl Row {
    /// Why no library can, if so.
    pub(super) fn out_of_reach(&self) -> Option<&str> {
        (!self.note.is_empty() && !self.note.starts_with(OPEN)).then_some(self.note.as_str())
    }

    /// What is still missing, where it is known.
    pub(super) fn missing(&self) -> Option<&str> {
        self.note.strip_prefix(OPEN)
    }

    fn parse(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [number, tag, words, served, note] = fields.as_slice() else { return None };
        let sound = TAGS.contains(tag) && !words.is_empty();
        let served = served.split(", ").filter(|reference| !reference.is_empty());
        sound.then(|| Self {
            number: (*number).to_owned(),
            tag: (*tag).to_owned(),
            words: (*words).to_owned(),
            served: served.map(str::to_owned).collect(),
            note: (*note).to_owned(),
        })
    }
}

/// All numbers that there are: the requirements, the conflicts between them, and the faults.
pub(super) fn numbers() -> BTreeSet<String> {
    let requirements = (1..=510).map(|number| format!("R{number:03}"));
    let conflicts = (1..=19).map(|number| format!("M{number}"));
    let faults = (1..=21).map(|number| format!("N{number}"));
    requirements.chain(conflicts).chain(faults).collect()
}

/// Reads all sections, in the order of their files' names.
pub(super) fn read(faults: &mut Vec<String>) -> Vec<Section> {
    let mut sections = Vec::new();
    for path in files("requirements", &[".tsv"]) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut lines = text.lines();
        let heading = lines.next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
        if heading.is_empty() {
            faults.push(format!("{}: the first line is no heading", relative(&path)));
        }
        let mut section = Section { heading: heading.to_owned(), rows: Vec::new() };
        for line in lines.filter(|line| !line.is_empty()) {
            match Row::parse(line) {
                Some(row) => section.rows.push(row),
                None => faults.push(format!("{}: not a row: {line}", relative(&path))),
            }
        }
        sections.push(section);
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_five_fields_and_a_known_tag() {
        let row = Row::parse("R001\tD\tworkloads act\tcode:identity.human, docs/identity.md\t");
        let served = row.map(|row| row.served).unwrap_or_default();
        assert_eq!(served, ["code:identity.human", "docs/identity.md"]);
        for line in
            ["R001\tD\twords\tcode:a", "R001\tX\twords\t\t", "R001\tD\t\t\t", "R001 D words"]
        {
            assert_eq!(Row::parse(line), None, "{line}");
        }
    }

    #[test]
    fn a_note_is_a_reason_unless_it_says_open() {
        let note = |note: &str| Row::parse(&format!("R001\tE\twords\t\t{note}"));
        let reason = note("the clock is the host's");
        assert!(reason.is_some_and(|row| row.out_of_reach().is_some() && row.missing().is_none()));
        let open = note("open: a test");
        assert!(
            open.is_some_and(|row| row.out_of_reach().is_none() && row.missing() == Some("a test"))
        );
    }
}
