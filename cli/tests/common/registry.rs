//! A registry of artifacts with the store of their content.

use std::fs;

use poundlock::digest::Digest;
use serde_json::Value;

use super::Workplace;

const CHARTER: &str = "\
charter: registry
version: 1.0.0
unmatched: deny
identity: asserted
actors:
  - { actor: ann, kind: human }
  - { actor: bob, kind: human, roles: [reviewer] }
  - { actor: release, kind: workload }
  - { actor: checker, kind: workload }
  - { actor: monitor, kind: workload }
  - { actor: attestor, kind: workload }
gates:
  - { gate: signature, about: artifact, producers: [checker], maxAge: 24h }
  - { gate: provenance, about: artifact, producers: [checker], maxAge: 24h }
facts: { approvals: [attestor] }
lifecycles:
  - lifecycle: workflow
    contents: [source, plan]
    grants: { create: [ann], submit: [ann], publish: [release], use: [release], reinstate: [ann] }
    approve: { approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }
    publish: { gates: [signature, provenance], signature: signature, provenance: provenance }
    monitors: [monitor]
tracks:
  - track: workflows
    moves: artifact
    lifecycle: workflow
    stages: [{ stage: live, grants: { promote: [release] } }]
    boundaries: [{ into: live, gates: [signature] }]
";

/// Who may do what, and of which kind they are.
pub(crate) const ANN: (&str, &str) = ("ann", "human");
pub(crate) const RELEASE: (&str, &str) = ("release", "workload");
pub(crate) const ATTESTOR: (&str, &str) = ("attestor", "workload");

/// A registry, and the digests of what is published in it.
pub(crate) struct Registry {
    pub(crate) place: Workplace,
    pub(crate) digests: Vec<String>,
}

impl Registry {
    /// Without artifacts, since 2026-03-02T08:00:00Z.
    pub(crate) fn new() -> Self {
        Self::begun(&["--at", "2026-03-02T08:00:00Z"])
    }

    /// Without artifacts, since now.
    pub(crate) fn of_now() -> Self {
        Self::begun(&[])
    }

    /// With published artifacts, each of two files in the store.
    pub(crate) fn of(assets: &[&str]) -> Self {
        let mut registry = Self::new();
        for asset in assets {
            let digest = registry.publish(asset);
            registry.digests.push(digest);
        }
        registry
    }

    fn begun(more: &[&str]) -> Self {
        let place = Workplace::empty();
        fs::create_dir_all(place.path("poundlock/packs")).unwrap();
        fs::write(place.path("poundlock/charter.yaml"), CHARTER).unwrap();
        let begin = ["init", "--origin", "test/registry"];
        let (code, begun) = place.json(&[&begin[..], more].concat());
        assert_eq!(code, 0, "{begun:#}");
        Self { place, digests: Vec::new() }
    }

    fn publish(&self, asset: &str) -> String {
        let digest = self.create(asset);
        for (operation, by) in [("{ submit: {} }", ANN), ("{ approve: { by: bob } }", ATTESTOR)] {
            assert_eq!(self.step(asset, Some(&digest), operation, by).0, 0);
        }
        self.attest(&digest);
        let (code, published) = self.step(asset, Some(&digest), "{ publish: {} }", RELEASE);
        assert_eq!(code, 0, "{published:#}");
        digest
    }

    /// Begins a draft whose content lies in the store; gives its digest.
    pub(crate) fn create(&self, asset: &str) -> String {
        let contents = [("source", false), ("plan", true)].map(|(name, plain)| {
            let content = format!("{name} of {asset}");
            let path = self.place.path(&file(&content, plain));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &content).unwrap();
            format!("{name}: '{}'", Digest::of(content.as_bytes()))
        });
        let contents = contents.join(", ");
        let manifest = format!("{{ asset: {asset}, version: 1.0.0, contents: {{ {contents} }} }}");
        let create = format!("{{ create: {{ manifest: {manifest} }} }}");
        let (code, created) = self.step(asset, None, &create, ANN);
        assert_eq!(code, 0, "{created:#}");
        self.status(asset)["digest"].as_str().unwrap().to_owned()
    }

    /// Records the evidence that publication asks for.
    pub(crate) fn attest(&self, digest: &str) {
        for (gate, second) in [("signature", 1), ("provenance", 2)] {
            let at = format!("2026-03-02T09:00:{second:02}Z");
            let evidence = ["record", "evidence", "--gate", gate, "--artifact", digest];
            let rest = ["--result", "pass", "--actor", "checker", "--channel", "ci", "--at", &at];
            assert_eq!(self.place.json(&[&evidence[..], &rest].concat()).0, 0);
        }
    }

    /// Records a step of an artifact's life, or its use two hours later.
    pub(crate) fn step(
        &self,
        asset: &str,
        digest: Option<&str>,
        operation: &str,
        (actor, kind): (&str, &str),
    ) -> (i32, Value) {
        let digest = digest.map(|digest| format!("digest: '{digest}', ")).unwrap_or_default();
        let step = format!("{{ asset: {asset}, {digest}operation: {operation}, reason: because }}");
        fs::write(self.place.path("step.yaml"), step).unwrap();
        let by = ["--actor", actor, "--actor-kind", kind, "--channel"];
        let channel = if kind == "human" { "local" } else { "ci" };
        let hour = if operation.contains("use") { "11" } else { "09" };
        let rest = [channel, "--at", &format!("2026-03-02T{hour}:00:03Z")];
        self.place.json(&[&["record", "lifecycle", "step.yaml"][..], &by, &rest].concat())
    }

    pub(crate) fn used(&self, asset: &str, digest: &str) -> (i32, Value) {
        self.step(asset, Some(digest), "{ use: {} }", RELEASE)
    }

    pub(crate) fn status(&self, asset: &str) -> Value {
        let (_, status) = self.place.json(&["status"]);
        let artifacts = status["artifacts"].as_array().unwrap();
        artifacts.iter().find(|artifact| artifact["asset"] == asset).unwrap().clone()
    }

    pub(crate) fn incidents(&self) -> usize {
        self.place.json(&["status"]).1["incidents"].as_array().map_or(0, Vec::len)
    }

    /// One round of monitoring.
    pub(crate) fn monitor(&self, minute: u8, more: &[&str]) -> (i32, Value) {
        let at = format!("2026-03-02T10:{minute:02}:00Z");
        let by = ["monitor", "--store", "store", "--actor", "monitor", "--channel", "controller"];
        self.place.json(&[&by[..], &["--at", &at], more].concat())
    }
}

/// Where content lies in the store.
pub(crate) fn file(content: &str, plain: bool) -> String {
    let hex = Digest::of(content.as_bytes()).to_hex();
    if plain {
        return format!("store/{hex}");
    }
    let (first, rest) = hex.split_at(2);
    format!("store/sha256/{first}/{rest}")
}
