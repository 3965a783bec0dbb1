//! What people sign themselves: who may record what by a signature, and every way to pass one off as another.

use std::fs;

use base64ct::{Base64, Encoding as _};
use poundlock::{
    Digest,
    charter::Charter,
    engine::{Admission, codes},
    identity::{NAMESPACE, PAYLOAD_TYPE, pre_authentication_encoding},
    model::{
        Action, Channel, Fact, FactKind, GrantApproval, GrantOpening, GrantRequest, Request,
        Signature, Verdict, Withdrawal,
    },
};
use proptest::prelude::*;
use ssh_key::{
    HashAlg, LineEnding, PrivateKey,
    private::{Ed25519Keypair, KeypairData},
};

use crate::{issuer::VERIFIED, support::*};

/// A person's key, by a number.
pub(crate) fn private(number: u8) -> PrivateKey {
    let pair = Ed25519Keypair::from_seed(&[number; 32]);
    PrivateKey::new(KeypairData::Ed25519(pair), "").unwrap()
}

pub(crate) fn public(number: u8) -> String {
    private(number).public_key().to_openssh().unwrap()
}

pub(crate) const ANN: u8 = 21;
const BOB: u8 = 22;
const OLD: u8 = 23;
pub(crate) const STRANGER: u8 = 24;
pub(crate) const TAGGER: u8 = 25;

/// A charter whose people have keys; nobody attests.
fn changes() -> Vec<(&'static str, String)> {
    let signer = |principal: &str, number: u8, more: &str| {
        format!("  - {{ principal: {principal}, key: {}{more} }}\n", public(number))
    };
    let signers = [
        signer("ann", ANN, ""),
        signer("bob", BOB, ""),
        signer("ann", OLD, ", validBefore: 2026-03-02T08:59:59Z"),
        signer("dan", TAGGER, ", namespaces: [git]"),
    ];
    vec![
        ("\ngates:\n", format!("\nsigners:\n{}gates:\n", signers.concat())),
        ("  approvals: [attestor]\n", String::new()),
    ]
}

pub(crate) fn world_with(more: &[(&'static str, String)]) -> World {
    let mut changes = changes();
    changes.extend(more.iter().cloned());
    let changes: Vec<(&str, &str)> = changes.iter().map(|(a, b)| (*a, b.as_str())).collect();
    let engine = engine(&charter_with(&changes), PACK);
    World::begun(engine.into(), &[key(1)])
}

/// A world where nothing but approval is missing to enter test with plan 2.
pub(crate) fn before_test() -> World {
    before_test_with(&[])
}

fn before_test_with(more: &[(&'static str, String)]) -> World {
    let mut world = world_with(more);
    world.through_dev(0);
    world.prepare("test", &plan(2), 0);
    world
}

/// Nobody is known by the word of the host.
fn verified_world() -> World {
    let verified: Vec<_> = VERIFIED.iter().map(|(old, new)| (*old, (*new).to_owned())).collect();
    let mut world = world_with(&verified);
    world.state.catch_up(&world.ledger).unwrap();
    world
}

pub(crate) fn ssh(number: u8, namespace: &str, text: &str) -> String {
    let signature = private(number).sign(namespace, HashAlg::Sha512, text.as_bytes()).unwrap();
    signature.to_pem(LineEnding::LF).unwrap()
}

fn envelope(number: u8, payload_type: &str, text: &str) -> String {
    let secret = secret_of(number);
    let bytes = pre_authentication_encoding(payload_type, text.as_bytes());
    let signature = poundlock::ledger::Signer::sign(&secret, &bytes).unwrap();
    serde_json::json!({
        "payload": Base64::encode_string(text.as_bytes()),
        "payloadType": payload_type,
        "signatures": [{ "sig": Base64::encode_string(&signature) }],
    })
    .to_string()
}

fn secret_of(number: u8) -> poundlock::ledger::SecretKey {
    poundlock::ledger::SecretKey::from_seed("person", &[number; 32]).unwrap()
}

/// Ann's consent to plan 2 entering test, as she hands it in.
pub(crate) fn consent(seconds: i64) -> Fact {
    let mut fact = approval("ann", "test", plan(2).digest, seconds);
    fact.actor = human("ann");
    fact.channel = Channel::Local;
    fact
}

/// The fact, signed at an instant by a key over its text.
fn signed(world: &World, number: u8, seconds: i64, fact: &Fact) -> Fact {
    let text = world.engine.fact_text(fact, at(seconds), &world.state).unwrap();
    with(fact, seconds, ssh(number, NAMESPACE, &text))
}

pub(crate) fn with(fact: &Fact, seconds: i64, text: String) -> Fact {
    let signature = Some(Signature { at: at(seconds), text });
    let id = format!("{}-{}", fact.id, Digest::of(format!("{signature:?}").as_bytes()));
    Fact { signature, id, ..fact.clone() }
}

/// As [`signed`], for facts whose text says their id.
fn signed_as_is(world: &World, number: u8, seconds: i64, fact: &Fact) -> Fact {
    let text = world.engine.fact_text(fact, at(seconds), &world.state).unwrap();
    let text = ssh(number, NAMESPACE, &text);
    Fact { signature: Some(Signature { at: at(seconds), text }), ..fact.clone() }
}

pub(crate) fn into_test(world: &mut World, seconds: i64) -> Admission {
    world.admit(&ask(Action::Promote, "test", &plan(2), seconds))
}

#[test]
fn a_person_approves_by_a_signature() {
    for form in ["ssh", "envelope"] {
        let mut world = before_test();
        let mut unsigned = consent(1);
        unsigned.id = "unsigned".to_owned();
        denied(&world.record(&unsigned), codes::FACT_NOT_RECORDER);
        denied(&into_test(&mut world, 1), codes::APPROVAL_MISSING);
        let text = world.engine.fact_text(&consent(1), at(1), &world.state).unwrap();
        assert!(text.contains(COMMIT), "{text}");
        let signature = match form {
            "ssh" => ssh(ANN, NAMESPACE, &text),
            _ => envelope(ANN, PAYLOAD_TYPE, &text),
        };
        let admission = world.record(&with(&consent(1), 1, signature));
        allowed(&admission);
        assert!(found(&admission, codes::IDENTITY_SIGNED));
        allowed(&into_test(&mut world, 2));
        world.sign();
    }
}

/// Whoever files it: the signature is what counts.
#[test]
fn a_signed_consent_may_be_handed_in_by_another_actor() {
    let mut world = before_test();
    let mut fact = signed(&world, ANN, 1, &consent(1));
    fact.actor = workload("attestor");
    fact.channel = Channel::Ci;
    allowed(&world.record(&fact));
    allowed(&into_test(&mut world, 2));
}

/// Each attempt is refused for its own reason, is an entry, and gives nobody leave.
#[test]
fn what_is_no_signature_over_the_consent_is_refused_and_recorded() {
    let mut world = before_test();
    let fact = consent(1);
    let text = world.engine.fact_text(&fact, at(1), &world.state).unwrap();
    let good = ssh(ANN, NAMESPACE, &text);
    let another = |change: &dyn Fn(&mut Fact)| {
        let mut other = fact.clone();
        change(&mut other);
        world.engine.fact_text(&other, at(1), &world.state).unwrap()
    };
    let attempts = [
        ("garbage", "approved".to_owned(), codes::APPROVAL_SIGNATURE_MALFORMED),
        ("namespace", ssh(ANN, "file", &text), codes::APPROVAL_SIGNATURE_NAMESPACE),
        (
            "payload type",
            envelope(ANN, "text/plain", &text),
            codes::APPROVAL_SIGNATURE_PAYLOAD_TYPE,
        ),
        (
            "payload",
            envelope(ANN, PAYLOAD_TYPE, &text.replace("test", "prod")),
            codes::APPROVAL_SIGNATURE_PAYLOAD,
        ),
        ("certificate", vector("cert.sig"), codes::APPROVAL_SIGNATURE_CERTIFICATE),
        ("hash", with_hash(&good, b"sha1"), codes::APPROVAL_SIGNATURE_HASH),
        ("other hash", with_hash(&good, b"sha256"), codes::APPROVAL_SIGNATURE_INVALID),
        ("stranger", ssh(STRANGER, NAMESPACE, &text), codes::APPROVAL_SIGNATURE_UNLISTED),
        ("not for this", ssh(TAGGER, NAMESPACE, &text), codes::APPROVAL_SIGNATURE_UNLISTED),
        ("another's", ssh(BOB, NAMESPACE, &text), codes::APPROVAL_SIGNATURE_PRINCIPAL),
        ("expired", ssh(OLD, NAMESPACE, &text), codes::APPROVAL_SIGNATURE_EXPIRED),
        (
            "other digest",
            ssh(
                ANN,
                NAMESPACE,
                &text.replace(&plan(2).digest.to_string(), &plan(3).digest.to_string()),
            ),
            codes::APPROVAL_SIGNATURE_INVALID,
        ),
        (
            "other commit",
            ssh(ANN, NAMESPACE, &text.replace(COMMIT, OTHER_COMMIT)),
            codes::APPROVAL_SIGNATURE_INVALID,
        ),
        (
            "other ledger",
            ssh(ANN, NAMESPACE, &text.replace("test/origin", "test/other")),
            codes::APPROVAL_SIGNATURE_INVALID,
        ),
        (
            "other charter",
            ssh(
                ANN,
                NAMESPACE,
                &text.replace(&world.engine.law().digest.to_string(), &Digest::ZERO.to_string()),
            ),
            codes::APPROVAL_SIGNATURE_INVALID,
        ),
        (
            "in a role",
            ssh(ANN, NAMESPACE, &another(&|it| approval_of(it).role = Some("reviewer".to_owned()))),
            codes::APPROVAL_SIGNATURE_INVALID,
        ),
        (
            "with an end",
            ssh(ANN, NAMESPACE, &another(&|it| approval_of(it).expires = Some(at(60)))),
            codes::APPROVAL_SIGNATURE_INVALID,
        ),
    ];
    for (name, signature, code) in attempts {
        let size = world.size();
        let attempt = with(&fact, 1, signature);
        let admission = world.record(&attempt);
        assert_eq!(denials(&admission), [code], "{name}");
        assert_eq!(world.size(), size + 1, "{name}");
        denied(&into_test(&mut world, i64::try_from(size).unwrap()), codes::APPROVAL_MISSING);
    }
    // Another instant than the one that was signed.
    let mut attempt = with(&fact, 1, good.clone());
    attempt.signature.as_mut().unwrap().at = at(2);
    denied(&world.record(&attempt), codes::APPROVAL_SIGNATURE_INVALID);
    allowed(&world.record(&with(&fact, 1, good)));
    allowed(&into_test(&mut world, 90));
    // All of it comes out alike when it is decided again.
    world.sign();
}

/// Nobody's word mends a signature that shows nothing.
#[test]
fn an_attestor_does_not_make_up_for_a_bad_signature() {
    let mut world = World::with(&[]);
    world.through_dev(0);
    world.prepare("test", &plan(2), 0);
    let mut fact = approval("ann", "test", plan(2).digest, 1);
    fact.signature = Some(Signature { at: at(1), text: "approved".to_owned() });
    denied(&world.record(&fact), codes::APPROVAL_SIGNATURE_MALFORMED);
}

#[test]
fn what_cannot_be_shown_cannot_be_signed() {
    let mut world = before_test();
    let mut unknown_plan = consent(1);
    approval_of(&mut unknown_plan).digest = plan(9).digest;
    let error = world.engine.fact_text(&unknown_plan, at(1), &world.state).unwrap_err();
    assert_eq!(error.code(), "approval.statement");
    denied(&world.record(&with(&unknown_plan, 1, "x".to_owned())), codes::APPROVAL_STATEMENT);
}

/// A signature travels; what it consents to is used up all the same.
#[test]
fn a_consent_is_recorded_once() {
    let mut world = before_test();
    let fact = signed(&world, ANN, 1, &consent(1));
    allowed(&world.record(&fact));
    let again = |seconds: i64| {
        let mut again = Fact { id: format!("again-{seconds}"), at: at(seconds), ..fact.clone() };
        approval_of(&mut again).track = Some("infra".to_owned());
        again
    };
    denied(&world.record(&again(2)), codes::FACT_REPEATED);
    allowed(&into_test(&mut world, 3));
    denied(&world.record(&again(4)), codes::FACT_REPEATED);

    let mut world = before_test();
    let recorded = world.record(&fact);
    allowed(&recorded);
    let mut back = withdrawal(recorded.entry, 2);
    back.actor = human("ann");
    allowed(&world.record(&back));
    denied(&world.record(&again(3)), codes::FACT_REPEATED);
    denied(&into_test(&mut world, 4), codes::APPROVAL_MISSING);
    allowed(&world.record(&signed(&world, ANN, 4, &consent(4))));
    allowed(&into_test(&mut world, 5));
}

#[test]
fn a_consent_in_a_role_counts_in_that_role() {
    let mut world = before_test();
    let bob = |role: &str| {
        let mut fact = consent(1);
        fact.actor = human("bob");
        let approval = approval_of(&mut fact);
        (approval.by, approval.role) = ("bob".to_owned(), Some(role.to_owned()));
        fact
    };
    denied(&world.record(&signed(&world, BOB, 1, &bob("owner"))), codes::FACT_ROLE);
    allowed(&world.record(&signed(&world, BOB, 1, &bob("security"))));
    denied(&into_test(&mut world, 2), codes::APPROVAL_MISSING);
    allowed(&world.record(&signed(&world, BOB, 2, &bob("reviewer"))));
    allowed(&into_test(&mut world, 3));
}

/// A consent ages from when it was given, and waits from when it was recorded.
#[test]
fn a_consent_is_as_old_as_its_signature() {
    for (asked, verdict) in [(7 * DAY + 1, Verdict::Allow), (7 * DAY + 2, Verdict::Deny)] {
        let mut world = before_test();
        let fact = signed(&world, ANN, 1, &consent(DAY));
        allowed(&world.record(&fact));
        world.prepare("test", &plan(2), asked);
        let admission = into_test(&mut world, asked);
        assert_eq!(admission.verdict, verdict, "{:?}", denials(&admission));
    }
    let mut world = before_test();
    denied(
        &world.record(&signed(&world, ANN, MINUTE + 2, &consent(1))),
        codes::APPROVAL_SIGNATURE_FUTURE,
    );
    allowed(&world.record(&signed(&world, ANN, MINUTE + 1, &consent(1))));
}

/// Whoever approved, approved under the rules that held then.
#[test]
fn an_amendment_ends_consents() {
    let mut world = before_test();
    allowed(&world.record(&signed(&world, ANN, 1, &consent(1))));
    let text = world.engine.fact_text(&consent(4), at(4), &world.state).unwrap();
    let mut next = changes();
    next.push(("version: 1.0.0\nunmatched", "version: 1.0.1\nunmatched".to_owned()));
    let next: Vec<(&str, &str)> = next.iter().map(|(a, b)| (*a, b.as_str())).collect();
    let next = engine(&charter_with(&next), PACK);
    let amendment = poundlock::model::Amendment {
        law: Some(next.law().clone()),
        keys: None,
        reason: "a new version".to_owned(),
    };
    let amendment = fact(human("ann"), 2, FactKind::Amendment(amendment));
    let texts = next.law_texts();
    allowed(&world.engine.record(&amendment, &texts, &world.ledger, &mut world.state).unwrap());
    world.engine = next.into();
    denied(&into_test(&mut world, 3), codes::APPROVAL_MISSING);
    // Nor can it be recorded anew: it was signed for another charter.
    let stale = with(&consent(4), 4, ssh(ANN, NAMESPACE, &text));
    denied(&world.record(&stale), codes::APPROVAL_SIGNATURE_INVALID);
    allowed(&world.record(&signed(&world, ANN, 5, &consent(5))));
    allowed(&into_test(&mut world, 6));
}

/// An artifact's consent to a stage, for which no workload had to do anything before.
fn artifact_consent(seconds: i64) -> Fact {
    let mut fact = consent(seconds);
    let approval = approval_of(&mut fact);
    (approval.stage, approval.asset) = ("inference".to_owned(), "model".to_owned());
    fact
}

/// Where the host's word counts for nothing, a person is known by what they sign.
#[test]
fn a_person_is_verified_by_a_signature() {
    let mut world = verified_world();
    denied(&world.record(&artifact_consent(1)), codes::IDENTITY_UNVERIFIED);
    let admission = world.record(&signed(&world, ANN, 1, &artifact_consent(1)));
    allowed(&admission);
    // Ann signed, and it is Bob who is said to record it.
    let mut by_bob = signed(&world, ANN, 2, &artifact_consent(2));
    by_bob.actor = human("bob");
    denied(&world.record(&by_bob), codes::IDENTITY_UNVERIFIED);

    let mut back = withdrawal(admission.entry, 3);
    back.actor = human("ann");
    let mut unsigned = back.clone();
    unsigned.id = "unsigned".to_owned();
    denied(&world.record(&unsigned), codes::IDENTITY_UNVERIFIED);
    allowed(&world.record(&signed_as_is(&world, ANN, 3, &back)));
    world.sign();
}

/// A repeat tells what became of the first request, and only its own actor is told.
#[test]
fn a_stranger_gets_no_answer_to_a_persons_request() {
    let mut world = verified_world();
    let fact = signed(&world, ANN, 1, &artifact_consent(1));
    allowed(&world.record(&fact));
    assert!(world.record(&fact).repeated);
    let stranger = Fact { signature: None, ..fact };
    denied(&world.record(&stranger), codes::IDENTITY_UNVERIFIED);
}

/// Whoever cannot show who they are gets one small entry, which does not keep what they handed in.
#[test]
fn a_forged_signature_is_a_small_entry() {
    let mut world = verified_world();
    let fact = artifact_consent(1);
    let text = world.engine.fact_text(&fact, at(1), &world.state).unwrap();
    let attempt = with(&fact, 1, ssh(STRANGER, NAMESPACE, &text));
    let admission = world.record(&attempt);
    assert_eq!(
        denials(&admission),
        [codes::APPROVAL_SIGNATURE_UNLISTED, codes::IDENTITY_UNVERIFIED]
    );
    let recorded = world.ledger.read(admission.sequence, 1).unwrap().pop().unwrap();
    assert!(recorded.entry.attachments.is_empty());
    let armor = b"SSH SIGNATURE".as_slice();
    assert!(!recorded.entry.body.windows(armor.len()).any(|part| part == armor));
    world.sign();
}

#[test]
fn a_signature_over_another_fact_or_an_old_one_shows_nothing() {
    let mut world = before_test();
    let consent = world.record(&signed(&world, ANN, 1, &consent(1)));
    let back = |seconds: i64, id: &str| {
        let withdrawal = Withdrawal { entry: consent.entry, reason: "a mistake".to_owned() };
        let fact = fact(human("ann"), seconds, FactKind::Withdrawal(withdrawal));
        Fact { id: id.to_owned(), ..fact }
    };
    let one = signed_as_is(&world, ANN, 2, &back(2, "one"));
    let mut other = back(2, "other");
    other.signature = one.signature.clone();
    denied(&world.record(&other), codes::APPROVAL_SIGNATURE_INVALID);
    let mut changed = Fact { id: "one".to_owned(), ..one.clone() };
    if let FactKind::Withdrawal(withdrawal) = &mut changed.fact {
        withdrawal.reason = "another reason".to_owned();
    }
    changed.actor = human("ann");
    denied(&world.record(&changed), codes::APPROVAL_SIGNATURE_INVALID);
    for (late, verdict) in [(DAY + 3, Verdict::Deny), (DAY + 2, Verdict::Allow)] {
        let id = format!("late-{late}");
        let mut fact = signed_as_is(&world, ANN, 2, &back(late, &id));
        fact.at = at(late);
        let admission = world.record(&fact);
        assert_eq!(admission.verdict, verdict);
        assert_eq!(found(&admission, codes::APPROVAL_SIGNATURE_STALE), verdict == Verdict::Deny);
    }
}

/// The text holds all of a request but its instant and claims.
#[test]
fn a_request_is_signed_as_a_whole() {
    let mut world = before_test();
    let mut request = ask(Action::Plan, "test", &plan(3), 1);
    request.actor = human("ann");
    let text = world.engine.request_text(&request, at(1), &world.state).unwrap();
    request.signature = Some(Signature { at: at(1), text: ssh(ANN, NAMESPACE, &text) });
    let admission = world.admit(&request);
    denied(&admission, codes::IDENTITY_HUMAN);
    assert!(found(&admission, codes::IDENTITY_SIGNED));
    let changes: [&dyn Fn(&mut Request); 5] = [
        &|it| it.id = "another".to_owned(),
        &|it| it.reason = "another".to_owned(),
        &|it| it.asset = "api".to_owned(),
        &|it| it.action = Action::Apply,
        &|it| it.attach(plan(4)),
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut other = request.clone();
        change(&mut other);
        if index > 0 {
            other.id = request.id.clone();
        }
        let admission = world.admit(&other);
        assert!(
            denials(&admission).contains(&codes::APPROVAL_SIGNATURE_INVALID),
            "{index}: {:?}",
            denials(&admission)
        );
    }
    world.sign();
}

#[test]
fn people_and_producers_take_back_what_is_theirs() {
    let mut world = World::new();
    world.through_dev(0);
    world.prepare("test", &plan(2), 0);
    let ann = world.record(&approval("ann", "test", plan(2).digest, 1));
    let scan = world.record(&evidence(
        poundlock::model::About::Plan(plan(2).digest),
        poundlock::model::EvidenceResult::Pass,
        1,
    ));
    let by = |actor, entry, seconds| {
        let mut fact = withdrawal(entry, seconds);
        fact.actor = actor;
        fact.id = format!("{}-{seconds}-{entry}", fact.actor.id);
        fact
    };
    denied(&world.record(&by(human("bob"), ann.entry, 2)), codes::FACT_NOT_RECORDER);
    denied(&world.record(&by(workload("second-checker"), scan.entry, 2)), codes::FACT_NOT_RECORDER);
    allowed(&world.record(&by(human("ann"), ann.entry, 3)));
    allowed(&world.record(&by(workload("checker"), scan.entry, 3)));
    let again = world.record(&by(human("ann"), ann.entry, 4));
    assert!(denials(&again).contains(&codes::FACT_NOTHING));
}

fn vector(name: &str) -> String {
    let path = format!("{}/tests/identity/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The signature with another name for its hash.
fn with_hash(signature: &str, hash: &[u8]) -> String {
    let body: String = signature.lines().filter(|line| !line.starts_with('-')).collect();
    let bytes = Base64::decode_vec(&body).unwrap();
    let string =
        |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
    let from = string(b"sha512");
    let start = bytes.windows(from.len()).position(|part| part == from).unwrap();
    let bytes = [&bytes[..start], &string(hash), &bytes[start + from.len()..]].concat();
    let base64 = Base64::encode_string(&bytes);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n", lines.join("\n"))
}

/// Every rule about signatures can be satisfied, and what cannot is refused where it stands.
#[test]
fn a_charter_refuses_keys_and_rules_that_make_no_sense() {
    let refusal = |more: &[(&'static str, String)]| {
        let mut changes = changes();
        changes.extend(more.iter().cloned());
        let changes: Vec<(&str, &str)> = changes.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let error = Charter::parse(charter_with(&changes).as_bytes()).unwrap_err();
        assert!(error.place().position.is_some(), "{error}");
        error.code()
    };
    let signer = |text: String| vec![("\nsigners:\n", format!("\nsigners:\n  - {{ {text} }}\n"))];
    for (signers, code) in [
        (format!("principal: mallory, key: {}", public(STRANGER)), "charter.undeclared"),
        (format!("principal: checker, key: {}", public(STRANGER)), "charter.invalid"),
        (format!("principal: bob, key: {}", public(ANN)), "charter.duplicate"),
        ("principal: bob, key: ssh-ed25519 AAAA".to_owned(), "charter.invalid"),
        (
            format!("principal: bob, key: {}, namespaces: [file]", public(STRANGER)),
            "charter.invalid",
        ),
        (format!("principal: bob, key: {}, from: here", public(STRANGER)), "input.unknown_field"),
    ] {
        assert_eq!(refusal(&signer(signers.clone())), code, "{signers}");
    }
    // Nobody attests, and of two people who are asked for one has a key.
    let two =
        ("{ role: security, count: 1, maxAge: 7d }", "{ role: security, count: 2 }".to_owned());
    assert_eq!(refusal(&[two]), "charter.invalid");
    // No tag is accepted that could be signed.
    let heads =
        ("[refs/heads/main, refs/tags/v*], gates", "[refs/heads/main], signedTags: true, gates");
    assert_eq!(refusal(&[(heads.0, heads.1.to_owned())]), "charter.invalid");
}

const BREAK_GLASS: &str = r#"amendments: { actors: [ann] }
breakGlass:
  requesters: [dan]
  maxLifetime: 4h
  maxUses: 2
  openings: { count: 2, per: 30d }
  postMortem: { within: 5d, recorders: [cyd] }
  reasons:
    - reason: incident
      approvals: [{ role: security, count: 1, maxAge: 1h }]
      stages: [{ track: infra, stage: prod }]
      actions: [plan, apply]
      overrides: [boundary]
"#;

/// A break-glass grant is consented to in the same way, and that consent ages from its signature too.
// Requirements: R332.
#[test]
fn a_person_consents_to_a_grant_by_a_signature() {
    let rules = ("amendments: { actors: [ann] }\n", BREAK_GLASS.to_owned());
    for (opened, verdict) in [(HOUR + 2, Verdict::Allow), (HOUR + 3, Verdict::Deny)] {
        let mut world = world_with(std::slice::from_ref(&rules));
        let text = r#"{
            "reason": "incident", "lifetime": "1h", "justification": "it is down", "impact": "one service",
            "resolution": "by Friday", "communication": "the channel",
            "scope": { "actors": ["dan"], "actions": ["apply"], "track": "infra", "stages": ["prod"], "assets": ["web"] }
        }"#;
        let request: GrantRequest = serde_json::from_str(text).unwrap();
        let asked = world.record(&fact(human("dan"), 1, FactKind::GrantRequest(request)));
        allowed(&asked);
        let approval = GrantApproval { request: asked.entry, by: "bob".to_owned() };
        let unsigned = fact(human("bob"), 30, FactKind::GrantApproval(approval));
        denied(&world.record(&unsigned), codes::FACT_NOT_RECORDER);
        let consent = Fact { id: "consent".to_owned(), ..unsigned };
        let forged = signed_as_is(&world, ANN, 2, &consent);
        denied(&world.record(&forged), codes::APPROVAL_SIGNATURE_PRINCIPAL);
        let consent = Fact { id: "signed".to_owned(), ..consent };
        allowed(&world.record(&signed_as_is(&world, BOB, 2, &consent)));
        let opening = FactKind::GrantOpening(GrantOpening { request: asked.entry });
        assert_eq!(world.record(&fact(human("dan"), opened, opening)).verdict, verdict);
    }
}

/// One byte of a good signature, by its place; the last line feed may be left out.
fn with_another_byte(signature: &str, place: usize, bits: u8) -> Option<String> {
    let mut bytes = signature.trim_end().as_bytes().to_vec();
    let place = place % bytes.len();
    bytes[place] ^= bits;
    String::from_utf8(bytes).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// A signature has one spelling: whatever is changed in it, it shows nothing, and is refused and
    /// recorded all the same.
    // Requirements: R200.
    #[test]
    fn any_change_of_a_signature_is_refused(
        in_envelope in any::<bool>(), place in any::<usize>(), bits in 1..=127u8,
    ) {
        let mut world = verified_world();
        let fact = artifact_consent(1);
        let text = world.engine.fact_text(&fact, at(1), &world.state).unwrap();
        let good = match in_envelope {
            false => ssh(ANN, NAMESPACE, &text),
            true => envelope(ANN, PAYLOAD_TYPE, &text),
        };
        let Some(other) = with_another_byte(&good, place, bits) else { return Ok(()) };
        let admission = world.record(&with(&fact, 1, other.clone()));
        prop_assert_eq!(admission.verdict, Verdict::Deny, "{}", other);
        prop_assert_eq!(world.size(), 2);
        prop_assert_eq!(world.record(&with(&fact, 1, good)).verdict, Verdict::Allow);
    }
}
