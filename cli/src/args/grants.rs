//! The arguments of the facts about break-glass grants.

use std::path::PathBuf;

use clap::Args;
use poundlock::digest::Digest;

use super::Caller;

#[derive(Args)]
pub(crate) struct GrantRequest {
    /// The request, in YAML: `reason`, `scope`, `lifetime`, `justification`, `impact`, `resolution`, `communication`
    #[arg(value_name = "FILE")]
    pub(crate) request: PathBuf,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Args)]
pub(crate) struct GrantApproval {
    /// The hash of the entry that recorded the request
    #[arg(long, value_name = "HASH")]
    pub(crate) request: Digest,
    /// The person who approves
    #[arg(long)]
    pub(crate) by: String,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Args)]
pub(crate) struct GrantOpening {
    /// The hash of the entry that recorded the request
    #[arg(long, value_name = "HASH")]
    pub(crate) request: Digest,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Args)]
pub(crate) struct GrantClosing {
    /// The hash of the entry that opened the grant
    #[arg(long, value_name = "HASH")]
    pub(crate) grant: Digest,
    /// What was achieved, and that normal privileges are restored
    #[arg(long)]
    pub(crate) note: String,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Args)]
pub(crate) struct PostMortem {
    /// The hash of the entry that opened the grant
    #[arg(long, value_name = "HASH")]
    pub(crate) grant: Digest,
    /// The report, of which the digest is recorded
    #[arg(long, value_name = "FILE")]
    pub(crate) report: PathBuf,
    /// What was found, in a few words
    #[arg(long)]
    pub(crate) summary: String,
    #[command(flatten)]
    pub(crate) caller: Caller,
}
