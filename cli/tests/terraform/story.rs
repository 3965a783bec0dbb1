//! A change from dev to prod.

use serde_json::json;

use super::{
    common::denials,
    place::{Place, said},
};

// Requirements: R051.
#[test]
fn a_change_goes_from_dev_to_prod_and_what_was_done_is_recorded() {
    let place = Place::new();
    let applied = place.through("dev", "2026-03-02T09:00:00Z");
    let outcome = &applied["outcome"];
    assert_eq!(outcome["result"], "succeeded");
    assert_eq!(outcome["exitCode"], 0);
    assert_eq!(
        outcome["changed"]["created"],
        json!(["terraform_data.secret", "terraform_data.web"])
    );
    assert_eq!(outcome["changed"]["altered"], json!([]));
    assert_eq!(outcome["state"]["before"], 0);
    assert!(outcome["state"]["after"].as_u64() > Some(0));

    place.through("stage", "2026-03-02T10:00:00Z");

    place.select("prod");
    assert_eq!(place.plan("prod", "2026-03-02T11:00:00Z", &[]).0, 0);
    let (code, denied) = place.apply("prod", "2026-03-02T11:01:00Z");
    assert_eq!((code, denials(&denied["admission"])), (1, vec!["approval.missing".to_owned()]));
    assert_eq!(place.applied().len(), 4, "Terraform was not started");
    place.approve("2026-03-02T11:02:00Z");
    assert_eq!(place.apply("prod", "2026-03-02T11:03:00Z").0, 0);
    assert_eq!(place.applied().len(), 6);

    // The next change goes on from the state that was left.
    place.select("dev");
    let (code, planned) = place.plan("dev", "2026-03-02T12:00:00Z", &["-var=size=2"]);
    assert_eq!(code, 0, "{planned:#}");
    let (code, again) = place.apply("dev", "2026-03-02T12:01:00Z");
    assert_eq!(code, 0, "{again:#}");
    assert_eq!(again["outcome"]["state"]["before"], applied["outcome"]["state"]["after"]);
    assert_eq!(again["outcome"]["changed"]["altered"], json!(["terraform_data.web"]));

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
    place.through("dev", "2026-03-02T09:00:00Z");
    place.terraform(&["apply", "-auto-approve", "-var=size=2"]);
    place.through("dev", "2026-03-02T10:00:00Z");
    let (_, status) = place.json(&["status"]);
    assert_eq!(status["incidents"][0]["kind"], "bypass", "{status:#}");
}

#[test]
fn what_the_policies_deny_is_not_kept() {
    let place = Place::new();
    let (code, denied) = place.plan("dev", "2026-03-02T09:00:00Z", &["-var=size=huge"]);
    assert_eq!((code, denials(&denied["admission"])), (1, vec!["policy.failed".to_owned()]));
    assert!(!place.0.path("kept/dev").exists());
    // Nor does it replace what was kept before.
    assert_eq!(place.plan("dev", "2026-03-02T09:01:00Z", &[]).0, 0);
    assert_eq!(place.plan("dev", "2026-03-02T09:02:00Z", &["-var", "size=huge"]).0, 1);
    assert_eq!(place.apply("dev", "2026-03-02T09:03:00Z").0, 0);
}

#[test]
fn an_application_that_fails_is_recorded_as_such() {
    let place = Place::new();
    // `sleep` refuses it.
    assert_eq!(place.plan("dev", "2026-03-02T09:00:00Z", &["-var=pause=x; exit 3; "]).0, 0);
    let (code, failed) = place.apply("dev", "2026-03-02T09:01:00Z");
    assert_eq!((code, &failed["outcome"]["result"]), (1, &json!("failed")), "{failed:#}");
    assert_eq!(failed["outcome"]["exitCode"], 1);
    let (_, status) = place.json(&["status"]);
    assert_eq!((&status["deployments"], &status["pending"]), (&json!([]), &json!([])));
}

#[test]
fn somebody_looked_for_drift_and_found_none() {
    let place = Place::new();
    place.through("dev", "2026-03-02T09:00:00Z");
    let look = ["terraform", "drift", "--stage", "dev", "--asset", "web", "--channel", "ci"];
    let rest = ["--at", "2026-03-02T10:00:00Z", "--", "-chdir=infra"];
    let (code, found) = place.json(&[&look[..], &["--actor", "ci-checks"], &rest].concat());
    assert_eq!((code, &found["found"]), (0, &json!(false)), "{found:#}");
    let (code, denied) = place.json(&[&look[..], &["--actor", "ci-plan"], &rest].concat());
    assert_eq!((code, denials(&denied["admission"])), (1, vec!["fact.not_recorder".to_owned()]));
}

#[test]
fn people_see_what_terraform_says_and_what_came_of_it() {
    let place = Place::new();
    let mut arguments = Place::arguments("plan", "dev", "2026-03-02T09:00:00Z");
    arguments.extend(["--", "-chdir=infra", "-no-color"]);
    let planned = place.command(&arguments).output().unwrap();
    let shown = String::from_utf8_lossy(&planned.stdout).into_owned();
    assert!(shown.contains("# terraform_data.web will be created"), "{}", said(&planned));
    assert!(shown.contains("ALLOW"));
    let applied = place.command(&Place::arguments("apply", "dev", "2026-03-02T09:01:00Z")).output();
    let shown = said(&applied.unwrap());
    assert!(shown.contains("Apply complete!") && shown.contains("succeeded"), "{shown}");
    assert!(!shown.contains(super::place::CANARY));
}
