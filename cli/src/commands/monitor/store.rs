//! A directory of content by its digests, and whether an artifact's content is there, unchanged.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use poundlock::{
    digest::Digest,
    error::Result,
    model::{IntegrityResult, Manifest},
};
use sha2::{Digest as _, Sha256};

/// Content by its digests.
pub(super) struct Store {
    root: PathBuf,
    /// Whether there is anything at all: what is not mounted is not gone.
    usable: bool,
}

/// What was found of an artifact.
pub(super) struct Finding {
    pub(super) result: IntegrityResult,
    pub(super) found: Option<Digest>,
    pub(super) note: Option<String>,
}

impl Store {
    pub(super) fn open(root: &Path) -> Self {
        let usable = fs::read_dir(root)
            .is_ok_and(|mut entries| entries.next().is_some_and(|entry| entry.is_ok()));
        Self { root: root.to_owned(), usable }
    }

    /// Computes the digest of a manifest anew, from the digests that its content has now.
    pub(super) fn check(&self, manifest: &Manifest, expected: Digest) -> Result<Finding> {
        if !self.usable {
            return Ok(Finding {
                result: IntegrityResult::Error,
                found: None,
                note: Some("the store is empty or cannot be read".to_owned()),
            });
        }
        let mut now = manifest.clone();
        let (mut changed, mut missing, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        for (name, digest) in &manifest.contents {
            match self.digest(*digest) {
                Ok(Some(found)) if found == *digest => {}
                Ok(Some(found)) => {
                    now.contents.insert(name.clone(), found);
                    changed.push(name.as_str());
                }
                Ok(None) => missing.push(name.as_str()),
                Err(_) => unread.push(name.as_str()),
            }
        }
        let said = [("changed", &changed), ("missing", &missing), ("not readable", &unread)];
        let said: Vec<String> = said
            .into_iter()
            .filter_map(|(what, names)| Some(format!("{what}: {}", listed(names)?)))
            .collect();
        let note = (!said.is_empty()).then(|| said.join("; "));
        let whole = missing.is_empty() && unread.is_empty();
        let found = if whole { Some(now.digest()?) } else { None };
        // What is gone or changed is, whatever else cannot be read.
        let result = if !missing.is_empty() || !changed.is_empty() {
            IntegrityResult::Invalid
        } else if !unread.is_empty() {
            IntegrityResult::Error
        } else if found == Some(expected) {
            IntegrityResult::Valid
        } else {
            IntegrityResult::Invalid
        };
        Ok(Finding { result, found, note })
    }

    /// The digest of what lies under a digest; nothing where nothing does.
    fn digest(&self, of: Digest) -> io::Result<Option<Digest>> {
        let hex = of.to_hex();
        let (first, rest) = hex.split_at_checked(2).unwrap_or((&hex, ""));
        for path in [self.root.join("sha256").join(first).join(rest), self.root.join(&hex)] {
            match File::open(path) {
                Ok(file) => return read(file).map(Some),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

/// The digest of a file, however large.
fn read(mut file: File) -> io::Result<Digest> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Digest::from_bytes(hash.finalize().into())),
            Ok(length) => hash.update(buffer.get(..length).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The first of some names, and how many more there are.
fn listed(names: &[&str]) -> Option<String> {
    let (first, more) = names.split_first()?;
    Some(match more.len() {
        0 => (*first).to_owned(),
        more => format!("{first} and {more} more"),
    })
}
