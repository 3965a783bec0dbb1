//! What the schemas say, in terms that every language has.
//!
//! Only what schemars writes for our types is understood; anything else is an error that names the place, so that
//! no part of a document is ever typed as something it is not.

use std::collections::{BTreeMap, BTreeSet};

use poundlock::wire::schema::DOCUMENTS;
use serde_json::{Map, Value as Json};

/// All types of all documents, each after those that it is made of.
pub struct Model {
    /// The types.
    pub types: Vec<Named>,
}

/// A type with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The name, in capitalised words.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// Its form.
    pub form: Form,
}

/// The forms of types that have a name.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// A map with these members.
    Record(Vec<Member>),
    /// A map with exactly one of these members.
    Choice(Vec<Member>),
    /// One of these texts.
    Words(Vec<Word>),
    /// A text of a certain form.
    Text,
    /// One of several shapes.
    Either(Vec<Shape>),
}

/// A member of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Its key.
    pub key: String,
    /// What it is.
    pub doc: String,
    /// Its value.
    pub shape: Shape,
    /// Whether it may be absent.
    pub optional: bool,
    /// Whether it may be null where it is not absent.
    pub nullable: bool,
}

/// One text of several.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The text.
    pub text: String,
    /// What it means.
    pub doc: String,
}

/// The shape of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A text.
    Text,
    /// True or false.
    Boolean,
    /// An integer from the first to the second.
    Integer(i128, i128),
    /// Any JSON.
    Free,
    /// A type by its name.
    Named(String),
    /// A list.
    List(Box<Shape>),
    /// A map from any keys.
    Map(Box<Shape>),
}

/// Documents that no binding reads or writes.
const ELSEWHERE: [&str; 1] = ["scenario"];

impl Model {
    /// Reads the schemas of all documents.
    ///
    /// # Errors
    ///
    /// A text that says what is not understood, and where; two types of one name that differ.
    pub fn read() -> Result<Self, String> {
        let mut all = BTreeMap::new();
        let mut order = Vec::new();
        for document in DOCUMENTS.iter().filter(|document| !ELSEWHERE.contains(&document.name())) {
            let mut schema = document.schema();
            let definitions = schema.as_object_mut().and_then(|schema| schema.remove("$defs"));
            let definitions = definitions.and_then(|all| all.as_object().cloned());
            let root = (document.type_name(), schema);
            for (name, schema) in definitions.into_iter().flatten().chain([root]) {
                let named = read_type(&name, &schema)
                    .map_err(|what| format!("{} in {}: {what}", name, document.name()))?;
                let seen = all.remove(&name);
                let named = match seen {
                    None => named,
                    Some(seen) => {
                        merge(seen, named).ok_or_else(|| format!("two types are called {name}"))?
                    }
                };
                all.insert(name, named);
            }
            order.push(document.type_name());
        }
        let mut types = Vec::new();
        let mut done = BTreeSet::new();
        for name in order {
            place(&name, &all, &mut done, &mut types)?;
        }
        Ok(Self { types })
    }

    /// The type of that name.
    pub fn find(&self, name: &str) -> Option<&Named> {
        self.types.iter().find(|named| named.name == name)
    }
}

/// Lists a type after those that it is made of.
fn place(
    name: &str,
    all: &BTreeMap<String, Named>,
    done: &mut BTreeSet<String>,
    types: &mut Vec<Named>,
) -> Result<(), String> {
    if !done.insert(name.to_owned()) {
        return Ok(());
    }
    let named = all.get(name).ok_or_else(|| format!("there is no type {name}"))?;
    let shapes: Vec<&Shape> = match &named.form {
        Form::Record(members) | Form::Choice(members) => {
            members.iter().map(|member| &member.shape).collect()
        }
        Form::Either(shapes) => shapes.iter().collect(),
        Form::Words(_) | Form::Text => Vec::new(),
    };
    for mut shape in shapes {
        while let Shape::List(inner) | Shape::Map(inner) = shape {
            shape = inner;
        }
        if let Shape::Named(inner) = shape {
            place(inner, all, done, types)?;
        }
    }
    types.push(named.clone());
    Ok(())
}

/// A type that is read in one place and written in another: members that a reader may miss are optional.
fn merge(one: Named, other: Named) -> Option<Named> {
    let form = match (one.form, other.form) {
        (Form::Record(ours), Form::Record(theirs)) if ours.len() == theirs.len() => {
            let mut members = Vec::new();
            for ours in ours {
                let theirs = theirs.iter().find(|theirs| theirs.key == ours.key)?;
                let same = (&ours.shape, &ours.doc) == (&theirs.shape, &theirs.doc);
                let optional = ours.optional || theirs.optional;
                let nullable = ours.nullable || theirs.nullable;
                members.push(same.then_some(Member { optional, nullable, ..ours })?);
            }
            Form::Record(members)
        }
        (ours, theirs) => (ours == theirs).then_some(ours)?,
    };
    (one.doc == other.doc).then_some(Named { form, ..one })
}

fn doc(schema: &Json) -> String {
    schema.get("description").and_then(Json::as_str).unwrap_or_default().to_owned()
}

fn list<'a>(schema: &'a Json, key: &str) -> Option<&'a [Json]> {
    schema.get(key).and_then(Json::as_array).map(Vec::as_slice)
}

fn read_type(name: &str, schema: &Json) -> Result<Named, String> {
    let form = if let Some(variants) = list(schema, "oneOf") {
        read_variants(variants)?
    } else if let Some(texts) = list(schema, "enum") {
        let word = |text: &Json| {
            let text = text.as_str().ok_or("a word that is no text")?.to_owned();
            Ok(Word { text, doc: String::new() })
        };
        Form::Words(texts.iter().map(word).collect::<Result<_, String>>()?)
    } else if let Some(shapes) = list(schema, "anyOf") {
        Form::Either(shapes.iter().map(read_shape).collect::<Result<_, _>>()?)
    } else if schema.get("properties").is_some() {
        Form::Record(read_members(schema)?)
    } else if read_shape(schema)? == Shape::Text {
        Form::Text
    } else {
        return Err(format!("neither a record nor words: {schema}"));
    };
    Ok(Named { name: name.to_owned(), doc: doc(schema), form })
}

/// Words, or maps with one member each.
fn read_variants(variants: &[Json]) -> Result<Form, String> {
    let words: Vec<Word> = variants
        .iter()
        .filter_map(|variant| {
            let text = variant.get("const")?.as_str()?.to_owned();
            Some(Word { text, doc: doc(variant) })
        })
        .collect();
    if words.len() == variants.len() {
        return Ok(Form::Words(words));
    }
    let mut members = Vec::new();
    for variant in variants {
        let mut own = read_members(variant)?;
        let member = own.pop().filter(|member| own.is_empty() && !member.optional);
        let member = member.ok_or_else(|| format!("a variant of several members: {variant}"))?;
        members.push(Member { doc: doc(variant), ..member });
    }
    Ok(Form::Choice(members))
}

/// The members in the order in which they are required, then the optional ones by name.
fn read_members(schema: &Json) -> Result<Vec<Member>, String> {
    let none = Map::new();
    let properties = schema.get("properties").and_then(Json::as_object).unwrap_or(&none);
    let required: Vec<&str> =
        list(schema, "required").unwrap_or_default().iter().filter_map(Json::as_str).collect();
    let optional = properties.keys().map(String::as_str).filter(|key| !required.contains(key));
    let mut members = Vec::new();
    for key in required.iter().copied().chain(optional) {
        let property = properties.get(key).ok_or_else(|| format!("{key} is not described"))?;
        let optional = !required.contains(&key);
        let (shape, null) = read_nullable(property).map_err(|what| format!("{key}: {what}"))?;
        // Who may leave a member out need not write null.
        let nullable = null && !optional;
        members.push(Member { key: key.to_owned(), doc: doc(property), shape, optional, nullable });
    }
    Ok(members)
}

/// A shape, and whether it may be null.
fn read_nullable(schema: &Json) -> Result<(Shape, bool), String> {
    let is_null = |schema: &&Json| schema.get("type").is_some_and(|name| name == "null");
    if let Some([first, second]) = list(schema, "anyOf")
        && is_null(&second)
    {
        return Ok((read_shape(first)?, true));
    }
    if let Some([first, second]) = list(schema, "type")
        && second == "null"
    {
        let mut plain = schema.clone();
        if let Some(plain) = plain.as_object_mut() {
            plain.insert("type".to_owned(), first.clone());
        }
        return Ok((read_shape(&plain)?, true));
    }
    Ok((read_shape(schema)?, false))
}

fn read_shape(schema: &Json) -> Result<Shape, String> {
    if let Some(target) = schema.get("$ref").and_then(Json::as_str) {
        let name = target.strip_prefix("#/$defs/").ok_or_else(|| format!("a link to {target}"))?;
        return Ok(Shape::Named(name.to_owned()));
    }
    let Some(kind) = schema.get("type") else {
        let only_words = schema.as_object().is_none_or(|map| {
            map.keys().all(|key| ["description", "default", "title"].contains(&key.as_str()))
        });
        let free = only_words && *schema != Json::Bool(false);
        return if free { Ok(Shape::Free) } else { Err(format!("a shape of no type: {schema}")) };
    };
    let bound = |key: &str| {
        let bound = schema.get(key).and_then(Json::as_number);
        bound
            .and_then(serde_json::Number::as_i128)
            .ok_or_else(|| format!("an integer without {key}"))
    };
    match kind.as_str() {
        Some("string") => Ok(Shape::Text),
        Some("boolean") => Ok(Shape::Boolean),
        Some("integer") => Ok(Shape::Integer(bound("minimum")?, bound("maximum")?)),
        Some("array") => {
            let items = schema.get("items").unwrap_or(&Json::Bool(true));
            Ok(Shape::List(Box::new(read_shape(items)?)))
        }
        Some("object") if schema.get("properties").is_none() => {
            let values = schema.get("additionalProperties").unwrap_or(&Json::Bool(true));
            Ok(Shape::Map(Box::new(read_shape(values)?)))
        }
        _ => Err(format!("a shape that is not understood: {schema}")),
    }
}
