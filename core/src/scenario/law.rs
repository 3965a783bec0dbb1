//! The charter that scenarios run under, and variations of it.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value as Json;

use super::keys;
use crate::{
    engine::{Engine, Texts},
    error::{Code, Error, Result},
    value::Value,
};

/// A charter with its packs, from which variations are made. People sign with keys of ours.
pub(super) struct Law {
    base: Engine,
    charter: Json,
}

impl Law {
    pub(super) fn new(texts: Texts) -> Result<Self> {
        let base = Engine::new(texts)?;
        let mut charter = Value::parse_yaml(&base.texts().charter)?.deserialize()?;
        keys::replace(&mut charter)?;
        Ok(Self { base, charter })
    }

    pub(super) fn charter(&self) -> &Json {
        &self.charter
    }

    /// The engine of another charter.
    pub(super) fn engine(&self, charter: &Json) -> Result<Arc<Engine>> {
        // JSON is YAML.
        self.base.under(charter.to_string().into_bytes()).map(Arc::new)
    }
}

/// Sets what JSON Pointers lead to; null removes. Everything on the way must be there.
pub(super) fn change(charter: &Json, changes: &BTreeMap<String, Json>) -> Result<Json> {
    let mut charter = charter.clone();
    for (pointer, value) in changes {
        set(&mut charter, pointer, value).ok_or_else(|| {
            Error::new(
                Code::InputInvalidValue,
                format!("`{pointer}` leads to nothing in the charter"),
            )
            .with_help("it is a JSON Pointer such as /tracks/0/boundaries/1/soak")
        })?;
    }
    Ok(charter)
}

fn set(charter: &mut Json, pointer: &str, value: &Json) -> Option<()> {
    let (parent, key) = pointer.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    match charter.pointer_mut(parent)? {
        Json::Object(map) if value.is_null() => map.remove(&key).map(drop),
        Json::Object(map) => {
            map.insert(key, value.clone());
            Some(())
        }
        Json::Array(list) if key == "-" => {
            list.push(value.clone());
            Some(())
        }
        Json::Array(list) => {
            let index = key.parse().ok().filter(|index| *index < list.len())?;
            if value.is_null() {
                list.remove(index);
            } else {
                *list.get_mut(index)? = value.clone();
            }
            Some(())
        }
        _ => None,
    }
}
