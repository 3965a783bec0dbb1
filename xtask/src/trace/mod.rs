//! Writes `docs/requirements.md`: what serves each requirement, and which tests show it.
//!
//! What is asked and what serves it stands in `requirements/`; the tests say themselves which numbers they
//! show. A number, a code, a gate, a policy or a file that does not exist is a fault, and nothing is written.

mod citations;
mod known;
mod page;
mod rows;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::run::root;
use citations::Test;
use known::Known;
use rows::{Row, Section};

/// Where the page lies.
const PAGE: &str = "docs/requirements.md";

/// Which tests show each number.
type Shown = BTreeMap<String, BTreeSet<Test>>;

/// How it stands with one requirement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Something serves it, and a test shows that.
    Tested,
    /// Its truth lies outside, and a gate of a shipped charter asks for the evidence.
    Gated,
    /// No library can, and the row says why.
    OutOfReach,
    /// None of these yet.
    Open,
}

impl Standing {
    fn of(row: &Row, shown: &Shown) -> Self {
        if shown.contains_key(&row.number) {
            Self::Tested
        } else if row.tag == "E"
            && row.served.iter().any(|reference| reference.starts_with("gate:"))
        {
            Self::Gated
        } else if row.out_of_reach().is_some() {
            Self::OutOfReach
        } else {
            Self::Open
        }
    }
}

/// Everything the page is made of.
struct Trace {
    sections: Vec<Section>,
    shown: Shown,
    known: Known,
    faults: Vec<String>,
}

impl Trace {
    fn read() -> Self {
        let mut faults = Vec::new();
        let sections = rows::read(&mut faults);
        let shown = citations::find(&mut faults);
        let known = Known::read();
        let mut trace = Self { sections, shown, known, faults };
        trace.check();
        trace
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.sections.iter().flat_map(|section| &section.rows)
    }

    fn check(&mut self) {
        let mut faults = Vec::new();
        let mut numbers = BTreeSet::new();
        for row in self.rows() {
            if !numbers.insert(row.number.as_str()) {
                faults.push(format!("{} has two rows", row.number));
            }
            for reference in &row.served {
                if self.known.link(reference).is_none() {
                    faults.push(format!("{}: there is no {reference}", row.number));
                }
            }
            let tested = self.shown.contains_key(&row.number);
            if tested && row.served.is_empty() {
                faults.push(format!("{} is shown by a test, and nothing serves it", row.number));
            }
            if tested && !row.note.is_empty() {
                faults.push(format!(
                    "{} is shown by a test, and its row says why it is not",
                    row.number
                ));
            }
        }
        let asked = rows::numbers();
        for number in &asked {
            if !numbers.contains(number.as_str()) {
                faults.push(format!("{number} has no row"));
            }
        }
        for number in numbers.iter().filter(|number| !asked.contains(**number)) {
            faults.push(format!("{number} is no requirement"));
        }
        for (number, tests) in &self.shown {
            if !asked.contains(number) {
                let places: Vec<&str> = tests.iter().map(|test| test.path.as_str()).collect();
                faults.push(format!("{number} is no requirement: {}", places.join(", ")));
            }
        }
        self.faults.extend(faults);
    }

    /// How many rows stand so.
    fn count(&self, standing: Standing) -> usize {
        self.rows().filter(|row| Standing::of(row, &self.shown) == standing).count()
    }

    fn summary(&self) -> String {
        format!(
            "{} served and tested, {} served by a declared gate, {} out of reach, {} open",
            self.count(Standing::Tested),
            self.count(Standing::Gated),
            self.count(Standing::OutOfReach),
            self.count(Standing::Open)
        )
    }

    /// Says what is at fault; whether nothing is.
    fn sound(&self) -> bool {
        for fault in &self.faults {
            println!("{fault}");
        }
        self.faults.is_empty()
    }
}

/// Writes the page, and says how it stands.
pub(crate) fn write() -> bool {
    let trace = Trace::read();
    if !trace.sound() {
        return false;
    }
    if let Err(error) = fs::write(root().join(PAGE), page::text(&trace)) {
        println!("{PAGE}: {error}");
        return false;
    }
    println!("{}", trace.summary());
    true
}

/// Whether the page is what it would be if it were written now.
pub(crate) fn current() -> bool {
    let trace = Trace::read();
    let current =
        fs::read_to_string(root().join(PAGE)).is_ok_and(|text| text == page::text(&trace));
    if !current {
        println!("{PAGE} is stale: renew it with `cargo xtask trace`");
    }
    trace.sound() && current
}

/// The files below a directory of the repository whose names end so, in order; what is built or
/// installed is left out.
fn files(directory: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect(&root().join(directory), endings, &mut found);
    found.sort();
    found
}

fn collect(directory: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if !name.starts_with('.') && name != "target" && name != "node_modules" {
                collect(&entry.path(), endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(entry.path());
        }
    }
}

/// The path within the repository, with `/` between its parts.
fn relative(path: &Path) -> String {
    let root = root();
    let path = path.strip_prefix(&root).unwrap_or(path);
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
