//! Says which condition of a policy failed, once it has failed.

use super::{Context, Policy, evaluate::Found};
use crate::{
    cel::{Budget, Definition, Reason},
    model::ResourceChange,
};

impl Policy {
    /// What decided that the policy does not pass, for a change that it was evaluated over in this context: the
    /// parts of the validation that the evaluation reports, with what they came to. Nothing when it passes, or
    /// when the budget does not suffice; the evaluation stands either way.
    ///
    /// Reasons quote values of the resource that are neither sensitive nor unknown. They are for whoever may
    /// see the plan, and no ledger records them.
    pub fn explain(
        &self,
        change: &ResourceChange,
        context: &Context,
        budget: &mut Budget,
    ) -> Vec<Reason> {
        let mut scope = self.scope(context);
        if self.set(change, &mut scope, budget).is_err() {
            return Vec::new();
        }
        let Some(worst) = self.worst(&scope, budget) else { return Vec::new() };
        if worst.found == Found::Exhausted {
            return Vec::new();
        }
        // What is read out of text is not what the variable's expression comes to.
        let plain = self.variables.iter().filter(|variable| variable.decode.is_none());
        let definitions: Vec<Definition<'_>> = plain
            .filter_map(|variable| {
                let program = variable.programs.for_type(&change.type_name)?;
                Some(Definition { name: &variable.name, slot: variable.slot, program })
            })
            .collect();
        worst.validation.program.explain(&scope, &definitions, budget)
    }
}
