//! Evidence with its report on the command line.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod common;

use std::fs;

use common::{Workplace, denials};
use serde_json::{Value, json};

fn image() -> String {
    format!("sha256:{}", "2b".repeat(32))
}

fn scan(place: &Workplace, result: &str, report: Option<&str>) -> (i32, Value) {
    let image = image();
    let mut arguments = vec!["record", "evidence", "--gate", "image-scan", "--result", result];
    arguments.extend(["--artifact", &image, "--actor", "github-actions-build"]);
    arguments.extend(["--claim", "repository=acme/web-service", "--channel", "ci"]);
    arguments.extend(["--at", "2026-03-02T09:00:00Z"]);
    arguments.extend(report.into_iter().flat_map(|file| ["--report", file]));
    place.json(&arguments)
}

// Requirements: R500, R502.
#[test]
fn a_scan_passes_as_far_as_its_report_bears_it_out() {
    let place = Workplace::governed();
    let report = |severity: &str| {
        json!({
            "SchemaVersion": 2, "CreatedAt": "2026-03-02T08:30:00Z", "Metadata": { "ImageID": image() },
            "Results": [{ "Target": "alpine", "Vulnerabilities": [{ "VulnerabilityID": "CVE-1", "PkgName": "openssl", "Severity": severity }] }],
        })
        .to_string()
    };
    fs::write(place.path("bad.json"), report("CRITICAL")).unwrap();
    fs::write(place.path("good.json"), report("LOW")).unwrap();
    fs::write(place.path("broken.json"), "{").unwrap();

    let (code, denied) = scan(&place, "pass", None);
    assert_eq!((code, denials(&denied)), (1, vec!["report.missing".to_owned()]));
    let (code, denied) = scan(&place, "pass", Some("bad.json"));
    assert_eq!((code, denials(&denied)), (1, vec!["report.failed".to_owned()]));
    let (code, error) = scan(&place, "pass", Some("broken.json"));
    assert_eq!((code, error["error"]["code"].as_str()), (2, Some("input.syntax")));
    // Nothing stands in the way of an objection.
    let (code, failed) = scan(&place, "fail", Some("broken.json"));
    assert_eq!(code, 0, "{failed:#}");

    let (code, passed) = scan(&place, "pass", Some("good.json"));
    assert_eq!(code, 0, "{passed:#}");
    // It was produced when its report says.
    let sequence = passed["sequence"].to_string();
    let (_, entry) = place.json(&["show", &sequence]);
    assert_eq!(entry["body"]["fact"]["fact"]["evidence"]["produced"], "2026-03-02T08:30:00Z");
}
