//! The composite action of `docs/ci/github`, and the template of `docs/ci/gitlab.yml`: their scripts, run in a shell as
//! their hosts do.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn yaml(path: &str) -> Value {
    let text = fs::read(repository().join(path)).unwrap();
    let value = poundlock::Value::parse_yaml(&text).unwrap();
    serde_json::to_value(value.as_ref()).unwrap()
}

/// A directory with `poundlock`, and a `curl` that answers with the token and the keys, and notes what it was told.
fn tools(place: &Workplace, token: &str) -> String {
    let bin = place.path("bin");
    fs::create_dir_all(&bin).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_poundlock"), bin.join("poundlock")).unwrap();
    fs::write(place.path("answer"), format!("{{\"count\":1,\"value\":\"{token}\"}}")).unwrap();
    let curl = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >> '{here}/curl.log'\n\
         for argument; do [ \"$last\" = --output ] && file=$argument; last=$argument; done\n\
         case $last in *jwks*|*keys*) cp '{here}/keys.json' \"$file\";; *) cat >> '{here}/header'; cp '{here}/answer' \"$file\";; esac\n",
        here = place.path(".").display()
    );
    fs::write(bin.join("curl"), curl).unwrap();
    fs::set_permissions(bin.join("curl"), fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", bin.display())
}

/// The step of the action with these inputs, as a runner starts it.
fn action(
    place: &Workplace,
    inputs: &[(&str, &str)],
    environment: &BTreeMap<String, String>,
) -> Output {
    let action = yaml("docs/ci/github/action.yml");
    let declared = action["inputs"].as_object().unwrap();
    let given: BTreeMap<&str, &str> = inputs.iter().copied().collect();
    assert!(given.keys().all(|name| declared.contains_key(*name)));
    let step = &action["runs"]["steps"][0];
    let script = step["run"].as_str().unwrap();
    assert!(!script.contains("${{"), "what is pasted into a script becomes a part of it");
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
    command.current_dir(place.path(".")).env_clear().envs(environment);
    for (name, expression) in step["env"].as_object().unwrap() {
        let expression = expression.as_str().unwrap();
        let input = expression.strip_prefix("${{ inputs.").unwrap().strip_suffix(" }}").unwrap();
        let default = declared[input]["default"].as_str();
        command.env(name, given.get(input).copied().or(default).unwrap());
    }
    command.output().unwrap()
}

const INPUTS: [(&str, &str); 7] = [
    ("action", "plan"),
    ("stage", "dev"),
    ("asset", "web"),
    ("author", "alice"),
    ("reason", "more $(memory)"),
    ("plan", "plan.json"),
    ("arguments", "--at\n2026-03-02T09:00:00Z\n"),
];

/// A job of GitHub's, whose run is that of the vector's token, with the runner's files.
fn runner(place: &Workplace, token: &str) -> BTreeMap<String, String> {
    let mut environment = host(GITHUB).environment;
    let mut set = |name: &str, value: String| environment.insert(name.into(), value);
    set("PATH", tools(place, token));
    set("GITHUB_RUN_ID", "7".into());
    for (name, file) in
        [("RUNNER_TEMP", "temp"), ("GITHUB_OUTPUT", "o"), ("GITHUB_STEP_SUMMARY", "s")]
    {
        set(name, place.path(file).display().to_string());
    }
    set("ACTIONS_ID_TOKEN_REQUEST_URL", "https://runner.example/token?api-version=2.0".into());
    set("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "CANARY-4f1d".into());
    fs::create_dir_all(place.path("temp")).unwrap();
    environment
}

#[test]
fn the_github_action_asks_by_its_token() {
    let place = Workplace::empty();
    let token = verified(&place);
    let environment = runner(&place, &token);
    let inputs = [&INPUTS[..], &[("audience", "https://poundlock.example")]].concat();
    let output = action(&place, &inputs, &environment);
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let outputs = fs::read_to_string(place.path("o")).unwrap();
    assert!(outputs.contains("verdict=allow\n"));
    assert!(fs::read_to_string(place.path("s")).unwrap().contains("**ALLOW**"));
    let (_, entry) = place.json(&["show", "1"]);
    assert_eq!(entry["body"]["request"]["reason"], "more $(memory)");
    // The token is masked before anything else is printed, and neither it nor what fetched it is left anywhere.
    assert!(said.starts_with(&format!("::add-mask::{token}\n")));
    assert_eq!(said.matches(&token).count(), 1);
    assert_eq!(fs::read_dir(place.path("temp")).unwrap().count(), 0);
    let told = fs::read_to_string(place.path("curl.log")).unwrap();
    assert!(told.contains("audience=https://poundlock.example") && !told.contains("CANARY"));
    assert!(fs::read_to_string(place.path("header")).unwrap().contains("bearer CANARY-4f1d"));
}

#[test]
fn the_github_action_fails_where_it_is_denied_or_has_no_token() {
    let place = Workplace::empty();
    let token = verified(&place);
    let environment = runner(&place, &token);
    // Nothing shows who asks.
    let unverified = action(&place, &[&INPUTS[..], &[("actor", "planner")]].concat(), &environment);
    assert_eq!(unverified.status.code(), Some(1));
    assert!(fs::read_to_string(place.path("o")).unwrap().contains("verdict=deny\n"));
    let mut without = environment;
    without.remove("ACTIONS_ID_TOKEN_REQUEST_URL");
    let inputs = [&INPUTS[..], &[("audience", "https://poundlock.example")]].concat();
    assert_eq!(action(&place, &inputs, &without).status.code(), Some(2));
}

/// The template's script, as a runner starts it in a job with these variables.
fn template(place: &Workplace, mut environment: BTreeMap<String, String>) -> Output {
    let template = yaml("docs/ci/gitlab.yml");
    let template = &template[".poundlock"];
    let script: Vec<&str> =
        template["script"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
    for (name, value) in template["variables"].as_object().unwrap() {
        environment.insert(name.clone(), value.as_str().unwrap().into());
    }
    for (name, value) in [
        ("ACTION", "plan"),
        ("STAGE", "dev"),
        ("ASSET", "web"),
        ("PLAN", "plan.json"),
        ("AUTHOR", "alice"),
        ("REASON", "more $(memory)"),
    ] {
        environment.insert(format!("POUNDLOCK_{name}"), value.into());
    }
    environment.insert("CI_SERVER_URL".into(), "https://forge.example".into());
    // Tokens were signed for one instant.
    let script = script.join("\n").replace(" ci \\\n", &format!(" ci --at={AT} \\\n"));
    assert!(script.contains(AT));
    let output = Command::new("bash")
        .args(["-eo", "pipefail", "-c", &script])
        .current_dir(place.path("."))
        .env_clear()
        .envs(&environment)
        .output()
        .unwrap();
    let reports = &template["artifacts"]["reports"];
    if output.status.success() {
        assert!(place.path(reports["junit"].as_str().unwrap()).exists());
        let dotenv = fs::read_to_string(place.path(reports["dotenv"].as_str().unwrap())).unwrap();
        assert!(dotenv.contains("POUNDLOCK_VERDICT=allow\n"));
    }
    output
}

#[test]
fn the_gitlab_template_asks_by_its_token() {
    let place = Workplace::empty();
    let token = verified(&place);
    let mut environment = gitlab(&token);
    environment.insert("PATH".into(), tools(&place, &token));
    let output = template(&place, environment);
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(!said.contains(&token));
}

#[test]
fn the_gitlab_template_names_an_actor_where_there_is_no_token() {
    let place = workplace(&BTreeMap::new());
    let mut environment = host("GitLab, a push").environment;
    environment.insert("PATH".into(), tools(&place, ""));
    // Neither shows who asks.
    assert_eq!(template(&place, environment.clone()).status.code(), Some(2));
    environment.insert("POUNDLOCK_ACTOR".into(), "ci-plan".into());
    let output = template(&place, environment);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!place.path("curl.log").exists());
}

#[test]
fn the_pre_commit_hooks_hold_what_init_writes() {
    let place = workplace(&BTreeMap::new());
    let path = tools(&place, "");
    let hooks = yaml("docs/ci/pre-commit-config.yaml");
    let hooks = hooks["repos"][0]["hooks"].as_array().unwrap();
    let run = |hook: &Value| {
        let entry = hook["entry"].as_str().unwrap();
        let mut shell = Command::new("sh");
        shell.args(["-c", entry]).current_dir(place.path(".")).env("PATH", &path);
        shell.output().unwrap().status.success()
    };
    assert!(!hooks.is_empty() && hooks.iter().all(&run));
    // What is committed has neither the ledger nor anything that is secret.
    for name in ["acme.pem", "plan.json", "plan.json.nonce", "kept/tfplan"] {
        let file = place.path("poundlock").join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, "").unwrap();
    }
    let git = "git init --quiet . && git add poundlock && git ls-files | grep -v schema/";
    let listed = Command::new("sh").args(["-c", git]).current_dir(place.path(".")).output();
    let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
    let listed: Vec<_> =
        listed.lines().map(|line| line.strip_prefix("poundlock/").unwrap()).collect();
    assert_eq!(listed, [".gitignore", "charter.lock", "charter.yaml", "packs/starter.yaml"]);
    let pack = fs::read_to_string(place.path("poundlock/packs/starter.yaml")).unwrap();
    fs::write(place.path("poundlock/packs/starter.yaml"), pack.replace("443", "444")).unwrap();
    assert!(!hooks.iter().all(run));
}
