//! What OpenSSH and Git sign themselves, where they are installed: consents, and tags (R166, R508).

use std::{fs, path::Path, process::Command};

use poundlock::{
    engine::codes,
    identity::NAMESPACE,
    model::{About, Action, EvidenceResult},
};
use ssh_key::LineEnding;

use crate::{
    signatures::{
        ANN, STRANGER, TAGGER, before_test, consent, into_test, private, public, ssh, with,
        world_with,
    },
    support::*,
};

/// Tests that need tools pass without them.
fn run(program: &str, directory: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", directory.join("gitconfig"))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", directory)
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

/// Writes a key where tools find it.
fn write_key(directory: &Path, number: u8) {
    let path = directory.join("key");
    let _ = fs::remove_file(&path);
    private(number).write_openssh_file(&path, LineEnding::LF).unwrap();
    fs::write(directory.join("key.pub"), public(number)).unwrap();
}

#[test]
fn what_ssh_keygen_signs_counts() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let mut world = before_test();
    write_key(path, ANN);
    let text = world.engine.fact_text(&consent(1), at(1), &world.state).unwrap();
    fs::write(path.join("statement"), text).unwrap();
    let sign = ["-Y", "sign", "-q", "-n", NAMESPACE, "-f", "key", "statement"];
    if run("ssh-keygen", path, &sign).is_none() {
        return;
    }
    let signature = fs::read_to_string(path.join("statement.sig")).unwrap();
    allowed(&world.record(&with(&consent(1), 1, signature)));
    allowed(&into_test(&mut world, 2));
}

/// A world whose entrance into dev wants a signed tag.
fn tagged_world() -> World {
    let old = "refs: [refs/heads/main, refs/tags/v*]";
    let new = "refs: [refs/heads/main, refs/tags/v*], signedTags: true";
    let mut world = world_with(&[(old, new.to_owned())]);
    world.prepare("dev", &plan(1), 0);
    world
}

#[test]
fn a_tag_is_signed_by_somebody_who_may() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(
        path.join("gitconfig"),
        "[user]\n\tname = Dan\n\temail = dan@acme.example\n\tsigningkey = key\n[gpg]\n\tformat = ssh\n",
    )
    .unwrap();
    write_key(path, TAGGER);
    let git = |arguments: &[&str]| run("git", path, arguments);
    if git(&["init", "-q"]).is_none() || run("ssh-keygen", path, &["-l", "-f", "key.pub"]).is_none()
    {
        return;
    }
    git(&["commit", "-q", "--allow-empty", "-m", "One."]).unwrap();
    let commit = git(&["rev-parse", "HEAD"]).unwrap().trim().to_owned();
    let tag = |name: &str, number: u8, options: &[&str]| {
        write_key(path, number);
        git(&[["tag"].as_slice(), options, &["-m", "A release.", name]].concat()).unwrap();
        git(&["cat-file", "tag", name]).unwrap()
    };
    let good = tag("v1", TAGGER, &["-s"]);
    // Keys that are for everything sign tags too.
    let by_ann = tag("v2", ANN, &["-s"]);
    let by_stranger = tag("v3", STRANGER, &["-s"]);
    let unsigned = tag("v4", TAGGER, &["-a"]);

    let mut world = tagged_world();
    let plan = plan(7);
    let request = |action: Action, name: &str, text: Option<&str>, seconds: i64| {
        let mut request = ask(action, "dev", &plan, seconds);
        request.id = format!("{name}-{seconds}");
        request.tag = text.map(str::to_owned);
        let change = change_of(&mut request);
        (change.git_ref, change.commit) = (name.to_owned(), commit.clone());
        request
    };
    allowed(&world.admit(&request(Action::Plan, "refs/tags/v1", None, 1)));
    allowed(&world.record(&evidence(About::Plan(plan.digest), EvidenceResult::Pass, 1)));
    let mut apply = |text: Option<&str>, seconds| {
        world.admit(&request(Action::Apply, "refs/tags/v1", text, seconds))
    };
    denied(&apply(None, 2), codes::BOUNDARY_TAG);
    denied(&apply(Some(&unsigned), 3), codes::BOUNDARY_TAG);
    denied(&apply(Some(&by_ann), 4), codes::BOUNDARY_TAG);
    let renamed = by_stranger.replace("tag v3", "tag v1");
    denied(&apply(Some(&renamed), 5), codes::BOUNDARY_TAG_SIGNATURE);
    let renamed = by_ann.replace("tag v2", "tag v1");
    denied(&apply(Some(&renamed), 6), codes::BOUNDARY_TAG_SIGNATURE);
    let moved = good.replace(&commit, OTHER_COMMIT);
    denied(&apply(Some(&moved), 7), codes::BOUNDARY_TAG);
    let consent = ssh(TAGGER, NAMESPACE, good.split("-----BEGIN").next().unwrap());
    let other = format!("{}{consent}", good.split("-----BEGIN").next().unwrap());
    denied(&apply(Some(&other), 8), codes::BOUNDARY_TAG_SIGNATURE);
    allowed(&apply(Some(&good), 9));

    let mut world = tagged_world();
    let mut request = request(Action::Plan, "refs/tags/v2", None, 1);
    allowed(&world.admit(&request));
    allowed(&world.record(&evidence(About::Plan(plan.digest), EvidenceResult::Pass, 1)));
    (request.action, request.id, request.tag) =
        (Action::Apply, "apply".to_owned(), Some(by_ann.clone()));
    request.actor = workload("deployer");
    allowed(&world.admit(&request));
    // Which branches are accepted, `refs` says.
    world = tagged_world();
    allowed(&world.admit(&ask(Action::Apply, "dev", &crate::support::plan(1), 2)));
}
