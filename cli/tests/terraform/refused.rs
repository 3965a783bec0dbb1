//! What must not be applied: Terraform is never started.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{common::denials, place::Place};

/// What an application was refused for: the codes of a denial, or the code of an error.
fn refused(place: &Place, stage: &str, at: &str) -> Vec<String> {
    let before = place.applied();
    let answer = place.apply(stage, at);
    assert_eq!(place.applied(), before, "Terraform was started");
    why(answer)
}

fn why((code, answer): (i32, Value)) -> Vec<String> {
    match (code, answer["error"]["code"].as_str()) {
        (1, None) => denials(&answer["admission"]),
        (2, Some(error)) => vec![error.to_owned()],
        _ => panic!("{code} {answer:#}"),
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

// Requirements: R051.
#[test]
fn only_the_plan_that_was_admitted_is_applied_and_only_once() {
    let place = Place::new();
    let kept = place.0.path("kept/dev");
    let mut shared = Place::arguments("plan", "dev", "2026-03-02T09:00:00Z");
    shared[3] = "kept/other";
    shared.extend(["--", "-chdir=infra", "-var=size=2"]);
    assert_eq!(place.json(&shared).0, 0);
    assert_eq!(place.plan("dev", "2026-03-02T09:01:00Z", &[]).0, 0);
    let admitted = place.0.path("admitted");
    copy(&kept, &admitted);

    // Another plan in its place, though it was admitted too; and what is kept beside it, likewise.
    for name in ["tfplan", "kept.json"] {
        fs::copy(place.0.path("kept/other").join(name), kept.join(name)).unwrap();
        assert_eq!(refused(&place, "dev", "2026-03-02T09:02:00Z"), ["subject.plan_unrecorded"]);
        copy(&admitted, &kept);
    }
    // One byte: the time of a file in the archive, which Terraform does not care about; and one that it does.
    for (position, codes) in [(10, "subject.plan_unrecorded"), (200, "terraform.failed")] {
        let mut bytes = fs::read(kept.join("tfplan")).unwrap();
        bytes[position] ^= 1;
        fs::write(kept.join("tfplan"), bytes).unwrap();
        assert_eq!(refused(&place, "dev", "2026-03-02T09:03:00Z"), [codes], "{position}");
        copy(&admitted, &kept);
    }
    // Another seed.
    let text = fs::read_to_string(kept.join("kept.json")).unwrap();
    fs::write(kept.join("kept.json"), text.replace("seed\": \"", "seed\": \"0")).unwrap();
    assert_eq!(refused(&place, "dev", "2026-03-02T09:04:00Z"), ["subject.plan_unrecorded"]);
    fs::remove_file(kept.join("kept.json")).unwrap();
    assert_eq!(refused(&place, "dev", "2026-03-02T09:04:00Z"), ["io"]);
    copy(&admitted, &kept);

    assert_eq!(place.apply("dev", "2026-03-02T09:05:00Z").0, 0);
    assert_eq!(refused(&place, "dev", "2026-03-02T09:06:00Z"), ["terraform.moved"]);
    // Terraform itself would apply it again where the state is fresh.
    fs::remove_dir_all(place.0.path("infra/terraform.tfstate.d/dev")).unwrap();
    fs::create_dir(place.0.path("infra/terraform.tfstate.d/dev")).unwrap();
    assert_eq!(refused(&place, "dev", "2026-03-02T09:07:00Z"), ["subject.plan_spent"]);
    place.verify();
}

#[test]
fn a_plan_is_applied_in_its_own_workspace_and_stage() {
    let place = Place::new();
    assert_eq!(place.plan("dev", "2026-03-02T09:00:00Z", &[]).0, 0);
    place.select("stage");
    // Terraform itself would apply it here.
    assert_eq!(refused(&place, "dev", "2026-03-02T09:01:00Z"), ["terraform.moved"]);
    let kept = place.0.path("kept/dev/kept.json");
    let text = fs::read_to_string(&kept).unwrap();
    fs::write(&kept, text.replace("\"dev\"", "\"stage\"")).unwrap();
    let codes = refused(&place, "dev", "2026-03-02T09:02:00Z");
    assert!(codes.contains(&"subject.plan_unrecorded".to_owned()), "{codes:?}");
    assert!(codes.contains(&"target.mismatch".to_owned()), "{codes:?}");
    fs::write(&kept, text).unwrap();
    place.select("dev");
    fs::rename(place.0.path("kept/dev"), place.0.path("kept/stage")).unwrap();
    let codes = refused(&place, "stage", "2026-03-02T09:03:00Z");
    assert!(codes.contains(&"subject.plan_unrecorded".to_owned()), "{codes:?}");
    // Another state.
    fs::rename(place.0.path("kept/stage"), place.0.path("kept/dev")).unwrap();
    place.terraform(&["apply", "-auto-approve"]);
    assert_eq!(refused(&place, "dev", "2026-03-02T09:04:00Z"), ["terraform.moved"]);
}

// Requirements: R135.
#[test]
fn a_workspace_is_no_other_stack_whatever_is_said() {
    let place = Place::new();
    place.select("prod");
    let plan = Place::arguments("plan", "dev", "2026-03-02T09:00:00Z");
    let of_dev = |said: &[&'static str]| {
        why(place.json(&[plan.as_slice(), said, &["--", "-chdir=infra"]].concat()))
    };
    assert_eq!(of_dev(&[]), ["target.mismatch"]);
    assert_eq!(of_dev(&["--stack", "dev"]), ["input.invalid_value"]);
    assert!(!place.0.path("kept/dev").exists());
}

// Requirements: R385.
#[test]
fn neither_after_a_permit_expired_nor_after_drift_was_found() {
    let place = Place::new();
    place.through("dev", "2026-03-02T09:00:00Z");
    place.through("stage", "2026-03-02T09:30:00Z");
    place.select("prod");
    assert_eq!(place.plan("prod", "2026-03-02T10:00:00Z", &[]).0, 0);
    place.approve("2026-03-02T10:01:00Z");
    // The promotion spends the approval, and its permit lasts an hour.
    let promote = |at| {
        let mut arguments = vec!["admit", "--action", "promote", "--plan", "kept/prod/plan.json"];
        arguments.extend(Place::arguments("apply", "prod", at).into_iter().skip(4));
        arguments.extend(["--stack", "prod"]);
        place.json(&arguments)
    };
    let (code, promoted) = promote("2026-03-02T10:02:00Z");
    assert_eq!(code, 0, "{promoted:#}");
    assert_eq!(refused(&place, "prod", "2026-03-02T11:03:00Z"), ["approval.missing"]);
    place.approve("2026-03-02T11:04:00Z");
    let (code, incident) = place.json(&[
        "record",
        "incident",
        "drift",
        "--stage",
        "prod",
        "--asset",
        "web",
        "--resource",
        "terraform_data.web",
        "--actor",
        "ci-checks",
        "--channel",
        "ci",
        "--at",
        "2026-03-02T11:05:00Z",
    ]);
    assert_eq!(code, 0, "{incident:#}");
    assert_eq!(refused(&place, "prod", "2026-03-02T11:06:00Z"), ["incident.open"]);
}

#[test]
fn an_application_that_was_admitted_elsewhere_is_not_begun_again() {
    let place = Place::new();
    assert_eq!(place.plan("dev", "2026-03-02T09:00:00Z", &[]).0, 0);
    let mut apply = Place::arguments("apply", "dev", "2026-03-02T09:01:00Z");
    apply.extend(["--id", "apply-1"]);
    let mut admit =
        vec!["admit", "--action", "apply", "--plan", "kept/dev/plan.json", "--stack", "dev"];
    admit.extend(&apply[4..]);
    assert_eq!(place.json(&admit).0, 0);
    assert_eq!(why(place.json(&apply)), ["terraform.repeated"]);
    // Under another id it is another application, and nobody knows how that one ended.
    let codes = refused(&place, "dev", "2026-03-02T09:02:00Z");
    assert!(codes.contains(&"boundary.pending".to_owned()), "{codes:?}");
    let shown = place.command(&Place::arguments("apply", "dev", "2026-03-02T09:03:00Z")).output();
    let shown = String::from_utf8(shown.unwrap().stderr).unwrap();
    assert!(shown.contains("poundlock record outcome --permit sha256:"), "{shown}");
    assert_eq!(place.applied(), Vec::<String>::new());
}

#[test]
fn what_would_change_terraform_is_refused() {
    let place = Place::new();
    assert_eq!(place.plan("dev", "2026-03-02T09:00:00Z", &[]).0, 0);
    place.write(
        "overrides.tfrc",
        "provider_installation {\n  dev_overrides { \"acme/x\" = \"/x\" }\n  direct {}\n}\n",
    );
    let overrides = place.0.path("overrides.tfrc").display().to_string();
    for (name, value) in [
        ("TF_CLI_ARGS", "-no-color"),
        ("TF_CLI_ARGS_apply", "-target=terraform_data.web"),
        ("TF_REATTACH_PROVIDERS", "{}"),
        ("TF_LOG", "trace"),
        ("TF_CLI_CONFIG_FILE", &overrides),
    ] {
        let mut command = place.command(&Place::arguments("apply", "dev", "2026-03-02T09:01:00Z"));
        let output = command.args(["--format", "json"]).env(name, value).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["error"]["code"], "terraform.environment", "{name}");
        assert_eq!(output.status.code(), Some(2));
    }
    for argument in ["-auto-approve", "-target=terraform_data.web", "-var=size=2", "other.tfplan"] {
        let mut arguments = Place::arguments("apply", "dev", "2026-03-02T09:01:00Z");
        arguments.extend(["--", argument]);
        assert_eq!(why(place.json(&arguments)), ["terraform.argument"], "{argument}");
    }
    let mut elsewhere = Place::arguments("apply", "dev", "2026-03-02T09:01:00Z");
    elsewhere.extend(["--", "-chdir=."]);
    assert_eq!(why(place.json(&elsewhere)), ["terraform.moved"]);
    assert_eq!(place.applied(), Vec::<String>::new());
    assert_eq!(place.apply("dev", "2026-03-02T09:02:00Z").0, 0);
}

/// A program in Terraform's place that does something else where it is to apply.
fn pretender(place: &Place, does: &str) -> String {
    use std::os::unix::fs::PermissionsExt as _;
    let real = super::place::terraform();
    let script = format!(
        "#!/bin/sh\ncase \"$*\" in *' apply '*) {does};; esac\nexec {} \"$@\"\n",
        real.display()
    );
    place.write("terraform", &script);
    let path = place.0.path("terraform");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

#[test]
fn nothing_is_claimed_that_nobody_knows() {
    for (does, exit, result) in [
        ("exit 0", 2, "unknown"),
        ("kill -9 $$", 2, "unknown"),
        ("echo '{}' > infra/errored.tfstate; exit 1", 2, "unknown"),
        ("exit 1", 1, "failed"),
    ] {
        let place = Place::new();
        assert_eq!(place.plan("dev", "2026-03-02T09:00:00Z", &[]).0, 0);
        let program = pretender(&place, does);
        let mut arguments = Place::arguments("apply", "dev", "2026-03-02T09:01:00Z");
        arguments.extend(["--binary", &program]);
        let (code, answer) = place.json(&arguments);
        assert_eq!((code, &answer["outcome"]["result"]), (exit, &json!(result)), "{does}");
        assert_eq!(answer["record"]["verdict"], "allow", "{does}");
        assert_eq!(place.plan("dev", "2026-03-02T09:02:00Z", &[]).0, 0);
        let denied = place.apply("dev", "2026-03-02T09:03:00Z");
        match result {
            "failed" => assert_eq!(denied.0, 0),
            _ => assert_eq!(why(denied), ["boundary.pending"], "{does}"),
        }
    }
}
