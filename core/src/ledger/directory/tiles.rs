//! Tiles: the kept nodes of the Merkle tree, one file for each level, `tiles/00`, `tiles/04`, ….
//!
//! They are derived from the segments, so they are synced only now and then. What was not synced may be
//! lost with the power, and is made anew.

use std::{
    fs::File,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::files::{Files, failed, read_at};
use crate::{
    error::Result,
    ledger::nodes::{self, Additions, LEVELS, NODE_BYTES, ReadNodes, STEP},
};

/// The directory of the tiles.
pub(super) struct Tiles {
    directory: PathBuf,
    /// The files that have been opened for reading, by level.
    open: Mutex<Vec<Option<Arc<File>>>>,
}

impl Tiles {
    /// The tiles under `directory`, which is made when the first ones are written.
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory, open: Mutex::new(vec![None; LEVELS]) }
    }

    fn path(&self, level: usize) -> PathBuf {
        let height = u32::try_from(level).unwrap_or(u32::MAX).saturating_mul(STEP);
        self.directory.join(format!("{height:02}"))
    }

    /// The file of a level; `None` when it does not exist.
    fn file(&self, level: usize) -> Result<Option<Arc<File>>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = open.get_mut(level) else { return Ok(None) };
        if place.is_none() {
            let path = self.path(level);
            *place = match File::open(&path) {
                Ok(file) => Some(Arc::new(file)),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(failed("the tiles cannot be read", &path, error)),
            };
        }
        Ok(place.clone())
    }

    /// Forgets the open files, which somebody may have replaced.
    pub(super) fn close(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.fill(None);
    }

    /// Writes nodes; they are not durable yet.
    pub(super) fn write(&self, files: &Files, additions: &Additions) -> Result<()> {
        for (level, first, nodes) in additions.levels() {
            let path = self.path(level);
            let file = self.open_for_writing(files, &path)?;
            files.write_at(&file, nodes, offset(first), &path)?;
        }
        Ok(())
    }

    fn open_for_writing(&self, files: &Files, path: &Path) -> Result<File> {
        if !path.exists() {
            files.create_directory(&self.directory)?;
            return files.create_or_keep(path);
        }
        files.open(path)
    }

    /// Makes everything that was written durable.
    pub(super) fn sync(&self, files: &Files) -> Result<()> {
        for level in 0..LEVELS {
            let path = self.path(level);
            if !path.exists() {
                break;
            }
            files.sync_data(&files.open(&path)?, &path)?;
        }
        if self.directory.exists() {
            files.sync_directory(&self.directory)?;
        }
        Ok(())
    }
}

impl ReadNodes for Tiles {
    fn read_nodes(&self, level: usize, first: u64, bytes: &mut [u8]) -> Result<()> {
        let missing = || {
            nodes::missing("a stored node of the Merkle tree is missing")
                .in_source(self.path(level).display().to_string())
        };
        let file = self.file(level)?.ok_or_else(missing)?;
        read_at(&file, bytes, offset(first)).map_err(|error: io::Error| {
            if error.kind() == ErrorKind::UnexpectedEof {
                missing()
            } else {
                failed("the tiles cannot be read", &self.path(level), error)
            }
        })
    }
}

fn offset(node: u64) -> u64 {
    node.saturating_mul(u64::try_from(NODE_BYTES).unwrap_or(u64::MAX))
}
