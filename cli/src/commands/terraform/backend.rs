//! Where the state lies, so that a plan that was made for one place is not applied at another.
//!
//! A state that is there has a lineage of its own. Where there is none yet, the backend is all that tells one place from
//! another, and it may take what it is from the environment.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
};

use poundlock::{
    Error,
    digest::Digest,
    error::{Code, Result},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::files;

/// The largest file in which Terraform writes down what it was initialised with.
const INITIALISED_BYTES: usize = 64 * 1024;
/// The backend of those who declare none.
const LOCAL: &str = "local";

/// The variables that say where each kind of backend keeps states, and how it locks them. Credentials are not among them:
/// each job has its own.
const VARIABLES: &[(&str, &[&str])] = &[
    (LOCAL, &[]),
    ("cloud", &["TF_CLOUD_HOSTNAME", "TF_CLOUD_ORGANIZATION", "TF_CLOUD_PROJECT"]),
    ("remote", &["TF_CLOUD_HOSTNAME", "TF_CLOUD_ORGANIZATION", "TF_CLOUD_PROJECT"]),
    (
        "azurerm",
        &[
            "ARM_ENDPOINT",
            "ARM_ENVIRONMENT",
            "ARM_METADATA_HOST",
            "ARM_METADATA_HOSTNAME",
            "ARM_SUBSCRIPTION_ID",
            "ARM_TENANT_ID",
        ],
    ),
    ("consul", &["CONSUL_HTTP_ADDR", "CONSUL_HTTP_SSL", "CONSUL_NAMESPACE", "CONSUL_PARTITION"]),
    ("cos", &["TENCENTCLOUD_DOMAIN", "TENCENTCLOUD_REGION"]),
    (
        "gcs",
        &[
            "GOOGLE_BACKEND_STORAGE_CUSTOM_ENDPOINT",
            "GOOGLE_STORAGE_CUSTOM_ENDPOINT",
            "STORAGE_EMULATOR_HOST",
        ],
    ),
    (
        "http",
        &[
            "TF_HTTP_ADDRESS",
            "TF_HTTP_LOCK_ADDRESS",
            "TF_HTTP_LOCK_METHOD",
            "TF_HTTP_UNLOCK_ADDRESS",
            "TF_HTTP_UNLOCK_METHOD",
            "TF_HTTP_UPDATE_METHOD",
            "TF_HTTP_USERNAME",
        ],
    ),
    (
        "kubernetes",
        &[
            "KUBE_CONFIG_PATH",
            "KUBE_CONFIG_PATHS",
            "KUBE_CTX",
            "KUBE_CTX_CLUSTER",
            "KUBE_HOST",
            "KUBE_IN_CLUSTER_CONFIG",
            "KUBE_NAMESPACE",
        ],
    ),
    ("oci", &["OCI_CLI_REGION", "OCI_REGION", "OCI_region"]),
    (
        "oss",
        &[
            "ALIBABA_CLOUD_REGION",
            "ALICLOUD_DEFAULT_REGION",
            "ALICLOUD_OSS_ENDPOINT",
            "ALICLOUD_REGION",
            "ALICLOUD_TABLESTORE_ENDPOINT",
            "OSS_ENDPOINT",
        ],
    ),
    (
        "pg",
        &[
            CONNECTION_VARIABLE,
            "PG_SCHEMA_NAME",
            "PGDATABASE",
            "PGHOST",
            "PGHOSTADDR",
            "PGPORT",
            "PGSERVICE",
            "PGUSER",
        ],
    ),
    (
        "s3",
        &[
            "AWS_DEFAULT_REGION",
            "AWS_DYNAMODB_ENDPOINT",
            "AWS_ENDPOINT_URL",
            "AWS_ENDPOINT_URL_DYNAMODB",
            "AWS_ENDPOINT_URL_S3",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
            "AWS_REGION",
            "AWS_S3_ENDPOINT",
        ],
    ),
];

/// What a configuration holds besides: credentials, which each job may have of its own.
const CREDENTIALS: &[&str] = &[
    "access_key",
    "access_token",
    "client_secret",
    "credentials",
    "oidc_request_token",
    "oidc_token",
    "password",
    "sas_token",
    "secret_id",
    "secret_key",
    "security_token",
    "token",
];
/// The names of what holds a password among other things.
const CONNECTION: &str = "conn_str";
const CONNECTION_VARIABLE: &str = "PG_CONN_STR";

/// Where the state lies. How it is reached may be secret, and is named by digests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Backend {
    #[serde(rename = "type")]
    kind: String,
    configuration: Digest,
    /// Of the variables of the environment that this kind of backend reads.
    environment: Digest,
    /// The directory, where the state lies in a file beside the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    directory: Option<PathBuf>,
}

impl Backend {
    /// The backend that a directory was initialised with, in this environment.
    ///
    /// # Errors
    ///
    /// `terraform.environment` for a kind of which it is not known what it reads; `terraform.failed` where what was
    /// initialised cannot be read; `io`.
    pub(super) fn of(chdir: Option<&str>) -> Result<Self> {
        let directory = Path::new(chdir.unwrap_or("."));
        Self::read(&initialised(directory)?, directory, |name| env::var_os(name).map(shown))
    }

    fn read(
        initialised: &Value,
        directory: &Path,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let backend = initialised.get("backend");
        let text = |key| backend.and_then(|backend| backend.get(key)?.as_str());
        let kind = text("type").unwrap_or(LOCAL);
        let Some((_, names)) = VARIABLES.iter().find(|(of, _)| *of == kind) else {
            let message = format!(
                "it is not known what a backend of the type `{kind}` takes from the environment"
            );
            return Err(Error::new(Code::TerraformEnvironment, message)
                .with_help("keep the state in one of Terraform's own backends"));
        };
        let mut configuration = backend.and_then(|it| it.get("config")).cloned();
        if let Some(Value::Object(settings)) = &mut configuration {
            settings.retain(|name, _| !CREDENTIALS.contains(&name.as_str()));
            if let Some(Value::String(connection)) = settings.get_mut(CONNECTION) {
                *connection = without_password(connection);
            }
        }
        let environment: BTreeMap<&str, String> = names
            .iter()
            .filter_map(|name| Some((*name, variable(name).filter(|it| !it.is_empty())?)))
            .map(|(name, value)| match name {
                CONNECTION_VARIABLE => (name, without_password(&value)),
                _ => (name, value),
            })
            .collect();
        let directory = (kind == LOCAL).then(|| {
            fs::canonicalize(directory).map_err(|error| {
                Error::io(format!("{} cannot be read", directory.display()), error)
            })
        });
        Ok(Self {
            kind: kind.to_owned(),
            configuration: Digest::of_kind(
                "terraform-backend",
                configuration.unwrap_or_default().to_string().as_bytes(),
            ),
            environment: Digest::of_kind(
                "terraform-backend-environment",
                serde_json::json!(environment).to_string().as_bytes(),
            ),
            directory: directory.transpose()?,
        })
    }

    /// Says what keeps this from being where the state of another lies, if anything. `empty` is whether there is no
    /// state: one that is there may be in a copy of the directory.
    pub(super) fn differs(&self, other: &Self, empty: bool) -> Option<&'static str> {
        let Self { kind, configuration, environment, directory } = self;
        if (kind, configuration) != (&other.kind, &other.configuration) {
            return Some("the backend is not the plan's");
        }
        if *environment != other.environment {
            return Some("the environment names another backend than the plan's");
        }
        (empty && *directory != other.directory).then_some(
            "there is no state yet, and the directory that it would come to lie in is not the plan's",
        )
    }
}

/// What Terraform wrote down when the directory was initialised.
fn initialised(directory: &Path) -> Result<Value> {
    let data = env::var_os("TF_DATA_DIR").filter(|path| !path.is_empty());
    let data = data.map_or_else(|| PathBuf::from(".terraform"), PathBuf::from);
    let path = directory.join(data).join("terraform.tfstate");
    match fs::exists(&path) {
        Ok(false) => return Ok(Value::Null),
        Ok(true) => {}
        Err(error) => return Err(Error::io(format!("{} cannot be read", path.display()), error)),
    }
    let text = files::read(&path, INITIALISED_BYTES)?;
    serde_json::from_slice(&text).map_err(|_| {
        Error::new(Code::TerraformFailed, "what was initialised cannot be read")
            .in_source(path.display().to_string())
            .with_help("initialise again: terraform init")
    })
}

fn shown(value: std::ffi::OsString) -> String {
    value.to_string_lossy().into_owned()
}

/// How a database is connected to, as a URL or in words, without the password.
fn without_password(connection: &str) -> String {
    let Some((scheme, rest)) = connection.split_once("://") else {
        let words = connection.split_whitespace();
        let others: Vec<&str> = words.filter(|word| !word.starts_with("password=")).collect();
        return others.join(" ");
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let authority = match authority.rsplit_once('@') {
        Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
        None => authority.to_owned(),
    };
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let settings = query.split('&').filter(|setting| !setting.starts_with("password="));
    format!("{scheme}://{authority}{path}?{}", settings.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn backend(kind: &str, settings: Value, environment: &[(&str, &str)]) -> Backend {
        let initialised = json!({ "backend": { "type": kind, "config": settings } });
        let variable = |name: &str| {
            environment.iter().find(|(of, _)| *of == name).map(|(_, value)| (*value).to_owned())
        };
        Backend::read(&initialised, Path::new("."), variable).unwrap()
    }

    #[test]
    fn what_names_another_place_differs_and_another_credential_does_not() {
        let same = |one: &Backend, other: &Backend| one.differs(other, true).is_none();
        let http = |address, password| {
            let set = [("TF_HTTP_ADDRESS", address), ("TF_HTTP_PASSWORD", password)];
            backend("http", json!({ "address": null, "password": password }), &set)
        };
        assert!(same(&http("https://a", "x"), &http("https://a", "y")));
        assert!(!same(&http("https://a", "x"), &http("https://b", "x")));
        let pg = |connection| backend("pg", json!({}), &[("PG_CONN_STR", connection)]);
        for (one, other, expected) in [
            ("postgres://u:x@h/db?sslmode=off", "postgres://u:y@h/db?sslmode=off", true),
            ("postgres://u:x@h/db", "postgres://u:x@h/other", false),
            ("postgres://u:x@h/db", "postgres://u:x@other/db", false),
            ("host=h password=x dbname=db", "host=h password=y dbname=db", true),
            ("host=h password=x dbname=db", "host=h password=x dbname=other", false),
        ] {
            assert_eq!(same(&pg(one), &pg(other)), expected, "{one} {other}");
        }
        let s3 = |settings| backend("s3", settings, &[("AWS_SESSION_TOKEN", "x")]);
        assert!(same(&s3(json!({ "bucket": "b" })), &s3(json!({ "bucket": "b", "token": "x" }))));
        assert!(!same(&s3(json!({ "bucket": "b" })), &s3(json!({ "bucket": "c" }))));
    }

    #[test]
    fn a_directory_tells_states_apart_only_where_there_is_none_yet() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let local = |place: &Path| Backend::read(&Value::Null, place, |_| None).unwrap();
        let (one, other) = (local(one.path()), local(other.path()));
        assert!(one.differs(&other, true).is_some());
        assert!(one.differs(&other, false).is_none());
        assert!(one.differs(&one, true).is_none());
    }

    #[test]
    fn a_backend_that_reads_who_knows_what_is_refused() {
        let unheard_of = json!({ "backend": { "type": "unheard-of", "config": {} } });
        let code = Backend::read(&unheard_of, Path::new("."), |_| None).map(drop);
        assert_eq!(code.map_err(|it| it.to_code()), Err(Code::TerraformEnvironment));
    }
}
