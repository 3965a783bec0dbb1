//! Makes the vectors in `vectors/proofs` from fixed keys and a fixed story, and compares them with the
//! files: the bytes of receipts are stable. With `POUNDLOCK_UPDATE=1` the files are written anew; read
//! the difference before you commit it.

use std::{env, fs, path::Path};

use poundlock::{
    Engine, Fact, Ledger, Plan, Request, State, Texts, canonical,
    digest::unhex,
    ledger::{Checkpoint, Draft, SecretKey, SignedCheckpoint, Signer},
    wire,
};
use serde_json::{Value, json};

const ORIGIN: &str = "acme/2026";

fn secret(name: &str, seed: u8) -> SecretKey {
    SecretKey::from_seed(name, &[seed; 32]).unwrap()
}

/// Seven entries, the fourth with an attachment.
fn notes() -> Ledger {
    let ledger = Ledger::in_memory();
    for n in 0..7u64 {
        let body = json!({ "text": format!("note {n}"), "sum": n * n, "good": n != 3, "words": ["größer", ""] });
        let draft = Draft {
            at: Some(format!("2026-11-22T10:00:0{n}.5Z").parse().unwrap()),
            kind: "note".into(),
            body: canonical::to_bytes(&body).unwrap(),
            attachments: if n == 3 { vec![b"large things go here".to_vec()] } else { Vec::new() },
        };
        ledger.append(n, draft).unwrap();
    }
    ledger
}

/// The ledger of a decision vector, whose last entry grants a permit.
fn permit(name: &str, key: &SecretKey) -> Ledger {
    let vectors: Vec<Value> = read("decide", "flow");
    let vector = vectors.iter().find(|vector| vector["name"] == name).unwrap();
    let input = &vector["input"];
    let text = |value: &Value| value.as_str().unwrap().as_bytes().to_vec();
    let engine = Engine::new(Texts {
        charter: text(&input["charter"]),
        lock: text(&input["lock"]),
        packs: input["packs"].as_array().unwrap().iter().map(text).collect(),
    })
    .unwrap();
    let (ledger, mut state) = (Ledger::in_memory(), State::new());
    let begin = input["begin"].as_str().unwrap().parse().unwrap();
    let origin = input["origin"].as_str().unwrap();
    engine.begin(&ledger, origin, &[key.key().clone()], begin).unwrap();
    let document =
        |value: &Value| poundlock::Value::parse_json(value.to_string().as_bytes()).unwrap();
    for step in input["history"].as_array().unwrap().iter().chain([&input["step"]]) {
        if step["fact"].is_object() {
            let fact: Fact = document(&step["fact"]).deserialize().unwrap();
            engine.record(&fact, &[], &ledger, &mut state).unwrap();
            continue;
        }
        let mut request: Request = document(&step["request"]).deserialize().unwrap();
        if let Some(terraform) = step["plan"]["terraform"].as_str() {
            let nonce = unhex(step["plan"]["nonce"].as_str().unwrap()).unwrap();
            let nonce = nonce.try_into().unwrap();
            request.attach(Plan::from_terraform(terraform.as_bytes(), &nonce).unwrap());
        }
        engine.admit(&request, &ledger, &mut state).unwrap();
    }
    ledger
}

fn sign(ledger: &Ledger, origin: &str, size: u64, secrets: &[&SecretKey]) -> SignedCheckpoint {
    let root = ledger.root_at(size).unwrap();
    let signers: Vec<_> = secrets.iter().map(|secret| *secret as &dyn Signer).collect();
    SignedCheckpoint::sign(&Checkpoint { origin: origin.into(), size, root }, &signers).unwrap()
}

fn receipt(ledger: &Ledger, index: u64, checkpoint: SignedCheckpoint) -> String {
    let entry = ledger.read(index, 1).unwrap()[0].entry.to_bytes().unwrap();
    let proof = ledger.inclusion_proof(index, checkpoint.unverified().size).unwrap();
    poundlock::ledger::Receipt::new(entry, proof, checkpoint).unwrap().to_text()
}

fn keys(secrets: &[&SecretKey]) -> Value {
    secrets.iter().map(|secret| secret.key().to_string()).collect()
}

/// The vector of what the operation answers now; `code` says that it must refuse, and how.
fn vector(name: &str, input: Value, code: Option<&str>) -> Value {
    let answer = wire::call("verify_receipt", input.to_string().as_bytes());
    let found = answer.as_ref().err().map(|error| error.code());
    assert_eq!(found, code, "{name}");
    let mut vector = json!({ "name": name, "operation": "verify_receipt", "input": input });
    match answer {
        Ok(answer) => vector["expect"] = serde_json::from_str(&answer).unwrap(),
        Err(error) => vector["error"] = error.code().into(),
    }
    vector
}

fn path(group: &str, file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/{group}/{file}.json"))
}

fn read(group: &str, file: &str) -> Vec<Value> {
    serde_json::from_slice(&fs::read(path(group, file)).unwrap()).unwrap()
}

fn compare(file: &str, vectors: Vec<Value>) {
    if env::var_os("POUNDLOCK_UPDATE").is_some() {
        let text = serde_json::to_string_pretty(&vectors).unwrap();
        fs::write(path("proofs", file), text + "\n").unwrap();
    }
    assert!(
        read("proofs", file) == vectors,
        "{file}.json is not what is made now; POUNDLOCK_UPDATE=1 writes it anew"
    );
}

#[test]
fn receipts_have_the_bytes_that_they_always_had() {
    let (old, new, witness) = (secret(ORIGIN, 1), secret(ORIGIN, 2), secret("witness.example", 3));
    let ledger = notes();
    let signed = |size, secrets: &[&SecretKey]| sign(&ledger, ORIGIN, size, secrets);
    let both = receipt(&ledger, 5, signed(6, &[&old, &new]));
    let stranger = {
        let other = sign(&ledger, "witness.example", 7, &[&witness]);
        let line = other.text().split_once("\n\n").unwrap().1.to_owned();
        receipt(&ledger, 2, signed(7, &[&old])) + &line
    };
    let mut vectors = vec![
        vector(
            "the only entry of a ledger",
            json!({ "receipt": receipt(&ledger, 0, signed(1, &[&old])), "keys": keys(&[&old]), "origin": ORIGIN }),
            None,
        ),
        vector(
            "an entry with an attachment",
            json!({ "receipt": receipt(&ledger, 3, signed(7, &[&old])), "keys": keys(&[&old]), "origin": ORIGIN }),
            None,
        ),
        vector(
            "the last entry, on the right edge of the tree",
            json!({ "receipt": receipt(&ledger, 6, signed(7, &[&old])), "keys": keys(&[&old]), "origin": ORIGIN }),
            None,
        ),
        vector(
            "while keys are rotated, whoever trusts the old one accepts",
            json!({ "receipt": both, "keys": keys(&[&old]), "origin": ORIGIN }),
            None,
        ),
        vector(
            "while keys are rotated, whoever trusts the new one accepts",
            json!({ "receipt": both, "keys": keys(&[&new]), "origin": ORIGIN }),
            None,
        ),
        vector(
            "two keys are demanded, and two signed",
            json!({ "receipt": both, "keys": keys(&[&old, &new]), "threshold": 2, "origin": ORIGIN }),
            None,
        ),
        vector(
            "a signature of an unknown key is ignored, and no origin is asked for",
            json!({ "receipt": stranger, "keys": keys(&[&old]) }),
            None,
        ),
    ];
    let own = secret("vectors.example/1", 1);
    let permitted = permit("an apply with its evidence is allowed and gets a permit", &own);
    let size = permitted.head().unwrap().size;
    let permit =
        receipt(&permitted, size - 1, sign(&permitted, "vectors.example/1", size, &[&own]));
    let granted = vector(
        "a decision that grants a permit",
        json!({ "receipt": permit, "keys": keys(&[&own]), "origin": "vectors.example/1" }),
        None,
    );
    assert!(granted["expect"]["entry"]["body"]["permit"].is_object());
    vectors.push(granted);
    compare("accepted", vectors);
}

#[test]
fn forged_receipts_are_refused_in_every_language() {
    let (own, other) = (secret(ORIGIN, 1), secret(ORIGIN, 2));
    let elsewhere = secret("acme/2025", 1);
    let ledger = notes();
    let good = receipt(&ledger, 3, sign(&ledger, ORIGIN, 7, &[&own]));
    let twin = receipt(&ledger, 4, sign(&ledger, ORIGIN, 7, &[&own]));
    let lines: Vec<&str> = good.lines().collect();
    let signature = *lines.last().unwrap();
    let foreign = receipt(&ledger, 3, sign(&ledger, "acme/2025", 7, &[&elsewhere]));
    let ask = |text: &str| json!({ "receipt": text, "keys": keys(&[&own]), "origin": ORIGIN });
    let mut vectors: Vec<Value> = [
        ("the right entry at the wrong index", good.replace("index 3", "index 2"), "proof.invalid"),
        ("an index beyond the tree", good.replace("index 3", "index 7"), "proof.invalid"),
        (
            "an index beyond all trees",
            good.replace("index 3", "index 18446744073709551615"),
            "proof.syntax",
        ),
        ("an index with a leading zero", good.replace("index 3", "index 03"), "proof.syntax"),
        (
            "another entry of the same ledger",
            good.replace(lines[1], twin.lines().nth(1).unwrap()),
            "proof.invalid",
        ),
        ("a hash too few", good.replace(&format!("{}\n", lines[3]), ""), "proof.invalid"),
        ("a hash twice", good.replace(lines[3], &format!("{0}\n{0}", lines[3])), "proof.invalid"),
        (
            "two hashes in the wrong order",
            good.replace(
                &format!("{}\n{}", lines[3], lines[4]),
                &format!("{}\n{}", lines[4], lines[3]),
            ),
            "proof.invalid",
        ),
        (
            "base64 that is not canonical",
            good.replace(lines[3], &lines[3].replace('=', "")),
            "proof.syntax",
        ),
        ("no entry", good.replace(&format!("{}\n", lines[1]), ""), "proof.syntax"),
        ("another version of the format", good.replace("@v1", "@v2"), "proof.syntax"),
        ("lines that end as on Windows", good.replace('\n', "\r\n"), "proof.syntax"),
        ("101 signatures", format!("{good}{}", "\u{2014} x AAAAAAAA\n".repeat(100)), "limit.count"),
        ("nothing", String::new(), "proof.syntax"),
        (
            "the signature stripped",
            good.replace(&format!("{signature}\n"), ""),
            "checkpoint.syntax",
        ),
        (
            "a signature that is another text's",
            good.replace("\n7\n", "\n8\n"),
            "checkpoint.signature",
        ),
        ("the same signature twice", format!("{good}{signature}\n"), "checkpoint.signature"),
        (
            "an extension line put in",
            good.replace("\n\n\u{2014}", "\nexpires never\n\n\u{2014}"),
            "checkpoint.signature",
        ),
        ("a size with a leading zero", good.replace("\n7\n", "\n07\n"), "checkpoint.syntax"),
        ("an empty line after the end", format!("{good}\n"), "checkpoint.syntax"),
        (
            "signed again with another key",
            receipt(&ledger, 3, sign(&ledger, ORIGIN, 7, &[&other])),
            "checkpoint.untrusted",
        ),
        ("another ledger's receipt", foreign.clone(), "checkpoint.origin"),
        (
            "our origin over another ledger's signature",
            foreign.replace("\nacme/2025\n", "\nacme/2026\n"),
            "checkpoint.untrusted",
        ),
    ]
    .into_iter()
    .map(|(name, text, code)| vector(name, ask(&text), Some(code)))
    .collect();
    let text = own.key().to_string();
    vectors.extend([
        vector("two keys are demanded, and one signed", json!({ "receipt": good, "keys": keys(&[&own, &other]), "threshold": 2 }), Some("checkpoint.untrusted")),
        vector("another origin put in", json!({ "receipt": foreign.replace("\nacme/2025\n", "\nacme/2024\n"), "keys": keys(&[&elsewhere]) }), Some("checkpoint.signature")),
        vector("no key is trusted", json!({ "receipt": good, "keys": [] }), Some("key.invalid")),
        vector("no key need have signed", json!({ "receipt": good, "keys": [text], "threshold": 0 }), Some("key.invalid")),
        vector("more keys are demanded than are trusted", json!({ "receipt": good, "keys": [text, text], "threshold": 2 }), Some("key.invalid")),
        vector("a key under another name", json!({ "receipt": good, "keys": [text.replace("2026", "2025")] }), Some("key.invalid")),
        vector("a key of a type that is not known", json!({ "receipt": good, "keys": ["example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"] }), Some("key.invalid")),
        vector("a field that is not known", json!({ "receipt": good, "keys": [text], "trust": true }), Some("input.unknown_field")),
        vector("no keys at all", json!({ "receipt": good }), Some("input.missing_field")),
    ]);
    compare("refused", vectors);
}
