//! The arguments of `poundlock terraform`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use poundlock::model::Action;

use super::{Asked, Site, Who};

#[derive(Subcommand)]
pub(crate) enum Terraform {
    /// Plan with Terraform, have the plan admitted, and keep it for its review and application
    ///
    /// Exit codes: 0 admitted and kept; 1 denied; 2 no answer could be given.
    #[command(
        after_help = "Example:\n  poundlock terraform plan --kept plans/dev --stage dev --asset web --commit \"$SHA\" --ref refs/heads/main --author dave \\\n    --reason \"more memory\" --actor ci-plan --channel ci -- -chdir=infra -var-file=dev.tfvars"
    )]
    Plan(Plan),
    /// Have the kept plan's application admitted, apply that very plan, and record what came of it
    ///
    /// Exit codes: 0 applied; 1 denied, or Terraform failed; 2 no answer could be given, or nobody knows what was done.
    #[command(
        after_help = "Example:\n  poundlock terraform apply --kept plans/dev --stage dev --asset web --commit \"$SHA\" --ref refs/heads/main --author dave \\\n    --reason \"more memory\" --actor ci-apply --channel ci -- -lock-timeout=60s"
    )]
    Apply(Apply),
    /// Compare what there is with the state, and record what was found: an incident where it drifted, or the state was written around the gates
    ///
    /// Exit codes: 0 there is no drift; 1 there is, or a bypass is open, or the record was denied; 2 no answer could be given.
    #[command(
        after_help = "Example:\n  poundlock terraform drift --stage prod --asset web --actor drift-check --channel ci -- -chdir=infra"
    )]
    Drift(Drift),
}

/// How Terraform is run.
#[derive(Args, Clone)]
pub(crate) struct Tool {
    /// The program: `terraform`, `tofu`, or where one of them lies
    #[arg(long, default_value = "terraform", value_name = "PROGRAM")]
    pub(crate) binary: PathBuf,
    /// Terraform's own arguments; those that would change what is admitted are refused
    #[arg(last = true, value_name = "ARGUMENTS", allow_hyphen_values = true)]
    pub(crate) arguments: Vec<String>,
}

#[derive(Args)]
pub(crate) struct Plan {
    /// The directory that is to keep the plan, for its owner alone; what was kept there before is replaced
    #[arg(long, value_name = "DIR")]
    pub(crate) kept: PathBuf,
    #[command(flatten)]
    pub(crate) asked: Asked,
    #[command(flatten)]
    pub(crate) tool: Tool,
}

/// What the application of a plan is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Applies {
    /// The change enters the stage
    Apply,
    /// The stage goes back to what was known to be good
    Rollback,
}

impl Applies {
    pub(crate) const fn action(self) -> Action {
        match self {
            Self::Apply => Action::Apply,
            Self::Rollback => Action::Rollback,
        }
    }
}

#[derive(Args)]
pub(crate) struct Apply {
    /// The file with the nonce that blinds what the outcome tells of the state's content, made where it is missing
    #[arg(long, value_name = "FILE")]
    pub(crate) state_nonce: Option<PathBuf>,
    /// What the application is
    #[arg(long, value_enum, default_value_t = Applies::Apply)]
    pub(crate) action: Applies,
    /// The directory that keeps the plan, as `poundlock terraform plan` made it
    #[arg(long, value_name = "DIR")]
    pub(crate) kept: PathBuf,
    #[command(flatten)]
    pub(crate) asked: Asked,
    #[command(flatten)]
    pub(crate) tool: Tool,
}

#[derive(Args)]
pub(crate) struct Drift {
    #[command(flatten)]
    pub(crate) site: Site,
    /// The file with the nonce that `apply` had, by which the state's content is compared
    #[arg(long, value_name = "FILE")]
    pub(crate) state_nonce: Option<PathBuf>,
    /// What else is worth knowing
    #[arg(long)]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) who: Who,
    #[command(flatten)]
    pub(crate) tool: Tool,
}
