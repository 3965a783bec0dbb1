#![allow(clippy::unwrap_used, reason = "in a test, stopping is what should happen")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::{
    digest::Digest,
    model::{Report, ReportFault as Fault, ReportFormat as Format, Severity},
};

fn read(format: Format, report: &Json) -> Report {
    Report::read(format, report.to_string().as_bytes()).unwrap()
}

fn refused(format: Format, report: &Json) -> &'static str {
    Report::read(format, report.to_string().as_bytes()).unwrap_err().code()
}

fn faults(report: &Report) -> Vec<Fault> {
    report.faults.iter().copied().collect()
}

/// Rule, severity, place, and whether it is suppressed.
fn results(report: &Report) -> Vec<(&str, Option<Severity>, Option<&str>, bool)> {
    let results = report.results.iter();
    results.map(|it| (&*it.rule, it.severity, it.location.as_deref(), it.suppressed)).collect()
}

/// The digests of what it says it is about.
fn about(report: &Report) -> BTreeSet<Digest> {
    report.subjects.iter().flat_map(|subject| subject.digests.clone()).collect()
}

fn web() -> Digest {
    Digest::of(b"web")
}

/// A run whose results stand beside it.
fn sarif_with_results_beside() -> Json {
    let mut whole = sarif(json!({ "results": [] }));
    whole.as_object_mut().unwrap().insert("inlineExternalProperties".to_owned(), json!([{}]));
    whole
}

fn sarif(run: Json) -> Json {
    let mut whole = json!({ "tool": { "driver": { "name": "Trivy", "rules": [
        { "id": "CVE-1", "defaultConfiguration": { "level": "note" }, "properties": { "security-severity": "9.8" } },
        { "id": "CVE-2", "defaultConfiguration": { "level": "error" } },
    ] } } });
    whole.as_object_mut().unwrap().extend(run.as_object().unwrap().clone());
    json!({ "version": "2.1.0", "runs": [whole] })
}

#[test]
fn sarif_says_which_tool_objects_to_what_and_where() {
    let report = read(
        Format::Sarif,
        &sarif(json!({
            "invocations": [{ "executionSuccessful": true, "endTimeUtc": "2026-03-02T08:00:00Z" }],
            "properties": { "imageID": Digest::of(b"config").to_string(), "repoDigests": [format!("acme/web@{}", web())] },
            "versionControlProvenance": [{ "repositoryUri": "https://example.org/web", "revisionId": "4f9c" }],
            "results": [
                { "ruleId": "CVE-1", "level": "note", "locations": [{ "physicalLocation": { "artifactLocation": { "uri": "usr/lib/ssl" } } }] },
                { "ruleIndex": 1 },
                { "ruleId": "own", "level": "warning", "suppressions": [{ "kind": "inSource" }] },
                { "ruleId": "own", "kind": "review" },
                { "ruleId": "fine", "kind": "pass" },
                { "ruleId": "gone", "baselineState": "absent" },
            ],
        })),
    );
    assert_eq!(report.tools, ["Trivy".to_owned()].into());
    assert_eq!(report.produced(), Some("2026-03-02T08:00:00Z".parse().unwrap()));
    assert_eq!(about(&report), [web(), Digest::of(b"config")].into());
    assert_eq!(faults(&report), []);
    assert_eq!(
        results(&report),
        [
            ("CVE-1", Some(Severity::Critical), Some("usr/lib/ssl"), false),
            ("CVE-2", Some(Severity::High), None, false),
            ("own", None, None, false),
            ("own", Some(Severity::Medium), None, true),
        ]
    );
}

/// A score that cannot be read is not made good by a result's own level.
#[test]
fn sarif_with_a_score_that_is_none_is_of_unknown_severity() {
    for score in ["-1", "11", "NaN", "high"] {
        let rules = json!([{ "id": "CVE-1", "properties": { "security-severity": score } }]);
        let tool = json!({ "driver": { "name": "Trivy", "rules": rules } });
        let run = json!({ "tool": tool, "results": [{ "ruleId": "CVE-1", "level": "note" }] });
        assert_eq!(
            results(&read(Format::Sarif, &sarif(run))),
            [("CVE-1", None, None, false)],
            "{score}"
        );
    }
}

#[test]
fn sarif_that_tells_of_no_whole_scan_says_so() {
    let none = || json!([]);
    for (report, fault) in [
        (json!({ "version": "2.1.0", "runs": [] }), Fault::Empty),
        (json!({ "version": "2.0.0", "runs": none() }), Fault::Version),
        (sarif_with_results_beside(), Fault::Incomplete),
        (sarif(json!({})), Fault::Incomplete),
        (
            sarif(json!({ "results": [], "externalPropertyFileReferences": { "results": [] } })),
            Fault::Incomplete,
        ),
        (
            sarif(json!({ "results": [], "invocations": [{ "executionSuccessful": false }] })),
            Fault::Execution,
        ),
        (sarif(json!({ "results": [], "invocations": [{}] })), Fault::Execution),
        (
            sarif(json!({ "results": [], "invocations": [{
                "executionSuccessful": true, "toolExecutionNotifications": [{ "level": "error", "message": {} }],
            }] })),
            Fault::Errors,
        ),
    ] {
        assert_eq!(faults(&read(Format::Sarif, &report)), [fault], "{report}");
    }
    assert_eq!(faults(&read(Format::Sarif, &sarif(json!({ "results": [] })))), []);
}

fn checkov(results: Json, summary: Json) -> Json {
    json!({ "check_type": "terraform", "results": results, "summary": summary })
}

#[test]
fn checkov_reports_checks_that_failed_or_were_skipped() {
    let terraform = checkov(
        json!({
            "passed_checks": [{ "check_id": "CKV_AWS_1" }],
            "failed_checks": [{ "check_id": "CKV_AWS_18", "severity": null, "resource": "aws_s3_bucket.logs", "file_path": "/main.tf" }],
            "skipped_checks": [{ "check_id": "CKV_AWS_21", "severity": "LOW", "resource": "aws_s3_bucket.logs" }],
            "parsing_errors": [],
        }),
        json!({ "passed": 1, "failed": 1, "skipped": 1, "parsing_errors": 0, "resource_count": 1 }),
    );
    for report in [terraform.clone(), json!([terraform])] {
        let report = read(Format::Checkov, &report);
        assert_eq!(faults(&report), []);
        assert_eq!(
            results(&report),
            [
                ("CKV_AWS_18", None, Some("aws_s3_bucket.logs"), false),
                ("CKV_AWS_21", Some(Severity::Low), Some("aws_s3_bucket.logs"), true),
            ]
        );
    }
}

#[test]
fn checkov_that_could_not_look_says_so() {
    let counts = |passed: u8, failed: u8, errors: u8| json!({ "passed": passed, "failed": failed, "skipped": 0, "parsing_errors": errors });
    let lists = json!({ "failed_checks": [], "parsing_errors": [] });
    for (report, expected) in [
        (counts(0, 0, 0), vec![Fault::Empty]),
        (json!([]), vec![Fault::Empty]),
        (checkov(lists.clone(), counts(3, 0, 1)), vec![Fault::Errors]),
        (
            checkov(
                json!({ "failed_checks": [], "parsing_errors": ["/main.tf"] }),
                counts(3, 0, 0),
            ),
            vec![Fault::Errors],
        ),
        (checkov(lists.clone(), counts(3, 1, 0)), vec![Fault::Incomplete]),
        (checkov(lists, counts(3, 0, 0)), vec![]),
    ] {
        assert_eq!(faults(&read(Format::Checkov, &report)), expected, "{report}");
    }
    for other in
        [json!({}), json!({ "results": {} }), json!([3]), json!({ "version": "2.1.0", "runs": [] })]
    {
        assert_eq!(refused(Format::Checkov, &other), "report.malformed", "{other}");
    }
}

/// `--quiet` leaves out what was skipped, and counts it; and a summary alone tells nothing of what failed.
#[test]
fn checkov_that_counts_more_than_it_lists_was_cut() {
    let count = |failed: u8, skipped: u8| json!({ "passed": 3, "failed": failed, "skipped": skipped, "parsing_errors": 0 });
    for cut in [checkov(json!({ "failed_checks": [] }), count(0, 1)), count(1, 0), count(0, 1)] {
        assert_eq!(faults(&read(Format::Checkov, &cut)), [Fault::Incomplete], "{cut}");
    }
}

#[test]
fn tfsec_reports_failures_and_what_was_ignored() {
    let result = |status: u8| json!({ "rule_id": "AVD-AWS-0086", "severity": "HIGH", "resource": "aws_s3_bucket.logs", "status": status, "location": { "filename": "main.tf" } });
    let report = read(Format::Tfsec, &json!({ "results": [result(0), result(1), result(2)] }));
    let high = Some(Severity::High);
    let bucket = Some("aws_s3_bucket.logs");
    assert_eq!(
        results(&report),
        [("AVD-AWS-0086", high, bucket, false), ("AVD-AWS-0086", high, bucket, true)]
    );
    assert_eq!(results(&read(Format::Tfsec, &json!({ "results": null }))), []);
    assert_eq!(refused(Format::Tfsec, &json!({})), "report.malformed");
}

#[test]
fn trivy_names_the_image_and_what_is_wrong_with_it() {
    let report = read(
        Format::Trivy,
        &json!({
            "SchemaVersion": 2, "CreatedAt": "2026-03-02T09:30:00.5+01:00", "ArtifactName": "acme/web", "ArtifactType": "container_image",
            "Metadata": { "ImageID": Digest::of(b"config").to_string(), "RepoDigests": [format!("acme/web@{}", web())] },
            "Results": [
                { "Target": "debian", "Vulnerabilities": [{ "VulnerabilityID": "CVE-1", "PkgName": "openssl", "Severity": "CRITICAL" }, { "VulnerabilityID": "CVE-2", "PkgName": "zlib", "Severity": "UNKNOWN" }] },
                { "Target": "main.tf", "Misconfigurations": [
                    { "ID": "AVD-1", "Status": "FAIL", "Severity": "LOW", "CauseMetadata": { "Resource": "aws_s3_bucket.logs" } },
                    { "ID": "AVD-2", "Status": "PASS", "Severity": "HIGH" }] },
                { "Target": "app.env", "Secrets": [{ "RuleID": "aws-access-key-id", "Severity": "CRITICAL", "Match": "AKIA…" }] },
                { "Target": "vex", "ExperimentalModifiedFindings": [{ "Type": "vulnerability", "Status": "ignored", "Finding": { "VulnerabilityID": "CVE-3", "PkgName": "curl", "Severity": "HIGH" } }] },
            ],
        }),
    );
    assert_eq!(about(&report), [web(), Digest::of(b"config")].into());
    assert_eq!(report.produced(), Some("2026-03-02T08:30:00.5Z".parse().unwrap()));
    assert_eq!(
        results(&report),
        [
            ("AVD-1", Some(Severity::Low), Some("aws_s3_bucket.logs"), false),
            ("CVE-1", Some(Severity::Critical), Some("openssl"), false),
            ("CVE-2", None, Some("zlib"), false),
            ("CVE-3", Some(Severity::High), Some("curl"), true),
            ("aws-access-key-id", Some(Severity::Critical), Some("app.env"), false),
        ]
    );
    assert_eq!(faults(&read(Format::Trivy, &json!({ "SchemaVersion": 2 }))), [Fault::Empty]);
    assert_eq!(faults(&read(Format::Trivy, &json!({ "SchemaVersion": 3 }))), [Fault::Version]);
    assert_eq!(refused(Format::Trivy, &json!([])), "report.malformed");
}

#[test]
fn conftest_reports_failures_warnings_and_exceptions() {
    let said = |query: &str| json!({ "msg": "no", "metadata": { "query": query } });
    let report = read(
        Format::Conftest,
        &json!([
            { "filename": "plan.json", "namespace": "main", "successes": 2, "failures": [said("data.main.deny")], "warnings": [said("data.main.warn")] },
            { "filename": "plan.json", "namespace": "extra", "successes": 0, "exceptions": [{ "msg": "excepted" }] },
        ]),
    );
    let plan = Some("plan.json");
    assert_eq!(
        results(&report),
        [
            ("data.main.deny", None, plan, false),
            ("data.main.warn", Some(Severity::Low), plan, false),
            ("extra", None, plan, true),
        ]
    );
    for nothing in
        [json!([]), json!([{ "filename": "plan.json", "namespace": "main", "successes": 0 }])]
    {
        assert_eq!(faults(&read(Format::Conftest, &nothing)), [Fault::Empty]);
    }
    assert_eq!(refused(Format::Conftest, &json!({ "result": [] })), "report.malformed");
}

fn opa(text: &str, value: Json) -> Json {
    json!({ "result": [{ "expressions": [{ "value": value, "text": text, "location": { "row": 1, "col": 1 } }] }] })
}

#[test]
fn opa_objects_with_lists_and_with_allow() {
    let denied =
        opa("data.main.deny", json!(["no", { "id": "R1", "severity": "low", "resource": "a.b" }]));
    assert_eq!(
        results(&read(Format::Opa, &denied)),
        [("R1", Some(Severity::Low), Some("a.b"), false), ("data.main.deny", None, None, false)]
    );
    let refused = results(&read(Format::Opa, &opa("data.main.allow", json!(false)))).len();
    assert_eq!(refused, 1);
    let package = opa("data.main", json!({ "deny": ["no"], "helper": 3 }));
    assert_eq!(results(&read(Format::Opa, &package)), [("data.main.deny", None, None, false)]);
    for fine in [opa("data.main.deny", json!([])), opa("data.main.allow", json!(true))] {
        let report = read(Format::Opa, &fine);
        assert_eq!((faults(&report), results(&report)), (vec![], vec![]), "{fine}");
    }
}

/// `opa eval` answers `{}` where the query is undefined, and ends well.
#[test]
fn opa_without_a_result_objects_to_nothing_and_is_no_pass() {
    for undefined in [
        json!({}),
        json!({ "result": [] }),
        json!({ "result": [{ "expressions": [] }] }),
        opa("data.main.deny", json!(true)),
        opa("data.main.deny", json!({})),
        opa("data.main.allow", json!([])),
        // True whatever is allowed, and no rule of a policy.
        opa("not data.main.allow", json!(true)),
        opa("x := data.main.allow", json!(true)),
        opa("input.allow", json!(true)),
        opa("data.main.result", json!(true)),
        opa("data.main", json!({ "helper": [] })),
        opa("data.main", json!({ "deny": {} })),
        opa("data", json!({ "deny": { "allow": true } })),
    ] {
        assert_eq!(faults(&read(Format::Opa, &undefined)), [Fault::Undefined], "{undefined}");
    }
    let failed = json!({ "errors": [{ "code": "eval_conflict_error" }] });
    assert_eq!(faults(&read(Format::Opa, &failed)), [Fault::Errors, Fault::Undefined]);
}

fn cyclonedx(members: Json) -> Json {
    let mut whole = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{ "type": "library", "name": "openssl" }],
        "metadata": { "timestamp": "2026-03-02T08:00:00Z" },
    });
    whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    whole
}

#[test]
fn cyclonedx_names_its_subject_by_hash_version_or_package_url() {
    let tools =
        json!({ "components": [{ "type": "application", "name": "syft", "version": "1.4.1" }] });
    for component in [
        json!({ "hashes": [{ "alg": "SHA-256", "content": web().to_hex().to_uppercase() }] }),
        json!({ "version": web().to_string() }),
        json!({ "purl": format!("pkg:oci/web@sha256%3A{}?repository_url=example.org", web().to_hex()) }),
    ] {
        let report = read(
            Format::Cyclonedx,
            &cyclonedx(json!({ "metadata": { "tools": tools, "component": component } })),
        );
        assert_eq!(about(&report), [web()].into(), "{component}");
        assert_eq!(report.tools, ["syft".to_owned()].into());
    }
    // What is within the subject is not the subject.
    let within = json!({ "components": [{ "name": "web", "hashes": [{ "alg": "SHA-256", "content": web().to_hex() }] }] });
    assert_eq!(about(&read(Format::Cyclonedx, &cyclonedx(within))), [].into());
    let other = json!({ "metadata": { "component": { "hashes": [{ "alg": "SHA-512", "content": web().to_hex() }] } } });
    assert_eq!(about(&read(Format::Cyclonedx, &cyclonedx(other))), [].into());
}

#[test]
fn cyclonedx_lists_a_vulnerability_for_each_place() {
    let affects = json!([{ "ref": "openssl" }, { "ref": "curl" }]);
    let listed =
        json!([{ "id": "CVE-1", "ratings": [{ "severity": "high" }], "affects": affects }]);
    let report = read(Format::Cyclonedx, &cyclonedx(json!({ "vulnerabilities": listed })));
    let high = Some(Severity::High);
    assert_eq!(
        results(&report),
        [("CVE-1", high, Some("curl"), false), ("CVE-1", high, Some("openssl"), false)]
    );
}

#[test]
fn cyclonedx_lists_vulnerabilities_by_their_worst_rating() {
    let vulnerability = |severities: &[&str], state: Option<&str>| {
        let ratings: Vec<Json> =
            severities.iter().map(|word| json!({ "severity": word })).collect();
        cyclonedx(
            json!({ "vulnerabilities": [{ "id": "CVE-1", "ratings": ratings, "analysis": { "state": state }, "affects": [{ "ref": "openssl" }] }] }),
        )
    };
    for (severities, worst) in [
        (["low", "high"].as_slice(), Some(Severity::High)),
        (&["low", "unknown"], None),
        (&[], None),
    ] {
        let report = read(Format::Cyclonedx, &vulnerability(severities, None));
        assert_eq!(results(&report), [("CVE-1", worst, Some("openssl"), false)]);
    }
    let excused = read(Format::Cyclonedx, &vulnerability(&["high"], Some("not_affected")));
    assert!(excused.results.iter().all(|result| result.suppressed));
    let open = read(Format::Cyclonedx, &vulnerability(&["high"], Some("in_triage")));
    assert!(open.results.iter().all(|result| !result.suppressed));
}

#[test]
fn cyclonedx_that_lists_nothing_or_not_everything_says_so() {
    for (members, fault) in [
        (json!({ "specVersion": "2.0" }), Fault::Version),
        (json!({ "components": [] }), Fault::Empty),
        (
            json!({ "compositions": [{ "aggregate": "incomplete_first_party_only" }] }),
            Fault::Incomplete,
        ),
    ] {
        assert_eq!(faults(&read(Format::Cyclonedx, &cyclonedx(members))), [fault]);
    }
    assert_eq!(
        refused(Format::Cyclonedx, &json!({ "spdxVersion": "SPDX-2.3" })),
        "report.malformed"
    );
}

#[test]
fn spdx_names_what_the_document_describes() {
    let package = |id: &str, content: &[u8]| {
        let checksum =
            json!({ "algorithm": "SHA256", "checksumValue": Digest::of(content).to_hex() });
        json!({ "SPDXID": id, "name": id, "checksums": [checksum] })
    };
    let bill = |describes: Json| {
        let mut bill = json!({
            "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT",
            "creationInfo": { "created": "2026-03-02T08:00:00Z", "creators": ["Organization: Acme", "Tool: syft-1.4.1"] },
            "packages": [package("SPDXRef-web", b"web"), package("SPDXRef-ssl", b"ssl")],
        });
        bill.as_object_mut().unwrap().extend(describes.as_object().unwrap().clone());
        bill
    };
    let relation = |one: &str, kind: &str, other: &str| {
        bill(
            json!({ "relationships": [{ "spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other }] }),
        )
    };
    for describing in [
        bill(json!({ "documentDescribes": ["SPDXRef-web"] })),
        relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-web"),
        relation("SPDXRef-web", "DESCRIBED_BY", "SPDXRef-DOCUMENT"),
    ] {
        let report = read(Format::Spdx, &describing);
        assert_eq!((about(&report), faults(&report)), ([web()].into(), vec![]));
        assert_eq!(report.tools, ["syft".to_owned()].into());
    }
    let contains = relation("SPDXRef-DOCUMENT", "CONTAINS", "SPDXRef-web");
    assert_eq!(about(&read(Format::Spdx, &contains)), [].into());
    let alone = bill(json!({ "documentDescribes": ["SPDXRef-web", "SPDXRef-ssl"] }));
    assert_eq!(faults(&read(Format::Spdx, &alone)), [Fault::Empty]);
    let newer = bill(json!({ "spdxVersion": "SPDX-3.0" }));
    assert_eq!(faults(&read(Format::Spdx, &newer)), [Fault::Version]);
}

fn provenance(members: Json) -> Json {
    let mut whole = json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
        "subject": [{ "name": "web", "digest": { "sha256": web().to_hex() } }],
        "predicate": {
            "buildDefinition": {
                "externalParameters": { "workflow": { "repository": "https://github.com/acme/web", "ref": "refs/heads/main" } },
                "resolvedDependencies": [{ "uri": "git+https://github.com/acme/web", "digest": { "gitCommit": "4f9c" } }],
            },
            "runDetails": { "builder": { "id": "https://example.org/builder" }, "metadata": { "finishedOn": "2026-03-02T08:00:00Z" } },
        },
    });
    whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    whole
}

#[test]
fn provenance_names_one_subject_its_builder_and_its_source() {
    let report = read(Format::Provenance, &provenance(json!({})));
    assert_eq!((about(&report), faults(&report)), ([web()].into(), vec![]));
    assert_eq!(report.builder.as_deref(), Some("https://example.org/builder"));
    assert_eq!(report.source.as_deref(), Some("https://github.com/acme/web"));
    assert!(report.seal.is_none());
    // A digest in another place is no subject's.
    let misplaced = json!({ "subject": [{ "name": web().to_string(), "digest": { "sha512": web().to_hex() } }] });
    assert_eq!(about(&read(Format::Provenance, &provenance(misplaced))), [].into());
    let two = json!({ "subject": [{ "digest": { "sha256": web().to_hex() } }, { "digest": { "sha512": "00" } }] });
    assert_eq!(faults(&read(Format::Provenance, &provenance(two))), [Fault::Several]);
    for old in ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v2"] {
        let report = read(Format::Provenance, &provenance(json!({ "_type": old })));
        assert_eq!((faults(&report), about(&report)), (vec![Fault::Version], [].into()));
    }
    let other = json!({ "predicateType": "https://spdx.dev/Document" });
    assert_eq!(faults(&read(Format::Provenance, &provenance(other))), [Fault::Predicate]);
}

#[test]
fn a_report_is_refused_for_what_it_is_not() {
    for (format, report, code) in [
        (Format::Sarif, "", "input.empty"),
        (Format::Sarif, "<xml/>", "input.syntax"),
        (Format::Sarif, r#"{"version": "2.1.0", "version": "2.1.0"}"#, "input.duplicate_key"),
        (Format::Sarif, r#"{"version": "2.1.0", "runs": [{"tool": {}}]}"#, "report.malformed"),
        (
            Format::Provenance,
            r#"{"payloadType": "text/plain", "payload": "", "signatures": []}"#,
            "report.malformed",
        ),
        (
            Format::Provenance,
            r#"{"payloadType": "application/vnd.in-toto+json", "payload": "!", "signatures": []}"#,
            "report.malformed",
        ),
    ] {
        assert_eq!(Report::read(format, report.as_bytes()).unwrap_err().code(), code, "{report}");
    }
    let long = json!({ "results": [{ "rule_id": "x".repeat(5000), "status": 0 }] });
    assert_eq!(refused(Format::Tfsec, &long), "limit.size");
}

proptest! {
    /// Whatever is handed in, reading ends, and what was read is recorded and read again as it is.
    #[test]
    fn a_record_says_what_the_report_said(
        format in prop::sample::select(Format::ALL.to_vec()),
        seed in prop::sample::select(vec![0_usize, 1, 2, 3, 4, 5]),
        cut in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
    ) {
        let whole = [
            sarif(json!({ "results": [{ "ruleId": "CVE-1" }] })),
            checkov(json!({ "failed_checks": [{ "check_id": "C" }] }), json!({ "passed": 1, "failed": 1 })),
            json!({ "SchemaVersion": 2, "Results": [{ "Vulnerabilities": [{ "VulnerabilityID": "C", "Severity": "LOW" }] }] }),
            opa("data.main.deny", json!(["no"])),
            cyclonedx(json!({})),
            provenance(json!({})),
        ];
        let mut bytes = whole.get(seed).unwrap().to_string().into_bytes();
        for (place, byte) in cut {
            let place = place.index(bytes.len());
            if let Some(old) = bytes.get_mut(place) {
                *old = byte;
            }
        }
        if let Ok(report) = Report::read(format, &bytes) {
            let record = report.to_record(&[]).unwrap();
            prop_assert_eq!(&Report::from_record(&record).unwrap(), &report);
            prop_assert_eq!(report.digest(), Digest::of(&bytes));
        }
    }
}
