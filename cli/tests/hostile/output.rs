//! What is printed: nothing that controls a terminal, no secret, and nothing that looks like an answer and is none.

use std::{
    fs::{self, File},
    io,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use super::{CANARY, admit, assert_plain, files, refused};
use crate::common::{Workplace, denials};

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

/// The example's sensitive variable stands in its plans, and in nothing that the command writes.
// Requirements: R374.
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
