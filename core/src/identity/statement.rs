//! What a person signs to approve: a short text that says what is consented to.
//!
//! The text is for eyes and for machines: one line for each field, in one order, and every statement has
//! exactly one text. Characters that would let it show something else than it says are refused.

use std::fmt::Write as _;

use super::text::is_name;
use crate::{
    digest::Digest,
    error::{Code, Error, Position, Result},
    limits,
    time::Instant,
};

/// The first line, which names the version of the format.
const TITLE: &str = "poundlock approval v1";

/// Consent to one exact digest entering one stage.
///
/// ```
/// use poundlock::identity::Statement;
///
/// let text = "\
/// poundlock approval v1
/// ledger: acme/2026
/// charter: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
/// track: infrastructure
/// stage: prod
/// asset: web
/// commit: 4f9c1d2e3b5a69788796a5b4c3d2e1f001122334
/// plan: sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
/// by: alice
/// role: owner
/// at: 2026-03-02T09:00:00Z
/// expires: 2026-03-04T09:00:00Z
/// ";
/// let statement = Statement::parse(text.as_bytes())?;
/// assert_eq!(statement.stage, "prod");
/// assert_eq!(statement.to_text()?, text);
/// # Ok::<(), poundlock::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The origin of the ledger that the approval is for.
    pub ledger: String,
    /// The digest of the charter in force, with its pinned packs.
    pub charter: Digest,
    /// The track.
    pub track: String,
    /// The stage that is entered, by its name and not an alias.
    pub stage: String,
    /// The name of the asset.
    pub asset: String,
    /// What enters the stage.
    pub subject: StatementSubject,
    /// The person who approves.
    pub by: String,
    /// The role in which the person approves; absent where any of theirs will do.
    pub role: Option<String>,
    /// When the person approves, as they say.
    pub at: Instant,
    /// When the consent ends; absent where the boundary's own limit alone ends it.
    pub expires: Option<Instant>,
}

/// What enters the stage: lineage and digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementSubject {
    /// A change, by its commit and the digest of the stage's plan.
    Change {
        /// The commit's full hash, 40 or 64 lower-case hexadecimal digits.
        commit: String,
        /// The digest of the plan.
        plan: Digest,
    },
    /// An artifact, whose digest is its lineage.
    Artifact(Digest),
}

impl StatementSubject {
    /// The digest that is consented to.
    pub fn digest(&self) -> Digest {
        match self {
            Self::Change { plan, .. } => *plan,
            Self::Artifact(digest) => *digest,
        }
    }
}

impl Statement {
    /// The text to be shown and signed; its bytes, the last line feed included, are what is signed.
    ///
    /// # Errors
    ///
    /// `approval.statement` when a name is empty, longer than [`limits::NAME_BYTES`], has a space at an
    /// end, or holds invisible or control characters; or when the commit is not a full hash.
    pub fn to_text(&self) -> Result<String> {
        let mut text = format!("{TITLE}\n");
        let mut line = |name: &str, value: &str| {
            if !is_name(value) {
                return Err(wrong(format!(
                    "`{name}` is not a name that people can compare by eye"
                )));
            }
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name}: {value}");
            Ok(())
        };
        line("ledger", &self.ledger)?;
        line("charter", &self.charter.to_string())?;
        line("track", &self.track)?;
        line("stage", &self.stage)?;
        line("asset", &self.asset)?;
        match &self.subject {
            StatementSubject::Change { commit, plan } => {
                if !is_commit(commit) {
                    return Err(wrong("`commit` is not a full hash in lower-case digits"));
                }
                line("commit", commit)?;
                line("plan", &plan.to_string())?;
            }
            StatementSubject::Artifact(digest) => line("artifact", &digest.to_string())?,
        }
        line("by", &self.by)?;
        if let Some(role) = &self.role {
            line("role", role)?;
        }
        line("at", &self.at.to_string())?;
        if let Some(expires) = &self.expires {
            line("expires", &expires.to_string())?;
        }
        Ok(text)
    }

    /// Reads a text that [`Statement::to_text`] writes, and no other.
    ///
    /// # Errors
    ///
    /// `limit.size` above [`limits::STATEMENT_BYTES`], `approval.statement` with the line for anything
    /// that is not exactly such a text.
    pub fn parse(text: &[u8]) -> Result<Self> {
        if text.len() > limits::STATEMENT_BYTES {
            let message = format!("the statement is larger than {} bytes", limits::STATEMENT_BYTES);
            return Err(Error::new(Code::LimitSize, message));
        }
        let text = std::str::from_utf8(text).map_err(|_| wrong("the statement is not UTF-8"))?;
        let mut fields = Fields { rest: text, line: 0 };
        if fields.line()? != TITLE {
            return Err(fields.wrong(format!("expected the line `{TITLE}`")));
        }
        let statement = Self {
            ledger: fields.take("ledger")?.to_owned(),
            charter: fields.digest("charter")?,
            track: fields.take("track")?.to_owned(),
            stage: fields.take("stage")?.to_owned(),
            asset: fields.take("asset")?.to_owned(),
            subject: fields.subject()?,
            by: fields.take("by")?.to_owned(),
            role: fields.take_if("role")?.map(str::to_owned),
            at: fields.instant("at")?,
            expires: if fields.is_next("expires") {
                Some(fields.instant("expires")?)
            } else {
                None
            },
        };
        if !fields.rest.is_empty() {
            return Err(fields.wrong("expected nothing more"));
        }
        // Whatever could be written in two ways is refused here.
        if statement.to_text()? != text {
            return Err(wrong("the statement is not written in its one form"));
        }
        Ok(statement)
    }
}

fn is_commit(commit: &str) -> bool {
    matches!(commit.len(), 40 | 64)
        && commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Walks through the lines.
struct Fields<'a> {
    rest: &'a str,
    line: u32,
}

impl<'a> Fields<'a> {
    fn line(&mut self) -> Result<&'a str> {
        self.line = self.line.saturating_add(1);
        let (line, rest) = self
            .rest
            .split_once('\n')
            .ok_or_else(|| self.wrong("the statement ends before its last line does"))?;
        self.rest = rest;
        Ok(line)
    }

    /// Whether the next line is this field's.
    fn is_next(&self, name: &str) -> bool {
        self.rest.strip_prefix(name).is_some_and(|rest| rest.starts_with(": "))
    }

    fn take(&mut self, name: &str) -> Result<&'a str> {
        let line = self.line()?;
        line.strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(": "))
            .ok_or_else(|| self.wrong(format!("expected `{name}: ` and a value")))
    }

    fn take_if(&mut self, name: &str) -> Result<Option<&'a str>> {
        if self.is_next(name) { self.take(name).map(Some) } else { Ok(None) }
    }

    fn digest(&mut self, name: &str) -> Result<Digest> {
        let digest = self.take(name)?.parse();
        digest.map_err(|_| self.wrong(format!("`{name}` is not a digest")))
    }

    fn instant(&mut self, name: &str) -> Result<Instant> {
        let instant = Instant::from_shortest(self.take(name)?);
        instant.ok_or_else(|| self.wrong(format!("`{name}` is not an instant in UTC")))
    }

    fn subject(&mut self) -> Result<StatementSubject> {
        if self.is_next("artifact") {
            return self.digest("artifact").map(StatementSubject::Artifact);
        }
        let commit = self.take("commit")?.to_owned();
        Ok(StatementSubject::Change { commit, plan: self.digest("plan")? })
    }

    fn wrong(&self, message: impl Into<String>) -> Error {
        wrong(message).at_position(Position { line: self.line.max(1), column: 1 })
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(Code::ApprovalStatement, message)
}
