//! What we write and refuse, put before programs that others wrote: OpenSSL, and Go's own signed notes and
//! transparency logs. `cargo xtask test` names their places in the environment; without them these tests say
//! that they were not run, and fail where `POUNDLOCK_STRICT` demands them.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use poundlock::{
    Digest,
    ledger::{Checkpoint, Ledger, Receipt, SecretKey, SignedCheckpoint, Signer, VerifierKeys},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    naive,
    support::{
        COLLIDING, ORIGIN, OTHER, Story, base64, draft, keys, note, secret, sign, signature_line,
    },
};

fn tool(variable: &str) -> Option<PathBuf> {
    let path = env::var_os(variable).map(PathBuf::from);
    if path.is_none() {
        assert!(env::var_os("POUNDLOCK_STRICT").is_none(), "{variable} names nothing");
        println!("not run: {variable} names nothing");
    }
    path
}

/// One question to both sides.
struct Case {
    what: String,
    question: Value,
    ours: bool,
}

/// What we and Go's code say of the same proofs and texts.
#[derive(Default)]
struct Cases {
    accepted: Vec<Case>,
    refused: Vec<Case>,
}

impl Cases {
    fn add(&mut self, valid: bool, what: impl Into<String>, question: Value, ours: bool) {
        let list = if valid { &mut self.accepted } else { &mut self.refused };
        list.push(Case { what: what.into(), question, ours });
    }

    fn checkpoint(&mut self, valid: bool, what: &str, text: &[u8], trusted: &VerifierKeys) {
        let ours = SignedCheckpoint::parse(text)
            .is_ok_and(|signed| signed.verify(trusted, Some(ORIGIN)).is_ok());
        let question = json!({ "kind": "checkpoint", "text": base64(text), "keys": trusted.keys(), "origin": ORIGIN });
        self.add(valid, format!("checkpoint: {what}"), question, ours);
    }

    fn receipt(&mut self, valid: bool, what: &str, text: &[u8], trusted: &VerifierKeys) {
        let ours =
            Receipt::parse(text).is_ok_and(|receipt| receipt.verify(trusted, Some(ORIGIN)).is_ok());
        let question = json!({ "kind": "receipt", "text": base64(text), "keys": trusted.keys(), "origin": ORIGIN });
        self.add(valid, format!("receipt: {what}"), question, ours);
    }

    fn inclusion(
        &mut self,
        valid: bool,
        entry: &[u8],
        proof: &poundlock::ledger::InclusionProof,
        root: &Digest,
    ) {
        let question = json!({
            "kind": "inclusion", "entry": base64(entry), "index": proof.index, "size": proof.size,
            "root": base64(root.as_bytes()), "hashes": hashes(&proof.hashes),
        });
        let what = format!("{} in {}", proof.index, proof.size);
        self.add(valid, what, question, proof.verify(entry, root).is_ok());
    }

    fn consistency(
        &mut self,
        valid: bool,
        proof: &poundlock::ledger::ConsistencyProof,
        from_root: &Digest,
        root: &Digest,
    ) {
        let question = json!({
            "kind": "consistency", "from": proof.from, "fromRoot": base64(from_root.as_bytes()),
            "size": proof.size, "root": base64(root.as_bytes()), "hashes": hashes(&proof.hashes),
        });
        let what = format!("from {} to {}", proof.from, proof.size);
        self.add(valid, what, question, proof.verify(from_root, root).is_ok());
    }

    /// Puts every question to Go's code, and holds both answers to what they must be.
    fn decide(self, go: &Go) {
        let all: Vec<&Case> = self.accepted.iter().chain(&self.refused).collect();
        let answers = go.ask(all.iter().map(|case| &case.question));
        for (at, (case, answer)) in all.iter().zip(answers).enumerate() {
            let expected = at < self.accepted.len();
            assert_eq!(case.ours, expected, "ours: {}", case.what);
            assert_eq!(answer["accepted"], expected, "Go's: {}: {answer}", case.what);
        }
    }
}

fn hashes(list: &[Digest]) -> Vec<String> {
    list.iter().map(|hash| base64(hash.as_bytes())).collect()
}

/// The program in `tests/foreign/go`, built with Go and Debian's copy of its `x/mod`.
struct Go {
    program: PathBuf,
}

impl Go {
    fn built() -> Option<&'static Self> {
        static GO: LazyLock<Option<Go>> = LazyLock::new(Go::build);
        GO.as_ref()
    }

    fn build() -> Option<Self> {
        let (go, gopath) = (tool("POUNDLOCK_GO")?, tool("POUNDLOCK_GOPATH")?);
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let program = directory.join("answers");
        let status = Command::new(go)
            .args(["build", "-o"])
            .arg(&program)
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/foreign/go/main.go"))
            .env("GOPATH", gopath)
            .env("GOCACHE", directory.join("go-cache"))
            .env("GO111MODULE", "off")
            .env("GOTOOLCHAIN", "local")
            .env("CGO_ENABLED", "0")
            .status()
            .unwrap();
        assert!(status.success());
        Some(Self { program })
    }

    fn ask<'a>(&self, questions: impl Iterator<Item = &'a Value>) -> Vec<Value> {
        let lines: Vec<String> = questions.map(Value::to_string).collect();
        let directory = TempDir::new().unwrap();
        let input = directory.path().join("questions");
        fs::write(&input, lines.join("\n")).unwrap();
        let output = Command::new(&self.program)
            .stdin(File::open(input).unwrap())
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let answers: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers.len(), lines.len());
        answers
    }
}

/// Every text in which one bit of `part` is another, `part` being somewhere in `text`.
fn flipped(text: &str, part: &str) -> Vec<Vec<u8>> {
    let start = text.find(part).unwrap();
    (0..8 * part.len())
        .map(|bit| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[start + bit / 8] ^= 1 << (bit % 8);
            bytes
        })
        .collect()
}

/// Every signature line in which one bit of id or signature is another.
fn flipped_signatures(secret: &SecretKey, body: &str) -> Vec<String> {
    let signature = secret.sign(body.as_bytes()).unwrap();
    let bytes = [secret.key().id().to_be_bytes().as_slice(), &signature].concat();
    (0..8 * bytes.len())
        .map(|bit| {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            format!("\u{2014} {} {}\n", secret.key().name(), base64(&bytes))
        })
        .collect()
}

#[test]
fn go_and_we_agree_on_checkpoints_and_receipts_and_on_a_thousand_forgeries() {
    let Some(go) = Go::built() else { return };
    let mut cases = Cases::default();
    let (own, second) = (secret(ORIGIN, 1), secret(ORIGIN, 2));
    let trusted = keys(&[&own]);
    let story = Story::new(20, None);
    for size in 1..=20 {
        let text = sign(&story.checkpoint(size), &[&own, &second]).text().to_owned();
        for trusted in [&trusted, &keys(&[&second]), &keys(&[&own, &second])] {
            cases.checkpoint(true, "signed", text.as_bytes(), trusted);
        }
        for index in 0..size {
            let text = story.receipt(index, size, &[&own]).to_text();
            cases.receipt(true, "made", text.as_bytes(), &trusted);
        }
    }

    let signed = sign(&story.checkpoint(7), &[&own]);
    let text = signed.text();
    let body = text.split_inclusive("\n\n").next().unwrap().trim_end().to_owned() + "\n";
    for forged in flipped(text, &body) {
        cases.checkpoint(false, "another body", &forged, &trusted);
    }
    for line in flipped_signatures(&own, &body) {
        cases.checkpoint(
            false,
            "another signature",
            format!("{body}\n{line}").as_bytes(),
            &trusted,
        );
    }
    let stranger = secret(ORIGIN, 3);
    let [ours, theirs] = COLLIDING.map(|seed| secret(ORIGIN, seed));
    let elsewhere = body.replace(ORIGIN, OTHER);
    for (what, text, secret) in [
        ("another key", note(&body, &[&stranger]), &own),
        ("a key of the same id", note(&body, &[&theirs]), &ours),
        ("no signature", format!("{body}\n"), &own),
        ("another ledger's origin", note(&elsewhere, &[&own]), &own),
        (
            "a right signature beside a wrong one",
            note(&body, &[&second]) + &signature_line(ORIGIN, &own, "x"),
            &own,
        ),
        ("extension lines", note(&format!("{body}more\n"), &[&own]), &own),
        ("a missing line", note(&format!("{ORIGIN}\n7\n"), &[&own]), &own),
        ("a leading zero", note(&body.replace("\n7\n", "\n07\n"), &[&own]), &own),
        ("CRLF", text.replace('\n', "\r\n"), &own),
        ("2 MB", format!("{text}{}", signature_line("x", &stranger, "x").repeat(20_000)), &own),
        (
            "101 signatures",
            format!("{text}{}", signature_line("x", &stranger, "x").repeat(100)),
            &own,
        ),
    ] {
        cases.checkpoint(false, what, text.as_bytes(), &keys(&[secret]));
    }

    let receipt = story.receipt(3, 7, &[&own]).to_text();
    let proof = receipt.split_inclusive("\n\n").next().unwrap();
    let lines: Vec<&str> = proof.trim_end().lines().collect();
    for bit in 0..8 * story.entries[3].len() {
        let mut entry = story.entries[3].clone();
        entry[bit / 8] ^= 1 << (bit % 8);
        let text = receipt.replace(lines[1], &format!("extra {}", base64(&entry)));
        cases.receipt(false, "another entry", text.as_bytes(), &trusted);
    }
    for forged in lines[3..].iter().flat_map(|line| flipped(&receipt, &line[..42])) {
        cases.receipt(false, "another hash", &forged, &trusted);
    }
    for index in (0..20).filter(|index| *index != 3) {
        let text = receipt.replace("index 3", &format!("index {index}"));
        cases.receipt(false, "another index", text.as_bytes(), &trusted);
    }
    assert!(cases.refused.len() > 1000, "{}", cases.refused.len());
    cases.decide(go);
}

#[test]
fn go_and_we_agree_on_proofs_of_every_pair_of_sizes_and_on_forgeries_of_each() {
    let Some(go) = Go::built() else { return };
    let mut cases = Cases::default();
    let entries: Vec<Vec<u8>> = (0..40u8).map(|n| vec![n; 3]).collect();
    let leaves: Vec<Digest> = entries.iter().map(|entry| naive::leaf_hash(entry)).collect();
    for size in 1..=32 {
        let root = naive::root(&leaves[..size]);
        for index in 0..size {
            let proof = naive::inclusion(index, &leaves[..size]);
            cases.inclusion(true, &entries[index], &proof, &root);
            cases.inclusion(false, &entries[index + 1], &proof, &root);
            cases.inclusion(false, &entries[index], &proof, &leaves[39]);
            for at in 0..proof.hashes.len() {
                let mut forged = proof.clone();
                forged.hashes[at] = leaves[39];
                cases.inclusion(false, &entries[index], &forged, &root);
                let mut forged = proof.clone();
                forged.hashes.remove(at);
                cases.inclusion(false, &entries[index], &forged, &root);
            }
        }
        for from in 1..=size {
            let (proof, from_root) =
                (naive::consistency(from, &leaves[..size]), naive::root(&leaves[..from]));
            cases.consistency(true, &proof, &from_root, &root);
            cases.consistency(false, &proof, &leaves[39], &root);
            cases.consistency(false, &proof, &from_root, &leaves[39]);
            let mut forged = proof.clone();
            forged.hashes.push(leaves[39]);
            cases.consistency(false, &forged, &from_root, &root);
            for at in 0..proof.hashes.len() {
                let mut forged = proof.clone();
                forged.hashes[at] = leaves[39];
                cases.consistency(false, &forged, &from_root, &root);
                let mut forged = proof.clone();
                forged.hashes.remove(at);
                cases.consistency(false, &forged, &from_root, &root);
            }
            for (from, size) in [(from + 1, size), (size + 1, size), (from, usize::MAX)] {
                let forged = poundlock::ledger::ConsistencyProof {
                    from: from as u64,
                    size: size as u64,
                    ..proof.clone()
                };
                cases.consistency(false, &forged, &from_root, &root);
            }
        }
    }
    assert!(cases.refused.len() > 1000, "{}", cases.refused.len());
    cases.decide(go);
}

#[test]
fn go_computes_our_roots_from_stored_nodes() {
    let Some(go) = Go::built() else { return };
    let leaves: Vec<Digest> = (0..1500u32).map(|n| naive::leaf_hash(&n.to_be_bytes())).collect();
    let directory = TempDir::new().unwrap();
    for size in [1, 2, 255, 256, 257, 512, 1500] {
        let nodes: Vec<Digest> =
            leaves[..size].as_chunks::<256>().0.iter().map(|tile| naive::root(tile)).collect();
        for (level, nodes) in [("00", &leaves[..size]), ("08", &nodes)] {
            let bytes: Vec<u8> = nodes.iter().flat_map(|node| *node.as_bytes()).collect();
            fs::write(directory.path().join(level), bytes).unwrap();
        }
        let question = json!({ "kind": "tiles", "directory": directory.path(), "size": size });
        let [answer] = go.ask([&question].into_iter()).try_into().unwrap();
        let root = base64(naive::root(&leaves[..size]).as_bytes());
        assert_eq!(answer, json!({ "accepted": true, "claims": root }), "{size}");
    }
}

#[test]
fn go_verifies_a_ledger_in_a_directory_with_its_own_proofs_receipts_and_nodes() {
    let Some(go) = Go::built() else { return };
    let directory = TempDir::new().unwrap();
    let path = directory.path().join("ledger");
    let ledger = Ledger::create(&path).unwrap();
    let (own, size) = (secret(ORIGIN, 1), 700);
    ledger.append_all(0, (0..size).map(|_| draft("hello")).collect()).unwrap();
    let head = ledger.head().unwrap();
    ledger.put_checkpoint(&sign(&Checkpoint::of(ORIGIN, &head), &[&own])).unwrap();

    let question = json!({ "kind": "tiles", "directory": path.join("tiles"), "size": size });
    let [answer] = go.ask([&question].into_iter()).try_into().unwrap();
    let root = base64(head.root.as_bytes());
    assert_eq!(answer, json!({ "accepted": true, "claims": root }));

    let mut cases = Cases::default();
    let trusted = keys(&[&own]);
    let recorded = ledger.read(0, size).unwrap();
    for index in (0..size as u64).step_by(7) {
        let text = ledger.receipt(index).unwrap().to_text();
        cases.receipt(true, "of a ledger", text.as_bytes(), &trusted);
        let size = index + 1;
        let (from, from_root) = (index / 2 + 1, ledger.root_at(index / 2 + 1).unwrap());
        let root = ledger.root_at(size).unwrap();
        let proof = ledger.consistency_proof(from, size).unwrap();
        cases.consistency(true, &proof, &from_root, &root);
        let entry = recorded[from as usize - 1].entry.to_bytes().unwrap();
        let proof = ledger.inclusion_proof(from - 1, size).unwrap();
        cases.inclusion(true, &entry, &proof, &root);
    }
    cases.decide(go);
}

fn openssl(directory: &TempDir, arguments: &[&str]) -> Option<(bool, String)> {
    let output = Command::new("openssl").args(arguments).current_dir(directory.path()).output();
    if output.is_err() {
        assert!(env::var_os("POUNDLOCK_STRICT").is_none(), "there is no openssl");
        println!("not run: there is no openssl");
    }
    let output = output.ok()?;
    Some((output.status.success(), String::from_utf8(output.stdout).unwrap()))
}

#[test]
fn openssl_verifies_our_signatures() {
    let directory = TempDir::new().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(directory.path().join(name), bytes).unwrap();
    let own = secret(ORIGIN, 1);
    let signed = sign(&Story::new(7, None).checkpoint(7), &[&own]);
    // The note's text goes as far as the line feed before the empty line; id and signature are what
    // follows the name, in base64.
    let (body, line) = signed.text().split_once("\n\n").unwrap();
    let body = format!("{body}\n");
    write("key", own.key().to_public_pem().unwrap().as_bytes());
    write("line", line.rsplit(' ').next().unwrap().as_bytes());
    let decode = ["base64", "-d", "-A", "-in", "line", "-out", "bytes"];
    let Some((true, _)) = openssl(&directory, &decode) else { return };
    let bytes = fs::read(directory.path().join("bytes")).unwrap();
    assert_eq!(bytes.len(), 4 + 64);
    let verify = |signature: &[u8], body: &[u8]| {
        write("signature", signature);
        write("body", body);
        let arguments = [
            "pkeyutl",
            "-verify",
            "-rawin",
            "-pubin",
            "-inkey",
            "key",
            "-sigfile",
            "signature",
            "-in",
            "body",
        ];
        openssl(&directory, &arguments).unwrap().0
    };
    assert!(verify(&bytes[4..], body.as_bytes()));
    for at in (0..64).step_by(7) {
        let mut altered = bytes[4..].to_vec();
        altered[at] ^= 1;
        assert!(!verify(&altered, body.as_bytes()));
    }
    for at in (0..body.len()).step_by(7) {
        let mut altered = body.clone().into_bytes();
        altered[at] ^= 1;
        assert!(!verify(&bytes[4..], &altered));
    }
}

#[test]
fn openssl_reads_our_key_files_and_we_read_its() {
    let directory = TempDir::new().unwrap();
    let path = |name: &str| directory.path().join(name);
    let own = secret(ORIGIN, 1);
    let public = own.key().to_public_pem().unwrap();
    fs::write(path("plain"), own.to_pkcs8_pem().unwrap().as_bytes()).unwrap();
    let sealed = own.to_encrypted_pkcs8_pem(b"open sesame", &[1; 16], &[2; 16]).unwrap();
    fs::write(path("sealed"), sealed.as_bytes()).unwrap();
    let pass = "pass:open sesame";
    let Some(found) = openssl(&directory, &["pkey", "-in", "plain", "-pubout"]) else { return };
    assert_eq!(found, (true, public.clone()));
    let run = |arguments: &[&str]| openssl(&directory, arguments).unwrap();
    assert_eq!(run(&["pkey", "-in", "sealed", "-passin", pass, "-pubout"]), (true, public));
    assert!(!run(&["pkey", "-in", "sealed", "-passin", "pass:open barley", "-pubout"]).0);

    for (name, arguments) in [
        ("cbc", &["genpkey", "-algorithm", "ed25519", "-aes256", "-pass", pass, "-out"][..]),
        ("aes128", &["genpkey", "-algorithm", "ed25519", "-aes128", "-pass", pass, "-out"]),
        ("scrypt", &["pkcs8", "-topk8", "-in", "plain", "-scrypt", "-passout", pass, "-out"]),
        (
            "sha512",
            &[
                "pkcs8",
                "-topk8",
                "-in",
                "plain",
                "-v2prf",
                "hmacWithSHA512",
                "-passout",
                pass,
                "-out",
            ],
        ),
        ("der", &["pkcs8", "-topk8", "-in", "plain", "-outform", "DER", "-passout", pass, "-out"]),
    ] {
        assert!(run(&[arguments, &[name]].concat()).0, "{name}");
        let bytes = fs::read(path(name)).unwrap();
        let read = SecretKey::from_pkcs8(ORIGIN, &bytes, Some(b"open sesame")).unwrap();
        let public = run(&["pkey", "-in", name, "-passin", pass, "-pubout"]);
        assert_eq!(public, (true, read.key().to_public_pem().unwrap()), "{name}");
    }
    assert!(run(&["genpkey", "-algorithm", "ed25519", "-out", "open"]).0);
    SecretKey::from_pkcs8(ORIGIN, &fs::read(path("open")).unwrap(), None).unwrap();
    // A key of another kind.
    assert!(run(&["genpkey", "-algorithm", "x25519", "-out", "other"]).0);
    let error = SecretKey::from_pkcs8(ORIGIN, &fs::read(path("other")).unwrap(), None);
    assert_eq!(error.unwrap_err().code(), "key.invalid");
}
