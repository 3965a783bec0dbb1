//! The arguments of `ci`.

use std::path::PathBuf;

use clap::Args;

use super::Admit;

#[derive(Args)]
#[command(
    after_help = "What the job's own variables say need not be said: the commit, the ref and the run. What is said all the same must not contradict them, but for the commit and ref of a rollback.\n\nExample, in a job that has planned:\n  poundlock ci --action plan --stage dev --asset web --plan plan.json --actor ci-plan --author alice --reason \"more memory\""
)]
pub(crate) struct Ci {
    #[command(flatten)]
    pub(crate) admit: Admit<Job>,
    /// Write the findings as SARIF 2.1.0
    #[arg(long, value_name = "FILE")]
    pub(crate) sarif: Option<PathBuf>,
    /// Write the findings as a JUnit report
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write a summary in Markdown; GitHub's and Azure's pages of the job show it
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,
    /// Write POUNDLOCK_VERDICT, POUNDLOCK_ENTRY and, where one is given, POUNDLOCK_PERMIT, as NAME=VALUE on lines
    #[arg(long, value_name = "FILE")]
    pub(crate) outputs: Option<PathBuf>,
}

/// Who asks, as far as the job does not say it.
#[derive(Args, Clone)]
pub(crate) struct Job {
    /// The actor, as the charter declares it [default: the workload that the token shows]
    #[arg(long)]
    pub(crate) actor: Option<String>,
    /// What else is known about the actor, as NAME=VALUE, once or more; not beside a token
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = super::claim, conflicts_with = "key_set")]
    pub(crate) claims: Vec<(String, String)>,
    /// The deployment environment of the job, where no variable names it; not beside a token
    #[arg(long, conflicts_with = "key_set")]
    pub(crate) environment: Option<String>,
    /// The file with the token that shows the actor [default: POUNDLOCK_ID_TOKEN, or the variable of CircleCI or Bitbucket]
    #[arg(long, value_name = "FILE", requires = "key_set")]
    pub(crate) token_file: Option<PathBuf>,
    /// The key set of the token's issuer: the document that its `jwks_uri` names; without it, no token is used
    #[arg(long, value_name = "FILE")]
    pub(crate) key_set: Option<PathBuf>,
    /// Names this request once and for all [default: a random name]
    #[arg(long)]
    pub(crate) id: Option<String>,
}
