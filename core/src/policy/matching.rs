//! Which policies are about a resource change: by type, through a sorted index or patterns, and by what is done.

use std::collections::BTreeMap;

use super::ActionWord;
use crate::{
    model::{Actions, ResourceChange},
    pattern,
};

/// A set of what may be done to a resource: actions, each with and without an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ActionSet(u32);

impl ActionSet {
    /// What is done by a change, alone.
    pub(super) fn of(change: &ResourceChange) -> Self {
        Self::only(change.actions, change.importing)
    }

    fn only(actions: Actions, importing: bool) -> Self {
        let number = actions.index().saturating_mul(2).saturating_add(usize::from(importing));
        Self(u32::try_from(number).ok().and_then(|number| 1_u32.checked_shl(number)).unwrap_or(0))
    }

    /// All that the words cover.
    pub(super) fn covered_by(words: &[ActionWord]) -> Self {
        let every =
            Actions::ALL.into_iter().flat_map(|actions| [(actions, false), (actions, true)]);
        let covered = every.filter(|(actions, importing)| {
            words.iter().any(|word| word.covers(*actions, *importing))
        });
        Self(covered.fold(0, |set, (actions, importing)| set | Self::only(actions, importing).0))
    }

    /// Whether the two have something in common.
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Finds the policies for a resource change.
#[derive(Debug, Default)]
pub(super) struct MatchIndex {
    exact: BTreeMap<String, Vec<Entry>>,
    patterns: Vec<(String, Entry)>,
}

/// A policy, by its place in the pack, and what must be done for it to be about a resource.
#[derive(Clone, Copy, Debug)]
struct Entry {
    policy: usize,
    actions: ActionSet,
}

impl MatchIndex {
    /// Adds a pattern of the policy at the given place.
    pub(super) fn add(&mut self, pattern: &str, actions: ActionSet, policy: usize) {
        let entry = Entry { policy, actions };
        if pattern.contains('*') {
            let at = self.patterns.partition_point(|(_, other)| other.policy <= policy);
            self.patterns.insert(at, (pattern.to_owned(), entry));
        } else {
            let entries = self.exact.entry(pattern.to_owned()).or_default();
            let at = entries.partition_point(|other| other.policy <= policy);
            entries.insert(at, entry);
        }
    }

    /// The places of the policies about such a change, ascending, each once.
    pub(super) fn find(&self, type_name: &str, actions: ActionSet) -> impl Iterator<Item = usize> {
        let exact = self.exact.get(type_name).into_iter().flatten();
        let mut exact = exact.filter(move |entry| entry.actions.meets(actions)).peekable();
        let fits = move |(pattern, entry): &&(String, Entry)| {
            entry.actions.meets(actions) && pattern::fits(pattern, type_name)
        };
        let mut patterns = self.patterns.iter().filter(fits).map(|(_, entry)| entry).peekable();
        let mut last = None;
        std::iter::from_fn(move || {
            loop {
                let entry = match (exact.peek(), patterns.peek()) {
                    (Some(exact), Some(pattern)) if pattern.policy < exact.policy => {
                        patterns.next()
                    }
                    (None, _) => patterns.next(),
                    _ => exact.next(),
                };
                let policy = entry?.policy;
                if last.replace(policy) != Some(policy) {
                    return Some(policy);
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_types() {
        for (pattern, text, fits) in [
            ("aws_s3_bucket", "aws_s3_bucket", true),
            ("aws_s3_bucket", "aws_s3_bucket_acl", false),
            ("aws_s3_*", "aws_s3_bucket", true),
            ("aws_s3_*", "aws_s3_", true),
            ("aws_s3_*", "aws_sqs_queue", false),
            ("*_bucket", "aws_s3_bucket", true),
            ("*_bucket", "aws_s3_bucket_acl", false),
            ("aws_*_bucket_*", "aws_s3_bucket_acl", true),
            ("aws:*/bucket:*", "aws:s3/bucket:Bucket", true),
            ("ab*ba", "aba", false),
            ("*", "anything", true),
            ("**", "", true),
        ] {
            assert_eq!(pattern::fits(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_policy_is_found_once_and_in_order() {
        let every = ActionSet::covered_by(&[ActionWord::Create, ActionWord::Delete]);
        let mut index = MatchIndex::default();
        index.add("b", every, 2);
        index.add("*", every, 1);
        index.add("b*", every, 2);
        index.add("b", every, 0);
        index.add("b", ActionSet::covered_by(&[ActionWord::Delete]), 3);
        index.add("*", ActionSet::covered_by(&[ActionWord::Delete]), 4);
        let created = ActionSet::only(Actions::Create, false);
        let found = |kind, actions| index.find(kind, actions).collect::<Vec<_>>();
        assert_eq!(found("b", created), [0, 1, 2]);
        assert_eq!(found("c", created), [1]);
        assert_eq!(found("b", ActionSet::only(Actions::CreateDelete, false)), [0, 1, 2, 3, 4]);
        assert_eq!(found("b", ActionSet::only(Actions::NoOp, true)), [0, 1, 2]);
        assert!(found("b", ActionSet::only(Actions::NoOp, false)).is_empty());
    }

    #[test]
    fn words_cover_alike_whether_they_are_looked_up_or_asked() {
        for word in [
            ActionWord::Create,
            ActionWord::Update,
            ActionWord::Delete,
            ActionWord::Read,
            ActionWord::NoOp,
            ActionWord::Forget,
        ] {
            for actions in Actions::ALL {
                for importing in [false, true] {
                    let found =
                        ActionSet::covered_by(&[word]).meets(ActionSet::only(actions, importing));
                    assert_eq!(found, word.covers(actions, importing), "{word:?} {actions:?}");
                }
            }
        }
    }
}
