//! What comes from outside may be anything: each piece of it gets an answer, and never a panic.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "in a test, stopping is what should happen"
)]

mod common;

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use common::{COMMIT, Workplace, denials};
use poundlock::ledger::Ledger;
use serde_json::Value;

const CANARY: &str = "canary-8d1f-not-a-secret";
const BEGIN: &str = "2026-03-02T08:00:00Z";

/// The command gives no answer, says why with this code in both forms, and does not panic.
#[track_caller]
fn refused(place: &Workplace, arguments: &[&str], code: &str) -> Value {
    let text = place.run(arguments);
    let said = String::from_utf8(text.stderr.clone()).unwrap();
    assert_eq!(text.status.code(), Some(2), "{arguments:?}: {said}");
    assert!(text.stdout.is_empty() && said.starts_with("error: "), "{arguments:?}: {said}");
    assert!(said.contains(&format!("[{code}]")), "{arguments:?}: expected {code}: {said}");
    assert_plain(&text);
    let (status, json) = place.json(arguments);
    assert_eq!((status, json["error"]["code"].as_str()), (2, Some(code)), "{arguments:?}");
    json
}

/// Nothing that was printed controls a terminal, and nothing panicked.
#[track_caller]
fn assert_plain(output: &Output) {
    for stream in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(stream);
        assert!(!text.contains("panicked"), "{text}");
        let control = |c: char| {
            let direction = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            direction || (c.is_control() && !matches!(c, '\n' | '\t'))
        };
        assert!(!text.contains(control), "{text:?}");
    }
}

fn admit<'a>(plan: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut arguments = vec![
        "admit",
        "--action",
        "plan",
        "--stage",
        "dev",
        "--asset",
        "web-service",
        "--plan",
        plan,
        "--commit",
        COMMIT,
        "--ref",
        "refs/heads/main",
        "--author",
        "dave",
        "--actor",
        "github-actions-plan",
        "--at",
        "2026-03-02T09:00:00Z",
    ];
    arguments.extend(more);
    arguments
}

/// The names and contents of all files below a directory.
fn files(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut directories = vec![directory.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                directories.push(path);
            } else {
                let content = fs::read(&path).unwrap();
                found.insert(path, content);
            }
        }
    }
    found
}

#[test]
fn documents_that_are_no_plans_are_refused() {
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let documents: [(&[u8], &str); 18] = [
        (b"", "input.empty"),
        (b" \r\n\t ", "input.empty"),
        (b"\xef\xbb\xbf", "input.empty"),
        (b"hello", "input.syntax"),
        (b"{\"format_version\": \"1.2\", ", "input.syntax"),
        (b"{\"format_version\": \"1.2\"} {}", "input.syntax"),
        (nested.as_bytes(), "limit.depth"),
        (b"{\"a\": 1, \"a\": 2}", "input.duplicate_key"),
        (b"{\"a\": 1, \"\\u0061\": 2}", "input.duplicate_key"),
        (b"{\"a\": \"\xff\"}", "input.encoding"),
        (b"{\"a\": \"\\ud800\"}", "input.encoding"),
        (b"{\"a\": \"\\udc00\\ud800\"}", "input.encoding"),
        (b"[]", "plan.not_a_plan"),
        (b"{\"format_version\": \"2.0\", \"resource_changes\": []}", "plan.format"),
        (
            b"{\"format_version\": \"1.2\", \"errored\": true, \"resource_changes\": []}",
            "plan.errored",
        ),
        (
            b"{\"version\": 4, \"serial\": 1, \"lineage\": \"x\", \"resources\": []}",
            "plan.not_a_plan",
        ),
        (b"{\"format_version\": \"1.0\", \"values\": {\"root_module\": {}}}", "plan.not_a_plan"),
        (b"PK\x03\x04\x14\x00\x08\x00", "plan.not_a_plan"),
    ];
    let place = Workplace::governed();
    let before = files(&place.path("poundlock"));
    for (document, code) in documents {
        fs::write(place.path("bad.json"), document).unwrap();
        refused(&place, &["check", "--plan", "bad.json"], code);
        refused(&place, &admit("bad.json", &[]), code);
    }
    // Nothing was recorded, and no nonce was made for what is no plan.
    assert_eq!(files(&place.path("poundlock")), before);
    assert!(!place.path("bad.json.nonce").exists());
}

#[test]
fn what_cannot_be_read_is_refused() {
    let place = Workplace::governed();
    refused(&place, &["check", "--plan", "missing.json"], "io");
    refused(&place, &["check", "--plan", "poundlock"], "io");
    refused(&place, &admit("-", &[]), "input.missing_field");
    // A nonce that is none, or too long to be one.
    for content in ["", "zz", &"0".repeat(2000)] {
        fs::write(place.path("plan-dev.json.nonce"), content).unwrap();
        let code = if content.len() > 1024 { "limit.size" } else { "input.invalid_value" };
        refused(&place, &admit("plan-dev.json", &[]), code);
    }
}

#[test]
fn every_accepted_encoding_is_read_alike() {
    let place = Workplace::governed();
    let text = fs::read_to_string(place.path("plan-dev.json")).unwrap();
    let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
    };
    let expected = place.json(&["check", "--plan", "plan-dev.json"]);
    assert_eq!(expected.0, 0);
    for content in [
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        utf16([0xff, 0xfe], u16::to_le_bytes),
        utf16([0xfe, 0xff], u16::to_be_bytes),
    ] {
        fs::write(place.path("encoded.json"), content).unwrap();
        assert_eq!(place.json(&["check", "--plan", "encoded.json"]), expected);
    }
}

/// Runs in so much address space, fed with white space until it has read enough or all.
fn with_white_space(place: &Workplace, kilobytes: u64, total: usize) -> (Output, usize) {
    let script = format!("ulimit -v {kilobytes} && exec \"$0\" check --plan -");
    let mut child = Command::new("sh")
        .args(["-c", &script, env!("CARGO_BIN_EXE_poundlock")])
        .current_dir(place.path("."))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let block = vec![b' '; 1024 * 1024];
    let mut written = 0;
    while written < total {
        match stdin.write(&block) {
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => panic!("{error}"),
        }
    }
    drop(stdin);
    (child.wait_with_output().unwrap(), written)
}

/// A gigabyte of white space is given up on early, in less memory than it would take.
#[test]
fn endless_white_space_is_bounded() {
    let place = Workplace::governed();
    let (output, written) = with_white_space(&place, 800_000, 1024 * 1024 * 1024);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("[limit.size]"), "{said}");
    assert!(written < 300 * 1024 * 1024, "{written} bytes were read");
    // What is within the limit is read, and found empty.
    let (output, _) = with_white_space(&place, 800_000, 100 * 1024 * 1024);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("[input.empty]"), "{said}");
}

#[test]
fn files_beyond_their_limit_are_not_read_whole() {
    let place = Workplace::governed();
    let sparse = |name: &str| {
        File::create(place.path(name)).unwrap().set_len(1024 * 1024 * 1024).unwrap();
    };
    sparse("large.json");
    refused(&place, &["check", "--plan", "large.json"], "limit.size");
    sparse("poundlock/charter.yaml");
    refused(&place, &["lock"], "limit.size");
    sparse("large.yaml");
    refused(&place, &["policy", "test", "large.yaml"], "limit.size");
}

/// Numbers are read as they are written, however many digits they have.
#[test]
fn numbers_of_400_digits_are_read() {
    let place = Workplace::governed();
    let pack = "pack: numbers\nversion: 1.0.0\npolicies:\n  - name: small\n    description: Numbers are small.\n    match: { resources: [thing] }\n    validations: [{ expression: object.n < 10 }]\n";
    fs::write(place.path("numbers.yaml"), pack).unwrap();
    let digits = "9".repeat(400);
    for (number, code) in [
        ("9".to_owned(), 0),
        (digits.clone(), 1),
        (format!("-{digits}"), 0),
        (format!("{digits}.{digits}"), 1),
        (format!("0.{digits}e-400"), 0),
        (format!("{digits}e400"), 1),
    ] {
        let plan = format!(
            r#"{{"format_version": "1.2", "resource_changes": [{{"address": "thing.a",
               "mode": "managed", "type": "thing", "name": "a", "change": {{"actions": ["create"],
               "before": null, "after": {{"n": {number}}}, "after_unknown": {{}},
               "before_sensitive": false, "after_sensitive": {{}}}}}}]}}"#
        );
        fs::write(place.path("numbers.json"), plan).unwrap();
        let (found, report) =
            place.json(&["check", "--plan", "numbers.json", "--pack", "numbers.yaml"]);
        // A number that cannot be compared exactly is not compared: it denies.
        assert!(found == code || found == 1, "{number}: {report:#}");
        assert_ne!(found, 2, "{number}: {report:#}");
        let arguments = admit("numbers.json", &[]);
        assert_eq!(place.json(&arguments).0, 1, "{number}");
    }
}

#[test]
fn yaml_that_could_mean_more_than_it_says_is_refused() {
    let place = Workplace::governed();
    let charter = fs::read_to_string(place.path("poundlock/charter.yaml")).unwrap();
    let nested = format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (text, code) in [
        (String::new(), "input.empty"),
        ("a: &x 1\nb: *x\n".to_owned(), "input.yaml_feature"),
        ("a: !!str 1\n".to_owned(), "input.yaml_feature"),
        ("a: { <<: { b: 1 } }\n".to_owned(), "input.yaml_feature"),
        (format!("{charter}---\n{charter}"), "input.yaml_feature"),
        (format!("{charter}version: 2.0.0\n"), "input.duplicate_key"),
        ("a: [1, 2\n".to_owned(), "input.syntax"),
        (nested, "limit.depth"),
        (charter.replace("unmatched:", "unmatchd:"), "input.unknown_field"),
    ] {
        fs::write(place.path("poundlock/charter.yaml"), text).unwrap();
        for arguments in [vec!["lock"], admit("plan-dev.json", &[])] {
            refused(&place, &arguments, code);
        }
    }
}

#[test]
fn an_unknown_key_is_named_with_its_place() {
    let place = Workplace::governed();
    let path = place.path("poundlock/charter.yaml");
    let charter = fs::read_to_string(&path).unwrap();
    let line = charter.lines().position(|line| line == "tracks:").unwrap() + 1;
    fs::write(&path, charter.replace("\ntracks:\n", "\ncolour: red\ntracks:\n")).unwrap();
    let error = refused(&place, &["lock"], "input.unknown_field")["error"].clone();
    assert_eq!(error["line"], line);
    assert_eq!(error["column"], 1);
    assert_eq!(error["source"], "poundlock/charter.yaml");
}

#[test]
fn a_pack_that_differs_from_its_lock_decides_nothing() {
    let place = Workplace::governed();
    let lock = fs::read(place.path("poundlock/charter.lock")).unwrap();
    let packs = files(&place.path("poundlock/packs"));
    let (path, text) = packs.first_key_value().unwrap();
    let text = String::from_utf8(text.clone()).unwrap();
    fs::write(path, text.replacen("description: ", "description: Not ", 1)).unwrap();
    refused(&place, &admit("plan-dev.json", &[]), "policy.pin_mismatch");
    // Locking it anew makes another law, which nobody admitted.
    assert_eq!(place.json(&["lock", "--check"]).0, 1);
    assert_eq!(place.json(&["lock"]).0, 0);
    refused(&place, &admit("plan-dev.json", &[]), "charter.mismatch");
    fs::remove_file(path).unwrap();
    refused(&place, &admit("plan-dev.json", &[]), "policy.pack_missing");
    fs::write(path, text).unwrap();
    fs::write(place.path("poundlock/charter.lock"), "lock: 1\npacks: []\n").unwrap();
    refused(&place, &admit("plan-dev.json", &[]), "policy.pin_missing");
    fs::remove_file(place.path("poundlock/charter.lock")).unwrap();
    refused(&place, &admit("plan-dev.json", &[]), "io");
    fs::write(place.path("poundlock/charter.lock"), lock).unwrap();
    assert_eq!(place.json(&admit("plan-dev.json", &[])).0, 1);
}

const PERMIT: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// Every command that needs a ledger.
fn with_ledger() -> Vec<Vec<&'static str>> {
    vec![
        vec!["log"],
        vec!["show", "0"],
        vec!["verify"],
        vec!["status"],
        vec!["checkpoint"],
        vec!["receipt", "0"],
        vec!["snapshot"],
        vec!["export", "ledger.tar"],
        admit("plan-dev.json", &[]),
        vec!["record", "outcome", "--permit", PERMIT, "--result", "failed", "--actor", "x"],
    ]
}

#[test]
fn a_ledger_that_is_not_there_is_refused() {
    let place = Workplace::locked();
    fs::write(place.path("file"), "").unwrap();
    for arguments in with_ledger() {
        refused(&place, &arguments, "ledger.not_found");
        assert!(!place.path("poundlock/ledger").exists());
        let elsewhere = [arguments, vec!["--ledger", "file"]].concat();
        refused(&place, &elsewhere, "ledger.not_found");
    }
}

#[test]
fn a_ledger_is_made_in_a_place_of_its_own() {
    let place = Workplace::empty();
    place.copy_charter();
    fs::write(place.path("file"), "").unwrap();
    refused(&place, &["init", "--ledger", "file"], "io");
    refused(&place, &["init", "--ledger", "file/ledger"], "io");
    fs::create_dir(place.path("full")).unwrap();
    fs::write(place.path("full/x"), "").unwrap();
    refused(&place, &["init", "--ledger", "full"], "ledger.directory");
    assert_eq!(place.json(&["init"]).0, 0);
    let before = files(&place.path("poundlock"));
    refused(&place, &["init"], "ledger.exists");
    assert_eq!(files(&place.path("poundlock")), before);
}

/// A crash between making the directory and writing the first entry leaves nothing in the way.
#[test]
fn an_interrupted_init_can_be_repeated() {
    let place = Workplace::locked();
    drop(Ledger::create(&place.path("poundlock/ledger")).unwrap());
    refused(&place, &admit("plan-dev.json", &[]), "ledger.genesis");
    assert_eq!(place.json(&["init", "--at", BEGIN]).0, 0);
    assert_eq!(place.json(&["verify"]).1["size"], 1);
}

#[test]
fn a_damaged_ledger_answers_nothing() {
    let place = Workplace::governed();
    assert_eq!(place.json(&admit("plan-dev.json", &[])).0, 1);
    let ledger = place.path("poundlock/ledger");
    let sound = files(&ledger);
    let segment = sound.keys().find(|path| path.extension().is_some_and(|e| e == "seg")).unwrap();
    let head = ledger.join("head");
    let mut flipped = sound[segment].clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let short = sound[segment][..middle].to_vec();
    let damages: [(&Path, Option<Vec<u8>>); 5] = [
        (segment, Some(flipped)),
        (segment, Some(short)),
        (segment, None),
        (&head, Some(b"{}".to_vec())),
        (&head, None),
    ];
    for (path, content) in damages {
        match content {
            Some(content) => fs::write(path, content).unwrap(),
            None => fs::remove_file(path).unwrap(),
        }
        let damaged = files(&ledger);
        for arguments in with_ledger() {
            let (code, answer) = place.json(&arguments);
            assert_eq!(code, 2, "{arguments:?}: {answer:#}");
            let name = answer["error"]["code"].as_str().unwrap();
            assert!(name.starts_with("ledger."), "{arguments:?}: {name}");
            assert_plain(&place.run(&arguments));
        }
        // It is never repaired silently.
        assert_eq!(files(&ledger), damaged);
        fs::write(path, &sound[path]).unwrap();
    }
    assert_eq!(place.json(&["verify"]).0, 0);
}

/// A file system of its own, unmounted when it goes; nothing where mounting is not allowed.
struct Mounted(PathBuf);

impl Mounted {
    fn new(path: PathBuf, size: &str) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&path)
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            println!("not run: a file system can only be mounted by root");
        }
        mounted.then_some(Self(path))
    }

    fn remount(&self, options: &str) {
        let options = format!("remount,{options}");
        let status = Command::new("mount").args(["-o", &options]).arg(&self.0).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_loses_nothing_that_was_acknowledged() {
    let place = Workplace::empty();
    place.copy_charter();
    let Some(_disk) = Mounted::new(place.path("disk"), "4m") else { return };
    let ledger = ["--ledger", "disk/ledger"];
    let init = ["init", "--at", BEGIN, "--ledger", "disk/ledger"];
    assert_eq!(place.json(&init).0, 0);
    // A little room is left, for a few entries.
    let mut filler = File::create(place.path("disk/filler")).unwrap();
    while filler.write_all(&[0; 4096]).is_ok() {}
    let length = filler.metadata().unwrap().len();
    filler.set_len(length - 64 * 1024).unwrap();
    drop(filler);
    let mut acknowledged = 1;
    let error = loop {
        let (code, answer) = place.json(&admit("plan-dev.json", &ledger));
        if code == 2 {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 1000, "the disk does not fill");
    };
    assert_eq!(error["error"]["code"], "io");
    assert!(acknowledged > 2, "{acknowledged}");
    // What failed may be in the ledger or not; what was acknowledged is.
    let size = |place: &Workplace| {
        let (code, verified) = place.json(&["verify", "--ledger", "disk/ledger"]);
        assert_eq!(code, 0, "{verified:#}");
        verified["size"].as_u64().unwrap()
    };
    let full = size(&place);
    assert!((acknowledged..=acknowledged + 1).contains(&full), "{full} of {acknowledged}");
    // As long as it is full, nothing is admitted; with more room, it goes on.
    assert_eq!(place.json(&admit("plan-dev.json", &ledger)).0, 2);
    fs::remove_file(place.path("disk/filler")).unwrap();
    assert_eq!(place.json(&admit("plan-dev.json", &ledger)).0, 1);
    let size = size(&place);
    assert!((full + 1..=acknowledged + 3).contains(&size), "{size} of {acknowledged}");
}

#[test]
fn a_ledger_that_cannot_be_written_is_read_and_not_appended_to() {
    let place = Workplace::empty();
    place.copy_charter();
    let Some(disk) = Mounted::new(place.path("disk"), "4m") else { return };
    let ledger = ["--ledger", "disk/ledger"];
    assert_eq!(place.json(&["init", "--at", BEGIN, "--ledger", "disk/ledger"]).0, 0);
    assert_eq!(place.json(&admit("plan-dev.json", &ledger)).0, 1);
    disk.remount("ro");
    let error = place.json(&admit("plan-dev.json", &ledger));
    assert_eq!((error.0, error.1["error"]["code"].as_str()), (2, Some("io")), "{:#}", error.1);
    for arguments in [["log"], ["verify"], ["status"]] {
        assert_eq!(place.json(&[&arguments[..], &ledger].concat()).0, 0, "{arguments:?}");
    }
    refused(&place, &["init", "--ledger", "disk/other"], "io");
    disk.remount("rw");
    assert_eq!(place.json(&["verify", "--ledger", "disk/ledger"]).1["size"], 2);
}

#[test]
fn usage_errors_are_json_for_programs_too() {
    let place = Workplace::empty();
    for arguments in [
        vec!["--format", "json", "conquer"],
        vec!["--format=json", "log", "--from", "minus one"],
        vec!["log", "--at", "tomorrow", "--format", "json"],
        vec!["--format", "json"],
        vec!["--format", "json", "show", "1", "\x1b[2J"],
    ] {
        let output = place.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_plain(&output);
        let error: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(error["error"]["code"], "input.invalid_value");
    }
    for arguments in [vec!["--help"], vec!["--version"], vec!["admit", "--help"]] {
        assert_eq!(place.run(&arguments).status.code(), Some(0), "{arguments:?}");
    }
}

#[test]
fn names_and_texts_with_control_characters_are_refused() {
    let place = Workplace::governed();
    for more in [["--reason", "\x1b[2Jerased"], ["--id", "two\nlines"], ["--run", "\x07"]] {
        refused(&place, &admit("plan-dev.json", &more), "input.invalid_value");
    }
    // Names of files reach a terminal in errors alone, and without their control characters.
    fs::write(place.path("poundlock/packs/\x1b[2Jx.yaml"), "pack: [").unwrap();
    assert_plain(&place.run(&["policy", "test"]));
    refused(&place, &["check", "--plan", "\x1b]0;title\x07.json"], "io");
}

/// Values of a plan reach people through findings, and cannot paint over them.
#[test]
fn a_plan_does_not_control_the_terminal() {
    let place = Workplace::governed();
    let evil = "\\u001b[2J\\u202e\\u0007\\u009b31m";
    let plan = format!(
        r#"{{"format_version": "1.2", "resource_changes": [{{"address": "aws_x.{evil}",
           "mode": "managed", "type": "aws_{evil}", "name": "{evil}", "change":
           {{"actions": ["create"], "before": null, "after": {{"a": "{evil}"}}, "after_unknown": {{}},
           "before_sensitive": false, "after_sensitive": {{}}}}}}]}}"#
    );
    fs::write(place.path("evil.json"), plan).unwrap();
    // Names may hold what turns the direction of writing; a terminal gets it spelt out.
    let mut request = admit("evil.json", &[]);
    let asset = request.iter().position(|word| *word == "web-service").unwrap();
    request[asset] = "web\u{202e}\u{2066}";
    for arguments in [vec!["check", "--plan", "evil.json"], request] {
        let output = place.run(&arguments);
        assert_eq!(output.status.code(), Some(1));
        assert_plain(&output);
    }
    for arguments in [vec!["log"], vec!["status"]] {
        assert_plain(&place.run(&arguments));
    }
}

#[test]
fn colour_is_for_terminals() {
    let place = Workplace::governed();
    for arguments in [vec!["check", "--plan", "plan-violating.json"], vec!["log"], vec!["verify"]] {
        assert_plain(&place.run(&arguments));
    }
    let on_a_terminal = |prefix: &str| {
        let command = format!("{prefix} '{}' log", env!("CARGO_BIN_EXE_poundlock"));
        Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .current_dir(place.path("."))
            .env_remove("NO_COLOR")
            .stdin(Stdio::null())
            .output()
            .ok()
            .filter(|output| output.status.success())
    };
    assert_eq!(place.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]).0, 0);
    let Some(coloured) = on_a_terminal("env") else {
        println!("not run: there is no `script` to make a terminal with");
        return;
    };
    let has_colour = |output: &Output| output.stdout.contains(&0x1b);
    assert!(has_colour(&coloured));
    assert!(has_colour(&on_a_terminal("env NO_COLOR=").unwrap()));
    assert!(!has_colour(&on_a_terminal("env NO_COLOR=1").unwrap()));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let place = Workplace::governed();
    for (arguments, code) in [
        (vec!["log"], 0),
        (vec!["log", "--format", "json"], 0),
        (vec!["show", "7", "--format", "json"], 2),
        (vec!["--help"], 0),
    ] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let output = place.command(&arguments).stdout(writer).stderr(Stdio::piped()).spawn();
        let output = output.unwrap().wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// An answer that was lost must not look like one that was given.
#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    let place = Workplace::governed();
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        println!("not run: there is no /dev/full");
        return;
    };
    let output = place
        .command(&["log"])
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("[io]"));
}

#[test]
fn check_writes_nothing() {
    let place = Workplace::locked();
    fs::write(place.path("bad.json"), "{").unwrap();
    let before = files(&place.path("."));
    for (arguments, code) in [
        (vec!["check", "--plan", "plan-dev.json"], 0),
        (vec!["check", "--plan", "plan-dev.json", "--stage", "prod"], 0),
        (vec!["check", "--plan", "plan-violating.json"], 1),
        (vec!["check", "--plan", "bad.json"], 2),
        (vec!["lock", "--check"], 0),
        (vec!["policy", "test"], 0),
        (vec!["policy", "lint"], 0),
        (vec!["schema", "charter"], 0),
    ] {
        assert_eq!(place.json(&arguments).0, code, "{arguments:?}");
        assert_eq!(files(&place.path(".")), before, "{arguments:?}");
    }
}

#[test]
fn reading_the_ledger_writes_nothing() {
    let place = Workplace::governed();
    assert_eq!(place.admit("plan", "dev", "2026-03-02T09:00:00Z", &[]).0, 0);
    // Half a record, as a crash may leave it.
    let ledger = place.path("poundlock/ledger");
    let segment = files(&ledger).into_keys().find(|path| path.extension().is_some()).unwrap();
    File::options().append(true).open(segment).unwrap().write_all(&[9; 20]).unwrap();
    let before = files(&ledger);
    for arguments in [vec!["log"], vec!["show", "1"], vec!["verify"], vec!["status"]] {
        assert_eq!(place.json(&arguments).0, 0, "{arguments:?}");
        assert_eq!(files(&ledger), before, "{arguments:?}");
    }
}

/// The example's sensitive variable stands in its plans, and in nothing that the command writes.
#[test]
fn no_secret_is_printed_or_kept() {
    let place = Workplace::governed();
    let plans = files(&place.path("."));
    assert!(plans.values().filter(|text| holds_canary(text)).count() > 4);
    let output = |arguments: &[&str]| {
        for format in ["text", "json"] {
            let output = place.run(&[arguments, &["--format", format]].concat());
            assert!(!holds_canary(&output.stdout), "{arguments:?}");
            assert!(!holds_canary(&output.stderr), "{arguments:?}");
        }
    };
    place.through_dev();
    assert_eq!(place.admit("plan", "stage", "2026-03-02T09:30:00Z", &[]).0, 0);
    let (code, admission) = place.admit("promote", "stage", "2026-03-02T09:30:00Z", &[]);
    assert_eq!(code, 1);
    assert!(!denials(&admission).is_empty());
    output(&["check", "--plan", "plan-dev.json"]);
    output(&["check", "--plan", "plan-violating.json"]);
    for plan in ["plan-dev.json", "plan-prod.json", "plan-violating.json"] {
        output(&admit(plan, &[]));
    }
    // A plan that breaks off, within the secret as well as elsewhere; one that has it as a key, twice.
    let text = fs::read_to_string(place.path("plan-dev.json")).unwrap();
    let first = text.find(CANARY).unwrap();
    let ends = (0..12).map(|part| part * text.len() / 12).chain([first + 12, first + CANARY.len()]);
    for end in ends {
        fs::write(place.path("broken.json"), &text[..end]).unwrap();
        output(&["check", "--plan", "broken.json"]);
    }
    let wrong = text.replacen("\"format_version\"", "\"format_version\":[],\"format_versio\"", 1);
    fs::write(place.path("broken.json"), wrong).unwrap();
    output(&["check", "--plan", "broken.json"]);
    for sequence in 0..12 {
        output(&["show", &sequence.to_string()]);
    }
    for arguments in [["log"], ["status"], ["verify"]] {
        output(&arguments);
    }
    for (path, content) in files(&place.path(".")) {
        let is_plan = path.extension().is_some_and(|ending| ending == "json");
        assert!(is_plan || !holds_canary(&content), "{}", path.display());
    }
}

fn holds_canary(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
}
