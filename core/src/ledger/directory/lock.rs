//! The lock that writers hold: between processes by the file `lock`, within one by a mutex.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use super::{files::failed, segments::stray};
use crate::error::Result;

/// The mutexes of the ledgers that this process has opened. Some systems grant file locks to
/// processes, so that two handles of one process would both hold them. A forked child does not find
/// its parent's mutexes, which may be locked for ever in the child.
static MUTEXES: Mutex<Mutexes> = Mutex::new(BTreeMap::new());

type Mutexes = BTreeMap<(u32, PathBuf), Weak<Mutex<()>>>;

/// The right to take the lock of one directory.
pub(super) struct Lock {
    path: PathBuf,
    mutex: Arc<Mutex<()>>,
}

/// Holds the lock until it is dropped.
pub(super) struct Held<'a> {
    // Fields are dropped in order: the file before the mutex.
    _file: File,
    _mutex: MutexGuard<'a, ()>,
}

impl Lock {
    /// The lock of a ledger; `path` names the file and must be absolute and resolved.
    pub(super) fn new(path: PathBuf) -> Self {
        let mut mutexes = MUTEXES.lock().unwrap_or_else(PoisonError::into_inner);
        mutexes.retain(|_, mutex| mutex.strong_count() > 0);
        let key = (std::process::id(), path.clone());
        let mutex = mutexes.get(&key).and_then(Weak::upgrade).unwrap_or_default();
        mutexes.insert(key, Arc::downgrade(&mutex));
        Self { path, mutex }
    }

    /// Waits for the lock.
    pub(super) fn hold(&self) -> Result<Held<'_>> {
        let mutex = self.mutex.lock().unwrap_or_else(PoisonError::into_inner);
        let file = self.file()?;
        file.lock().map_err(|error| failed("the lock cannot be taken", &self.path, error))?;
        Ok(Held { _file: file, _mutex: mutex })
    }

    /// Takes the lock, unless somebody else holds it.
    pub(super) fn try_hold(&self) -> Result<Option<Held<'_>>> {
        let mutex = match self.mutex.try_lock() {
            Ok(mutex) => mutex,
            Err(std::sync::TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(std::sync::TryLockError::WouldBlock) => return Ok(None),
        };
        let file = self.file()?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Held { _file: file, _mutex: mutex })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => {
                Err(failed("the lock cannot be taken", &self.path, error))
            }
        }
    }

    /// Says whether this process may take the lock, and so write.
    pub(super) fn may_write(&self) -> bool {
        match OpenOptions::new().read(true).write(true).open(&self.path) {
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
                ) =>
            {
                false
            }
            // Reading needs no lock; appending will say what is wrong with it.
            _ => true,
        }
    }

    /// The file is opened anew each time, so that a child that is forked meanwhile seldom shares it.
    /// It is never made here: two writers might then hold locks on two files.
    fn file(&self) -> Result<File> {
        let path: &Path = &self.path;
        OpenOptions::new().read(true).write(true).open(path).map_err(|error| {
            if error.kind() == ErrorKind::NotFound {
                stray("the lock file of the ledger is missing", path)
                    .with_help("when no process uses the ledger, make an empty file of this name")
            } else {
                failed("the lock file cannot be opened", path, error)
            }
        })
    }
}
