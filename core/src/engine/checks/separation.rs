//! Whether a plan touches what belongs to another stage (R034, R055, R136, R455 to R457).
//!
//! Names are looked for in every text of the resources, in policies that are written as text too. A name counts where it
//! stands alone: `acme-prod` is in `gs://acme-prod/logs` and in `arn:aws:s3:::acme-prod/*`, and not in
//! `acme-prod-logs` or `eu.acme-prod`. It counts where it is encoded, too, and a URL counts without its scheme.

mod encoded;
mod names;

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};

use super::{Context, Place};
use crate::{
    charter::Belonging,
    engine::{codes, findings::CheckFindings},
    model::{Obligation, Outcome, Plan, ResourceChange},
    value::{Kind, Ref},
};

/// What is owed where a plan does not say what it touches, as the subject of the obligation.
const OWED: &str = "target.unknown";

/// The names that are looked for.
struct Names<'c> {
    /// What belongs to other stages, with the stage; what belongs to the stage itself has none.
    names: Vec<names::Name<'c>>,
    search: AhoCorasick,
}

/// What a resource was found to touch.
enum Touch<'c, 'p> {
    /// What belongs to another stage.
    Foreign { what: Belonging, stage: &'c str, resource: &'p ResourceChange, field: String },
    /// Nobody can tell before apply.
    Unknown { resource: &'p ResourceChange, field: String },
    /// Nobody can tell at all, since it is masked.
    Hidden { resource: &'p ResourceChange, field: String },
}

/// Checks the plan, and gives what is owed because it does not say all.
pub(super) fn check(
    context: &Context<'_>,
    place: &Place<'_>,
    findings: &mut CheckFindings<'_>,
) -> Option<Obligation> {
    let plan = context.request.plan.as_ref()?;
    let names = Names::new(context, place)?;
    let mut owed = None;
    names.search(plan, &mut |touch| match touch {
        Touch::Foreign { what, stage, resource, field } => findings.fail(
            codes::TARGET_SHARED,
            Some(&resource.address),
            format!("at {field} it names a {} that belongs to `{stage}`", what.word()),
            format!("name what belongs to `{}`", place.stage.stage),
        ),
        Touch::Hidden { resource, field } => findings.fail(
            codes::TARGET_HIDDEN,
            Some(&resource.address),
            format!(
                "whose the place is that it names at {field} cannot be seen, since it is sensitive"
            ),
            "mark no name of a project, bucket, namespace, credential or role as sensitive",
        ),
        Touch::Unknown { resource, field } if owed.is_none() => {
            let message =
                format!("whose the place is that it names at {field} is not known until apply");
            findings.advise(
                codes::TARGET_UNKNOWN,
                Some(&resource.address),
                Outcome::Unknown,
                message,
            );
            owed = Some(obligation());
        }
        Touch::Unknown { .. } => {}
    });
    owed
}

/// Whether a plan that was made after an apply meets what was owed: it says all, and touches nothing of another stage.
pub(super) fn meets(
    context: &Context<'_>,
    place: &Place<'_>,
    plan: &Plan,
    owed: &Obligation,
) -> bool {
    let settled = |names: Names<'_>| {
        let mut touched = false;
        names.search(plan, &mut |_| touched = true);
        !touched
    };
    *owed == obligation() && Names::new(context, place).is_none_or(settled)
}

fn obligation() -> Obligation {
    Obligation {
        kind: "verify-after".to_owned(),
        subject: OWED.to_owned(),
        resource: None,
        due: None,
    }
}

impl<'c> Names<'c> {
    /// The names that matter to a stage; none where nothing belongs to any other.
    fn new(context: &Context<'c>, place: &Place<'c>) -> Option<Self> {
        let names = names::names(context.engine.charter().document(), place);
        if names.is_empty() {
            return None;
        }
        let search = context.engine.searches.of(&place.track.track, &place.stage.stage, || {
            let patterns = names.iter().map(|(_, name, _)| name.as_ref());
            AhoCorasickBuilder::new().ascii_case_insensitive(true).build(patterns).ok()
        })?;
        Some(Self { names, search })
    }

    fn search<'p>(&self, plan: &'p Plan, found: &mut dyn FnMut(Touch<'c, 'p>)) {
        for resource in &plan.resources {
            let mut path = Path { resource, fields: Vec::new() };
            self.value(resource.after.as_ref(), &mut path, found);
            // What is destroyed may be another stage's own.
            if resource.actions.deletes() {
                self.value(resource.before.as_ref(), &mut path, found);
            }
        }
    }

    fn value<'p>(&self, value: Ref<'p>, path: &mut Path<'p>, found: &mut dyn FnMut(Touch<'c, 'p>)) {
        match value.kind() {
            Kind::Text(text) => self.text(text, path, found),
            Kind::List(list) => {
                for element in list.iter() {
                    self.value(element, path, found);
                }
            }
            Kind::Map(map) => {
                for (key, value) in map.iter() {
                    self.text(key, path, found);
                    path.fields.push(key);
                    self.value(value, path, found);
                    path.fields.pop();
                }
            }
            // The numbers of accounts are names, too.
            Kind::Int(number) => self.text(&number.to_string(), path, found),
            Kind::Uint(number) => self.text(&number.to_string(), path, found),
            Kind::Unknown if self.is_place(path) => {
                found(Touch::Unknown { resource: path.resource, field: path.text() });
            }
            Kind::Sensitive if self.is_place(path) => {
                found(Touch::Hidden { resource: path.resource, field: path.text() });
            }
            _ => {}
        }
    }

    fn text<'p>(&self, text: &str, path: &Path<'p>, found: &mut dyn FnMut(Touch<'c, 'p>)) {
        let mut foreign = None;
        encoded::layers(text, &mut |layer| foreign = foreign.or_else(|| self.foreign(layer, path)));
        if let Some((what, stage)) = foreign {
            let field = path.text();
            found(Touch::Foreign { what, stage, resource: path.resource, field });
        }
    }

    /// What a text names of another stage.
    fn foreign(&self, text: &str, path: &Path<'_>) -> Option<(Belonging, &'c str)> {
        let mut matches = Vec::new();
        for found in self.search.find_overlapping_iter(text) {
            let Some((what, _, stage)) = self.names.get(found.pattern().as_usize()) else {
                continue;
            };
            let span = found.range();
            let counts = match what {
                Belonging::Namespace => is_namespace(text, &span, path),
                _ => stands_alone(text, &span, "-_."),
            };
            if counts {
                matches.push((span, *what, *stage));
            }
        }
        // A name of another stage within one of this stage's own is part of that.
        let own = |span: &Range<usize>| {
            matches.iter().any(|(other, _, stage)| {
                stage.is_none() && other.start <= span.start && span.end <= other.end
            })
        };
        matches
            .iter()
            .filter(|(span, ..)| !own(span))
            .find_map(|(_, what, stage)| stage.map(|stage| (*what, stage)))
    }

    /// Whether a value by its field names a place of a kind that another stage has.
    fn is_place(&self, path: &Path<'_>) -> bool {
        let Some(what) = path.fields.last().and_then(|field| kind_of_place(field)) else {
            return false;
        };
        self.names.iter().any(|(other, _, stage)| *other == what && stage.is_some())
    }
}

/// What a field names by what it is called, with or without underscores, in any case.
fn kind_of_place(field: &str) -> Option<Belonging> {
    const CREDENTIALS: [&str; 8] = [
        "serviceaccount",
        "serviceaccountemail",
        "serviceaccountname",
        "rolearn",
        "iamrole",
        "instanceprofile",
        "principal",
        "principals",
    ];
    let field: String =
        field.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect();
    match field.as_str() {
        "project" | "projectid" | "accountid" | "subscriptionid" => Some(Belonging::Project),
        "bucket" | "bucketname" => Some(Belonging::Bucket),
        "namespace" => Some(Belonging::Namespace),
        "role" | "member" | "members" => Some(Belonging::Credential),
        other if CREDENTIALS.iter().any(|end| other.ends_with(end)) => Some(Belonging::Credential),
        _ => None,
    }
}

/// Where in a resource a value is.
struct Path<'p> {
    resource: &'p ResourceChange,
    /// The fields from the resource on, without the places in lists.
    fields: Vec<&'p str>,
}

impl Path<'_> {
    fn text(&self) -> String {
        // A field may be another stage's name, or as long as anybody likes.
        let text = self.fields.join(".");
        let fits = text.len() <= 100 && text.bytes().all(|b| b.is_ascii_graphic());
        if fits && !text.is_empty() { format!("`{text}`") } else { "a value".to_owned() }
    }
}

/// Whether what is found is a name of its own: hyphens and underscores belong to names, and what comes before a dot
/// mostly does, too.
fn stands_alone(text: &str, span: &Range<usize>, joins_before: &str) -> bool {
    let at = |index: usize| text.as_bytes().get(index).copied();
    let joins = |byte: Option<u8>, joining: &str| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || joining.as_bytes().contains(&byte))
    };
    let before = span.start.checked_sub(1);
    // In text within text, a letter behind a backslash is a line feed or the like.
    let is_escape = before.and_then(|last| last.checked_sub(1)).and_then(at) == Some(b'\\')
        && before.and_then(at).is_some_and(|byte| b"nrtbf".contains(&byte));
    (is_escape || !joins(before.and_then(at), joins_before)) && !joins(at(span.end), "-_")
}

/// Namespaces have names that may mean anything elsewhere: they count in fields for them, in addresses of services and
/// in names of service accounts.
fn is_namespace(text: &str, span: &Range<usize>, path: &Path<'_>) -> bool {
    let field = path.fields.last().is_some_and(|field| {
        let field = field.to_ascii_lowercase();
        field.ends_with("namespace") || field.ends_with("namespaces")
    });
    let declared = path.resource.type_name.to_ascii_lowercase().contains("namespace");
    let (before, after) = (text.get(..span.start), text.get(span.end..));
    let in_address = after.is_some_and(|after| after.starts_with(".svc"));
    let of_account = before.is_some_and(|before| {
        ["serviceaccount:", ".svc.id.goog[", "ns/", "namespaces/"]
            .iter()
            .any(|prefix| before.ends_with(prefix))
    });
    stands_alone(text, span, "-_") && (field || declared || in_address || of_account)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alone(text: &str, name: &str) -> bool {
        let start = text.find(name).unwrap();
        stands_alone(text, &(start..start + name.len()), "-_.")
    }

    // Requirements: R136.
    #[test]
    fn a_name_counts_where_it_stands_alone() {
        for text in [
            "acme-prod",
            "gs://acme-prod/logs",
            "arn:aws:s3:::acme-prod/*",
            "deployer@acme-prod.iam.gserviceaccount.com",
            "projects/acme-prod/secrets/key",
            "\u{fc}acme-prod\u{fc}",
            r#"{"script": "cd /\nacme-prod\n"}"#,
            r"bucket:\tacme-prod",
        ] {
            assert!(alone(text, "acme-prod"), "{text}");
        }
        for text in ["acme-prod-logs", "my-acme-prod", "acme-prod2", "eu.acme-prod", "_acme-prod"] {
            assert!(!alone(text, "acme-prod"), "{text}");
        }
    }
}
