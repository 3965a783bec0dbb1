//! Evaluates the macros over lists and maps.

use super::{
    build::{ListBuilder, MapBuilder},
    compare,
    datum::{Datum, Eval, Stop},
    evaluate::{Evaluation, Items, Local},
    meter,
    program::{Fold, FoldKind},
};

impl<'a> Evaluation<'a> {
    /// A macro that gives a list or a map.
    pub(super) fn fold(&mut self, fold: &'a Fold) -> Eval<'a> {
        let mut items = self.visit(fold)?;
        let outer = items.outer;
        let result = match fold.kind {
            FoldKind::TransformMap | FoldKind::TransformEntries => self.transform(fold, &mut items),
            FoldKind::SortBy => self.sort_by(fold, &mut items),
            _ => self.collect(fold, &mut items),
        };
        self.locals.truncate(outer);
        result
    }

    /// A macro that gives a truth value.
    pub(super) fn quantified(&mut self, fold: &'a Fold) -> Result<bool, Stop> {
        let mut items = self.visit(fold)?;
        let outer = items.outer;
        let result = match fold.kind {
            FoldKind::All => self.quantify(fold, &mut items, false),
            FoldKind::Exists => self.quantify(fold, &mut items, true),
            _ => self.exists_one(fold, &mut items),
        };
        self.locals.truncate(outer);
        result
    }

    fn visit(&mut self, fold: &'a Fold) -> Result<Visit<'a>, Stop> {
        let range = self.evaluate(fold.range)?;
        let over_list = matches!(range, Datum::List(_));
        let outer = self.locals.len();
        Ok(Visit { items: Items::new(range)?, over_list, pairs: fold.pairs, outer })
    }

    /// Binds the variables to the next item, if there is one.
    fn next_item(&mut self, items: &mut Visit<'a>) -> Result<bool, Stop> {
        self.meter.spend(1)?;
        self.locals.truncate(items.outer);
        let Some((first, second)) = items.items.next() else { return Ok(false) };
        if items.pairs || !items.over_list {
            self.locals.push(Local::Value(Ok(first)));
        }
        if items.pairs || items.over_list {
            self.locals.push(second);
        }
        Ok(true)
    }

    /// What the first variable stands for.
    fn first(&self, items: &Visit<'a>) -> Eval<'a> {
        self.locals.get(items.outer).map_or(Err(Stop::error("internal")), Local::read)
    }

    /// `all` (decided by false) and `exists` (decided by true): one item decides, whatever others come to.
    fn quantify(
        &mut self,
        fold: &'a Fold,
        items: &mut Visit<'a>,
        deciding: bool,
    ) -> Result<bool, Stop> {
        let mut pending = Pending::default();
        while self.next_item(items)? {
            match self.truth(fold.body) {
                Ok(value) if value == deciding => return Ok(deciding),
                Ok(_) => {}
                Err(stop) => pending.add(stop)?,
            }
        }
        pending.or(!deciding)
    }

    fn exists_one(&mut self, fold: &'a Fold, items: &mut Visit<'a>) -> Result<bool, Stop> {
        let mut pending = Pending::default();
        let mut found: u64 = 0;
        while self.next_item(items)? {
            match self.truth(fold.body) {
                Ok(value) => found = found.saturating_add(value.into()),
                Err(stop) => pending.add(stop)?,
            }
        }
        pending.or(found == 1)
    }

    /// Whether the filter lets the item through; none if that has no value.
    fn passes(&mut self, fold: &'a Fold, pending: &mut Pending) -> Result<bool, Stop> {
        let filter = match fold.kind {
            FoldKind::Filter => Some(fold.body),
            _ => fold.filter,
        };
        let Some(filter) = filter else { return Ok(true) };
        match self.truth(filter) {
            Ok(value) => Ok(value),
            Err(stop) => pending.add(stop).map(|()| false),
        }
    }

    fn collect(&mut self, fold: &'a Fold, items: &mut Visit<'a>) -> Eval<'a> {
        let mut pending = Pending::default();
        let mut list = ListBuilder::new();
        while self.next_item(items)? {
            if !self.passes(fold, &mut pending)? {
                continue;
            }
            let element = match fold.kind {
                FoldKind::Filter => self.first(items),
                _ => self.evaluate(fold.body),
            };
            match element {
                Ok(element) => list.push(&mut self.meter, element)?,
                Err(stop) => pending.add(stop)?,
            }
        }
        let list = list.finish(&mut self.meter)?;
        pending.or(list)
    }

    fn transform(&mut self, fold: &'a Fold, items: &mut Visit<'a>) -> Eval<'a> {
        let mut pending = Pending::default();
        let mut map = MapBuilder::new();
        while self.next_item(items)? {
            if !self.passes(fold, &mut pending)? {
                continue;
            }
            match (self.evaluate(fold.body), fold.kind) {
                (Ok(Datum::Map(entries)), FoldKind::TransformEntries) => {
                    for (key, value) in entries.entries() {
                        self.meter.spend(1)?;
                        map.insert(&mut self.meter, key.datum(), value?)?;
                    }
                }
                (Ok(_), FoldKind::TransformEntries) => pending.add(Stop::no_such_overload())?,
                (Ok(value), _) => {
                    let key = self.first(items)?;
                    map.insert(&mut self.meter, key, value)?;
                }
                (Err(stop), _) => pending.add(stop)?,
            }
        }
        let map = map.finish(&mut self.meter)?;
        pending.or(map)
    }

    fn sort_by(&mut self, fold: &'a Fold, items: &mut Visit<'a>) -> Eval<'a> {
        if !items.over_list {
            return Err(Stop::no_such_overload());
        }
        let mut pending = Pending::default();
        let mut keyed: Vec<(Datum<'a>, Datum<'a>)> = Vec::new();
        while self.next_item(items)? {
            match (self.evaluate(fold.body), self.first(items)) {
                (Ok(key), Ok(element)) => {
                    self.meter.allocate(meter::ENTRY)?;
                    keyed.push((key, element));
                }
                (Err(stop), _) | (_, Err(stop)) => pending.add(stop)?,
            }
        }
        pending.or(Datum::Null)?;
        compare::sort(&mut self.meter, &mut keyed, |(key, _)| key)?;
        let mut list = ListBuilder::new();
        for (_, element) in keyed {
            list.push(&mut self.meter, element)?;
        }
        list.finish(&mut self.meter)
    }
}

/// The items of a macro's range.
struct Visit<'a> {
    items: Items<'a>,
    over_list: bool,
    pairs: bool,
    /// How many variables of other macros there are.
    outer: usize,
}

/// What has had no value so far.
#[derive(Default)]
struct Pending(Option<Stop>);

impl Pending {
    fn add(&mut self, stop: Stop) -> Result<(), Stop> {
        if stop == Stop::Exhausted {
            return Err(stop);
        }
        self.0 = Some(self.0.map_or(stop, |before| before.merge(stop)));
        Ok(())
    }

    fn or<T>(&self, value: T) -> Result<T, Stop> {
        self.0.map_or(Ok(value), Err)
    }
}
