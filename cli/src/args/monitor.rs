//! The arguments of `monitor`.

use std::path::PathBuf;

use clap::Args;
use poundlock::time::Duration;

use super::Who;

#[derive(Args)]
#[command(
    after_help = "Exit codes: 0 whatever was checked is as it was published; 1 something is not, or a check was not allowed to be recorded; 2 it could not be told of something, or no answer could be given."
)]
pub(crate) struct Monitor {
    /// The directory that holds the content, each file under its SHA-256: `sha256/ab/cdef…`, or the 64 digits alone
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// How many artifacts to check: those first that could not be told or were never checked, then any, by chance
    #[arg(long, value_name = "N", default_value_t = 100, conflicts_with = "all")]
    pub(crate) sample: usize,
    /// Check all artifacts that were ever published
    #[arg(long)]
    pub(crate) all: bool,
    /// Check again and again, so long after each other; what fails is said, and tried again the next time
    #[arg(long, value_name = "DURATION")]
    pub(crate) every: Option<Duration>,
    #[command(flatten)]
    pub(crate) who: Who,
}
