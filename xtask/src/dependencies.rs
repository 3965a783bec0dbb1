//! Holds `docs/dependencies.md` to what the workspace depends on.

use std::{collections::BTreeSet, fs};

use crate::run::{cargo, root};

/// Whether the fuzz targets, a workspace of their own, are locked to what the core now depends on.
pub(crate) fn locked() -> bool {
    let manifest = ["--manifest-path", "fuzz/Cargo.toml"];
    let tree =
        cargo().args(["tree", "--quiet", "--locked", "--depth", "0"]).args(manifest).output();
    let locked = tree.is_ok_and(|output| output.status.success());
    if !locked {
        println!(
            "fuzz/Cargo.lock is stale: renew it with `cargo update --workspace {}`",
            manifest.join(" ")
        );
    }
    locked
}

/// Whether the document names every direct dependency and nothing that is none.
pub(crate) fn documented() -> bool {
    let Ok(output) = cargo()
        .args(["tree", "--workspace", "--depth", "1", "--prefix", "none"])
        .args(["--edges", "normal,build,dev", "--target", "all", "--format", "{p}"])
        .output()
    else {
        return false;
    };
    let ours = root().display().to_string();
    let tree = String::from_utf8_lossy(&output.stdout).into_owned();
    let direct: BTreeSet<&str> = tree
        .lines()
        .filter(|line| !line.contains(&ours))
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();

    let text = fs::read_to_string(root().join("docs/dependencies.md")).unwrap_or_default();
    let mut on_crates = false;
    let mut named = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let cell = line.split('|').nth(1).unwrap_or_default();
        match cell.trim() {
            "crate" => on_crates = true,
            "package" => on_crates = false,
            cell if on_crates => named.extend(cell.split('`').skip(1).step_by(2)),
            _ => {}
        }
    }

    for name in direct.difference(&named) {
        println!("docs/dependencies.md does not say why there is {name}");
    }
    for name in named.difference(&direct) {
        println!("docs/dependencies.md names {name}, which is no direct dependency");
    }
    output.status.success() && direct == named
}
