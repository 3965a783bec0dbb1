//! Reports as evidence: a pass that a tool's own report does not bear out is none.

use poundlock::{
    Error,
    charter::Charter,
    digest::Digest,
    engine::codes,
    identity::pre_authentication_encoding,
    ledger::{SecretKey, Signer},
    model::{About, EvidenceResult, Fact, FactKind, Report, ReportFormat as Format},
};
use serde_json::{Value as Json, json};

use crate::{erasures::erasure, support::*};

const CARD: &str = "{ gate: card, about: artifact, producers: [checker], maxAge: 24h }";

fn model() -> Digest {
    Digest::of(b"model")
}

/// A world whose gate about the artifact judges reports by this rule.
fn judging(rule: &str) -> World {
    World::with(&[(CARD, &gate(rule))])
}

fn gate(rule: &str) -> String {
    CARD.replace(" }", &format!(", report: {rule} }}"))
}

/// Evidence about the artifact that is said to be a pass, with its report.
fn pass(format: Format, report: &Json, seconds: i64) -> Fact {
    let mut fact = evidence(About::Artifact(model()), EvidenceResult::Pass, seconds);
    evidence_of(&mut fact).produced = at(0);
    attach(&mut fact, format, report);
    fact
}

fn attach(fact: &mut Fact, format: Format, report: &Json) {
    fact.attach(Report::read(format, report.to_string().as_bytes()).unwrap());
    fact.id = format!("{}-{}", fact.id, fact.report.as_ref().unwrap().digest());
}

fn changed(report: &Json, pointer: &str, value: Json) -> Json {
    let mut report = report.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    match report.pointer_mut(parent).unwrap() {
        Json::Object(map) => drop(map.insert(key.to_owned(), value)),
        Json::Array(list) => list.insert(key.parse().unwrap(), value),
        _ => panic!("nothing can be put there"),
    }
    report
}

const SARIF: &str = "{ format: sarif, tool: Trivy, denies: medium }";

fn sarif() -> Json {
    json!({ "version": "2.1.0", "runs": [{
        "tool": { "driver": { "name": "Trivy", "rules": [] } },
        "invocations": [{ "executionSuccessful": true, "endTimeUtc": at(0).to_string() }],
        "properties": { "imageID": model().to_string() },
        "results": [{ "ruleId": "minor", "level": "note" }],
    }] })
}

fn other_image() -> Json {
    Digest::of(b"other").to_string().into()
}

// Requirements: R500, R501, R502.
#[test]
fn a_pass_is_borne_out_by_a_report_that_finds_nothing_bad_in_this_very_artifact() {
    let mut world = judging(SARIF);
    allowed(&world.record(&pass(Format::Sarif, &sarif(), 1)));
    allowed(&world.admit(&promote_artifact("registry", model(), 2)));
}

// Requirements: R381, R500, R501, R502.
#[test]
fn each_attack_with_sarif_is_denied_by_its_own_code() {
    let run = |pointer: &str, value: Json| changed(&sarif(), &format!("/runs/0{pointer}"), value);
    let bad = |more: Json| {
        let mut result = json!({ "ruleId": "CVE-1", "level": "error" });
        result.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        run("/results/0", result)
    };
    let invocation = |more: Json| run("/invocations", json!([more]));
    let ruled = |rule: Json, result: Json| {
        let (mut rule, mut result) = (rule, result);
        rule["id"] = "CVE-1".into();
        result["ruleId"] = "CVE-1".into();
        changed(&run("/tool/driver/rules", json!([rule])), "/runs/0/results", json!([result]))
    };
    for (report, code) in [
        (changed(&sarif(), "/version", "2.0.0".into()), codes::REPORT_VERSION),
        (run("/tool/driver/name", "Grype".into()), codes::REPORT_TOOL),
        (run("/properties/imageID", other_image()), codes::REPORT_SUBJECT),
        (run("/properties", json!({ "image": model().to_string() })), codes::REPORT_SUBJECT),
        (
            run(
                "/artifacts",
                json!([{ "roles": ["analysisTarget"], "hashes": { "sha-256": "00".repeat(32) } }]),
            ),
            codes::REPORT_SUBJECTS,
        ),
        (invocation(json!({ "executionSuccessful": false })), codes::REPORT_EXECUTION),
        (
            invocation(
                json!({ "executionSuccessful": true, "toolConfigurationNotifications": [{ "level": "error" }] }),
            ),
            codes::REPORT_ERRORS,
        ),
        (
            invocation(
                json!({ "executionSuccessful": true, "endTimeUtc": at(-DAY - MINUTE).to_string() }),
            ),
            codes::REPORT_STALE,
        ),
        (
            invocation(json!({ "executionSuccessful": true, "endTimeUtc": at(HOUR).to_string() })),
            codes::REPORT_FUTURE,
        ),
        (run("/results", Json::Null), codes::REPORT_INCOMPLETE),
        (bad(json!({})), codes::REPORT_FAILED),
        (bad(json!({ "level": "warning" })), codes::REPORT_FAILED),
        (bad(json!({ "level": "strange" })), codes::REPORT_FAILED),
        (bad(json!({ "level": "none", "kind": "review" })), codes::REPORT_FAILED),
        (
            bad(json!({ "level": "note", "properties": { "security-severity": "0.0" } })),
            codes::REPORT_FAILED,
        ),
        (
            ruled(
                json!({ "defaultConfiguration": { "level": "error" } }),
                json!({ "level": "note" }),
            ),
            codes::REPORT_FAILED,
        ),
        (
            ruled(
                json!({ "properties": { "security-severity": "8.1" } }),
                json!({ "properties": { "security-severity": "1.0" } }),
            ),
            codes::REPORT_FAILED,
        ),
        (
            ruled(
                json!({ "properties": { "security-severity": "0.0", "tags": ["UNKNOWN"] } }),
                json!({ "level": "note" }),
            ),
            codes::REPORT_FAILED,
        ),
        (
            bad(json!({ "suppressions": [{ "kind": "external", "status": "accepted" }] })),
            codes::REPORT_SUPPRESSED,
        ),
    ] {
        let mut world = judging(SARIF);
        let mut fact = pass(Format::Sarif, &report, MINUTE);
        if code == codes::REPORT_STALE {
            evidence_of(&mut fact).produced = at(-2 * DAY);
        }
        denied(&world.record(&fact), code);
        denied(&world.admit(&promote_artifact("registry", model(), HOUR)), codes::EVIDENCE_MISSING);
        world.engine.redecide(&world.ledger, &mut Default::default(), 3).unwrap();
    }
    let empty = json!({ "version": "2.1.0", "runs": [] });
    let admission = judging(SARIF).record(&pass(Format::Sarif, &empty, 1));
    assert_eq!(
        denials(&admission),
        [codes::REPORT_EMPTY, codes::REPORT_TOOL, codes::REPORT_SUBJECT]
    );
}

// Requirements: R498.
#[test]
fn a_pass_without_its_report_is_none_and_an_objection_needs_none() {
    let mut world = judging(SARIF);
    let bare = evidence(About::Artifact(model()), EvidenceResult::Pass, 1);
    denied(&world.record(&bare), codes::REPORT_MISSING);
    let mut named = bare.clone();
    named.id = "named".to_owned();
    evidence_of(&mut named).report = Some(Digest::of(sarif().to_string().as_bytes()));
    denied(&world.record(&named), codes::REPORT_MISSING);
    let mut other = pass(Format::Sarif, &sarif(), 2);
    evidence_of(&mut other).report = Some(model());
    denied(&world.record(&other), codes::REPORT_DIGEST);
    let mut format = pass(Format::Tfsec, &json!({ "results": null }), 3);
    format.id = "format".to_owned();
    denied(&world.record(&format), codes::REPORT_FORMAT);
    // Whatever a report says, an objection is recorded.
    let failed = evidence(About::Artifact(model()), EvidenceResult::Fail, 4);
    allowed(&world.record(&failed));
    let mut unsure = evidence(About::Artifact(model()), EvidenceResult::Error, 5);
    attach(&mut unsure, Format::Sarif, &json!({ "version": "2.1.0", "runs": [] }));
    allowed(&world.record(&unsure));
}

#[test]
fn evidence_is_no_newer_than_its_report() {
    let mut world = judging(SARIF);
    let mut fact = pass(Format::Sarif, &sarif(), 10);
    evidence_of(&mut fact).produced = at(5);
    denied(&world.record(&fact), codes::REPORT_PRODUCED);
}

#[test]
fn only_evidence_has_a_report() {
    let mut fact = withdrawal(model(), 1);
    fact.report = pass(Format::Sarif, &sarif(), 1).report;
    let world = judging(SARIF);
    let error = world.engine.decide_fact(&fact, &world.state).unwrap_err();
    assert_eq!(error.code(), "input.invalid_value");
}

/// A mark stands elsewhere among the tools than what it is for, and the refusal is decided again from what is left.
// Requirements: R282.
#[test]
fn a_report_with_several_secrets_is_refused_and_decided_again() {
    let mut world = judging(SARIF);
    let run = |tool: String| {
        let mut run = sarif()["runs"][0].clone();
        run["tool"]["driver"]["name"] = tool.into();
        run
    };
    let token = |letter: &str| format!("ghp_{}", letter.repeat(36));
    let runs = [run("Trivy".to_owned()), run(token("a")), run(token("b")), run("zz".to_owned())];
    let report = json!({ "version": "2.1.0", "runs": runs });
    let admission = world.record(&pass(Format::Sarif, &report, 1));
    assert!(denials(&admission).contains(&codes::FACT_SECRET));
    let size = world.ledger.head().unwrap().size;
    world.engine.redecide(&world.ledger, &mut Default::default(), size).unwrap();
}

fn waiving(waiver: &str) -> String {
    format!(
        "{{ format: sarif, tool: Trivy, denies: medium, waivers: [{{ {waiver}, owner: ann, reason: no fix yet, expires: '{}' }}] }}",
        at(HOUR)
    )
}

// Requirements: R313, R314, R500.
#[test]
fn a_waived_result_passes_until_the_waiver_expires() {
    let result = json!({ "ruleId": "CVE-1", "level": "error", "locations": [
        { "physicalLocation": { "artifactLocation": { "uri": "lib/ssl" } } }] });
    let report = changed(&sarif(), "/runs/0/results/0", result);
    for (waiver, code) in [
        ("rule: CVE-1", None),
        ("rule: CVE-1, location: lib/ssl", None),
        ("rule: CVE-1, location: lib/zip", Some(codes::REPORT_FAILED)),
        ("rule: CVE-2", Some(codes::REPORT_FAILED)),
    ] {
        let admission = judging(&waiving(waiver)).record(&pass(Format::Sarif, &report, 1));
        match code {
            None => assert!(found(&admission, codes::REPORT_WAIVED), "{waiver}"),
            Some(code) => denied(&admission, code),
        }
    }
    let mut world = judging(&waiving("rule: CVE-1"));
    denied(&world.record(&pass(Format::Sarif, &report, HOUR)), codes::REPORT_FAILED);
    let mut world = judging(&waiving("rule: CVE-1"));
    allowed(&world.record(&pass(Format::Sarif, &report, 1)));
    allowed(&world.admit(&promote_artifact("registry", model(), HOUR - 1)));
    // A snapshot remembers it too.
    world.snapshot();
    world.state = poundlock::State::open(&world.ledger).unwrap();
    let later = world.admit(&promote_artifact("registry", model(), HOUR));
    assert!(denials(&later).contains(&codes::EVIDENCE_WAIVER));
}

/// What was passed by nobody's judgement, or by a milder one, does not outlive an amendment.
#[test]
fn evidence_counts_under_the_rule_that_it_passed() {
    let report =
        changed(&sarif(), "/runs/0/results/0", json!({ "ruleId": "CVE-1", "level": "warning" }));
    for (before, fact) in [
        (CARD.to_owned(), evidence(About::Artifact(model()), EvidenceResult::Pass, 1)),
        (gate("{ format: sarif, tool: Trivy, denies: high }"), pass(Format::Sarif, &report, 1)),
    ] {
        let mut world = World::with(&[(CARD, &before)]);
        allowed(&world.record(&fact));
        let next = engine(&charter_with(&[(CARD, &gate(SARIF))]), PACK);
        let amendment = crate::amendments::amendment(human("ann"), next.law(), 2);
        let texts = next.law_texts();
        allowed(&world.engine.record(&amendment, &texts, &world.ledger, &mut world.state).unwrap());
        world.engine = next.into();
        denied(&world.admit(&promote_artifact("registry", model(), 3)), codes::EVIDENCE_RULE);
        allowed(&world.record(&pass(Format::Sarif, &sarif(), 4)));
        allowed(&world.admit(&promote_artifact("registry", model(), 5)));
    }
}

#[test]
fn what_was_read_of_a_report_is_kept_to_decide_again() {
    let mut world =
        World::begun(engine(&charter_with(&[(CARD, &gate(SARIF))]), PACK).into(), &[key(1)]);
    let admission = world.record(&pass(Format::Sarif, &sarif(), 1));
    allowed(&admission);
    let done = world.engine.redecide(&world.ledger, &mut Default::default(), 2).unwrap();
    assert_eq!((done.entries, done.unavailable), (2, vec![]));
    world.sign();
    let attachment = world.ledger.read(1, 1).unwrap()[0].entry.attachments[0];
    allowed(&world.record(&erasure(human("cyd"), attachment, 1, 2)));
    let done = world.engine.redecide(&world.ledger, &mut Default::default(), 3).unwrap();
    assert_eq!(done.unavailable, [1]);
    // What was decided stays so.
    allowed(&world.admit(&promote_artifact("registry", model(), 3)));
}

// Requirements: R047.
#[test]
fn each_attack_with_the_other_formats_is_denied_by_its_own_code() {
    let checkov = |failed: Json, errors: u8| {
        json!({ "check_type": "terraform", "results": { "failed_checks": failed, "parsing_errors": [] },
            "summary": { "passed": 3, "failed": 0, "skipped": 0, "parsing_errors": errors } })
    };
    let trivy = |image: Json| json!({ "SchemaVersion": 2, "Metadata": { "ImageID": image }, "Results": [{ "Target": "debian" }] });
    let bill = |hash: String| {
        let hashes = json!([{ "alg": "SHA-256", "content": hash }]);
        json!({ "bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": { "component": { "hashes": hashes } }, "components": [{ "name": "openssl" }] })
    };
    let spdx = |described: &str| {
        let package = |id: &str, content: &[u8]| json!({ "SPDXID": id, "checksums": [{ "algorithm": "SHA256", "checksumValue": Digest::of(content).to_hex() }] });
        json!({ "spdxVersion": "SPDX-2.3", "creationInfo": { "created": at(0).to_string() }, "documentDescribes": [described],
            "packages": [package("SPDXRef-model", b"model"), package("SPDXRef-part", b"part")] })
    };
    let opa = |value: Json| json!({ "result": [{ "expressions": [{ "text": "data.main.deny", "value": value }] }] });
    let attested = |format: &str| format!("{{ format: {format}, subject: attested }}");
    let named = |format: &str| format!("{{ format: {format} }}");
    let skipped = json!([{ "check_id": "CKV_AWS_18", "severity": null, "resource": "a.b" }]);
    for (rule, format, good, bad, code) in [
        (
            attested("checkov"),
            Format::Checkov,
            checkov(json!([]), 0),
            checkov(json!([]), 1),
            codes::REPORT_ERRORS,
        ),
        (
            attested("checkov"),
            Format::Checkov,
            checkov(json!([]), 0),
            checkov(skipped, 0),
            codes::REPORT_FAILED,
        ),
        (
            attested("checkov"),
            Format::Checkov,
            checkov(json!([]), 0),
            json!([]),
            codes::REPORT_EMPTY,
        ),
        (attested("opa"), Format::Opa, opa(json!([])), json!({}), codes::REPORT_UNDEFINED),
        (attested("opa"), Format::Opa, opa(json!([])), opa(json!(["no"])), codes::REPORT_FAILED),
        (
            attested("conftest"),
            Format::Conftest,
            json!([{ "filename": "plan.json", "successes": 1 }]),
            json!([{ "filename": "plan.json", "successes": 1, "exceptions": [{ "msg": "no" }] }]),
            codes::REPORT_SUPPRESSED,
        ),
        (
            attested("tfsec"),
            Format::Tfsec,
            json!({ "results": null }),
            json!({ "results": [{ "rule_id": "AVD-1", "severity": "LOW", "status": 0 }] }),
            codes::REPORT_FAILED,
        ),
        (
            named("trivy"),
            Format::Trivy,
            trivy(model().to_string().into()),
            trivy(other_image()),
            codes::REPORT_SUBJECT,
        ),
        (
            named("cyclonedx"),
            Format::Cyclonedx,
            bill(model().to_hex()),
            bill(Digest::of(b"x").to_hex()),
            codes::REPORT_SUBJECT,
        ),
        (
            named("spdx"),
            Format::Spdx,
            spdx("SPDXRef-model"),
            spdx("SPDXRef-part"),
            codes::REPORT_SUBJECT,
        ),
    ] {
        let mut world = judging(&rule);
        denied(&world.record(&pass(format, &bad, 1)), code);
        allowed(&world.record(&pass(format, &good, 2)));
        allowed(&world.admit(&promote_artifact("registry", model(), 3)));
    }
}

/// Where a format has no place for what it is about, the recorder's word binds it; what it does say, it must not contradict.
#[test]
fn an_attested_report_may_be_silent_and_not_of_something_else() {
    let rule = "{ format: sarif, tool: Trivy, subject: attested }";
    let silent =
        changed(&changed(&sarif(), "/runs/0/properties", json!({})), "/runs/0/results", json!([]));
    allowed(&judging(rule).record(&pass(Format::Sarif, &silent, 1)));
    let other = changed(&silent, "/runs/0/properties", json!({ "imageID": other_image() }));
    denied(&judging(rule).record(&pass(Format::Sarif, &other, 1)), codes::REPORT_SUBJECT);
}

/// An Ed25519 key of a builder.
fn builder(number: u8) -> (SecretKey, String) {
    let secret = SecretKey::from_seed("builder", &[number; 32]).unwrap();
    let pem = secret.key().to_public_pem().unwrap().replace('\n', "\\n");
    (secret, pem)
}

fn base64(bytes: &[u8]) -> String {
    use base64ct::{Base64, Encoding as _};
    Base64::encode_string(bytes)
}

fn provenance() -> Json {
    json!({
        "_type": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1",
        "subject": [{ "name": "model", "digest": { "sha256": model().to_hex() } }],
        "predicate": {
            "buildDefinition": {
                "externalParameters": { "workflow": { "repository": "https://github.com/acme/web" } },
                "resolvedDependencies": [{ "uri": "git+https://github.com/acme/web", "digest": { "sha256": model().to_hex() } }],
            },
            "runDetails": { "builder": { "id": "https://example.org/builder" }, "metadata": { "finishedOn": at(0).to_string() } },
        },
    })
}

fn envelope(secret: &SecretKey, statement: &Json) -> Json {
    let kind = "application/vnd.in-toto+json";
    let payload = statement.to_string();
    let signature = secret.sign(&pre_authentication_encoding(kind, payload.as_bytes())).unwrap();
    json!({ "payloadType": kind, "payload": base64(payload.as_bytes()), "signatures": [{ "keyid": "", "sig": base64(&signature) }] })
}

fn signed_rule() -> String {
    let (_, pem) = builder(1);
    format!(
        "{{ format: provenance, signers: [{{ name: builder, key: \"{pem}\" }}], builders: ['https://example.org/builder'], sources: ['https://github.com/acme/web'] }}"
    )
}

// Requirements: R416, R494, R495, R497, R499, R503.
#[test]
fn each_attack_with_provenance_is_denied_by_its_own_code() {
    let (secret, _) = builder(1);
    let (stranger, _) = builder(2);
    let statement =
        |pointer: &str, value: Json| envelope(&secret, &changed(&provenance(), pointer, value));
    let good = envelope(&secret, &provenance());
    let subject = |digest: Json| json!([{ "name": model().to_string(), "digest": digest }]);
    let mut altered = good.clone();
    altered["payload"] =
        base64(changed(&provenance(), "/more", json!(1)).to_string().as_bytes()).into();
    for (report, code) in [
        (provenance(), codes::REPORT_UNSIGNED),
        (envelope(&stranger, &provenance()), codes::REPORT_SIGNER),
        (altered, codes::REPORT_SIGNER),
        (statement("/_type", "https://in-toto.io/Statement/v0.1".into()), codes::REPORT_VERSION),
        (
            statement("/predicateType", "https://slsa.dev/provenance/v0.2".into()),
            codes::REPORT_PREDICATE,
        ),
        (
            statement("/subject", subject(json!({ "sha512": model().to_hex() }))),
            codes::REPORT_SUBJECT,
        ),
        (
            statement("/subject", subject(json!({ "sha256": Digest::of(b"other").to_hex() }))),
            codes::REPORT_SUBJECT,
        ),
        (
            statement(
                "/subject/1",
                json!({ "name": "other", "digest": { "sha256": "00".repeat(32) } }),
            ),
            codes::REPORT_SUBJECTS,
        ),
        (
            statement("/predicate/runDetails/builder/id", "https://example.org/other".into()),
            codes::REPORT_BUILDER,
        ),
        (
            statement(
                "/predicate/buildDefinition/externalParameters/workflow/repository",
                "https://github.com/mallory/web".into(),
            ),
            codes::REPORT_SOURCE,
        ),
        (
            statement("/predicate/buildDefinition/externalParameters", json!({})),
            codes::REPORT_SOURCE,
        ),
    ] {
        let mut world = judging(&signed_rule());
        denied(&world.record(&pass(Format::Provenance, &report, 1)), code);
        world.engine.redecide(&world.ledger, &mut Default::default(), 2).unwrap();
    }
    let mut world = judging(&signed_rule());
    allowed(&world.record(&pass(Format::Provenance, &good, 2)));
    allowed(&world.admit(&promote_artifact("registry", model(), 3)));
    // The signature was verified once, and is taken as it was recorded.
    let done = world.engine.redecide(&world.ledger, &mut Default::default(), 3).unwrap();
    assert_eq!((done.entries, done.unavailable), (3, vec![]));
}

/// Both kinds of keys that builders have; OpenSSL made this one and the signature.
#[test]
fn provenance_may_be_signed_by_a_key_on_p256() {
    let rule =
        format!("{{ format: provenance, signers: [{{ name: builder, key: \"{P256_KEY}\" }}] }}");
    let envelope = json!({ "payloadType": "application/vnd.in-toto+json", "payload": base64(P256_STATEMENT.as_bytes()), "signatures": [{ "sig": P256_SIGNATURE }] });
    let mut world = judging(&rule);
    allowed(&world.record(&pass(Format::Provenance, &envelope, 1)));
    let other = json!({ "payloadType": "application/vnd.in-toto+json", "payload": base64(format!("{P256_STATEMENT} ").as_bytes()), "signatures": [{ "sig": P256_SIGNATURE }] });
    denied(&world.record(&pass(Format::Provenance, &other, 2)), codes::REPORT_SIGNER);
}

const P256_KEY: &str = "-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEJt75CB87REJXXd1RjFZRVhmpy/k7\\nBNstD9OlXi+5EUInZUA+pBS4sutWixTNDoP8P6rdEwi2x4Hx9W7ZDVEUAQ==\\n-----END PUBLIC KEY-----\\n";
const P256_STATEMENT: &str = r#"{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://slsa.dev/provenance/v1","subject":[{"name":"model","digest":{"sha256":"9372c470eeadd5ecd9c3c74c2b3cb633f8e2f2fad799250a0f70d652b6b825e4"}}],"predicate":{"buildDefinition":{},"runDetails":{"builder":{"id":"https://example.org/builder"}}}}"#;
const P256_SIGNATURE: &str = "MEQCIBrzpxILTQJFOOsOsRypcXVUTt8Eb98A6bhMfJQBtuRGAiBCjFY/AK9RTdDFjK4ZiWgtg56k4zulOnr8uuVAzkMebg==";

fn charter(gate: &str) -> Result<Charter, Error> {
    Charter::parse(charter_with(&[(CARD, gate)]).as_bytes())
}

#[test]
fn a_gate_asks_for_no_report_that_there_cannot_be() {
    for rule in [
        "{ format: sarif }",
        "{ format: checkov }",
        "{ format: trivy, tool: Trivy }",
        "{ format: trivy, subject: attested }",
        "{ format: provenance, subject: attested }",
        "{ format: provenance, denies: low }",
        "{ format: spdx, signers: [{ name: ci, key: x }] }",
        "{ format: provenance, signers: [{ name: ci, key: x }] }",
        "{ format: trivy, waivers: [{ rule: '', owner: ann, reason: none, expires: '2027-01-01T00:00:00Z' }] }",
        "{ format: trivy, waivers: [{ rule: C, owner: checker, reason: none, expires: '2027-01-01T00:00:00Z' }] }",
        "{ format: trivy, builders: [x] }",
    ] {
        assert_eq!(charter(&gate(rule)).unwrap_err().code(), "charter.invalid", "{rule}");
    }
    for unsigned in ["builders: [x]", "sources: [x]"] {
        let error = charter(&gate(&format!("{{ format: provenance, {unsigned} }}"))).unwrap_err();
        assert_eq!(error.code(), "charter.unsigned");
    }
    let waiver = "{ rule: C, owner: ann, reason: none, expires: '2027-01-01T00:00:00Z' }";
    let twice = gate(&format!("{{ format: trivy, waivers: [{waiver}, {waiver}] }}"));
    assert_eq!(charter(&twice).unwrap_err().code(), "charter.duplicate");
    let plan = CARD.replace("about: artifact", "about: plan");
    let named = plan.replace(" }", ", report: { format: sarif, tool: Checkov } }");
    assert_eq!(charter(&named).unwrap_err().code(), "charter.invalid");
    assert!(charter(&gate("{ format: trivy }")).is_ok());
}

/// The text that a person signs names the report's digest, and an entry holds nothing else of it.
#[test]
fn an_entry_names_the_report_and_does_not_hold_it() {
    let mut world = judging(SARIF);
    let fact = pass(
        Format::Sarif,
        &changed(&sarif(), "/runs/0/results/0/message", json!({ "text": "canary" })),
        1,
    );
    let admission = world.record(&fact);
    allowed(&admission);
    let recorded = world.ledger.read(1, 1).unwrap().remove(0);
    let mut texts: Vec<Vec<u8>> = vec![recorded.entry.to_bytes().unwrap()];
    for attachment in &recorded.entry.attachments {
        texts.push(world.ledger.attachment(attachment).unwrap().unwrap());
    }
    for text in &texts {
        assert!(!text.windows(6).any(|part| part == b"canary"));
    }
    let FactKind::Evidence(evidence) = fact.fact else { panic!("it is evidence") };
    let digest = evidence.report.unwrap().to_hex();
    let names = texts[0].windows(digest.len()).any(|part| part == digest.as_bytes());
    assert!(names, "the entry names the report");
}

// Requirements: R280, R282.
#[test]
fn a_secret_in_what_is_kept_of_a_report_is_refused_and_kept_nowhere() {
    let mut world = judging(SARIF);
    let canary = format!("AKIA{}", "QWERTYUIOPASDFGH");
    let result = json!({ "ruleId": "found", "level": "note", "locations": [
        { "physicalLocation": { "artifactLocation": { "uri": format!("config/{canary}.env") } } }] });
    let fact = pass(Format::Sarif, &changed(&sarif(), "/runs/0/results/0", result), 1);
    denied(&world.record(&fact), codes::FACT_SECRET);
    let recorded = world.ledger.read(1, 1).unwrap().remove(0);
    let mut texts = vec![recorded.entry.to_bytes().unwrap()];
    for attachment in &recorded.entry.attachments {
        texts.push(world.ledger.attachment(attachment).unwrap().unwrap());
    }
    for text in &texts {
        assert!(!text.windows(canary.len()).any(|part| part == canary.as_bytes()));
    }
    world.engine.redecide(&world.ledger, &mut Default::default(), 2).unwrap();
}
