//! The names that are looked for: what belongs to stages, and what else it is called.

use std::{borrow::Cow, collections::BTreeSet};

use crate::{
    charter::{Belonging, CharterDocument, Stage, belongings},
    engine::checks::Place,
};

/// A name, what it is of, and the stage that it belongs to where that is another one.
pub(super) type Name<'c> = (Belonging, Cow<'c, str>, Option<&'c str>);

/// Hosts under which buckets have addresses of their own, as the last part of the bucket's host name or with the bucket
/// as the first part of the path.
const STORES: [&str; 3] = ["storage.googleapis.com", "blob.core.windows.net", "amazonaws.com"];

/// The names that matter to a stage; none where nothing belongs to any other.
pub(super) fn names<'c>(document: &'c CharterDocument, place: &Place<'c>) -> Vec<Name<'c>> {
    let foreign: Vec<&Stage> = document.foreign(place.track, place.stage).collect();
    let is_foreign = |stage: &Stage| foreign.iter().any(|other| std::ptr::eq(*other, stage));
    let near = document.tracks.iter().flat_map(|track| &track.stages);
    let near = near.filter(|stage| !is_foreign(stage));
    // What a stage that lies near has a part of is not another's alone.
    let shared: BTreeSet<String> =
        near.flat_map(of).flat_map(|(_, name)| stores(name)).map(str::to_ascii_lowercase).collect();
    let mut names: Vec<Name<'c>> = Vec::new();
    for &stage in &foreign {
        let whose = Some(stage.stage.as_str());
        for (what, name) in of(stage) {
            names.extend(forms(name).map(|form| (what, form.into(), whose)));
            let alone = stores(name).filter(|store| !shared.contains(&store.to_ascii_lowercase()));
            names.extend(alone.map(|store| (Belonging::Bucket, store.into(), whose)));
        }
    }
    if names.is_empty() {
        return names;
    }
    for (what, name) in of(place.stage) {
        names.extend(forms(name).map(|form| (what, form.into(), None)));
    }
    names.retain(|(_, name, _)| !name.is_empty());
    names
}

/// What belongs to a stage and is looked for: the names of stacks are such as `prod`, which may mean anything.
fn of(stage: &Stage) -> impl Iterator<Item = (Belonging, &str)> {
    belongings(stage)
        .filter(|(what, ..)| *what != Belonging::Stack)
        .map(|(what, name, _)| (what, name.as_str()))
}

/// A name as it is declared, and a URL without its scheme: that is how policies and other URLs name it. A slash at the
/// end is mostly left out.
fn forms(name: &str) -> impl Iterator<Item = &str> {
    let name = name.trim_end_matches('/');
    [Some(name), name.split_once("://").map(|(_, rest)| rest)].into_iter().flatten()
}

/// The bucket or other store that a URL lies in.
fn stores(name: &str) -> impl Iterator<Item = &str> {
    name.split_once("://").and_then(|(scheme, rest)| store(scheme, rest)).into_iter()
}

fn store<'n>(scheme: &str, rest: &'n str) -> Option<&'n str> {
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if !["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web)) {
        return Some(host);
    }
    let known = STORES.iter().find(|known| host.ends_with(*known))?;
    let own = host.strip_suffix(known)?.trim_end_matches('.');
    // `bucket.s3.eu-west-1` and `s3.eu-west-1` lie before `amazonaws.com`.
    let bucket = match own.split_once(".s3").map(|(bucket, _)| bucket) {
        Some(bucket) => bucket,
        None if own.is_empty() || own.starts_with("s3") => path.split('/').next()?,
        None => own,
    };
    Some(bucket).filter(|bucket| !bucket.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Requirements: R136, R455.
    #[test]
    fn the_store_of_a_url_is_its_bucket() {
        for (url, bucket) in [
            ("gs://acme-state/prod", Some("acme-state")),
            ("s3://acme-state", Some("acme-state")),
            ("https://storage.googleapis.com/acme-state/prod", Some("acme-state")),
            ("https://acme-state.storage.googleapis.com/prod", Some("acme-state")),
            ("https://acme-state.s3.eu-west-1.amazonaws.com/prod", Some("acme-state")),
            ("https://s3.eu-west-1.amazonaws.com/acme-state/prod", Some("acme-state")),
            ("https://acmestate.blob.core.windows.net/prod", Some("acmestate")),
            ("https://state.acme.example/prod", None),
            ("https://storage.googleapis.com", None),
            ("acme-state", None),
        ] {
            assert_eq!(stores(url).next(), bucket, "{url}");
        }
    }
}
