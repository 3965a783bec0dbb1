//! Evaluates compiled expressions over documents, without copying those.
//!
//! Recursion follows the nesting of the expression, which is bounded when it is compiled, never
//! that of a document. Operands of strict operations are all evaluated, so that what has no value
//! is reported alike whatever the order: exhaustion before unknown before the first error.

use std::cmp::Ordering;

use super::{
    Outcome, Slot, arithmetic,
    build::{ListBuilder, MapBuilder},
    compare,
    datum::{Datum, Entries, Eval, Key, List, Map, Marks, Owned, Stop, Text},
    meter::Meter,
    program::{Apply, Element, Entry, Known, Node, NodeId, Order, Path, Root, Step, order_texts},
};
use crate::value::{Kind, Ref};

/// An evaluation under way.
pub(super) struct Evaluation<'a> {
    pub(super) nodes: &'a [Node],
    pub(super) slots: &'a [Slot<'a>],
    /// The variables of the macros that are open, outermost first.
    pub(super) locals: Vec<Local<'a>>,
    pub(super) meter: Meter,
}

/// What a variable of a macro stands for.
#[derive(Clone)]
pub(super) enum Local<'a> {
    /// A value of a document, as yet unread.
    Document(Ref<'a>),
    Value(Eval<'a>),
}

impl<'a> Local<'a> {
    pub(super) fn read(&self) -> Eval<'a> {
        match self {
            Self::Document(value) => Datum::read(*value),
            Self::Value(value) => value.clone(),
        }
    }
}

/// What a node that does not exist would be.
static MISSING: Node = Node::Fail("internal");

impl<'a> Evaluation<'a> {
    /// Evaluates a node.
    pub(super) fn evaluate(&mut self, id: NodeId) -> Eval<'a> {
        self.meter.spend(1)?;
        let mut result = self.dispatch(self.node(id));
        if let Err(stop) = &mut result {
            stop.place(id);
        }
        result
    }

    /// Evaluates a node that must be a truth value.
    pub(super) fn truth(&mut self, id: NodeId) -> Result<bool, Stop> {
        let node = self.node(id);
        let mut result = if node.is_condition() {
            self.meter.spend(1)?;
            self.condition(node)
        } else {
            match self.evaluate(id) {
                Ok(Datum::Bool(value)) => Ok(value),
                Ok(other) => Err(Stop::no_condition(&other)),
                Err(stop) => Err(stop),
            }
        };
        if let Err(stop) = &mut result {
            stop.place(id);
        }
        result
    }

    fn node(&self, id: NodeId) -> &'a Node {
        usize::try_from(id).ok().and_then(|id| self.nodes.get(id)).unwrap_or(&MISSING)
    }

    fn dispatch(&mut self, node: &'a Node) -> Eval<'a> {
        match node {
            Node::Constant(value) => value.view(),
            Node::Slot(slot) => self.slot(*slot),
            Node::Local(local) => {
                self.locals.get(*local).map_or(Err(Stop::error("internal")), Local::read)
            }
            Node::Select { operand, field, optional } => {
                let operand = self.evaluate(*operand)?;
                select(&operand, field, *optional).map_err(|stop| stop.over(&[operand]))
            }
            Node::Path(path) => match self.follow(path) {
                Some(found) => {
                    // One step is spent for any node.
                    self.meter.spend(path.cost.saturating_sub(1))?;
                    Datum::read(found)
                }
                None => self.dispatch(&path.last),
            },
            Node::Index { operand, index, optional } => {
                let (operand, index) = self.pair(*operand, *index)?;
                if let Some(key) = Key::lookup(&index) {
                    key.pay(&mut self.meter)?;
                }
                index_of(&operand, &index, *optional).map_err(|stop| stop.over(&[operand, index]))
            }
            Node::Negate(operand) => {
                let operand = self.evaluate(*operand)?;
                arithmetic::negate(&operand).map_err(|stop| stop.over(&[operand]))
            }
            Node::Conditional { condition, yes, no } => {
                let condition = self.truth(*condition)?;
                self.evaluate(if condition { *yes } else { *no })
            }
            Node::Arithmetic { operator, left, right } => {
                let (left, right) = self.pair(*left, *right)?;
                let result = operator.apply(&mut self.meter, &left, &right);
                result.map_err(|stop| stop.over(&[left, right]))
            }
            Node::List(elements) => self.list(elements),
            Node::Map(entries) => self.map(entries),
            Node::Call { apply, arguments } => self.call(*apply, arguments),
            Node::Fold(fold) if !node.is_condition() => self.fold(fold),
            Node::Bind { value, body } => {
                let value = self.evaluate(*value);
                if let Err(Stop::Exhausted) = value {
                    return value;
                }
                self.with_local(value, *body)
            }
            Node::OptionalMap { operand, body, flat } => self.optional_map(*operand, *body, *flat),
            Node::OptionalOr { operand, other, unwrap } => {
                self.optional_or(*operand, *other, *unwrap)
            }
            Node::Fail(code) => Err(Stop::error(code)),
            condition => self.condition(condition).map(Datum::Bool),
        }
    }

    /// Evaluates a node that can only be a truth value.
    fn condition(&mut self, node: &'a Node) -> Result<bool, Stop> {
        match node {
            Node::Not(operand) => self.truth(*operand).map(|value| !value),
            Node::And(left, right) => self.logical(*left, *right, false),
            Node::Or(left, right) => self.logical(*left, *right, true),
            Node::Equal { left, right, negated } => {
                self.equal(*left, *right).map(|equal| equal != *negated)
            }
            Node::Order { order, left, right } => self.order(*order, *left, *right),
            Node::In { element, container, known } => self.contains(*element, *container, known),
            Node::Has { operand, field } => match self.document(*operand)? {
                Some(value) if value.is_map() => has_entry(field.find(value)),
                Some(value) => has_field(Datum::read(value)?, field),
                None => has_field(self.evaluate(*operand)?, field),
            },
            Node::HasSlot(slot) => {
                self.slot(*slot)?.marks().check()?;
                Ok(true)
            }
            Node::Matches { text, pattern } => {
                let text = self.evaluate(*text)?;
                pattern.matches(&mut self.meter, &text).map_err(|stop| stop.over(&[text]))
            }
            Node::Fold(fold) => self.quantified(fold),
            _ => Err(Stop::error("internal")),
        }
    }

    /// The value of a node where it is in a document as it stands, at the cost of evaluating it;
    /// where it is not, nothing is done.
    fn document(&mut self, id: NodeId) -> Result<Option<Ref<'a>>, Stop> {
        let (found, cost) = match self.node(id) {
            Node::Path(path) => (self.follow(path), path.cost),
            Node::Slot(slot) => (self.root(Root::Slot(*slot)), 1),
            Node::Local(local) => (self.root(Root::Local(*local)), 1),
            _ => return Ok(None),
        };
        if found.is_some() {
            self.meter.spend(cost)?;
        }
        Ok(found)
    }

    /// Where a path leads, if it leads through a document.
    fn follow(&self, path: &'a Path) -> Option<Ref<'a>> {
        path.steps.iter().try_fold(self.root(path.root)?, |value, step| match step {
            Step::Key(name) => name.find(value),
            Step::Element(index) => value.index(*index),
        })
    }

    fn root(&self, root: Root) -> Option<Ref<'a>> {
        match root {
            Root::Slot(slot) => match self.slots.get(slot)? {
                Slot::Document(value) => Some(value.as_ref()),
                Slot::Borrowed(value) => Some(*value),
                Slot::Outcome(Outcome::Result(computed)) => match &computed.owned {
                    Owned::Document(value) => Some(value.as_ref()),
                    _ => None,
                },
                _ => None,
            },
            Root::Local(local) => match self.locals.get(local)? {
                Local::Document(value) => Some(*value),
                Local::Value(Ok(
                    Datum::Map(Map::Document(value)) | Datum::List(List::Document(value)),
                )) => Some(value.0),
                Local::Value(_) => None,
            },
        }
    }

    fn constant(&self, id: NodeId) -> Option<&'a Owned> {
        match self.node(id) {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }

    fn slot(&self, slot: usize) -> Eval<'a> {
        match self.slots.get(slot) {
            Some(Slot::Document(value)) => Datum::read(value.as_ref()),
            Some(Slot::Borrowed(value)) => Datum::read(*value),
            Some(Slot::Text(text)) => Ok(Datum::Text(Text::Borrowed(text))),
            Some(Slot::Bool(value)) => Ok(Datum::Bool(*value)),
            Some(Slot::Null) => Ok(Datum::Null),
            Some(Slot::Outcome(outcome)) => match outcome {
                Outcome::Result(computed) => computed.owned.view(),
                Outcome::Unknown { sensitive } => Err(Stop::Unknown { sensitive: *sensitive }),
                Outcome::Error { code, .. } => Err(Stop::error(code)),
                Outcome::Exhausted => Err(Stop::Exhausted),
            },
            Some(Slot::Unset) | None => Err(Stop::error("internal")),
        }
    }

    /// Evaluates both operands, whatever the first comes to.
    fn pair(&mut self, left: NodeId, right: NodeId) -> Result<(Datum<'a>, Datum<'a>), Stop> {
        let left = self.evaluate(left);
        if let Err(Stop::Exhausted) = left {
            return Err(Stop::Exhausted);
        }
        match (left, self.evaluate(right)) {
            (Ok(left), Ok(right)) => Ok((left, right)),
            (Err(left), Err(right)) => Err(left.merge(right)),
            (Err(stop), _) | (_, Err(stop)) => Err(stop),
        }
    }

    /// `&&` or `||`: the deciding value decides whatever the other side comes to, but for exhaustion.
    fn logical(&mut self, left: NodeId, right: NodeId, deciding: bool) -> Result<bool, Stop> {
        let left = self.truth(left);
        match left {
            Ok(value) if value == deciding => return Ok(deciding),
            Err(Stop::Exhausted) => return Err(Stop::Exhausted),
            _ => {}
        }
        match (left, self.truth(right)) {
            (_, Ok(value)) if value == deciding => Ok(deciding),
            (Ok(_), Ok(value)) => Ok(value),
            (Err(left), Err(right)) => Err(left.merge(right)),
            (Err(stop), _) | (_, Err(stop)) => Err(stop),
        }
    }

    fn equal(&mut self, left: NodeId, right: NodeId) -> Result<bool, Stop> {
        let known = match (self.constant(left), self.constant(right)) {
            (_, Some(constant)) => self.document(left)?.map(|value| (value, constant)),
            (Some(constant), _) => self.document(right)?.map(|value| (value, constant)),
            _ => None,
        };
        let (left, right) = match known {
            Some((value, constant)) => {
                // A step for the constant.
                self.meter.spend(1)?;
                if let Some(equal) = compare::equal_constant(&mut self.meter, value, constant)? {
                    return Ok(equal);
                }
                (Datum::read(value)?, constant.view()?)
            }
            None => self.pair(left, right)?,
        };
        if let (Datum::List(_) | Datum::Map(_), Datum::Null)
        | (Datum::Null, Datum::List(_) | Datum::Map(_)) = (&left, &right)
        {
            // It is there, whatever is not known inside it.
            self.meter.spend(1)?;
            return Ok(false);
        }
        left.marks().or(right.marks()).check()?;
        compare::equal(&mut self.meter, &left, &right)
    }

    fn order(&mut self, order: Order, left: NodeId, right: NodeId) -> Result<bool, Stop> {
        let known = match self.constant(right) {
            Some(Owned::Int(constant)) => self.document(left)?.map(|value| (value, *constant)),
            _ => None,
        };
        let ordering = match known {
            Some((value, constant)) => {
                // A step for the constant.
                self.meter.spend(1)?;
                match value.kind() {
                    Kind::Int(value) => Some(value.cmp(&constant)),
                    _ => {
                        let value = Datum::read(value)?;
                        let constant = Datum::Int(constant);
                        compare::order(&mut self.meter, &value, &constant)
                            .map_err(|stop| stop.over(&[value, constant]))?
                    }
                }
            }
            None => {
                let (left, right) = self.pair(left, right)?;
                compare::order(&mut self.meter, &left, &right)
                    .map_err(|stop| stop.over(&[left, right]))?
            }
        };
        Ok(matches!(
            (order, ordering),
            (Order::Less | Order::LessOrEqual, Some(Ordering::Less))
                | (Order::Greater | Order::GreaterOrEqual, Some(Ordering::Greater))
                | (Order::LessOrEqual | Order::GreaterOrEqual, Some(Ordering::Equal))
        ))
    }

    fn contains(
        &mut self,
        element: NodeId,
        container: NodeId,
        known: &'a Known,
    ) -> Result<bool, Stop> {
        match known {
            Known::Text(name) => {
                if let Some(map) = self.document(container)? {
                    // A step for the element.
                    self.meter.spend(1)?;
                    if !map.is_map() {
                        let element = Datum::Text(Text::Borrowed(name));
                        return self.is_in(element, Datum::read(map)?);
                    }
                    Marks::of(map).check()?;
                    self.meter.read(name.len())?;
                    return Ok(name.find(map).is_some());
                }
            }
            Known::Texts(texts) => {
                let found = self.document(element)?;
                if let Some(Kind::Text(element)) = found.map(Ref::kind) {
                    // A step for the list, and one for looking the element up.
                    self.meter.spend(2)?;
                    return self.among(texts, element);
                }
                let element = match found {
                    Some(element) => Datum::read(element),
                    None => self.evaluate(element),
                };
                if let Err(Stop::Exhausted) = element {
                    return Err(Stop::Exhausted);
                }
                self.meter.spend(1)?;
                let element = element?;
                element.marks().check()?;
                self.meter.spend(1)?;
                return match &element {
                    Datum::Text(element) => self.among(texts, element.as_str()),
                    _ => Ok(false),
                };
            }
            Known::Nothing => {}
        }
        let (element, container) = self.pair(element, container)?;
        self.is_in(element, container)
    }

    fn is_in(&mut self, element: Datum<'a>, container: Datum<'a>) -> Result<bool, Stop> {
        compare::contains(&mut self.meter, &element, &container)
            .map_err(|stop| stop.over(&[element, container]))
    }

    fn among(&mut self, texts: &[Box<str>], element: &str) -> Result<bool, Stop> {
        self.meter.read(element.len())?;
        Ok(texts.binary_search_by(|text| order_texts(text, element)).is_ok())
    }

    fn call(&mut self, apply: Apply, arguments: &'a [NodeId]) -> Eval<'a> {
        match arguments {
            [one] => {
                let one = self.evaluate(*one)?;
                let arguments = [one];
                apply(&mut self.meter, &arguments).map_err(|stop| stop.over(&arguments))
            }
            [one, two] => {
                let (one, two) = self.pair(*one, *two)?;
                let arguments = [one, two];
                apply(&mut self.meter, &arguments).map_err(|stop| stop.over(&arguments))
            }
            many => {
                let values = self.all_of(many.iter().copied())?;
                apply(&mut self.meter, &values).map_err(|stop| stop.over(&values))
            }
        }
    }

    /// Evaluates all nodes, whatever one of them comes to.
    fn all_of(&mut self, nodes: impl Iterator<Item = NodeId>) -> Result<Vec<Datum<'a>>, Stop> {
        let mut values = Vec::with_capacity(nodes.size_hint().0);
        let mut pending: Option<Stop> = None;
        for node in nodes {
            match self.evaluate(node) {
                Ok(value) => values.push(value),
                Err(Stop::Exhausted) => return Err(Stop::Exhausted),
                Err(stop) => pending = Some(pending.map_or(stop, |before| before.merge(stop))),
            }
        }
        pending.map_or(Ok(values), Err)
    }

    fn list(&mut self, elements: &'a [Element]) -> Eval<'a> {
        let values = self.all_of(elements.iter().map(|element| element.value))?;
        let mut list = ListBuilder::new();
        for (element, value) in elements.iter().zip(values) {
            if let Some(value) = present(value, element.optional)? {
                list.push(&mut self.meter, value)?;
            }
        }
        list.finish(&mut self.meter)
    }

    fn map(&mut self, entries: &'a [Entry]) -> Eval<'a> {
        let nodes = entries.iter().flat_map(|entry| [entry.key, entry.value]);
        let mut values = self.all_of(nodes)?.into_iter();
        let mut map = MapBuilder::new();
        for entry in entries {
            let (Some(key), Some(value)) = (values.next(), values.next()) else { break };
            if let Some(value) = present(value, entry.optional)? {
                map.insert(&mut self.meter, key, value)?;
            }
        }
        map.finish(&mut self.meter)
    }

    /// Evaluates a body that sees one more local.
    fn with_local(&mut self, value: Eval<'a>, body: NodeId) -> Eval<'a> {
        let outer = self.locals.len();
        self.locals.push(Local::Value(value));
        let result = self.evaluate(body);
        self.locals.truncate(outer);
        result
    }

    fn optional_map(&mut self, operand: NodeId, body: NodeId, flat: bool) -> Eval<'a> {
        let Datum::Optional(operand) = self.evaluate(operand)? else {
            return Err(Stop::no_such_overload());
        };
        let Some(value) = operand else { return Ok(Datum::Optional(None)) };
        let result = self.with_local(Ok(value.as_ref().clone()), body)?;
        match result {
            Datum::Optional(_) if flat => Ok(result),
            _ if flat => Err(Stop::no_such_overload()),
            result => self.some(result),
        }
    }

    fn some(&mut self, value: Datum<'a>) -> Eval<'a> {
        super::optional::of(&mut self.meter, &[value])
    }

    fn optional_or(&mut self, operand: NodeId, other: NodeId, unwrap: bool) -> Eval<'a> {
        let Datum::Optional(operand) = self.evaluate(operand)? else {
            return Err(Stop::no_such_overload());
        };
        match operand {
            Some(value) if unwrap => Ok(value.as_ref().clone()),
            Some(value) => Ok(Datum::Optional(Some(value))),
            None => match self.evaluate(other)? {
                other @ Datum::Optional(_) => Ok(other),
                other if unwrap => Ok(other),
                _ => Err(Stop::no_such_overload()),
            },
        }
    }
}

/// The value of an element or entry: an optional one may have none.
fn present(value: Datum<'_>, optional: bool) -> Result<Option<Datum<'_>>, Stop> {
    match value {
        Datum::Optional(inner) if optional => Ok(inner.map(|value| value.as_ref().clone())),
        _ if optional => Err(Stop::no_such_overload()),
        value => Ok(Some(value)),
    }
}

/// `operand.field`, or `operand.?field`, which gives an optional.
fn select<'a>(operand: &Datum<'a>, field: &str, optional: bool) -> Eval<'a> {
    let (map, optional) = match operand {
        Datum::Map(map) => (map, optional),
        Datum::Optional(None) => return Ok(Datum::Optional(None)),
        Datum::Optional(Some(value)) => match value.as_ref() {
            Datum::Map(map) => (map, true),
            inner @ Datum::Optional(_) => return select(inner, field, true),
            _ => return Err(Stop::no_such_overload()),
        },
        _ => return Err(Stop::no_such_overload()),
    };
    found(map.get(&Key::Text(Text::Borrowed(field))), optional, "cel.no_such_key")
}

fn found<'a>(value: Option<Eval<'a>>, optional: bool, code: &'static str) -> Eval<'a> {
    match value {
        Some(value) if optional => Ok(Datum::some(value?)),
        Some(value) => value,
        None if optional => Ok(Datum::Optional(None)),
        None => Err(Stop::error(code)),
    }
}

/// As [`has`], saying over what type it failed.
fn has_field(operand: Datum<'_>, field: &str) -> Result<bool, Stop> {
    has(&operand, field).map_err(|stop| stop.over(&[operand]))
}

/// Whether a map has a field. The field's value must be wholly known: what is unknown may turn out
/// to be absent.
fn has(operand: &Datum<'_>, field: &str) -> Result<bool, Stop> {
    match operand {
        Datum::Map(map) => match map.marks_of(field) {
            Some(marks) => marks.check().map(|()| true),
            None => Ok(false),
        },
        Datum::Optional(None) => Ok(false),
        Datum::Optional(Some(value)) => has(value, field),
        _ => Err(Stop::no_such_overload()),
    }
}

/// As [`has`], where the map is of a document.
fn has_entry(entry: Option<Ref<'_>>) -> Result<bool, Stop> {
    match entry {
        Some(value) => Marks::of(value).check().map(|()| true),
        None => Ok(false),
    }
}

/// `operand[index]`, or `operand[?index]`, which gives an optional.
fn index_of<'a>(operand: &Datum<'a>, index: &Datum<'a>, optional: bool) -> Eval<'a> {
    match operand {
        Datum::List(list) => found(
            list_index(index)?.and_then(|at| list.get(at)),
            optional,
            "cel.index_out_of_bounds",
        ),
        Datum::Map(map) => match Key::lookup(index) {
            Some(key) => found(map.get(&key), optional, "cel.no_such_key"),
            None if matches!(index, Datum::Double(_)) => found(None, optional, "cel.no_such_key"),
            None => Err(Stop::no_such_overload()),
        },
        Datum::Optional(None) => Ok(Datum::Optional(None)),
        Datum::Optional(Some(value)) => index_of(value, index, true),
        _ => Err(Stop::no_such_overload()),
    }
}

/// The number of an element; a `uint` or an integral `double` will do as well.
fn list_index(index: &Datum<'_>) -> Result<Option<usize>, Stop> {
    match Key::lookup(index) {
        Some(Key::Number { value, .. }) => Ok(usize::try_from(value).ok()),
        _ if matches!(index, Datum::Double(_)) => Err(Stop::error("cel.invalid_argument")),
        _ => Err(Stop::no_such_overload()),
    }
}

/// The elements of a list, or the keys or entries of a map, one after the other.
pub(super) enum Items<'a> {
    List { list: List<'a>, next: usize },
    Map(Entries<'a>),
}

impl<'a> Items<'a> {
    pub(super) fn new(range: Datum<'a>) -> Result<Self, Stop> {
        match range {
            Datum::List(list) => Ok(Self::List { list, next: 0 }),
            Datum::Map(map) => Ok(Self::Map(Map::entries(&map))),
            other => Err(Stop::no_such_overload().over(&[other])),
        }
    }
}

impl<'a> Iterator for Items<'a> {
    /// Index and element, or key and value.
    type Item = (Datum<'a>, Local<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::List { list, next } => {
                let element = match list {
                    List::Document(document) => Local::Document(document.0.index(*next)?),
                    list => Local::Value(list.get(*next)?),
                };
                let index = i64::try_from(*next).unwrap_or(i64::MAX);
                *next = next.saturating_add(1);
                Some((Datum::Int(index), element))
            }
            Self::Map(Entries::Document(map, next)) => {
                let (key, value) = map.entry(*next)?;
                *next = next.saturating_add(1);
                Some((Datum::Text(Text::Borrowed(key)), Local::Document(value)))
            }
            Self::Map(entries) => {
                entries.next().map(|(key, value)| (key.datum(), Local::Value(value)))
            }
        }
    }
}
