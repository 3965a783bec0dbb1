//! Secrets: what looks like one, and documents without them.
//!
//! A ledger cannot forget, so what looks like a secret is kept out of it (R280, R282, R283): a text that holds one is
//! replaced, whole, by a mark that says which rule found it. References to secrets, such as names, paths and versions
//! in a secret manager, are none (R286, R289).

mod mask;
mod rules;
mod scan;
#[cfg(test)]
mod tests;

pub(crate) use mask::{Found, Masked, mask};
pub(crate) use scan::{Where, find, meaning};
