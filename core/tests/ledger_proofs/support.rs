//! A small ledger with keys from fixed seeds, and everything that can be signed and proven about it.

use poundlock::{
    Digest, canonical,
    ledger::{
        Checkpoint, ConsistencyProof, Divergence, Draft, ForkProof, InclusionProof, Ledger,
        Receipt, Recorded, SecretKey, SignedCheckpoint, Signer, VerifierKeys,
    },
};

use crate::naive;

pub const ORIGIN: &str = "acme/2026";
pub const OTHER: &str = "acme/2025";

/// Two seeds whose keys have the same id under [`ORIGIN`]; the first was tried against many.
pub const COLLIDING: [u64; 2] = [85_568, 110_545];

pub fn secret(name: &str, seed: u64) -> SecretKey {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    SecretKey::from_seed(name, &bytes).unwrap()
}

pub fn keys(secrets: &[&SecretKey]) -> VerifierKeys {
    VerifierKeys::new(secrets.iter().map(|secret| secret.key().clone())).unwrap()
}

pub fn sign(checkpoint: &Checkpoint, secrets: &[&SecretKey]) -> SignedCheckpoint {
    let signers: Vec<_> = secrets.iter().map(|secret| *secret as &dyn Signer).collect();
    SignedCheckpoint::sign(checkpoint, &signers).unwrap()
}

/// A note over any body, which our own signing would refuse.
pub fn note(body: &str, secrets: &[&SecretKey]) -> String {
    let mut text = format!("{body}\n");
    for secret in secrets {
        text += &signature_line(secret.key().name(), secret, body);
    }
    text
}

/// What `secret` signs, under a name that need not be its own; the id is that of its own name.
pub fn signature_line(name: &str, secret: &SecretKey, body: &str) -> String {
    let signature = secret.sign(body.as_bytes()).unwrap();
    let bytes = [secret.key().id().to_be_bytes().as_slice(), &signature].concat();
    format!("\u{2014} {name} {}\n", base64(&bytes))
}

pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if at <= chunk.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

pub fn draft(text: &str) -> Draft {
    Draft {
        at: Some("2026-11-22T10:00:00Z".parse().unwrap()),
        kind: "note".into(),
        body: canonical::join_map(&[("text", &canonical::to_bytes(text).unwrap())]).unwrap(),
        attachments: Vec::new(),
    }
}

/// Some entries, and the tree over them.
pub struct Story {
    pub recorded: Vec<Recorded>,
    pub entries: Vec<Vec<u8>>,
    pub leaves: Vec<Digest>,
}

impl Story {
    /// A ledger of `size` entries; those from `fork` on tell something else than without.
    pub fn new(size: usize, fork: Option<usize>) -> Self {
        let ledger = Ledger::in_memory();
        for n in 0..size {
            let text = if fork.is_some_and(|fork| n >= fork) { "something else" } else { "hello" };
            ledger.append(n as u64, draft(text)).unwrap();
        }
        let recorded = ledger.read(0, size).unwrap();
        let entries: Vec<_> =
            recorded.iter().map(|recorded| recorded.entry.to_bytes().unwrap()).collect();
        let leaves = recorded.iter().map(|recorded| recorded.hash).collect();
        Self { recorded, entries, leaves }
    }

    pub fn checkpoint(&self, size: usize) -> Checkpoint {
        let root = naive::root(&self.leaves[..size]);
        Checkpoint { origin: ORIGIN.into(), size: size as u64, root }
    }

    pub fn inclusion(&self, index: usize, size: usize) -> InclusionProof {
        naive::inclusion(index, &self.leaves[..size])
    }

    pub fn consistency(&self, from: usize, size: usize) -> ConsistencyProof {
        naive::consistency(from, &self.leaves[..size])
    }

    pub fn receipt(&self, index: usize, size: usize, secrets: &[&SecretKey]) -> Receipt {
        let checkpoint = sign(&self.checkpoint(size), secrets);
        Receipt::new(self.entries[index].clone(), self.inclusion(index, size), checkpoint).unwrap()
    }

    /// That this ledger at `size` is not what `earlier` signed at `from`.
    pub fn fork(
        &self,
        earlier: SignedCheckpoint,
        from: usize,
        size: usize,
        secrets: &[&SecretKey],
    ) -> poundlock::error::Result<ForkProof> {
        let divergence = (from != size).then(|| Divergence {
            root: naive::root(&self.leaves[..from]),
            proof: self.consistency(from, size),
        });
        ForkProof::new(earlier, sign(&self.checkpoint(size), secrets), divergence)
    }
}

/// Every text that differs from this one in one place: a byte replaced, removed, doubled or put in.
pub fn edits(text: &str) -> Vec<Vec<u8>> {
    let bytes = text.as_bytes();
    let mut texts = Vec::new();
    for at in 0..=bytes.len() {
        let mut edit = |remove: usize, insert: &[u8]| {
            if at + remove <= bytes.len() {
                let text = [&bytes[..at], insert, &bytes[at + remove..]].concat();
                if text != bytes {
                    texts.push(text);
                }
            }
        };
        edit(1, b"");
        for byte in *b"\n\r =A0/\x80\x00" {
            edit(0, &[byte]);
            edit(1, &[byte]);
        }
        if let Some(byte) = bytes.get(at) {
            edit(1, &[byte ^ 1]);
            edit(1, &[byte ^ 0x20]);
            edit(0, &[*byte]);
        }
    }
    texts
}
