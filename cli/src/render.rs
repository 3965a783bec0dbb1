//! How answers read for people: the verdict first, then why, then what would change it.

use poundlock::{
    cel::Reason,
    engine::{Admission, Review, codes::POLICY_PASSED},
    identity::StatementSubject,
    ledger::Recorded,
    model::{
        Action, Actions, Enforcement, Finding, Mode, Obligation, Outcome, Permit, Plan,
        PolicyCount, Verdict,
    },
    scenario::{MutantReport, ScenarioReport, StepReport},
    state::{Status, StatusArtifact, StatusAttempt},
};
use serde_json::Value;

use crate::output::{Style, Text, printable};

/// How many findings are printed in full; JSON has them all.
const SHOWN: usize = 50;

pub(crate) fn verdict(text: &mut Text, verdict: Verdict) {
    match verdict {
        Verdict::Allow => text.add(Style::Good, "ALLOW").line(""),
        Verdict::Deny => text.add(Style::Bad, "DENY").line(""),
    };
}

pub(crate) fn admission(text: &mut Text, admission: &Admission) {
    match (admission.mode, admission.verdict) {
        (Mode::Enforce, given) => verdict(text, given),
        (Mode::Observe, Verdict::Allow) => {
            text.add(Style::Warning, "OBSERVED")
                .line("  would be allowed; nothing is enforced and no permit is given");
        }
        (Mode::Observe, Verdict::Deny) => {
            text.add(Style::Warning, "OBSERVED")
                .line("  would be denied; nothing is enforced and no permit is given");
        }
    }
    let repeated = match (admission.repeated, admission.verdict, admission.live) {
        (false, ..) => "",
        (true, Verdict::Allow, false) => {
            "  (answered before; what it permitted is over, and nothing may be done on it)"
        }
        (true, ..) => "  (answered before)",
    };
    text.line(format!(
        "entry {}  {}  {}{repeated}",
        admission.sequence, admission.at, admission.entry
    ));
    let Some(decision) = &admission.decision else { return };
    if let Some(permit) = &decision.permit {
        text.line(format!(
            "permit to {}{} until {}: the hash above",
            permit.action.word(),
            traffic(permit),
            permit.expires
        ));
    }
    findings(text, &decision.findings);
    let owes = decision.permit.as_ref().is_some_and(Permit::is_act);
    for obligation in decision.obligations.iter().filter(|_| owes) {
        text.add(Style::Warning, "owed  ").line(owed(obligation));
    }
    for obligation in &decision.meets {
        text.add(Style::Good, "met   ").line(owed(obligation));
    }
    policies(text, &decision.policies);
}

/// How much of the traffic a permit is for, where traffic follows in steps.
pub(crate) fn traffic(permit: &Permit) -> String {
    match (permit.action, permit.traffic) {
        (_, None) => String::new(),
        (Action::Shift, Some(percent)) => format!(" to {percent} percent of the traffic"),
        (_, Some(percent)) => format!(" with {percent} percent of the traffic"),
    }
}

pub(crate) fn findings(text: &mut Text, findings: &[Finding]) {
    let (denials, rest): (Vec<_>, Vec<_>) = findings
        .iter()
        .filter(|finding| finding.outcome != Outcome::Pass)
        .partition(|finding| finding.denies());
    for finding in denials.iter().chain(&rest).take(SHOWN) {
        self::finding(text, finding);
    }
    let count = denials.len().saturating_add(rest.len());
    if count > SHOWN {
        text.line(format!("  and {} more; see --format json", count.saturating_sub(SHOWN)));
    }
    let passed = findings.iter().filter(|finding| finding.outcome == Outcome::Pass);
    // A pass of no policy in particular is no pass to speak of.
    let (idle, passed): (Vec<_>, Vec<_>) =
        passed.partition(|finding| finding.code == POLICY_PASSED && finding.subject.is_none());
    for finding in idle {
        text.add(Style::Warning, "  nothing judged").line(format!("  {}", finding.message));
    }
    let mut codes: Vec<&str> = passed.iter().map(|finding| finding.code.as_str()).collect();
    codes.dedup();
    if !codes.is_empty() {
        text.add(Style::Faint, format!("  passed: {}\n", codes.join(", ")));
    }
}

fn finding(text: &mut Text, finding: &Finding) {
    let (style, word) = match (finding.denies(), finding.outcome) {
        (true, Outcome::Unknown) => (Style::Bad, "unknown"),
        (true, _) => (Style::Bad, "fail"),
        (false, Outcome::Overridden) => (Style::Warning, "overridden"),
        (false, _) if finding.enforcement == Enforcement::Advisory => (Style::Warning, "advice"),
        (false, _) => (Style::Warning, "note"),
    };
    text.add(Style::Plain, "  ").add(style, word).add(Style::Plain, format!("  {}", finding.code));
    for about in [&finding.subject, &finding.resource].into_iter().flatten() {
        text.add(Style::Plain, format!("  {}", printable(about)));
    }
    text.line("");
    text.line(format!("      {}", printable(&finding.message)));
    reasons(text, &finding.reasons);
    if let Some(remedy) = &finding.remedy {
        text.line(format!("      → {}", printable(remedy)));
    }
}

pub(crate) fn reasons(text: &mut Text, reasons: &[Reason]) {
    for reason in reasons {
        text.line(format!("      because {}", printable(&reason.to_string())));
    }
}

/// How many steps of a scenario are shown that did not come as they must: later ones often fail because an
/// earlier one did.
const SHOWN_STEPS: usize = 3;

/// The steps of a scenario that did not come as they must.
pub(crate) fn steps(text: &mut Text, file: &str, report: &ScenarioReport) {
    let failed: Vec<&StepReport> = report.steps.iter().filter(|step| !step.passed).collect();
    for failed in failed.iter().take(SHOWN_STEPS) {
        step(text, file, failed);
    }
    let more = failed.len().saturating_sub(SHOWN_STEPS);
    if more > 0 {
        text.line(format!("      and {more} steps more"));
    }
}

fn step(text: &mut Text, file: &str, step: &StepReport) {
    let file = step.file.as_deref().unwrap_or(file);
    let place = format!("{file}:{}: step `{}` ({})", step.line, step.step, step.verb);
    text.line(format!("      {}", printable(&place)));
    text.line(format!("        expected {}", step.expected));
    text.line(format!("        found    {}", printable(&step.found)));
    for denial in &step.denials {
        let subject = denial.subject.as_deref().or(denial.resource.as_deref());
        let subject = subject.map(|subject| format!(" {subject}")).unwrap_or_default();
        text.line(format!(
            "        {}{}: {}",
            denial.code,
            printable(&subject),
            printable(&denial.message)
        ));
    }
}

/// The mutants of a scenario that were allowed, and the exceptions that are none.
pub(crate) fn mutants(text: &mut Text, report: &MutantReport) {
    for mutant in &report.allowed {
        text.line(format!("      allowed all the same: {}", printable(mutant)));
    }
    for pattern in &report.unused {
        text.line(format!(
            "      `irrelevant` names no mutant that is allowed: {}",
            printable(pattern)
        ));
    }
}

pub(crate) fn policies(text: &mut Text, policies: &[PolicyCount]) {
    let evaluated = policies.iter().filter(|count| count.judged() > 0).count();
    if !policies.is_empty() {
        text.add(
            Style::Faint,
            format!("  {evaluated} of {} policies had something to judge\n", policies.len()),
        );
    }
}

/// What a person approves: what it is, who made it and why, what it does, and what stands against it.
pub(crate) fn review(text: &mut Text, review: &Review) {
    let Review { statement, request, manifest, findings } = review;
    let mut line = |name: &str, value: &str| {
        text.line(format!("  {name:9} {}", printable(value)));
    };
    line("stage", &format!("{} ({})", statement.stage, statement.track));
    line("asset", &statement.asset);
    if let Some(commit) = request.as_ref().and_then(|request| request.subject.commit()) {
        line("commit", commit);
    }
    match &statement.subject {
        StatementSubject::Change { plan, .. } => line("plan", &plan.to_string()),
        StatementSubject::Artifact(digest) => line("artifact", &digest.to_string()),
    }
    match request {
        None => line("note", "no record is left of what this would do"),
        Some(request) => {
            line("author", request.subject.author());
            line("ref", request.subject.git_ref().unwrap_or("-"));
            line("reason", &request.reason);
        }
    }
    if let Some(manifest) = manifest {
        line("version", &manifest.version);
        for (name, digest) in [("previous", manifest.previous), ("fixes", manifest.fixes)] {
            if let Some(digest) = digest {
                line(name, &digest.to_string());
            }
        }
        for (name, digest) in &manifest.contents {
            line("content", &format!("{name} {digest}"));
        }
        for (name, value) in manifest.labels.iter().chain(&manifest.metadata) {
            line("label", &format!("{name}: {value}"));
        }
    }
    if let Some(plan) = review.plan() {
        self::plan(text, plan);
        let changing = plan.resources.iter().filter(|change| word(change.actions).is_some());
        for change in changing.clone().take(SHOWN) {
            let (style, word) = word(change.actions).unwrap_or((Style::Plain, "-"));
            text.add(Style::Plain, "    ")
                .add(style, format!("{word:8}"))
                .line(format!(" {}", printable(&change.address)));
        }
        let count = changing.count();
        if count > SHOWN {
            text.line(format!("    and {} more; see --format json", count.saturating_sub(SHOWN)));
        }
    }
    text.line(format!("  if `{}` were entered now:", printable(&statement.stage)));
    self::findings(text, findings);
}

/// What happens to a resource, where anything does.
fn word(actions: Actions) -> Option<(Style, &'static str)> {
    match actions {
        Actions::NoOp | Actions::Read => None,
        Actions::Create => Some((Style::Good, "create")),
        Actions::Update => Some((Style::Warning, "change")),
        Actions::Delete => Some((Style::Bad, "destroy")),
        Actions::Forget => Some((Style::Warning, "forget")),
        Actions::DeleteCreate | Actions::CreateDelete | Actions::CreateForget => {
            Some((Style::Bad, "replace"))
        }
    }
}

pub(crate) fn plan(text: &mut Text, plan: &Plan) {
    let counts = plan.counts();
    text.add(
        Style::Faint,
        format!(
            "  plan: {} to create, {} to change, {} to replace, {} to delete\n",
            counts.create, counts.update, counts.replace, counts.delete
        ),
    );
}

/// One line of the log, from the entry's JSON form.
pub(crate) fn log_line(text: &mut Text, recorded: &Recorded, entry: &Value) {
    let at = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str).map(printable);
    let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    text.add(Style::Plain, format!("{:>6}  {}  ", recorded.entry.sequence, recorded.entry.at));
    match at("/body/decision/verdict").as_deref() {
        _ if at("/body/decision/mode").as_deref() == Some("observe") => {
            text.add(Style::Warning, "observed  ")
        }
        Some("allow") => text.add(Style::Good, "allow     "),
        Some(_) => text.add(Style::Bad, "deny      "),
        None => text.add(Style::Plain, "          "),
    };
    let what = match recorded.entry.kind.as_str() {
        "genesis" => format!("genesis  {}", or_dash(at("/body/origin"))),
        "decision" => format!(
            "{}  {}  {}  by {}  {}",
            or_dash(at("/body/request/action")),
            or_dash(at("/body/request/stage")),
            or_dash(at("/body/request/asset")),
            or_dash(at("/body/request/actor/id")),
            codes(entry),
        ),
        "fact" => {
            let fact = entry.pointer("/body/fact/fact").and_then(Value::as_object);
            let (kind, fact) = fact
                .and_then(|fact| fact.iter().next())
                .map_or(("-", &Value::Null), |(k, v)| (k.as_str(), v));
            let detail = ["by", "gate", "result", "stage", "reason"]
                .iter()
                .filter_map(|name| fact.get(*name).and_then(Value::as_str).map(printable))
                .map(|detail| format!("{detail}  "))
                .collect::<String>();
            format!("{kind}  {detail}by {}  {}", or_dash(at("/body/fact/actor/id")), codes(entry))
        }
        kind => printable(kind),
    };
    text.line(what.trim_end());
}

/// The codes of what denied, and of what would have but for a grant or waiver.
fn codes(entry: &Value) -> String {
    let failures = entry.pointer("/body/decision/failures").and_then(Value::as_array);
    let (mut denying, mut overridden) = (Vec::new(), Vec::new());
    for failure in failures.into_iter().flatten() {
        let at = |name: &str| failure.get(name).and_then(Value::as_str);
        match (at("enforcement"), at("outcome"), at("code")) {
            (Some("mandatory"), Some("overridden"), Some(code)) => overridden.push(code),
            (Some("mandatory"), _, Some(code)) => denying.push(code),
            _ => {}
        }
    }
    denying.dedup();
    overridden.dedup();
    let mut line = denying.join(", ");
    if !overridden.is_empty() {
        let before = if line.is_empty() { "" } else { "; " };
        line.push_str(&format!("{before}overridden: {}", overridden.join(", ")));
    }
    line
}

pub(crate) fn entry(text: &mut Text, entry: &Value) {
    text.line(format!("{entry:#}"));
}

fn artifact(artifact: &StatusArtifact) -> String {
    let StatusArtifact { lifecycle, asset, version, digest, state, since, .. } = artifact;
    let mut line =
        format!("{asset} {version} ({lifecycle}): {} since {since}: {digest}", state.word());
    if let Some(quarantined) = artifact.quarantined {
        line.push_str(&format!("; in quarantine since {quarantined}"));
    }
    if let Some(fault) = artifact.fault {
        line.push_str(&format!("; a broken link of its chain: {}", fault.word()));
    }
    if artifact.unchecked {
        line.push_str("; an integrity check is owed");
    }
    for owed in &artifact.owed {
        line.push_str(&format!("; owes {} by {}", owed.gate, owed.due));
    }
    line
}

pub(crate) fn status(text: &mut Text, status: &Status) {
    let word = if status.entries == 1 { "entry" } else { "entries" };
    text.line(format!("{} {word}", status.entries));
    if let (Some(origin), Some(charter)) = (&status.origin, &status.charter) {
        text.line(format!("origin   {origin}")).line(format!("charter  {charter}"));
    }
    for key in &status.keys {
        text.line(format!("key      {key}"));
    }
    section(
        text,
        "deployed",
        status.deployments.iter().map(|entry| {
            format!(
                "{} in {} ({}): {} since {}",
                entry.site.asset,
                entry.site.stage,
                entry.site.track,
                entry.deployment.lineage,
                entry.deployment.at
            )
        }),
    );
    section(
        text,
        "without known outcome",
        status.pending.iter().map(|entry| {
            format!(
                "{} of {} in {} by {}: {}",
                entry.permit.action.word(),
                entry.permit.asset,
                entry.permit.stage,
                entry.permit.actor,
                entry.entry
            )
        }),
    );
    section(
        text,
        "approvals not spent",
        status.approvals.iter().map(|entry| {
            format!(
                "{} for {} in {}, {}: {}",
                entry.approval.by,
                entry.approval.asset,
                entry.approval.stage,
                entry.at,
                entry.entry
            )
        }),
    );
    section(
        text,
        "owed",
        status.obligations.iter().map(|owed| {
            format!("{} ({} in {})", self::owed(&owed.obligation), owed.site.asset, owed.site.stage)
        }),
    );
    if !status.rollouts.is_empty() {
        section(
            text,
            "traffic on its way",
            status.rollouts.iter().map(|rollout| {
                let end = if rollout.failed { "; a step failed, roll back" } else { "" };
                format!(
                    "{} in {}: {} has {} percent since {}{end}",
                    rollout.site.asset,
                    rollout.site.stage,
                    rollout.lineage,
                    rollout.traffic,
                    rollout.at
                )
            }),
        );
    }
    if !status.incidents.is_empty() {
        section(
            text,
            "open incidents",
            status.incidents.iter().map(|incident| {
                let attempt = incident.attempt.as_ref().map(|tried| {
                    let StatusAttempt { actor, operation, times, .. } = tried;
                    format!(" ({operation} by {actor}, {times} times)")
                });
                format!(
                    "{} of {} in {}, {} severity, {}{}: {}",
                    incident.kind.word(),
                    incident.site.asset,
                    incident.site.stage,
                    incident.severity.word(),
                    incident.at,
                    attempt.unwrap_or_default(),
                    incident.entry
                )
            }),
        );
    }
    if !status.artifacts.is_empty() {
        section(text, "artifacts", status.artifacts.iter().map(artifact));
    }
    if !status.grants.is_empty() {
        section(
            text,
            "break-glass grants without post-mortem",
            status.grants.iter().map(|grant| {
                let end = match grant.closed {
                    Some(closed) => format!("closed {closed}"),
                    None => format!("until {}", grant.terms.expires),
                };
                format!(
                    "{}, {end}, used {} of {} times, post-mortem due {}: {}",
                    grant.reason, grant.used, grant.terms.uses, grant.terms.due, grant.entry
                )
            }),
        );
    }
}

fn section(text: &mut Text, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        text.line(format!("{title}: nothing"));
        return;
    }
    text.line(format!("{title}:"));
    for line in lines {
        text.line(format!("  {}", printable(&line)));
    }
}

fn owed(obligation: &Obligation) -> String {
    let resource = obligation.resource.as_deref().unwrap_or_default();
    printable(format!("{}: {} {resource}", obligation.kind, obligation.subject).trim_end())
}
