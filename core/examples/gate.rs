//! Asks whether a plan may be acted upon, and signs what was decided: `gate plan`, `gate apply`, `gate sign`.

use std::{
    env,
    error::Error,
    fs,
    path::Path,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use poundlock::{
    Admission, Engine, Ledger, Plan, Request, State, digest,
    ledger::SecretKey,
    model::{Action, Actor, Change, Channel, Outcome},
    time::Instant,
};

/// Asks, with the host's clock: the library has none.
fn ask(action: Action, actor: &str) -> Result<Admission, Box<dyn Error>> {
    let nonce = digest::unhex(fs::read_to_string("plan.json.nonce")?.trim());
    let nonce: [u8; 32] = nonce.and_then(|it| it.try_into().ok()).ok_or("this is no nonce")?;
    let plan = Plan::from_terraform(&fs::read("plan.json")?, &nonce)?;

    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let at = Instant::from_unix_seconds(now.as_secs().try_into()?)?;
    let id = format!("{actor}-{}", now.as_nanos()); // an id of its own for every question
    let change =
        Change::new("4f9c1d2e3b5a69788796a5b4c3d2e1f001122334", "refs/heads/main", "alice");
    let mut request = Request::new(id, at, action, Actor::workload(actor), "dev", "web", change);
    request.channel = Channel::Ci;
    request.reason = "more memory".into();
    request.attach(plan);

    let ledger = Ledger::open(Path::new("poundlock/ledger"))?;
    let mut state = State::open(&ledger)?;
    let engine = Engine::of_ledger(&ledger, &state)?;
    Ok(engine.admit(&request, &ledger, &mut state)?)
}

/// Signs everything that nobody signed yet; it is decided again first.
fn sign() -> Result<u64, Box<dyn Error>> {
    let key = SecretKey::from_pkcs8("acme/2026", &fs::read("acme.pem")?, None)?;
    let ledger = Ledger::open(Path::new("poundlock/ledger"))?;
    let engine = Engine::of_ledger(&ledger, &State::open(&ledger)?)?;
    engine.sign(&ledger, &mut State::new(), &[&key])?;
    Ok(ledger.verify()?.size)
}

fn main() -> ExitCode {
    let answer = match env::args().nth(1).as_deref() {
        Some("plan") => ask(Action::Plan, "ci-plan"),
        Some("apply") => ask(Action::Apply, "ci-apply"),
        _ => {
            return match sign() {
                Ok(size) => {
                    println!("{size} entries, signed");
                    ExitCode::SUCCESS
                }
                Err(error) => no_answer(&*error),
            };
        }
    };
    match answer {
        Ok(admission) => said(&admission),
        Err(error) => no_answer(&*error),
    }
}

fn said(admission: &Admission) -> ExitCode {
    let findings = admission.decision.iter().flat_map(|decision| &decision.findings);
    for finding in findings.filter(|finding| finding.outcome != Outcome::Pass) {
        println!("{}: {}", finding.code, finding.message);
        println!("  {}", finding.remedy.as_deref().unwrap_or_default());
    }
    println!("{} {}", admission.verdict.word(), admission.entry);
    if admission.may_proceed() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Not a denial, and no leave to go on either.
fn no_answer(error: &(dyn Error + 'static)) -> ExitCode {
    let code = error.downcast_ref::<poundlock::Error>().map_or("io", poundlock::Error::code);
    eprintln!("{code}: {error}");
    ExitCode::from(2)
}
