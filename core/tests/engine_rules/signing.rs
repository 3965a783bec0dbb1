//! Nothing is signed over that the engine would not have written, whoever wrote it.

use poundlock::{
    canonical,
    digest::Digest,
    error::Error,
    ledger::{Draft, Entry, SignedCheckpoint, Signer, VerifierKeys},
    model::{Action, Amendment, Fact, FactKind, Mode, Permit, Verdict},
    state::{DecisionBody, FactBody, Genesis, State, kind},
};

use crate::{
    amendments::{amend, change_keys, stricter},
    erasures::{attachments, erasure},
    support::*,
};

/// Signs with a state of its own, as a process does that has just begun.
fn sign(world: &World, keys: &[u8]) -> Result<SignedCheckpoint, Error> {
    let secrets: Vec<_> = keys.iter().map(|key| secret(*key)).collect();
    let signers: Vec<&dyn Signer> = secrets.iter().map(|secret| secret as &dyn Signer).collect();
    world.engine.sign(&world.ledger, &mut State::new(), &signers)
}

fn signed_size(world: &World) -> Option<u64> {
    let keys = VerifierKeys::new([key(1)]).unwrap();
    let kept = world.ledger.checkpoint().unwrap()?;
    Some(kept.verify(&keys, Some("test/origin")).unwrap().size)
}

fn last(world: &World) -> Entry {
    world.ledger.read(world.size() - 1, 1).unwrap().pop().unwrap().entry
}

/// Appends past the engine, as somebody does who can write the ledger's files: the chain is sound.
fn forge(world: &World, entry: &Entry, body: Vec<u8>) -> u64 {
    let contents = entry.attachments.iter();
    let draft = Draft {
        at: Some(entry.at),
        kind: entry.kind.clone(),
        body,
        attachments: contents.map(|a| world.ledger.attachment(a).unwrap().unwrap()).collect(),
    };
    world.ledger.append(world.size(), draft).unwrap().entry.sequence
}

#[track_caller]
fn undecided(world: &World, sequence: u64) {
    let before = signed_size(world);
    let error = sign(world, &[1]).unwrap_err();
    assert_eq!((error.code(), error.place().sequence), ("entry.undecided", Some(sequence)));
    assert_eq!(signed_size(world), before);
}

#[test]
fn what_the_engine_wrote_is_signed() {
    let mut world = World::with_keys(&[key(1)]);
    world.through_test(0);
    let mut stranger = ask(Action::Plan, "dev", &plan(5), 1);
    stranger.actor = workload("mallory");
    world.admit(&stranger);
    let mut unbound = ask(Action::Plan, "dev", &plan(5), 1);
    unbound.actor = workload("bound");
    unbound.actor.claims.insert("repository".into(), "acme/other".into());
    world.admit(&unbound);
    unbound.id = "its own".to_owned();
    unbound.actor.claims.insert("repository".into(), "acme/web".into());
    world.admit(&unbound);
    let mut fact = approval("ann", "development", plan(1).digest, 2);
    allowed(&world.record(&fact));
    fact.id = "with claims".to_owned();
    fact.actor.claims.insert("email".into(), "attestor@example.org".into());
    allowed(&world.record(&fact));
    fact.actor = workload("mallory");
    world.record(&fact);
    world.snapshot();
    allowed(&amend(&mut world, &stricter(), human("ann"), 3).unwrap());
    let old = std::mem::replace(&mut world.engine, stricter().into());
    world.admit(&ask(Action::Plan, "prod", &plan(6), 4));
    let signed = sign(&world, &[1]).unwrap();
    let keys = VerifierKeys::new([key(1)]).unwrap();
    let checkpoint = signed.verify(&keys, Some("test/origin")).unwrap();
    let head = world.ledger.head().unwrap();
    assert_eq!((checkpoint.size, checkpoint.root), (head.size, head.root));
    assert_eq!(world.ledger.checkpoint().unwrap(), Some(signed));
    // Under another law than its own, an engine signs nothing.
    world.engine = old;
    assert_eq!(sign(&world, &[1]).unwrap_err().code(), "charter.mismatch");
}

/// The state that was kept from the last time saves reading, and changes nothing.
#[test]
fn signing_goes_on_from_the_last_signature() {
    let mut world = World::with_keys(&[key(1)]);
    let mut kept = State::new();
    let secret = secret(1);
    for round in 0..3 {
        world.prepare("dev", &plan(round), 10 * i64::from(round));
        let signed = world.engine.sign(&world.ledger, &mut kept, &[&secret]).unwrap();
        assert_eq!(signed.unverified().size, world.size());
        assert_eq!(kept, world.state);
    }
    // Nothing new is signed again, and a state that is ahead of the signature is not believed.
    world.engine.sign(&world.ledger, &mut kept, &[&secret]).unwrap();
    world.prepare("dev", &plan(7), 100);
    let entry = last(&world);
    let forged = forge(&world, &entry, entry.body.clone());
    let mut ahead = State::new();
    ahead.catch_up(&world.ledger).unwrap();
    let error = world.engine.sign(&world.ledger, &mut ahead, &[&secret]).unwrap_err();
    assert_eq!((error.code(), error.place().sequence), ("entry.undecided", Some(forged)));
}

#[test]
fn a_forged_permission_is_never_signed() {
    let mut world = World::with_keys(&[key(1)]);
    world.through_dev(0);
    sign(&world, &[1]).unwrap();
    let before = world.size();
    let request = ask(Action::Apply, "prod", &plan(3), 1);
    assert_eq!(world.admit(&request).verdict, Verdict::Deny);
    let entry = last(&world);
    let mut body: DecisionBody = canonical::from_bytes(&entry.body).unwrap();
    body.request.id = "another".to_owned();
    body.decision.verdict = Verdict::Allow;
    body.permit = Some(Permit {
        origin: "test/origin".to_owned(),
        action: Action::Apply,
        actor: "deployer".to_owned(),
        run: None,
        track: "infra".to_owned(),
        stage: "prod".to_owned(),
        asset: "web".to_owned(),
        lineage: COMMIT.to_owned(),
        digest: plan(3).digest,
        traffic: None,
        grant: None,
        expires: at(HOUR),
    });
    let forged = forge(&world, &entry, canonical::to_bytes(&body).unwrap());
    // The ledger is sound, and its entries make sense.
    world.ledger.verify().unwrap();
    State::new().catch_up(&world.ledger).unwrap();
    undecided(&world, forged);
    assert_eq!(signed_size(&world), Some(before));
}

/// An entry that is right in its place is wrong at any other.
#[test]
fn a_true_entry_is_not_signed_twice() {
    let mut world = World::with_keys(&[key(1)]);
    world.prepare("dev", &plan(1), 0);
    let entry = last(&world);
    let forged = forge(&world, &entry, entry.body.clone());
    undecided(&world, forged);
}

#[test]
fn an_instant_that_was_changed_is_not_signed() {
    let mut world = World::with_keys(&[key(1)]);
    let draft = |world: &World, seconds: i64| {
        let request = ask(Action::Plan, "dev", &plan(1), 5);
        match world.engine.draft(&request, &world.ledger, &world.state).unwrap() {
            poundlock::engine::Step::Append(drafted) => {
                Draft { at: Some(at(seconds)), ..drafted.draft }
            }
            step => panic!("{step:?}"),
        }
    };
    world.state.catch_up(&world.ledger).unwrap();
    let sequence = world.size();
    world.ledger.append(sequence, draft(&world, 6)).unwrap();
    undecided(&world, sequence);
}

/// What a stranger asked is not kept, so that it cannot be decided again; what it may do can.
#[test]
fn a_forged_refusal_changes_nothing_or_is_not_signed() {
    let mut world = World::with_keys(&[key(1)]);
    let mut request = ask(Action::Plan, "dev", &plan(1), 0);
    request.actor = workload("mallory");
    world.admit(&request);
    let entry = last(&world);
    let body: DecisionBody = canonical::from_bytes(&entry.body).unwrap();
    let forgeries: [fn(&mut DecisionBody); 5] = [
        |body| body.decision.verdict = Verdict::Allow,
        |body| body.spends = vec![Digest::ZERO],
        |body| body.decision.failures.clear(),
        // What is only observed binds nobody.
        |body| body.decision.mode = Mode::Observe,
        // Whoever is known has what they ask kept.
        |body| body.request.actor.id = "planner".to_owned(),
    ];
    for change in forgeries {
        let mut world = World::with_keys(&[key(1)]);
        let mut body = body.clone();
        change(&mut body);
        let forged = forge(&world, &entry, canonical::to_bytes(&body).unwrap());
        undecided(&world, forged);
        world.state = State::new();
    }
}

#[test]
fn a_forged_fact_is_not_signed() {
    let mut world = World::with_keys(&[key(1)]);
    // A consent by whoever may not attest one, and keys by whoever may not name them.
    let mut consent = approval("ann", "test", plan(1).digest, 0);
    consent.actor = workload("checker");
    let keys = Amendment { law: None, keys: Some(vec![key(3)]), reason: "mine".to_owned() };
    for fact in [consent, fact(human("bob"), 0, FactKind::Amendment(keys))] {
        let refused = world.record(&fact);
        assert_eq!(refused.verdict, Verdict::Deny);
        let entry = last(&world);
        let mut body: FactBody = canonical::from_bytes(&entry.body).unwrap();
        body.decision.verdict = Verdict::Allow;
        body.decision.failures.clear();
        let mut world = World::with_keys(&[key(1)]);
        let forged = forge(&world, &entry, canonical::to_bytes(&body).unwrap());
        undecided(&world, forged);
        // Not even with the key that it brings.
        assert_eq!(sign(&world, &[3]).unwrap_err().code(), "entry.undecided");
        world.state = State::new();
    }
}

/// A law that nobody could decide under, or other keys than those that the engine was given.
#[test]
fn a_forged_beginning_is_not_signed() {
    let world = World::with_keys(&[key(1)]);
    let entry = last(&world);
    let genesis: Genesis = canonical::from_bytes(&entry.body).unwrap();
    let forgeries: [fn(&mut Genesis); 4] = [
        |genesis| genesis.law.digest = Digest::ZERO,
        |genesis| genesis.keys.push(foreign_key()),
        |genesis| genesis.keys.push(key(1)),
        |genesis| genesis.engine = 2,
    ];
    for change in forgeries {
        let mut genesis = genesis.clone();
        change(&mut genesis);
        let forged = World {
            engine: world.engine.clone(),
            ledger: poundlock::Ledger::in_memory(),
            state: State::new(),
        };
        let contents = entry.attachments.iter();
        let draft = Draft {
            at: Some(entry.at),
            kind: kind::GENESIS.to_owned(),
            body: canonical::to_bytes(&genesis).unwrap(),
            attachments: contents.map(|a| world.ledger.attachment(a).unwrap().unwrap()).collect(),
        };
        forged.ledger.append(0, draft).unwrap();
        undecided(&forged, 0);
    }
}

#[test]
fn a_forged_snapshot_is_not_signed() {
    let mut world = World::with_keys(&[key(1)]);
    world.snapshot();
    let entry = last(&world);
    let forged = forge(&world, &entry, entry.body.clone());
    undecided(&world, forged);
}

/// What somebody else signed is no reason to believe what they signed over.
#[test]
fn the_checkpoint_of_another_key_is_not_believed() {
    let mut world = World::with_keys(&[key(1), key(2)]);
    world.prepare("dev", &plan(1), 0);
    let entry = last(&world);
    let forged = forge(&world, &entry, entry.body.clone());
    let head = world.ledger.head().unwrap();
    let checkpoint = poundlock::ledger::Checkpoint::of("test/origin", &head);
    let signed = SignedCheckpoint::sign(&checkpoint, &[&secret(2)]).unwrap();
    world.ledger.put_checkpoint(&signed).unwrap();
    let error = sign(&world, &[1]).unwrap_err();
    assert_eq!((error.code(), error.place().sequence), ("entry.undecided", Some(forged)));
}

#[test]
fn only_keys_in_force_sign() {
    let mut world = World::with_keys(&[key(1)]);
    assert_eq!(sign(&world, &[]).unwrap_err().code(), "key.invalid");
    assert_eq!(sign(&world, &[2]).unwrap_err().code(), "key.invalid");
    assert_eq!(sign(&world, &[1, 2]).unwrap_err().code(), "key.invalid");
    sign(&world, &[1]).unwrap();
    // A rotation with overlap.
    allowed(&change_keys(&mut world, human("ann"), &[key(1), key(2)], 1));
    sign(&world, &[1, 2]).unwrap();
    allowed(&change_keys(&mut world, human("ann"), &[key(2)], 2));
    assert_eq!(sign(&world, &[1]).unwrap_err().code(), "key.invalid");
    sign(&world, &[2]).unwrap();
    assert_eq!(sign(&World::new(), &[1]).unwrap_err().code(), "key.invalid");
}

/// Those who sign the same head one after the other have both signed it; with the next head it begins anew.
#[test]
fn signers_need_not_sign_at_once() {
    let mut world = World::with_keys(&[key(1), key(2)]);
    let both = VerifierKeys::new([key(1), key(2)]).unwrap().with_threshold(2).unwrap();
    let kept = |world: &World| world.ledger.checkpoint().unwrap().unwrap();
    sign(&world, &[1]).unwrap();
    assert_eq!(kept(&world).verify(&both, None).unwrap_err().code(), "checkpoint.untrusted");
    for keys in [[2].as_slice(), &[1], &[2, 1]] {
        sign(&world, keys).unwrap();
        kept(&world).verify(&both, None).unwrap();
    }
    world.prepare("dev", &plan(1), 0);
    sign(&world, &[2]).unwrap();
    assert_eq!(kept(&world).verify(&both, None).unwrap_err().code(), "checkpoint.untrusted");
}

/// What lies under a signature may be erased, and the next one builds upon it; nobody else can vouch for it.
#[test]
fn what_was_signed_may_be_erased() {
    let mut world = World::with_keys(&[key(1), key(2)]);
    let admission = world.admit(&ask(Action::Plan, "dev", &plan(1), 0));
    let attachment = attachments(&world, &admission)[0];
    let fact = erasure(human("cyd"), attachment, admission.sequence, 1);
    let record = |world: &mut World| {
        world.engine.record(&fact, &[], &world.ledger, &mut world.state).map_err(|e| e.code())
    };
    // Not before.
    assert_eq!(record(&mut world).unwrap_err(), "replay.unavailable");
    sign(&world, &[1]).unwrap();
    let again = {
        let mut request = ask(Action::Plan, "dev", &plan(1), 0);
        request.id = "again".to_owned();
        world.admit(&request)
    };
    let shared: Vec<_> = attachments(&world, &again)
        .into_iter()
        .filter(|a| attachments(&world, &admission).contains(a))
        .collect();
    let unsigned = erasure(human("cyd"), shared[0], admission.sequence, 1);
    let error = world.engine.record(&unsigned, &[], &world.ledger, &mut world.state).unwrap_err();
    assert_eq!(
        (error.code(), error.place().sequence),
        ("replay.unavailable", Some(again.sequence))
    );
    sign(&world, &[1]).unwrap();
    for attachment in attachments(&world, &admission) {
        if attachment != world.engine.law().charter {
            let fact = erasure(human("cyd"), attachment, admission.sequence, 2);
            allowed(&world.record(&fact));
            assert_eq!(world.ledger.attachment(&attachment).unwrap(), None);
        }
    }
    sign(&world, &[1]).unwrap();
    let mut state = State::new();
    let done = world.engine.redecide(&world.ledger, &mut state, world.size()).unwrap();
    assert_eq!(done.entries, world.size());
    assert!(done.unavailable.contains(&admission.sequence));
    let error = sign(&world, &[2]).unwrap_err();
    assert_eq!(
        (error.code(), error.place().sequence),
        ("replay.unavailable", Some(admission.sequence))
    );
}

/// An attachment that is gone without an erasure is damage, and not an excuse.
// Requirements: R204.
#[test]
fn what_is_lost_is_not_signed_over() {
    let mut world = World::with_keys(&[key(1)]);
    let admission = world.admit(&ask(Action::Plan, "dev", &plan(1), 0));
    let body: DecisionBody = canonical::from_bytes(&last(&world).body).unwrap();
    let record = body.record.unwrap();
    // The decision can be made again, and what it was made from can't.
    world.ledger.erase(world.size(), &record.decision).unwrap();
    sign(&world, &[1]).unwrap();
    for attachment in [record.plan.unwrap(), record.request] {
        let mut world = World::with_keys(&[key(1)]);
        world.admit(&ask(Action::Plan, "dev", &plan(1), 0));
        world.ledger.erase(world.size(), &attachment).unwrap();
        let error = sign(&world, &[1]).unwrap_err();
        let found = (error.code(), error.place().sequence);
        assert_eq!(found, ("ledger.attachment_missing", Some(admission.sequence)));
    }
}

/// A ledger whose end was cut off does not get a second truth signed.
#[test]
fn a_ledger_that_was_cut_is_not_signed() {
    let mut world = World::with_keys(&[key(1)]);
    world.through_dev(0);
    let signed = sign(&world, &[1]).unwrap();
    let mut shorter = World::with_keys(&[key(1)]);
    shorter.prepare("dev", &plan(1), 0);
    // Nothing keeps a checkpoint from being kept beside another copy of the ledger, but the signer.
    assert_eq!(
        shorter.ledger.put_checkpoint(&signed).unwrap_err().code(),
        "checkpoint.rolled_back"
    );
    allowed(&world.record(&approval("bob", "test", plan(9).digest, 3)));
    assert_eq!(sign(&world, &[1]).unwrap().unverified().size, world.size());
}

/// The law that the unsigned entries were decided under is needed to sign over them, also when it is no
/// longer in force.
#[test]
fn a_law_that_unsigned_entries_were_decided_under_cannot_be_erased() {
    let mut world = World::with_keys(&[key(1)]);
    let old = world.engine.law().charter;
    sign(&world, &[1]).unwrap();
    allowed(&amend(&mut world, &stricter(), human("ann"), 1).unwrap());
    world.engine = stricter().into();
    let fact = erasure(human("cyd"), old, 0, 2);
    let answer = world.engine.record(&fact, &[], &world.ledger, &mut world.state);
    assert_eq!(answer.map(drop).map_err(|error| error.code()), Err("replay.unavailable"));
    sign(&world, &[1]).unwrap();
    allowed(&world.record(&fact));
    sign(&world, &[1]).unwrap();
}

/// The signer's own memory counts too: a ledger that was set back together with its checkpoint is not signed.
#[test]
fn what_the_state_of_the_last_signature_contradicts_is_not_signed() {
    let secret = secret(1);
    let mut world = World::with_keys(&[key(1)]);
    let mut kept = State::new();
    world.prepare("dev", &plan(1), 0);
    world.engine.sign(&world.ledger, &mut kept, &[&secret]).unwrap();
    // Another truth of the same length, a shorter one, and a longer one; none has a checkpoint beside it.
    for (others, code) in [
        (1, "checkpoint.inconsistent"),
        (0, "checkpoint.rolled_back"),
        (2, "checkpoint.inconsistent"),
    ] {
        let mut other = World::with_keys(&[key(1)]);
        for number in 0..others {
            other.prepare("dev", &plan(7 + number), 1);
        }
        let mut kept = kept.clone();
        let signed = other.engine.sign(&other.ledger, &mut kept, &[&secret]);
        assert_eq!(signed.map(drop).map_err(|error| error.code()), Err(code));
        assert_eq!(signed_size(&other), None);
    }
}

/// An erasure is of what was named before it.
#[test]
fn an_erasure_of_what_is_named_later_is_not_signed() {
    let request = ask(Action::Plan, "dev", &plan(1), 1);
    let mut other = World::with_keys(&[key(1)]);
    let admission = other.admit(&request);
    other.sign();
    let named = attachments(&other, &admission)[0];
    allowed(&other.record(&erasure(human("cyd"), named, admission.sequence, 1)));
    let (entry, erased) = (last(&other), admission.sequence + 1);
    let mut body: FactBody = canonical::from_bytes(&entry.body).unwrap();
    let FactKind::Erasure(erasure) = &mut body.fact.fact else { panic!("it is an erasure") };
    erasure.sequence = erased;
    body.content = content(&body.fact);
    let mut world = World::with_keys(&[key(1)]);
    let forged = forge(&world, &entry, canonical::to_bytes(&body).unwrap());
    let admission = world.admit(&request);
    assert_eq!(admission.sequence, erased);
    assert!(attachments(&world, &admission).contains(&named));
    undecided(&world, forged);
}

/// What is digested of a fact is documented: all but its instant and claims.
fn content(fact: &Fact) -> Digest {
    let mut fact = fact.clone();
    fact.at = poundlock::time::Instant::EPOCH;
    fact.actor.claims.clear();
    Digest::of_kind("fact", &canonical::to_bytes(&fact).unwrap())
}
