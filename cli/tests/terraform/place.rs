//! A directory with a configuration, its workspaces, a charter and a ledger.

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
    sync::OnceLock,
};

use serde_json::Value;

use super::common::{COMMIT, Workplace};

/// What is marked as sensitive, and must be seen nowhere.
pub(crate) const CANARY: &str = "canary-of-the-sensitive-value";

const CONFIGURATION: &str = r#"
variable "size" { default = "1" }
variable "pause" { default = "0" }
variable "token" {
  sensitive = true
  default   = "canary-of-the-sensitive-value"
}
# It says when it was really applied.
resource "terraform_data" "web" {
  input            = var.size
  triggers_replace = var.size
  provisioner "local-exec" {
    command = "echo begun ${var.size} >> ${path.cwd}/applied; sleep ${var.pause}; echo done ${var.size} >> ${path.cwd}/applied"
  }
}
resource "terraform_data" "secret" { input = var.token }
"#;

const PACK: &str = "
pack: web
version: 1.0.0
policies:
  - name: small
    description: Nothing is larger than large.
    match: { resources: [terraform_data, aws_s3_bucket] }
    validations: [{ expression: \"resource.address != 'terraform_data.web' || object.input != 'huge'\" }]
    tests:
      - { name: huge, resource: { type: terraform_data, address: terraform_data.web }, object: { input: huge }, expect: fail }
  - name: programs
    description: No program runs but the one that is known.
    match: { resources: [terraform_data] }
    validations: [{ expression: \"resource.provisioners == (resource.name == 'web' ? ['local-exec'] : [])\" }]
    tests:
      - { name: another, resource: { type: terraform_data, address: terraform_data.web, provisioners: [remote-exec] }, object: {}, expect: fail }
  - name: deletions
    description: What is kept is not deleted.
    match: { resources: [terraform_data, aws_s3_bucket], actions: [delete] }
    validations: [{ expression: \"resource.address != 'terraform_data.kept'\" }]
    tests:
      - { name: kept, resource: { type: terraform_data, address: terraform_data.kept, actions: [delete] }, oldObject: {}, expect: fail }
";

const CHARTER: &str = "
charter: web
version: 1.0.0
unmatched: deny
mode: enforce
identity: asserted
clock: { skew: 60s, maxAdvance: 35d }
requestLifetime: 24h
permitLifetime: 1h
packs: [{ pack: web, version: 1.0.0 }]
actors:
  - { actor: ci-plan, kind: workload }
  - { actor: ci-apply, kind: workload }
  - { actor: ci-checks, kind: workload }
  - { actor: alice, kind: human, roles: [reviewer] }
  - { actor: dave, kind: human }
gates: []
facts: { approvals: [ci-checks], incidents: [ci-checks], resolutions: [alice] }
amendments: { actors: [alice] }
tracks:
  - track: infrastructure
    moves: change
    stages:
      - { stage: dev, stack: dev, grants: { plan: [ci-plan], apply: [ci-apply], rollback: [ci-apply] }, packs: [web] }
      - { stage: stage, stack: stage, grants: { plan: [ci-plan], apply: [ci-apply], rollback: [ci-apply] }, packs: [web] }
      - stage: prod
        stack: prod
        grants: { plan: [ci-plan], apply: [ci-apply], promote: [ci-apply], rollback: [ci-apply] }
        packs: [web]
        drift: { blocks: [apply], absent: allow }
    boundaries:
      - { into: dev, refs: [refs/heads/main], gates: [], rollback: {} }
      - { into: stage, from: dev, refs: [refs/heads/main], gates: [], rollback: {} }
      - { into: prod, from: stage, refs: [refs/heads/main], gates: [], rollback: {}, approvals: [{ role: reviewer, count: 1, maxAge: 7d }] }
";

/// Terraform, which these tests cannot do without.
pub(crate) fn terraform() -> PathBuf {
    static FOUND: OnceLock<PathBuf> = OnceLock::new();
    FOUND
        .get_or_init(|| {
            let found = Command::new("terraform").arg("version").output();
            assert!(
                found.is_ok_and(|found| found.status.success()),
                "these tests run Terraform, and there is no `terraform` in the PATH"
            );
            let paths = std::env::var_os("PATH").unwrap();
            let mut paths = std::env::split_paths(&paths).map(|path| path.join("terraform"));
            paths.find(|path| path.is_file()).unwrap()
        })
        .clone()
}

pub(crate) struct Place(pub(crate) Workplace);

impl Place {
    /// With the configuration in `infra`, and the workspaces `dev`, `stage` and `prod`.
    pub(crate) fn new() -> Self {
        Self::with(CONFIGURATION, "")
    }

    /// With another configuration, and one of Terraform's own.
    pub(crate) fn with(configuration: &str, own: &str) -> Self {
        let place = Self::bare(configuration, own);
        place.terraform(&["init"]);
        for workspace in ["prod", "stage", "dev"] {
            place.terraform(&["workspace", "new", workspace]);
        }
        place
    }

    /// The same, not initialised and without workspaces.
    pub(crate) fn bare(configuration: &str, own: &str) -> Self {
        let place = Self(Workplace::empty());
        place.write("infra/main.tf", configuration);
        place.write(".terraformrc", own);
        place.write("poundlock/charter.yaml", CHARTER);
        place.write("poundlock/packs/web.yaml", PACK);
        let (code, answer) = place.json(&["init", "--origin", "test/web"]);
        assert_eq!(code, 0, "{answer:#}");
        place
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        let path = self.0.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Runs Terraform itself.
    pub(crate) fn terraform(&self, arguments: &[&str]) {
        let mut command = Command::new(terraform());
        self.clean(&mut command).arg("-chdir=infra").args(arguments).current_dir(self.0.path("."));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}\n{}", said(&output));
    }

    /// Without the settings of whoever runs the tests, and with what is killed leaving nothing behind elsewhere.
    pub(crate) fn clean<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TF_") {
                command.env_remove(name);
            }
        }
        command.env("HOME", self.0.path(".")).env("TMPDIR", self.0.path("."))
    }

    pub(crate) fn select(&self, workspace: &str) {
        self.terraform(&["workspace", "select", workspace]);
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.0.command(arguments);
        self.clean(&mut command);
        command
    }

    /// Runs with JSON output; gives the exit code and the document. Neither it nor what is said besides may hold the
    /// sensitive value.
    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let all = [&["--format", "json"], arguments].concat();
        let output = self.command(&all).output().unwrap();
        // Of what it destroys, Terraform itself shows what was computed from a sensitive value.
        let destroys = arguments.contains(&"-destroy");
        let shown = if destroys { output.stdout.clone() } else { said(&output).into_bytes() };
        assert!(!String::from_utf8_lossy(&shown).contains(CANARY), "{arguments:?}");
        let value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("no JSON from {arguments:?}: {}", said(&output)));
        (output.status.code().unwrap(), value)
    }

    /// `terraform plan` or `apply` in a stage, with the arguments for Terraform behind `--`.
    pub(crate) fn arguments<'a>(what: &'a str, stage: &'a str) -> Vec<&'a str> {
        let kept = match stage {
            "dev" => "kept/dev",
            "stage" => "kept/stage",
            _ => "kept/prod",
        };
        let actor = if what == "plan" { "ci-plan" } else { "ci-apply" };
        let mut arguments =
            vec!["terraform", what, "--kept", kept, "--stage", stage, "--asset", "web"];
        arguments.extend(["--commit", COMMIT, "--ref", "refs/heads/main", "--author", "dave"]);
        arguments.extend(["--reason", "more of it", "--actor", actor, "--channel", "ci"]);
        arguments
    }

    pub(crate) fn plan(&self, stage: &str, more: &[&str]) -> (i32, Value) {
        let mut arguments = Self::arguments("plan", stage);
        arguments.extend(["--", "-chdir=infra", "-no-color"]);
        arguments.extend(more);
        self.json(&arguments)
    }

    pub(crate) fn apply(&self, stage: &str) -> (i32, Value) {
        self.json(&Self::arguments("apply", stage))
    }

    /// Looks for drift, in a directory.
    pub(crate) fn drift(&self, stage: &str, chdir: &str) -> (i32, Value) {
        self.look(stage, chdir, &[])
    }

    /// The same, with more arguments.
    pub(crate) fn look(&self, stage: &str, chdir: &str, more: &[&str]) -> (i32, Value) {
        let chdir = format!("-chdir={chdir}");
        let look = ["terraform", "drift", "--stage", stage, "--asset", "web", "--channel", "ci"];
        self.json(&[&look[..], more, &["--actor", "ci-checks", "--", &chdir]].concat())
    }

    /// Somebody alters the state of a stage by hand, and leaves its serial number alone.
    pub(crate) fn alter_state(&self, stage: &str, from: &str, to: &str) {
        let name = format!("infra/terraform.tfstate.d/{stage}/terraform.tfstate");
        let text = fs::read_to_string(self.0.path(&name)).unwrap();
        assert!(text.contains(from), "{text}");
        self.write(&name, &text.replacen(from, to, 1));
    }

    /// Somebody brings an incident to an end.
    pub(crate) fn resolve(&self, incident: &Value) {
        let incident = incident.as_str().unwrap();
        let resolution = ["record", "resolution", "--incident", incident, "--reason", "undone"];
        let who = ["--actor", "alice", "--actor-kind", "human", "--channel", "local"];
        let (code, answer) = self.json(&[&resolution[..], &who].concat());
        assert_eq!(code, 0, "{answer:#}");
    }

    /// Plans and applies, both of which succeed.
    pub(crate) fn through(&self, stage: &str) -> Value {
        self.select(stage);
        let (code, planned) = self.plan(stage, &[]);
        assert_eq!(code, 0, "{planned:#}");
        let (code, applied) = self.apply(stage);
        assert_eq!(code, 0, "{applied:#}");
        applied
    }

    /// Somebody consents to what is kept for prod.
    pub(crate) fn approve(&self, more: &[&str]) {
        let consent = ["record", "approval", "--by", "alice", "--stage", "prod", "--asset", "web"];
        let about = ["--plan", "kept/prod/plan.json", "--actor", "ci-checks", "--channel", "ci"];
        let (code, answer) = self.json(&[&consent[..], &about, more].concat());
        assert_eq!(code, 0, "{answer:#}");
    }

    /// The lines that applications wrote: one when it began, and one when it was done.
    pub(crate) fn applied(&self) -> Vec<String> {
        let text = fs::read_to_string(self.0.path("applied")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The ledger is sound, and nothing in it is secret.
    pub(crate) fn verify(&self) {
        let (code, answer) = self.json(&["verify"]);
        assert_eq!(code, 0, "{answer:#}");
        for path in files(&self.0.path("poundlock")) {
            let text = fs::read(&path).unwrap();
            let shown = String::from_utf8_lossy(&text);
            assert!(!shown.contains(CANARY), "{}", path.display());
        }
    }
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn files(folder: &std::path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
