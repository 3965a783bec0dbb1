//! Terraform's own arguments: those that are known to leave alone what is admitted, and no others.

use poundlock::{
    Error,
    error::{Code, Result},
};

/// What an argument has after its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Value,
    Nothing,
}

/// Where Terraform is to be run.
const CHDIR: &str = "chdir";
/// The arguments of every command.
const COMMON: &[(&str, Takes)] = &[
    (CHDIR, Takes::Value),
    ("lock-timeout", Takes::Value),
    ("parallelism", Takes::Value),
    ("no-color", Takes::Nothing),
    ("compact-warnings", Takes::Nothing),
];
/// Those that say with what a plan is made. They end up in it.
const VARIABLES: &[(&str, Takes)] = &[("var", Takes::Value), ("var-file", Takes::Value)];
/// Those that say what a plan is to be. It shows in it.
const PLANNING: &[(&str, Takes)] = &[("destroy", Takes::Nothing), ("replace", Takes::Value)];

/// What Terraform is asked to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Purpose {
    Plan,
    Apply,
    Drift,
}

impl Purpose {
    fn takes(self, name: &str) -> Option<Takes> {
        let more: &[&[(&str, Takes)]] = match self {
            Self::Plan => &[COMMON, VARIABLES, PLANNING],
            Self::Apply => &[COMMON],
            Self::Drift => &[COMMON, VARIABLES],
        };
        more.iter().copied().flatten().find(|(known, _)| *known == name).map(|(_, takes)| *takes)
    }
}

/// Terraform's own arguments, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// Where Terraform is to be run: it goes before the command.
    pub(super) chdir: Option<String>,
    /// The others: they go after it.
    pub(super) others: Vec<String>,
}

impl Arguments {
    /// Reads arguments as Terraform does: with one dash or two, and the value behind `=` or in the argument that follows.
    ///
    /// # Errors
    ///
    /// `terraform.argument` for any that is not known to be harmless.
    pub(super) fn read(given: &[String], purpose: Purpose) -> Result<Self> {
        let mut arguments = Self::default();
        let mut rest = given.iter();
        while let Some(argument) = rest.next() {
            let refused = |why: &str| {
                // What stands behind the name may be a secret, and what has no name may be one.
                let name = argument.split_once('=').map_or(argument.as_str(), |(name, _)| name);
                let shown =
                    if name.starts_with('-') { name } else { "what does not begin with `-`" };
                Error::new(Code::TerraformArgument, format!("{shown} {why}")).with_help(format!(
                    "after `--`, these are taken: {}",
                    purpose.known().join(", ")
                ))
            };
            let name = argument.strip_prefix("--").or_else(|| argument.strip_prefix('-'));
            let (name, value) = match name.unwrap_or_default().split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (name.unwrap_or_default(), None),
            };
            let takes = purpose
                .takes(name)
                .ok_or_else(|| refused("is not taken: it could change what is admitted, or how"))?;
            match (takes, value) {
                (Takes::Nothing, None) => arguments.others.push(format!("-{name}")),
                (Takes::Nothing, Some(_)) => return Err(refused("has no value here")),
                (Takes::Value, value) => {
                    let value = value.or_else(|| rest.next().map(String::as_str));
                    let value = value.ok_or_else(|| refused("has no value"))?;
                    if name == CHDIR {
                        arguments.chdir = Some(value.to_owned());
                    } else {
                        arguments.others.push(format!("-{name}={value}"));
                    }
                }
            }
        }
        Ok(arguments)
    }
}

impl Purpose {
    fn known(self) -> Vec<String> {
        let all = [COMMON, VARIABLES, PLANNING].concat();
        let known = all.iter().filter(|(name, _)| self.takes(name).is_some());
        known.map(|(name, _)| format!("-{name}")).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(text: &str, purpose: Purpose) -> Result<Arguments> {
        let given: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        Arguments::read(&given, purpose)
    }

    #[test]
    fn arguments_are_read_in_all_the_ways_that_terraform_takes() {
        let expected = Arguments {
            chdir: Some("infra".to_owned()),
            others: vec!["-var=a=b".to_owned(), "-no-color".to_owned(), "-destroy".to_owned()],
        };
        for text in [
            "-chdir=infra -var=a=b -no-color -destroy",
            "--chdir infra --var a=b --no-color -destroy",
        ] {
            assert_eq!(read(text, Purpose::Plan).unwrap(), expected);
        }
    }

    #[test]
    fn what_would_change_what_is_admitted_is_refused() {
        for text in [
            "-out=x",
            "-auto-approve",
            "-target=a.b",
            "-refresh=false",
            "-refresh-only",
            "-lock=false",
            "-state=x",
            "-input=true",
            "-json",
            "-generate-config-out=x",
            "-exclude=a",
            "plan.tfplan",
            "--",
            "-",
            "",
            "-no-color=false",
            "-var",
            "-chdir",
            "-unheard-of",
        ] {
            let given = [text.to_owned()];
            for purpose in [Purpose::Plan, Purpose::Apply, Purpose::Drift] {
                let code = Arguments::read(&given, purpose).map_err(|error| error.to_code());
                assert_eq!(code, Err(Code::TerraformArgument), "{text} {purpose:?}");
            }
        }
        for text in ["-var=a=b", "-destroy", "-replace=a.b"] {
            assert!(read(text, Purpose::Plan).is_ok());
            assert!(read(text, Purpose::Apply).is_err());
        }
    }
}
