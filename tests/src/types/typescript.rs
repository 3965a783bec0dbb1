//! The model in TypeScript: interfaces, unions of texts, and one helper for maps with exactly one member.

use std::fmt::Write as _;

use super::{
    NOTICE,
    model::{Form, Member, Model, Named, Shape},
    wrap,
};

const HEAD: &str = "\
/** Any JSON. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Exactly one of the members. */
export type OneOf<T> = {
  [K in keyof T]: { [P in K]: T[P] } & { [P in Exclude<keyof T, K>]?: never };
}[keyof T];
";

/// The text of the file of declarations.
pub fn write(model: &Model) -> String {
    let mut out = format!("// {NOTICE}\n\n{HEAD}");
    for named in &model.types {
        out.push('\n');
        out.push_str(&comment(&named.doc, ""));
        out.push_str(&declaration(named));
    }
    out
}

fn declaration(named: &Named) -> String {
    let name = &named.name;
    match &named.form {
        Form::Record(fields) => format!("export interface {name} {{\n{}}}\n", members(fields)),
        Form::Choice(fields) => {
            format!("export type {name} = OneOf<{{\n{}}}>;\n", members(fields))
        }
        Form::Words(words) => {
            let mut out = format!("export type {name} =");
            for word in words {
                out.push('\n');
                out.push_str(&comment(&word.doc, "  "));
                let _ = write!(out, "  | {:?}", word.text);
            }
            out.push_str(";\n");
            out
        }
        Form::Text => format!("export type {name} = string;\n"),
        Form::Either(shapes) => {
            let shapes: Vec<String> = shapes.iter().map(shape).collect();
            format!("export type {name} = {};\n", shapes.join(" | "))
        }
    }
}

fn members(members: &[Member]) -> String {
    let mut out = String::new();
    for member in members {
        out.push_str(&comment(&member.doc, "  "));
        let mark = if member.optional { "?" } else { "" };
        let null = if member.nullable { " | null" } else { "" };
        let _ = writeln!(out, "  {}{mark}: {}{null};", member.key, shape(&member.shape));
    }
    out
}

fn shape(of: &Shape) -> String {
    match of {
        Shape::Text => "string".to_owned(),
        Shape::Boolean => "boolean".to_owned(),
        Shape::Integer(..) => "number".to_owned(),
        Shape::Free => "JsonValue".to_owned(),
        Shape::Named(name) => name.clone(),
        Shape::List(inner) => format!("{}[]", shape(inner)),
        Shape::Map(inner) => format!("{{ [key: string]: {} }}", shape(inner)),
    }
}

/// A documentation comment, or nothing.
fn comment(doc: &str, indent: &str) -> String {
    let doc = doc.replace("*/", "* /");
    match wrap(&doc, 100).as_slice() {
        [only] if only.is_empty() => String::new(),
        [only] => format!("{indent}/** {only} */\n"),
        lines => {
            let mut out = format!("{indent}/**\n");
            for line in lines {
                let _ = writeln!(out, "{}", format!("{indent} * {line}").trim_end());
            }
            let _ = writeln!(out, "{indent} */");
            out
        }
    }
}
