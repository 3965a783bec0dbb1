//! Checks whose tokens count and whom they show: no token counts for two providers or shows two actors, so that
//! duties that the charter separates are separate.

use std::collections::{BTreeMap, BTreeSet};

use super::{ActorDeclaration, CharterDocument, IdentityRule};
use crate::{
    error::{Code, Error, Result},
    identity::{AllowedSigner, NAMESPACE, Provider},
    limits,
    model::{Action, ActorKind},
    value::Ref,
};

/// Compiles the providers, by name, and checks them and the actors that they show; `root` is the same
/// document, for the places of errors.
pub(super) fn check(
    charter: &CharterDocument,
    root: Ref<'_>,
) -> Result<BTreeMap<String, Provider>> {
    let checker = Checker { charter, root };
    let providers = checker.providers()?;
    for (index, actor) in charter.actors.iter().enumerate() {
        checker.actor(actor, &providers, &format!("/actors/{index}"))?;
    }
    checker.distinct()?;
    checker.environments(&providers)?;
    checker.people()?;
    checker.separation()?;
    Ok(providers)
}

struct Checker<'a> {
    charter: &'a CharterDocument,
    root: Ref<'a>,
}

impl Checker<'_> {
    fn place(&self, error: Error, pointer: &str) -> Error {
        match self.root.pointer(pointer).and_then(Ref::position) {
            Some(position) => error.at_position(position),
            None => error.at_pointer(pointer),
        }
    }

    fn error(&self, code: Code, pointer: &str, message: impl Into<String>) -> Error {
        self.place(Error::new(code, message), pointer)
    }

    fn invalid(&self, pointer: &str, message: impl Into<String>) -> Error {
        self.error(Code::CharterInvalid, pointer, message)
    }

    fn providers(&self) -> Result<BTreeMap<String, Provider>> {
        let documents = &self.charter.providers;
        if documents.len() > limits::PROVIDERS {
            let message = format!("a charter has at most {} providers", limits::PROVIDERS);
            return Err(self.error(Code::LimitCount, "/providers", message));
        }
        let mut providers = BTreeMap::new();
        let mut audiences = BTreeMap::new();
        for (index, document) in documents.iter().enumerate() {
            let pointer = format!("/providers/{index}");
            let provider = Provider::new(document).map_err(|error| {
                // The pointer that the error has is into the provider's own document.
                let within = error.place().pointer.clone().unwrap_or_default();
                let wrapped = Error::new(error.to_code(), error.message());
                let wrapped = match error.help() {
                    Some(help) => wrapped.with_help(help),
                    None => wrapped,
                };
                self.place(wrapped, &format!("{pointer}{within}"))
            })?;
            for audience in provider.audiences() {
                let whose = (provider.issuer().to_owned(), audience.clone());
                if let Some(other) = audiences.insert(whose, &document.provider)
                    && *other != document.provider
                {
                    let message = format!(
                        "the providers `{other}` and `{}` have an issuer and an audience in common, so that one token counts for both",
                        document.provider
                    );
                    let error = self.invalid(&pointer, message);
                    return Err(error.with_help("make one provider of them, and tell actors apart by `subject` or `claims`; or give each an audience of its own"));
                }
            }
            if providers.insert(document.provider.clone(), provider).is_some() {
                let message = format!("the provider `{}` is declared twice", document.provider);
                return Err(self.error(Code::CharterDuplicate, &pointer, message));
            }
        }
        Ok(providers)
    }

    fn actor(
        &self,
        actor: &ActorDeclaration,
        providers: &BTreeMap<String, Provider>,
        place: &str,
    ) -> Result<()> {
        let name = &actor.actor;
        let Some(provider) = &actor.provider else {
            if actor.subject.is_some() {
                let message =
                    format!("`{name}` has a subject and no provider whose tokens have it");
                return Err(self.invalid(&format!("{place}/subject"), message));
            }
            if self.charter.identity == IdentityRule::Verified && actor.kind == ActorKind::Workload
            {
                let message =
                    format!("the workload `{name}` has no provider, so that nothing can show it");
                return Err(self.invalid(place, message).with_help(
                    "name its `provider`, or let the charter say `identity: asserted`",
                ));
            }
            return Ok(());
        };
        let Some(provider) = providers.get(provider) else {
            let message = format!("the provider `{provider}` is not declared");
            return Err(self.error(Code::CharterUndeclared, &format!("{place}/provider"), message));
        };
        if actor.subject.is_none() && actor.claims.is_empty() {
            let message = format!("every token of the provider would show `{name}`");
            return Err(self
                .invalid(place, message)
                .with_help("bind the actor by `subject` or by `claims`"));
        }
        if actor.subject.as_ref().is_some_and(|subject| !can_be(subject)) {
            return Err(self.invalid(&format!("{place}/subject"), NEVER));
        }
        for (claim, value) in &actor.claims {
            let pointer = format!("{place}/claims/{}", escaped(claim));
            if !provider.attributes().any(|attribute| attribute == claim) {
                let message = format!("the provider has no attribute `{claim}`");
                let mut known: Vec<_> = provider.attributes().collect();
                known.sort_unstable();
                let help =
                    format!("map it with `attributeMapping`, or use one of: {}", known.join(", "));
                return Err(self.error(Code::CharterUndeclared, &pointer, message).with_help(help));
            }
            if !can_be(value) {
                return Err(self.invalid(&pointer, NEVER));
            }
        }
        Ok(())
    }

    /// Whoever shows two actors at once holds the duties of both (R019, R032).
    fn distinct(&self) -> Result<()> {
        let actors: Vec<(usize, &ActorDeclaration)> =
            self.charter.actors.iter().enumerate().filter(|(_, a)| a.provider.is_some()).collect();
        if actors.len() > limits::PROVIDER_ACTORS {
            let message = format!("at most {} actors have a provider", limits::PROVIDER_ACTORS);
            return Err(self.error(Code::LimitCount, "/actors", message));
        }
        for (earlier, (index, actor)) in actors.iter().enumerate() {
            let others = actors.iter().take(earlier);
            if let Some((_, other)) = others.into_iter().find(|(_, other)| overlap(actor, other)) {
                let message =
                    format!("one token could show both `{}` and `{}`", other.actor, actor.actor);
                return Err(self.invalid(&format!("/actors/{index}"), message).with_help(
                    "give them different subjects, or a claim in which they differ, such as `workflow` or `environment`",
                ));
            }
        }
        Ok(())
    }

    /// Whoever is granted something in a stage can have the claim `environment` that the stage accepts (R039).
    fn environments(&self, providers: &BTreeMap<String, Provider>) -> Result<()> {
        const ENVIRONMENT: &str = "environment";
        for (t, track) in self.charter.tracks.iter().enumerate() {
            for (s, stage) in track.stages.iter().enumerate() {
                let place = format!("/tracks/{t}/stages/{s}");
                if stage.environment.as_ref().is_some_and(|name| !can_be(name)) {
                    return Err(self.invalid(&format!("{place}/environment"), NEVER));
                }
                let accepts = |found: &String| match &stage.environment {
                    Some(environment) => found == environment,
                    None => *found == stage.stage || stage.aliases.contains(found),
                };
                for action in Action::ALL {
                    for (g, name) in stage.grants.of(action).iter().enumerate() {
                        let actor = self.charter.actors.iter().find(|actor| actor.actor == *name);
                        let Some(actor) = actor else { continue };
                        let provider = actor.provider.as_ref().and_then(|p| providers.get(p));
                        let possible = match (actor.claims.get(ENVIRONMENT), provider) {
                            (Some(found), Some(_)) => accepts(found),
                            (Some(found), None) => stage.environment.is_none() || accepts(found),
                            (None, Some(provider)) => {
                                stage.environment.is_none()
                                    || action == Action::Plan
                                    || provider.attributes().any(|name| name == ENVIRONMENT)
                            }
                            (None, None) => true,
                        };
                        if !possible {
                            let wanted = stage.environment.as_ref().unwrap_or(&stage.stage);
                            let message = format!(
                                "`{name}` can never {} in `{}`, whose environment is `{wanted}`: no token of its has that",
                                action.word(),
                                stage.stage
                            );
                            let pointer = format!("{place}/grants/{}/{g}", action.word());
                            return Err(self.invalid(&pointer, message).with_help(
                                "let the stage say its `environment`, or bind the actor to that of the stage",
                            ));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Where everybody is verified, a person who may record something has a key or a provider: a law that
    /// nobody can be shown to be allowed to amend could never be amended.
    fn people(&self) -> Result<()> {
        if self.charter.identity == IdentityRule::Asserted {
            return Ok(());
        }
        let facts = &self.charter.facts;
        let amenders = self.charter.amendments.as_ref().map_or(&[][..], |rule| &rule.actors);
        let lists = [
            ("/facts/withdrawals".to_owned(), facts.withdrawals.as_slice()),
            ("/facts/erasures".to_owned(), facts.erasures.as_slice()),
            ("/amendments/actors".to_owned(), amenders),
        ];
        let gates = self.charter.gates.iter().enumerate();
        let producers =
            gates.map(|(g, gate)| (format!("/gates/{g}/producers"), gate.producers.as_slice()));
        for (pointer, names) in lists.into_iter().chain(producers) {
            for (index, name) in names.iter().enumerate() {
                let shown = |actor: &ActorDeclaration| {
                    let signs = |signer: &AllowedSigner| {
                        let purposes = signer.namespaces.as_ref();
                        signer.principal == *name
                            && purposes.is_none_or(|all| all.iter().any(|one| one == NAMESPACE))
                    };
                    actor.provider.is_some() || self.charter.signers.iter().any(signs)
                };
                let actor = self.charter.actors.iter().find(|actor| actor.actor == *name);
                if actor.is_some_and(|actor| !shown(actor)) {
                    let message = format!(
                        "`{name}` has neither a provider nor a key among `signers`, so that nothing can show it"
                    );
                    return Err(self.invalid(&format!("{pointer}/{index}"), message));
                }
            }
        }
        Ok(())
    }

    /// Who acts in a stage does not attest what the act needs (R019, R077).
    fn separation(&self) -> Result<()> {
        let sensitive = self.charter.sensitive.as_ref().map_or(&[][..], |rule| &rule.gates);
        for (t, track) in self.charter.tracks.iter().enumerate() {
            for (b, boundary) in track.boundaries.iter().enumerate() {
                let Some(stage) = track.stage(&boundary.into) else { continue };
                let acting: BTreeSet<&String> = stage.grants.acting().collect();
                let wanted: BTreeSet<&String> = (boundary.gates.iter())
                    .chain(boundary.rollback.iter().flat_map(|rule| &rule.gates))
                    .chain(boundary.rollout.iter().map(|rollout| &rollout.gate))
                    .chain(sensitive)
                    .collect();
                for gate in self.charter.gates.iter().filter(|gate| wanted.contains(&gate.gate)) {
                    if let Some(actor) = gate.producers.iter().find(|name| acting.contains(name)) {
                        let message = format!(
                            "`{actor}` may act in `{}` and produce the evidence of its gate `{}`; these are two actors",
                            stage.stage, gate.gate
                        );
                        return Err(self.invalid(&format!("/tracks/{t}/boundaries/{b}"), message));
                    }
                }
            }
        }
        Ok(())
    }
}

const NEVER: &str = "no token has this value: it is empty, too long, or holds control characters";

/// Whether a token can have the value as subject or attribute.
fn can_be(value: &str) -> bool {
    !value.is_empty() && value.len() <= limits::TEXT_BYTES && !value.chars().any(char::is_control)
}

/// Whether one token can have what both declarations ask for. No token counts for two providers.
fn overlap(one: &ActorDeclaration, other: &ActorDeclaration) -> bool {
    let subjects = match (&one.subject, &other.subject) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    one.provider == other.provider
        && subjects
        && one
            .claims
            .iter()
            .all(|(claim, value)| other.claims.get(claim).is_none_or(|wanted| wanted == value))
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
