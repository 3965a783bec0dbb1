//! Builds documents piece by piece.

use std::sync::Arc;

use super::{
    Kind, Ref, Value,
    arena::{
        Arena, HAS_SENSITIVE, HAS_UNKNOWN, KeyTable, NOWHERE, Node, Places, Span, Tag, narrow,
    },
    number::classify,
    quoted,
};
use crate::{
    error::{Code, Error, Position, Result},
    limits,
};

/// Builds a document from a sequence of pieces, as a parser meets them. Keys are sorted and
/// duplicates refused when a map ends; depth and count are held to [`limits`](crate::limits).
///
/// Every method fails with `internal` when the pieces do not follow each other as those of a document
/// do: a value in a map without a key, an end without a beginning, a second value at the top.
///
/// ```
/// use poundlock::value::Builder;
///
/// let mut builder = Builder::new();
/// builder.begin_map()?;
/// builder.key("stages")?;
/// builder.begin_list()?;
/// builder.text("dev")?;
/// builder.end_list()?;
/// builder.end_map()?;
/// let value = builder.finish()?;
/// assert_eq!(value.as_ref().pointer("/stages/0").and_then(|stage| stage.as_str()), Some("dev"));
/// # Ok::<(), poundlock::Error>(())
/// ```
pub struct Builder {
    arena: Arena,
    keys: KeyTable,
    /// The children so far of the lists and maps that have not ended, or in the end the whole document.
    pending: Vec<Node>,
    pending_places: Vec<Places>,
    open: Vec<Open>,
    /// The key that waits for its value.
    key: Option<u32>,
    key_position: Position,
    position: Position,
}

/// A list or map that has not ended.
struct Open {
    /// Where its children begin in `pending`.
    start: usize,
    is_map: bool,
    /// What its own node will get.
    key: u32,
    places: Places,
}

/// How many bytes of text, and how many of nodes, a short document has at most.
const SHORT: usize = 16 * 1024;

impl Default for Builder {
    fn default() -> Self {
        Self {
            arena: Arena::default(),
            keys: KeyTable::default(),
            pending: Vec::new(),
            pending_places: Vec::new(),
            open: Vec::new(),
            key: None,
            key_position: NOWHERE,
            position: NOWHERE,
        }
    }
}

impl Builder {
    /// Begins an empty document.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins a document that is read from a text of so many bytes: with room for what a short one holds, so
    /// that it need not grow. A long one grows, since what it holds differs.
    pub(super) fn for_text(bytes: usize) -> Self {
        let mut builder = Self::default();
        let short = bytes.min(SHORT);
        builder.arena.text.reserve(short / 2);
        builder.arena.nodes.reserve(short / 16);
        builder.arena.keys.reserve(short / 16);
        builder.pending.reserve(short / 32);
        builder.keys = KeyTable::for_keys(short / 16);
        builder
    }

    /// Sets line and column for the pieces that follow.
    pub fn at(&mut self, position: Position) {
        if self.arena.places.is_none() {
            let nowhere = Places { value: NOWHERE, key: NOWHERE };
            self.arena.places = Some(vec![nowhere; self.arena.nodes.len()]);
            self.pending_places.resize(self.pending.len(), nowhere);
        }
        self.position = position;
    }

    /// Adds `null`.
    ///
    /// # Errors
    ///
    /// `limit.count`, as for every value.
    pub fn null(&mut self) -> Result<()> {
        self.add(Tag::Null, 0, 0)
    }

    /// Adds a truth value.
    ///
    /// # Errors
    ///
    /// As for [`Builder::null`].
    pub fn bool(&mut self, value: bool) -> Result<()> {
        self.add(if value { Tag::True } else { Tag::False }, 0, 0)
    }

    /// Adds an integer.
    ///
    /// # Errors
    ///
    /// As for [`Builder::null`].
    pub fn int(&mut self, value: i64) -> Result<()> {
        self.add(Tag::Int, value as u64, 0)
    }

    /// Adds an integer that is not negative; one in the range of `i64` becomes [`Kind::Int`].
    ///
    /// # Errors
    ///
    /// As for [`Builder::null`].
    pub fn uint(&mut self, value: u64) -> Result<()> {
        match i64::try_from(value) {
            Ok(int) => self.int(int),
            Err(_) => self.add(Tag::Uint, value, 0),
        }
    }

    /// A number in JSON's grammar; classified as [`Kind`](super::Kind) says.
    ///
    /// # Errors
    ///
    /// `input.syntax` when it is not in JSON's grammar.
    pub fn number(&mut self, text: &str) -> Result<()> {
        let number = classify(text).ok_or_else(|| {
            Error::new(Code::InputSyntax, "this is not a number in JSON's grammar")
        })?;
        let (tag, word) = self.arena.add_number(number, text)?;
        self.add(tag, word, if tag == Tag::Number { HAS_SENSITIVE } else { 0 })
    }

    /// Adds text.
    ///
    /// # Errors
    ///
    /// As for [`Builder::null`], and `limit.size` when all texts together exceed 4 GiB.
    pub fn text(&mut self, text: &str) -> Result<()> {
        let span = self.arena.add_text(text)?;
        self.add(Tag::Text, span.to_word(), 0)
    }

    /// Adds a value that is not known until apply.
    ///
    /// # Errors
    ///
    /// As for [`Builder::null`].
    pub fn unknown(&mut self) -> Result<()> {
        self.add(Tag::Unknown, 0, HAS_UNKNOWN)
    }

    /// Adds a value that is marked sensitive.
    ///
    /// # Errors
    ///
    /// As for [`Builder::null`].
    pub fn sensitive(&mut self) -> Result<()> {
        self.add(Tag::Sensitive, 0, HAS_SENSITIVE)
    }

    /// Begins a list; the pieces that follow are its elements.
    ///
    /// # Errors
    ///
    /// `limit.depth` when it is nested too deep.
    pub fn begin_list(&mut self) -> Result<()> {
        self.begin(false)
    }

    /// Ends the list that began last.
    ///
    /// # Errors
    ///
    /// As for [`Builder::null`].
    pub fn end_list(&mut self) -> Result<()> {
        let open = self.end(false)?;
        self.close(open, Tag::List)
    }

    /// Begins a map; keys and values follow in turn.
    ///
    /// # Errors
    ///
    /// `limit.depth` when it is nested too deep.
    pub fn begin_map(&mut self) -> Result<()> {
        self.begin(true)
    }

    /// Adds a key to the map that began last.
    ///
    /// # Errors
    ///
    /// `limit.size` when all texts together exceed 4 GiB.
    pub fn key(&mut self, key: &str) -> Result<()> {
        if self.key.is_some() || !self.open.last().is_some_and(|open| open.is_map) {
            return Err(out_of_order());
        }
        self.key = Some(self.keys.intern(key, &mut self.arena)?);
        self.key_position = self.position;
        Ok(())
    }

    /// Ends the map that began last.
    ///
    /// # Errors
    ///
    /// `input.duplicate_key` when two of its keys are the same.
    pub fn end_map(&mut self) -> Result<()> {
        let open = self.end(true)?;
        self.sort(open.start)?;
        self.close(open, Tag::Map)
    }

    /// Copies a value of another document, marks included.
    ///
    /// # Errors
    ///
    /// `limit.depth` when it is nested too deep here.
    pub fn copy(&mut self, value: Ref<'_>) -> Result<()> {
        let outside = self.position;
        // What is left to copy of each list or map on the way down.
        let mut rest: Vec<(Ref<'_>, usize)> = Vec::new();
        let mut next = Some(value);
        loop {
            if let Some(value) = next.take() {
                if let Some(position) = value.position() {
                    self.at(position);
                }
                match value.kind() {
                    Kind::Null => self.null()?,
                    Kind::Bool(bool) => self.bool(bool)?,
                    Kind::Int(int) => self.int(int)?,
                    Kind::Uint(uint) => self.uint(uint)?,
                    Kind::Double(_, text) | Kind::Number(text) => self.number(text)?,
                    Kind::Text(text) => self.text(text)?,
                    Kind::Unknown => self.unknown()?,
                    Kind::Sensitive => self.sensitive()?,
                    Kind::List(_) => {
                        self.begin_list()?;
                        rest.push((value, 0));
                    }
                    Kind::Map(_) => {
                        self.begin_map()?;
                        rest.push((value, 0));
                    }
                }
            }
            let Some((parent, index)) = rest.last_mut() else { break };
            let child = parent.child(*index);
            *index = index.saturating_add(1);
            let is_map = matches!(parent.kind(), Kind::Map(_));
            match child {
                Some(child) => {
                    if is_map {
                        if let Some(position) = child.key_position() {
                            self.at(position);
                        }
                        self.key(child.key())?;
                    }
                    next = Some(child);
                }
                None => {
                    rest.pop();
                    if is_map { self.end_map()? } else { self.end_list()? }
                }
            }
        }
        self.position = outside;
        Ok(())
    }

    /// Ends the document, which must hold exactly one value.
    ///
    /// # Errors
    ///
    /// Only `internal`, when it does not.
    pub fn finish(mut self) -> Result<Value> {
        let [root] = self.pending.as_slice() else { return Err(out_of_order()) };
        if !self.open.is_empty() {
            return Err(out_of_order());
        }
        let node = narrow(self.arena.nodes.len())?;
        self.arena.nodes.push(*root);
        if let Some(places) = &mut self.arena.places {
            places.append(&mut self.pending_places);
        }
        // A short one has little to give back, and is seldom kept. One of numbers, marks and repeated keys may be long with
        // hardly any text.
        if self.arena.text.len() > SHORT || size_of_val(self.arena.nodes.as_slice()) > SHORT {
            self.arena.nodes.shrink_to_fit();
            self.arena.keys.shrink_to_fit();
            self.arena.doubles.shrink_to_fit();
            self.arena.text.shrink_to_fit();
        }
        Ok(Value { arena: Arc::new(self.arena), node })
    }

    /// Whether the innermost list or map that has not ended is a map; `None` when all have ended.
    pub(crate) fn is_in_map(&self) -> Option<bool> {
        self.open.last().map(|open| open.is_map)
    }

    /// Whether a key, or the end of a map, must be next.
    pub(super) fn expects_key(&self) -> bool {
        self.key.is_none() && self.is_in_map() == Some(true)
    }

    /// The key and places of the value that begins here.
    #[inline]
    fn begin_value(&mut self) -> Result<(u32, Places)> {
        let in_map = match self.open.last() {
            Some(open) => open.is_map,
            None if self.pending.is_empty() => false,
            None => return Err(out_of_order()),
        };
        let key = match (in_map, self.key.take()) {
            (true, Some(key)) => key,
            (false, None) => 0,
            _ => return Err(out_of_order()),
        };
        let key_position = if in_map { self.key_position } else { NOWHERE };
        Ok((key, Places { value: self.position, key: key_position }))
    }

    #[inline]
    fn add(&mut self, tag: Tag, word: u64, flags: u8) -> Result<()> {
        let (key, places) = self.begin_value()?;
        self.push(Node { word, key, tag, flags }, places)
    }

    #[inline]
    fn push(&mut self, node: Node, places: Places) -> Result<()> {
        if self.arena.nodes.len().saturating_add(self.pending.len()) >= limits::DOCUMENT_VALUES {
            return Err(Error::new(Code::LimitCount, "the document holds too many values")
                .with_help(format!("the limit is {} values", limits::DOCUMENT_VALUES)));
        }
        self.pending.push(node);
        if self.arena.places.is_some() {
            self.pending_places.push(places);
        }
        Ok(())
    }

    fn begin(&mut self, is_map: bool) -> Result<()> {
        if self.open.len() >= limits::DEPTH {
            return Err(too_deep());
        }
        let (key, places) = self.begin_value()?;
        self.open.push(Open { start: self.pending.len(), is_map, key, places });
        Ok(())
    }

    fn end(&mut self, is_map: bool) -> Result<Open> {
        if self.key.is_some() {
            return Err(out_of_order());
        }
        self.open.pop().filter(|open| open.is_map == is_map).ok_or_else(out_of_order)
    }

    /// Moves the children to the arena and adds their list or map in their stead.
    fn close(&mut self, open: Open, tag: Tag) -> Result<()> {
        let children = self.pending.get(open.start..).unwrap_or_default();
        let span = Span { start: narrow(self.arena.nodes.len())?, len: narrow(children.len())? };
        let flags = children.iter().fold(0, |flags, child| flags | child.flags);
        self.arena.nodes.extend_from_slice(children);
        self.pending.truncate(open.start);
        if let Some(places) = &mut self.arena.places {
            places.extend(self.pending_places.drain(open.start..));
        }
        self.push(Node { word: span.to_word(), key: open.key, tag, flags }, open.places)
    }

    /// Sorts the entries of a map, which are pending from `start` on, and refuses duplicates.
    fn sort(&mut self, start: usize) -> Result<()> {
        let arena = &self.arena;
        let children = self.pending.get_mut(start..).unwrap_or_default();
        let is_sorted = |children: &[Node]| {
            children.is_sorted_by(|a, b| a.key != b.key && arena.key(a.key) < arena.key(b.key))
        };
        if is_sorted(children) {
            return Ok(());
        }
        if arena.places.is_none() {
            children.sort_by(|a, b| arena.key(a.key).cmp(arena.key(b.key)));
        } else {
            let places = self.pending_places.get_mut(start..).unwrap_or_default();
            let mut entries: Vec<_> =
                children.iter().copied().zip(places.iter().copied()).collect();
            entries.sort_by(|(a, _), (b, _)| arena.key(a.key).cmp(arena.key(b.key)));
            for ((child, place), entry) in children.iter_mut().zip(places).zip(entries) {
                (*child, *place) = entry;
            }
        }
        let twice = children
            .windows(2)
            .position(|pair| matches!(pair, [a, b] if arena.key(a.key) == arena.key(b.key)));
        let Some(second) = twice.map(|first| first.saturating_add(1)) else { return Ok(()) };
        let key = children.get(second).map(|child| arena.key(child.key)).unwrap_or_default();
        let message = format!("the key {} stands twice in a map", quoted(key));
        let mut error = Error::new(Code::InputDuplicateKey, message);
        if let Some(places) = self.pending_places.get(start.saturating_add(second))
            && places.key != NOWHERE
        {
            error = error.at_position(places.key);
        }
        Err(error)
    }
}

pub(crate) fn too_deep() -> Error {
    Error::new(Code::LimitDepth, "lists and maps are nested too deep")
        .with_help(format!("the limit is {} levels", limits::DEPTH))
}

fn out_of_order() -> Error {
    Error::internal("the pieces of a document are out of order")
}
