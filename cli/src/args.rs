//! The arguments of the command.

mod about;
mod ci;
mod grants;
mod incident;
mod lifecycle;
mod monitor;
pub(crate) mod receipts;
mod report;
mod request;
mod schema;
pub(crate) mod signing;
pub(crate) mod terraform;

use std::{num::NonZeroUsize, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use poundlock::{digest::Digest, model::Action, time::Instant};

pub(crate) use about::About;
pub(crate) use ci::{Ci, Job};
pub(crate) use grants::{GrantApproval, GrantClosing, GrantOpening, GrantRequest, PostMortem};
pub(crate) use incident::{Incident, IncidentKind, IncidentSeverity, Resolution, Site};
pub(crate) use lifecycle::{IntegrityCheck, Lifecycle};
pub(crate) use monitor::Monitor;
pub(crate) use report::Report;
pub(crate) use request::Asked;
pub(crate) use schema::Schema;

/// The options that every command takes.
const GLOBAL: &str = "Options of every command";

/// Decide whether changes may pass, record every decision, and prove it later.
#[derive(Parser)]
#[command(name = "poundlock", version, propagate_version = true)]
#[command(
    after_help = "Exit codes: 0 allowed, verified or done; 1 denied, or a test or check failed; 2 no answer could be given, or what was to be verified is not sound."
)]
pub(crate) struct Arguments {
    /// How to print: for people or for programs
    #[arg(long, global = true, help_heading = GLOBAL, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// The charter; its lock file and its `packs` folder lie beside it
    #[arg(long, global = true, help_heading = GLOBAL, default_value = "poundlock/charter.yaml", value_name = "FILE")]
    pub(crate) charter: PathBuf,
    /// The ledger's directory
    #[arg(long, global = true, help_heading = GLOBAL, default_value = "poundlock/ledger", value_name = "DIR")]
    pub(crate) ledger: PathBuf,
    /// The instant of asking, in RFC 3339 [default: now]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "INSTANT")]
    pub(crate) at: Option<Instant>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    /// SARIF 2.1.0, of `check`
    Sarif,
    /// JUnit XML, of `check`
    Junit,
    /// Markdown, of `check`
    Markdown,
}

impl Format {
    /// Whether it is a form that other tools read of findings, and of nothing else.
    pub(crate) const fn is_export(self) -> bool {
        matches!(self, Self::Sarif | Self::Junit | Self::Markdown)
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write a starter charter and pack, their lock file, and create the ledger
    ///
    /// Where the charter exists already, only what is missing is made.
    Init(Init),
    /// Check a plan against the packs and their overlays; nothing is recorded
    ///
    /// Waivers belong to a stage and count only where something is admitted.
    Check(Check),
    /// Decide a request and record the decision
    Admit(Box<Admit>),
    /// Decide a request of a job of continuous integration, with what the job's own variables and token say
    ///
    /// Knows GitHub Actions, GitLab, Buildkite, CircleCI, Azure Pipelines, Bitbucket Pipelines and Jenkins.
    Ci(Box<Ci>),
    /// Show what would be approved, and record a person's own signed approval
    Approve(Box<signing::Approve>),
    /// Record a fact: evidence, an approval, an outcome, an incident, a grant
    Record(Box<Record>),
    /// Compute the digests of published artifacts again, and record what came of it
    Monitor(Monitor),
    /// Plan, apply and look for drift with Terraform or OpenTofu: nothing is applied but the plan that was admitted
    #[command(subcommand)]
    Terraform(Box<terraform::Terraform>),
    /// List the entries of the ledger
    Log(Log),
    /// Print one entry
    Show(Show),
    /// Verify the whole ledger, its signed checkpoint, and that it continues remembered ones
    Verify(Verify),
    /// Make a key that signs a ledger's checkpoints
    Keygen(Keygen),
    /// Sign the newest head of the ledger, or print the checkpoint that is kept
    Checkpoint(Checkpoint),
    /// Write the receipt of an entry: proof for others that the ledger holds it
    Receipt(Receipt),
    /// Verify a receipt with a public key alone
    VerifyReceipt(Box<VerifyReceipt>),
    /// Verify the proof that a ledger was forked
    VerifyFork(VerifyFork),
    /// Record what the entries add up to, so that opening the ledger need not read them all
    ///
    /// `admit` and `record` do so by themselves after every 4,096 entries.
    Snapshot,
    /// Write the whole ledger as one file, a plain tar archive
    Export(Export),
    /// Make a ledger of an exported file, at the place that --ledger names
    Import(Import),
    /// Show what is deployed, pending and owed
    Status,
    /// Verify the whole ledger, and count what lies in a period: the figures for reports
    Report(Report),
    /// Test and lint policy packs, and run scenarios
    #[command(subcommand)]
    Policy(Policy),
    /// Pin the packs that the charter names
    Lock(Lock),
    /// Print the JSON Schema of a document
    Schema(Schema),
}

#[derive(Args)]
pub(crate) struct Init {
    /// A name that no other ledger has [default: the charter's name and a random number]
    #[arg(long)]
    pub(crate) origin: Option<String>,
    /// A key that signs the ledger's checkpoints, or the file that holds it, once or more; the origin is then its name
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
}

#[derive(Args)]
pub(crate) struct Keygen {
    /// The name of the key: the origin of the ledger that it is to sign for
    #[arg(long)]
    pub(crate) origin: String,
    /// The new file for the secret key; the public one is written beside it, with the ending `.pub`
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The file with the passphrase that encrypts the secret key [default: POUNDLOCK_PASSPHRASE, if it is set]
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// The keys that somebody trusts.
#[derive(Args)]
pub(crate) struct Trusted {
    /// A key that is trusted, or the file that holds it, once or more
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// How many of these keys must have signed [default: 1]
    #[arg(long, value_name = "N", requires = "keys")]
    pub(crate) signatures: Option<usize>,
}

#[derive(Args)]
pub(crate) struct Verify {
    /// A checkpoint that was remembered and that the ledger must continue, once or more
    #[arg(long, value_name = "FILE")]
    pub(crate) since: Vec<PathBuf>,
    /// Remember the checkpoint here; what the file holds already must be continued
    #[arg(long, value_name = "FILE")]
    pub(crate) remember: Option<PathBuf>,
    /// Accept a ledger that names keys and of which nothing is signed yet
    #[arg(long, conflicts_with_all = ["remember", "keys"])]
    pub(crate) unsigned: bool,
    /// How many threads verify [default: as many as the machine has processors]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    #[command(flatten)]
    pub(crate) trusted: Trusted,
}

#[derive(Args)]
pub(crate) struct Checkpoint {
    /// The file of a secret key that signs, once or more
    #[arg(long = "signing-key", value_name = "FILE")]
    pub(crate) signing_keys: Vec<PathBuf>,
    /// The file with the passphrase of a secret key, once or more [default: POUNDLOCK_PASSPHRASE, if it is set]
    #[arg(long = "passphrase-file", value_name = "FILE", requires = "signing_keys")]
    pub(crate) passphrase_files: Vec<PathBuf>,
    /// A program that signs: it gets the text on standard input and answers with the 64 bytes of the signature
    #[arg(long, value_name = "PROGRAM", requires = "signer_key")]
    pub(crate) signer_command: Option<PathBuf>,
    /// The key that the program signs with, or the file that holds it
    #[arg(long, value_name = "KEY", requires = "signer_command")]
    pub(crate) signer_key: Option<String>,
    /// Remember here what is signed; nothing is signed that does not continue what the file holds already
    #[arg(long, value_name = "FILE")]
    pub(crate) remember: Option<PathBuf>,
    /// Write the checkpoint to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Receipt {
    /// The entry's sequence number
    pub(crate) sequence: u64,
    /// Write the receipt to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct VerifyReceipt {
    /// The receipt
    #[arg(value_name = "FILE")]
    pub(crate) receipt: PathBuf,
    /// The ledger that the receipt must be of [default: any that a key is named after]
    #[arg(long)]
    pub(crate) origin: Option<String>,
    /// Demand that the entry is a permit that has not expired
    #[arg(long)]
    pub(crate) permit: bool,
    #[command(flatten)]
    pub(crate) held: receipts::Held,
    #[command(flatten)]
    pub(crate) trusted: Trusted,
}

#[derive(Args)]
pub(crate) struct VerifyFork {
    /// The fork proof
    #[arg(value_name = "FILE")]
    pub(crate) proof: PathBuf,
    #[command(flatten)]
    pub(crate) trusted: Trusted,
}

#[derive(Args)]
pub(crate) struct Export {
    /// The new file
    #[arg(value_name = "FILE")]
    pub(crate) archive: PathBuf,
}

#[derive(Args)]
pub(crate) struct Import {
    /// The exported file; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub(crate) archive: PathBuf,
    /// How many threads verify [default: as many as the machine has processors]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

#[derive(Args)]
pub(crate) struct Check {
    /// The plan, as `terraform show -json` prints it; `-` reads standard input
    #[arg(long, value_name = "FILE", required_unless_present = "manifests")]
    pub(crate) plan: Option<PathBuf>,
    /// Kubernetes manifests, or an AdmissionReview, in place of a plan: files of YAML or JSON; `-` reads standard input
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "plan")]
    pub(crate) manifests: Vec<PathBuf>,
    /// A pack to check against, once or more [default: the packs beside the charter]
    #[arg(long = "pack", value_name = "FILE")]
    pub(crate) packs: Vec<PathBuf>,
    /// Check against the packs of this stage only
    #[arg(long, conflicts_with = "packs")]
    pub(crate) stage: Option<String>,
    /// How many threads evaluate policies [default: as many as the machine has processors]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}

/// Who asks, from where, and how the request is named and signed.
#[derive(Args, Clone)]
pub(crate) struct Caller {
    #[command(flatten)]
    pub(crate) who: Who,
    /// Names this request once and for all [default: a random name]
    #[arg(long)]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) signing: signing::Signing,
}

/// Who asks, and from where.
#[derive(Args, Clone)]
pub(crate) struct Who {
    /// The actor, as the charter declares it
    #[arg(long)]
    pub(crate) actor: String,
    /// What the actor is, as the charter declares it
    #[arg(long, value_enum, default_value_t = Kind::Workload)]
    pub(crate) actor_kind: Kind,
    /// What is known about the actor, as NAME=VALUE, once or more
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim)]
    pub(crate) claims: Vec<(String, String)>,
    /// The file with the token that shows the actor; `-` reads standard input [default: POUNDLOCK_ID_TOKEN]
    #[arg(long, value_name = "FILE", requires = "key_set")]
    pub(crate) token_file: Option<PathBuf>,
    /// The key set of the token's issuer: the document that its `jwks_uri` names; without it, no token is used
    #[arg(long, value_name = "FILE")]
    pub(crate) key_set: Option<PathBuf>,
    /// From where the actor asks
    #[arg(long, value_enum, default_value_t = From::Local)]
    pub(crate) channel: From,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Human,
    Workload,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum From {
    Ci,
    Controller,
    Local,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Act {
    Plan,
    Apply,
    Promote,
    Rollback,
    Shift,
}

impl Act {
    pub(crate) const fn action(self) -> Action {
        match self {
            Self::Plan => Action::Plan,
            Self::Apply => Action::Apply,
            Self::Promote => Action::Promote,
            Self::Rollback => Action::Rollback,
            Self::Shift => Action::Shift,
        }
    }
}

fn claim(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "write NAME=VALUE".to_owned())
}

#[derive(Args, Clone)]
pub(crate) struct Admit<C: Args = Caller> {
    /// What is to be done
    #[arg(long, value_enum)]
    pub(crate) action: Act,
    #[command(flatten)]
    pub(crate) asked: Asked<C>,
    /// The plan, as `terraform show -json` prints it; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "artifact")]
    pub(crate) plan: Option<PathBuf>,
    /// One of several plans that are admitted together or not at all, as NAME=FILE; its nonce lies beside it
    #[arg(long = "part", value_name = "NAME=FILE", value_parser = claim, conflicts_with_all = ["plan", "artifact"])]
    pub(crate) parts: Vec<(String, String)>,
    /// The file with the nonce that blinds the plan's digest, made where it is missing [default: the plan's name and `.nonce`]
    #[arg(long, value_name = "FILE", requires = "plan")]
    pub(crate) nonce: Option<PathBuf>,
    /// The digest of the artifact, for tracks that move artifacts
    #[arg(long, value_name = "DIGEST")]
    pub(crate) artifact: Option<Digest>,
    /// How much of the traffic the new revision is to get, in percent, with the action `shift`
    #[arg(long, value_name = "PERCENT")]
    pub(crate) traffic: Option<u8>,
}

#[derive(Args)]
pub(crate) struct Record {
    #[command(subcommand)]
    pub(crate) fact: Fact,
}

#[derive(Subcommand)]
pub(crate) enum Fact {
    /// A person consents to a digest entering a stage
    Approval(Approval),
    /// A tool or person attests something about a plan, commit or artifact
    Evidence(Evidence),
    /// An admitted action ended
    Outcome(Outcome),
    /// An approval or evidence is taken back
    Withdrawal(Withdrawal),
    /// The charter named by --charter replaces the one in force, or the keys named by --key do
    Amendment(Amendment),
    /// An attachment is erased for good
    Erasure(Erasure),
    /// A break-glass grant is asked for
    GrantRequest(GrantRequest),
    /// A person consents to a break-glass grant
    GrantApproval(GrantApproval),
    /// A break-glass grant begins; `admit --grant` uses it by the hash of this entry
    GrantOpening(GrantOpening),
    /// A break-glass grant ends before its time
    GrantClosing(GrantClosing),
    /// What a break-glass grant was used for has been looked into
    PostMortem(PostMortem),
    /// Something is not as it should be in a stage, or somebody looked for drift
    Incident(Incident),
    /// An incident is over
    Resolution(Resolution),
    /// An artifact takes a step of its life, or somebody uses or reads it
    Lifecycle(Lifecycle),
    /// Somebody computed an artifact's digest again and compared
    IntegrityCheck(IntegrityCheck),
}

#[derive(Args)]
pub(crate) struct Approval {
    /// The person who approves
    #[arg(long)]
    pub(crate) by: String,
    /// The stage that may be entered
    #[arg(long)]
    pub(crate) stage: String,
    /// The track, where more than one has the stage
    #[arg(long)]
    pub(crate) track: Option<String>,
    /// The name of the asset
    #[arg(long)]
    pub(crate) asset: String,
    /// The role that the person approves in [default: any of theirs]
    #[arg(long)]
    pub(crate) role: Option<String>,
    /// When the consent ends
    #[arg(long, value_name = "INSTANT")]
    pub(crate) expires: Option<Instant>,
    #[command(flatten)]
    pub(crate) about: About,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Args)]
pub(crate) struct Evidence {
    /// The gate that the evidence is meant for
    #[arg(long)]
    pub(crate) gate: String,
    /// The result
    #[arg(long, value_enum)]
    pub(crate) result: EvidenceResult,
    /// When the tool ran [default: what its report says, or the instant of recording]
    #[arg(long, value_name = "INSTANT")]
    pub(crate) produced: Option<Instant>,
    /// The tool's report, in the format that the gate judges; of other gates, its digest is recorded
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// The tool's name and version
    #[arg(long)]
    pub(crate) tool: Option<String>,
    #[command(flatten)]
    pub(crate) about: About,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvidenceResult {
    Pass,
    Fail,
    Error,
}

#[derive(Args)]
pub(crate) struct Outcome {
    /// The permit: the hash of the entry that admitted the action, as `admit` and `show` print it
    #[arg(long, value_name = "HASH")]
    pub(crate) permit: Digest,
    /// How the action ended
    #[arg(long, value_enum)]
    pub(crate) result: OutcomeResult,
    /// The lineage of the tool's state, as `terraform state pull` prints it
    #[arg(long, value_name = "LINEAGE", requires_all = ["state_before", "state_after"])]
    pub(crate) state: Option<String>,
    /// The serial number of the state before the action
    #[arg(long, value_name = "SERIAL", requires = "state")]
    pub(crate) state_before: Option<u64>,
    /// The serial number of the state after it
    #[arg(long, value_name = "SERIAL", requires = "state")]
    pub(crate) state_after: Option<u64>,
    /// What else is worth knowing
    #[arg(long)]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutcomeResult {
    Succeeded,
    Failed,
    Unknown,
}

#[derive(Args)]
pub(crate) struct Withdrawal {
    /// The hash of the entry that recorded what is taken back, as `record` and `show` print it
    #[arg(long, value_name = "HASH")]
    pub(crate) entry: Digest,
    /// Why
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Args)]
pub(crate) struct Amendment {
    /// A key that signs checkpoints from now on, or the file that holds it, once or more: all that do; the charter stays
    #[arg(long = "key", value_name = "KEY")]
    pub(crate) keys: Vec<String>,
    /// Why
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Args)]
pub(crate) struct Erasure {
    /// The attachment; `show` prints those of an entry
    #[arg(long, value_name = "DIGEST")]
    pub(crate) attachment: Digest,
    /// Why
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Args)]
pub(crate) struct Log {
    /// The first entry to list
    #[arg(long, default_value_t = 0, value_name = "SEQUENCE")]
    pub(crate) from: u64,
    /// How many entries to list at most
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
}

#[derive(Args)]
pub(crate) struct Show {
    /// The entry's sequence number
    pub(crate) sequence: u64,
}

#[derive(Subcommand)]
pub(crate) enum Policy {
    /// Run the tests inside packs, and the scenarios beside the charter
    Test(Test),
    /// Point out what is likely to be a mistake
    Lint(Packs),
}

#[derive(Args)]
pub(crate) struct Test {
    /// For every scenario that ends with what is allowed, also run its mutants, none of which may be
    #[arg(long)]
    pub(crate) mutants: bool,
    /// The packs and scenarios [default: those beside the charter]
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Packs {
    /// The packs [default: those beside the charter]
    #[arg(value_name = "FILE")]
    pub(crate) packs: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Lock {
    /// Write nothing; exit with 1 when the lock file is not up to date
    #[arg(long)]
    pub(crate) check: bool,
}
