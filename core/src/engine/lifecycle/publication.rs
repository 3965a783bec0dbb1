//! The ceremony of publication, and what may be done in an emergency.

use super::{
    Taking,
    consent::{Consented, explained},
    standing::owes_for_emergency,
};
use crate::{
    charter::{ApprovalRule, EmergencyRule, PublicationRule},
    engine::{Engine, checks, codes, findings::CheckFindings},
    model::{
        About, ConsentPurpose, Emergency, ExceptionCase, LifecycleState, Publication, Retirement,
    },
    state::LifecycleRecord,
};

impl Engine {
    /// What is published was consented to, and every gate has passed, the signature before the provenance
    /// (R237, R238).
    pub(super) fn publication(
        &self,
        taking: &Taking<'_>,
        record: &LifecycleRecord,
        publication: &Publication,
        findings: &mut CheckFindings<'_>,
    ) {
        let lifecycle = taking.lifecycle;
        let review = &lifecycle.approve;
        let emergency = lifecycle.emergency.as_ref();
        let (approvals, purpose, gates): (&[ApprovalRule], _, &[String]) =
            match &publication.emergency {
                None => {
                    let purpose: Consented = ConsentPurpose::Review.into();
                    (&review.approvals, purpose, &review.gates)
                }
                Some(Emergency::Patch(_)) => {
                    self.mends(taking, record, findings);
                    let Some(patch) = emergency.and_then(|rule| rule.patch.as_ref()) else {
                        return not_offered("patch", findings);
                    };
                    (&patch.approvals, ConsentPurpose::Patch.into(), &patch.gates)
                }
                Some(Emergency::Exception(case)) => {
                    self.supersedes(taking, record, findings);
                    let Some(approvals) = self.exception(taking, case, findings) else { return };
                    let gates = emergency.and_then(|rule| rule.exception.as_ref());
                    (approvals, case.into(), gates.map_or(&[], |rule| &rule.gates))
                }
            };
        self.consented(taking, record, (approvals, purpose), findings);
        let more = lifecycle.publish.gates.iter().filter(|gate| !gates.contains(gate));
        self.gates(taking, gates.iter().chain(more), findings);
        ceremony(taking, &lifecycle.publish, findings);
    }

    /// Every gate has passing, fresh evidence about the artifact.
    pub(super) fn gates<'g>(
        &self,
        taking: &Taking<'_>,
        gates: impl Iterator<Item = &'g String>,
        findings: &mut CheckFindings<'_>,
    ) {
        let about = About::Artifact(taking.step.digest);
        for gate in gates.filter_map(|name| self.charter.gate(name)) {
            let subject = (gate, Some(about.clone()));
            checks::gate(self, taking.state, subject, (taking.fact.at, None), findings);
        }
    }

    /// A patch mends what was published and is still in use.
    fn mends(
        &self,
        taking: &Taking<'_>,
        record: &LifecycleRecord,
        findings: &mut CheckFindings<'_>,
    ) {
        let mended = record.manifest.fixes.and_then(|fixes| taking.artifact(fixes));
        if !mended.is_some_and(is_in_use) {
            findings.fail(
                codes::ARTIFACT_FIXES,
                None,
                "a patch mends a version that is published or deprecated, and this one names none",
                "name it under the manifest's `fixes`",
            );
        }
    }

    /// An exception takes the place of what was published and is still in use. It is another artifact, never
    /// the same one altered.
    fn supersedes(
        &self,
        taking: &Taking<'_>,
        record: &LifecycleRecord,
        findings: &mut CheckFindings<'_>,
    ) {
        let previous = record.manifest.previous.and_then(|previous| taking.artifact(previous));
        if !previous.is_some_and(is_in_use) {
            findings.fail(
                codes::ARTIFACT_PREVIOUS,
                None,
                "an exception takes the place of a version that is published or deprecated",
                "name it under the manifest's `previous`",
            );
        }
    }

    /// The approvals that an exception needs, where it is offered and everything is explained (R339 to R342).
    fn exception<'a>(
        &self,
        taking: &Taking<'a>,
        case: &ExceptionCase,
        findings: &mut CheckFindings<'_>,
    ) -> Option<&'a [ApprovalRule]> {
        explained(case, findings);
        if owes_for_emergency(self, taking.state, taking.lifecycle, taking.now) {
            findings.fail(
                codes::ARTIFACT_OVERDUE,
                None,
                "an earlier emergency still owes evidence that is overdue",
                "record that evidence first",
            );
        }
        let offered = taking.lifecycle.exception(&case.reason);
        if offered.is_none() {
            not_offered("exception", findings);
        }
        offered.map(|offered| offered.approvals.as_slice())
    }

    /// What is retired at once has a successor that can be used, and enough people consented (R325, R327).
    pub(super) fn retirement(
        &self,
        taking: &Taking<'_>,
        record: &LifecycleRecord,
        retirement: &Retirement,
        findings: &mut CheckFindings<'_>,
    ) {
        match retirement.successor {
            Some(successor) => self.succeeds(taking, successor, findings),
            None if retirement.forced => findings.fail(
                codes::ARTIFACT_SUCCESSOR,
                None,
                "what is retired at once needs a successor, and none is named",
                "name a published artifact of the asset that can be used in its place",
            ),
            None => {}
        }
        if !retirement.forced {
            return;
        }
        let rule = |emergency: &'_ EmergencyRule| emergency.retirement.clone();
        match taking.lifecycle.emergency.as_ref().and_then(rule) {
            None => not_offered("retirement", findings),
            Some(rule) => {
                let rules = (rule.approvals.as_slice(), ConsentPurpose::Retirement.into());
                self.consented(taking, record, rules, findings);
            }
        }
    }
}

fn is_in_use(record: &LifecycleRecord) -> bool {
    matches!(record.state, LifecycleState::Published | LifecycleState::Deprecated)
}

fn not_offered(what: &str, findings: &mut CheckFindings<'_>) {
    findings.fail(
        codes::ARTIFACT_EMERGENCY,
        Some(what),
        "the lifecycle does not offer this, or not for that reason",
        "go through the states one after the other, or ask for what its `emergency` offers",
    );
}

/// The provenance is attested of what was signed already.
fn ceremony(taking: &Taking<'_>, rule: &PublicationRule, findings: &mut CheckFindings<'_>) {
    let about = About::Artifact(taking.step.digest);
    let newest = |gate: &str| taking.state.newest_evidence(gate, &about);
    if let (Some(signature), Some(provenance)) = (newest(&rule.signature), newest(&rule.provenance))
        && provenance <= signature
    {
        findings.fail(
            codes::ARTIFACT_CEREMONY,
            None,
            "the provenance was recorded before the signature",
            "record the provenance once the artifact is signed",
        );
    }
}
