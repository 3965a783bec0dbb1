//! The main job on the plan that the repository ships: a small web service on AWS, decided for dev
//! under the CI/CD target charter, recorded, and verified.

use std::{fs, io, path::Path};

use crate::run::{cargo, root, step, succeeds, target};

const COMMIT: &str = "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334";
const CALLER: &str = "--claim repository=acme/web-service --channel ci";
const CHANGE: &str = "--stage dev --asset web-service --ref refs/heads/main --author dave --stack dev --project web-service-dev";

/// Runs the story up to dev in `target/demo`, and shows each command with what it prints.
pub(crate) fn demo() -> bool {
    let directory = target("demo");
    if let Err(error) = prepare(&directory) {
        println!("{}: {error}", directory.display());
        return false;
    }
    step("build");
    if !succeeds(cargo().args(["build", "--quiet", "--package", "poundlock-cli"])) {
        return false;
    }
    let plan = format!(
        "admit --action plan {CHANGE} --plan plan-dev.json --commit {COMMIT} --reason demonstration --actor github-actions-plan {CALLER}"
    );
    let apply = format!(
        "admit --action apply {CHANGE} --plan plan-dev.json --commit {COMMIT} --reason demonstration --actor github-actions-deploy {CALLER}"
    );
    let evidence = |gate: &str| {
        format!(
            "record evidence --gate {gate} --result pass --report {gate}.json --plan plan-dev.json --actor github-actions-checks {CALLER}"
        )
    };
    let steps: [(&str, String, i32); 15] = [
        (
            "A key that signs what the ledger holds",
            "keygen --origin demo/web-service --out key.pem".to_owned(),
            0,
        ),
        (
            "The charter and the key come into force: the ledger begins",
            "init --key key.pem.pub".to_owned(),
            0,
        ),
        (
            "An author's fast loop: policies only, nothing recorded",
            "check --plan plan-dev.json --stage dev".to_owned(),
            0,
        ),
        (
            "A plan that breaks the rules",
            "check --plan plan-violating.json --stage dev".to_owned(),
            1,
        ),
        ("The pipeline has the plan admitted for dev", plan, 0),
        ("Applying it is denied: no scanner has said anything yet", apply.clone(), 1),
        ("The scanners' results are recorded", evidence("opa"), 0),
        ("", evidence("tfsec"), 0),
        ("", evidence("checkov"), 0),
        ("Now it is allowed", apply, 0),
        ("Everything is in the book, denials too", "log".to_owned(), 0),
        (
            "Everything is decided again, and signed",
            "checkpoint --signing-key key.pem".to_owned(),
            0,
        ),
        ("The permit leaves as a receipt", "receipt 6 --out permit.tlog-proof".to_owned(), 0),
        (
            "Whoever applies verifies it with the public key alone",
            "verify-receipt permit.tlog-proof --key key.pem.pub --permit".to_owned(),
            0,
        ),
        (
            "And the book verifies; an auditor remembers how far it went",
            "verify --key key.pem.pub --remember seen".to_owned(),
            0,
        ),
    ];
    steps.iter().all(|(title, arguments, code)| run(&directory, title, arguments, *code))
}

fn prepare(directory: &Path) -> io::Result<()> {
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    let charter = root().join("policies/cicd-target");
    fs::create_dir_all(directory.join("poundlock/packs"))?;
    for file in ["charter.yaml", "charter.lock"] {
        fs::copy(charter.join(file), directory.join("poundlock").join(file))?;
    }
    for pack in fs::read_dir(charter.join("packs"))? {
        let pack = pack?;
        fs::copy(pack.path(), directory.join("poundlock/packs").join(pack.file_name()))?;
    }
    let example = root().join("examples/web-service");
    for plan in ["plan-dev.json", "plan-violating.json"] {
        fs::copy(example.join(plan), directory.join(plan))?;
    }
    for report in ["opa.json", "tfsec.json", "checkov.json"] {
        fs::copy(example.join("reports").join(report), directory.join(report))?;
    }
    Ok(())
}

fn run(directory: &Path, title: &str, arguments: &str, code: i32) -> bool {
    if !title.is_empty() {
        step(title);
    }
    println!("$ poundlock {arguments}");
    let mut command = crate::run::command(target("debug/poundlock"));
    let status = command.args(arguments.split(' ')).current_dir(directory).status();
    println!();
    match status {
        Ok(status) if status.code() == Some(code) => true,
        Ok(status) => {
            println!("expected exit code {code}, and it is {status}");
            false
        }
        Err(error) => {
            println!("poundlock: {error}");
            false
        }
    }
}
