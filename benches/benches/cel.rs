//! How fast expressions are beside the `cel` crate's own interpreter, in its best case and as it is
//! ordinarily used.
//!
//! Every line is a ratio of two times of this one run, each the least of many rounds that take turns, so
//! that a busy machine slows both alike. In the best case the interpreter shares its functions between
//! evaluations and reads the document where it is; ordinarily, documents are converted to its values,
//! and each evaluation gets a context of its own. Our evaluations are within a budget.
#![allow(missing_docs)]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use cel::{Context, Env, common::value::CowVal, context::VariableResolver};
use poundlock::{
    cel::{Budget, Environment, Expected, Outcome, Program, Scope},
    limits,
    value::{Ref, Value},
};
use serde_json::{Value as Json, json};

use crate::{
    borrowed::Borrowed,
    race::{is_wanted, race},
};

mod borrowed;
#[expect(dead_code, reason = "the other benchmarks use more of it")]
mod race;

const RESOURCES: usize = 10_000;
const SIMPLE: &str = "resource.type == 'aws_s3_bucket' && resource.change.after.acl in ['private', 'log-delivery-write']";
const QUANTIFIED: &str = "resources.filter(r, r.type.startsWith('aws_')).all(r, has(r.change.after.tags) && 'owner' in r.change.after.tags)";

fn main() {
    if race::is_test() {
        return;
    }
    let plan = json!({ "resources": (0..RESOURCES).map(resource).collect::<Vec<_>>() });
    let text = serde_json::to_vec(&plan).unwrap();
    println!("{RESOURCES} resources of {} bytes", text.len() / RESOURCES);
    let (document, json) = (Value::parse_json(&text).unwrap(), &plan["resources"]);
    let resources = document.as_ref().get("resources").unwrap();
    if is_wanted("hot") {
        hot(resources.index(0).unwrap(), &json[0]);
    }
    if is_wanted("distinct") {
        distinct(resources, json);
    }
    if is_wanted("quantified") {
        quantified(resources, json);
    }
}

/// A resource as plans have them; each with another content, always the same for the same number.
fn resource(number: usize) -> Json {
    let kind = match number % 8 {
        0 | 3 | 5 => "aws_s3_bucket",
        1 | 6 => "aws_security_group",
        2 | 4 => "aws_db_instance",
        _ => "google_storage_bucket",
    };
    let acl = ["private", "log-delivery-write", "private", "public-read"][number / 8 % 4];
    let name = format!("item_{number}");
    json!({
        "address": format!("module.service[\"{}\"].{kind}.{name}", number / 8),
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["create"],
            "before": null,
            "after": {
                "acl": acl,
                "bucket": format!("logs-{number}-eu-west-1"),
                "cors_rule": [{ "allowed_methods": ["GET"], "max_age_seconds": number % 4_000 }],
                "force_destroy": number.is_multiple_of(3),
                "lifecycle_rule": [],
                "logging": [{ "target_bucket": "audit", "target_prefix": format!("p{number}/") }],
                "region": "eu-west-1",
                "size": number,
                "tags": { "cost-centre": format!("{}", number % 40), "env": "prod", "owner": "platform" },
                "versioning": [{ "enabled": true, "mfa_delete": false }],
            },
            "after_unknown": { "arn": true, "id": true },
        },
    })
}

fn timed<T>(times: usize, mut work: impl FnMut() -> T) -> Duration {
    let begin = Instant::now();
    for _ in 0..times {
        black_box(work());
    }
    begin.elapsed()
}

/// Ours, which takes `time` for `count` evaluations, beside theirs and the goal for it.
fn report(what: &str, count: usize, time: f64, theirs: &[(&str, f64, f64)]) {
    let each = |time: f64| 1e9 * time / count as f64;
    println!("{what}: {:.0} ns", each(time));
    for (name, other, goal) in theirs {
        let ratio = other / time;
        let verdict = if ratio >= *goal { "met" } else { "MISSED" };
        println!("  {name}: {:.0} ns, {ratio:.1} times ours; goal {goal}, {verdict}", each(*other));
    }
}

fn compiled(expression: &str, variable: &str) -> (Program, Environment, usize) {
    let mut environment = Environment::new();
    let slot = environment.variable(variable);
    let program = Program::compile(expression, &environment, Expected::Bool).unwrap();
    (program, environment, slot)
}

fn judge(program: &Program, scope: &Scope<'_>) -> bool {
    let mut budget = Budget::new(limits::EVALUATION_STEPS);
    match program.evaluate(scope, &mut budget) {
        Outcome::Result(result) => result.as_bool().expect("a truth value"),
        other => panic!("{other:?}"),
    }
}

fn judge_theirs(program: &cel::Program, context: &Context<'_, '_>) -> bool {
    match program.execute(context) {
        Ok(cel::Value::Bool(value)) => value,
        other => panic!("{other:?}"),
    }
}

/// One expression over one resource again and again.
fn hot(resource: Ref<'_>, json: &Json) {
    const TIMES: usize = 20_000;
    let (ours, environment, slot) = compiled(SIMPLE, "resource");
    let mut scope = Scope::new(&environment);
    scope.set(slot, resource.to_value());
    let theirs = cel::Program::compile(SIMPLE).unwrap();
    let root = Context::with_env(Arc::new(Env::stdlib()));
    let mut borrowed = root.new_inner_scope();
    borrowed.add_variable_as_val("resource", Box::new(Borrowed::new(json)));
    let mut converted = root.new_inner_scope();
    converted.add_variable("resource", json).unwrap();
    assert!(judge(&ours, &scope));
    assert!(judge_theirs(&theirs, &borrowed) && judge_theirs(&theirs, &converted));
    let times = race(
        40,
        [
            &mut || timed(TIMES, || judge(&ours, black_box(&scope))),
            &mut || timed(TIMES, || judge_theirs(&theirs, black_box(&borrowed))),
            &mut || timed(TIMES, || judge_theirs(&theirs, black_box(&converted))),
        ],
    );
    let [time, borrowed, converted] = times;
    report(
        "one resource again and again",
        TIMES,
        time,
        &[("borrowed", borrowed, 4.0), ("converted beforehand", converted, 4.0)],
    );
}

/// Resolves the one variable without a copy of its name.
struct Resource<'j>(Borrowed<'j>);

impl VariableResolver for Resource<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        (variable == "resource").then_some(CowVal::Borrowed(&self.0))
    }
}

/// One expression over each of many resources in turn.
fn distinct(resources: Ref<'_>, json: &Json) {
    let (ours, environment, slot) = compiled(SIMPLE, "resource");
    let documents: Vec<Value> =
        (0..RESOURCES).map(|at| resources.index(at).unwrap().to_value()).collect();
    let theirs = cel::Program::compile(SIMPLE).unwrap();
    let root = Context::with_env(Arc::new(Env::stdlib()));
    let json = json.as_array().unwrap();
    let run = || {
        let mut scope = Scope::new(&environment);
        let mut passes = |resource| {
            scope.lend(slot, resource);
            judge(&ours, &scope)
        };
        documents.iter().map(|resource| usize::from(passes(resource))).sum::<usize>()
    };
    let afresh = || {
        let passes = |resource: &&Value| {
            let mut scope = Scope::new(&environment);
            scope.set(slot, Value::clone(resource));
            judge(&ours, &scope)
        };
        documents.iter().filter(passes).count()
    };
    let run_theirs = || {
        let passes = |resource: &&Json| {
            let resource = Resource(Borrowed::new(resource));
            let mut context = root.new_inner_scope();
            context.set_variable_resolver(&resource);
            judge_theirs(&theirs, &context)
        };
        json.iter().filter(passes).count()
    };
    let converting = || {
        let passes = |resource: &&Json| {
            let mut context = root.new_inner_scope();
            context.add_variable("resource", resource).unwrap();
            judge_theirs(&theirs, &context)
        };
        json.iter().filter(passes).count()
    };
    let count = run();
    assert!(count == afresh() && count == run_theirs() && count == converting());
    assert!(count > 0 && count < RESOURCES);
    let times = race(
        15,
        [
            &mut || timed(1, run),
            &mut || timed(1, afresh),
            &mut || timed(1, run_theirs),
            &mut || timed(1, converting),
        ],
    );
    let [time, afresh, borrowed, converted] = times;
    let theirs = [("borrowed", borrowed, 2.5), ("converted", converted, 2.5)];
    report("each resource in turn", RESOURCES, time, &theirs);
    report("each resource in turn, in a scope of its own", RESOURCES, afresh, &theirs);
}

/// One expression over all resources at once; times are for each resource.
fn quantified(resources: Ref<'_>, json: &Json) {
    let (ours, environment, slot) = compiled(QUANTIFIED, "resources");
    let mut scope = Scope::new(&environment);
    scope.set(slot, resources.to_value());
    let theirs = cel::Program::compile(QUANTIFIED).unwrap();
    let root = Context::with_env(Arc::new(Env::stdlib()));
    let mut borrowed = root.new_inner_scope();
    borrowed.add_variable_as_val("resources", Box::new(Borrowed::new(json)));
    let ordinary = || {
        let mut context = Context::default();
        context.add_variable("resources", json).unwrap();
        judge_theirs(&theirs, &context)
    };
    let mut converted = root.new_inner_scope();
    converted.add_variable("resources", json).unwrap();
    assert!(judge(&ours, &scope));
    assert!(judge_theirs(&theirs, &borrowed) && judge_theirs(&theirs, &converted) && ordinary());
    let times = race(
        7,
        [
            &mut || timed(1, || judge(&ours, &scope)),
            &mut || timed(1, || judge_theirs(&theirs, &borrowed)),
            &mut || timed(1, || judge_theirs(&theirs, &converted)),
            &mut || timed(1, ordinary),
        ],
    );
    let [time, borrowed, converted, ordinary] = times;
    report(
        "all resources at once",
        RESOURCES,
        time,
        &[
            ("borrowed", borrowed, 4.0),
            ("converted beforehand", converted, 30.0),
            ("converted each time", ordinary, 30.0),
        ],
    );
}
