//! A ledger that was opened once, for any number of calls from any number of threads.

use std::{
    fmt,
    num::NonZeroUsize,
    path::Path,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    Methods, documents::nothing, engine::SignedCheckpointAnswer, entry::EntryAnswer, guard, parse,
    to_json,
};
use crate::{
    digest::{Digest, hex},
    engine::Admissions,
    error::{Code, Error, Result},
    ledger::{self, Head, SignedCheckpoint, VerifierKeys},
    report::{Period, Report},
    state::{Audit, State},
    time::Instant,
};

/// A ledger, with what its entries add up to. Clones share it; the last one closes it.
#[derive(Clone)]
pub struct Ledger(Arc<Inner>);

struct Inner {
    ledger: Arc<ledger::Ledger>,
    state: RwLock<State>,
    admissions: OnceLock<Admissions>,
}

/// Where a ledger is.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct LedgerInput {
    /// Whether it is in memory, for tests and dry runs.
    #[serde(default)]
    memory: bool,
    /// The directory.
    #[serde(default)]
    directory: Option<String>,
    /// What is to be done with the directory.
    #[serde(default)]
    mode: Option<LedgerMode>,
}

/// What is to be done with a ledger's directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(super) enum LedgerMode {
    /// Make an empty ledger in it.
    Create,
    /// Open the ledger in it, to read and to write.
    Open,
    /// Open the ledger in it without ever changing a file.
    ReadOnly,
}

/// The size of a ledger and what its entries add up to.
#[derive(Serialize, JsonSchema)]
pub(super) struct HeadAnswer {
    /// How many entries there are.
    size: u64,
    /// The RFC 6962 Merkle tree hash over them.
    root: Digest,
    /// The hash of the last entry.
    last: Digest,
}

impl From<Head> for HeadAnswer {
    fn from(Head { size, root, last }: Head) -> Self {
        Self { size, root, last }
    }
}

/// Which entries are wanted.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct EntriesInput {
    /// The first sequence number.
    from: u64,
    /// The sequence number before which to stop; the ledger's end when it is absent.
    to: Option<u64>,
    /// How many entries to answer at most, 1 to 1,000.
    limit: usize,
    /// Only those of these kinds, such as `decision`; all when it is empty.
    kinds: Vec<String>,
    /// Only those from this instant on.
    since: Option<Instant>,
    /// Only those before this instant.
    until: Option<Instant>,
}

impl Default for EntriesInput {
    fn default() -> Self {
        let kinds = Vec::new();
        Self { from: 0, to: None, limit: MOST_ENTRIES, kinds, since: None, until: None }
    }
}

/// How many entries one call answers, and looks at, at most.
const MOST_ENTRIES: usize = 1_000;
/// How many entries that do not fit the question one call passes over.
const MOST_PASSED: u64 = 100_000;

/// Some entries of a ledger.
#[derive(Serialize, JsonSchema)]
pub(super) struct EntriesAnswer {
    /// The entries, in their order.
    entries: Vec<EntryAnswer>,
    /// Where to go on; absent at the end. A page may be short, or empty, and have a next one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// Which attachment is wanted.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AttachmentInput {
    /// Its digest.
    digest: Digest,
}

/// An attachment.
#[derive(Serialize, JsonSchema)]
pub(super) struct AttachmentAnswer {
    /// Its bytes, in hexadecimal digits; absent where it is not there: it was erased, or never was.
    bytes: Option<String>,
}

/// How a ledger is to be verified.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct VerifyInput {
    /// The keys that are trusted, as verifier keys; where this is absent, those that the ledger itself names.
    #[serde(deserialize_with = "present")]
    #[schemars(with = "Vec<String>", length(min = 1), skip_serializing_if = "Option::is_none")]
    keys: Option<Vec<String>>,
    /// How many of them must have signed; one unless this says otherwise.
    threshold: Option<usize>,
    /// Signed checkpoints that somebody remembers, which the ledger must continue.
    since: Vec<String>,
    /// Whether a ledger that names keys may have no signed checkpoint.
    unsigned: bool,
    /// In how many threads; one unless this says otherwise.
    threads: Option<NonZeroUsize>,
}

/// A list that may be absent, and not null.
fn present<'de, D: Deserializer<'de>>(list: D) -> Result<Option<Vec<String>>, D::Error> {
    Vec::deserialize(list).map(Some)
}

/// What verification found in a ledger that is sound.
#[derive(Serialize, JsonSchema)]
pub(super) struct VerifiedAnswer {
    /// How many entries there are.
    size: u64,
    /// The RFC 6962 Merkle tree hash over them.
    root: Digest,
    /// The hash of the last entry.
    last: Digest,
    /// How many attachments were erased.
    erased: usize,
    /// How many entries are signed, by the trusted keys or else those that the ledger names; absent where nothing is.
    signed: Option<u64>,
}

/// A signed checkpoint to keep or compare.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct CheckpointInput {
    /// The signed note, byte for byte.
    checkpoint: String,
}

/// Which entry is to be proven.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReceiptInput {
    /// Its sequence number.
    sequence: u64,
}

/// A receipt.
#[derive(Serialize, JsonSchema)]
pub(super) struct ReceiptAnswer {
    /// Its text.
    receipt: String,
}

/// A proof that two signed checkpoints cannot both be true.
#[derive(Serialize, JsonSchema)]
pub(super) struct ForkAnswer {
    /// Its text; absent where the ledger continues the checkpoint.
    proof: Option<String>,
}

/// What opening and appending found and did.
#[derive(Serialize, JsonSchema)]
pub(super) struct NoticesAnswer {
    /// For people.
    notices: Vec<String>,
}

type Method = fn(&Ledger, &[u8]) -> Result<String>;

const METHODS: Methods<Method> = &[
    ("attachment", attachment),
    ("checkpoint", checkpoint),
    ("entries", entries),
    ("fork_proof", fork_proof),
    ("head", head),
    ("notices", notices),
    ("put_checkpoint", put_checkpoint),
    ("receipt", receipt),
    ("report", report),
    ("status", status),
    ("verify", verify),
];

impl Ledger {
    /// The names of what [`Ledger::call`] carries out, in their order.
    pub fn operations() -> impl Iterator<Item = &'static str> {
        super::names(METHODS)
    }

    /// Opens a ledger: `{"directory":"…","mode":"create"}`, `open` or `readOnly`; `{"memory":true}`.
    ///
    /// # Errors
    ///
    /// Those of [`ledger::Ledger::create`], [`ledger::Ledger::open`] and [`ledger::Ledger::open_read_only`];
    /// `input.…` for anything else.
    pub fn open(input: &[u8]) -> Result<Self> {
        guard(|| {
            let input: LedgerInput = parse(input)?;
            let ledger = match (input.memory, input.directory.as_deref().map(Path::new), input.mode)
            {
                (true, None, None) => ledger::Ledger::in_memory(),
                (false, Some(directory), Some(LedgerMode::Create)) => {
                    ledger::Ledger::create(directory)?
                }
                (false, Some(directory), Some(LedgerMode::Open)) => {
                    ledger::Ledger::open(directory)?
                }
                (false, Some(directory), Some(LedgerMode::ReadOnly)) => {
                    ledger::Ledger::open_read_only(directory)?
                }
                _ => {
                    return Err(Error::new(
                        Code::InputInvalidValue,
                        "a ledger is in `memory`, or in a `directory` with a `mode`",
                    )
                    .with_help("the modes are create, open and readOnly"));
                }
            };
            Ok(Self(Arc::new(Inner {
                ledger: Arc::new(ledger),
                state: RwLock::new(State::new()),
                admissions: OnceLock::new(),
            })))
        })
    }

    /// Carries out one of [`Ledger::operations`].
    ///
    /// - `head`, `status`, `checkpoint` (the signed one that is kept) and `notices` take no input.
    /// - `entries` answers a page: `{"from":0,"to":…,"limit":1000,"kinds":["decision"],"since":…,"until":…}`,
    ///   all of it optional; `next` says where to go on.
    /// - `attachment` takes a `digest`, `receipt` a `sequence`.
    /// - `verify` verifies every byte: `{"keys":[…],"threshold":1,"since":[…],"unsigned":false,"threads":1}`, all of
    ///   it optional.
    /// - `report` verifies every byte likewise, and counts what lies in a period: `{"since":…,"until":…}`.
    /// - `put_checkpoint` keeps a signed `checkpoint` of this ledger; `fork_proof` proves that one and the kept one cannot
    ///   both be true.
    ///
    /// # Errors
    ///
    /// `input.invalid_value` when there is no such operation, and those of the methods of [`ledger::Ledger`].
    pub fn call(&self, operation: &str, input: &[u8]) -> Result<String> {
        super::method(METHODS, operation, |run| run(self, input))
    }

    pub(super) fn raw(&self) -> &ledger::Ledger {
        &self.0.ledger
    }

    /// Works on what the entries add up to now.
    pub(super) fn with_state<T>(&self, run: impl FnOnce(&State) -> Result<T>) -> Result<T> {
        let head = self.raw().head()?;
        let known = self.0.state.read().unwrap_or_else(PoisonError::into_inner);
        if known.size() >= head.size && head.size > 0 {
            return run(&known);
        }
        drop(known);
        let mut state = self.0.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.size() < head.size {
            // Whatever goes wrong, the next one begins anew.
            let mut next = std::mem::take(&mut *state);
            if next.size() == 0 {
                next = State::open(self.raw())?;
            } else {
                next.catch_up(self.raw())?;
            }
            *state = next;
        }
        run(&state)
    }

    /// Keeps a signed checkpoint. Nobody is misled by one that no key in force signed, if it is not kept.
    pub(super) fn keep(&self, signed: &SignedCheckpoint) -> Result<()> {
        self.with_state(|state| {
            let keys = VerifierKeys::new(state.keys().to_vec())?;
            signed.verify(&keys, state.origin()).map(drop)
        })?;
        self.raw().put_checkpoint(signed)
    }

    /// Where requests and facts queue.
    pub(super) fn admissions(&self) -> Result<&Admissions> {
        if let Some(admissions) = self.0.admissions.get() {
            return Ok(admissions);
        }
        // Of several threads that try, one is first, and the others' are dropped.
        let opened = Admissions::open(Arc::clone(&self.0.ledger))?;
        Ok(self.0.admissions.get_or_init(|| opened))
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ledger").field(&self.0.ledger).finish()
    }
}

fn head(ledger: &Ledger, input: &[u8]) -> Result<String> {
    nothing(input)?;
    to_json(&HeadAnswer::from(ledger.raw().head()?))
}

fn entries(ledger: &Ledger, input: &[u8]) -> Result<String> {
    let asked: EntriesInput =
        if input.is_empty() { EntriesInput::default() } else { parse(input)? };
    if !(1..=MOST_ENTRIES).contains(&asked.limit) {
        let message = format!("a page has 1 to {MOST_ENTRIES} entries");
        return Err(Error::new(Code::InputInvalidValue, message).at_pointer("/limit"));
    }
    let end = ledger.raw().head()?.size.min(asked.to.unwrap_or(u64::MAX));
    let last_look = asked.from.saturating_add(MOST_PASSED);
    let mut found = Vec::new();
    let mut next = asked.from;
    'pages: while next < end && next < last_look {
        let most =
            usize::try_from(end.saturating_sub(next)).unwrap_or(MOST_ENTRIES).min(MOST_ENTRIES);
        let page = ledger.raw().read(next, most)?;
        if page.is_empty() {
            break;
        }
        for recorded in &page {
            if found.len() == asked.limit {
                break 'pages;
            }
            next = recorded.entry.sequence.saturating_add(1);
            let entry = &recorded.entry;
            let wanted = (asked.kinds.is_empty() || asked.kinds.contains(&entry.kind))
                && asked.since.is_none_or(|since| entry.at >= since)
                && asked.until.is_none_or(|until| entry.at < until);
            if wanted {
                found.push(EntryAnswer::of(recorded)?);
            }
        }
    }
    to_json(&EntriesAnswer { entries: found, next: (next < end).then_some(next) })
}

fn attachment(ledger: &Ledger, input: &[u8]) -> Result<String> {
    let input: AttachmentInput = parse(input)?;
    let bytes = ledger.raw().attachment(&input.digest)?;
    to_json(&AttachmentAnswer { bytes: bytes.map(|bytes| hex(&bytes)) })
}

fn status(ledger: &Ledger, input: &[u8]) -> Result<String> {
    nothing(input)?;
    to_json(&ledger.with_state(|state| Ok(state.status()))?)
}

fn verify(ledger: &Ledger, input: &[u8]) -> Result<String> {
    let input: VerifyInput = if input.is_empty() { VerifyInput::default() } else { parse(input)? };
    let trusted = match (&input.keys, input.threshold) {
        (None, None) => None,
        (None, Some(_)) => {
            let message = "a threshold is one of the keys that are named beside it";
            return Err(Error::new(Code::InputInvalidValue, message).at_pointer("/threshold"));
        }
        // An empty list trusts nobody, and is not taken for an absent one.
        (Some(keys), threshold) => {
            Some(VerifierKeys::from_texts(keys)?.with_threshold(threshold.unwrap_or(1))?)
        }
    };
    let since = input.since.iter().enumerate().map(|(index, text)| {
        SignedCheckpoint::parse(text.as_bytes())
            .map_err(|error| error.at_pointer(format!("/since/{index}")))
    });
    let since = since.collect::<Result<Vec<_>>>()?;
    let sizes: Vec<u64> = since.iter().map(|signed| signed.unverified().size).collect();
    let others = input.threads.map_or(0, NonZeroUsize::get).saturating_sub(1);
    let raw = ledger.raw();
    let audit = Audit::of(raw, &sizes, others, None)?;
    for (index, remembered) in since.iter().enumerate() {
        audit
            .continues(raw, remembered, trusted.as_ref())
            .map_err(|error| error.at_pointer(format!("/since/{index}")))?;
    }
    let kept = audit.kept(raw, trusted.as_ref())?;
    if trusted.is_some() {
        audit.must_be_signed()?;
    } else if !input.unsigned {
        audit.may_be_unsigned()?;
    }
    let Head { size, root, last } = audit.verified().head;
    let signed = kept.map(|kept| kept.unverified().size);
    to_json(&VerifiedAnswer { size, root, last, erased: audit.erased(), signed })
}

fn report(ledger: &Ledger, input: &[u8]) -> Result<String> {
    let period: Period = parse(input)?;
    to_json(&Report::of(ledger.raw(), period, 0)?)
}

fn checkpoint(ledger: &Ledger, input: &[u8]) -> Result<String> {
    nothing(input)?;
    let kept = ledger.raw().checkpoint()?;
    to_json(&SignedCheckpointAnswer { checkpoint: kept.map(|kept| kept.text().to_owned()) })
}

fn put_checkpoint(ledger: &Ledger, input: &[u8]) -> Result<String> {
    let input: CheckpointInput = parse(input)?;
    let signed = SignedCheckpoint::parse(input.checkpoint.as_bytes())?;
    ledger.keep(&signed)?;
    checkpoint(ledger, b"")
}

fn receipt(ledger: &Ledger, input: &[u8]) -> Result<String> {
    let input: ReceiptInput = parse(input)?;
    to_json(&ReceiptAnswer { receipt: ledger.raw().receipt(input.sequence)?.to_text() })
}

fn fork_proof(ledger: &Ledger, input: &[u8]) -> Result<String> {
    let input: CheckpointInput = parse(input)?;
    let remembered = SignedCheckpoint::parse(input.checkpoint.as_bytes())?;
    let proof = ledger.raw().fork_proof(&remembered)?;
    to_json(&ForkAnswer { proof: proof.map(|proof| proof.to_text()) })
}

fn notices(ledger: &Ledger, input: &[u8]) -> Result<String> {
    nothing(input)?;
    to_json(&NoticesAnswer { notices: ledger.raw().notices() })
}
