//! A quick scan of what nearly always comes: a sound map that does not nest deep.
//!
//! It accepts nothing that [`Scanner`](super::scan::Scanner) refuses, and leaves whatever it does not
//! accept to that one, which can say what is wrong. Verifying a ledger takes half as long with it.

/// How deep lists and maps may nest here.
const DEPTH: usize = 12;

/// A list or map that has not ended.
#[derive(Clone, Copy)]
struct Open<'a> {
    /// Elements to come; a map's entry counts as two.
    left: u64,
    is_map: bool,
    /// In a map: the key before; the first one follows any.
    last: Option<&'a [u8]>,
}

/// Scans exactly one map in deterministic CBOR, and hands over its keys and the encoded values.
/// `None` where it is not certain that it is one.
pub(super) fn map<'a>(bytes: &'a [u8], mut entry: impl FnMut(&'a [u8], &'a [u8])) -> Option<()> {
    let mut open = [Open { left: 0, is_map: false, last: None }; DEPTH];
    let mut rest = bytes;
    let (5, entries) = head(&mut rest)? else { return None };
    let mut depth = 0_usize;
    *open.get_mut(depth)? = Open { left: entries.checked_mul(2)?, is_map: true, last: None };
    let (mut key, mut value): (&[u8], &[u8]) = (&[], rest);
    loop {
        let innermost = open.get_mut(depth)?;
        let Some(left) = innermost.left.checked_sub(1) else {
            let Some(outer) = depth.checked_sub(1) else { break };
            depth = outer;
            if depth == 0 {
                entry(key, value.get(..value.len().checked_sub(rest.len())?)?);
            }
            continue;
        };
        innermost.left = left;
        // After a key, an odd number is left.
        if innermost.is_map && left % 2 == 1 {
            let (3, length) = head(&mut rest)? else { return None };
            let text = text(&mut rest, length)?;
            // The length comes first in the encoded key.
            if innermost.last.is_some_and(|last| (last.len(), last) >= (text.len(), text)) {
                return None;
            }
            innermost.last = Some(text);
            if depth == 0 {
                (key, value) = (text, rest);
            }
            continue;
        }
        match head(&mut rest)? {
            (0, _) | (7, 20..=22) => {}
            (1, argument) if i64::try_from(argument).is_ok() => {}
            (2, length) => {
                take(&mut rest, length)?;
            }
            (3, length) => {
                text(&mut rest, length)?;
            }
            (major @ (4 | 5), count) => {
                let is_map = major == 5;
                let left = if is_map { count.checked_mul(2)? } else { count };
                depth = depth.checked_add(1)?;
                *open.get_mut(depth)? = Open { left, is_map, last: None };
                continue;
            }
            _ => return None,
        }
        if depth == 0 {
            entry(key, value.get(..value.len().checked_sub(rest.len())?)?);
        }
    }
    rest.is_empty().then_some(())
}

/// The major type and argument of a head, if it is the shortest.
#[inline(always)]
fn head(rest: &mut &[u8]) -> Option<(u8, u64)> {
    let (first, after) = rest.split_first()?;
    *rest = after;
    let (major, info) = (first >> 5, first & 0x1f);
    if info < 24 {
        return Some((major, u64::from(info)));
    }
    // Simple values and floating-point numbers of more bytes are never accepted.
    if major == 7 {
        return None;
    }
    let (argument, least) = match info {
        24 => (u64::from(*rest.first()?), 24),
        25 => (u64::from(u16::from_be_bytes(*rest.first_chunk()?)), 1 << 8),
        26 => (u64::from(u32::from_be_bytes(*rest.first_chunk()?)), 1 << 16),
        27 => (u64::from_be_bytes(*rest.first_chunk()?), 1 << 32),
        _ => return None,
    };
    take(rest, 1 << (info & 3))?;
    (argument >= least).then_some((major, argument))
}

#[inline(always)]
fn take<'a>(rest: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(taken)
}

#[inline(always)]
fn text<'a>(rest: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let text = take(rest, length)?;
    (text.is_ascii() || std::str::from_utf8(text).is_ok()).then_some(text)
}
