//! The model in Python: classes over `Document`, and aliases of literals.

use std::fmt::Write as _;

use super::{
    NOTICE,
    model::{Form, Member, Model, Named, Shape},
    words, wrap,
};

const HEAD: &str = "\
from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union

from ._document import Document
";

/// What Python keeps for itself.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue",
    "def", "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import",
    "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while",
    "with", "yield",
];

/// The text of the module.
pub fn write(model: &Model) -> String {
    let mut out = format!(
        "\"\"\"The documents that cross the contract, as classes.\n\n{NOTICE}\n\"\"\"\n\n{HEAD}"
    );
    let names: Vec<&Named> = model.types.iter().filter(|named| named.form != Form::Text).collect();
    out.push_str("\n__all__ = [\n");
    let mut sorted: Vec<&str> = names.iter().map(|named| named.name.as_str()).collect();
    sorted.sort_unstable();
    for name in sorted {
        let _ = writeln!(out, "    \"{name}\",");
    }
    out.push_str("]\n");
    for named in names {
        out.push_str("\n\n");
        match &named.form {
            Form::Record(members) | Form::Choice(members) => {
                out.push_str(&class(model, named, members));
            }
            Form::Words(words) => {
                let texts: Vec<String> =
                    words.iter().map(|word| format!("    \"{}\",\n", word.text)).collect();
                let _ = writeln!(out, "{} = Literal[\n{}]", named.name, texts.concat());
                let mut text = named.doc.clone();
                for word in words.iter().filter(|word| !word.doc.is_empty()) {
                    let _ = write!(text, "\n\n`{}`: {}", word.text, word.doc);
                }
                out.push_str(&docstring(&text, ""));
            }
            Form::Text => {}
            Form::Either(shapes) => {
                let shapes: Vec<String> =
                    shapes.iter().map(|shape| annotation(model, shape)).collect();
                let _ = writeln!(out, "{} = Union[{}]", named.name, shapes.join(", "));
                out.push_str(&docstring(&named.doc, ""));
            }
        }
    }
    out
}

fn class(model: &Model, named: &Named, members: &[Member]) -> String {
    let mut out = format!("class {}(Document):\n", named.name);
    let choice = matches!(named.form, Form::Choice(_));
    let doc = if choice {
        format!("{}\n\nExactly one of the attributes is there.", named.doc)
    } else {
        named.doc.clone()
    };
    out.push_str(&docstring(&doc, "    "));
    out.push('\n');
    for member in members {
        let mut of = annotation(model, &member.shape);
        if (choice || member.optional || member.nullable) && member.shape != Shape::Free {
            of.push_str(" | None");
        }
        if choice || member.optional {
            of.push_str(" = None");
        }
        let _ = writeln!(out, "    {}: {of}", attribute(&member.key));
        out.push_str(&docstring(&member.doc, "    "));
    }
    out.push_str("\n    _members = {\n");
    for member in members {
        let wrap = wrapper(model, &member.shape).unwrap_or_else(|| "None".to_owned());
        let _ =
            writeln!(out, "        \"{}\": (\"{}\", {wrap}),", attribute(&member.key), member.key);
    }
    out.push_str("    }\n");
    out
}

fn attribute(key: &str) -> String {
    let name = words(key).join("_");
    if KEYWORDS.contains(&name.as_str()) { name + "_" } else { name }
}

fn annotation(model: &Model, shape: &Shape) -> String {
    match shape {
        Shape::Text => "str".to_owned(),
        Shape::Boolean => "bool".to_owned(),
        Shape::Integer(..) => "int".to_owned(),
        Shape::Free => "Any".to_owned(),
        Shape::Named(name) => match model.find(name).map(|named| &named.form) {
            Some(Form::Text) => "str".to_owned(),
            _ => name.clone(),
        },
        Shape::List(inner) => format!("Sequence[{}]", annotation(model, inner)),
        Shape::Map(inner) => format!("Mapping[str, {}]", annotation(model, inner)),
    }
}

/// The class that a value is wrapped in, within a list or a map where the value is one.
fn wrapper(model: &Model, shape: &Shape) -> Option<String> {
    match shape {
        Shape::Named(name) => match model.find(name)?.form {
            Form::Record(_) | Form::Choice(_) => Some(name.clone()),
            _ => None,
        },
        Shape::List(inner) => wrapper(model, inner).map(|inner| format!("[{inner}]")),
        Shape::Map(inner) => wrapper(model, inner).map(|inner| format!("{{\"\": {inner}}}")),
        _ => None,
    }
}

fn docstring(doc: &str, indent: &str) -> String {
    let doc = doc.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
    match wrap(&doc, 96).as_slice() {
        [only] if only.is_empty() => String::new(),
        [only] => format!("{indent}\"\"\"{only}\"\"\"\n"),
        [first, rest @ ..] => {
            let mut out = format!("{indent}\"\"\"{first}\n");
            for line in rest {
                let _ = writeln!(out, "{}", format!("{indent}{line}").trim_end());
            }
            let _ = writeln!(out, "{indent}\"\"\"");
            out
        }
        [] => String::new(),
    }
}
