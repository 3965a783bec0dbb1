//! Printing: for people on a terminal, as JSON for programs, and errors in either form.

use std::io::{self, IsTerminal as _, Write as _};

use poundlock::{Error, error::Result};
use serde_json::{Value, json};

use crate::args::Format;

/// Allowed, or done.
pub(crate) const CODE_OK: u8 = 0;
/// Denied, or tests failed.
pub(crate) const CODE_DENIED: u8 = 1;
/// No answer could be given.
pub(crate) const CODE_ERROR: u8 = 2;

/// What a command came to.
pub(crate) struct Answer {
    pub(crate) output: Output,
    /// What people should know besides, such as what opening a ledger found.
    pub(crate) notices: Vec<String>,
    pub(crate) code: u8,
}

/// One content in several forms.
pub(crate) struct Output {
    pub(crate) text: Text,
    pub(crate) json: Value,
    /// In the form of another tool, where that was asked for.
    pub(crate) export: Option<String>,
}

impl Answer {
    pub(crate) fn new(text: Text, json: Value, code: u8) -> Self {
        Self { output: Output { text, json, export: None }, notices: Vec::new(), code }
    }
}

/// Text for people, in which words may be emphasised.
#[derive(Default)]
pub(crate) struct Text(Vec<(Style, String)>);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Good,
    Bad,
    Warning,
    Faint,
}

impl Text {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn add(&mut self, style: Style, text: impl Into<String>) -> &mut Self {
        self.0.push((style, text.into()));
        self
    }

    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.add(Style::Plain, format!("{}\n", text.as_ref()))
    }

    pub(crate) fn append(&mut self, other: Self) -> &mut Self {
        self.0.extend(other.0);
        self
    }

    fn render(&self, colour: bool) -> String {
        let mut out = String::new();
        for (style, text) in &self.0 {
            let code = match style {
                Style::Plain => "",
                Style::Good => "\x1b[1;32m",
                Style::Bad => "\x1b[1;31m",
                Style::Warning => "\x1b[33m",
                Style::Faint => "\x1b[2m",
            };
            if colour && !code.is_empty() {
                out.push_str(code);
                out.push_str(text);
                out.push_str("\x1b[0m");
            } else {
                out.push_str(text);
            }
        }
        out
    }
}

/// Names come from documents: characters in them that control a terminal, or turn the direction of
/// what is written after them, are spelt out, and so is what continuous integration takes for a command (`::` where a
/// line begins, `##[` and `##vso[` anywhere).
pub(crate) fn printable(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let begins = text.trim_start().starts_with("::");
    let (mut shown, mut last) = (String::new(), None);
    for c in text.chars() {
        let commands = match c {
            '#' => last == Some('#'),
            ':' => begins && last.is_none_or(char::is_whitespace),
            _ => false,
        };
        if commands {
            shown.extend(c.escape_unicode());
        } else if c.is_control() || turns(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
        last = Some(c);
    }
    shown
}

/// JSON, in which nothing is a command of continuous integration.
fn json_text(json: &Value) -> String {
    // Numbers have no `#`, so that this stands in a text.
    format!("{:#}\n", json).replace("##", "#\\u0023")
}

/// Colour is for terminals, and for those who did not decline it (no-color.org).
fn colour(terminal: bool) -> bool {
    terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Prints an answer.
///
/// # Errors
///
/// `io` when it cannot be written: whoever asked must not take silence for an answer.
pub(crate) fn print(output: &Output, format: Format) -> Result<()> {
    let text = match (&output.export, format) {
        (Some(export), _) => export.clone(),
        (None, Format::Json) => json_text(&output.json),
        (None, _) => output.text.render(colour(io::stdout().is_terminal())),
    };
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        // A reader that has seen enough, such as `head`, is no failure.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::io("the answer cannot be written", error))
        }
        _ => Ok(()),
    }
}

pub(crate) fn notice(text: &str) {
    let _ = writeln!(io::stderr().lock(), "notice: {}", printable(text));
}

/// Prints an error: JSON on standard output, where programs look, text on standard error.
pub(crate) fn error(error: &Error, format: Format) {
    match format {
        Format::Json => {
            let place = error.place();
            let json = json!({ "error": {
                "code": error.code(),
                "message": error.to_string(),
                "help": error.help(),
                "source": place.source,
                "line": place.position.map(|position| position.line),
                "column": place.position.map(|position| position.column),
                "pointer": place.pointer,
                "sequence": place.sequence,
            }});
            let _ = io::stdout().lock().write_all(json_text(&json).as_bytes());
        }
        Format::Text | Format::Sarif | Format::Junit | Format::Markdown => {
            let mut text = Text::new();
            text.add(Style::Bad, "error: ").line(printable(&error.to_string()));
            if let Some(help) = error.help() {
                text.add(Style::Plain, "  help: ").line(printable(help));
            }
            let rendered = text.render(colour(io::stderr().is_terminal()));
            let _ = io::stderr().lock().write_all(rendered.as_bytes());
        }
    }
}
