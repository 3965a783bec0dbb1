//! The directory that keeps an admitted plan: the plan file, its JSON form, and what it was made of.
//!
//! The nonce that blinds the plan's digest is made of a random seed, the plan file and what is kept beside it. So the digest in
//! the ledger names all of them at once: whoever alters one byte of any has a plan that was never admitted.

use std::{
    fs::{self, File},
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use poundlock::{
    Error, Value,
    digest::{self, Digest, Hasher},
    error::{Code, Result},
    limits,
};
use serde::{Deserialize, Serialize};

use super::{
    backend::Backend,
    private::{self, PrivateDirectory},
    tool_state::{Serial, ToolState},
};
use crate::files;

/// The plan file, in Terraform's own form.
pub(super) const PLAN_FILE: &str = "tfplan";
const PLAN_JSON: &str = "plan.json";
const NONCE: &str = "plan.json.nonce";
const KEPT: &str = "kept.json";
const FORMAT: &str = "poundlock-terraform-plan/3";
const KEPT_BYTES: usize = 64 * 1024;

/// What a plan was made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Kept {
    format: String,
    seed: String,
    /// The program that made it, and its version.
    pub(super) tool: String,
    pub(super) version: String,
    /// Where it was made, as Terraform was told.
    pub(super) chdir: Option<String>,
    pub(super) workspace: String,
    pub(super) backend: Backend,
    /// Absent where there was no state.
    pub(super) state: Option<Serial>,
    /// What the state held, blinded by the seed.
    content: Option<Digest>,
}

impl Kept {
    pub(super) fn new(
        (tool, version): (String, String),
        chdir: Option<String>,
        workspace: String,
        state: Option<&ToolState>,
    ) -> Result<Self> {
        let seed = files::random::<32>()?;
        Ok(Self {
            format: FORMAT.to_owned(),
            seed: digest::hex(&seed),
            tool,
            version,
            backend: Backend::of(chdir.as_deref())?,
            chdir,
            workspace,
            state: state.map(|state| state.serial.clone()),
            content: state.map(|state| state.blinded(&seed)),
        })
    }

    /// Whether a state is the very one that the plan was made of: nobody wrote it since, nor altered it under its serial number.
    pub(super) fn is_of(&self, state: Option<&ToolState>) -> bool {
        let seed = digest::unhex(&self.seed).and_then(|seed| <[u8; 32]>::try_from(seed).ok());
        let content = seed.and_then(|seed| state.map(|state| state.blinded(&seed)));
        state.map(|state| &state.serial) == self.state.as_ref() && content == self.content
    }
}

/// A plan that was just made, in a directory beside the one that is to keep it.
pub(super) struct Fresh {
    staging: PrivateDirectory,
    /// The directory in it that is to take the target's place.
    made: PathBuf,
    target: PathBuf,
}

impl Fresh {
    /// Prepares for keeping a plan; what is kept there already stays until another is.
    pub(super) fn prepare(target: &Path) -> Result<Self> {
        let taken = match fs::read_dir(target) {
            Ok(mut entries) => entries.next().is_some() && !target.join(KEPT).is_file(),
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => {
                return Err(Error::io(format!("{} cannot be read", target.display()), error));
            }
        };
        if taken {
            let message = "the directory holds something else than a kept plan";
            return Err(Error::new(Code::TerraformKept, message)
                .in_source(target.display().to_string())
                .with_help("name a directory for the plan alone with --kept"));
        }
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
        let staging = PrivateDirectory::new(Some(parent.unwrap_or(Path::new("."))))?;
        let made = staging.directory("made")?;
        private::file_in(&made, PLAN_FILE)?;
        Ok(Self { staging, made, target: target.to_path_buf() })
    }

    /// Where Terraform is to write the plan file: an absolute path, whatever directory it runs in.
    pub(super) fn plan_file(&self) -> Result<PathBuf> {
        std::path::absolute(self.made.join(PLAN_FILE))
            .map_err(|error| Error::io("the current directory cannot be told", error))
    }

    /// Writes everything down, and gives the nonce.
    pub(super) fn write(&self, kept: &Kept, json: &[u8]) -> Result<[u8; 32]> {
        let plan_file = self.plan_file()?;
        let mut file = open(&plan_file)?;
        let digest = copy(&mut file, &mut std::io::sink(), &plan_file)?;
        let text = serde_json::to_vec_pretty(kept)
            .map_err(|_| Error::new(Code::Internal, "what is kept cannot be written as JSON"))?;
        let nonce = nonce(digest, &text);
        for (name, content) in [
            (KEPT, text.as_slice()),
            (PLAN_JSON, json),
            (NONCE, format!("{}\n", digest::hex(&nonce)).as_bytes()),
        ] {
            files::write(&self.made.join(name), content)?;
        }
        Ok(nonce)
    }

    /// Keeps it, in the place of what was kept before.
    pub(super) fn keep(self) -> Result<()> {
        let Self { staging, made, target } = self;
        let failed = |error| Error::io(format!("{} cannot be replaced", target.display()), error);
        if target.exists() {
            fs::rename(&target, staging.path().join("old")).map_err(failed)?;
        }
        fs::rename(&made, &target).map_err(failed)
    }
}

/// A kept plan, copied to where nobody else can alter it.
pub(super) struct Opened {
    pub(super) kept: Kept,
    pub(super) nonce: [u8; 32],
    plan_file: PathBuf,
    /// Where that lies.
    _private: PrivateDirectory,
}

impl Opened {
    /// Opens what is kept: the plan file is hashed while it is copied, so that what is hashed is what is applied.
    ///
    /// # Errors
    ///
    /// `terraform.kept` when it is no kept plan, or one of a run elsewhere, which nobody can hold to what was admitted.
    pub(super) fn open(directory: &Path) -> Result<Self> {
        let path = directory.join(KEPT);
        let text = files::read(&path, KEPT_BYTES).map_err(|error| {
            error.with_help("name the directory that `poundlock terraform plan` made with --kept")
        })?;
        let not_kept = || {
            Error::new(Code::TerraformKept, "the file does not say what a kept plan was made of")
                .in_source(path.display().to_string())
                .with_help("plan anew with `poundlock terraform plan`")
        };
        let kept: Kept = Value::parse_json(&text)
            .and_then(|document| document.deserialize())
            .map_err(|_| not_kept())?;
        if kept.format != FORMAT {
            return Err(not_kept());
        }
        let source = directory.join(PLAN_FILE);
        let mut file = open(&source)?;
        let private = PrivateDirectory::new(None)?;
        let (plan_file, mut copied) = private.file(PLAN_FILE)?;
        let failed = |error| Error::io(format!("{} cannot be written", plan_file.display()), error);
        let digest = copy(&mut file, &mut copied, &source)?;
        copied.sync_all().map_err(failed)?;
        refuse_remote(&plan_file)?;
        Ok(Self { nonce: nonce(digest, &text), kept, plan_file, _private: private })
    }

    pub(super) fn plan_file(&self) -> &Path {
        &self.plan_file
    }
}

/// Refuses a plan file that merely points to a run elsewhere: what is applied there is not in it.
pub(super) fn refuse_remote(plan_file: &Path) -> Result<()> {
    let mut start = Vec::new();
    open(plan_file)?
        .take(1024)
        .read_to_end(&mut start)
        .map_err(|error| Error::io(format!("{} cannot be read", plan_file.display()), error))?;
    if String::from_utf8_lossy(&start).contains("remote_plan_format") {
        let message = "the plan is carried out elsewhere, and its file only points there";
        return Err(Error::new(Code::TerraformKept, message)
            .with_help("let Terraform run here: the workspace's execution mode `local`"));
    }
    Ok(())
}

fn open(path: &Path) -> Result<File> {
    // To open a pipe is to wait for whoever writes into it.
    if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        let message = format!("{} is no file", path.display());
        return Err(Error::new(Code::TerraformKept, message)
            .with_help("plan anew with `poundlock terraform plan`"));
    }
    File::open(path).map_err(|error| Error::io(format!("{} cannot be read", path.display()), error))
}

/// Copies a plan file, never more than its limit, and gives its digest.
fn copy(from: &mut File, to: &mut impl std::io::Write, name: &Path) -> Result<Digest> {
    let failed = |error| Error::io(format!("{} cannot be copied", name.display()), error);
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0_usize;
    loop {
        let count = from.read(&mut buffer).map_err(failed)?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else {
            return Ok(hasher.finish());
        };
        size = size.saturating_add(count);
        if size > limits::DOCUMENT_BYTES {
            let message = format!("the plan file is larger than {} bytes", limits::DOCUMENT_BYTES);
            return Err(Error::new(Code::LimitSize, message).in_source(name.display().to_string()));
        }
        hasher.update(piece);
        to.write_all(piece).map_err(failed)?;
    }
}

/// The nonce that blinds the digest of the plan.
fn nonce(plan_file: Digest, kept: &[u8]) -> [u8; 32] {
    let mut hasher = Hasher::of_kind("terraform-plan");
    hasher.update(plan_file.as_bytes());
    hasher.update(kept);
    *hasher.finish().as_bytes()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn kept() -> Kept {
        let state = br#"{ "lineage": "l", "serial": 3, "resources": [] }"#;
        let state = ToolState::read(state).unwrap();
        let tool = ("terraform".to_owned(), "1.11.4".to_owned());
        Kept::new(tool, None, "default".to_owned(), state.as_ref()).unwrap()
    }

    fn keep(target: &Path, plan_file: &[u8], kept: &Kept) -> [u8; 32] {
        let fresh = Fresh::prepare(target).unwrap();
        fs::write(fresh.plan_file().unwrap(), plan_file).unwrap();
        let nonce = fresh.write(kept, b"{}").unwrap();
        fresh.keep().unwrap();
        nonce
    }

    #[test]
    fn a_nonce_names_the_plan_file_and_all_that_is_kept_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("kept");
        let nonce = keep(&target, b"plan", &kept());
        assert_eq!(Opened::open(&target).unwrap().nonce, nonce);
        for name in [PLAN_FILE, KEPT] {
            let path = target.join(name);
            let old = fs::read_to_string(&path).unwrap();
            fs::write(&path, old.replacen("default", "other", 1) + " ").unwrap();
            assert_ne!(Opened::open(&target).unwrap().nonce, nonce, "{name}");
            fs::write(&path, old).unwrap();
        }
        assert_eq!(Opened::open(&target).unwrap().nonce, nonce);
        assert_ne!(keep(&target, b"plan", &kept()), nonce, "every plan has a seed of its own");
    }

    #[test]
    fn nothing_else_is_replaced_by_a_plan() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine"), "").unwrap();
        let code = Fresh::prepare(folder.path()).map(drop).map_err(|error| error.to_code());
        assert_eq!(code, Err(Code::TerraformKept));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_look_into_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("kept");
        keep(&target, b"plan", &kept());
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o700);
        for name in [PLAN_FILE, PLAN_JSON, NONCE, KEPT] {
            let mode = fs::metadata(target.join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn a_plan_that_is_carried_out_elsewhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("kept");
        keep(&target, br#"{"remote_plan_format":1,"run_id":"run-x"}"#, &kept());
        let code = Opened::open(&target).map(drop).map_err(|error| error.to_code());
        assert_eq!(code, Err(Code::TerraformKept));
    }
}
