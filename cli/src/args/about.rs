//! The arguments that name what a fact is about.

use std::path::PathBuf;

use clap::Args;
use poundlock::digest::Digest;

/// What a fact is about.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct About {
    /// The plan, whose nonce lies beside it; for a nonce elsewhere, give the digest that `admit` prints
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// One of the plans that were admitted together, as NAME=FILE, in place of --plan: give all of them
    #[arg(long = "part", value_name = "NAME=FILE", value_parser = super::claim)]
    pub(crate) parts: Vec<(String, String)>,
    /// The digest of the plan
    #[arg(long, value_name = "DIGEST")]
    pub(crate) plan_digest: Option<Digest>,
    /// The digest of the artifact
    #[arg(long, value_name = "DIGEST")]
    pub(crate) artifact: Option<Digest>,
    /// The commit, in full
    #[arg(long)]
    pub(crate) commit: Option<String>,
}
