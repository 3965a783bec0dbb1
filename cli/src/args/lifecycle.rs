//! The arguments of the facts about artifacts' lives.

use std::path::PathBuf;

use clap::Args;

use super::Caller;

#[derive(Args)]
pub(crate) struct Lifecycle {
    /// The step, in YAML: `asset`, `digest`, `operation`, `reason`; where the operation brings a manifest,
    /// its digest may be left out
    #[arg(value_name = "FILE")]
    pub(crate) step: PathBuf,
    #[command(flatten)]
    pub(crate) caller: Caller,
}

#[derive(Args)]
pub(crate) struct IntegrityCheck {
    /// The check, in YAML: `asset`, `digest`, `result`, `found`, `checked`, `milliseconds`
    #[arg(value_name = "FILE")]
    pub(crate) check: PathBuf,
    #[command(flatten)]
    pub(crate) caller: Caller,
}
