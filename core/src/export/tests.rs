//! The forms hold what was found, whatever the texts hold.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::{limits, model::Enforcement};

fn finding(check: Check, outcome: Outcome, enforcement: Enforcement, message: &str) -> Finding {
    Finding {
        check,
        code: "policy.failed".into(),
        outcome,
        enforcement,
        subject: Some("storage/named".into()),
        resource: Some("aws_s3_bucket.logs[0]".into()),
        message: message.into(),
        remedy: Some(message.into()),
        reasons: Vec::new(),
    }
}

fn export(findings: &[Finding], mode: Mode) -> Export<'_> {
    let verdict = if findings.iter().any(Finding::denies) { Verdict::Deny } else { Verdict::Allow };
    let document = Some("plans/dev plan.json".to_owned());
    Export {
        verdict,
        mode,
        findings,
        counts: &[],
        packs: Vec::new(),
        document,
        declarations: Declarations::new(),
        title: None,
    }
}

fn levels(sarif: &Value) -> Vec<&str> {
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    results.iter().map(|result| result["level"].as_str().unwrap()).collect()
}

fn every_kind() -> Vec<Finding> {
    use Enforcement::{Advisory, Mandatory};
    vec![
        finding(Check::Policies, Outcome::Pass, Mandatory, "fine"),
        finding(Check::Policies, Outcome::Overridden, Mandatory, "waived"),
        finding(Check::Policies, Outcome::Unknown, Advisory, "who knows"),
        finding(Check::Policies, Outcome::Unknown, Mandatory, "who knows"),
        finding(Check::Policies, Outcome::Fail, Mandatory, "no name"),
    ]
}

#[test]
fn what_cannot_be_told_is_an_error_like_what_fails() {
    let findings = every_kind();
    let sarif = export(&findings, Mode::Enforce).sarif();
    assert_eq!(levels(&sarif), ["error", "error", "warning", "note"]);
    let overridden = &sarif["runs"][0]["results"][3];
    assert_eq!(overridden["suppressions"][0]["kind"], "external");
    let junit = export(&findings, Mode::Enforce).junit();
    assert_eq!((junit.matches("<failure ").count(), junit.matches("<skipped ").count()), (2, 2));
    assert!(junit.contains("tests=\"4\" failures=\"2\""));
}

#[test]
fn nothing_fails_where_nothing_is_enforced() {
    let findings = every_kind();
    let observed = export(&findings, Mode::Observe);
    assert!(!levels(&observed.sarif()).contains(&"error"));
    assert!(observed.junit().contains("failures=\"0\""));
    assert!(observed.markdown().contains("would be denied"));
}

#[test]
fn a_finding_is_where_its_resource_is_declared() {
    let findings = [finding(Check::Policies, Outcome::Fail, Enforcement::Mandatory, "no name")];
    for (line, shown) in [(Some(7), 7), (None, 1)] {
        let declared = Declaration { file: "shop.yaml".to_owned(), line };
        let declarations = Declarations::from([("aws_s3_bucket.logs[0]".to_owned(), declared)]);
        let sarif = export(&findings, Mode::Enforce).with_declarations(declarations).sarif();
        let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "shop.yaml");
        assert_eq!(place["region"]["startLine"], shown);
    }
}

#[test]
fn an_export_without_findings_still_says_that_something_was_asked() {
    let nothing = export(&[], Mode::Enforce);
    assert!(nothing.junit().contains("tests=\"1\" failures=\"0\""));
    assert_eq!(nothing.sarif()["runs"][0]["results"], serde_json::json!([]));
    assert!(nothing.markdown().contains("ALLOW"));
}

#[test]
fn a_fingerprint_outlives_another_message() {
    let of = |message| {
        let findings = [finding(Check::Policies, Outcome::Fail, Enforcement::Mandatory, message)];
        let sarif = export(&findings, Mode::Enforce).sarif();
        sarif["runs"][0]["results"][0]["partialFingerprints"].clone()
    };
    assert_eq!(of("5 exceeds 4"), of("6 exceeds 4"));
}

#[test]
fn a_path_is_no_scheme() {
    let findings = every_kind();
    let mut export = export(&findings, Mode::Enforce);
    for (path, uri) in [("dev plan.json", "dev%20plan.json"), ("a:b?#c", "a%3Ab%3F%23c")] {
        export.document = Some(path.into());
        let location = &export.sarif()["runs"][0]["results"][0]["locations"][0];
        assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], uri);
    }
}

#[test]
fn a_summary_is_bounded_and_says_so() {
    let many: Vec<Finding> = every_kind().into_iter().cycle().take(1000).collect();
    let summary = export(&many, Mode::Enforce).markdown();
    let rows = summary.lines().filter(|line| line.starts_with("| ")).count();
    assert_eq!(rows, limits::SUMMARY_FINDINGS + 1);
    assert!(summary.contains("And 750 more."));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever a text holds, it stays within its cell, attribute or element.
    #[test]
    fn no_text_leaves_its_place(text in r#"([<>&"'\]\[|@#`\\(){}!*_\n\r\x00-\x1f]|[a-z:./]|\PC){0,40}"#) {
        let findings = [finding(Check::Policies, Outcome::Fail, Enforcement::Mandatory, &text)];
        let export = export(&findings, Mode::Enforce);
        let markdown = export.markdown();
        let rows: Vec<&str> = markdown.lines().filter(|line| line.starts_with("| fail")).collect();
        prop_assert_eq!(rows.len(), 1);
        let cells = rows[0].replace("\\\\", "").replace("\\|", "").matches('|').count();
        prop_assert_eq!(cells, 6);
        for tag in rows[0].split('<').skip(1) {
            let ours = ["br>", "code>", "/code>", "!-- -->"];
            prop_assert!(ours.iter().any(|ours| tag.starts_with(ours)), "{}", tag);
        }
        let junit = export.junit();
        prop_assert_eq!(junit.matches('<').count(), 9);
        prop_assert!(!junit.chars().any(|c| c.is_control() && c != '\n'));
        let shown = export.sarif()["runs"][0]["results"][0]["message"]["text"].to_string();
        prop_assert!(!shown.replace("\\\\](", "").contains("]("));
    }
}
