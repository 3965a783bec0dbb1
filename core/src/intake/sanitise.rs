//! Copies a resource's values with their marks laid over them.

use super::{marks::Mark, taint::Taint};
use crate::{
    error::Result,
    value::{Builder, Kind, Ref},
};

/// What is marked of a value.
#[derive(Clone, Copy)]
pub(super) struct Marks<'a> {
    /// What is not known until apply.
    pub(super) unknown: Mark<'a>,
    /// What is sensitive.
    pub(super) sensitive: Mark<'a>,
    /// What is sensitive of another version of the value: the same places hold secrets here, as far as
    /// they exist.
    pub(super) counterpart: Mark<'a>,
}

impl<'a> Marks<'a> {
    fn fit(self, value: Option<Ref<'_>>) -> Result<Self> {
        let is_null = value.is_none_or(|value| matches!(value.kind(), Kind::Null));
        Ok(Self {
            unknown: self.unknown.fit(value)?,
            sensitive: self.sensitive.fit(value)?,
            counterpart: if is_null { Mark::Nothing } else { self.counterpart.fit(value)? },
        })
    }

    fn each(self, part: impl Fn(Mark<'a>) -> Result<Mark<'a>>) -> Result<Self> {
        Ok(Self {
            unknown: part(self.unknown)?,
            sensitive: part(self.sensitive)?,
            counterpart: part(self.counterpart)?,
        })
    }

    fn are_empty(self) -> bool {
        let Self { unknown, sensitive, counterpart } = self;
        matches!((unknown, sensitive, counterpart), (Mark::Nothing, Mark::Nothing, Mark::Nothing))
    }
}

/// Copies a value: what is marked sensitive or holds something sensitive becomes sensitive, what is
/// marked unknown becomes unknown, and what is absent but marked is put in its place. Sensitive wins
/// over unknown.
pub(super) fn copy(
    builder: &mut Builder,
    value: Option<Ref<'_>>,
    marks: Marks<'_>,
    taint: &Taint<'_>,
) -> Result<()> {
    let marks = marks.fit(value)?;
    if matches!(marks.sensitive, Mark::Everything) || matches!(marks.counterpart, Mark::Everything)
    {
        return builder.sensitive();
    }
    if matches!(marks.unknown, Mark::Everything) {
        return if marks.sensitive.marks_anything()? {
            builder.sensitive()
        } else {
            builder.unknown()
        };
    }
    let Some(value) = value else { return builder.null() };
    if marks.are_empty() && taint.is_empty() {
        return builder.copy(value);
    }
    match value.kind() {
        Kind::Text(text) if taint.touches(text) => builder.sensitive(),
        Kind::List(list) => {
            builder.begin_list()?;
            for (index, element) in list.iter().enumerate() {
                let marks = marks.each(|mark| mark.element(index))?;
                copy(builder, Some(element), marks, taint)?;
            }
            builder.end_list()
        }
        Kind::Map(map) => {
            let mut absent = Vec::new();
            for key in marks.unknown.keys().chain(marks.sensitive.keys()) {
                if map.get(key).is_some() {
                    continue;
                }
                let marks = marks.each(|mark| mark.entry(key))?;
                let is_sensitive = marks.sensitive.marks_anything()?;
                if is_sensitive || marks.unknown.marks_anything()? {
                    absent.push((key, is_sensitive));
                }
            }
            absent.sort_unstable();
            absent.dedup();
            let mut keys = map.iter().map(|(key, _)| key).chain(absent.iter().map(|(key, _)| *key));
            if keys.any(|key| taint.touches(key)) {
                return builder.sensitive();
            }
            builder.begin_map()?;
            for (key, value) in map.iter() {
                builder.key(key)?;
                copy(builder, Some(value), marks.each(|mark| mark.entry(key))?, taint)?;
            }
            for (key, is_sensitive) in absent {
                builder.key(key)?;
                if is_sensitive { builder.sensitive()? } else { builder.unknown()? }
            }
            builder.end_map()
        }
        _ => builder.copy(value),
    }
}
