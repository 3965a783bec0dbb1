//! A change from dev to prod.

use std::fs;

use serde_json::json;

use super::{
    common::{COMMIT, denials},
    place::{Place, said},
};

// Requirements: R051.
#[test]
fn a_change_goes_from_dev_to_prod_and_what_was_done_is_recorded() {
    let place = Place::new();
    let applied = place.through("dev");
    let outcome = &applied["outcome"];
    assert_eq!(outcome["result"], "succeeded");
    assert_eq!(outcome["execution"]["exitCode"], 0);
    assert_eq!(
        outcome["changed"]["created"],
        json!(["terraform_data.secret", "terraform_data.web"])
    );
    assert_eq!(outcome["changed"]["altered"], json!([]));
    assert_eq!(outcome["state"]["before"], 0);
    assert!(outcome["state"]["after"].as_u64() > Some(0));
    // The same is in the record.
    let (_, entry) = place.json(&["show", &applied["record"]["sequence"].to_string()]);
    assert_eq!(entry["body"]["fact"]["fact"]["outcome"]["execution"], outcome["execution"]);
    assert_eq!(outcome["execution"]["tool"], "terraform");
    assert_eq!(outcome["execution"]["changed"]["created"], 2);

    place.through("stage");

    place.select("prod");
    assert_eq!(place.plan("prod", &[]).0, 0);
    let (code, denied) = place.apply("prod");
    assert_eq!((code, denials(&denied["admission"])), (1, vec!["approval.missing".to_owned()]));
    assert_eq!(place.applied().len(), 4, "Terraform was not started");
    place.approve(&[]);
    assert_eq!(place.apply("prod").0, 0);
    assert_eq!(place.applied().len(), 6);

    // The next change goes on from the state that was left.
    place.select("dev");
    let next = "e5bd3914e2e596cf0a4a1aa3f8bc05a6cf0a4a1a";
    let of = |what, commit: &'static str, terraform: &[&str]| {
        let mut arguments = Place::arguments(what, "dev");
        let place_of = arguments.iter().position(|it| *it == COMMIT).unwrap();
        arguments[place_of] = commit;
        place.json(&[&arguments[..], terraform].concat())
    };
    let (code, planned) = of("plan", next, &["--", "-chdir=infra", "-var=size=2"]);
    assert_eq!(code, 0, "{planned:#}");
    let (code, again) = of("apply", next, &[]);
    assert_eq!(code, 0, "{again:#}");
    assert_eq!(again["outcome"]["state"]["before"], applied["outcome"]["state"]["after"]);
    assert_eq!(again["outcome"]["changed"]["altered"], json!(["terraform_data.web"]));

    // The way back is a new plan of the older commit.
    let (code, planned) = place.plan("dev", &[]);
    assert_eq!(code, 0, "{planned:#}");
    let (code, back) = of("apply", COMMIT, &["--action", "rollback"]);
    assert_eq!(code, 0, "{back:#}");
    assert_eq!(back["outcome"]["changed"]["altered"], json!(["terraform_data.web"]));

    let (_, status) = place.json(&["status"]);
    assert_eq!(status["deployments"].as_array().unwrap().len(), 3);
    assert_eq!(status["pending"], json!([]));
    assert_eq!(status.get("incidents"), None, "no state was written elsewhere: {status:#}");
    place.verify();
}

// Requirements: R059, R063.
#[test]
fn what_was_applied_around_it_opens_an_incident() {
    let place = Place::new();
    place.through("dev");
    place.terraform(&["apply", "-auto-approve", "-var=size=2"]);
    place.through("dev");
    let (_, status) = place.json(&["status"]);
    assert_eq!(status["incidents"][0]["kind"], "bypass", "{status:#}");
}

// Requirements: R063, R141, R385.
#[test]
fn a_look_for_drift_hides_no_bypass() {
    let place = Place::new();
    place.through("dev");
    assert_eq!(place.drift("dev", "infra").0, 0);
    place.terraform(&["apply", "-auto-approve", "-var=size=2"]);
    let incidents = || place.json(&["status"]).1["incidents"].clone();
    let (code, found) = place.drift("dev", "infra");
    assert_eq!((code, &found["found"]), (1, &json!(false)), "{found:#}");
    let entry = found["admission"]["entry"].clone();
    assert_eq!(found["bypasses"], json!([entry]));
    assert_eq!((&incidents()[0]["kind"], &incidents()[0]["entry"]), (&json!("bypass"), &entry));
    // As long as it is open, no look is a clean one, and none opens another.
    let (code, again) = place.drift("dev", "infra");
    assert_eq!((code, &again["bypasses"]), (1, &json!([entry])), "{again:#}");
    place.resolve(&entry);
    let (code, clean) = place.drift("dev", "infra");
    assert_eq!((code, &clean["bypasses"]), (0, &json!([])), "{clean:#}");
    // The next outcome goes on from there.
    place.through("dev");
    assert_eq!(place.drift("dev", "infra").0, 0);
    assert_eq!(incidents(), json!(null));
    place.verify();
}

// Requirements: R063, R141.
#[test]
fn a_state_that_another_took_the_place_of_is_accounted_for_by_who_reports_it() {
    let place = Place::new();
    place.through("dev");
    let file = "infra/terraform.tfstate.d/dev/terraform.tfstate";
    fs::remove_file(place.0.path(file)).unwrap();
    place.terraform(&["apply", "-auto-approve", "-var=size=2"]);
    let (code, refused) = place.drift("dev", "infra");
    assert_eq!((code, &refused["error"]["code"]), (2, &json!("terraform.moved")));
    let state: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(place.0.path(file)).unwrap()).unwrap();
    let (lineage, serial) = (state["lineage"].as_str().unwrap(), state["serial"].to_string());
    let report = ["record", "incident", "bypass", "--stage", "dev", "--asset", "web"];
    let state = ["--state", lineage, "--state-serial", &serial];
    let who = ["--actor", "ci-checks", "--channel", "ci"];
    let (code, opened) = place.json(&[&report[..], &state, &who].concat());
    assert_eq!(code, 0, "{opened:#}");
    assert_eq!(place.drift("dev", "infra").0, 1);
    place.resolve(&opened["entry"]);
    assert_eq!(place.drift("dev", "infra").0, 0);
    place.through("dev");
    assert_eq!(place.json(&["status"]).1.get("incidents"), None);
    place.verify();
}

// Requirements: R063, R141.
#[test]
fn a_state_that_was_altered_under_its_serial_number_is_a_bypass() {
    let place = Place::new();
    assert_eq!(place.plan("dev", &[]).0, 0);
    let nonce = ["--state-nonce", "kept/state.nonce"];
    // Nobody compares with what was never told.
    assert_eq!(place.look("dev", "infra", &nonce).0, 2);
    let apply = [&Place::arguments("apply", "dev")[..], &nonce].concat();
    let (code, applied) = place.json(&apply);
    assert_eq!(code, 0, "{applied:#}");
    let look = || {
        let (code, answer) = place.look("dev", "infra", &nonce);
        assert_eq!(answer["found"], false, "{answer:#}");
        (code, answer["bypasses"].clone())
    };
    // Whoever looks has to compare.
    let (code, denied) = place.drift("dev", "infra");
    assert_eq!((code, denials(&denied["admission"])), (1, vec!["fact.state_missing".to_owned()]));

    // What Terraform writes anew without a change is no alteration, and neither is another form.
    assert_eq!(look(), (0, json!([])));
    place.terraform(&["apply", "-auto-approve"]);
    place.terraform(&["refresh"]);
    place.alter_state("dev", "\"serial\": ", "\n\n\"serial\":");
    assert_eq!(look(), (0, json!([])));

    place.alter_state("dev", "\"value\": \"1\"", "\"value\": \"3\"");
    let (code, opened) = look();
    assert_eq!((code, opened.as_array().unwrap().len()), (1, 1));
    assert_eq!(look(), (1, opened.clone()));
    place.resolve(&opened[0]);
    assert_eq!(look(), (0, json!([])));

    // Where nobody looks, the next outcome tells.
    place.alter_state("dev", "\"value\": \"3\"", "\"value\": \"4\"");
    assert_eq!(place.plan("dev", &["-var=size=2"]).0, 0);
    assert_eq!(place.json(&apply).0, 0);
    let (_, status) = place.json(&["status"]);
    assert_eq!(status["incidents"][0]["kind"], "bypass", "{status:#}");

    // A job that has not the nonce says so: it cannot tell.
    for (size, nonce) in [("-var=size=3", &["--state-nonce", "kept/new"][..]), ("-var=size=4", &[])]
    {
        assert_eq!(place.plan("dev", &[size]).0, 0);
        let apply = [&Place::arguments("apply", "dev")[..], nonce].concat();
        let applied = place.command(&apply).output().unwrap();
        assert_eq!(applied.status.code(), Some(0));
        assert!(said(&applied).contains("whether it was altered"), "{}", said(&applied));
    }
    place.verify();
}

#[test]
fn what_the_policies_deny_is_not_kept() {
    let place = Place::new();
    let (code, denied) = place.plan("dev", &["-var=size=huge"]);
    assert_eq!((code, denials(&denied["admission"])), (1, vec!["policy.failed".to_owned()]));
    assert!(!place.0.path("kept/dev").exists());
    // Nor does it replace what was kept before.
    assert_eq!(place.plan("dev", &[]).0, 0);
    assert_eq!(place.plan("dev", &["-var", "size=huge"]).0, 1);
    assert_eq!(place.apply("dev").0, 0);
}

#[test]
fn an_application_that_fails_is_recorded_as_such() {
    let place = Place::new();
    // `sleep` refuses it.
    assert_eq!(place.plan("dev", &["-var=pause=x; exit 3; "]).0, 0);
    let (code, failed) = place.apply("dev");
    assert_eq!((code, &failed["outcome"]["result"]), (1, &json!("failed")), "{failed:#}");
    assert_eq!(failed["outcome"]["execution"]["exitCode"], 1);
    let (_, status) = place.json(&["status"]);
    assert_eq!((&status["deployments"], &status["pending"]), (&json!([]), &json!([])));
}

#[test]
fn somebody_looked_for_drift_and_found_none() {
    let place = Place::new();
    place.through("dev");
    let (code, found) = place.drift("dev", "infra");
    assert_eq!((code, &found["found"]), (0, &json!(false)), "{found:#}");
    let look = ["terraform", "drift", "--stage", "dev", "--asset", "web", "--channel", "ci"];
    let (code, denied) =
        place.json(&[&look[..], &["--actor", "ci-plan", "--", "-chdir=infra"]].concat());
    assert_eq!((code, denials(&denied["admission"])), (1, vec!["fact.not_recorder".to_owned()]));

    // Whoever looks elsewhere has seen nothing of what was deployed, and nothing is recorded.
    let entries = || place.json(&["status"]).1["entries"].clone();
    let before = entries();
    let elsewhere = |chdir| {
        let (code, answer) = place.drift("dev", chdir);
        (code, answer["error"]["code"].clone())
    };
    fs::create_dir(place.0.path("empty")).unwrap();
    assert_eq!(elsewhere("empty"), (2, json!("terraform.moved")));
    // A workspace of the same name, in another directory.
    place.write("copy/main.tf", &fs::read_to_string(place.0.path("infra/main.tf")).unwrap());
    place.write("copy/.terraform/environment", "dev");
    assert_eq!(elsewhere("copy"), (2, json!("terraform.moved")));
    place.select("stage");
    assert_eq!(elsewhere("infra"), (2, json!("input.invalid_value")));
    assert_eq!(entries(), before);
}

#[test]
fn people_see_what_terraform_says_and_what_came_of_it() {
    let place = Place::new();
    let mut arguments = Place::arguments("plan", "dev");
    arguments.extend(["--", "-chdir=infra", "-no-color"]);
    let planned = place.command(&arguments).output().unwrap();
    let shown = String::from_utf8_lossy(&planned.stdout).into_owned();
    assert!(shown.contains("# terraform_data.web will be created"), "{}", said(&planned));
    assert!(shown.contains("ALLOW"));
    let applied = place.command(&Place::arguments("apply", "dev")).output();
    let shown = said(&applied.unwrap());
    assert!(shown.contains("Apply complete!") && shown.contains("succeeded"), "{shown}");
    assert!(!shown.contains(super::place::CANARY));
}
