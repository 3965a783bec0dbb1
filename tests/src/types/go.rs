//! The model in Go: structs with JSON tags, and typed texts. The text is as gofmt writes it.

use std::{collections::BTreeSet, fmt::Write as _};

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
    for named in model.types.iter().filter(|named| named.form != Form::Text) {
        let name = &named.name;
        fresh(name)?;
        out.push('\n');
        out.push_str(&comment(&named.doc, ""));
        match &named.form {
            Form::Record(members) => {
                let _ = writeln!(out, "type {name} struct {{\n{}}}", fields(model, members, false));
            }
            Form::Choice(members) => {
                out.push_str("//\n// Exactly one of the fields is there.\n");
                let _ = writeln!(out, "type {name} struct {{\n{}}}", fields(model, members, true));
            }
            Form::Words(words) => {
                let _ = writeln!(out, "type {name} string\n\nconst (");
                for word in words {
                    let constant = format!("{name}{}", capitals(&word.text));
                    fresh(&constant)?;
                    out.push_str(&comment(&word.doc, "\t"));
                    let _ = writeln!(out, "\t{constant} {name} = {:?}", word.text);
                }
                out.push_str(")\n");
            }
            // A type of its own would not marshal as the JSON that it holds.
            Form::Either(_) => {
                let _ = writeln!(out, "type {name} = json.RawMessage");
            }
            Form::Text => {}
        }
    }
    Ok(out)
}

fn fields(model: &Model, members: &[Member], choice: bool) -> String {
    let mut out = String::new();
    for member in members {
        out.push_str(&comment(&member.doc, "\t"));
        let optional = choice || member.optional;
        let of = shape(model, &member.shape);
        // Lists, maps and JSON have a nil of their own.
        let nil = of.starts_with("[]") || of.starts_with("map[") || is_raw(model, &member.shape);
        let pointer = if (optional || member.nullable) && !nil { "*" } else { "" };
        let omit = if optional { ",omitzero" } else { "" };
        let _ = writeln!(
            out,
            "\t{} {pointer}{of} `json:\"{}{omit}\"`",
            capitals(&member.key),
            member.key
        );
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

fn capitals(name: &str) -> String {
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
