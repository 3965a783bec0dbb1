//! The same keys and bytes in the hands of `ssh-keygen` and `openssl`, where they are installed.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use jsonwebtoken::Algorithm;
use poundlock::identity::{AllowedSigner, AllowedSigners, NAMESPACE, Statement};
use ssh_key::{
    LineEnding, PrivateKey,
    private::{Ed25519Keypair, KeypairData},
};

use crate::support::{Signer, at, base64url, claims, code, der, github, vector};

/// Runs a tool; `None` when it is not there.
fn run(
    program: &str,
    arguments: &[&str],
    directory: &Path,
    input: &[u8],
) -> Option<(bool, Vec<u8>)> {
    let child = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.ok()?;
    // A tool that has seen enough may close its end first.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Some((output.status.success(), output.stdout))
}

/// Whether ssh-keygen and we say the same of statements, purposes, instants and people.
#[test]
fn ssh_keygen_and_we_agree() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let pair = Ed25519Keypair::from_seed(&[8; 32]);
    let key = PrivateKey::new(KeypairData::Ed25519(pair), "alice").unwrap();
    key.write_openssh_file(&path.join("key"), LineEnding::LF).unwrap();
    let public = key.public_key().to_openssh().unwrap();
    let text = vector("statement.txt");
    let statement = Statement::parse(text.as_bytes()).unwrap();
    let sign = |arguments: &[&str]| {
        let arguments = [["-Y", "sign", "-f", "key"].as_slice(), arguments].concat();
        run("ssh-keygen", &arguments, path, text.as_bytes()).filter(|(signed, _)| *signed)
    };
    let Some((_, approval)) = sign(&["-n", NAMESPACE]) else { return };
    let (_, sha256) = sign(&["-n", NAMESPACE, "-O", "hashalg=sha256"]).unwrap();
    let (_, file) = sign(&["-n", "file"]).unwrap();

    let (after, before) = ("2026-03-01T00:00:00Z", "2026-03-03T00:00:00Z");
    let options = "valid-after=\"20260301000000Z\",valid-before=\"20260303000000Z\"";
    fs::write(path.join("allowed"), format!("alice {options} {public}\n")).unwrap();
    let signers = AllowedSigners::new(&[AllowedSigner {
        principal: "alice".into(),
        key: public,
        namespaces: None,
        valid_after: Some(after.parse().unwrap()),
        valid_before: Some(before.parse().unwrap()),
    }])
    .unwrap();

    let other = Statement { stage: "dev".into(), ..statement.clone() };
    let bob = Statement { by: "bob".into(), ..statement.clone() };
    for signature in [&approval, &sha256, &file] {
        fs::write(path.join("signature"), signature).unwrap();
        for statement in [&statement, &other, &bob] {
            for (at, time) in [
                ("2026-02-28T23:59:59Z", "20260228235959Z"),
                (after, "20260301000000Z"),
                ("2026-03-02T09:00:00Z", "20260302090000Z"),
                (before, "20260303000000Z"),
                ("2026-03-03T00:00:01Z", "20260303000001Z"),
            ] {
                let time = format!("verify-time={time}");
                let arguments = [
                    "-Y",
                    "verify",
                    "-n",
                    NAMESPACE,
                    "-f",
                    "allowed",
                    "-I",
                    &statement.by,
                    "-s",
                    "signature",
                    "-O",
                    &time,
                ];
                let text = statement.to_text().unwrap();
                let (theirs, _) = run("ssh-keygen", &arguments, path, text.as_bytes()).unwrap();
                let ours = signers.verify(statement, signature, at.parse().unwrap());
                assert_eq!(ours.is_ok(), theirs, "{} {at} {ours:?}", statement.stage);
            }
        }
    }
}

/// Tokens that OpenSSL signs, with RSASSA-PKCS1-v1_5 and RSASSA-PSS.
#[test]
fn what_openssl_signs_is_accepted() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("key"), der("rsa-2048.pkcs1.base64")).unwrap();
    let pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"];
    for (algorithm, hash, padding) in [
        (Algorithm::RS256, "-sha256", [].as_slice()),
        (Algorithm::RS384, "-sha384", &[]),
        (Algorithm::RS512, "-sha512", &[]),
        (Algorithm::PS256, "-sha256", &pss),
        (Algorithm::PS384, "-sha384", &pss),
        (Algorithm::PS512, "-sha512", &pss),
    ] {
        let signer = Signer::rsa(algorithm, "2026");
        let signed = format!(
            "{}.{}",
            base64url(signer.header().to_string()),
            base64url(claims().to_string())
        );
        let arguments =
            [["dgst", hash, "-keyform", "DER", "-sign", "key"].as_slice(), padding].concat();
        let Some((true, signature)) =
            run("openssl", &arguments, directory.path(), signed.as_bytes())
        else {
            return;
        };
        let token = format!("{signed}.{}", base64url(signature));
        assert_eq!(
            code(github().verify(&token, &signer.keys(), at(60))),
            "accepted",
            "{algorithm:?}"
        );
    }
}
