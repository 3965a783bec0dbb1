//! Lifecycles: how artifacts come to be published, who may do what with them, and what is done in an
//! emergency (R234 to R243, R320 to R328).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ApprovalRule, Delegation, GateAbout, Moves, Track, check::Checker};
use crate::{
    error::{Code, Result},
    model::{ArtifactConsent, ConsentPurpose, LifecycleOperation},
    time::Duration,
};

/// How artifacts live, from draft to archive.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lifecycle {
    /// The lifecycle's name, which no track has.
    pub lifecycle: String,
    /// The assets whose artifacts it is for, by name; absent means any.
    #[serde(default)]
    pub assets: Option<Vec<String>>,
    /// The labels that every manifest has, none of them empty (R195, R507).
    #[serde(default)]
    pub labels: Vec<String>,
    /// The content that every manifest names (R207 to R214).
    #[serde(default)]
    pub contents: Vec<String>,
    /// Who may do what.
    pub grants: LifecycleGrants,
    /// Who alone may read what is retired, archived or in quarantine (R242, R243).
    #[serde(default)]
    pub compliance: Vec<String>,
    /// What it takes to be approved.
    pub approve: ReviewRule,
    /// What it takes, besides, to be published.
    pub publish: PublicationRule,
    /// The evidence that is owed after publication (R239); what is overdue denies use.
    #[serde(default)]
    pub published: Option<EvidenceOwed>,
    /// What may be done in an emergency; absent means nothing.
    #[serde(default)]
    pub emergency: Option<EmergencyRule>,
    /// The actors that record integrity checks (R407).
    #[serde(default)]
    pub monitors: Vec<String>,
}

/// Who may do what with the artifacts of a lifecycle. Who consents, the rules for approvals say.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LifecycleGrants {
    /// The actors that may begin a draft.
    pub create: Vec<String>,
    /// The actors that may replace a draft.
    pub update: Vec<String>,
    /// The actors that may delete a draft.
    pub delete: Vec<String>,
    /// The actors that may hand a draft in for review.
    pub submit: Vec<String>,
    /// The actors that may make it a draft again.
    pub reject: Vec<String>,
    /// The actors that may publish.
    pub publish: Vec<String>,
    /// The actors that may deprecate.
    pub deprecate: Vec<String>,
    /// The actors that may retire.
    pub retire: Vec<String>,
    /// The actors that may archive.
    pub archive: Vec<String>,
    /// The actors that may use what is published.
    #[serde(rename = "use")]
    pub uses: Vec<String>,
    /// The actors that may read.
    pub read: Vec<String>,
    /// The actors that may note something.
    pub annotate: Vec<String>,
    /// The actors that may take something out of quarantine.
    pub reinstate: Vec<String>,
}

impl LifecycleGrants {
    /// The actors that may do something; none for a consent, which is for people by their roles.
    pub fn of(&self, operation: &LifecycleOperation) -> Option<&[String]> {
        Some(match operation {
            LifecycleOperation::Create(_) => &self.create,
            LifecycleOperation::Update(_) => &self.update,
            LifecycleOperation::Delete(_) => &self.delete,
            LifecycleOperation::Submit(_) => &self.submit,
            LifecycleOperation::Approve(_) => return None,
            LifecycleOperation::Reject(_) => &self.reject,
            LifecycleOperation::Publish(_) => &self.publish,
            LifecycleOperation::Deprecate(_) => &self.deprecate,
            LifecycleOperation::Retire(_) => &self.retire,
            LifecycleOperation::Archive(_) => &self.archive,
            LifecycleOperation::Use(_) => &self.uses,
            LifecycleOperation::Read(_) => &self.read,
            LifecycleOperation::Annotate(_) => &self.annotate,
            LifecycleOperation::Reinstate(_) => &self.reinstate,
        })
    }

    /// The actors of the list that has a name.
    pub(crate) fn named(&self, name: &str) -> Option<&[String]> {
        self.lists().into_iter().find(|(list, _)| *list == name).map(|(_, actors)| actors)
    }

    fn lists(&self) -> [(&'static str, &[String]); 13] {
        [
            ("create", &self.create),
            ("update", &self.update),
            ("delete", &self.delete),
            ("submit", &self.submit),
            ("reject", &self.reject),
            ("publish", &self.publish),
            ("deprecate", &self.deprecate),
            ("retire", &self.retire),
            ("archive", &self.archive),
            ("use", &self.uses),
            ("read", &self.read),
            ("annotate", &self.annotate),
            ("reinstate", &self.reinstate),
        ]
    }
}

/// What it takes to go on: consents and evidence about the artifact.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewRule {
    /// The approvals that are needed, none of them by an author.
    pub approvals: Vec<ApprovalRule>,
    /// The gates that must be satisfied.
    #[serde(default)]
    pub gates: Vec<String>,
}

/// What it takes to be published (R221, R237, R238).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublicationRule {
    /// The gates that must be satisfied.
    pub gates: Vec<String>,
    /// Which of them is the signature.
    pub signature: String,
    /// Which of them is the provenance, whose evidence comes after the signature's.
    pub provenance: String,
}

/// Evidence that is owed after something was done.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EvidenceOwed {
    /// The gates that must be satisfied, by evidence that was produced afterwards.
    pub gates: Vec<String>,
    /// How long afterwards.
    pub within: Duration,
}

/// What may be done in an emergency. What is left out is not offered.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EmergencyRule {
    /// What it takes to publish in haste what mends something, in place of `approve` (R320).
    pub patch: Option<ReviewRule>,
    /// What it takes to publish something in another's place (R321 to R324).
    pub exception: Option<ExceptionRule>,
    /// What it takes to retire something at once (R325 to R328).
    pub retirement: Option<RetirementRule>,
    /// Who may consent in another's place, and until when (R335).
    pub delegations: Vec<Delegation>,
}

/// What it takes to publish something in another's place.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionRule {
    /// The reasons that count, with the approvals that each needs (R335 to R338).
    pub reasons: Vec<ExceptionReason>,
    /// The gates that must be satisfied, in place of those of `approve`.
    #[serde(default)]
    pub gates: Vec<String>,
    /// The evidence that is owed afterwards: that those concerned were told, and that it was written up
    /// (R322, R324). While any is overdue there is no other exception.
    pub notify: EvidenceOwed,
}

/// A reason for an exception.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionReason {
    /// The reason's name.
    pub reason: String,
    /// When it applies.
    #[serde(default)]
    pub description: Option<String>,
    /// The approvals that are needed, none of them by an author.
    pub approvals: Vec<ApprovalRule>,
}

/// What it takes to retire something at once.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RetirementRule {
    /// The approvals that are needed, none of them by an author.
    pub approvals: Vec<ApprovalRule>,
    /// The evidence that is owed afterwards: the report of the incident (R328). While any is overdue there
    /// is no exception.
    pub report: EvidenceOwed,
}

impl Lifecycle {
    /// The approvals that a consent may be for, and none where what it is to is not offered.
    pub(crate) fn approvals(&self, consent: &ArtifactConsent) -> &[ApprovalRule] {
        let emergency = self.emergency.as_ref();
        let rules = match consent.to {
            ConsentPurpose::Review => Some(&self.approve.approvals),
            ConsentPurpose::Patch => {
                emergency.and_then(|it| it.patch.as_ref()).map(|it| &it.approvals)
            }
            ConsentPurpose::Exception => consent
                .case
                .as_ref()
                .and_then(|case| self.exception(&case.reason))
                .map(|it| &it.approvals),
            ConsentPurpose::Retirement => {
                emergency.and_then(|it| it.retirement.as_ref()).map(|it| &it.approvals)
            }
        };
        rules.map_or(&[], Vec::as_slice)
    }

    /// What is offered for a reason.
    pub(crate) fn exception(&self, reason: &str) -> Option<&ExceptionReason> {
        let rule = self.emergency.as_ref().and_then(|rule| rule.exception.as_ref())?;
        rule.reasons.iter().find(|offered| offered.reason == reason)
    }

    /// Whether the lifecycle is for an asset.
    pub fn has(&self, asset: &str) -> bool {
        self.assets.as_ref().is_none_or(|assets| assets.iter().any(|name| name == asset))
    }
}

impl Checker<'_> {
    /// The lifecycles: each can be gone through, and what it asks for can be had.
    pub(super) fn lifecycles(&self) -> Result<()> {
        let lifecycles = &self.charter.lifecycles;
        let names = lifecycles.iter().map(|it| it.lifecycle.as_str());
        self.unique("lifecycle", names, |index| format!("/lifecycles/{index}"))?;
        for (index, lifecycle) in lifecycles.iter().enumerate() {
            let place = format!("/lifecycles/{index}");
            if self.charter.tracks.iter().any(|track| track.track == lifecycle.lifecycle) {
                let message = format!("a track is called `{}`, too", lifecycle.lifecycle);
                return Err(self.error(Code::CharterDuplicate, &place, message));
            }
            self.lifecycle(lifecycle, &place)?;
        }
        Ok(())
    }

    fn lifecycle(&self, lifecycle: &Lifecycle, place: &str) -> Result<()> {
        let lists = [
            ("assets", lifecycle.assets.as_deref().unwrap_or_default()),
            ("labels", &lifecycle.labels),
            ("contents", &lifecycle.contents),
        ];
        for (list, names) in lists {
            let names = names.iter().map(String::as_str);
            self.unique("name", names, |index| format!("{place}/{list}/{index}"))?;
        }
        if lifecycle.assets.as_ref().is_some_and(Vec::is_empty) {
            let message = "nothing could live by it; leave `assets` out for any";
            return Err(self.invalid(&format!("{place}/assets"), message));
        }
        for (name, actors) in lifecycle.grants.lists() {
            self.declared(actors, None, &format!("{place}/grants/{name}"))?;
        }
        self.declared(&lifecycle.compliance, None, &format!("{place}/compliance"))?;
        self.declared(&lifecycle.monitors, None, &format!("{place}/monitors"))?;
        let attests = |name: &&String| self.charter.facts.approvals.contains(name);
        if let Some(actor) = lifecycle.grants.publish.iter().find(attests) {
            let message =
                format!("`{actor}` may publish and attest approvals; these are two actors");
            return Err(self.invalid(&format!("{place}/grants/publish"), message));
        }
        self.consent_rule(&lifecycle.approve, &[], &format!("{place}/approve"))?;
        self.publication(&lifecycle.publish, &format!("{place}/publish"))?;
        if let Some(owed) = &lifecycle.published {
            self.owed(owed, &format!("{place}/published"))?;
        }
        match &lifecycle.emergency {
            Some(emergency) => self.emergency(emergency, &format!("{place}/emergency")),
            None => Ok(()),
        }
    }

    fn consent_rule(
        &self,
        rule: &ReviewRule,
        delegations: &[Delegation],
        place: &str,
    ) -> Result<()> {
        if rule.approvals.is_empty() {
            return Err(
                self.invalid(&format!("{place}/approvals"), "nobody's consent is asked for")
            );
        }
        self.consents(&rule.approvals, delegations, place)?;
        self.artifact_gates(&rule.gates, &format!("{place}/gates"))
    }

    fn publication(&self, rule: &PublicationRule, place: &str) -> Result<()> {
        self.artifact_gates(&rule.gates, &format!("{place}/gates"))?;
        for (name, gate) in [("signature", &rule.signature), ("provenance", &rule.provenance)] {
            if !rule.gates.contains(gate) {
                let message = format!("the gate `{gate}` is not among the gates of publication");
                return Err(self.error(
                    Code::CharterUndeclared,
                    &format!("{place}/{name}"),
                    message,
                ));
            }
        }
        if rule.signature == rule.provenance {
            let message = "the signature and the provenance are two gates";
            return Err(self.invalid(&format!("{place}/provenance"), message));
        }
        Ok(())
    }

    fn owed(&self, owed: &EvidenceOwed, place: &str) -> Result<()> {
        if owed.gates.is_empty() || owed.within.as_seconds() == 0 {
            return Err(
                self.invalid(place, "what is owed has gates, and a time in which it is done")
            );
        }
        self.artifact_gates(&owed.gates, &format!("{place}/gates"))
    }

    fn emergency(&self, rule: &EmergencyRule, place: &str) -> Result<()> {
        for (index, delegation) in rule.delegations.iter().enumerate() {
            let pointer = format!("{place}/delegations/{index}");
            self.people(std::slice::from_ref(&delegation.to), &format!("{pointer}/to"))?;
        }
        let delegations = &rule.delegations;
        if let Some(patch) = &rule.patch {
            self.consent_rule(patch, delegations, &format!("{place}/patch"))?;
        }
        if let Some(exception) = &rule.exception {
            let place = format!("{place}/exception");
            let names = exception.reasons.iter().map(|reason| reason.reason.as_str());
            self.unique("reason", names, |index| format!("{place}/reasons/{index}"))?;
            if exception.reasons.is_empty() {
                let message = "no exception could be made; leave `exception` out to say so";
                return Err(self.invalid(&format!("{place}/reasons"), message));
            }
            for (index, reason) in exception.reasons.iter().enumerate() {
                let pointer = format!("{place}/reasons/{index}");
                if reason.approvals.is_empty() {
                    return Err(self.invalid(&pointer, "nobody's consent is asked for"));
                }
                self.consents(&reason.approvals, delegations, &pointer)?;
            }
            self.artifact_gates(&exception.gates, &format!("{place}/gates"))?;
            self.owed(&exception.notify, &format!("{place}/notify"))?;
        }
        if let Some(retirement) = &rule.retirement {
            let place = format!("{place}/retirement");
            if retirement.approvals.is_empty() {
                return Err(self.invalid(&place, "nobody's consent is asked for"));
            }
            self.consents(&retirement.approvals, delegations, &place)?;
            self.owed(&retirement.report, &format!("{place}/report"))?;
        }
        Ok(())
    }

    /// Gates that are about artifacts, each named once.
    fn artifact_gates(&self, gates: &[String], place: &str) -> Result<()> {
        self.unique("gate", gates.iter().map(String::as_str), |index| format!("{place}/{index}"))?;
        for (index, name) in gates.iter().enumerate() {
            let pointer = format!("{place}/{index}");
            if self.gate(name, &pointer)?.about != GateAbout::Artifact {
                let message = format!("the gate `{name}` is not about artifacts");
                return Err(self.invalid(&pointer, message));
            }
        }
        Ok(())
    }

    /// The lifecycle that a track asks its artifacts to have.
    pub(super) fn lifecycle_of(&self, track: &Track, place: &str) -> Result<()> {
        let Some(name) = &track.lifecycle else { return Ok(()) };
        let pointer = format!("{place}/lifecycle");
        if track.moves != Moves::Artifact {
            return Err(self.invalid(&pointer, "only artifacts have a lifecycle"));
        }
        if !self.charter.lifecycles.iter().any(|it| it.lifecycle == *name) {
            let message = format!("the lifecycle `{name}` is not declared");
            return Err(self.error(Code::CharterUndeclared, &pointer, message));
        }
        Ok(())
    }
}
