//! One function for each command: from arguments to an answer.

mod admit;
mod approve;
mod archive;
mod check;
mod checkpoint;
mod ci;
mod incident;
mod init;
mod keygen;
mod monitor;
mod policy;
mod read;
mod receipt;
mod record;
mod report;
mod schema;
mod signing;
mod snapshot;
mod terraform;
mod verify;

use std::{
    io::{self, IsTerminal as _},
    num::NonZeroUsize,
    path::Path,
    thread,
};

use poundlock::{
    Error,
    charter::Charter,
    engine::Engine,
    error::{Code, Result},
    identity::{Credential, KeySet},
    limits, model,
    policy::PolicyPack,
    report::Period,
    time::Instant,
};
use serde_json::{Value, json};

use crate::{
    args::{Arguments, Caller, Command, Format, From, Kind, Lock, Who},
    ci::handed_in,
    files,
    output::{Answer, CODE_DENIED, CODE_OK, Style, Text},
};

/// How many threads work: as many as were asked for, or as the machine has processors.
fn threads(asked: Option<NonZeroUsize>) -> NonZeroUsize {
    asked.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
}

/// Carries out the command.
pub(crate) fn run(arguments: Arguments) -> Result<Answer> {
    let Arguments { format, charter, ledger, at, command } = arguments;
    // Progress is for people who look on.
    let progress = format == Format::Text && io::stderr().is_terminal();
    if format.is_export() && !matches!(command, Command::Check(_)) {
        return Err(Error::new(
            Code::InputInvalidValue,
            "only `check` prints findings in the forms of other tools",
        )
        .with_help("use --format text or json; `ci` writes such forms into files"));
    }
    match command {
        Command::Init(options) => init::run(&options, &charter, &ledger, files::instant(at)?),
        Command::Check(options) => check::run(&options, &charter, files::instant(at)?, format),
        Command::Admit(options) => admit::run(&options, &charter, &ledger, files::instant(at)?),
        Command::Ci(options) => ci::run(&options, &charter, &ledger, files::instant(at)?),
        Command::Approve(options) => approve::run(&options, &charter, &ledger, files::instant(at)?),
        Command::Record(options) => {
            record::run(&options.fact, &charter, &ledger, files::instant(at)?)
        }
        Command::Monitor(options) => monitor::run(&options, &charter, &ledger, at, format),
        Command::Terraform(options) => terraform::run(&options, &charter, &ledger, at, format),
        Command::Log(options) => read::log(&options, &ledger),
        Command::Show(options) => read::show(&options, &ledger),
        Command::Verify(options) => verify::run(&options, &ledger, progress),
        Command::Keygen(options) => keygen::run(&options),
        Command::Checkpoint(options) => checkpoint::run(&options, &ledger),
        Command::Receipt(options) => receipt::write(&options, &ledger),
        Command::VerifyReceipt(options) => receipt::verify(&options, files::instant(at)?),
        Command::VerifyFork(options) => receipt::verify_fork(&options),
        Command::Snapshot => snapshot::run(&ledger),
        Command::Export(options) => archive::export(&options, &ledger, progress),
        Command::Import(options) => archive::import(&options, &ledger, progress),
        Command::Report(options) => {
            let until = options.until.map_or_else(|| files::instant(at), Ok)?;
            report::run(Period { since: options.since, until }, &ledger)
        }
        Command::Status => read::status(&charter, &ledger, files::instant(at)?),
        Command::Policy(options) => policy::run(&options, &charter, files::instant(at)?),
        Command::Lock(options) => lock(&options, &charter),
        Command::Schema(options) => Ok(schema::run(options.document)),
    }
}

/// The actor as the library knows it.
fn actor(who: &Who) -> model::Actor {
    model::Actor {
        kind: match who.actor_kind {
            Kind::Human => model::ActorKind::Human,
            Kind::Workload => model::ActorKind::Workload,
        },
        id: who.actor.clone(),
        claims: who.claims.iter().cloned().collect(),
    }
}

/// What the engine makes of the caller's token, where there is one.
fn credential(who: &Who, engine: &Engine, at: Instant) -> Result<Option<Credential>> {
    let Some(keys) = &who.key_set else {
        // A person's signature shows them, whatever their job has besides.
        return if who.actor_kind == Kind::Workload { no_token().map(|()| None) } else { Ok(None) };
    };
    let token = match &who.token_file {
        Some(file) => token_text(file)?,
        None => handed_in()?.ok_or_else(|| {
            Error::new(
                Code::InputMissingField,
                "there is a key set, and no token to verify with it",
            )
            .with_help("put the token into POUNDLOCK_ID_TOKEN, or name its file with --token-file")
        })?,
    };
    Ok(Some(engine.credential(&who.actor, &token, &key_set(keys)?, at)))
}

/// The keys that tokens are verified with.
fn key_set(file: &Path) -> Result<KeySet> {
    KeySet::parse(&files::read(file, limits::KEY_SET_BYTES)?)
        .map_err(|error| error.in_source(file.display().to_string()))
}

/// Refuses to take anybody's word where a token was handed in, and no key set to verify it with.
fn no_token() -> Result<()> {
    match handed_in()? {
        None => Ok(()),
        Some(_) => {
            let message = "there is a token, and no key set to verify it with";
            Err(Error::new(Code::InputMissingField, message)
                .with_help("name the document of its issuer's `jwks_uri` with --key-set"))
        }
    }
}

/// The token in a file, without the line feed that may end it.
fn token_text(file: &Path) -> Result<String> {
    // A line feed more than the largest token.
    let bytes = files::read(file, limits::TOKEN_BYTES.saturating_add(2))?;
    // What is no text is no token, and the engine is to say so.
    let text = String::from_utf8_lossy(&bytes);
    let line = text.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    Ok(line.unwrap_or(&text).to_owned())
}

fn channel(who: &Who) -> model::Channel {
    match who.channel {
        From::Ci => model::Channel::Ci,
        From::Controller => model::Channel::Controller,
        From::Local => model::Channel::Local,
    }
}

fn id(caller: &Caller) -> Result<String> {
    caller.id.clone().map_or_else(files::random_name, Ok)
}

/// What is due for review at an instant, said of the charter and of packs (R303, R428, R434).
fn due_for_review<'a>(
    charter: Option<&Charter>,
    packs: impl IntoIterator<Item = &'a PolicyPack>,
    at: Instant,
) -> Vec<String> {
    let charter = charter.filter(|charter| charter.review_overdue(at));
    let packs = packs.into_iter().filter(|pack| pack.review_overdue(at));
    charter
        .map(|charter| format!("the charter `{}` is due for review", charter.document().charter))
        .into_iter()
        .chain(packs.map(|pack| format!("the pack `{}` is due for review", pack.name())))
        .collect()
}

/// Turns an answer of the library into JSON.
fn to_json<T: serde::Serialize>(data: &T) -> Result<Value> {
    serde_json::to_value(data)
        .map_err(|_| Error::new(Code::Internal, "the answer cannot be written as JSON"))
}

fn lock(options: &Lock, charter: &Path) -> Result<Answer> {
    let path = files::lock_path(charter);
    let wanted = files::lock(charter)?;
    let current = files::read(&path, limits::YAML_BYTES).unwrap_or_default();
    let fresh = current == wanted.as_bytes();
    let name = path.display().to_string();
    let mut text = Text::new();
    let code = match (fresh, options.check) {
        (true, _) => {
            text.add(Style::Good, "up to date")
                .line(format!("  {name}: the packs are the pinned ones"));
            CODE_OK
        }
        (false, true) => {
            text.add(Style::Bad, "out of date").line(format!("  {name}"));
            text.line("  write it with `poundlock lock`");
            CODE_DENIED
        }
        (false, false) => {
            files::write(&path, wanted.as_bytes())?;
            text.add(Style::Good, "written").line(format!("  {name}"));
            CODE_OK
        }
    };
    Ok(Answer::new(text, json!({ "lock": name, "upToDate": fresh || !options.check }), code))
}
