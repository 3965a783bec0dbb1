//! `docs/policies.md` names every macro and function that there is, and its examples are true.

use std::collections::BTreeSet;

use super::{super::*, language::all_true};
use crate::cel::types::Shape;

const PAGE: &str = include_str!("../../../../docs/policies.md");

/// The cells of each row of a table that has an example.
fn rows() -> impl Iterator<Item = [&'static str; 3]> {
    PAGE.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let [signatures, meaning, example] = cells.as_slice() else { return None };
        let (signatures, example) = (*signatures, example.strip_prefix('`')?.strip_suffix('`')?);
        signatures.ends_with(")`").then_some([signatures, *meaning, example])
    })
}

#[test]
fn every_example_is_true() {
    let blocks = PAGE.split("```cel\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut examples: Vec<&str> = blocks.flat_map(str::lines).collect();
    assert!(examples.len() > 10);
    examples.extend(rows().map(|[_, _, example]| example));
    all_true(&examples);
}

/// The word of the page for the type of a parameter.
fn word(shape: Shape) -> &'static str {
    match shape {
        Shape::Dyn => "any",
        Shape::Bool => "bool",
        Shape::Int => "int",
        Shape::Uint => "uint",
        Shape::Double => "double",
        Shape::Text => "string",
        Shape::Bytes => "bytes",
        Shape::Timestamp => "timestamp",
        Shape::Duration => "duration",
        Shape::Number => "number",
        Shape::List | Shape::Texts => "list",
        Shape::Map => "map",
        Shape::Optional => "opt",
        Shape::Ip => "address",
        Shape::Cidr => "network",
        Shape::Format => "format",
        Shape::Quantity => "quantity",
        Shape::Semver => "version",
        Shape::Url => "url",
        Shape::Type | Shape::Same | Shape::Element | Shape::OptionalOf => "no parameter",
    }
}

/// Every call that the compiler takes, as the page would write it.
fn known() -> BTreeSet<String> {
    let functions = functions::TABLE.iter().map(|overload| {
        let mut words: Vec<&str> = overload.parameters.iter().copied().map(word).collect();
        let receiver =
            if overload.member { format!("{}.", words.remove(0)) } else { String::new() };
        words.extend(overload.variadic.then_some("…"));
        format!("{receiver}{}({})", overload.name, words.join(", "))
    });
    // The page chooses the names of variables; what counts is how many arguments there are.
    let macros = macros::FORMS.iter().flat_map(|(name, _, variables, following)| {
        following.iter().map(move |more| counted(&format!("e.{name}"), variables + more))
    });
    // What the parser and the compiler know besides.
    let others = [
        ("has", 1),
        ("e.all", 2),
        ("e.exists", 2),
        ("e.exists_one", 2),
        ("e.existsOne", 2),
        ("e.filter", 2),
        ("e.map", 2),
        ("e.map", 3),
        ("cel.bind", 3),
        ("o.optMap", 2),
        ("o.optFlatMap", 2),
        ("o.or", 1),
        ("o.orValue", 1),
    ];
    functions.chain(macros).chain(others.map(|(name, count)| counted(name, count))).collect()
}

fn counted(name: &str, arguments: usize) -> String {
    format!("{name}/{arguments}")
}

#[test]
fn every_macro_and_function_is_on_the_page_and_no_other() {
    let mut named = BTreeSet::new();
    let functions = PAGE.find("## Functions").unwrap();
    let table = PAGE.get(functions..).unwrap();
    let is_function = |signatures: &str| table.contains(&format!("| {signatures} |"));
    for [signatures, ..] in rows() {
        for signature in signatures.split("`, `") {
            let signature = signature.trim_matches('`');
            let (name, arguments) = signature.strip_suffix(')').unwrap().split_once('(').unwrap();
            named.insert(if is_function(signatures) {
                signature.to_owned()
            } else {
                counted(name, arguments.split(", ").count())
            });
        }
    }
    let known = known();
    let missing: Vec<_> = known.difference(&named).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing {missing:#?}, no such {unknown:#?}");
}

#[test]
fn every_limit_is_on_the_page() {
    let limits = PAGE.split("## Limits and costs").nth(1).unwrap();
    for limit in [
        limits::EXPRESSION_BYTES as u64,
        limits::EXPRESSION_DEPTH as u64,
        limits::EVALUATION_STEPS,
        limits::EVALUATION_BYTES,
        limits::RESULT_BYTES,
        limits::REQUEST_STEPS,
        limits::DEPTH as u64,
        limits::PATTERN_BYTES as u64,
        limits::PATTERN_COMPILED_BYTES as u64,
        limits::EXPRESSION_PATTERN_BYTES as u64,
        limits::PACK_PATTERN_BYTES as u64,
        meter::VALUE as u64,
    ] {
        let digits = limit.to_string();
        let groups: Vec<&str> = digits
            .as_bytes()
            .rchunks(3)
            .rev()
            .map(|group| std::str::from_utf8(group).unwrap())
            .collect();
        let written = groups.join(",");
        assert!(limits.contains(&format!(" {written}")), "{written}");
    }
}
