//! `docs/codes.md` lists every code, as the library knows them.

#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::fmt::Write as _;

use poundlock::{
    engine::codes::FINDING_CODES,
    error::Code,
    report::{FigureSet, Name},
};

fn page() -> String {
    let mut page = String::from(
        "# Codes\n\nStable API: a code never changes its meaning. This page is written by the library's own tests \
         (`POUNDLOCK_UPDATE=1 cargo test -p poundlock --test codes`).\n\n## Findings\n\n| code | meaning |\n|---|---|\n",
    );
    for (code, meaning) in FINDING_CODES {
        writeln!(page, "| `{code}` | {meaning} |").unwrap();
    }
    page.push_str("\n## Errors\n\n| number | code | meaning |\n|---|---|---|\n");
    for code in Code::ALL {
        writeln!(page, "| {} | `{}` | {} |", *code as u16, code.name(), code.meaning()).unwrap();
    }
    page
}

#[test]
fn the_page_lists_every_code() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/codes.md");
    if std::env::var_os("POUNDLOCK_UPDATE").is_some() {
        std::fs::write(&path, page()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    assert!(found == page(), "docs/codes.md is out of date: write it anew with POUNDLOCK_UPDATE=1");
}

/// The tables of `docs/reports.md`.
fn tables() -> (String, String) {
    let (mut figures, mut sets) = (String::new(), String::new());
    for name in Name::ALL {
        let unit = serde_json::to_value(name.unit()).unwrap();
        let unit = unit.as_str().unwrap();
        writeln!(figures, "| `{}` | {unit} | {} |", name.word(), name.meaning()).unwrap();
    }
    for FigureSet { set, figures } in FigureSet::all() {
        writeln!(sets, "| `{set}` | `{}` |", figures.join("`, `")).unwrap();
    }
    (figures, sets)
}

#[test]
fn the_page_of_reports_lists_every_figure() {
    const HEADS: [&str; 2] = [
        "| figure | unit | what is counted, and of what |\n|---|---|---|\n",
        "| set | figures |\n|---|---|\n",
    ];
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reports.md");
    let found = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let (figures, sets) = tables();
    let mut page = found.clone();
    for (head, table) in HEADS.iter().zip([figures, sets]) {
        let (before, after) = page.split_once(head).unwrap();
        // The table ends where an empty line begins.
        let rest = match after.strip_prefix('\n') {
            Some(rest) => rest,
            None => after.split_once("\n\n").unwrap().1,
        };
        page = format!("{before}{head}{table}\n{rest}");
    }
    if std::env::var_os("POUNDLOCK_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
        return;
    }
    assert!(found == page, "docs/reports.md is out of date: write it anew with POUNDLOCK_UPDATE=1");
}

#[test]
fn findings_have_one_code_each() {
    let mut codes: Vec<_> = FINDING_CODES.iter().map(|(code, _)| *code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), FINDING_CODES.len());
}
