//! The model in Go: structs with JSON tags, and typed texts. The text is as gofmt writes it.

use std::{collections::BTreeSet, fmt::Write as _};

use poundlock::wire::schema::{self, Document, OPERATIONS};

use super::{
    model::{Form, Member, Model, Named, Shape},
    words, wrap,
};

const HEAD: &str = "\
// Code generated from the JSON Schemas in docs/schema. DO NOT EDIT.

package poundlock

import \"encoding/json\"
";

/// Words that Go writes in capitals.
const INITIALISMS: [&str; 6] = ["id", "json", "uri", "url", "utf", "cbor"];

/// The text of the file.
///
/// # Errors
///
/// The name that two things would have.
pub fn write(model: &Model) -> Result<String, String> {
    let mut out = HEAD.to_owned();
    let mut names = BTreeSet::new();
    let mut fresh = |name: &str| {
        if names.insert(name.to_owned()) {
            Ok(())
        } else {
            Err(format!("two things are called {name}"))
        }
    };
    let answers = answers();
    for named in model.types.iter().filter(|named| named.form != Form::Text) {
        let name = &named.name;
        // What an operation answers keeps the library's own text.
        let text = if answers.contains(name) { "\ttext\n\n" } else { "" };
        fresh(name)?;
        out.push('\n');
        out.push_str(&comment(&named.doc, ""));
        match &named.form {
            Form::Record(members) => {
                let _ = writeln!(
                    out,
                    "type {name} struct {{\n{text}{}}}",
                    fields(model, members, false)
                );
            }
            Form::Choice(members) => {
                out.push_str("//\n// Exactly one of the fields is there.\n");
                let _ = writeln!(
                    out,
                    "type {name} struct {{\n{text}{}}}",
                    fields(model, members, true)
                );
            }
            Form::Words(words) => {
                let _ = writeln!(out, "type {name} string\n\nconst (");
                let mut rows = Vec::new();
                for word in words {
                    let constant = format!("{name}{}", capitals(&word.text));
                    fresh(&constant)?;
                    let value = format!("{name} = {:?}", word.text);
                    rows.push(Row { doc: &word.doc, cells: vec![constant, value] });
                }
                out.push_str(&table(&rows));
                out.push_str(")\n");
            }
            // A type of its own would not marshal as the JSON that it holds.
            Form::Either(_) => {
                let _ = writeln!(out, "type {name} = json.RawMessage");
            }
            Form::Text => {}
        }
        if !text.is_empty() {
            let _ = writeln!(
                out,
                "\n// String is the answer's text, in JSON.\nfunc (a {name}) String() string {{\n\treturn shown(a, a.written)\n}}"
            );
        }
    }
    Ok(out)
}

/// The types of what the operations answer.
fn answers() -> BTreeSet<String> {
    let documents = OPERATIONS.iter().filter_map(|operation| schema::find(operation.answers?));
    documents.map(Document::type_name).collect()
}

fn fields(model: &Model, members: &[Member], choice: bool) -> String {
    let mut rows = Vec::new();
    for member in members {
        let optional = choice || member.optional;
        let of = shape(model, &member.shape);
        // Lists, maps and JSON have a nil of their own.
        let nil = of.starts_with("[]") || of.starts_with("map[") || is_raw(model, &member.shape);
        let pointer = if (optional || member.nullable) && !nil { "*" } else { "" };
        let omit = if optional { ",omitzero" } else { "" };
        let tag = format!("`json:\"{}{omit}\"`", member.key);
        let cells = vec![capitals(&member.key), format!("{pointer}{of}"), tag];
        rows.push(Row { doc: &member.doc, cells });
    }
    table(&rows)
}

/// A line of a struct or of a list of constants, under its comment.
struct Row<'a> {
    doc: &'a str,
    cells: Vec<String>,
}

/// The lines, with their cells below each other where no comment parts them.
fn table(rows: &[Row<'_>]) -> String {
    let mut out = String::new();
    let mut rest = rows;
    while !rest.is_empty() {
        let length = 1 + rest.iter().skip(1).take_while(|row| row.doc.is_empty()).count();
        let (run, tail) = rest.split_at(length);
        rest = tail;
        let width = |column: usize| {
            run.iter().filter_map(|row| row.cells.get(column)).map(String::len).max().unwrap_or(0)
        };
        for row in run {
            out.push_str(&comment(row.doc, "\t"));
            out.push('\t');
            for (column, cell) in row.cells.iter().enumerate() {
                let last = column + 1 == row.cells.len();
                let _ =
                    write!(out, "{cell:width$}", width = if last { 0 } else { width(column) + 1 });
            }
            out.push('\n');
        }
    }
    out
}

fn is_raw(model: &Model, shape: &Shape) -> bool {
    match shape {
        Shape::Free => true,
        Shape::Named(name) => {
            model.find(name).is_some_and(|named| matches!(named.form, Form::Either(_)))
        }
        _ => false,
    }
}

/// A name in capitalised words.
pub fn capitals(name: &str) -> String {
    let capital = |word: String| {
        if INITIALISMS.contains(&word.as_str()) {
            return word.to_ascii_uppercase();
        }
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    };
    words(name).into_iter().map(capital).collect()
}

fn shape(model: &Model, of: &Shape) -> String {
    match of {
        Shape::Text => "string".to_owned(),
        Shape::Boolean => "bool".to_owned(),
        // Never a byte: a list of bytes marshals as base64.
        Shape::Integer(least, most) => if *least < 0 {
            "int64"
        } else if *most <= i128::from(u16::MAX) {
            "int"
        } else if *most <= i128::from(u32::MAX) {
            "uint32"
        } else {
            "uint64"
        }
        .to_owned(),
        Shape::Free => "json.RawMessage".to_owned(),
        Shape::Named(name) => match model.find(name).map(|Named { form, .. }| form) {
            Some(Form::Text) => "string".to_owned(),
            _ => name.clone(),
        },
        Shape::List(inner) => format!("[]{}", shape(model, inner)),
        Shape::Map(inner) => format!("map[string]{}", shape(model, inner)),
    }
}

fn comment(doc: &str, indent: &str) -> String {
    let mut out = String::new();
    if !doc.is_empty() {
        for line in wrap(doc, 100) {
            let _ = writeln!(out, "{}", format!("{indent}// {line}").trim_end());
        }
    }
    out
}
