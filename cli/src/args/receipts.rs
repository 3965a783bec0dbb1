//! The arguments of checking a permit offline.

use std::path::PathBuf;

use clap::Args;
use poundlock::digest::Digest;

use super::Act;

/// What the permit must be for.
#[derive(Args)]
pub(crate) struct Held {
    /// Demand that the permit is for this plan, the one that is about to be applied
    #[arg(long, value_name = "FILE", requires = "permit", conflicts_with = "artifact")]
    pub(crate) plan: Option<PathBuf>,
    /// The file with the nonce that blinds the plan's digest [default: the plan's name and `.nonce`]
    #[arg(long, value_name = "FILE", requires = "plan")]
    pub(crate) nonce: Option<PathBuf>,
    /// Demand that the permit is for these plans, admitted together, as NAME=FILE: give all of them
    #[arg(long = "part", value_name = "NAME=FILE", value_parser = super::claim, requires = "permit", conflicts_with_all = ["plan", "artifact"])]
    pub(crate) parts: Vec<(String, String)>,
    /// Demand that the permit is for this artifact
    #[arg(long, value_name = "DIGEST", requires = "permit")]
    pub(crate) artifact: Option<Digest>,
    /// Demand that it permits this action
    #[arg(long, value_enum, requires = "permit")]
    pub(crate) action: Option<Act>,
    /// Demand that it is for this actor
    #[arg(long, requires = "permit")]
    pub(crate) actor: Option<String>,
    /// Demand that it is for this run of the pipeline
    #[arg(long, requires = "permit")]
    pub(crate) run: Option<String>,
    /// Demand that it is for this track
    #[arg(long, requires = "permit")]
    pub(crate) track: Option<String>,
    /// Demand that it is for this stage, by its name and not an alias
    #[arg(long, requires = "permit")]
    pub(crate) stage: Option<String>,
    /// Demand that it is for this asset
    #[arg(long, requires = "permit")]
    pub(crate) asset: Option<String>,
    /// Demand that it is for this commit
    #[arg(long, requires = "permit")]
    pub(crate) commit: Option<String>,
}
