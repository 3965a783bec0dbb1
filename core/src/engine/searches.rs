//! What need not be made or searched again, since the charter and its texts alone decide it: what looks for the names that
//! belong to other stages, and whether a text of the law holds a secret.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use aho_corasick::AhoCorasick;

use crate::digest::Digest;

#[derive(Debug, Default)]
pub(super) struct Searches {
    /// By track and stage; made when it is first needed.
    names: Mutex<BTreeMap<(String, String), AhoCorasick>>,
    /// The rule that found a secret in a text, by the text's digest; engines that share packs share it.
    secrets: Arc<Mutex<BTreeMap<Digest, Option<&'static str>>>>,
}

impl Searches {
    /// Those of a charter with the same packs.
    pub(super) fn under_another_charter(&self) -> Self {
        Self { names: Mutex::default(), secrets: Arc::clone(&self.secrets) }
    }

    pub(super) fn secret(
        &self,
        text: &[u8],
        search: impl FnOnce() -> Option<&'static str>,
    ) -> Option<&'static str> {
        let mut known = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(Digest::of(text)).or_insert_with(search)
    }

    pub(super) fn of(
        &self,
        track: &str,
        stage: &str,
        make: impl FnOnce() -> Option<AhoCorasick>,
    ) -> Option<AhoCorasick> {
        let mut known = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (track.to_owned(), stage.to_owned());
        if let Some(search) = known.get(&key) {
            return Some(search.clone());
        }
        let search = make()?;
        known.insert(key, search.clone());
        Some(search)
    }
}
