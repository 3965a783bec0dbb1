//! Keys: how they are made, kept, opened and replaced, and who signs with them.

use std::{fs, process::Output};

use super::*;

#[test]
fn keys_rotate_with_overlap() {
    let place = signed();
    answered(&place, &SIGN, 0);
    answered(&place, &["receipt", "0", "--out", "old.tlog-proof"], 0);
    answered(&place, &["verify", "--remember", "first"], 0);

    // Both for a while; whoever knows either can verify.
    keygen(&place, "next");
    amend(&place, &["key.pem.pub", "next.pem.pub"], "2026-03-02T09:00:00Z");
    answered(&place, &[&SIGN[..], &["--signing-key", "next.pem"]].concat(), 0);
    let both = ["verify", "--key", "key.pem.pub", "--key", "next.pem.pub", "--signatures", "2"];
    for keys in
        [&["verify", "--key", "key.pem.pub"][..], &["verify", "--key", "next.pem.pub"], &both]
    {
        answered(&place, keys, 0);
    }
    answered(&place, &["receipt", "1", "--out", "overlap.tlog-proof"], 0);
    answered(&place, &["verify", "--since", "first"], 0);

    // Then the new one alone.
    amend(&place, &["next.pem.pub"], "2026-03-02T10:00:00Z");
    refused(&place, &SIGN, "key.invalid");
    answered(&place, &["checkpoint", "--signing-key", "next.pem"], 0);
    refused(&place, &["verify", "--key", "key.pem.pub"], "checkpoint.untrusted");
    // The ledger itself says who signed what was remembered before.
    answered(&place, &["verify", "--since", "first"], 0);
    answered(
        &place,
        &["verify", "--since", "first", "--key", "key.pem.pub", "--key", "next.pem.pub"],
        0,
    );
    answered(&place, &["receipt", "0", "--out", "new.tlog-proof"], 0);
    for (receipt, key, sound) in [
        ("old.tlog-proof", "key.pem.pub", true),
        ("old.tlog-proof", "next.pem.pub", false),
        ("overlap.tlog-proof", "key.pem.pub", true),
        ("overlap.tlog-proof", "next.pem.pub", true),
        ("new.tlog-proof", "key.pem.pub", false),
        ("new.tlog-proof", "next.pem.pub", true),
    ] {
        let arguments = ["verify-receipt", receipt, "--key", key];
        if sound {
            answered(&place, &arguments, 0);
        } else {
            refused(&place, &arguments, "checkpoint.untrusted");
        }
    }
}

/// Runs with a passphrase in the environment.
fn with_passphrase(place: &Workplace, passphrase: &str, arguments: &[&str]) -> Output {
    let mut command = place.command(arguments);
    command.args(["--format", "json"]).env("POUNDLOCK_PASSPHRASE", passphrase).output().unwrap()
}

fn code(output: &Output) -> Value {
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["error"]["code"].clone()
}

#[test]
fn an_encrypted_key_is_opened_by_its_passphrase_alone() {
    let place = Workplace::locked();
    for (name, content) in
        [("right", "correct horse\n"), ("wrong", "battery staple\n"), ("none", "\n")]
    {
        fs::write(place.path(name), content).unwrap();
    }
    let keygen = ["keygen", "--origin", ORIGIN, "--out", "key.pem"];
    refused(&place, &[&keygen[..], &["--passphrase-file", "none"]].concat(), "key.passphrase");
    assert!(!place.path("key.pem").exists());
    let made = answered(&place, &[&keygen[..], &["--passphrase-file", "right"]].concat(), 0);
    assert_eq!(made["encrypted"], true);
    answered(&place, &["init", "--key", made["key"].as_str().unwrap()], 0);

    refused(&place, &SIGN, "key.passphrase");
    refused(&place, &[&SIGN[..], &["--passphrase-file", "wrong"]].concat(), "key.passphrase");
    answered(&place, &[&SIGN[..], &["--passphrase-file", "right"]].concat(), 0);
    assert_eq!(with_passphrase(&place, "correct horse", &SIGN).status.code(), Some(0));
    assert_eq!(code(&with_passphrase(&place, "battery staple", &SIGN)), "key.passphrase");
    assert_eq!(code(&with_passphrase(&place, "", &SIGN)), "key.passphrase");
    let unset = ["keygen", "--origin", ORIGIN, "--out", "other.pem"];
    assert_eq!(code(&with_passphrase(&place, "", &unset)), "key.passphrase");
    // A passphrase that opens nothing is a mistake.
    let plain = ["keygen", "--origin", ORIGIN, "--out", "plain.pem"];
    assert_eq!(answered(&place, &plain, 0)["encrypted"], false);
    let needless = ["checkpoint", "--signing-key", "plain.pem", "--passphrase-file", "right"];
    refused(&place, &needless, "key.passphrase");
}

#[test]
fn a_key_is_written_for_its_owner_and_never_over_another() {
    let place = Workplace::empty();
    keygen(&place, "key");
    let secret = fs::read(place.path("key.pem")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(place.path("key.pem")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let again = ["keygen", "--origin", ORIGIN, "--out", "key.pem"];
    refused(&place, &again, "io");
    // Nor over a public one; then no secret is left without it.
    fs::remove_file(place.path("key.pem")).unwrap();
    refused(&place, &again, "io");
    assert!(!place.path("key.pem").exists());
    fs::write(place.path("key.pem"), &secret).unwrap();
    refused(&place, &["keygen", "--origin", "two words", "--out", "x.pem"], "key.invalid");
    // The secret is never printed.
    let printed = place.run(&["keygen", "--origin", ORIGIN, "--out", "second.pem"]);
    let second = fs::read_to_string(place.path("second.pem")).unwrap();
    let base64 = second.lines().nth(1).unwrap();
    assert!(!String::from_utf8(printed.stdout).unwrap().contains(base64));
}

#[cfg(unix)]
#[test]
fn a_program_signs_where_the_key_is_in_no_file() {
    let place = signed();
    let openssl = Command::new("openssl").arg("version").output().is_ok();
    // Written by another process: while one that is forked here has the file open, it cannot be run.
    let script = |name: &str, text: &str| {
        let write = "printf '#!/bin/sh\n%s\n' \"$2\" > \"$1\" && chmod 700 \"$1\"";
        let mut shell = Command::new("sh");
        shell.args(["-c", write, "sh", name, text]).current_dir(place.path("."));
        assert!(shell.status().unwrap().success());
    };
    script("short", "printf x");
    script("wrong", "head -c 64 /dev/zero");
    script("failing", "head -c 64 /dev/zero; exit 1");
    script("deaf", "exec <&-; head -c 64 /dev/zero");
    let by = |program| ["checkpoint", "--signer-command", program, "--signer-key", "key.pem.pub"];
    for program in ["./short", "./wrong", "./failing", "./deaf"] {
        refused(&place, &by(program), "checkpoint.signature");
    }
    refused(&place, &by("./missing"), "io");
    assert!(!place.path(LEDGER).join("checkpoint").exists());
    if openssl {
        script(
            "signer",
            "f=$(mktemp) && cat >\"$f\" && openssl pkeyutl -sign -rawin -inkey key.pem -in \"$f\"; s=$?; rm \"$f\"; exit $s",
        );
        answered(&place, &by("./signer"), 0);
        answered(&place, &["verify", "--key", "key.pem.pub"], 0);
    }
}
