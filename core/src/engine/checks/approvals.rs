//! With whose consent: enough distinct, eligible people, on this very digest.

use std::collections::BTreeMap;

use super::{Context, Place};
use crate::{
    charter::{ActorDeclaration, ApprovalRule},
    digest::Digest,
    engine::{codes, findings::CheckFindings, matching},
    model::{Action, ActorKind},
    state::ApprovalRecord,
    time::Instant,
};

/// Checks the approvals and gives the hashes of the entries that an allowing decision spends.
pub(super) fn check(
    context: &Context<'_>,
    place: &Place<'_>,
    findings: &mut CheckFindings<'_>,
) -> Vec<Digest> {
    if let Some(promotion) = promotion(context, place) {
        findings.pass(
            codes::APPROVAL_PROMOTED,
            None,
            "a live promotion stands for the approvals that it spent",
        );
        return vec![promotion];
    }
    if place.approvals.is_empty() {
        findings.pass(codes::APPROVAL_NOT_REQUIRED, None, "the boundary asks for no approval");
        return Vec::new();
    }
    let author = context.request.subject.author();
    if context.engine.charter().actor(author).is_none() {
        findings.fail(
            codes::APPROVAL_AUTHOR_UNDECLARED,
            None,
            "the author is not declared, so that an approver may be the author",
            "name the author as the charter's `actors` declare them",
        );
    }
    let slots = matching::slots(place.approvals);
    let at = context.aging();
    // Consent that is old enough goes first: consent beyond what is needed must not make anyone wait.
    let ripe = candidates(
        context,
        place,
        place.delay.map(|delay| context.request.at.saturating_sub(delay)),
    );
    let all = candidates(context, place, None);
    let mut chosen = assign(&slots, &ripe, at);
    if chosen.iter().any(Option::is_none) {
        chosen = assign(&slots, &all, at);
    }
    for rule in place.approvals {
        let given = chosen.iter().flatten().filter(|(role, _)| *role == rule.role).count();
        let wanted = usize::try_from(rule.count).unwrap_or(usize::MAX);
        if given < wanted {
            let needed = format!(
                "approvals by distinct people of the role `{}`: {wanted} needed, {given} found",
                rule.role
            );
            findings.fail(
                codes::APPROVAL_MISSING,
                Some(&rule.role),
                match own(context, place) {
                    Some(hand) => format!("{needed}; the approval of the {hand} does not count"),
                    None => needed,
                },
                format!(
                    "let {} more of the role `{}`, neither the author nor the executor, approve this digest for `{}`",
                    wanted.saturating_sub(given),
                    rule.role,
                    place.stage.stage
                ),
            );
        }
    }
    delay(context, place, &chosen, findings);
    findings
        .pass_if_clean(codes::APPROVAL_OK, "enough distinct, eligible people approved this digest");
    chosen.into_iter().flatten().map(|(_, approval)| approval.hash).collect()
}

/// A promotion of this very digest that nobody spent yet, for an application of it. Under another law it
/// might have been denied. A person who acts may be one of those whose consent it spent; and what a grant
/// let pass, passes by the same grant alone, for as long as that lives.
fn promotion(context: &Context<'_>, place: &Place<'_>) -> Option<Digest> {
    let request = context.request;
    if request.action != Action::Apply || request.actor.kind == ActorKind::Human {
        return None;
    }
    let digest = request.subject.digest()?;
    let lineage = request.subject.lineage();
    let mut open = context.state.open_permits(&place.site.track, &place.site.stage);
    let live = open.find(|(_, record)| {
        let permit = &record.permit;
        permit.action == Action::Promote
            && record.law == context.engine.law().digest
            && record.site() == place.site
            && permit.digest == digest
            && permit.lineage == lineage
            && permit.grant.is_none_or(|grant| request.grant == Some(grant))
            && context.aging() <= permit.expires
    });
    live.map(|(hash, _)| *hash)
}

/// One person's approval of this very digest.
struct Candidate<'a> {
    hash: Digest,
    at: Instant,
    given: Instant,
    role: Option<&'a str>,
    person: &'a ActorDeclaration,
}

impl Candidate<'_> {
    fn counts(&self, rule: &ApprovalRule, at: Instant) -> bool {
        self.person.roles.contains(&rule.role)
            && self.role.is_none_or(|role| role == rule.role)
            && at <= self.given.saturating_add(rule.max_age)
    }
}

/// Which candidate stands for which slot, with the slot's role.
type Choice<'a> = Vec<Option<(&'a str, &'a Candidate<'a>)>>;

/// The live approvals, up to an instant if any, of each person who may approve this request. A later one
/// takes nothing back from an earlier one: it may be in another role, or signed before it.
fn candidates<'a>(
    context: &Context<'a>,
    place: &Place<'a>,
    until: Option<Instant>,
) -> Vec<Vec<Candidate<'a>>> {
    let request = context.request;
    let Some(digest) = request.subject.digest() else { return Vec::new() };
    // Whoever had a hand in an artifact is its author, whichever of them the request names.
    let lifecycle = place.track.lifecycle.as_ref();
    let artifact = lifecycle.and_then(|name| context.state.artifact_of(name, digest));
    let made = |person: &String| artifact.is_some_and(|it| it.authors.contains(person));
    let mut people: BTreeMap<&str, Vec<Candidate<'a>>> = BTreeMap::new();
    for (hash, record) in context.state.approvals_of(digest) {
        let approval = &record.approval;
        let about_this =
            is_live(context, place, record) && until.is_none_or(|until| record.at <= until);
        let stranger = approval.by != request.subject.author()
            && approval.by != request.actor.id
            && !made(&approval.by);
        let person = context
            .engine
            .charter()
            .actor(&approval.by)
            .filter(|person| person.kind == ActorKind::Human);
        let Some(person) = person.filter(|_| about_this && stranger) else { continue };
        let (at, given, role) = (record.at, record.given(), approval.role.as_deref());
        let candidate = Candidate { hash: *hash, at, given, role, person };
        people.entry(&approval.by).or_default().push(candidate);
    }
    people.into_values().collect()
}

/// Whether an approval is of this place, under the law in force, and not over.
fn is_live(context: &Context<'_>, place: &Place<'_>, record: &ApprovalRecord) -> bool {
    let approval = &record.approval;
    record.law == context.engine.law().digest
        && approval.asset == place.site.asset
        && approval.stage == place.site.stage
        && approval.track.as_deref() == Some(place.site.track.as_str())
        && approval.expires.is_none_or(|expires| context.aging() <= expires)
}

/// Whose own approval there is, and does not count.
fn own(context: &Context<'_>, place: &Place<'_>) -> Option<&'static str> {
    let request = context.request;
    let digest = request.subject.digest()?;
    let approved = |person: &str| {
        context
            .state
            .approvals_of(digest)
            .any(|(_, record)| record.approval.by == person && is_live(context, place, record))
    };
    let hands = [(request.subject.author(), "author"), (&request.actor.id, "executor")];
    hands.into_iter().find(|(person, _)| approved(person)).map(|(_, hand)| hand)
}

/// Gives each slot a person who fits it by their latest approval that counts there, and nobody two slots.
fn assign<'a>(
    slots: &[&'a ApprovalRule],
    people: &'a [Vec<Candidate<'a>>],
    at: Instant,
) -> Choice<'a> {
    let chosen = matching::assign(slots, people, |slot, approvals| {
        approvals.iter().any(|candidate| candidate.counts(slot, at))
    });
    let pair = |(slot, person): (&&'a ApprovalRule, Option<usize>)| {
        let approvals = person.and_then(|index| people.get(index))?;
        let counting = approvals.iter().filter(|candidate| candidate.counts(slot, at));
        let latest = counting.reduce(|one, other| if one.at < other.at { other } else { one })?;
        Some((slot.role.as_str(), latest))
    };
    slots.iter().zip(chosen).map(pair).collect()
}

fn delay(
    context: &Context<'_>,
    place: &Place<'_>,
    chosen: &Choice<'_>,
    findings: &mut CheckFindings<'_>,
) {
    let Some(delay) = place.delay else { return };
    let Some(last) = chosen.iter().flatten().map(|(_, candidate)| candidate.at).max() else {
        return;
    };
    let ready = last.saturating_add(delay);
    if context.request.at < ready {
        findings.fail(
            codes::APPROVAL_DELAY,
            None,
            format!("the last approval is of {last}, and {delay} must pass after it"),
            format!("ask again at {ready}"),
        );
    }
}
