//! What would make Terraform do something else than what its arguments say.

use std::{
    env,
    ffi::OsStr,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use poundlock::{
    Error,
    error::{Code, Result},
};

/// Variables by the beginning of their names, and why each is refused.
const REFUSED: &[(&str, &str)] = &[
    ("TF_CLI_ARGS", "it adds arguments that nobody sees"),
    ("TF_REATTACH_PROVIDERS", "it puts a running program in the place of a provider"),
    ("TF_CLOUD_PLUGIN_DEV_OVERRIDE", "it puts another program in the place of a plugin"),
    ("TF_DISABLE_PLUGIN_TLS", "it lets others listen to what providers are told"),
    ("TF_FORCE_LOCAL_BACKEND", "it carries out here what belongs elsewhere"),
    ("TF_LOG", "logs hold sensitive values"),
    ("TF_TEMP_LOG_PATH", "logs hold sensitive values"),
];

/// Refuses an environment in which Terraform would do something else, or write sensitive values into logs.
///
/// # Errors
///
/// `terraform.environment`, and `io` when a configuration cannot be read.
pub(super) fn check() -> Result<()> {
    for (name, value) in env::vars_os() {
        let shown = name.to_string_lossy();
        let refused = REFUSED.iter().find(|(start, _)| shown.starts_with(start));
        if let Some((_, why)) = refused
            && !value.is_empty()
        {
            let message = format!("the environment sets {shown}: {why}");
            return Err(Error::new(Code::TerraformEnvironment, message)
                .with_help("unset it; arguments go after `--`"));
        }
    }
    configurations(|name| env::var_os(name))?.iter().try_for_each(|path| configuration(path))
}

/// The files that Terraform and OpenTofu may take their own configuration from.
fn configurations(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = ["TF_CLI_CONFIG_FILE", "TERRAFORM_CONFIG"]
        .iter()
        .filter_map(|name| variable(name))
        .filter(|path| !path.is_empty())
        .map(Into::into)
        .collect();
    let mut folders = Vec::new();
    let home = variable("HOME").filter(|path| !path.is_empty()).map(PathBuf::from);
    if cfg!(unix) && home.is_none() {
        let message =
            "HOME is not set, and Terraform looks for its own configuration elsewhere then";
        return Err(Error::new(Code::TerraformEnvironment, message)
            .with_help("set HOME, to an empty directory if need be"));
    }
    if let Some(home) = home {
        paths.extend([".terraformrc", ".tofurc"].map(|name| home.join(name)));
        folders.extend([".terraform.d", ".config/opentofu"].map(|name| home.join(name)));
        paths.push(home.join(".config/opentofu/tofurc"));
    }
    if let Some(data) = variable("APPDATA").map(PathBuf::from) {
        paths.extend(["terraform.rc", "tofu.rc"].map(|name| data.join(name)));
        folders.push(data.join("terraform.d"));
    }
    if let Some(config) = variable("XDG_CONFIG_HOME").map(PathBuf::from) {
        paths.push(config.join("opentofu").join("tofurc"));
        folders.push(config.join("opentofu"));
    }
    for folder in folders {
        let failed = |error| Error::io(format!("{} cannot be read", folder.display()), error);
        match fs::read_dir(&folder) {
            Ok(entries) => {
                for entry in entries {
                    let path = entry.map_err(failed)?.path();
                    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
                    if name.ends_with(".tfrc") || name.ends_with(".tfrc.json") {
                        paths.push(path);
                    }
                }
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(paths)
}

/// Refuses a configuration that puts other programs in the place of providers.
fn configuration(path: &Path) -> Result<()> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Error::io(format!("{} cannot be read", path.display()), error));
        }
    };
    let text = String::from_utf8_lossy(&bytes);
    // Even in a comment: where one ends is not for us to tell. And a name may be written with escapes.
    let overrides = text.contains("dev_overrides") || has_escapes(&text);
    if overrides {
        let message = "Terraform's configuration overrides providers (dev_overrides)";
        return Err(Error::new(Code::TerraformEnvironment, message)
            .in_source(path.display().to_string())
            .with_help("take dev_overrides out, or name another file with TF_CLI_CONFIG_FILE"));
    }
    Ok(())
}

/// Whether a character is written by its number.
fn has_escapes(text: &str) -> bool {
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        // The backslash of `\\` is spent with the one before it.
        if character == '\\' && matches!(characters.next(), Some('u' | 'U' | 'x' | '0'..='7')) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn check_text(text: &str) -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("terraform.tfrc");
        fs::write(&path, text).unwrap();
        configuration(&path)
    }

    #[test]
    fn overridden_providers_are_refused_however_they_are_written() {
        let mirror =
            r#"provider_installation { filesystem_mirror { path = "C:\\users\\mirror" } }"#;
        assert!(check_text(mirror).is_ok());
        for text in [
            "provider_installation {\n  dev_overrides { \"acme/x\" = \"/tmp/x\" }\n}",
            "provider_installation { dev_overrides { } }",
            r#"{ "provider_installation": [{ "dev\u005foverrides": {} }] }"#,
            r#"provider_installation { "dev\137overrides" = { } }"#,
            "/* # */ provider_installation { /*\n# */ dev_overrides { } }",
        ] {
            let code = check_text(text).map_err(|error| error.to_code());
            assert_eq!(code, Err(Code::TerraformEnvironment), "{text}");
        }
    }

    #[test]
    fn a_configuration_is_looked_for_wherever_terraform_does() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".terraform.d");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("more.tfrc"), "").unwrap();
        fs::write(folder.join("checkpoint_cache"), "").unwrap();
        let at = home.path().as_os_str().to_owned();
        let found = configurations(|name| (name == "HOME").then(|| at.clone())).unwrap();
        assert!(found.contains(&home.path().join(".terraformrc")));
        assert!(found.contains(&folder.join("more.tfrc")));
        assert!(!found.contains(&folder.join("checkpoint_cache")));
        #[cfg(unix)]
        assert!(configurations(|_| None).is_err());
        let named = |name: &str| match name {
            "HOME" => Some(at.clone()),
            "TF_CLI_CONFIG_FILE" => Some("x.rc".into()),
            _ => None,
        };
        assert!(configurations(named).unwrap().contains(&PathBuf::from("x.rc")));
    }
}
