//! Reads the fields of a map and says with a JSON Pointer where one is not what it should be.

use crate::{
    error::{Code, Error, Result},
    model::{Actions, CheckStatus, ResourceMode},
    value::{Kind, List, Map, Ref},
};

/// An error of `plan.malformed` at a JSON Pointer.
pub(super) fn malformed(message: impl Into<String>, pointer: impl Into<String>) -> Error {
    Error::new(Code::PlanMalformed, message).at_pointer(pointer)
}

/// The map at a pointer.
pub(super) fn map<'a>(value: Ref<'a>, pointer: &str) -> Result<Map<'a>> {
    match value.kind() {
        Kind::Map(map) => Ok(map),
        _ => Err(malformed(format!("a map is expected, not {}", value.describe()), pointer)),
    }
}

/// The list at a pointer.
pub(super) fn list<'a>(value: Ref<'a>, pointer: &str) -> Result<List<'a>> {
    match value.kind() {
        Kind::List(list) => Ok(list),
        _ => Err(malformed(format!("a list is expected, not {}", value.describe()), pointer)),
    }
}

/// The text at a pointer.
pub(super) fn text<'a>(value: Ref<'a>, pointer: &str) -> Result<&'a str> {
    value
        .as_str()
        .ok_or_else(|| malformed(format!("text is expected, not {}", value.describe()), pointer))
}

/// The pointer to an entry of the map at `pointer`.
pub(super) fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// A map and where it stands. A field that is null counts as absent, as Terraform's do.
#[derive(Clone)]
pub(super) struct Fields<'a> {
    map: Map<'a>,
    pointer: String,
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: Ref<'a>, pointer: String) -> Result<Self> {
        Ok(Self { map: map(value, &pointer)?, pointer })
    }

    /// The map itself.
    pub(super) fn entries(&self) -> Map<'a> {
        self.map
    }

    /// Where the map stands, as a JSON Pointer.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// A field, unless it is absent or null.
    pub(super) fn get(&self, key: &str) -> Option<Ref<'a>> {
        self.map.get(key).filter(|value| !matches!(value.kind(), Kind::Null))
    }

    /// An error at the field `key`.
    pub(super) fn malformed(&self, key: &str, message: impl Into<String>) -> Error {
        malformed(message, below(&self.pointer, key))
    }

    /// Refuses every field but the named ones.
    pub(super) fn allow_only(&self, known: &[&str]) -> Result<()> {
        match self.map.iter().find(|(key, _)| !known.contains(key)) {
            Some(_) => Err(malformed("there is a field that is not known here", self.pointer())),
            None => Ok(()),
        }
    }

    pub(super) fn text(&self, key: &str) -> Result<&'a str> {
        self.required(key, self.optional_text(key)?)
    }

    pub(super) fn optional_text(&self, key: &str) -> Result<Option<&'a str>> {
        self.get(key).map(|value| text(value, &below(&self.pointer, key))).transpose()
    }

    pub(super) fn optional_bool(&self, key: &str) -> Result<Option<bool>> {
        self.get(key)
            .map(|value| {
                value.as_bool().ok_or_else(|| {
                    let message = format!("true or false is expected, not {}", value.describe());
                    self.malformed(key, message)
                })
            })
            .transpose()
    }

    pub(super) fn fields(&self, key: &str) -> Result<Fields<'a>> {
        self.required(key, self.optional_fields(key)?)
    }

    pub(super) fn optional_fields(&self, key: &str) -> Result<Option<Fields<'a>>> {
        self.get(key).map(|value| Fields::of(value, below(&self.pointer, key))).transpose()
    }

    /// The maps of a list; none where the list is absent.
    pub(super) fn each(&self, key: &str) -> Result<impl Iterator<Item = Result<Fields<'a>>>> {
        let pointer = below(&self.pointer, key);
        let elements = self.get(key).map(|value| list(value, &pointer)).transpose()?;
        Ok(elements
            .into_iter()
            .flat_map(List::iter)
            .enumerate()
            .map(move |(index, element)| Fields::of(element, format!("{pointer}/{index}"))))
    }

    /// The maps of a map, by key; none where the map is absent.
    pub(super) fn each_named(
        &self,
        key: &str,
    ) -> Result<impl Iterator<Item = Result<(&'a str, Fields<'a>)>>> {
        let pointer = below(&self.pointer, key);
        let entries = self.get(key).map(|value| map(value, &pointer)).transpose()?;
        Ok(entries
            .into_iter()
            .flat_map(Map::iter)
            .map(move |(key, value)| Ok((key, Fields::of(value, below(&pointer, key))?))))
    }

    pub(super) fn mode(&self) -> Result<ResourceMode> {
        match self.text("mode")? {
            "managed" => Ok(ResourceMode::Managed),
            "data" => Ok(ResourceMode::Data),
            _ => Err(self.malformed("mode", "the mode is neither managed nor data")),
        }
    }

    /// The field `actions`: the words for what is to be done.
    pub(super) fn actions(&self) -> Result<Actions> {
        let pointer = below(&self.pointer, "actions");
        let words = self.required("actions", self.get("actions"))?;
        let words: Vec<&str> = list(words, &pointer)?
            .iter()
            .map(|word| text(word, &pointer))
            .collect::<Result<_>>()?;
        Ok(match words.as_slice() {
            ["no-op"] => Actions::NoOp,
            ["create"] => Actions::Create,
            ["read"] => Actions::Read,
            ["update"] => Actions::Update,
            ["delete"] => Actions::Delete,
            ["delete", "create"] => Actions::DeleteCreate,
            ["create", "delete"] => Actions::CreateDelete,
            ["forget"] => Actions::Forget,
            // OpenTofu forgets before it creates.
            ["create", "forget"] | ["forget", "create"] => Actions::CreateForget,
            _ => {
                return Err(malformed("this is no known combination of actions", pointer)
                    .with_help("a newer version of poundlock may know it"));
            }
        })
    }

    pub(super) fn check_status(&self) -> Result<CheckStatus> {
        match self.text("status")? {
            "pass" => Ok(CheckStatus::Pass),
            "fail" => Ok(CheckStatus::Fail),
            "error" => Ok(CheckStatus::Error),
            "unknown" => Ok(CheckStatus::Unknown),
            _ => Err(self.malformed("status", "the status is none of pass, fail, error, unknown")),
        }
    }

    fn required<T>(&self, key: &str, field: Option<T>) -> Result<T> {
        field.ok_or_else(|| malformed(format!("the field {key} is absent"), self.pointer.as_str()))
    }
}
