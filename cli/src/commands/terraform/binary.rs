//! Runs the program: with its output passed through, or taken.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    io::{self, Read as _, Seek as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use poundlock::{
    Error,
    error::{Code, Result},
    limits,
};
use serde_json::Value;

use super::{
    arguments::Arguments,
    signals::{self, Signals},
    tool_state::ToolState,
};
use crate::args::Format;

/// The longest answer to a small question, such as which version it is.
const SHORT_ANSWER: usize = 64 * 1024;

/// Which versions run.
#[derive(Clone, Debug)]
pub(super) struct Versions {
    /// The program's.
    pub(super) tool: String,
    /// Those of the providers that are selected, by their addresses.
    pub(super) providers: BTreeMap<String, String>,
}

/// Terraform or OpenTofu, in a directory and a workspace.
pub(super) struct Binary {
    program: PathBuf,
    chdir: Option<String>,
    /// The workspace that it is held to; without one, it is in the one that is selected.
    workspace: Option<String>,
    /// Programs read our standard output as JSON, so that Terraform's goes where people look.
    format: Format,
}

impl Binary {
    pub(super) fn new(program: &Path, chdir: Option<String>, format: Format) -> Self {
        Self { program: program.to_path_buf(), chdir, workspace: None, format }
    }

    /// Holds it to the workspace that is selected, whoever selects another one meanwhile.
    pub(super) fn hold_workspace(&mut self) -> Result<String> {
        let workspace = self.selected_workspace()?;
        self.workspace = Some(workspace.clone());
        Ok(workspace)
    }

    /// Makes a plan file.
    pub(super) fn plan(
        &self,
        how: &[&str],
        arguments: &Arguments,
        plan_file: &Path,
        signals: &mut Signals,
    ) -> Result<()> {
        let mut out = OsString::from("-out=");
        out.push(plan_file);
        let mut all: Vec<OsString> = how.iter().map(OsString::from).collect();
        all.extend(arguments.others.iter().map(OsString::from));
        all.push(out);
        let mut child = self.start(&["plan", "-input=false"], &all)?;
        let status = signals.wait(&mut child).map_err(|error| self.failed(error))?;
        if signals.came() {
            return Err(Error::new(
                Code::TerraformFailed,
                "a signal stopped it; nothing was admitted",
            ));
        }
        if !status.success() {
            return Err(Error::new(Code::TerraformFailed, format!("planning failed ({status})"))
                .with_help("Terraform says why above"));
        }
        Ok(())
    }

    fn command(&self, command: &[&str]) -> Command {
        let mut run = Command::new(&self.program);
        if let Some(chdir) = &self.chdir {
            run.arg(format!("-chdir={chdir}"));
        }
        if let Some(workspace) = &self.workspace {
            run.env("TF_WORKSPACE", workspace);
        }
        run.args(command).env("TF_IN_AUTOMATION", "1").env("TF_INPUT", "0").stdin(Stdio::null());
        signals::apart(&mut run);
        run
    }

    /// Starts a command that people look on at.
    pub(super) fn start<A: AsRef<OsStr>>(
        &self,
        command: &[&str],
        arguments: &[A],
    ) -> Result<Child> {
        let mut run = self.command(command);
        run.args(arguments);
        if self.format == Format::Json {
            run.stdout(stderr().map_err(|error| self.failed(error))?);
        }
        run.spawn().map_err(|error| self.failed(error))
    }

    /// What a command answers on its standard output.
    fn answer<A: AsRef<OsStr>>(
        &self,
        command: &[&str],
        arguments: &[A],
        longest: usize,
    ) -> Result<Vec<u8>> {
        // Warnings are repeated by every command; what is said of a failure is shown.
        let mut said = tempfile::tempfile().map_err(|error| self.failed(error))?;
        let mut run = self.command(command);
        run.args(arguments)
            .stdout(Stdio::piped())
            .stderr(said.try_clone().map_err(|error| self.failed(error))?);
        let mut child = run.spawn().map_err(|error| self.failed(error))?;
        let mut answer = Vec::new();
        let most = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1);
        let read = match child.stdout.take() {
            Some(stdout) => stdout.take(most).read_to_end(&mut answer),
            None => Ok(0),
        };
        let status = child.wait().map_err(|error| self.failed(error))?;
        read.map_err(|error| self.failed(error))?;
        if answer.len() > longest {
            let message = format!("`{}` answers more than {longest} bytes", command.join(" "));
            return Err(Error::new(Code::LimitSize, message));
        }
        if !status.success() {
            let _ = said.rewind().and_then(|()| io::copy(&mut said, &mut io::stderr().lock()));
            let message = format!("`{}` failed ({status})", command.join(" "));
            return Err(Error::new(Code::TerraformFailed, message)
                .in_source(self.program.display().to_string())
                .with_help("it says why above"));
        }
        Ok(answer)
    }

    /// Its version, and those of its providers.
    pub(super) fn versions(&self) -> Result<Versions> {
        let answer = self.answer::<&str>(&["version", "-json"], &[], SHORT_ANSWER)?;
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let tool = answer.get("terraform_version").and_then(text);
        let providers = answer.get("provider_selections").and_then(Value::as_object);
        let providers = providers.into_iter().flatten();
        let providers =
            providers.filter_map(|(name, version)| Some((name.clone(), text(version)?)));
        tool.map(|tool| Versions { tool, providers: providers.collect() }).ok_or_else(|| {
            Error::new(
                Code::TerraformFailed,
                "the program does not say its version as Terraform does",
            )
            .in_source(self.program.display().to_string())
        })
    }

    /// The name that the program is run by, without its place.
    pub(super) fn name(&self) -> String {
        self.program.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn selected_workspace(&self) -> Result<String> {
        let answer = self.answer::<&str>(&["workspace", "show"], &[], SHORT_ANSWER)?;
        String::from_utf8(answer).map(|text| text.trim_end().to_owned()).map_err(|_| {
            Error::new(Code::TerraformFailed, "the name of the workspace is not UTF-8")
        })
    }

    /// The JSON form of a plan file.
    pub(super) fn show(&self, plan: &Path) -> Result<Vec<u8>> {
        let arguments = [OsStr::new("-no-color"), OsStr::new("-json"), plan.as_os_str()];
        self.answer(&["show"], &arguments, limits::DOCUMENT_BYTES)
    }

    /// The state as it is now; none where none was ever written.
    pub(super) fn state(&self) -> Result<Option<ToolState>> {
        let answer = self.answer::<&str>(&["state", "pull"], &[], limits::DOCUMENT_BYTES)?;
        ToolState::read(&answer)
    }

    pub(super) fn failed(&self, error: io::Error) -> Error {
        Error::new(Code::TerraformFailed, format!("the program cannot be run: {error}"))
            .in_source(self.program.display().to_string())
            .with_help("install Terraform or OpenTofu, or name it with --binary")
    }
}

/// Our standard error, for somebody else to write to.
fn stderr() -> io::Result<Stdio> {
    #[cfg(unix)]
    let owned = std::os::fd::AsFd::as_fd(&io::stderr()).try_clone_to_owned()?;
    #[cfg(windows)]
    let owned = std::os::windows::io::AsHandle::as_handle(&io::stderr()).try_clone_to_owned()?;
    Ok(owned.into())
}
