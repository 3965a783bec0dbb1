//! The arguments of what people sign.

use std::path::PathBuf;

use clap::Args;
use poundlock::{digest::Digest, time::Instant};

/// How a person signs what they ask or record.
#[derive(Args, Clone, Default)]
pub(crate) struct Signing {
    /// The person's SSH key, or its public half where an agent holds it: `ssh-keygen` signs with it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["signing_key", "signature", "out"])]
    pub(crate) ssh_key: Option<PathBuf>,
    /// The person's Ed25519 key, which signs an envelope
    #[arg(long, value_name = "FILE", conflicts_with_all = ["signature", "out"])]
    pub(crate) signing_key: Option<PathBuf>,
    /// The file with the key's passphrase [default: POUNDLOCK_PASSPHRASE, if it is set]
    #[arg(long, value_name = "FILE", requires = "signing_key")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// The person's signature over the text that --out wrote
    #[arg(long, value_name = "FILE", conflicts_with = "out")]
    pub(crate) signature: Option<PathBuf>,
    /// When the text was signed, as it says itself
    #[arg(long, value_name = "INSTANT", requires = "signature")]
    pub(crate) signed_at: Option<Instant>,
    /// Write the text that is to be signed, and record nothing
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Approve {
    /// The person who approves
    #[arg(long, required_unless_present = "statement", conflicts_with = "statement")]
    pub(crate) by: Option<String>,
    /// The stage that may be entered
    #[arg(long, required_unless_present = "statement", conflicts_with = "statement")]
    pub(crate) stage: Option<String>,
    /// The track, where more than one has the stage
    #[arg(long, conflicts_with = "statement")]
    pub(crate) track: Option<String>,
    /// The name of the asset
    #[arg(long, required_unless_present = "statement", conflicts_with = "statement")]
    pub(crate) asset: Option<String>,
    /// The plan, whose nonce lies beside it; for a nonce elsewhere, give the digest that `admit` prints
    #[arg(long, value_name = "FILE", conflicts_with_all = ["plan_digest", "artifact", "statement"])]
    pub(crate) plan: Option<PathBuf>,
    /// One of the plans that were admitted together, as NAME=FILE, in place of --plan: give all of them
    #[arg(long = "part", value_name = "NAME=FILE", value_parser = super::claim, conflicts_with_all = ["plan", "plan_digest", "artifact", "statement"])]
    pub(crate) parts: Vec<(String, String)>,
    /// The digest of the plan
    #[arg(long, value_name = "DIGEST", conflicts_with_all = ["artifact", "statement"])]
    pub(crate) plan_digest: Option<Digest>,
    /// The digest of the artifact
    #[arg(long, value_name = "DIGEST", conflicts_with = "statement")]
    pub(crate) artifact: Option<Digest>,
    /// The role that the person approves in [default: any of theirs]
    #[arg(long, conflicts_with = "statement")]
    pub(crate) role: Option<String>,
    /// When the consent ends
    #[arg(long, value_name = "INSTANT", conflicts_with = "statement")]
    pub(crate) expires: Option<Instant>,
    /// The statement that was signed, in place of all of these
    #[arg(long, value_name = "FILE", requires = "signature", conflicts_with = "signed_at")]
    pub(crate) statement: Option<PathBuf>,
    /// Names this request once and for all [default: a random name]
    #[arg(long)]
    pub(crate) id: Option<String>,
    #[command(flatten)]
    pub(crate) signing: Signing,
}
