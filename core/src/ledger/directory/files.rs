//! The system calls that change a ledger directory, in one place: with the modes that its files
//! have, with errors that say what was being done, and so that tests can make each of them fail.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use crate::error::{Error, Result};

/// Performs changes, and in tests fails at the one that it was told to.
#[derive(Clone, Default)]
pub(super) struct Files {
    #[cfg(test)]
    pub(super) disk: super::tests::Disk,
}

/// What kind of change is about to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    CreateDirectory,
    Create,
    Open,
    Write,
    SyncData,
    SyncAll,
    Truncate,
    Rename,
    Remove,
    SyncDirectory,
}

impl Files {
    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "tests decide here whether the step fails")]
    fn before(&self, _step: Step, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    #[cfg(test)]
    fn before(&self, step: Step, path: &Path) -> io::Result<()> {
        self.disk.before(step, path)
    }

    fn run<T>(
        &self,
        step: Step,
        path: &Path,
        what: &str,
        change: impl FnOnce() -> io::Result<T>,
    ) -> Result<T> {
        self.before(step, path).and_then(|()| change()).map_err(|error| failed(what, path, error))
    }

    /// Makes a directory for the owner alone, and those above it; one that exists is left as it is.
    pub(super) fn create_directory(&self, path: &Path) -> Result<()> {
        self.run(Step::CreateDirectory, path, "the directory cannot be made", || {
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(path)
        })
    }

    /// Makes a directory for the owner alone, that must not exist.
    pub(super) fn create_new_directory(&self, path: &Path) -> Result<()> {
        self.run(Step::CreateDirectory, path, "the directory cannot be made", || {
            let mut builder = DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(path)
        })
    }

    /// Makes a file, readable for the owner alone, that must not exist.
    pub(super) fn create_new(&self, path: &Path) -> Result<File> {
        self.run(Step::Create, path, "the file cannot be made", || {
            private(OpenOptions::new().write(true).create_new(true)).open(path)
        })
    }

    /// Makes a file, readable for the owner alone, or empties the one that exists.
    pub(super) fn create_or_empty(&self, path: &Path) -> Result<File> {
        self.run(Step::Create, path, "the file cannot be made", || {
            private(OpenOptions::new().write(true).create(true).truncate(true)).open(path)
        })
    }

    /// Opens a file for reading and writing, and makes it, readable for the owner alone, where there
    /// is none.
    pub(super) fn create_or_keep(&self, path: &Path) -> Result<File> {
        self.run(Step::Create, path, "the file cannot be made", || {
            private(OpenOptions::new().read(true).write(true).create(true).truncate(false))
                .open(path)
        })
    }

    /// Opens a file for reading and writing.
    pub(super) fn open(&self, path: &Path) -> Result<File> {
        self.run(Step::Open, path, "the file cannot be opened for writing", || {
            OpenOptions::new().read(true).write(true).open(path)
        })
    }

    /// Writes where the file stands.
    pub(super) fn write(&self, mut file: &File, bytes: &[u8], path: &Path) -> Result<()> {
        let what = "the file cannot be written";
        if let Err(error) = self.before(Step::Write, path) {
            // A full disk takes a part of what is written.
            let half = bytes.get(..bytes.len() / 2).unwrap_or_default();
            let _ = file.write_all(half);
            return Err(failed(what, path, error));
        }
        file.write_all(bytes).map_err(|error| failed(what, path, error))
    }

    /// Writes at a place in a file.
    pub(super) fn write_at(
        &self,
        mut file: &File,
        bytes: &[u8],
        at: u64,
        path: &Path,
    ) -> Result<()> {
        io::Seek::seek(&mut file, io::SeekFrom::Start(at))
            .map_err(|error| failed("the file cannot be written", path, error))?;
        self.write(file, bytes, path)
    }

    /// Waits until the contents of a file, and its length, are durable.
    pub(super) fn sync_data(&self, file: &File, path: &Path) -> Result<()> {
        self.run(Step::SyncData, path, "the file cannot be made durable", || file.sync_data())
    }

    /// Waits until a file is durable.
    pub(super) fn sync_all(&self, file: &File, path: &Path) -> Result<()> {
        self.run(Step::SyncAll, path, "the file cannot be made durable", || file.sync_all())
    }

    /// Cuts a file off.
    pub(super) fn truncate(&self, file: &File, length: u64, path: &Path) -> Result<()> {
        self.run(Step::Truncate, path, "the file cannot be cut off", || file.set_len(length))
    }

    /// Moves a file, replacing what has its new name.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.run(Step::Rename, to, "the file cannot be renamed", || fs::rename(from, to))
    }

    /// Removes a file.
    pub(super) fn remove(&self, path: &Path) -> Result<()> {
        self.run(Step::Remove, path, "the file cannot be removed", || fs::remove_file(path))
    }

    /// Waits until the names in a directory are durable. Windows has no such call, and needs none.
    pub(super) fn sync_directory(&self, path: &Path) -> Result<()> {
        self.run(Step::SyncDirectory, path, "the directory cannot be made durable", || {
            if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
        })
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

/// An error of the operating system about a file.
pub(super) fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    Error::io(what, error).in_source(path.display().to_string())
}

/// Fills a buffer from a place in a file, which any number of threads may do at once.
pub(super) fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_exact_at(file, buffer, at);
    #[cfg(windows)]
    {
        let (mut rest, mut at) = (buffer, at);
        while !rest.is_empty() {
            let count = std::os::windows::fs::FileExt::seek_read(file, rest, at)?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            rest = rest.get_mut(count..).unwrap_or_default();
            at = at.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        }
        return Ok(());
    }
    #[cfg(not(any(unix, windows)))]
    compile_error!("a ledger directory needs reads at a place in a file");
}

/// The bytes of a small file; `None` when it does not exist.
///
/// A file larger than `limit` gives `limit + 1` bytes, so that nothing is taken for whole.
pub(super) fn read_file(path: &Path, limit: usize) -> Result<Option<Vec<u8>>> {
    let read = |file: File| {
        let mut bytes = Vec::new();
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        io::Read::read_to_end(&mut io::Read::take(file, limit), &mut bytes)?;
        Ok(bytes)
    };
    match File::open(path).and_then(read) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("the file cannot be read", path, error)),
    }
}
