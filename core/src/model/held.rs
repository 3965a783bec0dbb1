//! Whether a permit is for what the applying side is about to do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, Permit};
use crate::{digest::Digest, time::Instant};

/// What the side that is about to act holds and knows; what is absent is not compared. Only the digest
/// ties a permit to what is applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Held {
    /// The digest of the plan or artifact that is at hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// What is about to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Who is about to do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The run of the pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The track.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// The stage that is about to be changed, by its name and not an alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The name of the asset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<String>,
    /// The commit, or the artifact's digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lineage: Option<String>,
}

impl Permit {
    /// What the permit says otherwise than the side that holds it, by the names of its fields; `expires`
    /// where it is worth nothing any more. Nothing means that it is for this very act, unless it was spent
    /// or withdrawn: that only the ledger knows.
    ///
    /// ```
    /// use poundlock::{digest::Digest, model::{Action, Held, Permit}};
    ///
    /// let permit = Permit {
    ///     origin: "acme/2026".into(),
    ///     action: Action::Apply,
    ///     actor: "deployer".into(),
    ///     run: None,
    ///     track: "infrastructure".into(),
    ///     stage: "prod".into(),
    ///     asset: "web".into(),
    ///     lineage: "4f9c1d2e3b5a69788796a5b4c3d2e1f001122334".into(),
    ///     digest: Digest::of(b"the plan"),
    ///     traffic: None,
    ///     grant: None,
    ///     expires: "2026-03-02T10:00:00Z".parse()?,
    /// };
    /// let held = Held { digest: Some(Digest::of(b"the plan")), ..Held::default() };
    /// assert!(permit.contradictions(&held, "2026-03-02T10:00:00Z".parse()?).is_empty());
    ///
    /// let other = Held { digest: Some(Digest::of(b"another")), ..held };
    /// let late = "2026-03-02T10:00:01Z".parse()?;
    /// assert_eq!(permit.contradictions(&other, late), ["digest", "expires"]);
    /// # Ok::<(), poundlock::Error>(())
    /// ```
    pub fn contradictions(&self, held: &Held, at: Instant) -> Vec<&'static str> {
        fn differs<T: PartialEq>(held: Option<&T>, permitted: Option<&T>) -> bool {
            held.is_some() && held != permitted
        }
        let Held { digest, action, actor, run, track, stage, asset, lineage } = held;
        let fields = [
            ("digest", differs(digest.as_ref(), Some(&self.digest))),
            ("action", differs(action.as_ref(), Some(&self.action))),
            ("actor", differs(actor.as_ref(), Some(&self.actor))),
            ("run", differs(run.as_ref(), self.run.as_ref())),
            ("track", differs(track.as_ref(), Some(&self.track))),
            ("stage", differs(stage.as_ref(), Some(&self.stage))),
            ("asset", differs(asset.as_ref(), Some(&self.asset))),
            ("lineage", differs(lineage.as_ref(), Some(&self.lineage))),
            ("expires", at > self.expires),
        ];
        fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }
}
