//! Which resources passed which policies: for hosts that report every single result.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::PlanReport;
use crate::{model::Plan, policy::PolicyPack};

/// The resources that passed a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PolicyPasses {
    /// The policy, as `pack/policy`.
    pub policy: String,
    /// The addresses of the resources, in the order of the plan, each once. One of which several objects are changed is
    /// among them if all of them pass.
    pub resources: Vec<String>,
}

impl PlanReport {
    /// The report with all single passes in it, of every policy in the order of the packs. `packs` and `plan` are
    /// those that the report is about.
    #[must_use]
    pub fn with_passes(self, packs: &[&PolicyPack], plan: &Plan) -> Self {
        let not_passed: BTreeSet<(&str, &str)> = self
            .findings
            .iter()
            .filter_map(|finding| Some((finding.subject.as_deref()?, finding.resource.as_deref()?)))
            .collect();
        let mut passes: Vec<PolicyPasses> = Vec::new();
        for pack in packs {
            let first = passes.len();
            passes.extend(pack.policies().iter().map(|policy| PolicyPasses {
                policy: format!("{}/{}", pack.name(), policy.name()),
                resources: Vec::new(),
            }));
            let mut seen = BTreeSet::new();
            for change in &plan.resources {
                for place in pack.about(change) {
                    let Some(passes) = passes.get_mut(first.saturating_add(place)) else {
                        continue;
                    };
                    let address = change.address.as_str();
                    if !not_passed.contains(&(&*passes.policy, address))
                        && seen.insert((place, address))
                    {
                        passes.resources.push(address.to_owned());
                    }
                }
            }
        }
        Self { passes: Some(passes), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::{charter::Unmatched, engine::check_plan, policy::Context};

    fn passes(packs: &[&PolicyPack], resources: &str) -> Vec<(String, Vec<String>)> {
        let plan = Plan::from_resources(resources.as_bytes()).unwrap();
        let context = Context::of_stage(None).unwrap();
        let report =
            check_plan(packs, &plan, Unmatched::Allow, &context, NonZeroUsize::MIN).unwrap();
        let counts: Vec<u64> = report.policies.iter().map(|count| count.pass).collect();
        let passes = report.with_passes(packs, &plan).passes.unwrap();
        let sizes: Vec<u64> = passes.iter().map(|it| it.resources.len() as u64).collect();
        assert_eq!(sizes, counts);
        passes.into_iter().map(|it| (it.policy, it.resources)).collect()
    }

    #[test]
    fn passes_are_what_a_policy_judges_and_does_not_report() {
        let pack = |name: &str, types: &str, actions: &str| {
            let text = format!(
                "pack: {name}\nversion: 1.0.0\npolicies:\n  - name: sized\n    description: d\n    \
                match: {{ resources: [{types}], actions: [{actions}] }}\n    \
                validations: [{{ expression: 'resource.type == \"a\" || object.size < 9' }}]\n"
            );
            PolicyPack::parse(text.as_bytes()).unwrap()
        };
        let (first, second) = (pack("first", "a, b", "create"), pack("second", "\"*\"", "update"));
        let resources = r#"{"resources": [
            {"type": "b", "address": "b.small", "object": {"size": 3}},
            {"type": "b", "address": "b.large", "object": {"size": 30}},
            {"type": "b", "address": "b.odd", "object": {}},
            {"type": "a", "address": "a.any", "object": {}},
            {"type": "c", "address": "c.other", "object": {"size": 1}},
            {"type": "c", "address": "c.changed", "object": {"size": 1}, "oldObject": {"size": 2}}
        ]}"#;
        let found = passes(&[&first, &second], resources);
        let expected =
            [("first/sized", vec!["b.small", "a.any"]), ("second/sized", vec!["c.changed"])];
        let expected = expected.map(|(policy, list)| {
            (policy.to_owned(), list.into_iter().map(str::to_owned).collect())
        });
        assert_eq!(found, expected);
    }
}
