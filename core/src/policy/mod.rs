//! Policy packs: versioned sets of CEL rules over resource changes, written in YAML.
//!
//! A pack is read once with [`PolicyPack::parse`], which checks and compiles everything, and is then
//! shared: it is immutable, and evaluating it changes nothing. A rule that cannot fail, refers to a
//! name that does not exist, or lacks a validation is refused when the pack is read, not when it matters.
//!
//! An evaluation passes only when every validation yields exactly `true`. Everything else denies
//! under a mandatory policy, and has its own code:
//!
//! | code | outcome | meaning |
//! |---|---|---|
//! | `policy.passed` | pass | every validation yields `true` |
//! | `policy.failed` | fail | a validation yields `false` |
//! | `policy.null` | fail | a validation yields null |
//! | `policy.unknown` | unknown | the result depends on a value that is not known until apply |
//! | `value.sensitive` | unknown | the result depends on a sensitive or opaque value |
//! | `policy.error` | unknown | an expression fails, such as on a text that is no number |
//! | `policy.exhausted` | unknown | the budget is used up |
//!
//! Of several validations the worst counts: a failure before an exhausted budget, an error, something sensitive and
//! something unknown, so that a value not known until apply never hides a failure that is certain.

mod check;
mod controls;
mod document;
mod evaluate;
mod evaluator;
mod explain;
mod hints;
mod inputs;
mod lint;
mod load;
mod locate;
mod marks;
mod matching;
mod overlay;
mod remedy;
mod test;

use std::{collections::BTreeMap, fmt, sync::Arc};

pub use document::{
    ActionWord, Decode, Expect, Expressions, MatchDocument, OnUnknown, PackDocument, PackReference,
    PolicyDocument, Stricter, TestDocument, TestResource, ValidationDocument, VariableDocument,
};
pub use evaluate::{Context, Evaluation};
pub(crate) use evaluator::Evaluator;
pub use hints::Remediation;
pub use lint::{Lint, LintLevel};
pub use overlay::{ChangeDocument, Overlay, OverlayDocument};
pub use test::TestOutcome;
pub(crate) use test::{change, marked};

use crate::{
    cel::{Budget, Program},
    digest::Digest,
    error::Result,
    model::{Enforcement, ResourceChange},
    time::Instant,
    value::Value,
};
use hints::Hints;
use inputs::{Input, Lists};
use matching::{ActionSet, MatchIndex};
use test::Test;

/// A versioned set of policies, checked and compiled.
pub struct PolicyPack {
    name: String,
    version: String,
    description: Option<String>,
    review_end: Option<Instant>,
    digest: Digest,
    policies: Vec<Policy>,
    index: MatchIndex,
    lints: Vec<Lint>,
}

impl PolicyPack {
    /// Reads a pack from YAML, checks it as a whole and compiles its expressions.
    ///
    /// # Errors
    ///
    /// Each with line and column in the file:
    /// - `input.*` and `limit.*` when the file is not YAML of a pack's shape;
    /// - `policy.empty` for a pack without policies and a policy without validations;
    /// - `policy.constant` for a validation that gives the same result whatever the input;
    /// - `policy.duplicate` for a name that is given twice;
    /// - `policy.syntax`, `policy.unknown_name`, `policy.type` and `policy.complexity` for an
    ///   expression that does not compile.
    pub fn parse(yaml: &[u8]) -> Result<Self> {
        load::load(yaml)
    }

    /// The pack's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The pack's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Name and version together, as charters name packs.
    pub fn reference(&self) -> PackReference {
        PackReference { pack: self.name.clone(), version: self.version.clone() }
    }

    /// What the pack is for.
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The digest over the canonical form of the document: it does not change with comments, layout or the order of keys.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The policies, in the order of the document.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// Whether the day named by `reviewBy` has ended, in UTC (R303). A pack that names none is never overdue;
    /// [`lint`](Self::lint) says so.
    pub fn review_overdue(&self, at: Instant) -> bool {
        self.review_end.is_some_and(|end| at >= end)
    }

    /// What is allowed but unwise, and what readers of a verdict must know, in the order of the policies.
    pub fn lint(&self) -> Vec<Lint> {
        self.lints.clone()
    }

    /// Runs the tests that the pack holds, in their order.
    pub fn test(&self) -> Vec<TestOutcome> {
        self.policies.iter().flat_map(Policy::test).collect()
    }

    /// The places of the policies that are about the change, in the order of the document.
    pub(crate) fn about(&self, change: &ResourceChange) -> impl Iterator<Item = usize> {
        self.index.find(&change.type_name, ActionSet::of(change))
    }

    /// Evaluates every policy that is about the change, in the order of the document; empty when none is.
    pub fn evaluate(
        &self,
        change: &ResourceChange,
        context: &Context,
        budget: &mut Budget,
    ) -> Vec<Evaluation<'_>> {
        evaluate::evaluate(self, change, context, budget)
    }

    /// Evaluates one policy over a resource as it is before the change, whatever the change proposes, for what an
    /// earlier plan could not tell. `None` when there is no such policy, it is not about the type, or
    /// the resource does not exist.
    pub fn reevaluate(
        &self,
        policy: &str,
        change: &ResourceChange,
        context: &Context,
        budget: &mut Budget,
    ) -> Option<Evaluation<'_>> {
        let policy = self.policies.iter().find(|candidate| candidate.name == policy)?;
        evaluate::reevaluate(policy, change, context, budget)
    }
}

impl fmt::Debug for PolicyPack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PolicyPack({}@{} {})", self.name, self.version, self.digest)
    }
}

/// One rule of a pack.
pub struct Policy {
    name: String,
    description: String,
    /// The description, as findings show it.
    demand: String,
    enforcement: Enforcement,
    resources: Vec<String>,
    actions: Vec<ActionWord>,
    covered: ActionSet,
    controls: Vec<String>,
    on_unknown: OnUnknown,
    hints: Hints,
    /// Whether an overlay added it.
    added: bool,
    /// How many slots a scope needs to have.
    slots: usize,
    lists: Arc<Lists>,
    /// The slots that expressions read, with what belongs into each.
    inputs: Vec<(usize, Input)>,
    /// The slots of the parameters that expressions read.
    params: Vec<(usize, Value)>,
    /// The variables that validations need, in their order.
    variables: Vec<Variable>,
    validations: Vec<Validation>,
    tests: Vec<Test>,
}

impl Policy {
    /// The policy's name, unique in its pack.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the policy demands.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Whether anything but a pass denies.
    pub fn enforcement(&self) -> Enforcement {
        self.enforcement
    }

    /// The patterns of the resource types that the policy is about.
    pub fn resources(&self) -> &[String] {
        &self.resources
    }

    /// What must be done to a resource for the policy to be about it.
    pub fn actions(&self) -> &[ActionWord] {
        &self.actions
    }

    /// The controls of standards that the policy serves.
    pub fn controls(&self) -> &[String] {
        &self.controls
    }

    /// What becomes of a result that depends on a value not known until apply.
    pub fn on_unknown(&self) -> OnUnknown {
        self.on_unknown
    }

    /// The policy's own constants, by name.
    pub fn params(&self) -> &BTreeMap<String, serde_json::Value> {
        &self.hints.params
    }

    /// In which direction a parameter is stricter, by its name.
    pub fn stricter(&self) -> &BTreeMap<String, Stricter> {
        &self.hints.stricter
    }

    /// What would turn a failure into a pass, as the validations say it, in their order.
    pub fn remedies(&self) -> &[String] {
        &self.hints.remedies
    }

    /// What a host that can alter a resource may set where the policy fails, for each resource type.
    pub fn remediate(&self) -> &Remediation {
        &self.hints.remediate
    }

    /// Where more is said about the policy: an address that begins with `https://`.
    pub fn guideline(&self) -> Option<&str> {
        self.hints.guideline.as_deref()
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({})", self.name)
    }
}

/// A named value of a policy.
struct Variable {
    name: String,
    slot: usize,
    programs: Programs,
    decode: Option<Decode>,
}

/// The compiled form of [`Expressions`].
enum Programs {
    Every(Program),
    PerType(BTreeMap<String, Program>),
}

impl Programs {
    fn for_type(&self, type_name: &str) -> Option<&Program> {
        match self {
            Self::Every(program) => Some(program),
            Self::PerType(programs) => programs.get(type_name),
        }
    }

    fn read(&self, slot: usize) -> bool {
        match self {
            Self::Every(program) => program.reads(slot),
            Self::PerType(programs) => programs.values().any(|program| program.reads(slot)),
        }
    }
}

/// Something that must be true.
struct Validation {
    program: Program,
    message: Option<String>,
    message_program: Option<Program>,
    remedy: Option<String>,
}
