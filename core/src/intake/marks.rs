//! The marks that Terraform writes beside values: `after_unknown`, `after_sensitive` and their kin.
//!
//! A mark is `true`, `false`, or a list or map of marks in the shape of the value. What does not fit
//! the value counts for the whole of it if anything in it is `true`.

use crate::{
    error::{Code, Error, Result},
    value::{Kind, Ref},
};

/// A mark on a value.
#[derive(Clone, Copy)]
pub(super) enum Mark<'a> {
    /// Nothing of it is marked.
    Nothing,
    /// Parts of it may be marked, as this list or map says.
    Parts(Ref<'a>),
    /// All of it is marked.
    Everything,
}

impl<'a> Mark<'a> {
    /// Reads a mark; an absent one marks nothing.
    pub(super) fn read(mark: Option<Ref<'a>>) -> Result<Self> {
        let Some(mark) = mark else { return Ok(Self::Nothing) };
        match mark.kind() {
            Kind::Bool(false) => Ok(Self::Nothing),
            Kind::Bool(true) => Ok(Self::Everything),
            Kind::List(_) | Kind::Map(_) => Ok(Self::Parts(mark)),
            // The caller adds where it stands.
            _ => Err(Error::new(
                Code::PlanMalformed,
                "a mark is true, false, or a list or map of marks",
            )),
        }
    }

    /// Whether anything at all is marked.
    pub(super) fn marks_anything(self) -> Result<bool> {
        match self {
            Self::Nothing => Ok(false),
            Self::Everything => Ok(true),
            Self::Parts(parts) => match parts.kind() {
                Kind::List(list) => any(list.iter()),
                Kind::Map(map) => any(map.iter().map(|(_, mark)| mark)),
                _ => Ok(false),
            },
        }
    }

    /// The mark in the shape of a value: parts that do not fit it become nothing or everything.
    pub(super) fn fit(self, value: Option<Ref<'_>>) -> Result<Self> {
        let Self::Parts(parts) = self else { return Ok(self) };
        let fits = match (parts.kind(), value.map(Ref::kind)) {
            (Kind::Map(_), Some(Kind::Map(_))) => true,
            (Kind::List(marks), Some(Kind::List(list))) => marks.len() == list.len(),
            _ => false,
        };
        if fits {
            Ok(self)
        } else if self.marks_anything()? {
            Ok(Self::Everything)
        } else {
            Ok(Self::Nothing)
        }
    }

    /// The mark on the entry of a marked map.
    pub(super) fn entry(self, key: &str) -> Result<Self> {
        match self {
            Self::Parts(parts) => Self::read(parts.get(key)),
            whole => Ok(whole),
        }
    }

    /// The mark on the element of a marked list.
    pub(super) fn element(self, index: usize) -> Result<Self> {
        match self {
            Self::Parts(parts) => Self::read(parts.index(index)),
            whole => Ok(whole),
        }
    }

    /// The keys that a mark on a map names.
    pub(super) fn keys(self) -> impl Iterator<Item = &'a str> {
        let map = match self {
            Self::Parts(parts) => match parts.kind() {
                Kind::Map(map) => Some(map),
                _ => None,
            },
            _ => None,
        };
        map.into_iter().flat_map(|map| map.iter().map(|(key, _)| key))
    }
}

fn any<'a>(mut marks: impl Iterator<Item = Ref<'a>>) -> Result<bool> {
    marks.try_fold(false, |found, mark| Ok(found || Mark::read(Some(mark))?.marks_anything()?))
}
