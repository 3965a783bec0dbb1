//! `poundlock check`: what packs say about a plan, with nothing recorded.

use std::path::Path;

use poundlock::{
    Error,
    charter::{Charter, IncompletePlans, Unmatched},
    engine::{self, codes},
    error::{Code, Result},
    export::Export,
    intake::Declarations,
    model::{CheckStatus, Plan, Verdict},
    policy::{Context, PolicyPack},
    time::Instant,
};
use serde_json::json;

use super::{due_for_review, threads, to_json};
use crate::{
    args::{Check, Format},
    files,
    output::{Answer, CODE_DENIED, CODE_OK, Text},
    render,
};

pub(super) fn run(options: &Check, charter: &Path, at: Instant, format: Format) -> Result<Answer> {
    let (plan, declarations) = match &options.plan {
        Some(path) => (files::plan_without_nonce(path)?, Declarations::new()),
        None => files::manifests(&options.manifests)?,
    };
    let (packs, charter) = packs(options, charter)?;
    // Without a charter nothing says what becomes of the rest, and an author who named the packs asked about these alone.
    let unmatched = charter.as_ref().map_or(Unmatched::Allow, |it| it.document().unmatched);
    let packs: Vec<&PolicyPack> = packs.iter().collect();
    let context = Context::of_stage(options.stage.as_deref())?;
    let report = engine::check_plan(&packs, &plan, unmatched, &context, threads(options.threads))?;
    let mut text = Text::new();
    render::verdict(&mut text, report.verdict);
    text.line("nothing was recorded");
    render::findings(&mut text, &report.findings);
    render::policies(&mut text, &report.policies);
    render::plan(&mut text, &plan);
    let json = json!({
        "verdict": report.verdict,
        "findings": to_json(&report.findings)?,
        "policies": to_json(&report.policies)?,
        "plan": to_json(&plan.counts())?,
    });
    let code = if report.verdict == Verdict::Allow { CODE_OK } else { CODE_DENIED };
    let mut answer = Answer::new(text, json, code);
    let mut export =
        Export::of_report(&report).titled("poundlock check").with_packs(packs.iter().copied());
    export = export.with_declarations(declarations);
    if let (Some(file), _) | (None, [file]) = (&options.plan, &*options.manifests) {
        export = export.in_document(file.display().to_string());
    }
    answer.output.export = match format {
        Format::Sarif => Some(format!("{:#}\n", export.sarif())),
        Format::Junit => Some(export.junit()),
        Format::Markdown => Some(export.markdown()),
        Format::Text | Format::Json => None,
    };
    answer.notices = due_for_review(charter.as_ref(), packs, at);
    answer.notices.extend(denied_all_the_same(&plan, charter.as_ref()));
    Ok(answer)
}

/// What policies cannot see, and for which an admission denies a plan whatever they say.
fn denied_all_the_same(plan: &Plan, charter: Option<&Charter>) -> Option<String> {
    let whole = charter.is_none_or(|it| it.document().incomplete_plans == IncompletePlans::Deny);
    let mut checks = plan.checks.iter();
    let failed = checks.any(|it| matches!(it.status, CheckStatus::Fail | CheckStatus::Error));
    let found = [
        (whole && plan.complete == Some(false), codes::PLAN_INCOMPLETE),
        (!plan.unjudged.is_empty(), codes::PLAN_UNJUDGED),
        (!plan.exposed.is_empty(), codes::PLAN_SECRET),
        (failed, codes::PLAN_CHECK_FAILED),
    ];
    let found: Vec<_> = found.into_iter().filter_map(|(is, code)| is.then_some(code)).collect();
    (!found.is_empty()).then(|| {
        format!("`poundlock admit` denies this plan, whatever policies say: {}", found.join(", "))
    })
}

/// The packs to check against, and the charter unless packs are named.
fn packs(options: &Check, path: &Path) -> Result<(Vec<PolicyPack>, Option<Charter>)> {
    if !options.packs.is_empty() {
        let packs =
            options.packs.iter().map(|path| Ok(files::pack(path)?.0)).collect::<Result<_>>()?;
        return Ok((packs, None));
    }
    let (charter, _) = files::charter(path)?;
    let mut packs = files::overlaid_packs(path, &charter)?;
    let document = charter.document();
    let wanted: Vec<&str> = match &options.stage {
        None => document.packs.iter().map(|reference| reference.pack.as_str()).collect(),
        Some(name) => {
            let mut stages = charter.stages(name).peekable();
            if stages.peek().is_none() {
                return Err(Error::new(Code::CharterUndeclared, "the charter has no such stage")
                    .in_source(path.display().to_string()));
            }
            stages.flat_map(|(_, stage)| stage.packs.iter().map(String::as_str)).collect()
        }
    };
    packs.retain(|pack| wanted.contains(&pack.name()));
    for name in wanted {
        if !packs.iter().any(|pack| pack.name() == name) {
            return Err(Error::new(
                Code::PolicyPackMissing,
                format!("the pack `{name}` is not beside the charter in the version that it names"),
            ));
        }
    }
    Ok((packs, Some(charter)))
}
