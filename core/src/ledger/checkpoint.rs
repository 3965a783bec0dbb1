//! Checkpoints: how many entries a ledger has and what they add up to, signed (C2SP `tlog-checkpoint`).

use super::{
    Head,
    key::{Signer, VerifierKey, VerifierKeys},
    note::Note,
    text::{Lines, base64, decimal, unbase64_hash},
};
use crate::{
    digest::Digest,
    error::{Code, Error, Result},
};

/// What a ledger's keys vouch for: the first `size` entries of `origin` have the Merkle root `root`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The ledger's name, which no other ledger has.
    pub origin: String,
    /// How many entries there are, at most 2^63 - 1.
    pub size: u64,
    /// The RFC 6962 Merkle tree hash over them.
    pub root: Digest,
}

impl Checkpoint {
    /// The checkpoint of a ledger's head.
    pub fn of(origin: impl Into<String>, head: &Head) -> Self {
        Self { origin: origin.into(), size: head.size, root: head.root }
    }

    /// The text that is signed: origin, size and root, a line each.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, base64(self.root.as_bytes()))
    }

    /// Reads the text that is signed.
    ///
    /// # Errors
    ///
    /// `checkpoint.syntax`; `checkpoint.extended` where it has more lines, which nothing here understands.
    pub fn parse(text: &str) -> Result<Self> {
        match read(text)? {
            (checkpoint, false) => Ok(checkpoint),
            (_, true) => Err(Error::new(
                Code::CheckpointExtended,
                "the checkpoint has extension lines, which nothing here understands",
            )),
        }
    }
}

/// A signature that was made elsewhere.
struct Given<'a>(&'a (VerifierKey, [u8; 64]));

impl Signer for Given<'_> {
    fn key(&self) -> &VerifierKey {
        &self.0.0
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64]> {
        Ok(self.0.1)
    }
}

/// A checkpoint with signatures, which may be anything until [`SignedCheckpoint::verify`] has verified
/// them.
///
/// ```
/// use poundlock::{Digest, ledger::{Checkpoint, SecretKey, SignedCheckpoint, Signer, VerifierKeys}};
///
/// let secret = SecretKey::from_seed("acme/2026", &[7; 32])?;
/// let checkpoint = Checkpoint { origin: "acme/2026".into(), size: 1, root: Digest::of(b"\0entry") };
/// let signed = SignedCheckpoint::sign(&checkpoint, &[&secret])?;
///
/// let keys = VerifierKeys::new([secret.key().clone()])?;
/// let received = SignedCheckpoint::parse(signed.text().as_bytes())?;
/// assert_eq!(*received.verify(&keys, Some("acme/2026"))?, checkpoint);
///
/// let forged = signed.text().replacen("\n1\n", "\n2\n", 1);
/// let error = SignedCheckpoint::parse(forged.as_bytes())?.verify(&keys, None).unwrap_err();
/// assert_eq!(error.code(), "checkpoint.signature");
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
    extended: bool,
}

impl SignedCheckpoint {
    /// Signs a checkpoint with every signer. Whoever signs vouches that no checkpoint was signed before
    /// that this one does not continue.
    ///
    /// # Errors
    ///
    /// `checkpoint.origin` when a key is not named like the origin; `checkpoint.syntax` when the origin is
    /// not a key's name, the size above its limit, or the root of an empty ledger wrong; `key.invalid`
    /// without a signer; `key.ambiguous` when two have the same name and id; `checkpoint.signature` when a
    /// signer gives a wrong signature; `limit.count` for too many signers; and the signers' own errors.
    pub fn sign(checkpoint: &Checkpoint, signers: &[&dyn Signer]) -> Result<Self> {
        // What could not be read again is not shown to the signers.
        if read(&checkpoint.to_text())? != (checkpoint.clone(), false) {
            return Err(syntax("the checkpoint has no text that says the same"));
        }
        if signers.iter().any(|signer| signer.key().name() != checkpoint.origin) {
            let message = "a key is named after another ledger than the one that it shall sign for";
            return Err(Error::new(Code::CheckpointOrigin, message));
        }
        let note = Note::sign(&checkpoint.to_text(), signers)?;
        Ok(Self { note, checkpoint: checkpoint.clone(), extended: false })
    }

    /// Puts the signatures of signers elsewhere to a checkpoint: each is of [`Checkpoint::to_text`].
    ///
    /// # Errors
    ///
    /// Those of [`SignedCheckpoint::sign`].
    pub fn assemble(
        checkpoint: &Checkpoint,
        signatures: &[(VerifierKey, [u8; 64])],
    ) -> Result<Self> {
        let given: Vec<Given<'_>> = signatures.iter().map(Given).collect();
        let signers: Vec<&dyn Signer> = given.iter().map(|given| given as &dyn Signer).collect();
        Self::sign(checkpoint, &signers)
    }

    /// Reads a signed checkpoint, without verifying it.
    ///
    /// # Errors
    ///
    /// `checkpoint.syntax`; `limit.size` and `limit.count` for more than
    /// [`limits::CHECKPOINT_BYTES`](crate::limits::CHECKPOINT_BYTES) bytes or
    /// [`limits::CHECKPOINT_SIGNATURES`](crate::limits::CHECKPOINT_SIGNATURES) signatures.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let note = Note::parse(bytes)?;
        let (checkpoint, extended) = read(note.body())?;
        Ok(Self { note, checkpoint, extended })
    }

    /// This checkpoint with the signatures that only `other` has, if both say the same; so several signers
    /// need not sign at once.
    pub(super) fn joined(self, other: &Self) -> Result<Self> {
        match self.note.joined(&other.note)? {
            Some(note) => Ok(Self { note, ..self }),
            None => Ok(self),
        }
    }

    /// The signed note, byte for byte.
    pub fn text(&self) -> &str {
        self.note.text()
    }

    /// What the text claims, for which nothing vouches yet.
    pub fn unverified(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Verifies the signatures and gives the checkpoint that they vouch for.
    ///
    /// Only keys that are named like the checkpoint's origin count, and different names of the same key
    /// count once. Signatures of unknown keys are ignored. A checkpoint with extension lines is refused even
    /// where it is rightly signed, because this version does not know what they say.
    ///
    /// # Errors
    ///
    /// `checkpoint.origin` when it is not `origin`'s (any ledger's with `None`), or is signed by keys of
    /// another ledger; `checkpoint.signature` when the signature of a trusted key is wrong;
    /// `checkpoint.untrusted` when too few trusted keys signed; `checkpoint.extended`.
    pub fn verify(&self, keys: &VerifierKeys, origin: Option<&str>) -> Result<&Checkpoint> {
        let checkpoint = self.verify_signed(keys, origin)?;
        if self.extended {
            let message =
                "the checkpoint is signed, but has extension lines, which nothing here understands";
            return Err(Error::new(Code::CheckpointExtended, message));
        }
        Ok(checkpoint)
    }

    /// Verifies what a signer is answerable for, extension lines or not.
    pub(super) fn verify_signed(
        &self,
        keys: &VerifierKeys,
        origin: Option<&str>,
    ) -> Result<&Checkpoint> {
        let elsewhere = |message| Err(Error::new(Code::CheckpointOrigin, message));
        if origin.is_some_and(|origin| origin != self.checkpoint.origin) {
            return elsewhere("the checkpoint is another ledger's");
        }
        let signers = self.note.signers(keys)?;
        let (own, others): (Vec<_>, Vec<_>) =
            signers.into_iter().partition(|key| key.name() == self.checkpoint.origin);
        // Keys of the same name differ, so that nobody counts twice here.
        if own.len() >= keys.threshold() {
            return Ok(&self.checkpoint);
        }
        if own.is_empty() && !others.is_empty() {
            return elsewhere("the checkpoint is signed by the keys of another ledger only");
        }
        let message = format!(
            "{} of the trusted keys signed the checkpoint, and {} must have",
            own.len(),
            keys.threshold()
        );
        Err(Error::new(Code::CheckpointUntrusted, message)
            .with_help("name the keys that signed it, if you trust them; after a rotation the earlier one, too"))
    }
}

/// The checkpoint that a note's body says, and whether it has extension lines.
fn read(body: &str) -> Result<(Checkpoint, bool)> {
    let mut lines = Lines::new(body, Code::CheckpointSyntax);
    let origin = lines.next("the origin")?;
    if VerifierKey::check_name(origin).is_err() {
        return Err(lines.wrong("the origin cannot be the name of a key"));
    }
    let size = lines.next("the size")?;
    let size = decimal(size)
        .ok_or_else(|| lines.wrong("the size is not a decimal number up to 2^63 - 1"))?;
    let root = lines.next("the root")?;
    let root = unbase64_hash(root)
        .ok_or_else(|| lines.wrong("the root is not a hash of 32 bytes in base64"))?;
    if size == 0 && root != Digest::of(b"") {
        return Err(lines.wrong("the root is not that of an empty ledger"));
    }
    let extended = !lines.rest().is_empty();
    while !lines.rest().is_empty() {
        if lines.next("a line feed")?.is_empty() {
            return Err(lines.wrong("an extension line is empty"));
        }
    }
    Ok((Checkpoint { origin: origin.to_owned(), size, root }, extended))
}

fn syntax(message: &str) -> Error {
    Error::new(Code::CheckpointSyntax, message)
}
