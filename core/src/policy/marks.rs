//! Puts the marks *unknown* and *sensitive* into the documents of a pack's tests.

use std::collections::BTreeMap;

use crate::{
    error::{Code, Error, Result},
    model::Mark,
    value::{Builder, Kind, Ref, Value},
};

/// Which parts of a document are marked, by the parts of their JSON Pointers.
#[derive(Default)]
pub(super) struct Marks {
    mark: Option<Mark>,
    children: BTreeMap<String, Marks>,
}

impl Marks {
    /// Marks what a JSON Pointer (RFC 6901) names.
    pub(super) fn add(&mut self, pointer: &str, mark: Mark) -> Result<()> {
        let mut node = self;
        let mut parts = pointer.split('/');
        if parts.next() != Some("") {
            return Err(Error::new(Code::InputInvalidValue, "not a JSON Pointer")
                .with_help("write a slash before each part, such as /template/0/image"));
        }
        for part in parts {
            node = node.children.entry(part.replace("~1", "/").replace("~0", "~")).or_default();
        }
        match node.mark.replace(mark) {
            None => Ok(()),
            Some(_) => Err(Error::new(Code::PolicyDuplicate, "the same value is marked twice")),
        }
    }

    /// The document with its marks.
    pub(super) fn apply(&self, document: Ref<'_>) -> Result<Value> {
        let mut builder = Builder::new();
        self.copy(Some(document), &mut builder)?;
        builder.finish()
    }

    fn copy(&self, value: Option<Ref<'_>>, builder: &mut Builder) -> Result<()> {
        match self.mark {
            Some(Mark::Unknown) => return builder.unknown(),
            Some(Mark::Sensitive) => return builder.sensitive(),
            Some(Mark::Known) | None => {}
        }
        let value = value.ok_or_else(nothing_there)?;
        if self.children.is_empty() {
            return builder.copy(value);
        }
        match value.kind() {
            Kind::Map(map) => {
                builder.begin_map()?;
                for (key, member) in map.iter() {
                    builder.key(key)?;
                    match self.children.get(key) {
                        Some(marks) => marks.copy(Some(member), builder)?,
                        None => builder.copy(member)?,
                    }
                }
                for (key, marks) in &self.children {
                    if value.get(key).is_none() {
                        builder.key(key)?;
                        marks.copy(None, builder)?;
                    }
                }
                builder.end_map()
            }
            Kind::List(list) => {
                let indices = || (0..list.len()).map(|index| index.to_string());
                if self.children.keys().any(|part| indices().all(|index| index != *part)) {
                    return Err(nothing_there());
                }
                builder.begin_list()?;
                for (element, index) in list.iter().zip(indices()) {
                    match self.children.get(&index) {
                        Some(marks) => marks.copy(Some(element), builder)?,
                        None => builder.copy(element)?,
                    }
                }
                builder.end_list()
            }
            _ => Err(nothing_there()),
        }
    }
}

fn nothing_there() -> Error {
    Error::new(Code::InputInvalidValue, "a pointer of the test names nothing in `object`")
}
