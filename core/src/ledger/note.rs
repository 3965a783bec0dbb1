//! Signed notes as C2SP `signed-note` defines them: a text, an empty line, and signatures.

use std::fmt::Write as _;

use super::{
    key::{Signer, UNALTERED, VerifierKey, VerifierKeys},
    text::{Lines, base64, plain_text, unbase64},
};
use crate::{
    error::{Code, Error, Result},
    limits,
};

/// What a signature line begins with.
const DASH: &str = "\u{2014} ";

/// A note whose signatures may be anything until [`Note::signers`] has verified them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// Body, empty line and signatures, exactly as they were read or written.
    text: String,
    body: String,
    signatures: Vec<Line>,
}

/// One signature line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: String,
    id: [u8; 4],
    signature: Vec<u8>,
}

impl Note {
    /// Reads a note.
    ///
    /// # Errors
    ///
    /// `limit.size`, `limit.count` for too many signatures, `checkpoint.syntax`.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let text = plain_text(bytes, limits::CHECKPOINT_BYTES, Code::CheckpointSyntax)?;
        let syntax = |message: &str| Error::new(Code::CheckpointSyntax, message);
        let (body, signed) = text
            .rsplit_once("\n\n")
            .ok_or_else(|| syntax("no empty line parts the text from its signatures"))?;
        let mut lines = Lines::new(signed, Code::CheckpointSyntax);
        let mut signatures = Vec::new();
        while !lines.rest().is_empty() {
            let line = lines.next("a line feed")?;
            if signatures.len() >= limits::CHECKPOINT_SIGNATURES {
                let message =
                    format!("there are more than {} signatures", limits::CHECKPOINT_SIGNATURES);
                return Err(Error::new(Code::LimitCount, message));
            }
            signatures
                .push(Line::parse(line).ok_or_else(|| syntax("a signature line is malformed"))?);
        }
        if signatures.is_empty() {
            return Err(syntax("the text has no signature"));
        }
        Ok(Self { text: text.to_owned(), body: format!("{body}\n"), signatures })
    }

    /// Signs a body, which ends with a line feed.
    ///
    /// # Errors
    ///
    /// `key.invalid` without a signer, `key.ambiguous` when two have the same name and id,
    /// `checkpoint.signature` when a signer gives a wrong signature, the errors of [`Note::parse`], and
    /// those of the signers.
    pub(super) fn sign(body: &str, signers: &[&dyn Signer]) -> Result<Self> {
        if signers.is_empty() {
            return Err(Error::new(Code::KeyInvalid, "there is no key to sign with"));
        }
        let mut text = format!("{body}\n");
        for (before, signer) in signers.iter().enumerate() {
            let key = signer.key();
            let mut others = signers.iter().take(before).map(|other| other.key());
            if others.any(|other| (other.name(), other.id()) == (key.name(), key.id())) {
                let message = "two signers have the same name and id";
                return Err(Error::new(Code::KeyAmbiguous, message));
            }
            let signature = signer.sign(body.as_bytes())?;
            key.verify(body.as_bytes(), &signature)?;
            let bytes = [key.id().to_be_bytes().as_slice(), &signature].concat();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{DASH}{} {}", key.name(), base64(&bytes));
        }
        Self::parse(text.as_bytes())
    }

    /// The note with the signatures that only another note of the same body has; `None` when the bodies differ.
    ///
    /// # Errors
    ///
    /// `limit.count` and `limit.size` when there are too many.
    pub(super) fn joined(&self, other: &Self) -> Result<Option<Self>> {
        if self.body != other.body {
            return Ok(None);
        }
        let mut text = self.text.clone();
        let has = |line: &&Line| {
            self.signatures.iter().any(|own| (&own.name, own.id) == (&line.name, line.id))
        };
        for line in other.signatures.iter().filter(|line| !has(line)) {
            let bytes = [line.id.as_slice(), &line.signature].concat();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{DASH}{} {}", line.name, base64(&bytes));
        }
        Self::parse(text.as_bytes()).map(Some)
    }

    /// The whole note.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What is signed.
    pub(super) fn body(&self) -> &str {
        &self.body
    }

    /// The trusted keys that signed, each once. Signatures of unknown keys are ignored.
    ///
    /// # Errors
    ///
    /// `checkpoint.signature` when a trusted key's signature is wrong, or there twice.
    pub(super) fn signers<'k>(&self, keys: &'k VerifierKeys) -> Result<Vec<&'k VerifierKey>> {
        let mut signers = Vec::new();
        for line in &self.signatures {
            let Some(key) = keys.find(&line.name, u32::from_be_bytes(line.id)) else { continue };
            let signature = line.signature.as_slice().try_into().map_err(|_| {
                Error::new(
                    Code::CheckpointSignature,
                    "the signature of a known key has a wrong length",
                )
                .with_help(UNALTERED)
            })?;
            key.verify(self.body.as_bytes(), signature)?;
            if signers.contains(&key) {
                let message = "a known key's signature is there twice";
                return Err(Error::new(Code::CheckpointSignature, message).with_help(UNALTERED));
            }
            signers.push(key);
        }
        Ok(signers)
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let (name, bytes) = line.strip_prefix(DASH)?.split_once(' ')?;
        VerifierKey::check_name(name).ok()?;
        let bytes = unbase64(bytes)?;
        let (id, signature) = bytes.split_first_chunk::<4>()?;
        (!signature.is_empty()).then(|| Self {
            name: name.to_owned(),
            id: *id,
            signature: signature.to_vec(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification, which is about no checkpoint.
    #[test]
    fn the_published_example_is_verified() {
        let key = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
        let keys = VerifierKeys::from_texts([key]).unwrap();
        let text = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
        let note = Note::parse(text.as_bytes()).unwrap();
        assert_eq!(note.signers(&keys).unwrap(), keys.keys().iter().collect::<Vec<_>>());
        let altered = Note::parse(text.replace("an example", "no example").as_bytes()).unwrap();
        assert_eq!(altered.signers(&keys).unwrap_err().code(), "checkpoint.signature");
    }

    /// The last empty line parts the body from the signatures.
    #[test]
    fn a_body_may_have_empty_lines() {
        let text = "one\n\n\u{2014} two AAAAAAAA\n\n\n\u{2014} three AAAAAAAA\n";
        let note = Note::parse(text.as_bytes()).unwrap();
        assert_eq!(note.body(), "one\n\n\u{2014} two AAAAAAAA\n\n");
        assert_eq!(note.signatures.len(), 1);
        assert_eq!(note.text(), text);
    }
}
