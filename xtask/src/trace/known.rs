//! What a row may name as serving it, and where a reader finds it.
//!
//! | form | what it names |
//! |---|---|
//! | `code:boundary.jump` | a finding or an error |
//! | `gate:cicd-target/sbom` | a gate that a shipped charter declares |
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
            for (document, item, into) in
                [("charter: ", "- gate: ", &mut gates), ("pack: ", "  - name: ", &mut policies)]
            {
                declared(&text, document, item, &relative(&path), into);
            }
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

/// Adds what a document of this kind declares in items of this form, `{` or not.
fn declared(
    text: &str,
    document: &str,
    item: &str,
    path: &str,
    into: &mut BTreeMap<String, String>,
) {
    let mut owner = None;
    for line in text.lines() {
        owner = owner.or_else(|| line.strip_prefix(document));
        let line = if item.starts_with(' ') { line } else { line.trim_start() };
        let line = line.replacen("- { ", "- ", 1);
        if let (Some(owner), Some(rest)) = (owner, line.strip_prefix(item)) {
            let name: String = rest.chars().take_while(|c| !matches!(c, ',' | ' ' | '}')).collect();
            into.insert(format!("{}/{name}", owner.trim()), path.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_and_policies_are_found_by_their_document() {
        let mut gates = BTreeMap::new();
        let charter = "charter: c\ngates:\n  - { gate: sbom, about: artifact }\n  - gate: health\n";
        declared(charter, "charter: ", "- gate: ", "p", &mut gates);
        assert_eq!(gates.into_keys().collect::<Vec<_>>(), ["c/health", "c/sbom"]);

        let mut policies = BTreeMap::new();
        let pack = "pack: p\npolicies:\n  - name: cap\n    variables:\n      - name: max\n";
        declared(pack, "pack: ", "  - name: ", "p", &mut policies);
        assert_eq!(policies.into_keys().collect::<Vec<_>>(), ["p/cap"]);
    }
}
