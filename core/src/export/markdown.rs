//! Markdown, as step summaries and comments of code hosts show it (GitHub Flavored Markdown).

use super::{Export, Standing, about, rule, word};
use crate::{
    limits,
    model::{Finding, Mode, Verdict},
};

pub(super) fn summary(export: &Export<'_>) -> String {
    let verdict = match (export.mode, export.verdict) {
        (Mode::Enforce, Verdict::Allow) => "**ALLOW**",
        (Mode::Enforce, Verdict::Deny) => "**DENY**",
        (Mode::Observe, Verdict::Allow) => "**OBSERVED**: would be allowed; nothing is enforced",
        (Mode::Observe, Verdict::Deny) => "**OBSERVED**: would be denied; nothing is enforced",
    };
    let title = export.title.as_deref().map(|title| format!("### {}\n\n", plain(title)));
    let mut text = format!("{}{verdict}\n\n", title.unwrap_or_default());
    let count = export.notable().count();
    if count > 0 {
        text.push_str("| | what | about | message | remedy |\n|---|---|---|---|---|\n");
    }
    for (standing, finding) in export.notable().take(limits::SUMMARY_FINDINGS) {
        text.push_str(&row(standing, finding));
    }
    if count > 0 {
        text.push('\n');
    }
    if let Some(more) = count.checked_sub(limits::SUMMARY_FINDINGS).filter(|more| *more > 0) {
        text.push_str(&format!("And {more} more.\n\n"));
    }
    let judged = export.counts.iter().filter(|count| count.judged() > 0).count();
    if !export.counts.is_empty() {
        let all = export.counts.len();
        text.push_str(&format!("{judged} of {all} policies had something to judge.\n"));
    }
    text
}

fn row(standing: Standing, finding: &Finding) -> String {
    let rule = rule(finding);
    let mut what = code(rule);
    if rule != finding.code {
        what.push_str("<br>");
        what.push_str(&code(&finding.code));
    }
    format!(
        "| {} | {what} | {} | {} | {} |\n",
        word(standing, finding),
        about(finding).map(code).unwrap_or_default(),
        plain(&finding.message),
        finding.remedy.as_deref().map(plain).unwrap_or_default(),
    )
}

/// A text in which nothing is markup, in a cell of a table.
fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push_str("<br>"),
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            // Code hosts make links of names and numbers after the Markdown is read; a comment in between stops that.
            '@' | '#' => shown.push_str(&format!("{c}<!-- -->")),
            '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '!' | '|' | '$' | ':' => {
                shown.extend(['\\', c]);
            }
            // Addresses become links even without a scheme.
            '.' if shown.ends_with("www") => shown.push_str("\\."),
            c if c.is_control() => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    shown
}

/// A name, in the letters of a program. HTML and not backquotes, in which a cell's end cannot be escaped for certain.
fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}
