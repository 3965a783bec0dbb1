//! What a job of continuous integration says of itself, by variables that its host sets.

pub(crate) mod commands;
mod hosts;

use std::{collections::BTreeMap, env};

use poundlock::{
    Error,
    error::{Code, Result},
};

pub(crate) use hosts::Syntax;
use hosts::{HOSTS, Host, Source};

/// The variable in which a job hands in its token, whatever the host.
const TOKEN: &str = "POUNDLOCK_ID_TOKEN";

/// A job, as its host describes it.
pub(crate) struct Job {
    host: &'static Host,
}

impl Job {
    /// The job that this process is part of.
    ///
    /// # Errors
    ///
    /// `input.missing_field` where no known host's variables are set, `input.invalid_value` where those of two are.
    pub(crate) fn of_environment() -> Result<Self> {
        let mut found = HOSTS.iter().filter(|host| host.runs_here());
        let Some(host) = found.next() else {
            let known: Vec<String> =
                HOSTS.iter().map(|host| format!("{} sets {}", host.name, host.marker)).collect();
            return Err(Error::new(
                Code::InputMissingField,
                "no variable says which continuous integration this job runs in",
            )
            .with_help(format!(
                "{}; elsewhere, use `poundlock admit --channel ci`",
                known.join(", ")
            )));
        };
        if let Some(other) = found.next() {
            return Err(Error::new(
                Code::InputInvalidValue,
                format!(
                    "{} and {} are both set: the job cannot run in {} and in {}",
                    host.marker, other.marker, host.name, other.name
                ),
            )
            .with_help("unset the variables of the one that it does not run in"));
        }
        Ok(Self { host })
    }

    pub(crate) fn host(&self) -> &'static str {
        self.host.name
    }

    pub(crate) fn syntax(&self) -> Syntax {
        self.host.syntax
    }

    /// The commit that the job was started for.
    pub(crate) fn commit(&self, flag: Option<&str>, own: bool) -> Result<String> {
        let said = variable(self.host.commit)?;
        self.settled("--commit", flag, said, self.host.commit, own)
    }

    /// The full name of the ref that the job was started for.
    pub(crate) fn git_ref(&self, flag: Option<&str>, own: bool) -> Result<String> {
        let mut said = None;
        for source in self.host.git_ref {
            said = said.or(source.read()?);
        }
        let variables: Vec<&str> = self.host.git_ref.iter().map(Source::variable).collect();
        self.settled("--ref", flag, said, &variables.join(", "), own)
    }

    /// The run of the pipeline.
    pub(crate) fn run(&self, flag: Option<&str>) -> Result<String> {
        let said = variable(self.host.run)?;
        self.settled("--run", flag, said, self.host.run, true)
    }

    /// What a flag and a variable say together: the same, unless the flag need not be about the job's `own`.
    fn settled(
        &self,
        name: &str,
        flag: Option<&str>,
        said: Option<String>,
        variable: &str,
        own: bool,
    ) -> Result<String> {
        match (flag, said) {
            (Some(flag), Some(said)) if own && flag != said => {
                Err(contradiction(name, self.host.name, variable))
            }
            (Some(flag), _) => Ok(flag.to_owned()),
            (None, Some(said)) => Ok(said),
            (None, None) => Err(Error::new(
                Code::InputMissingField,
                format!("{} did not set {variable}", self.host.name),
            )
            .with_help(format!("name it with {name}"))),
        }
    }

    /// What is claimed of the actor where no token shows it: what the variables say, and what is said besides.
    pub(crate) fn claims(
        &self,
        said: &[(String, String)],
        environment: Option<&str>,
    ) -> Result<BTreeMap<String, String>> {
        let mut claims = BTreeMap::new();
        for (claim, name) in self.host.claims {
            if let Some(value) = variable(name)? {
                claims.insert((*claim).to_owned(), without_user(&value));
            }
        }
        let environment = environment.map(|value| ("environment".to_owned(), value.to_owned()));
        for (claim, value) in said.iter().cloned().chain(environment) {
            if claims.get(&claim).is_some_and(|own| *own != value) {
                let variables = self.host.claims.iter().find(|(own, _)| *own == claim);
                let variable = variables.map_or("a variable", |(_, variable)| variable);
                let flag = if claim == "environment" { "--environment" } else { "--claim" };
                return Err(contradiction(flag, self.host.name, variable));
            }
            claims.insert(claim, value);
        }
        Ok(claims)
    }

    /// The token that the job was given.
    pub(crate) fn token(&self) -> Result<Option<String>> {
        match (handed_in()?, self.host.token) {
            (Some(token), _) => Ok(Some(token)),
            (None, Some(name)) => variable(name),
            (None, None) => Ok(None),
        }
    }
}

/// The token that was handed in for this very command.
pub(crate) fn handed_in() -> Result<Option<String>> {
    variable(TOKEN)
}

fn contradiction(flag: &str, host: &str, variable: &str) -> Error {
    Error::new(
        Code::InputInvalidValue,
        format!("{flag} contradicts what {host} says in {variable}"),
    )
    .with_help("leave the flag out: a job speaks for itself alone")
}

/// A variable; one that is empty says nothing.
pub(crate) fn variable(name: &str) -> Result<Option<String>> {
    match env::var(name) {
        Ok(value) if value.is_empty() => Ok(None),
        Ok(value) => Ok(Some(value)),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => {
            Err(Error::new(Code::InputEncoding, format!("the variable {name} is not UTF-8")))
        }
    }
}

/// An address without the name, the password and the query that it may hold, as those of repositories do.
fn without_user(value: &str) -> String {
    let value = value.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let (authority, path) = match rest.split_once('/') {
        Some((authority, path)) => (authority, format!("/{path}")),
        None => (rest, String::new()),
    };
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::without_user;

    #[test]
    fn an_address_is_claimed_without_what_may_be_secret() {
        for (address, claimed) in [
            ("acme/infra", "acme/infra"),
            ("https://git.example/acme/infra.git", "https://git.example/acme/infra.git"),
            ("https://git.example:8443/acme/infra", "https://git.example:8443/acme/infra"),
            ("https://bot@git.example/acme/infra", "https://git.example/acme/infra"),
            ("https://bot:se@cret@git.example:8443/a", "https://git.example:8443/a"),
            ("https://bot:secret@git.example", "https://git.example"),
            ("https://git.example/acme/infra?token=secret", "https://git.example/acme/infra"),
            ("https://git.example/acme/infra#secret", "https://git.example/acme/infra"),
            ("ssh://git@git.example:22/acme/infra.git", "ssh://git.example:22/acme/infra.git"),
            // A user's name, by which SSH knows nobody.
            ("git@git.example:acme/infra.git", "git@git.example:acme/infra.git"),
            // A path may hold what looks like a user.
            ("https://git.example/acme/a@b", "https://git.example/acme/a@b"),
        ] {
            assert_eq!(without_user(address), claimed);
        }
    }
}
