//! The runner of scenarios itself: it tells authors what is wrong and where, and its mutants find holes.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use poundlock::{
    Error, Texts,
    charter::Lock,
    error::{Code, Result},
    policy::PolicyPack,
    scenario::{MutantReport, Scenario, ScenarioReport, Suite},
};

const PACK: &str = "
pack: rules
version: 1.0.0
policies:
  - name: private
    description: Nothing is public.
    match: { resources: [thing] }
    validations: [{ expression: object.public == false }]
";

const CHARTER: &str = "
charter: test
version: 1.0.0
unmatched: deny
identity: asserted
packs: [{ pack: rules, version: 1.0.0 }]
actors:
  - { actor: planner, kind: workload }
  - { actor: deployer, kind: workload }
  - { actor: checker, kind: workload }
  - { actor: ana, kind: human }
gates:
  - { gate: scan, about: plan, producers: [checker], maxAge: 24h }
  - { gate: lint, about: plan, producers: [checker], maxAge: 24h }
tracks:
  - track: infra
    moves: change
    stages: [{ stage: dev, grants: { plan: [planner], apply: [deployer] }, packs: [rules] }]
    boundaries: [{ into: dev, gates: [scan] }]
";

const HEAD: &str = "
scenario: test
begin: 2026-03-02T08:00:00Z
defaults:
  request:
    asset: web
    stage: dev
    reason: because
    plan: one
    subject: { change: { commit: 4f9c1d2e3b5a69788796a5b4c3d2e1f001122334, ref: refs/heads/main, author: ana } }
  plan: { actor: planner }
  apply: { actor: deployer }
  evidence: { actor: checker, about: { plan: $plan.one } }
plans:
  one: [{ type: thing, after: { public: false } }]
";

fn suite() -> Suite {
    let mut lock = Lock::default();
    let pack = PolicyPack::parse(PACK.as_bytes()).unwrap();
    lock.pin(pack.reference(), pack.digest());
    Suite::new(Texts {
        charter: CHARTER.into(),
        lock: lock.to_yaml().into(),
        packs: vec![PACK.into()],
    })
    .unwrap()
}

fn read(text: &str) -> Result<Scenario> {
    let mut none = |_: &str| Err(Error::new(Code::InputInvalidValue, "there are no other files"));
    suite().scenario(text.as_bytes(), &mut none)
}

fn scenario(rest: &str) -> Scenario {
    read(&format!("{HEAD}{rest}")).unwrap()
}

fn run(rest: &str) -> ScenarioReport {
    scenario(rest).run().unwrap()
}

fn mutants(rest: &str) -> MutantReport {
    assert!(run(rest).passed);
    scenario(rest).run_mutants().unwrap()
}

const APPLIED: &str = "
steps:
  - plan: {}
  - evidence: { gate: scan }
  - apply: {}
";

#[test]
fn what_comes_as_it_must_passes() {
    let report = run(APPLIED);
    assert!(report.passed, "{report:#?}");
    assert_eq!(report.steps.len(), 3);
}

#[test]
fn a_step_that_comes_otherwise_is_told_with_line_and_codes() {
    let report = run("
steps:
  - plan: {}
  - apply: {}
");
    assert!(!report.passed);
    let step = &report.steps[1];
    assert_eq!((step.step.as_str(), step.verb.as_str(), step.line), ("apply-2", "apply", 19));
    assert_eq!((step.expected.as_str(), step.found.as_str()), ("allow", "deny [evidence.missing]"));
    assert_eq!(step.denials[0].code, "evidence.missing");
}

/// A denial for another reason is not the denial that was meant.
#[test]
fn a_denial_must_have_exactly_the_codes_that_are_named() {
    for codes in ["[evidence.stale]", "[evidence.missing, channel.local]"] {
        let report = run(&format!(
            "\nsteps:\n  - plan: {{}}\n  - apply: {{}}\n    expect: deny\n    findings: {codes}\n"
        ));
        assert!(!report.passed, "{codes}");
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    for (steps, line) in [
        ("\n  - {}", 17),
        ("\n  - plan: {}\n    apply: {}", 17),
        ("\n  - plan: {}\n  - plan: { plan: two }", 18),
        ("\n  - plan: {}\n    expect: perhaps", 18),
        ("\n  - plan: {}\n    expect: deny", 17),
        ("\n  - plan: {}\n    findings: [no.such_code]", 18),
        ("\n  - plan: {}\n    at: yesterday", 18),
        ("\n  - evidence: { gate: scan, about: { plan: $plan.two } }", 17),
        ("\n  - outcome: { permit: $later, actor: deployer }", 17),
        ("\n  - outcome: { permit: $digest.x }", 17),
        ("\n  - plan: {}\n    as: one\n  - plan: {}\n    as: one", 19),
        ("\n  - plan: {}\n    each: { id: [] }", 18),
    ] {
        let error = read(&format!("{HEAD}steps:{steps}\n")).err().unwrap();
        assert_eq!(error.code(), "input.invalid_value", "{steps}: {error}");
        assert_eq!(
            error.place().position.map(|position| position.line),
            Some(line),
            "{steps}: {error}"
        );
    }
    let error = read(&format!("{HEAD}steps: [{{ plan: {{}} }}]\ncolour: red\n")).err().unwrap();
    assert_eq!(error.code(), "input.unknown_field");
}

#[test]
fn what_could_not_be_asked_is_an_error_that_can_be_expected() {
    let report = run("
steps:
  - plan: { reason: null }
    expect: error input.missing_field
  - plan: { colour: red }
    expect: error input.unknown_field
");
    assert!(report.passed, "{report:#?}");
}

#[test]
fn no_mutant_of_a_sound_scenario_is_allowed() {
    let report = mutants(APPLIED);
    assert!(report.passed, "{report:#?}");
    assert!(report.mutants > 50, "{report:#?}");
    assert_eq!(report.mutants, report.denied + report.refused);
}

/// Without this, the mutants would show nothing.
#[test]
fn what_is_not_needed_is_found() {
    let report = mutants(
        "
steps:
  - plan: {}
  - evidence: { gate: scan }
  - evidence: { gate: lint }
    as: needless
  - apply: {}
",
    );
    assert!(!report.passed);
    assert!(report.allowed.iter().any(|mutant| mutant == "needless: left out"), "{report:#?}");
    let needless =
        |mutant: &String| ["needless: ", "charter: "].iter().any(|about| mutant.starts_with(about));
    assert!(report.allowed.iter().all(needless), "{report:#?}");
}

#[test]
fn an_exception_is_used_or_refused() {
    let with = |exceptions: &str| mutants(&format!("{APPLIED}irrelevant: [{exceptions}]\n"));
    let report = with("{ mutants: 'no such *', reason: none }");
    assert_eq!(
        (report.passed, report.unused.as_slice()),
        (false, ["no such *".to_owned()].as_slice())
    );
    let needless = "
steps:
  - plan: {}
  - evidence: { gate: scan }
  - evidence: { gate: lint }
    as: needless
  - apply: {}
irrelevant:
  - { mutants: 'needless: *', reason: nobody asks for it }
  - { mutants: 'charter: *', reason: nobody asks for it }
";
    let report = mutants(needless);
    assert!(report.passed && report.irrelevant > 0, "{report:#?}");
    let blank = needless.replace("nobody asks for it", "' '");
    assert_eq!(read(&format!("{HEAD}{blank}")).err().unwrap().code(), "input.invalid_value");
}

#[test]
fn what_ends_with_a_denial_has_no_mutants() {
    let report = mutants(
        "
steps:
  - apply: {}
    expect: deny
    findings: [evidence.missing, subject.plan_unrecorded]
",
    );
    assert_eq!((report.passed, report.mutants), (true, 0));
}

#[test]
fn the_same_scenario_gives_the_same_reports() {
    assert_eq!(run(APPLIED), run(APPLIED));
    assert_eq!(mutants(APPLIED), mutants(APPLIED));
}
