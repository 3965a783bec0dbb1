//! Judges a bucket by a policy: prints `deny policy.failed`.

use std::num::NonZeroUsize;

use poundlock::{Error, Plan, PolicyPack, charter::Unmatched, engine, policy::Context};

fn main() -> Result<(), Error> {
    let pack = PolicyPack::parse(
        b"
pack: storage
version: 1.0.0
policies:
  - name: buckets-are-named
    description: A bucket needs a name of its own.
    match: { resources: [aws_s3_bucket] }
    validations: [{ expression: object.bucket.startsWith('acme-') }]",
    )?;
    let resources = br#"{ "resources": [
        { "type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": { "bucket": "logs" } }] }"#;
    let plan = Plan::from_resources(resources)?;
    let context = Context::of_stage(None)?;
    let report = engine::check_plan(&[&pack], &plan, Unmatched::Deny, &context, NonZeroUsize::MIN)?;
    for finding in report.findings.iter().filter(|finding| finding.denies()) {
        println!("{} {}", report.verdict.word(), finding.code);
    }
    Ok(())
}
