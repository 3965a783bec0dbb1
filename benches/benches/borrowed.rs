//! JSON as a value of the `cel` crate that is read where it is: its best case.

use cel::{
    ExecutionError,
    common::{
        traits::{Container, Indexer, Iterable, Iterator},
        types::{
            CelBool, CelDouble, CelInt, CelNull, CelString, DYN_TYPE, LIST_TYPE, MAP_TYPE, Type,
        },
        value::{CowVal, Val},
    },
};
use serde_json::Value as Json;

/// A list or map. The elements of a list are prepared, since the crate iterates over values that exist.
#[derive(Clone, Debug)]
pub(crate) struct Borrowed<'j> {
    json: &'j Json,
    elements: Vec<Borrowed<'j>>,
}

impl<'j> Borrowed<'j> {
    pub(crate) fn new(json: &'j Json) -> Self {
        let elements = json.as_array().map(|it| it.iter().map(Self::new).collect());
        Self { json, elements: elements.unwrap_or_default() }
    }

    fn find(&self, key: &dyn Val) -> Option<&'j Json> {
        self.json.get(key.downcast_ref::<CelString<'_>>()?.inner())
    }
}

fn value<'b, 'j: 'b>(json: &'j Json) -> CowVal<'b, 'j> {
    match json {
        Json::Null => CowVal::owned(CelNull),
        Json::Bool(value) => CowVal::owned(CelBool::from(*value)),
        Json::Number(number) => match number.as_i64() {
            Some(number) => CowVal::owned(CelInt::from(number)),
            None => CowVal::owned(CelDouble::from(number.as_f64().unwrap())),
        },
        Json::String(text) => CowVal::owned(CelString::from(text.as_str())),
        Json::Array(_) | Json::Object(_) => CowVal::owned(Borrowed::new(json)),
    }
}

impl Val for Borrowed<'_> {
    fn get_type(&self) -> &Type {
        match self.json {
            Json::Array(_) => &LIST_TYPE,
            _ => &MAP_TYPE,
        }
    }

    fn cel_type() -> &'static Type {
        &DYN_TYPE
    }

    fn as_container(&self) -> Option<&dyn Container> {
        Some(self)
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn as_iterable<'b, 'v>(&'b self) -> Option<&'b (dyn Iterable + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(self.clone())
    }
}

impl Container for Borrowed<'_> {
    fn contains(&self, key: &dyn Val) -> Result<bool, ExecutionError> {
        Ok(self.find(key).is_some())
    }
}

impl Indexer for Borrowed<'_> {
    fn get<'b, 'v>(&'b self, key: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.find(key).map(value).ok_or_else(|| ExecutionError::no_such_key("it"))
    }

    fn steal<'v>(self: Box<Self>, key: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let found = self.find(key).ok_or_else(|| ExecutionError::no_such_key("it"))?;
        Ok(value(found).into_owned())
    }
}

impl Iterable for Borrowed<'_> {
    fn iter<'b, 'v>(&'b self) -> Box<dyn Iterator<'b, 'v> + 'b>
    where
        Self: 'v,
    {
        Box::new(Elements(self.elements.iter()))
    }
}

struct Elements<'b, 'j>(std::slice::Iter<'b, Borrowed<'j>>);

impl<'b, 'j: 'v, 'v> Iterator<'b, 'v> for Elements<'b, 'j> {
    fn next(&mut self) -> Option<&'b (dyn Val + 'v)> {
        self.0.next().map(|element| element as &'b (dyn Val + 'v))
    }
}
