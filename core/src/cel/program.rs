//! The compact form that expressions are compiled to: nodes that name each other by number.

use super::{
    arithmetic,
    datum::{Datum, Eval, Owned},
    meter::Meter,
    pattern::Pattern,
};

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

/// One step of an expression.
#[derive(Debug)]
pub(super) enum Node {
    Constant(Owned),
    /// What the scope holds in a slot.
    Slot(usize),
    /// A variable of a macro, counted from the outermost.
    Local(usize),
    Select {
        operand: NodeId,
        field: Box<str>,
        optional: bool,
    },
    /// A chain of selections that begins at a slot. Where that is a document, they are done at
    /// once; else, and where one fails, the last selection is done as any other.
    Path(Box<Path>),
    Has {
        operand: NodeId,
        field: Box<str>,
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

/// `slot.field.field`: see [`Node::Path`].
#[derive(Debug)]
pub(super) struct Path {
    pub(super) slot: usize,
    pub(super) fields: Box<[Box<str>]>,
    /// What the last field is selected of.
    pub(super) operand: NodeId,
}

/// Turns the longest chains of selections into paths.
pub(super) fn fuse_paths(nodes: &mut [Node]) {
    let mut inner = vec![false; nodes.len()];
    for id in (0..nodes.len()).rev() {
        let Some(Node::Select { operand, optional: false, .. }) = nodes.get(id) else { continue };
        let operand = *operand;
        let within = inner.get(id).copied().unwrap_or(false);
        if let Some(part) = usize::try_from(operand).ok().and_then(|at| inner.get_mut(at)) {
            *part = true;
        }
        if within {
            continue;
        }
        let Some((slot, fields)) = chain(nodes, id) else { continue };
        if let Some(node) = nodes.get_mut(id) {
            *node = Node::Path(Box::new(Path { slot, fields, operand }));
        }
    }
}

/// The slot and the fields of a chain of selections.
fn chain(nodes: &[Node], mut id: usize) -> Option<(usize, Box<[Box<str>]>)> {
    let mut fields = Vec::new();
    loop {
        match nodes.get(id)? {
            Node::Select { operand, field, optional: false } => {
                fields.push(field.clone());
                id = usize::try_from(*operand).ok()?;
            }
            Node::Slot(slot) => {
                fields.reverse();
                return Some((*slot, fields.into()));
            }
            _ => return None,
        }
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
