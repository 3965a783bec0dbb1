//! Names with `*` in them: for resource types, refs, addresses and paths.

/// Whether a text fits a pattern, in which `*` stands for any run of characters.
///
/// A pattern that fits another pattern, taken as text, also fits everything that the other one fits.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(first) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return left.ends_with(part);
        }
        match left.split_once(part) {
            Some((_, after)) => left = after,
            None => return false,
        }
    }
    true
}

/// Whether a ref fits a pattern, in which `*` stands for any run of characters but `/`.
pub(crate) fn fits_ref(pattern: &str, name: &str) -> bool {
    let (mut patterns, mut names) = (pattern.split('/'), name.split('/'));
    loop {
        match (patterns.next(), names.next()) {
            (None, None) => return true,
            (Some(pattern), Some(name)) if fits(pattern, name) => {}
            _ => return false,
        }
    }
}

/// Whether a path in a repository is written so that it can only be itself: no `.`, `..` or empty
/// parts, no `\`.
pub(crate) fn is_plain_path(path: &str) -> bool {
    !path.contains('\\') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_in_a_ref_stays_within_a_segment() {
        assert!(fits_ref("refs/heads/main", "refs/heads/main"));
        assert!(fits_ref("refs/tags/v*", "refs/tags/v1.2.3"));
        assert!(fits_ref("refs/heads/release-*-rc*", "refs/heads/release-1-rc2"));
        for name in
            ["refs/heads/main2", "refs/heads/v1/main", "refs/heads", "main", "refs/tags/v1/x", ""]
        {
            assert!(!fits_ref("refs/heads/main", name), "{name}");
            assert!(!fits_ref("refs/tags/v*", name), "{name}");
        }
        assert!(!fits_ref("refs/tags/a*a", "refs/tags/a"));
    }

    #[test]
    fn a_star_elsewhere_stands_for_anything() {
        for (pattern, text) in [
            ("*", ""),
            ("policies/*", "policies/a/b.yaml"),
            ("module.audit.*", "module.audit.aws_s3_bucket.log"),
            ("*.yaml", ".github/workflows/ci.yaml"),
        ] {
            assert!(fits(pattern, text), "{pattern} refuses {text}");
        }
        for (pattern, text) in
            [("policies/*", "policies"), ("aws_iam_*", "module.x.aws_iam_role.y")]
        {
            assert!(!fits(pattern, text), "{pattern} accepts {text}");
        }
    }
}
