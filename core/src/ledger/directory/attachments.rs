//! Attachments: files named by the digests of their contents.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use super::files::{Files, failed, read_file};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
    limits,
};

/// Tells apart the temporary files of one process.
static TEMPORARY: AtomicU64 = AtomicU64::new(0);

/// The directory of the attachments.
pub(super) struct Attachments {
    directory: PathBuf,
    /// The subdirectories whose own names are known to be durable.
    durable: Mutex<Vec<PathBuf>>,
}

impl Attachments {
    /// The attachments under `directory`, which is made when the first one is kept.
    pub(super) fn new(directory: PathBuf) -> Self {
        Self { directory, durable: Mutex::default() }
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.to_hex();
        let (first, rest) = hex.split_at_checked(2).unwrap_or_default();
        self.directory.join("sha256").join(first).join(rest)
    }

    /// An attachment, checked against its digest; `None` when it does not exist.
    pub(super) fn get(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        let path = self.path(digest);
        let content = read_file(&path, limits::ATTACHMENT_BYTES)?;
        match &content {
            Some(content) if Digest::of(content) != *digest => {
                let message = format!("the attachment does not have its digest {digest}");
                Err(Error::new(Code::LedgerAttachmentMismatch, message)
                    .in_source(path.display().to_string())
                    .with_help("restore the file from a copy"))
            }
            _ => Ok(content),
        }
    }

    /// Keeps an attachment durably: the file, then the directories that name it.
    pub(super) fn put(&self, files: &Files, digest: &Digest, content: &[u8]) -> Result<()> {
        let path = self.path(digest);
        let directory = path.parent().unwrap_or(&self.directory);
        self.make_directory(files, directory)?;
        if self.get(digest)?.is_none() {
            let temporary = self.write_temporary(files, content)?;
            files.rename(&temporary, &path)?;
        }
        // Also when the file was there: whoever put it there may not have got as far as this.
        files.sync_directory(directory)
    }

    /// Writes to a name of its own, so that no half-written file ever has a digest's name. What a crash
    /// leaves under such a name is never read.
    fn write_temporary(&self, files: &Files, content: &[u8]) -> Result<PathBuf> {
        loop {
            let number = TEMPORARY.fetch_add(1, Ordering::Relaxed);
            let path = self.directory.join(format!("{}-{number}.tmp", std::process::id()));
            // Another machine may have a process of this number.
            if fs::symlink_metadata(&path).is_ok() {
                continue;
            }
            let file = files.create_new(&path)?;
            let written =
                files.write(&file, content, &path).and_then(|()| files.sync_all(&file, &path));
            if let Err(error) = written {
                // On a full disk the remains are only in the way.
                let _ = files.remove(&path);
                return Err(error);
            }
            return Ok(path);
        }
    }

    /// Says whether there is a file for an attachment.
    pub(super) fn has(&self, digest: &Digest) -> Result<bool> {
        let path = self.path(digest);
        path.try_exists().map_err(|error| failed("the attachment cannot be found", &path, error))
    }

    /// Removes an attachment durably, if it is there.
    pub(super) fn remove(&self, files: &Files, digest: &Digest) -> Result<()> {
        if !self.has(digest)? {
            return Ok(());
        }
        let path = self.path(digest);
        files.remove(&path)?;
        files.sync_directory(path.parent().unwrap_or(&self.directory))
    }

    fn make_directory(&self, files: &Files, directory: &Path) -> Result<()> {
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if durable.iter().any(|known| known == directory) {
            return Ok(());
        }
        files.create_directory(directory)?;
        // From the inside out: sha256, attachments and the ledger's directory name what is in them.
        for above in directory.ancestors().skip(1).take(3) {
            files.sync_directory(above)?;
        }
        durable.push(directory.to_path_buf());
        Ok(())
    }

    /// Says whether an attachment is there and sound.
    pub(super) fn is_sound(&self, digest: &Digest) -> Result<bool> {
        match self.get(digest) {
            Ok(content) => Ok(content.is_some()),
            Err(error) if error.to_code() == Code::LedgerAttachmentMismatch => Ok(false),
            Err(error) => Err(error),
        }
    }
}
