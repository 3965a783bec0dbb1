//! What others publish as Debian packages, unpacked under `target/` without installing it.

use std::{fs, path::PathBuf};

use crate::run::{command, once, step, succeeds, target};

/// The directory that holds the files of these packages; nothing where they cannot be had. Those they
/// depend on are not among them.
pub(crate) fn unpacked(packages: &[&str]) -> Option<PathBuf> {
    step(&packages.join(", "));
    let directory = target("debian").join(packages.first()?);
    let fetched = once(&directory.join("packages"), &packages.join(" "), || {
        let download = || {
            let mut apt = command("apt-get");
            succeeds(apt.args(["download", "--quiet"]).args(packages).current_dir(&directory))
        };
        let update = || succeeds(command("apt-get").args(["update", "--quiet"]));
        fs::create_dir_all(&directory).is_ok()
            && (download() || (update() && download()))
            && fs::read_dir(&directory).is_ok_and(|files| {
                let paths = files.flatten().map(|file| file.path());
                let mut archives =
                    paths.filter(|path| path.extension().is_some_and(|ending| ending == "deb"));
                archives.all(|archive| {
                    succeeds(command("dpkg-deb").arg("--extract").arg(archive).arg(&directory))
                })
            })
    });
    fetched.then_some(directory)
}
