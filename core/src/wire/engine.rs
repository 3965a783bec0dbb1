//! An engine that was made once, for any number of calls from any number of threads.

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Ledger, Methods, Plan,
    credential::{CredentialInput, Credentials},
    documents::nothing,
    guard,
    identity::signature,
    pack::{self, CheckInput, PackAnswer},
    parse, report, to_json,
};
use crate::{
    charter::Unmatched,
    digest::Digest,
    engine::{self, Texts},
    error::{Code, Error, Result},
    identity::Credential,
    ledger::{Checkpoint, SecretKey, SignedCheckpoint, Signer, VerifierKey, VerifierKeys},
    model::{Approval, Fact, Finding, Law, Request, Subject},
    policy::PolicyPack,
    state::State,
    time::Instant,
};

/// A charter with its packs, ready to decide. Clones share it.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    engine: engine::Engine,
    /// What was signed the last time, by the ledger's origin: little has to be decided again, and a ledger that was set
    /// back since is found out.
    signed: Mutex<BTreeMap<String, State>>,
}

/// What an engine is made of.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct EngineInput {
    /// The charter, in YAML.
    charter: String,
    /// The lock file, in YAML.
    lock: String,
    /// The packs and overlays, in YAML, in any order.
    packs: Vec<String>,
    /// In how many threads policies are evaluated; one unless this says otherwise. What is decided does not depend on
    /// it.
    #[serde(default)]
    threads: Option<NonZeroUsize>,
}

/// What an engine goes by.
#[derive(Serialize, JsonSchema)]
pub(super) struct EngineAnswer<'a> {
    /// The charter's name.
    name: &'a str,
    /// The charter's version, for people; what counts is the law's digest.
    version: &'a str,
    /// The charter's digest with that of its packs, and the attachments that hold their texts.
    law: &'a Law,
    /// Its packs, as its overlays make them, in the order of their names.
    packs: Vec<PackAnswer<'a>>,
}

/// What `begin` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct BeginInput {
    /// A name that no other ledger has.
    origin: String,
    /// The keys that sign the ledger's checkpoints, as verifier keys; each has the origin as its name.
    #[serde(default)]
    keys: Vec<VerifierKey>,
    /// When the ledger begins.
    at: Instant,
}

/// An entry that was appended.
#[derive(Serialize, JsonSchema)]
pub(super) struct AppendedAnswer {
    /// Its sequence number.
    sequence: u64,
    /// Its hash.
    entry: Digest,
}

/// What `request_text` needs; the plan is handed in beside it.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RequestTextInput {
    /// The request.
    request: Request,
    /// When the person signs.
    signed: Instant,
}

/// What `fact_text` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FactTextInput {
    /// The fact.
    fact: Fact,
    /// When the person signs.
    signed: Instant,
}

/// A text for a person to sign.
#[derive(Serialize, JsonSchema)]
pub(super) struct TextAnswer {
    /// The text, to the byte.
    text: String,
}

/// What `credential` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CredentialQuestion {
    /// The actor whose token it is said to be.
    actor: String,
    /// The instant of asking.
    at: Instant,
    /// The token and its issuer's keys.
    credential: CredentialInput,
}

/// What the charter makes of a token.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum CredentialAnswer {
    /// It shows the actor.
    Verified(crate::identity::VerifiedToken),
    /// It shows nothing, and whatever is handed in with it is denied.
    Refused(RefusalAnswer),
}

/// Why a token shows nothing.
#[derive(Serialize, JsonSchema)]
pub(super) struct RefusalAnswer {
    /// The code, such as `identity.token_expired`.
    code: &'static str,
    /// What is wrong with the token. It never quotes the token.
    message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

/// What `review` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReviewInput {
    /// What somebody is asked to approve.
    approval: Approval,
    /// The instant of asking.
    at: Instant,
}

/// What a person who is asked to approve has to see.
#[derive(Serialize, JsonSchema)]
pub(super) struct ReviewAnswer {
    /// The text that they sign.
    statement: String,
    /// The newest request that asked about it, if its record is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    /// What would be found now, if the entrance into the stage were asked for.
    findings: Vec<Finding>,
}

/// What `checkpoint_text` needs.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CheckpointTextInput {
    /// The keys that are to sign, as verifier keys.
    keys: Vec<VerifierKey>,
}

/// A checkpoint, and what signs it: its text, or secret keys.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SignInput {
    /// The text that `checkpoint_text` answered.
    #[serde(default)]
    checkpoint: Option<String>,
    /// The signatures over it.
    #[serde(default)]
    signatures: Vec<SignatureInput>,
    /// In place of both: secret keys in PKCS#8, as PEM, that sign what the ledger holds now.
    #[serde(default)]
    secret_keys: Vec<SecretKeyInput>,
}

/// A signature over a checkpoint's text.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SignatureInput {
    /// The verifier key.
    key: VerifierKey,
    /// The Ed25519 signature, in base64.
    signature: String,
}

/// A secret key. It is neither kept nor printed.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SecretKeyInput {
    /// The key in PKCS#8, as PEM.
    pem: String,
    /// The passphrase, where it is encrypted.
    #[serde(default)]
    passphrase: Option<String>,
}

/// A signed checkpoint.
#[derive(Serialize, JsonSchema)]
pub(super) struct SignedCheckpointAnswer {
    /// The signed note, byte for byte; absent where nothing was signed yet.
    pub(super) checkpoint: Option<String>,
}

type Method = fn(&Engine, Option<&Ledger>, Option<&Plan>, &[u8]) -> Result<String>;

const METHODS: Methods<Method> = &[
    ("begin", begin),
    ("check", check),
    ("checkpoint_text", checkpoint_text),
    ("credential", credential),
    ("describe", describe),
    ("fact_text", fact_text),
    ("request_text", request_text),
    ("review", review),
    ("sign", sign),
    ("snapshot", snapshot),
];

impl Engine {
    /// The names of what [`Engine::call`] carries out, in their order.
    pub fn operations() -> impl Iterator<Item = &'static str> {
        super::names(METHODS)
    }

    /// Makes an engine of `{"charter":"<YAML>","lock":"<YAML>","packs":["<YAML>",…]}`.
    ///
    /// # Errors
    ///
    /// Those of [`engine::Engine::new`].
    pub fn new(input: &[u8]) -> Result<Self> {
        guard(|| {
            let input: EngineInput = parse(input)?;
            let engine = engine::Engine::new(Texts {
                charter: input.charter.into_bytes(),
                lock: input.lock.into_bytes(),
                packs: input.packs.into_iter().map(String::into_bytes).collect(),
            })?;
            Ok(Self::with(engine.with_threads(input.threads.unwrap_or(NonZeroUsize::MIN))))
        })
    }

    /// The engine of the charter that governs a ledger, from the texts kept beside it.
    ///
    /// # Errors
    ///
    /// Those of [`engine::Engine::of_ledger`].
    pub fn of_ledger(ledger: &Ledger) -> Result<Self> {
        guard(|| {
            ledger
                .with_state(|state| engine::Engine::of_ledger(ledger.raw(), state))
                .map(Self::with)
        })
    }

    fn with(engine: engine::Engine) -> Self {
        Self(Arc::new(Inner { engine, signed: Mutex::default() }))
    }

    /// Decides a [`Request`] against what a ledger adds up to now, or against nothing, and records nothing.
    /// The answer is a [`Decision`](crate::Decision).
    ///
    /// # Errors
    ///
    /// Those of [`engine::Engine::decide`]; `input.…` for a request or credential that is malformed, and for a plan
    /// that was read without a nonce; `charter.mismatch` when the ledger is governed by another charter.
    pub fn decide(
        &self,
        ledger: Option<&Ledger>,
        plan: Option<&Plan>,
        request: &[u8],
        credential: &[u8],
    ) -> Result<String> {
        guard(|| {
            let request = self.request(plan, request, credential)?;
            let decision = match ledger {
                None => self.0.engine.decide(&request, &State::new()),
                Some(ledger) => ledger.with_state(|state| {
                    self.0.engine.governs(state)?;
                    self.0.engine.decide(&request, state)
                }),
            };
            to_json(&decision?)
        })
    }

    /// Decides a [`Request`] and records the decision. The answer is an [`Admission`](crate::Admission), and
    /// exists only once its entry is durable.
    ///
    /// # Errors
    ///
    /// Those of [`engine::Engine::admit`], and as [`Engine::decide`]. After an error nothing may be acted upon.
    pub fn admit(
        &self,
        ledger: &Ledger,
        plan: Option<&Plan>,
        request: &[u8],
        credential: &[u8],
    ) -> Result<String> {
        guard(|| {
            let request = self.request(plan, request, credential)?;
            to_json(&ledger.admissions()?.admit_under(&self.0.engine, request)?)
        })
    }

    /// Decides whether a [`Fact`] is its recorder's to record, and records it, or the refusal. The answer is an
    /// [`Admission`](crate::Admission). Evidence may come with its tool's `report`: `{"format":"sarif","text":…}`. An amendment that replaces the charter needs the engine of the new one, as
    /// `law`.
    ///
    /// # Errors
    ///
    /// Those of [`engine::Engine::record`]; `input.…` for a fact or credential that is malformed, and those of
    /// [`Report::read`](crate::model::Report::read).
    pub fn record(
        &self,
        ledger: &Ledger,
        law: Option<&Self>,
        fact: &[u8],
        credential: &[u8],
    ) -> Result<String> {
        guard(|| {
            let mut fact: Fact = report::with(fact, "/report")?;
            fact.name_report();
            let credential = Credentials::read(credential)?;
            fact.credential = credential.shown(&self.0.engine, &fact.actor.id, fact.at);
            let texts = law.map(|law| law.0.engine.law_texts()).unwrap_or_default();
            to_json(&ledger.admissions()?.record_under(&self.0.engine, fact, texts)?)
        })
    }

    /// Carries out one of [`Engine::operations`].
    ///
    /// - `describe`: the charter's name and version, its law and its packs. No input.
    /// - `check` judges a plan by the charter's packs, or by those of a stage: `{"stage":"prod","threads":2}`. As
    ///   [`Pack::call`](super::Pack::call).
    /// - `begin` writes a ledger's genesis entry: `{"origin":…,"keys":[…],"at":…}`.
    /// - `request_text` and `fact_text` answer the `text` that a person signs: `{"request":…,"signed":…}`,
    ///   `{"fact":…,"signed":…}`. They need the ledger.
    /// - `credential` says what a token shows: `{"actor":…,"at":…,"credential":{"token":…,"keySet":…}}`.
    /// - `review` gathers what a person has to see before they approve: `{"approval":…,"at":…}`. It needs the ledger.
    /// - `checkpoint_text` decides again what nobody signed yet, and answers the `text` that keys are to sign:
    ///   `{"keys":[…]}`; `sign` takes that and the signatures, or secret keys to do both, and keeps the
    ///   `checkpoint` that it answers.
    /// - `snapshot` records what the entries add up to, so that the ledger is opened from there.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when there is no such operation; `input.missing_field` when the ledger or the plan that it
    /// needs is missing; and those of the methods of [`engine::Engine`] of the same names.
    pub fn call(
        &self,
        ledger: Option<&Ledger>,
        plan: Option<&Plan>,
        operation: &str,
        input: &[u8],
    ) -> Result<String> {
        super::method(METHODS, operation, |run| run(self, ledger, plan, input))
    }

    fn request(&self, plan: Option<&Plan>, request: &[u8], credential: &[u8]) -> Result<Request> {
        let mut request: Request = parse(request)?;
        let credential = Credentials::read(credential)?;
        request.credential = credential.shown(&self.0.engine, &request.actor.id, request.at);
        request.plan = plan.map(Plan::admissible).transpose()?;
        name_plan(&mut request);
        Ok(request)
    }
}

/// Names the plan that is handed in as the change's own, unless the request says which it means.
pub(super) fn name_plan(request: &mut Request) {
    if let (Some(plan), Subject::Change(change)) = (&request.plan, &mut request.subject) {
        change.plan.get_or_insert(plan.digest);
    }
}

fn needed(ledger: Option<&Ledger>) -> Result<&Ledger> {
    ledger.ok_or_else(|| {
        Error::new(Code::InputMissingField, "this operation needs a ledger")
            .with_help("open one, and hand it in")
    })
}

fn describe(engine: &Engine, _: Option<&Ledger>, _: Option<&Plan>, input: &[u8]) -> Result<String> {
    nothing(input)?;
    let engine = &engine.0.engine;
    let document = engine.charter().document();
    to_json(&EngineAnswer {
        name: &document.charter,
        version: &document.version,
        law: engine.law(),
        packs: engine.packs().map(PackAnswer::of).collect(),
    })
}

fn check(engine: &Engine, _: Option<&Ledger>, plan: Option<&Plan>, input: &[u8]) -> Result<String> {
    let input = CheckInput::read(input)?;
    input.by_charter()?;
    let engine = &engine.0.engine;
    let charter = engine.charter();
    let unmatched: Unmatched = charter.document().unmatched;
    let Some(name) = &input.stage else {
        let packs: Vec<&PolicyPack> = engine.packs().collect();
        return pack::report(&packs, plan, unmatched, &input);
    };
    let mut packs: Vec<&PolicyPack> = Vec::new();
    let mut stages = charter.stages(name).peekable();
    if stages.peek().is_none() {
        return Err(Error::new(Code::CharterUndeclared, "the charter has no such stage")
            .at_pointer("/stage"));
    }
    for pack in stages.flat_map(|(_, stage)| engine.packs_of(stage)) {
        if !packs.iter().any(|present| present.digest() == pack.digest()) {
            packs.push(pack);
        }
    }
    pack::report(&packs, plan, unmatched, &input)
}

fn begin(
    engine: &Engine,
    ledger: Option<&Ledger>,
    _: Option<&Plan>,
    input: &[u8],
) -> Result<String> {
    let input: BeginInput = parse(input)?;
    let ledger = needed(ledger)?;
    let recorded = engine.0.engine.begin(ledger.raw(), &input.origin, &input.keys, input.at)?;
    to_json(&AppendedAnswer { sequence: recorded.entry.sequence, entry: recorded.hash })
}

fn request_text(
    engine: &Engine,
    ledger: Option<&Ledger>,
    plan: Option<&Plan>,
    input: &[u8],
) -> Result<String> {
    let RequestTextInput { mut request, signed } = parse(input)?;
    request.plan = plan.map(Plan::admissible).transpose()?;
    name_plan(&mut request);
    let text = needed(ledger)?
        .with_state(|state| engine.0.engine.request_text(&request, signed, state))?;
    to_json(&TextAnswer { text })
}

fn fact_text(
    engine: &Engine,
    ledger: Option<&Ledger>,
    _: Option<&Plan>,
    input: &[u8],
) -> Result<String> {
    let FactTextInput { mut fact, signed } = report::with(input, "/fact/report")?;
    fact.name_report();
    let text =
        needed(ledger)?.with_state(|state| engine.0.engine.fact_text(&fact, signed, state))?;
    to_json(&TextAnswer { text })
}

fn credential(
    engine: &Engine,
    _: Option<&Ledger>,
    _: Option<&Plan>,
    input: &[u8],
) -> Result<String> {
    let CredentialQuestion { actor, at, credential } = parse(input)?;
    let shown = Credentials::from_input(credential)?.shown(&engine.0.engine, &actor, at);
    let answer = match shown {
        None => {
            return Err(Error::new(Code::InputMissingField, "there is no token")
                .at_pointer("/credential/token"));
        }
        Some(Credential::Verified(token)) => CredentialAnswer::Verified(token),
        Some(Credential::Refused(refusal)) => CredentialAnswer::Refused(RefusalAnswer {
            code: refusal.code(),
            message: refusal.message().to_owned(),
            help: refusal.help().map(str::to_owned),
        }),
    };
    to_json(&answer)
}

fn review(
    engine: &Engine,
    ledger: Option<&Ledger>,
    _: Option<&Plan>,
    input: &[u8],
) -> Result<String> {
    let ReviewInput { approval, at } = parse(input)?;
    let ledger = needed(ledger)?;
    let review =
        ledger.with_state(|state| engine.0.engine.review(&approval, ledger.raw(), state, at))?;
    to_json(&ReviewAnswer {
        statement: review.statement.to_text()?,
        request: review.request,
        findings: review.findings,
    })
}

fn checkpoint_text(
    engine: &Engine,
    ledger: Option<&Ledger>,
    _: Option<&Plan>,
    input: &[u8],
) -> Result<String> {
    let input: CheckpointTextInput = parse(input)?;
    let ledger = needed(ledger)?;
    let keys = VerifierKeys::new(input.keys)?;
    let text =
        engine.signing(ledger, |state| engine.0.engine.checkpoint(ledger.raw(), state, &keys))?;
    to_json(&TextAnswer { text: text.to_text() })
}

fn sign(
    engine: &Engine,
    ledger: Option<&Ledger>,
    _: Option<&Plan>,
    input: &[u8],
) -> Result<String> {
    let input: SignInput = parse(input)?;
    let ledger = needed(ledger)?;
    let signed = match (&input.checkpoint, input.secret_keys.is_empty()) {
        (Some(text), true) => {
            let checkpoint =
                Checkpoint::parse(text).map_err(|error| error.at_pointer("/checkpoint"))?;
            let given = input.signatures.iter().enumerate().map(|(index, given)| {
                let place =
                    |error: Error| error.at_pointer(format!("/signatures/{index}/signature"));
                Ok((given.key.clone(), signature(&given.signature).map_err(place)?))
            });
            let signed =
                SignedCheckpoint::assemble(&checkpoint, &given.collect::<Result<Vec<_>>>()?)?;
            ledger.keep(&signed)?;
            signed
        }
        (None, false) if input.signatures.is_empty() => {
            let origin =
                ledger.with_state(|state| Ok(state.origin().unwrap_or_default().to_owned()))?;
            let keys = input.secret_keys.iter().enumerate().map(|(index, key)| {
                let passphrase = key.passphrase.as_deref().map(str::as_bytes);
                SecretKey::from_pkcs8(&origin, key.pem.as_bytes(), passphrase)
                    .map_err(|error| error.at_pointer(format!("/secretKeys/{index}")))
            });
            let keys = keys.collect::<Result<Vec<_>>>()?;
            let signers: Vec<&dyn Signer> = keys.iter().map(|key| key as &dyn Signer).collect();
            engine.signing(ledger, |state| engine.0.engine.sign(ledger.raw(), state, &signers))?
        }
        _ => {
            return Err(Error::new(
                Code::InputInvalidValue,
                "sign with a `checkpoint` and `signatures`, or with `secretKeys`",
            ));
        }
    };
    to_json(&SignedCheckpointAnswer { checkpoint: Some(signed.text().to_owned()) })
}

fn snapshot(
    engine: &Engine,
    ledger: Option<&Ledger>,
    _: Option<&Plan>,
    input: &[u8],
) -> Result<String> {
    nothing(input)?;
    let ledger = needed(ledger)?;
    let mut state = ledger.with_state(|state| Ok(state.clone()))?;
    let recorded = engine.0.engine.snapshot(ledger.raw(), &mut state)?;
    to_json(&AppendedAnswer { sequence: recorded.entry.sequence, entry: recorded.hash })
}

impl Engine {
    /// Works on what was signed of this ledger the last time. What goes wrong changes nothing of it: a ledger that was
    /// set back stays refused.
    fn signing<T>(&self, ledger: &Ledger, run: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let origin =
            ledger.with_state(|state| Ok(state.origin().unwrap_or_default().to_owned()))?;
        let mut signed = self.0.signed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = signed.get(&origin).cloned().unwrap_or_default();
        let done = run(&mut state)?;
        signed.insert(origin, state);
        Ok(done)
    }
}
