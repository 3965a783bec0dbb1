//! Charters that nobody wrote: any rules that may stand together, each stage asking for no less than the one
//! before it.

use std::{collections::BTreeSet, sync::Arc};

use poundlock::{
    charter::Charter,
    engine::Engine,
    model::{Action, Check},
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::support::*;

pub(crate) const STAGES: [&str; 4] = ["one", "two", "three", "four"];
pub(crate) const ROLES: [&str; 2] = ["reviewer", "security"];
/// People and their roles, by number.
pub(crate) const PEOPLE: [(&str, &[usize]); 6] =
    [("ann", &[0]), ("bob", &[0, 1]), ("cyd", &[1]), ("dan", &[]), ("eve", &[0]), ("fay", &[1])];
pub(crate) const GATES: [&str; 3] = ["scan", "test", "review"];
/// Who may ask for a grant.
pub(crate) const REQUESTERS: [&str; 2] = ["dan", "deployer"];

/// How many people of each role.
type Count = [u32; 2];

#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) artifacts: bool,
    pub(crate) stages: Vec<StageRules>,
    pub(crate) gates: Vec<GateRules>,
    /// How old consent may be in each role.
    pub(crate) ages: [i64; 2],
    pub(crate) emergency: Option<Emergency>,
    pub(crate) waivers: Vec<WaiverRules>,
    pub(crate) permit_lifetime: i64,
    pub(crate) sensitive: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct GateRules {
    pub(crate) about_commit: bool,
    pub(crate) max_age: i64,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct StageRules {
    pub(crate) stack: bool,
    pub(crate) observe: bool,
    pub(crate) gates: BTreeSet<usize>,
    pub(crate) approvals: Count,
    pub(crate) soak: i64,
    pub(crate) delay: i64,
    pub(crate) changes: Option<u64>,
    pub(crate) rate: Option<u32>,
    pub(crate) superseded: bool,
    pub(crate) rollback: Option<Back>,
    pub(crate) rollout: Option<Steps>,
    pub(crate) drift: Option<Drift>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Back {
    pub(crate) required: bool,
    pub(crate) gates: BTreeSet<usize>,
    pub(crate) approvals: Count,
}

#[derive(Clone, Debug)]
pub(crate) struct Steps {
    pub(crate) steps: Vec<u8>,
    pub(crate) wait: i64,
    pub(crate) gate: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Drift {
    pub(crate) blocks: BTreeSet<Action>,
    pub(crate) max_age: Option<i64>,
}

#[derive(Clone, Debug)]
pub(crate) struct Emergency {
    pub(crate) lifetime: i64,
    pub(crate) uses: u32,
    pub(crate) openings: u32,
    pub(crate) within: i64,
    pub(crate) reasons: Vec<Reason>,
}

#[derive(Clone, Debug)]
pub(crate) struct Reason {
    pub(crate) approvals: Count,
    pub(crate) stages: BTreeSet<usize>,
    pub(crate) actions: BTreeSet<Action>,
    pub(crate) overrides: BTreeSet<Check>,
}

/// For the policy that nothing is public, and the one thing that there is.
#[derive(Clone, Debug)]
pub(crate) struct WaiverRules {
    pub(crate) name: String,
    pub(crate) stages: BTreeSet<usize>,
    pub(crate) expires: i64,
}

fn seconds(choices: &'static [i64]) -> impl Strategy<Value = i64> {
    prop::sample::select(choices)
}

/// Each rule appears where chance has it, and stays or becomes stricter from there on.
fn any_stages() -> impl Strategy<Value = Vec<StageRules>> {
    let gate = || 0..GATES.len();
    let people =
        || prop_oneof![5 => Just([0, 0]), 2 => Just([1, 0]), 1 => Just([0, 1]), 1 => Just([1, 1])];
    let back = (prop::bool::weighted(0.3), prop::option::weighted(0.3, gate()), people());
    let steps = prop::sample::select(vec![vec![100], vec![10, 100], vec![5, 50, 100]]);
    let blocks = prop::sample::subsequence(
        vec![Action::Plan, Action::Apply, Action::Promote, Action::Shift],
        1..4,
    );
    let more = (
        (prop::bool::weighted(0.5), prop::bool::weighted(0.1), any::<bool>()),
        prop::option::weighted(0.4, gate()),
        people(),
        seconds(&[0, 0, 10, 60]),
        seconds(&[0, 0, 5, 30]),
        prop::option::weighted(0.1, 1..3_u64),
        prop::option::weighted(0.15, 1..4_u32),
        prop::option::weighted(0.4, back),
        prop::option::weighted(0.2, (steps, seconds(&[0, 30]), gate())),
        prop::option::weighted(0.2, (blocks, prop::option::weighted(0.3, seconds(&[300, 3_600])))),
    );
    prop::collection::vec(more, 1..=STAGES.len()).prop_map(|all| {
        let last = all.len() - 1;
        let mut stages: Vec<StageRules> = Vec::new();
        for (index, more) in all.into_iter().enumerate() {
            let (flags, gate, people, soak, delay, changes, rate, back, steps, drift) = more;
            let mut stage = stages.last().cloned().unwrap_or_default();
            (stage.stack, stage.superseded) = (flags.0, flags.2);
            stage.observe = index == last && flags.1;
            stage.gates.extend(gate);
            add(&mut stage.approvals, people);
            stage.soak += if index == 0 { 0 } else { soak };
            stage.delay += if stage.approvals == [0, 0] { 0 } else { delay };
            stage.changes = lower(stage.changes, changes);
            stage.rate = lower(stage.rate, rate);
            if let Some((required, gate, people)) = back {
                let back = stage.rollback.get_or_insert_default();
                back.required |= required;
                back.gates.extend(gate);
                add(&mut back.approvals, people);
            }
            if let Some((steps, wait, gate)) = steps {
                stage.rollback.get_or_insert_default();
                stage.rollout = Some(Steps { steps, wait, gate });
            }
            if let Some((blocks, max_age)) = drift {
                let rule = stage.drift.get_or_insert(Drift { blocks: [].into(), max_age: None });
                rule.blocks.extend(blocks);
                rule.max_age = lower(rule.max_age, max_age);
            }
            stages.push(stage);
        }
        stages
    })
}

fn add(count: &mut Count, more: Count) {
    for (count, more) in count.iter_mut().zip(more) {
        *count = (*count + more).min(2);
    }
}

fn lower<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn any_emergency(stages: usize, artifacts: bool) -> impl Strategy<Value = Emergency> {
    use Action::{Apply, Plan, Promote, Rollback, Shift};
    use Check::{Approvals, Boundary, Channel, Evidence, Identity, Policies};
    let actions = if artifacts {
        vec![Promote, Rollback, Shift]
    } else {
        vec![Plan, Apply, Promote, Rollback, Shift]
    };
    let checks = vec![Identity, Channel, Boundary, Approvals, Evidence, Policies];
    let reason = (
        prop::sample::select(vec![[0, 1], [1, 0], [1, 1], [0, 2]]),
        prop::sample::subsequence((0..stages).collect::<Vec<_>>(), 1..=stages),
        prop::sample::subsequence(actions.clone(), actions.len() - 1..=actions.len()),
        prop_oneof![
            1 => prop::sample::subsequence(checks.clone(), 1..=checks.len()),
            1 => Just(checks)
        ],
    )
        .prop_map(|(approvals, stages, actions, overrides)| Reason {
            approvals,
            stages: stages.into_iter().collect(),
            actions: actions.into_iter().collect(),
            overrides: overrides.into_iter().collect(),
        });
    (
        seconds(&[60, 600, 3_600]),
        1..4_u32,
        1..4_u32,
        seconds(&[60, 3_600, DAY]),
        prop::collection::vec(reason, 1..3),
    )
        .prop_map(|(lifetime, uses, openings, within, reasons)| Emergency {
            lifetime,
            uses,
            openings,
            within,
            reasons,
        })
}

/// Any charter for what moves so.
pub(crate) fn any_rules(artifacts: bool) -> impl Strategy<Value = Rules> {
    any_stages().prop_flat_map(move |mut stages| {
        let count = stages.len();
        if artifacts {
            for stage in &mut stages {
                // No policy judges artifacts, so that there must be a gate; nor do they change resources.
                stage.gates.insert(0);
                stage.changes = None;
            }
        }
        let gate = (any::<bool>(), seconds(&[300, 3_600, DAY]))
            .prop_map(|(about_commit, max_age)| GateRules { about_commit, max_age });
        let waiver = (
            prop::sample::subsequence((0..count).collect::<Vec<_>>(), 1..=count),
            seconds(&[100, 1_000, 5_000, DAY]),
        );
        (
            prop::collection::vec(gate, GATES.len()),
            [seconds(&[600, 3_600, DAY]), seconds(&[600, 3_600, DAY])],
            prop::option::weighted(0.8, any_emergency(count, artifacts)),
            prop::option::weighted(0.5, waiver),
            seconds(&[60, 600, 3_600]),
            prop::bool::weighted(0.1),
        )
            .prop_map(
                move |(gates, ages, emergency, waiver, permit_lifetime, sensitive)| {
                    let waivers = waiver.into_iter().map(|(stages, expires)| WaiverRules {
                        name: "legacy".to_owned(),
                        stages: stages.into_iter().collect(),
                        expires,
                    });
                    Rules {
                        artifacts,
                        stages: stages.clone(),
                        gates,
                        ages,
                        emergency,
                        waivers: waivers.collect(),
                        permit_lifetime,
                        sensitive: sensitive && !artifacts,
                    }
                },
            )
    })
}

fn for_seconds(seconds: i64) -> String {
    format!("{seconds}s")
}

fn names(numbers: &BTreeSet<usize>, of: &[&str]) -> Vec<String> {
    numbers.iter().map(|number| of[*number].to_owned()).collect()
}

impl Rules {
    fn approvals(&self, count: Count) -> Value {
        let rules = (0..ROLES.len()).filter(|role| count[*role] > 0).map(|role| {
            json!({"role": ROLES[role], "count": count[role], "maxAge": for_seconds(self.ages[role])})
        });
        rules.collect()
    }

    fn stage(&self, index: usize) -> Value {
        let rules = &self.stages[index];
        let mut grants = Map::new();
        for action in Action::ALL {
            let actor = if action == Action::Plan { "planner" } else { "deployer" };
            if !self.artifacts || !matches!(action, Action::Plan | Action::Apply) {
                grants.insert(action.word().to_owned(), json!([actor]));
            }
        }
        let mut stage = json!({"stage": STAGES[index], "grants": grants});
        if !self.artifacts {
            stage["packs"] = json!(["rules"]);
        }
        if rules.stack {
            stage["stack"] = json!(STAGES[index]);
        }
        if rules.observe {
            stage["mode"] = json!("observe");
        }
        if let Some(Drift { blocks, max_age }) = &rules.drift {
            stage["drift"] = match max_age {
                Some(age) => {
                    json!({"blocks": blocks, "absent": "deny", "maxAge": for_seconds(*age)})
                }
                None => json!({"blocks": blocks, "absent": "allow"}),
            };
        }
        stage
    }

    fn boundary(&self, index: usize) -> Value {
        let rules = &self.stages[index];
        let mut boundary = json!({
            "into": STAGES[index],
            "gates": names(&rules.gates, &GATES),
            "approvals": self.approvals(rules.approvals),
            "superseded": if rules.superseded { "allow" } else { "deny" },
        });
        if index > 0 {
            boundary["from"] = json!(STAGES[index - 1]);
        }
        for (name, duration) in [("soak", rules.soak), ("delay", rules.delay)] {
            if duration > 0 {
                boundary[name] = json!(for_seconds(duration));
            }
        }
        if let Some(changes) = rules.changes {
            boundary["blastRadius"] = json!({"changes": changes});
        }
        if let Some(count) = rules.rate {
            boundary["rate"] = json!({"count": count, "per": "600s"});
        }
        if let Some(back) = &rules.rollback {
            boundary["rollback"] = json!({
                "required": back.required,
                "gates": names(&back.gates, &GATES),
                "approvals": self.approvals(back.approvals),
            });
        }
        if let Some(Steps { steps, wait, gate }) = &rules.rollout {
            boundary["rollout"] =
                json!({"steps": steps, "wait": for_seconds(*wait), "gate": GATES[*gate]});
        }
        boundary
    }

    fn break_glass(&self, emergency: &Emergency) -> Value {
        let reasons = emergency.reasons.iter().enumerate().map(|(index, reason)| {
            let stages = names(&reason.stages, &STAGES).into_iter();
            json!({
                "reason": format!("reason-{index}"),
                "approvals": self.approvals(reason.approvals),
                "stages": stages.map(|s| json!({"track": "way", "stage": s})).collect::<Value>(),
                "actions": reason.actions,
                "overrides": reason.overrides,
            })
        });
        json!({
            "requesters": REQUESTERS,
            "maxLifetime": for_seconds(emergency.lifetime),
            "maxUses": emergency.uses,
            "openings": {"count": emergency.openings, "per": "3600s"},
            "postMortem": {"within": for_seconds(emergency.within), "recorders": ["cyd"]},
            "reasons": reasons.collect::<Value>(),
        })
    }

    /// The charter, in JSON, which is YAML too.
    pub(crate) fn text(&self) -> String {
        let workloads = ["planner", "deployer", "checker", "attestor"].into_iter();
        let workloads = workloads.map(|name| json!({"actor": name, "kind": "workload"}));
        let people = PEOPLE.iter().map(|(name, roles)| {
            let roles: Vec<&str> = roles.iter().map(|role| ROLES[*role]).collect();
            json!({"actor": name, "kind": "human", "roles": roles})
        });
        let subject = if self.artifacts { "artifact" } else { "plan" };
        let gates = self.gates.iter().zip(GATES).map(|(gate, name)| {
            json!({
                "gate": name,
                "about": if gate.about_commit { "commit" } else { subject },
                "producers": ["checker"],
                "maxAge": for_seconds(gate.max_age),
            })
        });
        let waivers = self.waivers.iter().map(|waiver| {
            json!({
                "waiver": waiver.name, "policy": "rules/private", "resource": "thing.a", "track": "way",
                "stages": names(&waiver.stages, &STAGES), "owner": "ann", "reason": "it was so",
                "expires": at(waiver.expires),
            })
        });
        let stages = 0..self.stages.len();
        let mut charter = json!({
            "charter": "random", "version": "1.0.0", "unmatched": "allow", "identity": "asserted",
            "clock": {"skew": "60s", "maxAdvance": "90d"},
            "permitLifetime": for_seconds(self.permit_lifetime),
            "packs": [{"pack": "rules", "version": "1.0.0"}],
            "actors": workloads.chain(people).collect::<Value>(),
            "gates": gates.collect::<Value>(),
            "facts": {
                "approvals": ["attestor"], "withdrawals": ["attestor"], "incidents": ["checker"],
                "resolutions": ["checker"],
            },
            "amendments": {"actors": ["ann"]},
            "waivers": waivers.collect::<Value>(),
            "tracks": [{
                "track": "way",
                "moves": if self.artifacts { "artifact" } else { "change" },
                "stages": stages.clone().map(|index| self.stage(index)).collect::<Value>(),
                "boundaries": stages.map(|index| self.boundary(index)).collect::<Value>(),
            }],
        });
        if let Some(emergency) = &self.emergency {
            charter["breakGlass"] = self.break_glass(emergency);
        }
        if self.sensitive {
            charter["sensitive"] = json!({"resources": ["thing"], "gates": ["review"]});
        }
        charter.to_string()
    }

    pub(crate) fn engine(&self) -> Arc<Engine> {
        let text = self.text();
        Charter::parse(text.as_bytes()).unwrap();
        Arc::new(engine(&text, PACK))
    }
}
