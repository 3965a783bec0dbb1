//! Evaluates a pack over one resource change.

use std::{borrow::Cow, collections::BTreeMap};

use super::{Decode, OnUnknown, Policy, PolicyPack, Validation, matching::ActionSet};
use crate::{
    cel::{Budget, Computed, Outcome as Yield, Scope, Types},
    error::{Position, Result},
    limits,
    model::{Actions, Outcome, ResourceChange},
    value::{Kind, Value},
};

/// What policies see besides the resource change.
#[derive(Clone, Debug)]
pub struct Context {
    /// What is asked; `request` in expressions.
    pub request: Value,
    /// Who asks; `actor` in expressions.
    pub actor: Value,
    /// The stage that is to be changed; `stage` in expressions.
    pub stage: Value,
}

impl Context {
    /// What is known without a request: no more than the name of a stage, `stage.name`, or not even that. A policy that
    /// reads what is not there fails.
    ///
    /// # Errors
    ///
    /// `limit.size` for a name that is larger than a document.
    pub fn of_stage(name: Option<&str>) -> Result<Self> {
        let empty = Value::from_serialize(&BTreeMap::<String, String>::new())?;
        let stage = Value::from_serialize(&BTreeMap::from([("name", name)]))?;
        Ok(Self { request: empty.clone(), actor: empty, stage })
    }
}

/// What one policy says about one resource change.
#[derive(Clone, Debug)]
pub struct Evaluation<'p> {
    /// The policy.
    pub policy: &'p Policy,
    /// How it came out.
    pub outcome: Outcome,
    /// What was found; see the table of the [module](super).
    pub code: &'static str,
    /// What was demanded and what was found, in at most [`limits::MESSAGE_BYTES`] bytes without control characters.
    pub message: Cow<'p, str>,
    /// What would turn it into a pass.
    pub remedy: Option<String>,
    /// Whether the result is to be found out after apply instead of denying now.
    pub verify_after: bool,
}

pub(super) fn evaluate<'p>(
    pack: &'p PolicyPack,
    change: &ResourceChange,
    context: &Context,
    budget: &mut Budget,
) -> Vec<Evaluation<'p>> {
    let policies = pack.index.find(&change.type_name, ActionSet::of(change));
    let mut found = Vec::new();
    for policy in policies.filter_map(|index| pack.policies.get(index)) {
        found.push(policy.evaluate(change, context, budget));
    }
    found
}

/// What one policy says about a change; `None` when it is not about it.
pub(super) fn evaluate_one<'p>(
    policy: &'p Policy,
    change: &ResourceChange,
    context: &Context,
    budget: &mut Budget,
) -> Option<Evaluation<'p>> {
    let about =
        policy.is_about_type(&change.type_name) && policy.covered.meets(ActionSet::of(change));
    about.then(|| policy.evaluate(change, context, budget))
}

/// What one policy says about a resource as it is, whatever is proposed for it: the values before are those
/// of the applied state. `None` when the resource does not exist or the policy is not about its type.
pub(super) fn reevaluate<'p>(
    policy: &'p Policy,
    change: &ResourceChange,
    context: &Context,
    budget: &mut Budget,
) -> Option<Evaluation<'p>> {
    let exists = !matches!(change.before.as_ref().kind(), Kind::Null);
    (exists && policy.is_about_type(&change.type_name)).then(|| {
        let applied = ResourceChange {
            actions: Actions::NoOp,
            after: change.before.clone(),
            ..change.clone()
        };
        let now = policy.evaluate(&applied, context, budget);
        // A plan made before the apply has the state before it, too, and does not know the one after.
        let then =
            ResourceChange { before: change.after.clone(), after: change.after.clone(), ..applied };
        if now.outcome == Outcome::Pass && !matches!(then.after.as_ref().kind(), Kind::Null) {
            policy.evaluate(&then, context, budget)
        } else {
            now
        }
    })
}

/// What a validation came to, from bad to worst. The order decides which of several is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    Unknown,
    Sensitive,
    Error,
    Exhausted,
    Null,
    False,
}

impl Found {
    const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "policy.unknown",
            Self::Sensitive => "value.sensitive",
            Self::Error => "policy.error",
            Self::Exhausted => "policy.exhausted",
            Self::Null => "policy.null",
            Self::False => "policy.failed",
        }
    }

    const fn outcome(self) -> Outcome {
        match self {
            Self::Unknown | Self::Sensitive | Self::Error | Self::Exhausted => Outcome::Unknown,
            Self::Null | Self::False => Outcome::Fail,
        }
    }

    const fn explanation(self) -> &'static str {
        match self {
            Self::Unknown => "depends on a value that is not known until apply",
            Self::Sensitive => "depends on a sensitive or opaque value",
            Self::Error => "gives no answer",
            Self::Exhausted => "was not answered within the budget",
            Self::Null => "is null",
            Self::False => "is false",
        }
    }
}

/// Nothing when the validation passes.
fn judge(outcome: &Yield) -> Option<Found> {
    match outcome {
        Yield::Result(result) => match result.as_bool() {
            Some(true) => None,
            Some(false) => Some(Found::False),
            None if result.is_null() => Some(Found::Null),
            None => Some(Found::Error),
        },
        Yield::Unknown { sensitive: false } => Some(Found::Unknown),
        Yield::Unknown { sensitive: true } => Some(Found::Sensitive),
        Yield::Error { .. } => Some(Found::Error),
        Yield::Exhausted => Some(Found::Exhausted),
    }
}

impl Policy {
    pub(super) fn is_about_type(&self, type_name: &str) -> bool {
        self.resources.iter().any(|pattern| crate::pattern::fits(pattern, type_name))
    }

    fn evaluate(
        &self,
        change: &ResourceChange,
        context: &Context,
        budget: &mut Budget,
    ) -> Evaluation<'_> {
        let mut scope = self.scope(context);
        self.judge(change, &mut scope, budget).unwrap_or_else(|| self.passed())
    }

    /// Nothing when the change passes, so that a pass costs no more than its expressions. The scope is
    /// one of this policy's.
    pub(super) fn judge<'p: 'a, 'a>(
        &'p self,
        change: &'a ResourceChange,
        scope: &mut Scope<'a>,
        budget: &mut Budget,
    ) -> Option<Evaluation<'p>> {
        if self.set(change, scope, budget).is_err() {
            return Some(self.not_passed(None, "a variable", Found::Exhausted, Said::Nothing));
        }
        let Worst { number, validation, found, outcome } = self.worst(scope, budget)?;
        let said = match found {
            Found::Null | Found::False => validation.said(scope, budget),
            Found::Error => Said::Fault(self.fault(validation, &outcome, &change.type_name, scope)),
            _ => Said::Nothing,
        };
        let subject = match self.validations.len() {
            1 => Cow::Borrowed("the validation"),
            count => Cow::Owned(format!("validation {number} of {count}")),
        };
        Some(self.not_passed(Some(validation), &subject, found, said))
    }

    /// Shows the change and evaluates the variables; fails when the budget is used up.
    pub(super) fn set<'p: 'a, 'a>(
        &'p self,
        change: &'a ResourceChange,
        scope: &mut Scope<'a>,
        budget: &mut Budget,
    ) -> Result<(), Exhausted> {
        self.show(change, scope);
        for variable in &self.variables {
            let outcome = match variable.programs.for_type(&change.type_name) {
                Some(program) => program.evaluate(scope, budget),
                None => failure("cel.undefined_for_type"),
            };
            match decode(variable.decode, outcome, budget) {
                Yield::Exhausted => return Err(Exhausted),
                outcome => scope.set_outcome(variable.slot, outcome),
            }
        }
        Ok(())
    }

    /// The worst of the validations; nothing when all of them pass.
    pub(super) fn worst(&self, scope: &Scope<'_>, budget: &mut Budget) -> Option<Worst<'_>> {
        let mut worst: Option<Worst<'_>> = None;
        for (number, validation) in (1..).zip(&self.validations) {
            let Some(outcome) = validation.program.unless_true(scope, budget) else { continue };
            let Some(found) = judge(&outcome) else { continue };
            if worst.as_ref().is_none_or(|before| found > before.found) {
                worst = Some(Worst { number, validation, found, outcome });
            }
            if found >= Found::Exhausted {
                break;
            }
        }
        worst
    }

    /// What failed and why, in the expression where it did: no values, but types and a place.
    fn fault(
        &self,
        validation: &Validation,
        outcome: &Yield,
        type_name: &str,
        scope: &Scope<'_>,
    ) -> String {
        if let Yield::Result(result) = outcome {
            return format!(
                "cel.no_such_overload: bool is needed, and the result is {}",
                result.type_name()
            );
        }
        let Yield::Error { code, .. } = outcome else { return String::new() };
        let (mut program, mut outcome, mut name) = (&validation.program, outcome, None);
        // A variable reads only those before it, so that the last one that is read is no cause of others.
        for variable in self.variables.iter().rev() {
            match scope.outcome(variable.slot) {
                Some(failed @ Yield::Error { code: same, .. })
                    if same == code && program.reads(variable.slot) =>
                {
                    name = Some(&variable.name);
                    match variable.programs.for_type(type_name) {
                        Some(own) if variable.decode.is_none() => {
                            (program, outcome) = (own, failed)
                        }
                        _ => return format!("{code} in the variable `{}`", variable.name),
                    }
                }
                _ => {}
            }
        }
        let fault = program.describe(outcome).unwrap_or_default();
        match name {
            Some(name) => format!("{fault} of the variable `{name}`"),
            None => fault,
        }
    }

    fn passed(&self) -> Evaluation<'_> {
        Evaluation {
            policy: self,
            outcome: Outcome::Pass,
            code: "policy.passed",
            message: Cow::Borrowed(&self.demand),
            remedy: None,
            verify_after: false,
        }
    }

    fn not_passed(
        &self,
        validation: Option<&Validation>,
        subject: &str,
        found: Found,
        said: Said,
    ) -> Evaluation<'_> {
        let found_out = || format!("{} ({subject} {}", self.description, found.explanation());
        let message = match said {
            Said::Words(words) => words,
            Said::Fault(fault) => format!("{} ({fault}))", found_out()),
            Said::Nothing => format!("{})", found_out()),
        };
        Evaluation {
            policy: self,
            outcome: found.outcome(),
            code: found.code(),
            message: Cow::Owned(presentable(&message)),
            remedy: validation.and_then(|validation| validation.remedy.as_deref()).map(presentable),
            verify_after: found == Found::Unknown && self.on_unknown == OnUnknown::VerifyAfter,
        }
    }
}

/// The validation that decides what is reported.
pub(super) struct Worst<'p> {
    /// Counted from 1.
    number: usize,
    pub(super) validation: &'p Validation,
    pub(super) found: Found,
    outcome: Yield,
}

/// What is said besides that a validation does not pass.
enum Said {
    /// What the policy says, which takes the place of everything else.
    Words(String),
    /// Where and over which types an expression failed.
    Fault(String),
    Nothing,
}

/// The budget is used up.
pub(super) struct Exhausted;

/// Reads the text that a variable's expression yields, where it is to be read: a step for each byte, and no more
/// bytes than one evaluation has steps. What is read counts among the bytes that later evaluations have.
fn decode(decode: Option<Decode>, outcome: Yield, budget: &mut Budget) -> Yield {
    let (Some(Decode::Json), Yield::Result(result)) = (decode, &outcome) else { return outcome };
    let Some(text) = result.as_str() else { return failure("cel.no_such_overload") };
    let cost = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let within = cost <= limits::EVALUATION_STEPS;
    let Some(steps) = budget.steps.checked_sub(cost).filter(|_| within) else {
        return Yield::Exhausted;
    };
    budget.steps = steps;
    match Value::parse_json(text.as_bytes()) {
        Ok(value) => Yield::Result(Computed::document(value, cost.saturating_mul(DECODED_BYTES))),
        Err(_) => failure("cel.conversion"),
    }
}

/// The bytes that each byte of JSON counts once it is read: the shortest element of a list, two bytes of
/// text, is a node of sixteen, in a buffer that may be twice as large.
const DECODED_BYTES: u64 = 16;

impl Validation {
    /// What the policy itself says about a failure, if it says anything that can be told.
    fn said(&self, scope: &Scope<'_>, budget: &mut Budget) -> Said {
        let computed = self.message_program.as_ref().and_then(|program| {
            match program.evaluate(scope, budget) {
                Yield::Result(result) => result.as_str().map(str::to_owned),
                _ => None,
            }
        });
        let computed = computed.filter(|text| !text.trim().is_empty());
        computed.or_else(|| self.message.clone()).map_or(Said::Nothing, Said::Words)
    }
}

fn failure(code: &'static str) -> Yield {
    Yield::Error { code, position: Position { line: 1, column: 1 }, types: Types::default() }
}

/// The text with control and direction characters escaped, cut at [`limits::MESSAGE_BYTES`].
pub(super) fn presentable(text: &str) -> String {
    const ELLIPSIS: char = '…';
    let most = limits::MESSAGE_BYTES.saturating_sub(ELLIPSIS.len_utf8());
    let mut shown = String::new();
    for character in text.chars() {
        let before = shown.len();
        if character.is_control() || is_direction(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
        if shown.len() > most {
            shown.truncate(before);
            shown.push(ELLIPSIS);
            break;
        }
    }
    shown
}

/// Whether the character changes the direction or the lines of the text around it.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_text_is_short_and_harmless() {
        assert_eq!(presentable("a\u{1b}[31m\nb\u{202e}c"), "a\\u{1b}[31m\\nb\\u{202e}c");
        for length in 0..2 * limits::MESSAGE_BYTES {
            assert!(presentable(&"é\n".repeat(length)).len() <= limits::MESSAGE_BYTES);
        }
    }

    #[test]
    fn a_certain_failure_is_worse_than_doubt() {
        assert!(Found::False > Found::Exhausted);
        assert!(Found::Null > Found::Error);
        assert!(Found::Error > Found::Sensitive);
        assert!(Found::Sensitive > Found::Unknown);
    }
}
