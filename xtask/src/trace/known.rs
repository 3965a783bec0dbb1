//! What a row may name as serving it, and where a reader finds it.
//!
//! | form | what it names |
//! |---|---|
//! | `code:boundary.jump` | a finding or an error |
//! | `gate:cicd-target/sbom` | a gate that a shipped charter declares and asks for |
//! | `policy:cicd-target/cloud-run-max-instances` | a policy of a shipped pack |
//! | `figure:violations` | a figure of reports |
//! | `charter:soak` | a member of a document, by the name of its schema |
//! | `docs/ledger-format.md` | a file or directory of the repository |

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use super::{files, relative};
use crate::run::root;

/// What there is.
pub(super) struct Known {
    /// The documents that list codes and figures, as text.
    codes: String,
    figures: String,
    /// The schemas of documents, by name.
    schemas: BTreeMap<String, String>,
    /// The file that declares each gate and policy, by the name of its charter or pack and its own.
    gates: BTreeMap<String, String>,
    policies: BTreeMap<String, String>,
}

impl Known {
    pub(super) fn read() -> Self {
        let mut gates = BTreeMap::new();
        let mut policies = BTreeMap::new();
        for path in files("policies", &[".yaml"]) {
            let text = fs::read_to_string(&path).unwrap_or_default();
            for (name, gate) in declared(&text, "charter: ", "- gate: ") {
                if asked_for(&text, &gate) {
                    gates.insert(name, relative(&path));
                }
            }
            let names = declared(&text, "pack: ", "  - name: ").into_iter();
            policies.extend(names.map(|(name, _)| (name, relative(&path))));
        }
        let schemas = files("docs/schema", &[".json"]).into_iter().filter_map(|path| {
            Some((path.file_stem()?.to_string_lossy().into_owned(), text(path.clone())))
        });
        Self {
            codes: text(root().join("docs/codes.md")),
            figures: text(root().join("docs/reports.md")),
            schemas: schemas.collect(),
            gates,
            policies,
        }
    }

    /// The reference as a link from `docs/`; nothing if there is no such thing.
    pub(super) fn link(&self, reference: &str) -> Option<String> {
        let Some((kind, name)) = reference.split_once(':') else {
            let exists = root().join(reference).exists();
            let shown = reference.strip_prefix("docs/").unwrap_or(reference);
            return exists.then(|| format!("[{shown}]({})", from_docs(reference)));
        };
        let quoted = format!("`{name}`");
        match kind {
            "code" => self.codes.contains(&quoted).then(|| format!("[{quoted}](codes.md)")),
            "figure" => self.figures.contains(&quoted).then(|| format!("[{quoted}](reports.md)")),
            "gate" => {
                self.gates.get(name).map(|path| format!("gate [{quoted}]({})", from_docs(path)))
            }
            "policy" => self
                .policies
                .get(name)
                .map(|path| format!("policy [{quoted}]({})", from_docs(path))),
            schema => {
                let has = self.schemas.get(schema)?.contains(&format!("\"{name}\": {{"));
                has.then(|| format!("{schema} [{quoted}](schema/{schema}.json)"))
            }
        }
    }
}

/// A path within the repository, as seen from `docs/`.
pub(super) fn from_docs(path: &str) -> String {
    path.strip_prefix("docs/").map_or_else(|| format!("../{path}"), str::to_owned)
}

fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(PathBuf::from(path.as_ref())).unwrap_or_default()
}

/// What a document of this kind declares in items of this form, with `{` or not: the whole name, and
/// the item's own.
fn declared(text: &str, document: &str, item: &str) -> Vec<(String, String)> {
    let Some(owner) = text.lines().find_map(|line| line.strip_prefix(document)) else {
        return Vec::new();
    };
    let names = text.lines().filter_map(|line| named(line, item));
    names.map(|name| (format!("{}/{name}", owner.trim()), name)).collect()
}

/// The name that a line gives to an item of this form. An item that stands at the margin may stand anywhere.
fn named(line: &str, item: &str) -> Option<String> {
    let line = if item.starts_with(' ') { line } else { line.trim_start() };
    let name = line.replacen("- { ", "- ", 1).strip_prefix(item)?.to_owned();
    Some(name.chars().take_while(|c| !matches!(c, ',' | ' ' | '}')).collect())
}

/// Whether a charter asks for a gate anywhere, and does not merely declare it.
fn asked_for(text: &str, gate: &str) -> bool {
    let rules = text.lines().filter(|line| named(line, "- gate: ").is_none());
    let rules = rules.map(|line| line.split('#').next().unwrap_or_default());
    let part = |c: char| c.is_alphanumeric() || c == '-';
    rules.flat_map(|line| line.split(move |c| !part(c))).any(|word| word == gate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_and_policies_are_found_by_their_document() {
        let names = |found: Vec<(String, String)>| -> Vec<String> {
            found.into_iter().map(|(name, _)| name).collect()
        };
        let charter = "charter: c\ngates:\n  - { gate: sbom, about: artifact }\n  - gate: health\n";
        assert_eq!(names(declared(charter, "charter: ", "- gate: ")), ["c/sbom", "c/health"]);
        let pack = "pack: p\npolicies:\n  - name: cap\n    variables:\n      - name: max\n";
        assert_eq!(names(declared(pack, "pack: ", "  - name: ")), ["p/cap"]);
    }

    #[test]
    fn a_gate_that_no_rule_names_is_not_asked_for() {
        let charter = "  - { gate: sbom, about: artifact }\n  - { gate: scan } # sbom\n      - { into: dev, gates: [scan, image-sbom] }\n";
        assert!(asked_for(charter, "scan"));
        assert!(!asked_for(charter, "sbom"));
    }
}
