//! The compact form that expressions are compiled to: nodes that name each other by number.

use std::cmp::Ordering;

use super::{
    arithmetic,
    datum::{Datum, Eval, Owned},
    meter::Meter,
    object::Object,
    pattern::Pattern,
};
use crate::value::Name;

/// The number of a node.
pub(super) type NodeId = u32;

/// A function over evaluated arguments.
pub(super) type Apply = for<'a> fn(&mut Meter, &[Datum<'a>]) -> Eval<'a>;

/// `<`, `<=`, `>` or `>=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// One part of an expression.
#[derive(Debug)]
pub(super) enum Node {
    Constant(Owned),
    /// What the scope holds in a slot.
    Slot(usize),
    /// A variable of a macro, counted from the outermost.
    Local(usize),
    Select {
        operand: NodeId,
        field: Name,
        optional: bool,
    },
    /// A chain of fields and constant indexes that begins at a slot or a local.
    Path(Box<Path>),
    Has {
        operand: NodeId,
        field: Name,
    },
    /// Whether a member of a group is known and there.
    HasSlot(usize),
    Index {
        operand: NodeId,
        index: NodeId,
        optional: bool,
    },
    Not(NodeId),
    Negate(NodeId),
    And(NodeId, NodeId),
    Or(NodeId, NodeId),
    Conditional {
        condition: NodeId,
        yes: NodeId,
        no: NodeId,
    },
    Equal {
        left: NodeId,
        right: NodeId,
        negated: bool,
    },
    Order {
        order: Order,
        left: NodeId,
        right: NodeId,
    },
    In {
        element: NodeId,
        container: NodeId,
        known: Known,
    },
    Arithmetic {
        operator: arithmetic::Operator,
        left: NodeId,
        right: NodeId,
    },
    List(Box<[Element]>),
    Map(Box<[Entry]>),
    Call {
        apply: Apply,
        arguments: Box<[NodeId]>,
    },
    Matches {
        text: NodeId,
        pattern: Box<Pattern>,
    },
    Fold(Box<Fold>),
    /// `cel.bind`: the body sees the value as one more local.
    Bind {
        value: NodeId,
        body: NodeId,
    },
    /// `optMap` and `optFlatMap`.
    OptionalMap {
        operand: NodeId,
        body: NodeId,
        flat: bool,
    },
    /// `or` and `orValue`: the other side counts only when there is no value.
    OptionalOr {
        operand: NodeId,
        other: NodeId,
        unwrap: bool,
    },
    /// An expression that always fails.
    Fail(&'static str),
}

impl Node {
    /// The bytes of a regular expression that the node holds.
    pub(super) fn pattern_bytes(&self) -> usize {
        match self {
            Self::Matches { pattern, .. } => pattern.size(),
            Self::Constant(Owned::Object(object)) => match object.as_ref() {
                Object::Pattern(pattern) => pattern.size(),
                _ => 0,
            },
            _ => 0,
        }
    }

    /// Whether it can only be a truth value.
    pub(super) fn is_condition(&self) -> bool {
        match self {
            Self::Not(_)
            | Self::And(..)
            | Self::Or(..)
            | Self::Equal { .. }
            | Self::Order { .. }
            | Self::In { .. }
            | Self::Has { .. }
            | Self::HasSlot(_)
            | Self::Matches { .. } => true,
            Self::Fold(fold) => {
                matches!(fold.kind, FoldKind::All | FoldKind::Exists | FoldKind::ExistsOne)
            }
            _ => false,
        }
    }
}

/// What is known before the evaluation of one side of `in`.
#[derive(Debug)]
pub(super) enum Known {
    Nothing,
    /// The element is this text.
    Text(Name),
    /// The container is a list of these texts, the shorter ones first and then in order.
    Texts(Box<[Box<str>]>),
}

/// Prepares what every evaluation would do again: once all nodes are there, and none is moved.
pub(super) fn prepare(nodes: &mut [Node]) {
    fuse_paths(nodes);
    for id in 0..nodes.len() {
        let Some(Node::In { element, container, .. }) = nodes.get(id) else { continue };
        let found = known(nodes, *element, *container);
        if let Some(Node::In { known, .. }) = nodes.get_mut(id) {
            *known = found;
        }
    }
}

fn known(nodes: &[Node], element: NodeId, container: NodeId) -> Known {
    let constant = |id: NodeId| match nodes.get(usize::try_from(id).ok()?)? {
        Node::Constant(value) => Some(value),
        _ => None,
    };
    match (constant(element), constant(container)) {
        (Some(Owned::Text(text)), _) => Known::Text(Name::new(text)),
        (_, Some(Owned::List(held))) => {
            let texts = held.elements.iter().map(|element| match element {
                Owned::Text(text) => Some(Box::from(text.as_ref())),
                _ => None,
            });
            match texts.collect::<Option<Vec<Box<str>>>>() {
                Some(mut texts) => {
                    texts.sort_by(|a, b| order_texts(a, b));
                    Known::Texts(texts.into())
                }
                None => Known::Nothing,
            }
        }
        _ => Known::Nothing,
    }
}

/// The order of [`Known::Texts`]: most texts are told apart by their lengths.
pub(super) fn order_texts(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// `root.field[0].field`: where that leads through a document, it is followed at once, at the same
/// cost; else, and where something is missing, the last step is taken as any other.
#[derive(Debug)]
pub(super) struct Path {
    pub(super) root: Root,
    pub(super) steps: Box<[Step]>,
    /// What following it costs in steps.
    pub(super) cost: u64,
    /// The last selection or index.
    pub(super) last: Node,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum Root {
    Slot(usize),
    Local(usize),
}

/// From a value to one within it.
#[derive(Debug)]
pub(super) enum Step {
    Key(Name),
    Element(usize),
}

/// Turns the longest chains of selections into paths.
fn fuse_paths(nodes: &mut [Node]) {
    let mut inner = vec![false; nodes.len()];
    for id in (0..nodes.len()).rev() {
        let Some((operand, _, _)) = nodes.get(id).and_then(|node| link(nodes, node)) else {
            continue;
        };
        let within = inner.get(id).copied().unwrap_or(false);
        if let Some(part) = usize::try_from(operand).ok().and_then(|at| inner.get_mut(at)) {
            *part = true;
        }
        if within {
            continue;
        }
        let Some((root, steps, cost)) = chain(nodes, id) else { continue };
        if let Some(node) = nodes.get_mut(id) {
            let last = std::mem::replace(node, Node::Fail("internal"));
            *node = Node::Path(Box::new(Path { root, steps, cost, last }));
        }
    }
}

/// The operand of a selection or a constant index, the step from there, and its cost.
fn link(nodes: &[Node], node: &Node) -> Option<(NodeId, Step, u64)> {
    match node {
        Node::Select { operand, field, optional: false } => {
            Some((*operand, Step::Key(Name::new(field)), 1))
        }
        Node::Index { operand, index, optional: false } => {
            match nodes.get(usize::try_from(*index).ok()?)? {
                Node::Constant(Owned::Text(key)) => {
                    let read = u64::try_from(key.len().div_ceil(64)).ok()?;
                    Some((*operand, Step::Key(Name::new(key)), read.saturating_add(2)))
                }
                Node::Constant(Owned::Int(index)) => {
                    Some((*operand, Step::Element(usize::try_from(*index).ok()?), 2))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// The whole chain that ends with a node.
fn chain(nodes: &[Node], mut id: usize) -> Option<(Root, Box<[Step]>, u64)> {
    let mut steps = Vec::new();
    let mut cost = 1_u64;
    loop {
        let root = match nodes.get(id)? {
            Node::Slot(slot) => Root::Slot(*slot),
            Node::Local(local) => Root::Local(*local),
            node => {
                let (operand, step, more) = link(nodes, node)?;
                steps.push(step);
                cost = cost.saturating_add(more);
                id = usize::try_from(operand).ok()?;
                continue;
            }
        };
        steps.reverse();
        return Some((root, steps.into(), cost));
    }
}

/// An element of a list literal; an optional one is left out when it has no value.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) value: NodeId,
    pub(super) optional: bool,
}

/// An entry of a map literal.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: NodeId,
    pub(super) value: NodeId,
    pub(super) optional: bool,
}

/// A macro over the elements of a list or the entries of a map.
#[derive(Debug)]
pub(super) struct Fold {
    pub(super) kind: FoldKind,
    pub(super) range: NodeId,
    /// Whether there are two variables: index and element, or key and value.
    pub(super) pairs: bool,
    pub(super) filter: Option<NodeId>,
    pub(super) body: NodeId,
}

/// What a macro makes of the bodies' values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FoldKind {
    All,
    Exists,
    ExistsOne,
    /// The list of them.
    Map,
    /// The list of elements for which the body holds.
    Filter,
    /// The map with the same keys and these values.
    TransformMap,
    /// The map of all the entries that they hold.
    TransformEntries,
    /// The list of elements in the order of the bodies' values.
    SortBy,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        cel::{Environment, Expected, Program, Scope, datum::Stop, evaluate::Evaluation},
        value::{Builder, Value},
    };

    /// Undoes what must not change a result.
    fn undo(nodes: &mut [Node]) {
        for node in nodes {
            match node {
                Node::Path(path) => {
                    *node = std::mem::replace(&mut path.last, Node::Fail("internal"));
                }
                Node::In { known, .. } => *known = Known::Nothing,
                _ => {}
            }
        }
    }

    /// What an evaluation comes to, and the steps that are left of so many.
    fn outcome(program: &Program, scope: &Scope, steps: u64) -> (Result<String, Stop>, u64) {
        let mut evaluation = Evaluation {
            nodes: &program.nodes,
            slots: &scope.slots,
            locals: Vec::new(),
            meter: Meter { steps, bytes: 1 << 20 },
        };
        let result = evaluation.evaluate(program.root).map(|datum| format!("{datum:?}"));
        (result, evaluation.meter.steps)
    }

    const EXPRESSIONS: [&str; 19] = [
        "x.a.b",
        "x.a[0].b",
        "x['a']['b']",
        "x[0][1].a",
        "x.a == 'b'",
        "1 == x.a.b",
        "null != x.b",
        "true == x.a[0]",
        "has(x.a.b)",
        "has(x.a) && has(x.b)",
        "'a' in x",
        "x.a < 2",
        "x[0] >= 1 || x.b.a < x.a",
        "x.all(k, v, v == 1 || k == 'a' || v.a == 'b')",
        "'b' in x.a",
        "x.a.exists(y, y.b == 'a')",
        "x.all(y, x[y].a == 1 || has(x[y].b))",
        "x.filter(y, y.a.b).map(y, y.b)",
        "cel.bind(y, x.a, y.b == 'b' || 'a' in y.a)",
    ];

    /// Where what is prepared may cost less.
    const CHEAPER: [&str; 3] =
        ["x.a in ['b', 'a', '', 'ab']", "x in ['a']", "x.b.all(y, y in ['a', 'b'])"];

    fn document() -> impl Strategy<Value = Document> {
        let leaf = prop_oneof![
            Just(Document::Null),
            Just(Document::Unknown),
            Just(Document::Sensitive),
            any::<bool>().prop_map(Document::Bool),
            (0..3_i64).prop_map(Document::Int),
            "[ab]".prop_map(Document::Text),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Document::List),
                proptest::collection::btree_map("[abc]", inner, 0..4).prop_map(Document::Map),
            ]
        })
    }

    #[derive(Clone, Debug)]
    enum Document {
        Null,
        Unknown,
        Sensitive,
        Bool(bool),
        Int(i64),
        Text(String),
        List(Vec<Document>),
        Map(std::collections::BTreeMap<String, Document>),
    }

    fn build(document: &Document, builder: &mut Builder) -> crate::error::Result<()> {
        match document {
            Document::Null => builder.null(),
            Document::Unknown => builder.unknown(),
            Document::Sensitive => builder.sensitive(),
            Document::Bool(value) => builder.bool(*value),
            Document::Int(value) => builder.int(*value),
            Document::Text(text) => builder.text(text),
            Document::List(elements) => {
                builder.begin_list()?;
                elements.iter().try_for_each(|element| build(element, builder))?;
                builder.end_list()
            }
            Document::Map(entries) => {
                builder.begin_map()?;
                for (key, value) in entries {
                    builder.key(key)?;
                    build(value, builder)?;
                }
                builder.end_map()
            }
        }
    }

    fn value(document: &Document) -> Value {
        let mut builder = Builder::new();
        build(document, &mut builder).unwrap();
        builder.finish().unwrap()
    }

    /// What the expression comes to, prepared and not, with the steps that are left.
    fn both(expression: &str, document: &Document, steps: u64) -> [(Result<String, Stop>, u64); 2] {
        let mut environment = Environment::new();
        let slot = environment.variable("x");
        let mut scope = Scope::new(&environment);
        scope.set(slot, value(document));
        let mut program = Program::compile(expression, &environment, Expected::Any).unwrap();
        let prepared = outcome(&program, &scope, steps);
        undo(&mut program.nodes);
        [prepared, outcome(&program, &scope, steps)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn what_is_prepared_comes_to_the_same_at_the_same_cost(
            document in document(),
            steps in prop_oneof![0..12_u64, Just(1000)],
        ) {
            for expression in EXPRESSIONS {
                let [prepared, plain] = both(expression, &document, steps);
                prop_assert_eq!(prepared, plain, "{}", expression);
            }
        }

        #[test]
        fn constant_texts_are_found_as_in_any_list(document in document()) {
            for expression in CHEAPER {
                let [(prepared, left), (plain, most)] = both(expression, &document, 1000);
                prop_assert_eq!(prepared, plain, "{}", expression);
                prop_assert!(left >= most, "{}", expression);
            }
        }
    }
}
