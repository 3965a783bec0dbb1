//! Files: documents, charters with their packs, nonces, ledgers.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use poundlock::{
    Error,
    charter::{Charter, Lock, OverlayReference},
    digest::{self, Digest},
    engine::{Engine, Texts},
    error::{Code, Result},
    intake::Declarations,
    ledger::Ledger,
    limits,
    model::Plan,
    policy::{Overlay, PackReference, PolicyPack},
    state::State,
    time::Instant,
};
use serde_json::Value;

use crate::output::{Style, Text};

/// Opens a file for reading. `-` is standard input.
pub(crate) fn open(path: &Path) -> Result<Box<dyn io::Read>> {
    if path == Path::new("-") {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path)
        .map_err(|error| Error::io(format!("{} cannot be read", path.display()), error))?;
    Ok(Box::new(file))
}

/// Reads a document whole, but never more than its limit. `-` is standard input.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let name = path.display().to_string();
    let reader = open(path)?;
    let mut bytes = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    reader
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::io(format!("{name} cannot be read"), error))?;
    if bytes.len() > limit {
        return Err(Error::new(
            Code::LimitSize,
            format!("the document is larger than {limit} bytes"),
        )
        .in_source(name));
    }
    Ok(bytes)
}

/// Writes a new file, or replaces one, so that a crash leaves the old or the new content.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<()> {
    let failed = |error| Error::io(format!("{} cannot be written", path.display()), error);
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    let temporary = write_beside(path, |file| write_all(file, content, path))?;
    fs::rename(&temporary, path).map_err(failed)
}

/// Removes a file, where there is one.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io(format!("{} cannot be removed", path.display()), error))
        }
        _ => Ok(()),
    }
}

fn write_all(file: &mut File, content: &[u8], path: &Path) -> Result<()> {
    file.write_all(content)
        .map_err(|error| Error::io(format!("{} cannot be written", path.display()), error))
}

/// Puts a text that others read into a file, or prints it where no file is named.
pub(crate) fn write_or_print(
    file: Option<&Path>,
    content: &str,
    text: &mut Text,
    json: &mut Value,
) -> Result<()> {
    let Some(file) = file else {
        text.add(Style::Plain, content);
        return Ok(());
    };
    write(file, content.as_bytes())?;
    let name = file.display().to_string();
    text.add(Style::Good, "written").line(format!("  {name}"));
    if let Some(json) = json.as_object_mut() {
        json.insert("file".to_owned(), name.into());
    }
    Ok(())
}

/// Writes a file unless there is one; whether it did. Of several processes that try, one does.
pub(crate) fn write_once(path: &Path, content: &[u8]) -> Result<bool> {
    write_once_with(path, |file| write_all(file, content, path))
}

/// Writes a file, readable for its owner alone, unless there is one; whether it did.
pub(crate) fn write_once_with(
    path: &Path,
    fill: impl FnOnce(&mut File) -> Result<()>,
) -> Result<bool> {
    if path.exists() {
        return Ok(false);
    }
    let temporary = write_beside(path, fill)?;
    let linked = fs::hard_link(&temporary, path);
    match linked {
        // Not every file system has links.
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
            fs::rename(&temporary, path)
                .map(|()| true)
                .map_err(|error| Error::io(format!("{} cannot be written", path.display()), error))
        }
        linked => {
            // What matters is the name that was asked for; a left-over beside it harms nobody.
            let _ = fs::remove_file(&temporary);
            Ok(linked.is_ok())
        }
    }
}

/// Writes a file beside the one that it is to become.
fn write_beside(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<PathBuf> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.tmp", random_name()?));
    let temporary = PathBuf::from(temporary);
    let failed = |error| Error::io(format!("{} cannot be written", path.display()), error);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary).map_err(failed)?;
    fill(&mut file)
        .and_then(|()| file.sync_all().map_err(failed))
        .inspect_err(|_| drop(fs::remove_file(&temporary)))?;
    Ok(temporary)
}

/// The folder that holds the charter's lock file and packs.
fn folder(charter: &Path) -> PathBuf {
    match charter.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// The lock file beside a charter: its name with the ending `.lock`.
pub(crate) fn lock_path(charter: &Path) -> PathBuf {
    charter.with_extension("lock")
}

/// The packs in the `packs` folder beside a charter, in the order of their names.
pub(crate) fn pack_paths(charter: &Path) -> Result<Vec<PathBuf>> {
    yaml_paths(&folder(charter).join("packs"))
}

/// The overlays in the `overlays` folder beside a charter, in the order of their names.
fn overlay_paths(charter: &Path) -> Result<Vec<PathBuf>> {
    yaml_paths(&folder(charter).join("overlays"))
}

/// The scenarios in the `scenarios` folder beside a charter, in the order of their names.
pub(crate) fn scenario_paths(charter: &Path) -> Result<Vec<PathBuf>> {
    yaml_paths(&folder(charter).join("scenarios"))
}

fn yaml_paths(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |error| Error::io(format!("{} cannot be read", folder.display()), error);
    let mut paths = Vec::new();
    match fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let path = entry.map_err(failed)?.path();
                if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
                    paths.push(path);
                }
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(failed(error)),
    }
    paths.sort();
    Ok(paths)
}

/// Whether a file is a scenario rather than a pack: it has steps.
pub(crate) fn is_scenario(path: &Path) -> Result<bool> {
    let text = read(path, limits::YAML_BYTES)?;
    let document = poundlock::Value::parse_yaml(&text)
        .map_err(|error| error.in_source(path.display().to_string()))?;
    Ok(document.as_ref().pointer("/steps").is_some())
}

/// Reads a pack.
pub(crate) fn pack(path: &Path) -> Result<(PolicyPack, Vec<u8>)> {
    let text = read(path, limits::YAML_BYTES)?;
    let pack =
        PolicyPack::parse(&text).map_err(|error| error.in_source(path.display().to_string()))?;
    Ok((pack, text))
}

/// Reads an overlay.
fn overlay(path: &Path) -> Result<(Overlay, Vec<u8>)> {
    let text = read(path, limits::YAML_BYTES)?;
    let overlay =
        Overlay::parse(&text).map_err(|error| error.in_source(path.display().to_string()))?;
    Ok((overlay, text))
}

/// The packs that a charter names and that lie beside it, each made stricter by its overlays, in the charter's order.
pub(crate) fn overlaid_packs(path: &Path, charter: &Charter) -> Result<Vec<PolicyPack>> {
    let mut beside = Vec::new();
    for path in overlay_paths(path)? {
        beside.push(overlay(&path)?.0);
    }
    let mut overlays = Vec::new();
    for reference in charter.document().overlays.iter().map(OverlayReference::pinned) {
        let overlay = beside.iter().find(|overlay| overlay.reference() == reference);
        overlays.push(overlay.ok_or_else(|| missing(&reference, path))?);
    }
    let named: Vec<PackReference> = charter.pinned().collect();
    let mut packs = Vec::new();
    for path in pack_paths(path)? {
        let (own, text) = pack(&path)?;
        if !named.contains(&own.reference()) {
            continue;
        }
        let over: Vec<&Overlay> =
            overlays.iter().filter(|overlay| overlay.pack() == own.name()).copied().collect();
        packs.push(PolicyPack::with_overlays(&text, &over)?);
    }
    Ok(packs)
}

fn missing(reference: &PackReference, charter: &Path) -> Error {
    Error::new(
        Code::PolicyPackMissing,
        format!(
            "the charter names `{reference}`, which is not among the packs and overlays beside it"
        ),
    )
    .in_source(charter.display().to_string())
}

/// Reads a charter.
pub(crate) fn charter(path: &Path) -> Result<(Charter, Vec<u8>)> {
    let text = read(path, limits::YAML_BYTES).map_err(|error| {
        error.with_help("make a charter with `poundlock init`, or name yours with --charter")
    })?;
    let charter =
        Charter::parse(&text).map_err(|error| error.in_source(path.display().to_string()))?;
    Ok((charter, text))
}

/// Reads a charter with its lock file, packs and overlays, and makes an engine of them.
pub(crate) fn engine(path: &Path) -> Result<Engine> {
    let (_, text) = charter(path)?;
    let lock = lock_path(path);
    let lock_text = read(&lock, limits::YAML_BYTES)
        .map_err(|error| error.with_help("write it with `poundlock lock`"))?;
    Lock::parse(&lock_text).map_err(|error| error.in_source(lock.display().to_string()))?;
    let mut packs = Vec::new();
    for path in pack_paths(path)? {
        packs.push(pack(&path)?.1);
    }
    for path in overlay_paths(path)? {
        packs.push(overlay(&path)?.1);
    }
    Engine::new(Texts { charter: text, lock: lock_text, packs })
}

/// The lock file that fits a charter and the packs and overlays beside it.
pub(crate) fn lock(path: &Path) -> Result<String> {
    let (charter, _) = charter(path)?;
    let mut lock = Lock::default();
    let mut found = BTreeMap::new();
    for path in pack_paths(path)? {
        let (pack, _) = pack(&path)?;
        found.insert(pack.reference(), pack.digest());
    }
    for path in overlay_paths(path)? {
        let (overlay, _) = overlay(&path)?;
        found.insert(overlay.reference(), overlay.digest());
    }
    for reference in charter.pinned() {
        let digest = found.get(&reference).ok_or_else(|| missing(&reference, path))?;
        lock.pin(reference, *digest);
    }
    // An overlay that does not fit its pack is refused here rather than by whatever comes next.
    overlaid_packs(path, &charter)?;
    Ok(lock.to_yaml())
}

/// Opens a ledger and folds it.
pub(crate) fn ledger(path: &Path) -> Result<(Ledger, State)> {
    let ledger = Ledger::open(path).map_err(not_found)?;
    let state = State::open(&ledger)?;
    Ok((ledger, state))
}

/// Opens a ledger to read it.
pub(crate) fn ledger_to_read(path: &Path) -> Result<Ledger> {
    Ledger::open_read_only(path).map_err(not_found)
}

fn not_found(error: Error) -> Error {
    if error.to_code() == Code::LedgerNotFound {
        error.with_help("make one with `poundlock init`, or name it with --ledger")
    } else {
        error
    }
}

/// What may be done about a nonce that is not there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nonce {
    /// It is made and kept: this is the first time that the plan is seen.
    Make,
    /// It must be there: the plan was seen before.
    Demand,
}

/// Reads a plan with the nonce beside it.
pub(crate) fn plan(path: &Path, nonce: Option<&Path>, rule: Nonce) -> Result<Plan> {
    let text = read(path, limits::DOCUMENT_BYTES)?;
    let beside = {
        let mut name = path.as_os_str().to_owned();
        name.push(".nonce");
        PathBuf::from(name)
    };
    if path == Path::new("-") && nonce.is_none() {
        return Err(Error::new(
            Code::InputMissingField,
            "a plan from standard input has no nonce beside it",
        )
        .with_help("name the nonce's file with --nonce"));
    }
    let nonce_path = nonce.unwrap_or(&beside);
    let read_plan = |nonce: &[u8; 32]| {
        Plan::from_tool(&text, nonce).map_err(|error| error.in_source(path.display().to_string()))
    };
    if rule == Nonce::Make && !nonce_path.exists() {
        let nonce = random()?;
        // A document that is refused gets no nonce.
        let plan = read_plan(&nonce)?;
        if write_nonce(nonce_path, &nonce)? {
            return Ok(plan);
        }
    }
    let bytes = read(nonce_path, 1024).map_err(|error| {
        error.with_help(
            "the nonce was written when the plan was first admitted; keep it beside the plan",
        )
    })?;
    read_plan(&parse_nonce(&bytes, nonce_path)?)
}

/// Several plans as one, of names and files; none without.
pub(crate) fn joined_plan(parts: &[(String, String)], rule: Nonce) -> Result<Option<Plan>> {
    if parts.is_empty() {
        return Ok(None);
    }
    let mut plans = BTreeMap::new();
    for (name, path) in parts {
        if plans.insert(name.clone(), plan(Path::new(path), None, rule)?).is_some() {
            let message = format!("--part names `{name}` twice");
            return Err(Error::new(Code::InputInvalidValue, message));
        }
    }
    Plan::joined(plans).map(Some)
}

/// The digest of a plan that was admitted before, alone or as several parts; none where neither is named.
pub(crate) fn plan_digest(
    path: Option<&Path>,
    nonce: Option<&Path>,
    parts: &[(String, String)],
) -> Result<Option<Digest>> {
    let plan = match path {
        Some(path) => Some(plan(path, nonce, Nonce::Demand)?),
        None => joined_plan(parts, Nonce::Demand)?,
    };
    Ok(plan.map(|plan| plan.digest))
}

/// Reads a plan whose digest does not matter.
pub(crate) fn plan_without_nonce(path: &Path) -> Result<Plan> {
    let text = read(path, limits::DOCUMENT_BYTES)?;
    Plan::from_tool(&text, &[0; 32]).map_err(|error| error.in_source(path.display().to_string()))
}

/// Reads Kubernetes manifests as one plan, to be checked.
pub(crate) fn manifests(paths: &[PathBuf]) -> Result<(Plan, Declarations)> {
    let files = paths.iter().map(|path| {
        let name = path.display().to_string();
        if path.is_dir() {
            let message = "this is a directory, and manifests are files";
            return Err(Error::new(Code::InputInvalidValue, message).in_source(&name).with_help(
                format!("name its files, as with: --manifests {name}/*.yaml, or hand in what `kubectl kustomize` makes of it"),
            ));
        }
        Ok((name, read(path, limits::DOCUMENT_BYTES)?))
    });
    Plan::from_kubernetes_files(&files.collect::<Result<Vec<_>>>()?)
}

/// The nonce that blinds what is told of states.
pub(crate) fn state_nonce(path: &Path, rule: Nonce) -> Result<[u8; 32]> {
    if rule == Nonce::Make && !path.exists() {
        write_nonce(path, &random()?)?;
    }
    let bytes = read(path, 1024).map_err(|error| {
        error.with_help("name the file that `poundlock terraform apply` had as --state-nonce")
    })?;
    parse_nonce(&bytes, path)
}

fn write_nonce(path: &Path, nonce: &[u8; 32]) -> Result<bool> {
    write_once(path, format!("{}\n", digest::hex(nonce)).as_bytes())
}

fn parse_nonce(bytes: &[u8], path: &Path) -> Result<[u8; 32]> {
    std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| digest::unhex(text.trim_end()))
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            Error::new(
                Code::InputInvalidValue,
                "the file does not hold a nonce of 64 hexadecimal digits",
            )
            .in_source(path.display().to_string())
        })
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::new(Code::Io, "the operating system gives no random bytes"))?;
    Ok(bytes)
}

/// A random name.
pub(crate) fn random_name() -> Result<String> {
    Ok(digest::hex(&random::<16>()?))
}

/// The instant of asking: the one that is given, or now.
pub(crate) fn instant(at: Option<Instant>) -> Result<Instant> {
    match at {
        Some(at) => Ok(at),
        None => jiff::Timestamp::now().to_string().parse(),
    }
}
