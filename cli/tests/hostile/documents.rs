//! Documents that are no plans, charters or packs, or too large, or not what was pinned.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    process::{Command, Output, Stdio},
};

use super::{admit, files, refused};
use crate::common::Workplace;

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

// Requirements: R294.
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
