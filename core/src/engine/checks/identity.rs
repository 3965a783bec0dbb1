//! Who asks or records, and what shows it.
//!
//! An actor with a provider is known by a token of that provider, and nobody's word stands for it. A token
//! shows one actor, for as long as it is valid, and speaks for the ref, commit, run and environment that
//! it names.

use std::collections::BTreeMap;

use super::{Caller, Context};
use crate::{
    charter::{ActorDeclaration, IdentityRule, Stage},
    engine::{
        Engine, codes,
        findings::{CheckFindings, Findings},
    },
    identity::{Credential, Provider, VerifiedToken},
    model::{Action, Actor, ActorKind, Check, Fact, Request},
    time::Instant,
};

/// Who asks or records, with what shows it, and when.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Presented<'a> {
    pub(in crate::engine) actor: &'a Actor,
    pub(in crate::engine) credential: Option<&'a Credential>,
    pub(in crate::engine) at: Instant,
}

impl<'a> From<&'a Request> for Presented<'a> {
    fn from(request: &'a Request) -> Self {
        let Request { actor, credential, at, .. } = request;
        Self { actor, credential: credential.as_ref(), at: *at }
    }
}

impl<'a> From<&'a Fact> for Presented<'a> {
    fn from(fact: &'a Fact) -> Self {
        let Fact { actor, credential, at, .. } = fact;
        Self { actor, credential: credential.as_ref(), at: *at }
    }
}

impl<'a> Presented<'a> {
    fn token(&self) -> Option<&'a VerifiedToken> {
        self.credential.and_then(Credential::token)
    }

    /// What is known about the actor: what its token says, else what the host says.
    pub(in crate::engine) fn claims(&self) -> &'a BTreeMap<String, String> {
        self.token().map_or(&self.actor.claims, VerifiedToken::attributes)
    }

    /// Whether a token of the actor's provider vouches for the instant.
    pub(super) fn vouches_for_instant(&self, engine: &Engine) -> bool {
        let provider =
            engine.charter().actor(&self.actor.id).and_then(|a| engine.charter().provider_of(a));
        match (provider, self.token()) {
            (Some(provider), Some(token)) => {
                provider.verified(token) && provider.covers(token, self.at)
            }
            _ => false,
        }
    }
}

/// Who asks, and whether the stage grants it.
pub(super) fn check(context: &Context<'_>, findings: &mut CheckFindings<'_>) {
    let request = context.request;
    let caller = Caller::of_request(context.engine, request, context.state);
    if !known(context.engine, &caller, findings) {
        return;
    }
    if request.actor.kind == ActorKind::Human {
        findings.fail(
            codes::IDENTITY_HUMAN,
            None,
            format!("a person asks to {}, and only workloads may", request.action.word()),
            "let the pipeline's service account ask",
        );
    } else if let Some(place) = &context.place
        && !place.stage.grants.of(request.action).contains(&request.actor.id)
    {
        findings.fail(
            codes::IDENTITY_NOT_GRANTED,
            None,
            format!(
                "`{}` may not {} in `{}`",
                request.actor.id,
                request.action.word(),
                place.stage.stage
            ),
            format!("ask as an actor that the stage's `grants.{}` names", request.action.word()),
        );
    }
    binding(request, context.place.as_ref().map(|place| place.stage), findings);
    findings.pass_if_clean(codes::IDENTITY_OK, "the actor is declared and granted the action");
}

/// What asks must be a job of the very subject and stage.
fn binding(request: &Request, stage: Option<&Stage>, findings: &mut CheckFindings<'_>) {
    let presented = Presented::from(request);
    bound(request, presented, findings);
    if let Some(stage) = stage {
        // A person who acts by a break-glass grant runs no job.
        let acts = request.action != Action::Plan && request.actor.kind == ActorKind::Workload;
        environment(stage, presented, acts, findings);
    }
}

/// Whether a request comes from a job of its subject and stage.
pub(in crate::engine) fn is_bound(request: &Request, stage: Option<&Stage>) -> bool {
    let mut findings = Findings::default();
    binding(request, stage, &mut findings.check(Check::Identity));
    !findings.deny()
}

/// A token speaks for the ref, commit and run that it names, and for no other. What is brought back comes
/// from another commit than the job that does so.
fn bound(request: &Request, presented: Presented<'_>, findings: &mut CheckFindings<'_>) {
    let Some(token) = presented.token() else { return };
    let of_source = |value| if request.action == Action::Rollback { None } else { value };
    let named = [
        ("ref", of_source(request.subject.git_ref())),
        ("commit", of_source(request.subject.commit())),
        ("run", request.run.as_deref()),
    ];
    for (attribute, asked) in named {
        speaks_for(attribute, token, asked, findings);
    }
}

/// Whether a token may speak for a ref, commit or run, where it names one itself.
fn speaks_for(
    attribute: &str,
    token: &VerifiedToken,
    asked: Option<&str>,
    findings: &mut CheckFindings<'_>,
) {
    if let (Some(own), Some(asked)) = (token.attributes().get(attribute), asked)
        && own != asked
    {
        findings.fail(
            codes::IDENTITY_BINDING,
            Some(attribute),
            format!("the token is of the {attribute} `{own}`, and another is asked about"),
            format!("ask from a job of the very {attribute}"),
        );
    }
}

/// A job runs in the deployment environment of the stage that it is about (R039). A person whom a grant lets act
/// runs in none.
fn environment(
    stage: &Stage,
    presented: Presented<'_>,
    acts: bool,
    findings: &mut CheckFindings<'_>,
) {
    const ENVIRONMENT: &str = "environment";
    let found = presented.claims().get(ENVIRONMENT);
    let fits = match (&stage.environment, found) {
        (Some(declared), Some(found)) => found == declared,
        (Some(_), None) => !acts || presented.actor.kind == ActorKind::Human,
        (None, Some(found)) => {
            presented.token().is_none() || *found == stage.stage || stage.aliases.contains(found)
        }
        (None, None) => true,
    };
    if !fits {
        let wanted = stage.environment.as_ref().unwrap_or(&stage.stage);
        findings.fail(
            codes::IDENTITY_BINDING,
            Some(ENVIRONMENT),
            match found {
                Some(found) => format!(
                    "the job runs in the environment `{found}`, and that of `{}` is `{wanted}`",
                    stage.stage
                ),
                None => format!(
                    "the job runs in no environment, and that of `{}` is `{wanted}`",
                    stage.stage
                ),
            },
            format!("run the job in the deployment environment `{wanted}`"),
        );
    }
}

/// Whether the recorder of a fact is one of the charter's actors, with its declaration.
pub(in crate::engine) fn identity_of_recorder<'e>(
    engine: &'e Engine,
    caller: &Caller<'_>,
    findings: &mut CheckFindings<'_>,
) -> Option<&'e ActorDeclaration> {
    if known(engine, caller, findings) {
        engine.charter().actor(&caller.presented.actor.id)
    } else {
        None
    }
}

/// Whether the actor is one of the charter's, shown as the charter demands.
pub(in crate::engine) fn is_known(engine: &Engine, caller: &Caller<'_>) -> bool {
    known(engine, caller, &mut Findings::default().check(Check::Identity))
}

fn known(engine: &Engine, caller: &Caller<'_>, findings: &mut CheckFindings<'_>) -> bool {
    let actor = caller.presented.actor;
    let Some(declared) = engine.charter().actor(&actor.id) else {
        findings.fail(
            codes::IDENTITY_UNDECLARED,
            None,
            "the charter does not declare the actor",
            "ask as an actor that the charter's `actors` declare",
        );
        return false;
    };
    caller.report(findings);
    let mut known = true;
    if declared.kind != actor.kind {
        known = false;
        findings.fail(
            codes::IDENTITY_KIND,
            None,
            format!(
                "the charter declares `{}` as {}, not as {}",
                actor.id,
                declared.kind.word(),
                actor.kind.word()
            ),
            "ask as what the actor is",
        );
    }
    known & shown(engine, declared, caller, findings)
}

/// Whether what is handed in shows the actor: a token of its provider's, or a person's own signature. A token
/// that does not fit is not made good by a signature.
fn shown(
    engine: &Engine,
    declared: &ActorDeclaration,
    caller: &Caller<'_>,
    findings: &mut CheckFindings<'_>,
) -> bool {
    let charter = engine.charter();
    let presented = caller.presented;
    let signed = declared.kind == ActorKind::Human && caller.signed();
    match (charter.provider_of(declared), presented.credential) {
        (_, Some(Credential::Refused(refusal))) => {
            let remedy = refusal.help().unwrap_or("ask for a token that the provider accepts");
            findings.fail(codes::IDENTITY_TOKEN, Some(refusal.code()), refusal.message(), remedy);
            false
        }
        (Some(provider), Some(Credential::Verified(token))) if provider.verified(token) => {
            fits(declared, provider, token, presented, findings)
        }
        (_, Some(Credential::Verified(_))) => {
            findings.fail(
                codes::IDENTITY_PROVIDER,
                None,
                "the token was not verified by the rules of the provider that the charter binds the actor to",
                "hand in a token of the actor's own `provider`, verified under the charter in force",
            );
            false
        }
        // The claims of an actor with a provider are those of its tokens.
        (Some(_), None) if signed => true,
        (None, None) if signed || charter.document().identity == IdentityRule::Asserted => {
            claims(declared, &presented.actor.claims, findings)
        }
        (_, None) => {
            findings.fail(
                codes::IDENTITY_UNVERIFIED,
                None,
                "the charter demands that the actor is verified, and it is only asserted by the host",
                "hand in a token of the actor's provider, or a person's signature",
            );
            false
        }
    }
}

/// Whether a token that its provider verified is the actor's, now.
fn fits(
    declared: &ActorDeclaration,
    provider: &Provider,
    token: &VerifiedToken,
    presented: Presented<'_>,
    findings: &mut CheckFindings<'_>,
) -> bool {
    let mut fits = true;
    if !provider.covers(token, presented.at) {
        fits = false;
        findings.fail(
            codes::IDENTITY_VALIDITY,
            None,
            format!(
                "the token is valid from {} to {}, and the instant is {}",
                token.valid_from(),
                token.expires_at(),
                presented.at
            ),
            "ask for a new token, and correct the clock of the host if it is wrong",
        );
    }
    if declared.subject.as_ref().is_some_and(|subject| subject != token.subject()) {
        fits = false;
        findings.fail(
            codes::IDENTITY_SUBJECT,
            None,
            format!("the token is of another subject than `{}`", declared.actor),
            "ask as the actor that the token shows",
        );
    }
    fits &= claims(declared, token.attributes(), findings);
    // The host may repeat what the token says, and add nothing to it.
    for (claim, asserted) in &presented.actor.claims {
        if token.attributes().get(claim) != Some(asserted) {
            fits = false;
            findings.fail(
                codes::IDENTITY_CLAIM,
                Some(claim),
                format!(
                    "the host claims another `{claim}` than the token has, or one that it lacks"
                ),
                "leave the claim out: the token says what is known of the actor",
            );
        }
    }
    fits
}

fn claims(
    declared: &ActorDeclaration,
    found: &BTreeMap<String, String>,
    findings: &mut CheckFindings<'_>,
) -> bool {
    let mut complete = true;
    for (claim, wanted) in &declared.claims {
        if found.get(claim) != Some(wanted) {
            complete = false;
            let found = if found.contains_key(claim) { "differs" } else { "is absent" };
            findings.fail(
                codes::IDENTITY_CLAIM,
                Some(claim),
                format!("the claim `{claim}` must be `{wanted}`, and it {found}"),
                "ask from the repository, ref and environment that the charter binds the actor to",
            );
        }
    }
    complete
}

/// A token that names a commit or an environment attests nothing about another.
pub(in crate::engine) fn bound_to(
    presented: Presented<'_>,
    commit: Option<&str>,
    stage: Option<&Stage>,
    findings: &mut CheckFindings<'_>,
) {
    let Some(token) = presented.token() else { return };
    speaks_for("commit", token, commit, findings);
    if let Some(stage) = stage {
        environment(stage, presented, false, findings);
    }
}
