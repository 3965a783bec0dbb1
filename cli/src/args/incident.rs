//! The arguments of incidents and their resolutions.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use poundlock::{digest::Digest, time::Instant};

use super::Caller;

/// What an incident is about.
#[derive(Args)]
pub(crate) struct Site {
    /// The stage
    #[arg(long)]
    pub(crate) stage: String,
    /// The track, where more than one has the stage
    #[arg(long)]
    pub(crate) track: Option<String>,
    /// The name of the asset
    #[arg(long)]
    pub(crate) asset: String,
}

#[derive(Args)]
pub(crate) struct Incident {
    /// What kind of thing
    #[arg(value_enum)]
    pub(crate) kind: IncidentKind,
    #[command(flatten)]
    pub(crate) site: Site,
    /// Somebody looked for drift and found none
    #[arg(long, conflicts_with_all = ["resources", "plan"])]
    pub(crate) nothing_found: bool,
    /// A plan in its JSON form, as of `terraform plan -refresh-only`: whether it found drift, and where
    #[arg(long, value_name = "FILE", conflicts_with_all = ["resources", "report"])]
    pub(crate) plan: Option<PathBuf>,
    /// A resource that is affected, once or more
    #[arg(long = "resource", value_name = "ADDRESS")]
    pub(crate) resources: Vec<String>,
    /// When the tool looked [default: the instant of recording]
    #[arg(long, value_name = "INSTANT")]
    pub(crate) seen: Option<Instant>,
    /// The lineage of the tool's state that was looked at, as `terraform state pull` prints it
    #[arg(long, value_name = "LINEAGE", requires = "state_serial")]
    pub(crate) state: Option<String>,
    /// The serial number of that state
    #[arg(long, value_name = "SERIAL", requires = "state")]
    pub(crate) state_serial: Option<u64>,
    /// How bad it is, where it is worse than its kind usually is: medium for drift and health, high for a bypass
    #[arg(long, value_enum)]
    pub(crate) severity: Option<IncidentSeverity>,
    /// The tool's report, of which the digest is recorded
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// What else is worth knowing
    #[arg(long)]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IncidentKind {
    Drift,
    Bypass,
    Health,
    Other,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum IncidentSeverity {
    High,
    Critical,
}

#[derive(Args)]
pub(crate) struct Resolution {
    /// The incident: the hash of the entry that opened it
    #[arg(long, value_name = "HASH")]
    pub(crate) incident: Digest,
    /// How it was brought to an end
    #[arg(long)]
    pub(crate) reason: String,
    #[command(flatten)]
    pub(crate) caller: Caller,
}
