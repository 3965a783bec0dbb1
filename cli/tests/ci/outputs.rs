//! What a job shows: files, annotations and outputs, in which no found text commands the host and nothing secret stands.

use super::*;

/// A pack whose findings quote what a plan says, and a plan that says this.
fn quoting(place: &Workplace, text: &str) {
    let pack = "
pack: starter
version: 1.0.0
policies:
  - name: quotes
    description: A name is short.
    match: { resources: [acme_bucket] }
    validations:
      - { expression: size(object.name) < 3, messageExpression: object.name, remedy: Take a shorter name. }
      - { expression: size(object.password) < 3, messageExpression: object.password }
";
    fs::write(place.path("poundlock/packs/starter.yaml"), pack).unwrap();
    fs::remove_dir_all(place.path("poundlock/ledger")).unwrap();
    assert_eq!(place.json(&["lock"]).0, 0);
    assert_eq!(place.json(&["init", "--origin", "acme/ci", "--at", "2026-03-02T08:00:00Z"]).0, 0);
    let plan = serde_json::json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "complete": true, "applyable": true,
        "resource_changes": [{
            "address": format!("acme_bucket.b[\"{text}\"]"), "mode": "managed", "type": "acme_bucket", "name": "b",
            "provider_name": "registry.terraform.io/acme/acme",
            "change": {
                "actions": ["create"], "before": null, "after_unknown": {}, "before_sensitive": false,
                "after": { "name": text, "password": "CANARY-4f1d" },
                "after_sensitive": { "password": true },
            },
        }],
    });
    fs::write(place.path("plan.json"), plan.to_string()).unwrap();
}

const FILES: [&str; 8] = [
    "--sarif",
    "out/poundlock.sarif",
    "--junit",
    "out/poundlock.xml",
    "--summary",
    "out/poundlock.md",
    "--outputs",
    "out/poundlock.env",
];

fn read(place: &Workplace, name: &str) -> String {
    fs::read_to_string(place.path(name)).unwrap()
}

/// The lines that a host takes for commands.
fn commands(output: &Output) -> Vec<String> {
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    let command = |line: &&str| {
        line.trim_start().starts_with("::") || line.contains("##[") || line.contains("##vso[")
    };
    said.lines().filter(command).map(str::to_owned).collect()
}

fn with_files(
    place: &Workplace,
    mut environment: BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
        environment.insert(name.into(), place.path(name).display().to_string());
    }
    environment
}

#[test]
fn what_is_found_commands_no_host() {
    let attacks = [
        "::add-path::/tmp/evil",
        "x\n::set-env name=LD_PRELOAD::evil",
        "##vso[task.setvariable variable=PATH]/tmp/evil",
        "x\r\n##[add-path]/tmp/evil",
        "%0A::stop-commands::x",
        "](https://evil.example) | <img src=x> @mallory",
    ];
    for attack in attacks {
        for name in [GITHUB, AZURE] {
            let place = workplace(&BTreeMap::new());
            quoting(&place, attack);
            let environment = with_files(&place, host(name).environment);
            for format in ["text", "json"] {
                let more = [&FILES[..], &["--format", format]].concat();
                let output = ci(&place, &environment, &more);
                assert_eq!(output.status.code(), Some(1));
                for command in commands(&output) {
                    let ours = if name == GITHUB {
                        command.starts_with("::error title=")
                    } else {
                        ["logissue type=error", "setvariable variable=entry;", "uploadsummary]"]
                            .iter()
                            .chain(&["setvariable variable=verdict;"])
                            .any(|verb| command.starts_with(&format!("##vso[task.{verb}")))
                    };
                    assert!(ours, "{attack:?} on {name}: {command}");
                }
                if format == "json" {
                    let message = &json(&output)["decision"]["findings"];
                    assert!(message.to_string().contains("policy.failed"));
                }
            }
            if name == GITHUB {
                let outputs = read(&place, "GITHUB_OUTPUT");
                assert!(
                    outputs
                        .lines()
                        .all(|line| line == "verdict=deny" || line.starts_with("entry=sha256:"))
                );
            }
        }
    }
}

#[test]
fn a_denial_is_annotated_and_hands_on_no_permit() {
    let place = workplace(&BTreeMap::new());
    quoting(&place, "long");
    let environment = with_files(&place, host(GITHUB).environment);
    let output = ci(&place, &environment, &FILES);
    assert_eq!(output.status.code(), Some(1));
    let annotations = commands(&output);
    assert!(
        annotations
            .iter()
            .any(|line| line.starts_with("::error title=policy.failed starter/quotes"))
    );
    assert!(read(&place, "GITHUB_STEP_SUMMARY").contains("**DENY**"));
    assert!(read(&place, "GITHUB_OUTPUT").starts_with("entry=sha256:"));
    assert!(!read(&place, "GITHUB_OUTPUT").contains("permit"));
    assert!(read(&place, "out/poundlock.env").contains("POUNDLOCK_VERDICT=deny\n"));
    assert!(!read(&place, "out/poundlock.env").contains("PERMIT"));
    assert!(read(&place, "out/poundlock.xml").contains("<failure type=\"policy.failed\""));
    let sarif: Value = serde_json::from_str(&read(&place, "out/poundlock.sarif")).unwrap();
    let levels: Vec<_> = sarif["runs"][0]["results"].as_array().unwrap().iter().collect();
    assert!(
        levels
            .iter()
            .any(|result| result["ruleId"] == "starter/quotes" && result["level"] == "error")
    );
}

#[test]
fn a_permit_is_handed_to_later_steps() {
    let place = workplace(&BTreeMap::new());
    let environment = with_files(&place, host(GITHUB).environment);
    assert_eq!(ci(&place, &environment, &[]).status.code(), Some(0));
    let evidence = [
        "record",
        "evidence",
        "--gate",
        "checkov",
        "--result",
        "pass",
        "--plan",
        "plan.json",
        "--actor",
        "ci-checks",
        "--channel",
        "ci",
        "--at",
        AT,
    ];
    assert_eq!(place.json(&evidence).0, 0);
    let mut arguments = ASKED.to_vec();
    arguments[2] = "apply";
    arguments[13] = "--actor=ci-apply";
    arguments.extend(FILES);
    let output = job(&place, &environment, &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
    let (_, entry) = place.json(&["show", "3"]);
    let hash = entry["hash"].as_str().or(entry["entry"].as_str()).unwrap();
    assert!(read(&place, "GITHUB_OUTPUT").ends_with(&format!("permit={hash}\nverdict=allow\n")));
    assert!(read(&place, "out/poundlock.env").contains(&format!("POUNDLOCK_PERMIT={hash}\n")));
    // Two steps, two summaries on one page.
    assert_eq!(read(&place, "GITHUB_STEP_SUMMARY").matches("**ALLOW**").count(), 2);

    // What is said of a plan does not take its place, by whatever name.
    let plan = read(&place, "plan.json");
    let mut onto_plan = arguments.clone();
    *onto_plan.last_mut().unwrap() = "out/../plan.json";
    onto_plan.extend(["--format", "json"]);
    let output = job(&place, &environment, &onto_plan).output().unwrap();
    assert_eq!(error_code(&output), "input.invalid_value");
    assert_eq!(read(&place, "plan.json"), plan);

    // A step that gets no answer leaves nothing that could be taken for one.
    fs::remove_file(place.path("plan.json.nonce")).unwrap();
    let output = job(&place, &environment, &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_dir(place.path("out")).unwrap().count(), 0);
}

#[test]
fn nothing_secret_is_in_any_output() {
    const CANARY: &str = "CANARY-4f1d";
    for recorded in recorded() {
        let place = workplace(&BTreeMap::new());
        quoting(&place, "long");
        let mut environment = with_files(&place, recorded.environment);
        for name in ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY"] {
            environment.insert(name.into(), CANARY.into());
        }
        let output = ci(&place, &environment, &FILES);
        assert_eq!(output.status.code(), Some(1), "{}", recorded.host);
        fs::remove_file(place.path("plan.json")).unwrap();
        let mut said = vec![output.stdout, output.stderr];
        let mut directories = vec![place.path(".")];
        while let Some(directory) = directories.pop() {
            for file in fs::read_dir(directory).unwrap() {
                let file = file.unwrap().path();
                if file.is_dir() {
                    directories.push(file);
                } else {
                    said.push(fs::read(file).unwrap());
                }
            }
        }
        let leaks =
            |bytes: &[u8]| bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
        assert!(said.len() > 10 && !said.iter().any(|bytes| leaks(bytes)), "{}", recorded.host);
    }
}

/// The schema that a package of Microsoft's carries; `cargo xtask test` says where it lies.
// Requirements: R381, R501.
#[test]
fn sarif_is_what_its_schema_describes() {
    let variable = std::env::var_os;
    let (Some(schema), Some(python)) =
        (variable("POUNDLOCK_SARIF_SCHEMA"), variable("POUNDLOCK_PYTHON"))
    else {
        assert!(variable("POUNDLOCK_STRICT").is_none(), "there is no schema, or no Python");
        println!("not asked: POUNDLOCK_SARIF_SCHEMA or POUNDLOCK_PYTHON is not set");
        return;
    };
    let place = workplace(&BTreeMap::new());
    let allowed = ci(&place, &host(GITHUB).environment, &["--sarif", "allowed.sarif"]);
    assert_eq!(allowed.status.code(), Some(0));
    quoting(&place, "](x) {0}");
    let denied = ci(&place, &host(GITHUB).environment, &["--sarif", "denied.sarif"]);
    assert_eq!(denied.status.code(), Some(1));
    let checked = place.run(&["check", "--plan", "plan.json", "--format", "sarif"]);
    assert_eq!(checked.status.code(), Some(1));
    fs::write(place.path("checked.sarif"), &checked.stdout).unwrap();
    fs::write(place.path("wrong.sarif"), r#"{ "version": "2.1.0", "runs": [{}] }"#).unwrap();
    for (file, valid) in [("allowed", true), ("denied", true), ("checked", true), ("wrong", false)]
    {
        let said = Command::new(&python)
            .arg(repository().join("tests/validator/sarif.py"))
            .arg(&schema)
            .arg(place.path(&format!("{file}.sarif")))
            .output()
            .unwrap();
        assert_eq!(
            said.status.success(),
            valid,
            "{file}: {}",
            String::from_utf8_lossy(&said.stderr)
        );
    }
}

#[test]
fn a_check_of_manifests_says_where_and_whether_anything_was_judged() {
    let place = workplace(&BTreeMap::new());
    let pack = |kind: &str| {
        format!(
            "pack: p\nversion: 1.0.0\npolicies:\n  - name: n\n    description: It is not two.\n    \
             match: {{ resources: [\"kubernetes:core/v1:{kind}\"] }}\n    \
             validations: [{{ expression: object.metadata.name != 'two' }}]\n"
        )
    };
    let manifest =
        |name: &str| format!("apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {name} }}\n");
    fs::create_dir(place.path("shop")).unwrap();
    for (file, content) in [
        ("about.yaml", pack("Namespace")),
        ("idle.yaml", pack("Pod")),
        ("shop/a.yaml", manifest("one")),
        ("shop/b.yaml", format!("{}---\n{}", manifest("three"), manifest("two"))),
    ] {
        fs::write(place.path(file), content).unwrap();
    }
    let check = |pack: &str, more: &[&str]| {
        let both = ["check", "--pack", pack, "--manifests", "shop/a.yaml", "shop/b.yaml"];
        let output = place.run(&[&both[..], more].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, sarif) = check("about.yaml", &["--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&sarif).unwrap();
    let found = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(code, Some(1));
    assert_eq!(
        (&found["artifactLocation"]["uri"], &found["region"]["startLine"]),
        (&"shop/b.yaml".into(), &5.into())
    );
    let (code, said) = check("idle.yaml", &[]);
    assert!(
        code == Some(0) && said.contains("nothing judged") && !said.contains("passed"),
        "{said}"
    );
    let directory = place.json(&["check", "--pack", "idle.yaml", "--manifests", "shop"]);
    assert_eq!(
        (directory.0, directory.1["error"]["code"].as_str()),
        (2, Some("input.invalid_value"))
    );
}

#[test]
fn other_tools_read_what_check_prints() {
    let place = workplace(&BTreeMap::new());
    quoting(&place, "long");
    for (format, begins) in [("sarif", "{"), ("junit", "<?xml"), ("markdown", "### ")] {
        let output = place.run(&["check", "--plan", "plan.json", "--format", format]);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(said.starts_with(begins) && said.contains("quotes"), "{said}");
    }
    // What has no such form says so, and does nothing.
    assert_eq!(place.run(&["status", "--format", "sarif"]).status.code(), Some(2));
}
