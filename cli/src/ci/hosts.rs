//! The table of hosts: which variable says what, after the documentation of each, read in November 2026.
//!
//! A pull request's ref is never that of a branch, though hosts name the branch that it comes from: of a fork, that
//! may be called like one of ours.

use poundlock::{
    Error,
    error::{Code, Result},
};

use super::variable;

/// A kind of continuous integration.
pub(crate) struct Host {
    pub(super) name: &'static str,
    /// The variable by which it is known.
    pub(super) marker: &'static str,
    /// What the marker says; anything, where it is empty.
    says: &'static str,
    pub(super) commit: &'static str,
    /// From where the ref comes; the first that is there.
    pub(super) git_ref: &'static [Source],
    pub(super) run: &'static str,
    /// Claims under the names that the presets of identity providers give them.
    pub(super) claims: &'static [(&'static str, &'static str)],
    /// The variable with the job's token, where the host sets one unasked.
    pub(super) token: Option<&'static str>,
    pub(super) syntax: Syntax,
}

/// How lines of a job's output command its host.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// They do not.
    None,
    /// <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>
    GitHub,
    /// <https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>
    Azure,
}

/// Where a ref comes from.
pub(super) enum Source {
    /// The full name.
    Whole(&'static str),
    Tag(&'static str),
    Branch(&'static str),
    /// A branch as the remote repository `origin` has it.
    RemoteBranch(&'static str),
    /// The number of a pull request, with what stands before and after it in a ref; another text is none.
    Pull(&'static str, &'static str, &'static str),
    /// A job that has the ref of a branch, and runs for a pull request all the same: where the variable says so.
    Refused(&'static str, &'static str),
}

impl Source {
    pub(super) const fn variable(&self) -> &'static str {
        match self {
            Self::Whole(name)
            | Self::Tag(name)
            | Self::Branch(name)
            | Self::RemoteBranch(name)
            | Self::Pull(name, ..)
            | Self::Refused(name, _) => name,
        }
    }

    pub(super) fn read(&self) -> Result<Option<String>> {
        let value = variable(self.variable())?;
        if let Self::Refused(name, event) = self {
            return match value {
                Some(value) if value == *event => Err(Error::new(
                    Code::InputInvalidValue,
                    format!("{name} is `{event}`: the job's ref is a branch's, and what it runs for is a pull request"),
                )
                .with_help("ask from a job of the pull request itself, or of the branch")),
                _ => Ok(None),
            };
        }
        Ok(value.and_then(|value| match self {
            Self::Refused(..) => None,
            Self::Whole(_) => Some(value),
            Self::Tag(_) => Some(format!("refs/tags/{value}")),
            Self::Branch(_) => Some(format!("refs/heads/{value}")),
            Self::RemoteBranch(_) => {
                value.strip_prefix("origin/").map(|name| format!("refs/heads/{name}"))
            }
            Self::Pull(_, before, after) => value
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| format!("{before}{value}{after}")),
        }))
    }
}

impl Host {
    pub(super) fn runs_here(&self) -> bool {
        let value = std::env::var_os(self.marker);
        value.is_some_and(
            |value| {
                if self.says.is_empty() { !value.is_empty() } else { value == self.says }
            },
        )
    }
}

use Source::{Branch, Pull, Refused, RemoteBranch, Tag, Whole};

pub(super) const HOSTS: &[Host] = &[
    // https://docs.github.com/actions/reference/workflows-and-actions/variables
    Host {
        name: "GitHub Actions",
        marker: "GITHUB_ACTIONS",
        says: "true",
        commit: "GITHUB_SHA",
        git_ref: &[Refused("GITHUB_EVENT_NAME", "pull_request_target"), Whole("GITHUB_REF")],
        run: "GITHUB_RUN_ID",
        claims: &[
            ("repository", "GITHUB_REPOSITORY"),
            ("repository_id", "GITHUB_REPOSITORY_ID"),
            ("repository_owner_id", "GITHUB_REPOSITORY_OWNER_ID"),
            ("actor", "GITHUB_ACTOR"),
            ("event", "GITHUB_EVENT_NAME"),
            ("workflow", "GITHUB_WORKFLOW_REF"),
        ],
        token: None,
        syntax: Syntax::GitHub,
    },
    // https://docs.gitlab.com/ci/variables/predefined_variables/
    Host {
        name: "GitLab",
        marker: "GITLAB_CI",
        says: "true",
        commit: "CI_COMMIT_SHA",
        git_ref: &[
            Whole("CI_MERGE_REQUEST_REF_PATH"),
            Pull("CI_EXTERNAL_PULL_REQUEST_IID", "refs/pull/", "/head"),
            Tag("CI_COMMIT_TAG"),
            Branch("CI_COMMIT_BRANCH"),
        ],
        run: "CI_PIPELINE_ID",
        claims: &[
            ("repository", "CI_PROJECT_PATH"),
            ("repository_id", "CI_PROJECT_ID"),
            ("actor", "GITLAB_USER_LOGIN"),
            ("event", "CI_PIPELINE_SOURCE"),
            ("environment", "CI_ENVIRONMENT_NAME"),
        ],
        token: None,
        syntax: Syntax::None,
    },
    // https://buildkite.com/docs/pipelines/configure/environment-variables
    Host {
        name: "Buildkite",
        marker: "BUILDKITE",
        says: "true",
        commit: "BUILDKITE_COMMIT",
        git_ref: &[
            Pull("BUILDKITE_PULL_REQUEST", "refs/pull/", "/head"),
            Tag("BUILDKITE_TAG"),
            Branch("BUILDKITE_BRANCH"),
        ],
        run: "BUILDKITE_BUILD_ID",
        claims: &[
            ("organization", "BUILDKITE_ORGANIZATION_SLUG"),
            ("pipeline", "BUILDKITE_PIPELINE_SLUG"),
            ("repository", "BUILDKITE_REPO"),
            ("event", "BUILDKITE_SOURCE"),
        ],
        token: None,
        syntax: Syntax::None,
    },
    // https://circleci.com/docs/reference/variables/
    Host {
        name: "CircleCI",
        marker: "CIRCLECI",
        says: "true",
        commit: "CIRCLE_SHA1",
        git_ref: &[
            Pull("CIRCLE_PR_NUMBER", "refs/pull/", "/head"),
            Tag("CIRCLE_TAG"),
            Branch("CIRCLE_BRANCH"),
        ],
        run: "CIRCLE_WORKFLOW_ID",
        claims: &[
            ("organization", "CIRCLE_PROJECT_USERNAME"),
            ("repository", "CIRCLE_PROJECT_REPONAME"),
            ("repository_id", "CIRCLE_PROJECT_ID"),
            ("actor", "CIRCLE_USERNAME"),
        ],
        token: Some("CIRCLE_OIDC_TOKEN_V2"),
        syntax: Syntax::None,
    },
    // https://learn.microsoft.com/azure/devops/pipelines/build/variables
    Host {
        name: "Azure Pipelines",
        marker: "TF_BUILD",
        says: "True",
        commit: "BUILD_SOURCEVERSION",
        git_ref: &[Whole("BUILD_SOURCEBRANCH")],
        run: "BUILD_BUILDID",
        claims: &[
            ("repository", "BUILD_REPOSITORY_NAME"),
            ("repository_id", "BUILD_REPOSITORY_ID"),
            ("project", "SYSTEM_TEAMPROJECT"),
            ("pipeline", "BUILD_DEFINITIONNAME"),
            ("event", "BUILD_REASON"),
            ("environment", "ENVIRONMENT_NAME"),
        ],
        token: None,
        syntax: Syntax::Azure,
    },
    // https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
    Host {
        name: "Bitbucket Pipelines",
        marker: "BITBUCKET_PIPELINE_UUID",
        says: "",
        commit: "BITBUCKET_COMMIT",
        git_ref: &[
            Pull("BITBUCKET_PR_ID", "refs/pull-requests/", "/from"),
            Tag("BITBUCKET_TAG"),
            Branch("BITBUCKET_BRANCH"),
        ],
        run: "BITBUCKET_PIPELINE_UUID",
        claims: &[
            ("repository", "BITBUCKET_REPO_FULL_NAME"),
            ("repository_id", "BITBUCKET_REPO_UUID"),
            ("environment", "BITBUCKET_DEPLOYMENT_ENVIRONMENT"),
        ],
        token: Some("BITBUCKET_STEP_OIDC_TOKEN"),
        syntax: Syntax::None,
    },
    // https://www.jenkins.io/doc/book/pipeline/jenkinsfile/, https://plugins.jenkins.io/git/
    Host {
        name: "Jenkins",
        marker: "JENKINS_URL",
        says: "",
        commit: "GIT_COMMIT",
        git_ref: &[
            Pull("CHANGE_ID", "refs/pull/", "/head"),
            Pull("ghprbPullId", "refs/pull/", "/head"),
            Tag("TAG_NAME"),
            Branch("BRANCH_NAME"),
            Branch("GIT_LOCAL_BRANCH"),
            RemoteBranch("GIT_BRANCH"),
        ],
        run: "BUILD_TAG",
        claims: &[("repository", "GIT_URL"), ("job", "JOB_NAME")],
        token: None,
        syntax: Syntax::None,
    },
];
