//! The packages as they are shipped: Python's wheel and the tarball of Node.js, built for release.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{node, python};
use crate::run::{command, succeeds};

/// How large a package may be, in bytes.
const PACKAGE_BYTES: u64 = 4_000_000;

/// Builds the wheel into an emptied directory.
pub(super) fn wheel(venv: &Path, place: &Path) -> Option<PathBuf> {
    let _ = fs::remove_dir_all(place);
    let built = python::build(venv, place, &["--release", "--compression-level=9"]);
    built.then(|| python::files(place, "whl").pop())?
}

/// Builds the package of Node.js and packs it into a directory, where it is the only one.
pub(super) fn tarball(place: &Path) -> Option<PathBuf> {
    let directory = node::package().ok()?;
    for old in python::files(place, "tgz") {
        fs::remove_file(old).ok()?;
    }
    let mut pack = command("npm");
    pack.args(["pack", "--silent", "--pack-destination"]).arg(place).current_dir(&directory);
    let packed = succeeds(&mut node::script(&directory, "build")) && succeeds(&mut pack);
    if !packed {
        return None;
    }
    let package = python::files(place, "tgz").pop()?;
    press(&package).then_some(package)
}

/// Compresses a tarball as far as gzip can, which is a fiftieth further than npm does.
fn press(package: &Path) -> bool {
    let tar = package.with_extension("tar");
    succeeds(command("gzip").arg("--decompress").arg(package))
        && succeeds(command("gzip").args(["-9", "--no-name"]).arg(&tar))
        && fs::rename(tar.with_extension("tar.gz"), package).is_ok()
}

/// Whether a package is as small as it is to be; says how large it is.
pub(super) fn is_small(package: &Path) -> bool {
    let size = fs::metadata(package).map_or(u64::MAX, |metadata| metadata.len());
    println!("{}: {size} bytes (at most {PACKAGE_BYTES})", package.display());
    size <= PACKAGE_BYTES
}
