//! What must not be applied: Terraform is never started.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{common::denials, place::Place};

/// What an application was refused for: the codes of a denial, or the code of an error.
fn refused(place: &Place, stage: &str) -> Vec<String> {
    let before = place.applied();
    let answer = place.apply(stage);
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
    let mut shared = Place::arguments("plan", "dev");
    shared[3] = "kept/other";
    shared.extend(["--", "-chdir=infra", "-var=size=2"]);
    assert_eq!(place.json(&shared).0, 0);
    assert_eq!(place.plan("dev", &[]).0, 0);
    let admitted = place.0.path("admitted");
    copy(&kept, &admitted);

    // Another plan in its place, though it was admitted too; and what is kept beside it, likewise.
    for name in ["tfplan", "kept.json"] {
        fs::copy(place.0.path("kept/other").join(name), kept.join(name)).unwrap();
        assert_eq!(refused(&place, "dev"), ["subject.plan_unrecorded"]);
        copy(&admitted, &kept);
    }
    // One byte: the time of a file in the archive, which Terraform does not care about; and one that it does.
    for (position, codes) in [(10, "subject.plan_unrecorded"), (200, "terraform.failed")] {
        let mut bytes = fs::read(kept.join("tfplan")).unwrap();
        bytes[position] ^= 1;
        fs::write(kept.join("tfplan"), bytes).unwrap();
        assert_eq!(refused(&place, "dev"), [codes], "{position}");
        copy(&admitted, &kept);
    }
    // Another seed.
    let text = fs::read_to_string(kept.join("kept.json")).unwrap();
    fs::write(kept.join("kept.json"), text.replace("seed\": \"", "seed\": \"0")).unwrap();
    assert_eq!(refused(&place, "dev"), ["subject.plan_unrecorded"]);
    fs::remove_file(kept.join("kept.json")).unwrap();
    assert_eq!(refused(&place, "dev"), ["io"]);
    copy(&admitted, &kept);

    let (code, applied) = place.apply("dev");
    assert_eq!(code, 0, "{applied:#}");
    // Whoever asks once more is told when it was.
    let (code, again) = place.apply("dev");
    assert_eq!((code, &again["error"]["code"]), (2, &json!("terraform.moved")));
    let entry = applied["admission"]["entry"].as_str().unwrap();
    assert!(again["error"]["message"].as_str().unwrap().contains(entry), "{again:#}");
    // Terraform itself would apply it again where the state is fresh.
    fs::remove_dir_all(place.0.path("infra/terraform.tfstate.d/dev")).unwrap();
    fs::create_dir(place.0.path("infra/terraform.tfstate.d/dev")).unwrap();
    assert_eq!(refused(&place, "dev"), ["subject.plan_spent"]);
    place.verify();
}

#[test]
fn a_plan_is_applied_in_its_own_workspace_and_stage() {
    let place = Place::new();
    assert_eq!(place.plan("dev", &[]).0, 0);
    place.select("stage");
    // Terraform itself would apply it here.
    assert_eq!(refused(&place, "dev"), ["terraform.moved"]);
    let kept = place.0.path("kept/dev/kept.json");
    let text = fs::read_to_string(&kept).unwrap();
    fs::write(&kept, text.replace("\"dev\"", "\"stage\"")).unwrap();
    let codes = refused(&place, "dev");
    assert!(codes.contains(&"subject.plan_unrecorded".to_owned()), "{codes:?}");
    assert!(codes.contains(&"target.mismatch".to_owned()), "{codes:?}");
    fs::write(&kept, text).unwrap();
    place.select("dev");
    fs::rename(place.0.path("kept/dev"), place.0.path("kept/stage")).unwrap();
    let codes = refused(&place, "stage");
    assert!(codes.contains(&"subject.plan_unrecorded".to_owned()), "{codes:?}");
    // Another state.
    fs::rename(place.0.path("kept/stage"), place.0.path("kept/dev")).unwrap();
    place.terraform(&["apply", "-auto-approve"]);
    assert_eq!(refused(&place, "dev"), ["terraform.moved"]);
}

// Requirements: R063.
#[test]
fn a_plan_of_a_state_that_was_altered_since_is_not_applied() {
    let place = Place::new();
    place.through("dev");
    assert_eq!(place.plan("dev", &["-var=size=2"]).0, 0);
    // Terraform itself would apply it: lineage and serial number are the same.
    place.alter_state("dev", "\"value\": \"1\"", "\"value\": \"3\"");
    assert_eq!(refused(&place, "dev"), ["terraform.moved"]);
    place.alter_state("dev", "\"value\": \"3\"", "\"value\": \"1\"");
    assert_eq!(place.apply("dev").0, 0);
}

// Requirements: R135.
#[test]
fn a_workspace_is_no_other_stack_whatever_is_said() {
    let place = Place::new();
    place.select("prod");
    let plan = Place::arguments("plan", "dev");
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
    place.through("dev");
    place.through("stage");
    place.select("prod");
    assert_eq!(place.plan("prod", &[]).0, 0);
    // The same again, two hours ago, up to the promotion: it spends the approval, and its permit lasts an hour.
    fs::remove_dir_all(place.0.path("poundlock/ledger")).unwrap();
    let ago = (jiff::Timestamp::now() - jiff::SignedDuration::from_hours(2)).to_string();
    let then = |arguments: &[&str]| {
        let (code, answer) = place.json(&[arguments, &["--at", &ago]].concat());
        assert_eq!(code, 0, "{answer:#}");
        answer
    };
    then(&["init", "--origin", "test/web"]);
    let admit = |action: &str, stage: &str| {
        let as_whom = if action == "plan" { "plan" } else { "apply" };
        let plan = format!("kept/{stage}/plan.json");
        let mut arguments = vec!["admit", "--action", action, "--plan", &plan, "--stack", stage];
        arguments.extend(Place::arguments(as_whom, stage).into_iter().skip(4));
        then(&arguments)
    };
    for stage in ["dev", "stage"] {
        admit("plan", stage);
        let admitted = admit("apply", stage);
        let permit = admitted["entry"].as_str().unwrap();
        let outcome = ["record", "outcome", "--permit", permit, "--result", "succeeded"];
        then(&[&outcome[..], &["--actor", "ci-apply", "--channel", "ci"]].concat());
    }
    admit("plan", "prod");
    place.approve(&["--at", &ago]);
    admit("promote", "prod");
    assert_eq!(refused(&place, "prod"), ["approval.missing"]);
    place.approve(&[]);
    let incident = ["record", "incident", "drift", "--stage", "prod", "--asset", "web"];
    let found = ["--resource", "terraform_data.web", "--actor", "ci-checks", "--channel", "ci"];
    let (code, incident) = place.json(&[&incident[..], &found].concat());
    assert_eq!(code, 0, "{incident:#}");
    assert_eq!(refused(&place, "prod"), ["incident.open"]);
}

#[test]
fn an_application_that_was_admitted_elsewhere_is_not_begun_again() {
    let place = Place::new();
    assert_eq!(place.plan("dev", &[]).0, 0);
    let mut apply = Place::arguments("apply", "dev");
    apply.extend(["--id", "apply-1"]);
    let mut admit =
        vec!["admit", "--action", "apply", "--plan", "kept/dev/plan.json", "--stack", "dev"];
    admit.extend(&apply[4..]);
    assert_eq!(place.json(&admit).0, 0);
    assert_eq!(why(place.json(&apply)), ["terraform.repeated"]);
    // Under another id it is another application, and nobody knows how that one ended.
    let codes = refused(&place, "dev");
    assert!(codes.contains(&"boundary.pending".to_owned()), "{codes:?}");
    let shown = place.command(&Place::arguments("apply", "dev")).output();
    let shown = String::from_utf8(shown.unwrap().stderr).unwrap();
    assert!(shown.contains("poundlock record outcome --permit sha256:"), "{shown}");
    assert_eq!(place.applied(), Vec::<String>::new());
}

#[test]
fn what_would_change_terraform_is_refused() {
    let place = Place::new();
    assert_eq!(place.plan("dev", &[]).0, 0);
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
        ("TF_TEMP_LOG_PATH", "trace.log"),
        ("TF_FORCE_LOCAL_BACKEND", "1"),
        ("TF_CLOUD_PLUGIN_DEV_OVERRIDE", "/x"),
        ("TF_DISABLE_PLUGIN_TLS", "1"),
        ("TF_CLI_CONFIG_FILE", &overrides),
    ] {
        let mut command = place.command(&Place::arguments("apply", "dev"));
        let output = command.args(["--format", "json"]).env(name, value).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(answer["error"]["code"], "terraform.environment", "{name}");
        assert_eq!(output.status.code(), Some(2));
    }
    for argument in ["-auto-approve", "-target=terraform_data.web", "-var=size=2", "other.tfplan"] {
        let mut arguments = Place::arguments("apply", "dev");
        arguments.extend(["--", argument]);
        assert_eq!(why(place.json(&arguments)), ["terraform.argument"], "{argument}");
    }
    let in_directory =
        |chdir| place.json(&[&Place::arguments("apply", "dev")[..], &["--", chdir]].concat());
    for elsewhere in ["-chdir=.", "-chdir=nowhere"] {
        assert_eq!(why(in_directory(elsewhere)), ["terraform.moved"]);
    }
    // A plan is applied when it is applied, and in no window of somebody's choice.
    let mut then = Place::arguments("apply", "dev");
    then.extend(["--at", "2026-03-02T09:00:00Z"]);
    assert_eq!(why(place.json(&then)), ["input.invalid_value"]);
    // Of a state that is yet to be, the place is all that is known.
    fs::rename(place.0.path("infra"), place.0.path("moved")).unwrap();
    assert_eq!(refused(&place, "dev"), ["terraform.moved"]);
    assert_eq!(why(in_directory("-chdir=moved")), ["terraform.moved"]);
    fs::rename(place.0.path("moved"), place.0.path("infra")).unwrap();
    assert_eq!(place.applied(), Vec::<String>::new());
    assert_eq!(in_directory("-chdir=./infra").0, 0);
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
        assert_eq!(place.plan("dev", &[]).0, 0);
        let program = pretender(&place, does);
        let mut arguments = Place::arguments("apply", "dev");
        arguments.extend(["--binary", &program]);
        let (code, answer) = place.json(&arguments);
        assert_eq!((code, &answer["outcome"]["result"]), (exit, &json!(result)), "{does}");
        assert_eq!(answer["record"]["verdict"], "allow", "{does}");
        assert_eq!(place.plan("dev", &[]).0, 0);
        let denied = place.apply("dev");
        match result {
            "failed" => {
                assert_eq!(denied.0, 0);
                // A state that is there would tell of what was created.
                place.write("infra/more.tf", "resource \"terraform_data\" \"more\" {}");
                assert_eq!(place.plan("dev", &[]).0, 0);
                pretender(&place, "exit 0");
                let (code, answer) = place.json(&arguments);
                assert_eq!((code, &answer["outcome"]["result"]), (2, &json!("unknown")));
            }
            _ => assert_eq!(why(denied), ["boundary.pending"], "{does}"),
        }
    }
}
