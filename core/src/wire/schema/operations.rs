//! Which document each operation takes, and which it answers.

/// An operation of the contract.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// What it is called on, a dot, and its name: `call.version`, `engine.begin`.
    pub name: &'static str,
    /// Its input.
    pub takes: Takes,
    /// The name of the document that it answers; none where it makes a handle.
    pub answers: Option<&'static str>,
}

/// The input of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// It takes none.
    Nothing,
    /// Whatever JSON there is.
    AnyJson,
    /// The document of that name.
    Document(&'static str),
}

/// Every operation, with those that make handles and those of engines that have a function of their own.
pub const OPERATIONS: &[Operation] = &[
    operation("call.canonical", Takes::AnyJson, Some("canonical-answer")),
    operation("call.charter", Takes::Document("charter-input"), Some("charter-answer")),
    operation("call.envelope", Takes::Document("envelope-input"), Some("envelope-answer")),
    operation("call.limits", Takes::Nothing, Some("limits-answer")),
    operation("call.lock", Takes::Document("lock-input"), Some("lock-answer")),
    operation(
        "call.signing_bytes",
        Takes::Document("signing-bytes-input"),
        Some("signing-bytes-answer"),
    ),
    operation("call.simulate", Takes::Document("simulate-input"), Some("simulate-answer")),
    operation(
        "call.verifier_key",
        Takes::Document("verifier-key-input"),
        Some("verifier-key-answer"),
    ),
    operation(
        "call.verify_approval",
        Takes::Document("verify-approval-input"),
        Some("verified-signature"),
    ),
    operation(
        "call.verify_checkpoint",
        Takes::Document("verify-checkpoint-input"),
        Some("checkpoint-answer"),
    ),
    operation("call.verify_fork", Takes::Document("verify-fork-input"), Some("verify-fork-answer")),
    operation(
        "call.verify_receipt",
        Takes::Document("verify-receipt-input"),
        Some("verify-receipt-answer"),
    ),
    operation("call.verify_token", Takes::Document("verify-token-input"), Some("verified-token")),
    operation("call.version", Takes::Nothing, Some("version-answer")),
    operation("pack.parse", Takes::Document("pack-input"), None),
    operation("pack.check", Takes::Document("check-input"), Some("plan-report")),
    operation("pack.describe", Takes::Nothing, Some("pack-answer")),
    operation("pack.lint", Takes::Nothing, Some("lint-answer")),
    operation("pack.test", Takes::Nothing, Some("test-answer")),
    operation("plan.read", Takes::Document("plan-options"), None),
    operation("plan.describe", Takes::Nothing, Some("plan-answer")),
    operation("engine.new", Takes::Document("engine-input"), None),
    operation("engine.decide", Takes::Document("request"), Some("decision")),
    operation("engine.admit", Takes::Document("request"), Some("admission")),
    operation("engine.record", Takes::Document("fact"), Some("admission")),
    operation("engine.begin", Takes::Document("begin-input"), Some("appended-answer")),
    operation("engine.check", Takes::Document("check-input"), Some("plan-report")),
    operation(
        "engine.checkpoint_text",
        Takes::Document("checkpoint-text-input"),
        Some("text-answer"),
    ),
    operation(
        "engine.credential",
        Takes::Document("credential-question"),
        Some("credential-answer"),
    ),
    operation("engine.describe", Takes::Nothing, Some("engine-answer")),
    operation("engine.fact_text", Takes::Document("fact-text-input"), Some("text-answer")),
    operation("engine.request_text", Takes::Document("request-text-input"), Some("text-answer")),
    operation("engine.review", Takes::Document("review-input"), Some("review-answer")),
    operation("engine.sign", Takes::Document("sign-input"), Some("signed-checkpoint-answer")),
    operation("engine.snapshot", Takes::Nothing, Some("appended-answer")),
    operation("ledger.open", Takes::Document("ledger-input"), None),
    operation("ledger.attachment", Takes::Document("attachment-input"), Some("attachment-answer")),
    operation("ledger.checkpoint", Takes::Nothing, Some("signed-checkpoint-answer")),
    operation("ledger.entries", Takes::Document("entries-input"), Some("entries-answer")),
    operation("ledger.fork_proof", Takes::Document("checkpoint-input"), Some("fork-answer")),
    operation("ledger.head", Takes::Nothing, Some("head-answer")),
    operation("ledger.notices", Takes::Nothing, Some("notices-answer")),
    operation(
        "ledger.put_checkpoint",
        Takes::Document("checkpoint-input"),
        Some("signed-checkpoint-answer"),
    ),
    operation("ledger.receipt", Takes::Document("receipt-input"), Some("receipt-answer")),
    operation("ledger.report", Takes::Document("report-input"), Some("report-answer")),
    operation("ledger.status", Takes::Nothing, Some("status")),
    operation("ledger.verify", Takes::Document("verify-input"), Some("verified-answer")),
];

const fn operation(name: &'static str, takes: Takes, answers: Option<&'static str>) -> Operation {
    Operation { name, takes, answers }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::OPERATIONS;
    use crate::wire::{Engine, Ledger, Pack, Plan, operations};

    #[test]
    fn every_operation_is_listed() {
        let on = |what: &'static str, names: &mut dyn Iterator<Item = &'static str>| {
            names.map(|name| format!("{what}.{name}")).collect::<Vec<_>>()
        };
        let named = [
            on("call", &mut operations()),
            on("pack", &mut Pack::operations()),
            on("plan", &mut Plan::operations()),
            on("engine", &mut Engine::operations()),
            on("ledger", &mut Ledger::operations()),
        ];
        let methods = ["decide", "admit", "record"].map(|name| format!("engine.{name}"));
        let makers = ["pack.parse", "plan.read", "engine.new", "ledger.open"].map(str::to_owned);
        let expected: BTreeSet<_> =
            named.into_iter().flatten().chain(methods).chain(makers).collect();
        let listed: Vec<_> = OPERATIONS.iter().map(|operation| operation.name.to_owned()).collect();
        assert_eq!(listed.len(), expected.len());
        assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), expected);
    }
}
