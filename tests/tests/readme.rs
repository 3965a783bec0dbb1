//! What the README shows of a file is that file.

use std::{fs, path::Path};

const FENCE: &str = "```";

/// The files that the README shows, with what it shows of them.
fn shown(readme: &str) -> Vec<(&str, String)> {
    let mut lines = readme.lines();
    let mut shown = Vec::new();
    while let Some(line) = lines.next() {
        let file = line.strip_prefix("<!-- file: ").and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(file) = file {
            assert!(
                lines.next().is_some_and(|line| line.starts_with(FENCE)),
                "{file}: no code follows"
            );
            let code: Vec<&str> = lines.by_ref().take_while(|line| *line != FENCE).collect();
            shown.push((file, code.join("\n") + "\n"));
        }
    }
    shown
}

#[test]
fn the_readme_shows_the_examples_as_they_are() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let shown = shown(&readme);
    let languages: Vec<_> =
        shown.iter().filter_map(|(file, _)| Path::new(file).extension()).collect();
    assert_eq!(
        languages,
        ["rs", "py", "mjs", "c", "go"],
        "an example of each language, in this order"
    );
    for (file, code) in shown {
        assert_eq!(code, fs::read_to_string(root.join(file)).unwrap(), "{file}");
    }
}
