//! Exceptions: waivers of single policies, and break-glass grants. Both turn failures into `overridden`
//! and are visible in whatever they touch; neither makes anything pass.

use super::{Context, Place};
use crate::{
    charter::{BreakGlass, Waiver},
    digest::Digest,
    engine::{
        codes,
        findings::{CheckFindings, Findings},
    },
    model::{Check, Finding, Obligation, Outcome},
    state::GrantRecord,
    time::Instant,
};

/// Applies the charter's waivers, and gives the names of those that overrode something.
pub(super) fn waive(
    context: &Context<'_>,
    place: &Place<'_>,
    findings: &mut Findings,
) -> Vec<String> {
    let waivers = &context.engine.charter().document().waivers;
    if waivers.is_empty() {
        return Vec::new();
    }
    let now = context.now();
    let covers = |waiver: &Waiver, finding: &Finding| {
        finding.subject.as_ref() == Some(&waiver.policy)
            && finding.resource.as_ref() == Some(&waiver.resource)
            && waiver.track == place.site.track
            && waiver.stages.contains(&place.site.stage)
    };
    let mut applied = Vec::new();
    for finding in findings.denying().filter(|finding| finding.check == Check::Policies) {
        let Some(waiver) = waivers.iter().find(|waiver| covers(waiver, finding)) else { continue };
        let Waiver { waiver: name, owner, expires, .. } = waiver;
        if now < *expires {
            finding.outcome = Outcome::Overridden;
            finding.message.push_str(&format!("; waived by `{name}` of {owner} until {expires}"));
            if !applied.contains(name) {
                applied.push(name.clone());
            }
        } else {
            finding
                .message
                .push_str(&format!("; the waiver `{name}` of {owner} ended at {expires}"));
        }
    }
    applied
}

/// What a break-glass grant came to.
#[derive(Default)]
pub(in crate::engine) struct Override {
    /// The grant, where it overrode something.
    pub(in crate::engine) grant: Option<Digest>,
    pub(in crate::engine) obligation: Option<Obligation>,
}

/// Applies the grant that the request names, if it covers the request.
pub(super) fn break_glass(
    context: &Context<'_>,
    place: &Place<'_>,
    spends: &[Digest],
    findings: &mut Findings,
) -> Override {
    let Some(entry) = &context.request.grant else { return Override::default() };
    let Some((grant, rules)) = live(context, place, entry, &mut findings.check(Check::Grant))
    else {
        return Override::default();
    };
    let overrides = rules.reason(&grant.reason).map_or(&[][..], |reason| &reason.overrides);
    // What rests on a promotion that the grant let pass uses the grant as well.
    let mut used = spends.iter().any(|spent| {
        context.state.permits.get(spent).is_some_and(|record| record.permit.grant == Some(*entry))
    });
    for finding in findings.denying() {
        if overrides.contains(&finding.check) && is_overridable(finding) {
            finding.outcome = Outcome::Overridden;
            finding.message.push_str("; overridden by the break-glass grant");
            used = true;
        }
    }
    let message = if used {
        "a live grant covers the request"
    } else {
        "a live grant, of which nothing was needed"
    };
    findings.check(Check::Grant).pass(codes::GRANT_OK, None, message);
    if !used {
        return Override::default();
    }
    let obligation = Obligation {
        kind: "post-mortem".to_owned(),
        subject: entry.to_string(),
        resource: None,
        due: Some(grant.terms.due),
    };
    Override { grant: Some(*entry), obligation: Some(obligation) }
}

/// Among the checks that a grant can override, what it can: of identity only that it is this actor's to do and
/// not who the actor is; and neither whether an earlier act has ended, nor what there is no rule for, nor traffic
/// for what was never deployed, nor that content is in quarantine or would take the place of other content.
fn is_overridable(finding: &Finding) -> bool {
    let code = finding.code.as_str();
    if finding.check == Check::Identity {
        return [codes::IDENTITY_HUMAN, codes::IDENTITY_NOT_GRANTED].contains(&code);
    }
    let never = [
        codes::BOUNDARY_PENDING,
        codes::BOUNDARY_NOT_OFFERED,
        codes::ROLLOUT_OTHER,
        codes::ZONE_QUARANTINED,
        codes::ZONE_OVERWRITE,
        codes::POLICY_NONE,
        codes::OBLIGATION_TOO_MANY,
    ];
    !never.contains(&code)
}

/// The grant, where it is live and its scope covers actor, action, stage and asset.
fn live<'a>(
    context: &Context<'a>,
    place: &Place<'_>,
    entry: &Digest,
    findings: &mut CheckFindings<'_>,
) -> Option<(&'a GrantRecord, &'a BreakGlass)> {
    let rules = context.engine.charter().document().break_glass.as_ref();
    let grant =
        context.state.grants.get(entry).filter(|grant| grant.law == context.engine.law().digest);
    let Some((grant, rules)) = grant.zip(rules) else {
        findings.fail(
            codes::GRANT_UNKNOWN,
            None,
            "no grant of that hash was opened under the charter in force",
            "give the hash of the entry that opened the grant",
        );
        return None;
    };
    if let Some(why) = grant.fault(context.now()) {
        findings.fail(codes::GRANT_ENDED, None, why, "ask for another grant if there is need");
        return None;
    }
    let (request, scope) = (context.request, &grant.scope);
    let parts = [
        ("actor", scope.actors.contains(&request.actor.id)),
        ("action", scope.actions.contains(&request.action)),
        ("track", scope.track == place.site.track),
        ("stage", scope.stages.contains(&place.site.stage)),
        ("asset", scope.assets.contains(&place.site.asset)),
    ];
    let mut covered = true;
    let author = request.subject.author();
    if grant.approvers.contains(author) {
        covered = false;
        findings.fail(
            codes::GRANT_APPROVER,
            Some(author),
            "the author of the change consented to the grant",
            "let a grant be approved by people who did not write what it is used for",
        );
    }
    for (part, _) in parts.iter().filter(|(_, covers)| !covers) {
        covered = false;
        findings.fail(
            codes::GRANT_SCOPE,
            Some(part),
            format!("the grant does not cover the {part}"),
            "stay within the grant's scope, or ask for another grant",
        );
    }
    covered.then_some((grant, rules))
}

impl GrantRecord {
    /// Why the grant cannot be used at an instant, if it cannot: the one place that says so (R309).
    fn fault(&self, at: Instant) -> Option<String> {
        if let Some(closed) = self.closed {
            Some(format!("the grant was closed at {closed}"))
        } else if at > self.terms.expires {
            Some(format!("the grant ended at {}", self.terms.expires))
        } else if self.used >= self.terms.uses {
            Some(format!("the grant was used {} times, which is as often as it can be", self.used))
        } else {
            None
        }
    }
}
