//! Makes lists and maps within the budget.

use std::{cmp::Ordering, sync::Arc};

use super::{
    datum::{Datum, Eval, Held, Key, List, Map, Marks, Stop},
    meter::{self, Meter},
};
use crate::limits;

/// Makes a list.
#[derive(Default)]
pub(super) struct ListBuilder<'a> {
    elements: Vec<Datum<'a>>,
    marks: Marks,
    depth: u16,
}

impl<'a> ListBuilder<'a> {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn push(&mut self, meter: &mut Meter, element: Datum<'a>) -> Result<(), Stop> {
        meter.allocate(meter::VALUE)?;
        self.marks = self.marks.or(element.marks());
        self.depth = self.depth.max(element.depth());
        self.elements.push(element);
        Ok(())
    }

    pub(super) fn finish(self, meter: &mut Meter) -> Eval<'a> {
        meter.allocate(meter::VALUE)?;
        let depth = deeper(self.depth)?;
        Ok(Datum::List(List::Built(Arc::new(Held {
            elements: self.elements,
            marks: self.marks,
            depth,
        }))))
    }
}

/// Makes a map.
#[derive(Default)]
pub(super) struct MapBuilder<'a> {
    entries: Vec<(Key<'a>, Datum<'a>)>,
    marks: Marks,
    depth: u16,
}

impl<'a> MapBuilder<'a> {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Adds an entry; the key must be a truth value, an integer or text.
    pub(super) fn insert(
        &mut self,
        meter: &mut Meter,
        key: Datum<'a>,
        value: Datum<'a>,
    ) -> Result<(), Stop> {
        meter.allocate(meter::ENTRY)?;
        let key = Key::new(key).ok_or(Stop::error("cel.invalid_key"))?;
        key.pay(meter)?;
        self.marks = self.marks.or(value.marks());
        self.depth = self.depth.max(value.depth());
        self.entries.push((key, value));
        Ok(())
    }

    /// Ends the map; a key that was added twice is an error.
    pub(super) fn finish(mut self, meter: &mut Meter) -> Eval<'a> {
        meter.allocate(meter::VALUE)?;
        meter.visit(self.entries.len())?;
        let depth = deeper(self.depth)?;
        self.entries.sort_by(|(a, _), (b, _)| a.order(b));
        let repeated = self
            .entries
            .windows(2)
            .any(|pair| matches!(pair, [(a, _), (b, _)] if a.order(b) == Ordering::Equal));
        if repeated {
            return Err(Stop::error("cel.duplicate_key"));
        }
        Ok(Datum::Map(Map::Built(Arc::new(Held {
            elements: self.entries,
            marks: self.marks,
            depth,
        }))))
    }
}

/// One level more, as long as comparing and dropping the value cannot overflow the stack.
fn deeper(depth: u16) -> Result<u16, Stop> {
    let depth = depth.saturating_add(1);
    if usize::from(depth) > limits::DEPTH {
        return Err(Stop::Exhausted);
    }
    Ok(depth)
}
