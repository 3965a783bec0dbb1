//! What a host asks: an actor, an action, a subject, a target stage, an instant.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Plan;
use crate::{
    digest::Digest,
    error::Result,
    identity::Credential,
    secrets::{self, Masked},
    time::Instant,
};

/// A question to the engine.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// Names the request once and for all; a repeat with the same id and content gets the first answer.
    pub id: String,
    /// The instant of asking, as the host's clock says.
    pub at: Instant,
    /// What is to be done.
    pub action: Action,
    /// Who asks.
    pub actor: Actor,
    /// From where.
    pub channel: Channel,
    /// The track, where more than one has the stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// The stage that is to be changed or entered, by its name or an alias.
    pub stage: String,
    /// The name of the asset: the stack, image, model or dataset.
    pub asset: String,
    /// The place that is to be changed; must be the stage's own.
    #[serde(default)]
    pub target: Target,
    /// The change or the artifact in question.
    pub subject: Subject,
    /// Why (R186).
    pub reason: String,
    /// The run of the pipeline that asks, for cross-reference (R372).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The break-glass grant that is used: the hash of the entry that opened it (R309).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<Digest>,
    /// How much of the traffic the new revision is to get, in percent; for the action `shift` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traffic: Option<u8>,
    /// The lineage that the stage goes back to if this fails (R168).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<String>,
    /// The files that the change touches, by their paths in the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<String>>,
    /// The annotated tag that the change comes from, as `git cat-file tag NAME` prints it (R166).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The signature of the person who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// The token that shows who asks. It does not travel inside the request's JSON.
    #[serde(skip)]
    pub credential: Option<Credential>,
    /// The plan, as [`intake`](crate::intake) read it; it may be large, and is shared. It does not travel inside the
    /// request's JSON.
    #[serde(skip)]
    pub plan: Option<Arc<Plan>>,
}

impl Request {
    /// A request from a person's machine, without a reason: `channel` and `reason` are for the host to fill in, as is
    /// whatever else there is to say.
    ///
    /// ```
    /// use poundlock::model::{Action, Actor, Change, Channel, Request};
    ///
    /// let change = Change::new("4f9c1d2e3b5a69788796a5b4c3d2e1f001122334", "refs/heads/main", "alice");
    /// let at = "2026-03-02T09:00:00Z".parse()?;
    /// let mut request = Request::new("run-1", at, Action::Plan, Actor::workload("ci"), "dev", "web", change);
    /// request.channel = Channel::Ci;
    /// request.reason = "keep the logs".into();
    /// # Ok::<(), poundlock::Error>(())
    /// ```
    pub fn new(
        id: impl Into<String>,
        at: Instant,
        action: Action,
        actor: Actor,
        stage: impl Into<String>,
        asset: impl Into<String>,
        subject: impl Into<Subject>,
    ) -> Self {
        Self {
            id: id.into(),
            at,
            action,
            actor,
            channel: Channel::Local,
            track: None,
            stage: stage.into(),
            asset: asset.into(),
            target: Target::default(),
            subject: subject.into(),
            reason: String::new(),
            run: None,
            grant: None,
            traffic: None,
            rollback: None,
            paths: None,
            tag: None,
            signature: None,
            credential: None,
            plan: None,
        }
    }

    /// What the request is about: all of its JSON but its instant, claims and signature.
    pub(crate) fn content(&self) -> impl Serialize {
        let Self {
            id,
            at: _,
            action,
            actor: Actor { kind, id: actor, claims: _ },
            channel,
            track,
            stage,
            asset,
            target,
            subject,
            reason,
            run,
            grant,
            traffic,
            rollback,
            paths,
            tag,
            signature: _,
            credential: _,
            plan: _,
        } = self;
        Content {
            id,
            at: Instant::EPOCH,
            action: *action,
            actor: ContentActor { kind: *kind, id: actor },
            channel: *channel,
            track: track.as_deref(),
            stage,
            asset,
            target,
            subject,
            reason,
            run: run.as_deref(),
            grant: *grant,
            traffic: *traffic,
            rollback: rollback.as_deref(),
            paths: paths.as_deref(),
            tag: tag.as_deref(),
        }
    }

    /// The request with marks in the place of what looks like a secret.
    ///
    /// # Errors
    ///
    /// Those of [`secrets::mask`].
    pub(crate) fn masked(&self) -> Result<Masked<'_, Self>> {
        let mut masked = secrets::mask(self)?;
        if let Cow::Owned(request) = &mut masked.what {
            request.credential.clone_from(&self.credential);
            request.plan.clone_from(&self.plan);
        }
        Ok(masked)
    }

    /// Hands in the plan, and names it as the change's own.
    pub fn attach(&mut self, plan: impl Into<Arc<Plan>>) {
        let plan = plan.into();
        if let Subject::Change(change) = &mut self.subject {
            change.plan = Some(plan.digest);
        }
        self.plan = Some(plan);
    }
}

/// A [`Request`] in its own form, without claims and signature, as if it had been asked at the epoch.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'a> {
    id: &'a str,
    at: Instant,
    action: Action,
    actor: ContentActor<'a>,
    channel: Channel,
    #[serde(skip_serializing_if = "Option::is_none")]
    track: Option<&'a str>,
    stage: &'a str,
    asset: &'a str,
    target: &'a Target,
    subject: &'a Subject,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traffic: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rollback: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paths: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<&'a str>,
}

#[derive(Serialize)]
struct ContentActor<'a> {
    kind: ActorKind,
    id: &'a str,
}

/// A person's signature over what they ask or record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Signature {
    /// When the person signed, as the signed statement says.
    pub at: Instant,
    /// What `ssh-keygen -Y sign` writes, or a DSSE envelope in JSON.
    pub text: String,
}

/// What is to be done.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Propose a change to a stage; nothing is altered.
    Plan,
    /// Carry out a change that was planned before, as a request of its own (R051).
    Apply,
    /// Let a lineage enter a stage from the one before it.
    Promote,
    /// Bring a stage back to the last lineage that is known to be good (R468, R480).
    Rollback,
    /// Give the new revision more of the traffic (R476).
    Shift,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] =
        [Self::Plan, Self::Apply, Self::Promote, Self::Rollback, Self::Shift];

    /// The word for the action.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Apply => "apply",
            Self::Promote => "promote",
            Self::Rollback => "rollback",
            Self::Shift => "shift",
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Actor {
    /// A person or a workload.
    pub kind: ActorKind,
    /// The name that the charter declares it under.
    pub id: String,
    /// What the host knows about it, such as `repository` or `environment`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, String>,
}

impl Actor {
    /// A service account, CI job or controller, without claims.
    pub fn workload(id: impl Into<String>) -> Self {
        Self { kind: ActorKind::Workload, id: id.into(), claims: BTreeMap::new() }
    }

    /// A person, without claims.
    pub fn human(id: impl Into<String>) -> Self {
        Self { kind: ActorKind::Human, id: id.into(), claims: BTreeMap::new() }
    }
}

/// Whether an actor is a person.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ActorKind {
    /// A person.
    Human,
    /// A service account, CI job or controller.
    Workload,
}

impl ActorKind {
    /// The word for the kind.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Workload => "workload",
        }
    }
}

/// From where a request comes (R050, R082).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A continuous integration run.
    Ci,
    /// A controller that reconciles declared state.
    Controller,
    /// A person's machine.
    Local,
}

impl Channel {
    /// The word for the channel.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ci => "ci",
            Self::Controller => "controller",
            Self::Local => "local",
        }
    }
}

/// The place that a request is about to change. Each part must equal the stage's where the stage declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Target {
    /// The stack or workspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// The cloud project or account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The state backend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// A proposed alteration, whose lineage is its commit.
    Change(Change),
    /// Content, whose lineage is its digest.
    Artifact(Artifact),
}

/// A proposed alteration, named by commit and plan digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Change {
    /// The commit's full hash, 40 or 64 hexadecimal digits (R043).
    pub commit: String,
    /// The full name of the ref that the commit was taken from, such as `refs/heads/main`.
    #[serde(rename = "ref")]
    pub git_ref: String,
    /// The person who wrote the change, who may not approve it.
    pub author: String,
    /// The digest of the plan; filled in from the plan where one is handed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Digest>,
}

impl Change {
    /// A change whose plan is not named yet.
    pub fn new(
        commit: impl Into<String>,
        git_ref: impl Into<String>,
        author: impl Into<String>,
    ) -> Self {
        Self { commit: commit.into(), git_ref: git_ref.into(), author: author.into(), plan: None }
    }
}

impl From<Change> for Subject {
    fn from(change: Change) -> Self {
        Self::Change(change)
    }
}

impl From<Artifact> for Subject {
    fn from(artifact: Artifact) -> Self {
        Self::Artifact(artifact)
    }
}

/// Content, named by its digest and never by a tag (R151).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Artifact {
    /// The digest of the content.
    pub digest: Digest,
    /// The person who made it, who may not approve it.
    pub author: String,
    /// The commit that it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The full name of the ref that it was built from.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
}

impl Subject {
    /// What stays the same from stage to stage: a change's commit, an artifact's digest.
    pub fn lineage(&self) -> String {
        match self {
            Self::Change(change) => change.commit.clone(),
            Self::Artifact(artifact) => artifact.digest.to_string(),
        }
    }

    /// The digest that approvals and permits bind: of this stage's plan, or of the artifact.
    pub fn digest(&self) -> Option<Digest> {
        match self {
            Self::Change(change) => change.plan,
            Self::Artifact(artifact) => Some(artifact.digest),
        }
    }

    /// The person who made it.
    pub fn author(&self) -> &str {
        match self {
            Self::Change(change) => &change.author,
            Self::Artifact(artifact) => &artifact.author,
        }
    }

    /// The ref that it comes from.
    pub fn git_ref(&self) -> Option<&str> {
        match self {
            Self::Change(change) => Some(&change.git_ref),
            Self::Artifact(artifact) => artifact.git_ref.as_deref(),
        }
    }

    /// The commit that it comes from.
    pub fn commit(&self) -> Option<&str> {
        match self {
            Self::Change(change) => Some(&change.commit),
            Self::Artifact(artifact) => artifact.commit.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{canonical, value::Value};

    /// A request's content has the request's own form, so that its digest can be computed from the JSON alone.
    #[test]
    fn content_is_the_request_without_its_instant_claims_and_signature() {
        let text = |at: &str, claims: &str, signature: &str| {
            let digest = format!("sha256:{}", "1f".repeat(32));
            format!(
                r#"{{"id": "run-1", "at": "{at}", "action": "apply", "actor": {{"kind": "human", "id": "anna"{claims}}},
                "channel": "ci", "track": "t", "stage": "dev", "asset": "web", "target": {{"stack": "web-dev"}},
                "subject": {{"change": {{"commit": "4f", "ref": "refs/heads/main", "author": "bo", "plan": "{digest}"}}}},
                "reason": "more", "run": "17", "grant": "{digest}", "traffic": 20, "rollback": "4e",
                "paths": ["a"], "tag": "v1"{signature}}}"#
            )
        };
        let read = |text: String| -> Request {
            Value::parse_json(text.as_bytes()).unwrap().deserialize().unwrap()
        };
        let at = "2026-03-02T09:00:00Z";
        let signature = format!(r#", "signature": {{"at": "{at}", "text": "x"}}"#);
        let whole = read(text(at, r#", "claims": {"team": "a"}"#, &signature));
        let bare = read(text("1970-01-01T00:00:00Z", "", ""));
        assert_eq!(
            canonical::to_bytes(&whole.content()).unwrap(),
            canonical::to_bytes(&bare).unwrap()
        );
        let least = Request::new(
            "1",
            Instant::EPOCH,
            Action::Plan,
            Actor::workload("ci"),
            "dev",
            "web",
            Change::new("4f", "main", "bo"),
        );
        assert_eq!(
            canonical::to_bytes(&least.content()).unwrap(),
            canonical::to_bytes(&least).unwrap()
        );
    }
}
