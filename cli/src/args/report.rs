//! The arguments of reports.

use clap::Args;
use poundlock::time::Instant;

/// The period of a report.
#[derive(Args)]
pub(crate) struct Report {
    /// The first instant of the period, in RFC 3339
    #[arg(long, value_name = "INSTANT")]
    pub(crate) since: Instant,
    /// The instant that is the first one after the period [default: that of asking]
    #[arg(long, value_name = "INSTANT")]
    pub(crate) until: Option<Instant>,
}
