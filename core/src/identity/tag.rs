//! Annotated tags of Git that are signed by an SSH key.

use super::ssh::is_signature;

/// An annotated tag as Git stores it (`git cat-file tag NAME`), taken apart. Nothing is verified yet.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SignedTag<'a> {
    /// The commit that it names; a tag of anything else is none.
    pub(crate) commit: &'a str,
    /// The tag's name: the ref without `refs/tags/`.
    pub(crate) name: &'a str,
    /// What is signed: all that comes before the signature.
    pub(super) signed: &'a str,
    pub(super) signature: &'a str,
}

impl<'a> SignedTag<'a> {
    /// Reads a tag object; `None` where it is not one, not of a commit, or not signed by an SSH key.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix("object ")?;
        let (commit, rest) = rest.split_once("\ntype commit\ntag ")?;
        let (name, rest) = rest.split_once('\n')?;
        // As Git does, the last signature counts: a message may quote others.
        let body = rest.rfind("\n-----BEGIN ")?.checked_add(1)?;
        let head = text.len().checked_sub(rest.len())?;
        let (signed, signature) = text.split_at_checked(head.checked_add(body)?)?;
        (!commit.contains('\n') && is_signature(signature)).then_some(Self {
            commit,
            name,
            signed,
            signature,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: &str = "object 4f9c\ntype commit\ntag v1\ntagger A <a@b> 1 +0000\n\nFirst.\n";
    const SIGNATURE: &str = "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n";

    #[test]
    fn a_tag_is_taken_apart_before_its_last_signature() {
        let text = format!("{SIGNED}{SIGNATURE}");
        let tag = SignedTag::parse(&text).unwrap();
        assert_eq!(
            tag,
            SignedTag { commit: "4f9c", name: "v1", signed: SIGNED, signature: SIGNATURE }
        );
        let twice = format!("{SIGNED}{SIGNATURE}{SIGNATURE}");
        let tag = SignedTag::parse(&twice).unwrap();
        assert_eq!((tag.signed, tag.signature), (text.as_str(), SIGNATURE));
    }

    #[test]
    fn what_is_no_signed_tag_of_a_commit_is_none() {
        let text = format!("{SIGNED}{SIGNATURE}");
        for other in [
            String::new(),
            SIGNED.to_owned(),
            SIGNATURE.to_owned(),
            text.replace("type commit", "type tree"),
            text.replace("object 4f9c\n", "object 4f9c\nobject 4f9d\n"),
            text.replace("object", "tree"),
            text.replace("SSH SIGNATURE", "PGP SIGNATURE"),
            format!(" {text}"),
        ] {
            assert_eq!(SignedTag::parse(&other), None, "{other:?}");
        }
    }
}
