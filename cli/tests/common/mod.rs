//! Runs the real command in a directory of its own.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

pub(crate) mod registry;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

pub(crate) const COMMIT: &str = "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334";

/// A directory with a copy of the CI/CD target charter and the example's plans, and a ledger.
pub(crate) struct Workplace {
    directory: tempfile::TempDir,
}

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

impl Workplace {
    /// Without charter and ledger.
    pub(crate) fn empty() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    /// With the CI/CD target charter in force since 2026-03-02T08:00:00Z.
    pub(crate) fn governed() -> Self {
        let place = Self::empty();
        place.copy_charter();
        let (code, _) =
            place.json(&["init", "--origin", "test/story", "--at", "2026-03-02T08:00:00Z"]);
        assert_eq!(code, 0);
        place
    }

    /// With the CI/CD target charter and its lock file, and without ledger.
    pub(crate) fn locked() -> Self {
        let place = Self::empty();
        place.copy_charter();
        assert_eq!(place.json(&["lock"]).0, 0);
        place
    }

    pub(crate) fn copy_charter(&self) {
        let source = repository().join("policies/cicd-target");
        let target = self.path("poundlock");
        fs::create_dir_all(target.join("packs")).unwrap();
        fs::copy(source.join("charter.yaml"), target.join("charter.yaml")).unwrap();
        for pack in fs::read_dir(source.join("packs")).unwrap() {
            let pack = pack.unwrap().path();
            fs::copy(&pack, target.join("packs").join(pack.file_name().unwrap())).unwrap();
        }
        for plan in fs::read_dir(repository().join("examples/web-service")).unwrap() {
            let plan = plan.unwrap().path();
            if plan.extension().is_some_and(|ending| ending == "json") {
                fs::copy(&plan, self.path(plan.file_name().unwrap().to_str().unwrap())).unwrap();
            }
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_poundlock"));
        command.current_dir(self.directory.path()).args(arguments).env_remove("NO_COLOR");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs with JSON output; gives the exit code and the document.
    pub(crate) fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.command(arguments).args(["--format", "json"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let value = serde_json::from_str(&text).unwrap_or_else(|_| {
            panic!("no JSON from {arguments:?}: {text}{}", String::from_utf8_lossy(&output.stderr))
        });
        (output.status.code().unwrap(), value)
    }

    /// Asks for an action of the example's change; more arguments may follow.
    pub(crate) fn admit(&self, action: &str, stage: &str, at: &str, more: &[&str]) -> (i32, Value) {
        let actor = if action == "plan" { "github-actions-plan" } else { "github-actions-deploy" };
        let plan = format!("plan-{stage}.json");
        let project = format!("web-service-{stage}");
        let mut arguments = vec![
            "admit",
            "--action",
            action,
            "--stage",
            stage,
            "--asset",
            "web-service",
            "--commit",
            COMMIT,
            "--ref",
            "refs/heads/main",
            "--author",
            "dave",
            "--reason",
            "raise the memory limit",
            "--stack",
            stage,
            "--project",
            &project,
            "--claim",
            "repository=acme/web-service",
            "--at",
            at,
        ];
        for (name, value) in [("--actor", actor), ("--channel", "ci"), ("--plan", &plan)] {
            if !more.contains(&name) {
                arguments.extend([name, value]);
            }
        }
        arguments.extend(more);
        self.json(&arguments)
    }

    /// The plan that Terraform makes when everything is done, in which every value is known.
    pub(crate) fn plan_after_apply(&self, stage: &str, at: &str) -> (i32, Value) {
        let plan = format!("plan-{stage}-applied.json");
        self.admit("plan", stage, at, &["--plan", &plan])
    }

    pub(crate) fn evidence(&self, gate: &str, stage: &str, at: &str) -> (i32, Value) {
        let plan = format!("plan-{stage}.json");
        let built = matches!(gate, "tests" | "build");
        let actor = if built { "github-actions-build" } else { "github-actions-checks" };
        let about = if built || matches!(gate, "pipeline" | "change-log") {
            ["--commit", COMMIT]
        } else {
            ["--plan", &plan]
        };
        let mut arguments = vec!["record", "evidence", "--gate", gate, "--result", "pass"];
        arguments.extend(about);
        arguments.extend(["--actor", actor, "--claim", "repository=acme/web-service"]);
        arguments.extend(["--channel", "ci", "--at", at]);
        let report = report_of(gate);
        if Path::new(&report).exists() {
            arguments.extend(["--report", &report]);
        }
        self.json(&arguments)
    }

    pub(crate) fn approval(&self, by: &str, stage: &str, at: &str) -> (i32, Value) {
        let plan = format!("plan-{stage}.json");
        self.json(&[
            "record",
            "approval",
            "--by",
            by,
            "--stage",
            stage,
            "--track",
            "infrastructure",
            "--asset",
            "web-service",
            "--plan",
            &plan,
            "--actor",
            "github-environments",
            "--channel",
            "ci",
            "--at",
            at,
        ])
    }

    pub(crate) fn outcome(&self, admission: &Value, result: &str, at: &str) -> (i32, Value) {
        self.json(&[
            "record",
            "outcome",
            "--permit",
            admission["entry"].as_str().unwrap(),
            "--result",
            result,
            "--actor",
            "github-actions-deploy",
            "--claim",
            "repository=acme/web-service",
            "--channel",
            "ci",
            "--at",
            at,
        ])
    }

    /// Plans, checks, applies and succeeds in dev, from 09:00 on.
    pub(crate) fn through_dev(&self) {
        assert_eq!(self.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]).0, 0);
        for gate in ["opa", "tfsec", "checkov"] {
            assert_eq!(self.evidence(gate, "dev", "2026-03-02T09:05:00Z").0, 0);
        }
        let (code, admission) = self.admit("apply", "dev", "2026-03-02T09:10:00Z", &[]);
        assert_eq!(code, 0, "{admission:#}");
        assert_eq!(self.outcome(&admission, "succeeded", "2026-03-02T09:15:00Z").0, 0);
    }
}

/// What the tool of a gate reports of the example's plans, where it does.
pub(crate) fn report_of(gate: &str) -> String {
    let file = repository().join(format!("examples/web-service/reports/{gate}.json"));
    file.display().to_string()
}

/// The codes of the findings that deny.
pub(crate) fn denials(admission: &Value) -> Vec<String> {
    let findings = admission["decision"]["findings"].as_array().unwrap();
    let mut codes: Vec<String> = findings
        .iter()
        .filter(|finding| finding["enforcement"] == "mandatory")
        .filter(|finding| finding["outcome"] == "fail" || finding["outcome"] == "unknown")
        .map(|finding| finding["code"].as_str().unwrap().to_owned())
        .collect();
    codes.dedup();
    codes
}
