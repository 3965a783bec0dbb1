//! Which policies are about a resource type: exact types through a sorted index, patterns one by one.

use std::collections::BTreeMap;

/// Finds the policies for a resource type.
#[derive(Debug, Default)]
pub(super) struct TypeIndex {
    exact: BTreeMap<String, Vec<usize>>,
    patterns: Vec<(String, usize)>,
}

impl TypeIndex {
    /// Adds a pattern of the policy with the given index.
    pub(super) fn add(&mut self, pattern: &str, policy: usize) {
        if pattern.contains('*') {
            self.patterns.push((pattern.to_owned(), policy));
        } else {
            self.exact.entry(pattern.to_owned()).or_default().push(policy);
        }
    }

    /// The indices of the policies about the type, ascending, each once.
    pub(super) fn find(&self, type_name: &str) -> Vec<usize> {
        let exact = self.exact.get(type_name).into_iter().flatten().copied();
        let patterns = self
            .patterns
            .iter()
            .filter(|(pattern, _)| pattern_matches(pattern, type_name))
            .map(|(_, policy)| *policy);
        let mut found: Vec<usize> = exact.chain(patterns).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Whether the whole text fits the pattern, in which `*` stands for any run of characters.
pub(super) fn pattern_matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    text.ends_with(tail)
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
            assert_eq!(pattern_matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_policy_is_found_once_and_in_order() {
        let mut index = TypeIndex::default();
        index.add("b", 2);
        index.add("*", 1);
        index.add("b*", 2);
        index.add("b", 0);
        assert_eq!(index.find("b"), [0, 1, 2]);
        assert_eq!(index.find("c"), [1]);
    }
}
