//! Directories that nobody else may look into, for plans: these hold secrets in plain text.
//!
//! Whoever is killed leaves one behind. Each has a lock that is held for as long as anybody uses it: this program, or a
//! Terraform that outlived it. Who makes another one removes those that nobody uses any more.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use poundlock::{Error, error::Result};
use tempfile::TempDir;

/// How the names of all of them begin.
const PREFIX: &str = ".poundlock-";
/// The file whose lock says that the directory is in use.
const LOCK: &str = "lock";

/// A directory that is removed with all that is in it once nobody uses it.
pub(super) struct PrivateDirectory {
    /// Held until the directory is removed.
    _lock: File,
    directory: TempDir,
}

impl PrivateDirectory {
    /// Makes one: in a directory, or else where the system keeps what is temporary.
    pub(super) fn new(parent: Option<&Path>) -> Result<Self> {
        let failed = |error| Error::io("no private directory can be made", error);
        let parent = parent.map_or_else(std::env::temp_dir, Path::to_path_buf);
        fs::create_dir_all(&parent).map_err(failed)?;
        remove_left(&parent);
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        builder
            .permissions(<fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700));
        let directory = builder.tempdir_in(parent).map_err(failed)?;
        let lock = hold(directory.path()).map_err(failed)?;
        Ok(Self { _lock: lock, directory })
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Makes an empty file for its owner alone, for this program or another to write: an absolute path, whatever
    /// directory the other runs in.
    pub(super) fn file(&self, name: &str) -> Result<(PathBuf, File)> {
        file_in(self.path(), name)
    }

    /// Makes a directory for its owner alone.
    pub(super) fn directory(&self, name: &str) -> Result<PathBuf> {
        let path = self.path().join(name);
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&path)
            .map_err(|error| Error::io(format!("{} cannot be made", path.display()), error))?;
        Ok(path)
    }
}

/// Makes an empty file for its owner alone, and gives its absolute path.
pub(super) fn file_in(directory: &Path, name: &str) -> Result<(PathBuf, File)> {
    let path = std::path::absolute(directory.join(name))
        .map_err(|error| Error::io("the current directory cannot be told", error))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(&path)
        .map_err(|error| Error::io(format!("{} cannot be written", path.display()), error))?;
    Ok((path, file))
}

/// Takes the lock of a new directory. It has its name only once it is held, so that nobody takes the directory for one that
/// was left.
fn hold(directory: &Path) -> io::Result<File> {
    let new = directory.join("new");
    let lock = File::create_new(&new)?;
    lock.try_lock()?;
    #[cfg(unix)]
    outlive(&lock)?;
    fs::rename(new, directory.join(LOCK))?;
    Ok(lock)
}

/// Lets the programs that are started hold the lock, too.
#[cfg(unix)]
fn outlive(lock: &File) -> io::Result<()> {
    let flags = rustix::io::fcntl_getfd(lock)?;
    rustix::io::fcntl_setfd(lock, flags.difference(rustix::io::FdFlags::CLOEXEC))?;
    Ok(())
}

/// Removes what those left who were killed. What may be in use, may be another's, or cannot be removed, stays.
fn remove_left(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with(PREFIX) && is_own(&path) {
            // Held until all is removed, so that two do not remove it at once.
            if let Ok(lock) = File::open(path.join(LOCK))
                && lock.try_lock().is_ok()
            {
                let _ = fs::remove_dir_all(&path);
            }
        }
    }
}

/// Whether a directory is ours, and nobody else can have put anything there.
#[cfg(unix)]
fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let own = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(path)
        .is_ok_and(|it| it.is_dir() && it.uid() == own && it.mode() & 0o777 == 0o700)
}

#[cfg(not(unix))]
fn is_own(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|it| it.is_dir())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_was_left_is_removed_and_what_is_in_use_stays() {
        let parent = tempfile::tempdir().unwrap();
        let used = PrivateDirectory::new(Some(parent.path())).unwrap();
        let left = PrivateDirectory::new(Some(parent.path())).unwrap();
        left.file("tfplan").unwrap();
        // Whoever is killed gives back the lock, and removes nothing.
        let PrivateDirectory { _lock: lock, directory } = left;
        drop(lock);
        let left = directory.keep();
        let another = parent.path().join(format!("{PREFIX}of-somebody-else"));
        fs::create_dir(&another).unwrap();
        assert!(left.join("tfplan").exists());

        let next = PrivateDirectory::new(Some(parent.path())).unwrap();
        assert!(!left.exists());
        assert!(used.path().exists() && next.path().exists() && another.exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look_into_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir().unwrap();
        let directory = PrivateDirectory::new(Some(parent.path())).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(directory.path()), 0o700);
        assert_eq!(mode(&directory.directory("plan").unwrap()), 0o700);
        assert_eq!(mode(&directory.file("tfplan").unwrap().0), 0o600);
    }
}
