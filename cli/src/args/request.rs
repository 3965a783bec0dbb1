//! What a request asks for, besides its action and its plan or artifact.

use std::{
    num::NonZeroUsize,
    ops::{Deref, DerefMut},
    path::PathBuf,
};

use clap::Args;
use poundlock::digest::Digest;

use super::Caller;

/// A question, and who asks it.
#[derive(Args, Clone)]
pub(crate) struct Asked<C: Args = Caller> {
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    pub(crate) caller: C,
}

impl<C: Args> Asked<C> {
    /// The same, of another caller.
    pub(crate) fn of<D: Args>(self, caller: D) -> Asked<D> {
        Asked { question: self.question, caller }
    }
}

impl<C: Args> Deref for Asked<C> {
    type Target = Question;

    fn deref(&self) -> &Question {
        &self.question
    }
}

impl<C: Args> DerefMut for Asked<C> {
    fn deref_mut(&mut self) -> &mut Question {
        &mut self.question
    }
}

/// Where something is to be done, of what origin it is, and why.
#[derive(Args, Clone)]
pub(crate) struct Question {
    /// The stage that is to be changed or entered
    #[arg(long)]
    pub(crate) stage: String,
    /// The track, where more than one has the stage
    #[arg(long)]
    pub(crate) track: Option<String>,
    /// The name of the asset: the stack, image, model or dataset
    #[arg(long)]
    pub(crate) asset: String,
    /// The commit, in full
    #[arg(long)]
    pub(crate) commit: Option<String>,
    /// The full name of the ref that the commit was taken from
    #[arg(long = "ref", value_name = "REF")]
    pub(crate) git_ref: Option<String>,
    /// Who wrote the change or made the artifact
    #[arg(long)]
    pub(crate) author: String,
    /// Why the change is made
    #[arg(long, default_value = "")]
    pub(crate) reason: String,
    /// The run of the pipeline
    #[arg(long)]
    pub(crate) run: Option<String>,
    /// The stack or workspace that is to be changed
    #[arg(long)]
    pub(crate) stack: Option<String>,
    /// The cloud project or account that is to be changed
    #[arg(long)]
    pub(crate) project: Option<String>,
    /// The state backend that is to be changed
    #[arg(long)]
    pub(crate) backend: Option<String>,
    /// The break-glass grant that is used: the hash of the entry that opened it
    #[arg(long, value_name = "HASH")]
    pub(crate) grant: Option<Digest>,
    /// The lineage that the stage goes back to if this fails
    #[arg(long, value_name = "LINEAGE")]
    pub(crate) rollback: Option<String>,
    /// A file that the change touches, once or more
    #[arg(long = "path", value_name = "PATH")]
    pub(crate) paths: Vec<String>,
    /// The file with the annotated tag that the change comes from, as `git cat-file tag NAME` prints it
    #[arg(long, value_name = "FILE")]
    pub(crate) tag: Option<PathBuf>,
    /// How many threads evaluate policies [default: as many as the machine has processors]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
}
