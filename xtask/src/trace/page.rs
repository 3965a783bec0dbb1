//! The page itself.

use std::fmt::Write as _;

use super::{Standing, Trace, known::from_docs, rows::Row};

const FRONT: &str = "# Requirements

What Poundlock is asked to do, one row for each requirement, with what serves it and the tests that show it. This page
is written by `cargo xtask trace` from the lists in `requirements/` and from the tests, which name the numbers that
they show; what the forms are, [CONTRIBUTING.md](../CONTRIBUTING.md#requirements) says.

The tag says what an embedded library can do about a requirement: decide (`D`), record or compute (`A`), or ask for
evidence of what it cannot see itself (`E`). Requirements that contradict each other are settled in section M, and
mistakes that are not to be made again stand in section N. A row is

- *tested* where something serves it and tests show that,
- *a declared gate* where its truth lies outside, and a shipped charter asks for fresh evidence of it from a named
  producer,
- *out of reach* where no library can, with the reason,
- **open** where none of this is so yet.
";

/// The whole page.
pub(super) fn text(trace: &Trace) -> String {
    let mut page = format!("{FRONT}\n{}.\n", trace.summary());
    for section in &trace.sections {
        let _ = writeln!(page, "\n## {}\n", section.heading);
        page.push_str("| number | tag | what is asked | what serves it | what shows it |\n");
        page.push_str("|---|---|---|---|---|\n");
        for row in &section.rows {
            let served: Vec<String> =
                row.served.iter().filter_map(|reference| trace.known.link(reference)).collect();
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} | {} |",
                row.number,
                row.tag,
                row.words,
                served.join(", "),
                shown(trace, row)
            );
        }
    }
    page
}

fn shown(trace: &Trace, row: &Row) -> String {
    match Standing::of(row, &trace.shown) {
        Standing::Tested => {
            let tests = trace.shown.get(&row.number).into_iter().flatten();
            let links = tests.map(|test| format!("[{}]({})", test.name, from_docs(&test.path)));
            links.collect::<Vec<_>>().join(", ")
        }
        Standing::Gated => "a declared gate".to_owned(),
        Standing::OutOfReach => format!("out of reach: {}", row.note),
        Standing::Open => {
            row.missing().map_or("**open**".to_owned(), |what| format!("**open**: {what}"))
        }
    }
}
