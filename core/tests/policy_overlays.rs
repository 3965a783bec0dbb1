//! Overlays: they make a pack stricter, and nothing that it denies is ever allowed by them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

use std::num::NonZeroUsize;

use poundlock::{
    charter::{Lock, Unmatched},
    engine::{Engine, Texts, check_plan},
    model::{Plan, Verdict},
    policy::{Context, Overlay, PolicyPack},
    value::Value,
};
use proptest::prelude::*;

const PACK: &str = r#"
pack: rules
version: 1.0.0
policies:
  - name: size
    description: Things are small.
    match: { resources: [thing] }
    params: { most: 5, kinds: [a, b, c], named: [] }
    stricter: { most: lower, kinds: fewer, named: more }
    validations:
      - expression: object.size <= params.most
      - expression: object.kind in params.kinds
      - expression: params.named.all(name, name in object.tags)
  - name: tidy
    description: Things are tidy.
    enforcement: advisory
    match: { resources: [thing] }
    validations: [{ expression: object.tidy }]
"#;

fn overlay(body: &str) -> String {
    format!("overlay: acme\nversion: 1.0.0\npack: rules\n{body}")
}

fn with(body: &str) -> Result<PolicyPack, poundlock::Error> {
    let overlay = Overlay::parse(overlay(body).as_bytes())?;
    PolicyPack::with_overlays(PACK.as_bytes(), &[&overlay])
}

fn refused(body: &str) -> &'static str {
    with(body).unwrap_err().code()
}

fn thing(size: i64, kind: &str, tidy: bool, tags: &[&str]) -> String {
    format!(r#"{{"size": {size}, "kind": "{kind}", "tidy": {tidy}, "tags": {tags:?}}}"#)
}

fn plan(kind: &str, after: &str) -> Plan {
    let text = format!(
        r#"{{"format_version": "1.2", "resource_changes": [{{"address": "{kind}.a", "mode": "managed", "type": "{kind}",
            "name": "a", "change": {{"actions": ["create"], "before": null, "after": {after}, "after_unknown": {{}},
            "before_sensitive": false, "after_sensitive": {{}}}}}}]}}"#
    );
    Plan::from_terraform(text.as_bytes(), &[7; 32]).unwrap()
}

fn verdict(pack: &PolicyPack, plan: &Plan, unmatched: Unmatched) -> Verdict {
    let none = || Value::parse_json(b"{}").unwrap();
    let context = Context { request: none(), actor: none(), stage: none() };
    check_plan(&[pack], plan, unmatched, &context, NonZeroUsize::MIN).unwrap().verdict
}

#[test]
fn parameters_move_in_their_declared_direction_alone() {
    let small = plan("thing", &thing(4, "a", true, &[]));
    let base = PolicyPack::parse(PACK.as_bytes()).unwrap();
    assert_eq!(verdict(&base, &small, Unmatched::Deny), Verdict::Allow);
    for change in ["most: 3", "kinds: [b, c]", "named: [owner]"] {
        let pack = with(&format!("changes: [{{ policy: size, params: {{ {change} }} }}]")).unwrap();
        assert_eq!(verdict(&pack, &small, Unmatched::Deny), Verdict::Deny, "{change}");
        assert_eq!(pack.digest(), base.digest());
    }
    for change in ["most: 6", "most: '3'", "kinds: [a, d]", "kinds: b", "other: 1"] {
        let body = format!("changes: [{{ policy: size, params: {{ {change} }} }}]");
        assert_eq!(refused(&body), "policy.overlay", "{change}");
    }
}

// Requirements: R273.
#[test]
fn enforcement_is_raised_and_never_lowered() {
    let untidy = plan("thing", &thing(1, "a", false, &[]));
    let pack = with("changes: [{ policy: tidy, enforcement: mandatory }]").unwrap();
    assert_eq!(verdict(&pack, &untidy, Unmatched::Deny), Verdict::Deny);
    assert_eq!(refused("changes: [{ policy: size, enforcement: advisory }]"), "policy.overlay");
    assert_eq!(refused("changes: [{ policy: tidy, enforcement: advisory }]"), "policy.overlay");
}

#[test]
fn validations_and_policies_are_added() {
    let odd = plan("thing", &thing(3, "a", true, &[]));
    let pack =
        with("changes: [{ policy: size, validations: [{ expression: object.size % 2 == 0 }] }]");
    assert_eq!(verdict(&pack.unwrap(), &odd, Unmatched::Deny), Verdict::Deny);
    let added = "policies: [{ name: named, description: Has a name., match: { resources: [thing, other] }, validations: [{ expression: has(object.name) }] }]";
    let pack = with(added).unwrap();
    assert_eq!(verdict(&pack, &odd, Unmatched::Deny), Verdict::Deny);
    // What only an overlay has a rule for still has no rule of the pack's.
    let other = plan("other", r#"{"name": "x"}"#);
    assert_eq!(verdict(&pack, &other, Unmatched::Allow), Verdict::Allow);
    assert_eq!(verdict(&pack, &other, Unmatched::Deny), Verdict::Deny);
}

#[test]
fn an_overlay_that_does_not_fit_is_refused() {
    assert_eq!(refused("changes: [{ policy: none, enforcement: mandatory }]"), "policy.overlay");
    let twice = "changes: [{ policy: tidy, enforcement: mandatory }, { policy: tidy, enforcement: mandatory }]";
    assert_eq!(refused(twice), "policy.overlay");
    assert_eq!(refused("description: nothing"), "policy.empty");
    assert_eq!(refused("changes: [{ policy: tidy }]"), "policy.empty");
    assert_eq!(
        refused("changes: [{ policy: tidy, match: { resources: [] } }]"),
        "input.unknown_field"
    );
    let taken = "policies: [{ name: size, description: Again., match: { resources: [x] }, validations: [{ expression: object.x }] }]";
    assert_eq!(refused(taken), "policy.duplicate");
    let constant = "changes: [{ policy: size, validations: [{ expression: 'true' }] }]";
    assert_eq!(refused(constant), "policy.constant");
    let unknown =
        "changes: [{ policy: size, validations: [{ expression: object.size < nothing }] }]";
    assert_eq!(refused(unknown), "policy.unknown_name");
    for stricter in ["{ size: lower }", "{ most: fewer }", "{ kinds: higher }"] {
        let pack = PACK.replace("{ most: lower, kinds: fewer, named: more }", stricter);
        let error = PolicyPack::parse(pack.as_bytes()).unwrap_err();
        assert_eq!(error.code(), "input.invalid_value", "{stricter}");
    }
}

const CHARTER: &str = r#"
charter: test
version: 1.0.0
unmatched: deny
identity: asserted
packs: [{ pack: rules, version: 1.0.0 }]
overlays: [{ overlay: acme, version: 1.0.0 }]
actors: [{ actor: ci, kind: workload }]
tracks:
  - track: infra
    moves: change
    stages: [{ stage: dev, grants: { plan: [ci] }, packs: [rules] }]
    boundaries: [{ into: dev }]
"#;

fn texts(charter: &str, overlay: &str, pins: &[&str]) -> Texts {
    let mut lock = Lock::default();
    for text in pins {
        let (reference, digest) = if Overlay::is_overlay(text.as_bytes()) {
            let overlay = Overlay::parse(text.as_bytes()).unwrap();
            (overlay.reference(), overlay.digest())
        } else {
            let pack = PolicyPack::parse(text.as_bytes()).unwrap();
            (pack.reference(), pack.digest())
        };
        lock.pin(reference, digest);
    }
    Texts {
        charter: charter.into(),
        lock: lock.to_yaml().into(),
        packs: vec![PACK.into(), overlay.into()],
    }
}

#[test]
fn a_charter_names_and_pins_its_overlays() {
    let acme = overlay("changes: [{ policy: size, params: { most: 3 } }]");
    let engine = Engine::new(texts(CHARTER, &acme, &[PACK, &acme])).unwrap();
    assert_eq!(engine.law().packs.len(), 2);
    let other = overlay("changes: [{ policy: size, params: { most: 2 } }]");
    let code = |texts: Texts| Engine::new(texts).unwrap_err().code();
    assert_eq!(code(texts(CHARTER, &acme, &[PACK])), "policy.pin_missing");
    assert_eq!(code(texts(CHARTER, &other, &[PACK, &acme])), "policy.pin_mismatch");
    let without = CHARTER.replace("overlays: [{ overlay: acme, version: 1.0.0 }]\n", "");
    let plain = Engine::new(texts(&without, &acme, &[PACK, &acme])).unwrap();
    assert_ne!(plain.law().digest, engine.law().digest);
    let missing = CHARTER.replace("overlay: acme", "overlay: none");
    assert_eq!(code(texts(&missing, &acme, &[PACK, &acme])), "policy.pack_missing");
    let pack = CHARTER.replace("overlay: acme", "overlay: rules");
    assert_eq!(code(texts(&pack, &acme, &[PACK, &acme])), "charter.duplicate");
    let foreign = acme.replace("pack: rules", "pack: others");
    assert_eq!(code(texts(CHARTER, &foreign, &[PACK, &foreign])), "charter.invalid");
}

fn any_overlay() -> impl Strategy<Value = String> {
    let validation = prop::sample::select(vec![
        "object.size > 1",
        "object.kind != 'b'",
        "has(object.name)",
        "object.tidy || object.size < 3",
        "object.missing == 1",
    ]);
    (
        prop::option::of(0..=5_i64),
        prop::option::of(prop::sample::subsequence(vec!["a", "b", "c"], 0..=3)),
        prop::option::of(prop::sample::subsequence(vec!["x", "y"], 0..=2)),
        any::<bool>(),
        prop::option::of(validation.clone()),
        prop::option::of((validation, prop::sample::select(vec!["thing", "other", "*"]), any::<bool>())),
    )
        .prop_map(|(most, kinds, named, tidy, added, policy)| {
            let mut params = Vec::new();
            params.extend(most.map(|most| format!("most: {most}")));
            params.extend(kinds.map(|kinds| format!("kinds: [{}]", kinds.join(", "))));
            params.extend(named.map(|named| format!("named: [{}]", named.join(", "))));
            let validations = added.map(|it| format!("validations: [{{ expression: \"{it}\" }}]"));
            let mut size = Vec::new();
            if !params.is_empty() {
                size.push(format!("params: {{ {} }}", params.join(", ")));
            }
            size.extend(validations);
            let mut changes = Vec::new();
            if !size.is_empty() {
                changes.push(format!("{{ policy: size, {} }}", size.join(", ")));
            }
            if tidy || changes.is_empty() {
                changes.push("{ policy: tidy, enforcement: mandatory }".to_owned());
            }
            let policies = policy.map(|(expression, kind, later)| {
                let later = if later { ", onUnknown: verify-after" } else { "" };
                format!("policies: [{{ name: more, description: More., match: {{ resources: ['{kind}'] }}, validations: [{{ expression: \"{expression}\" }}]{later} }}]\n")
            });
            overlay(&format!("{}changes: [{}]", policies.unwrap_or_default(), changes.join(", ")))
        })
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let tags = prop::sample::subsequence(vec!["x", "y"], 0..=2);
    let kind = prop::sample::select(vec!["thing", "other"]);
    (kind, 0..8_i64, prop::sample::select(vec!["a", "b", "d"]), any::<bool>(), tags)
        .prop_map(|(kind, size, sort, tidy, tags)| plan(kind, &thing(size, sort, tidy, &tags)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever an overlay says, it turns no denial into permission.
    // Requirements: R273.
    #[test]
    fn an_overlay_never_allows_what_its_pack_denies(text in any_overlay(), plan in any_plan(), allow in any::<bool>()) {
        let overlay = Overlay::parse(text.as_bytes()).unwrap();
        let base = PolicyPack::parse(PACK.as_bytes()).unwrap();
        let whole = PolicyPack::with_overlays(PACK.as_bytes(), &[&overlay]).unwrap();
        let unmatched = if allow { Unmatched::Allow } else { Unmatched::Deny };
        if verdict(&base, &plan, unmatched) == Verdict::Deny {
            prop_assert_eq!(verdict(&whole, &plan, unmatched), Verdict::Deny, "{}", text);
        }
    }
}
