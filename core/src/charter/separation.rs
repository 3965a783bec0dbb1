//! What belongs to one stage belongs to no other one (R034, R055, R135, R136, R455 to R457).

use std::collections::BTreeSet;

use super::{CharterDocument, Stage, Track, check::Checker};
use crate::error::Result;

/// What a thing is that belongs to a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Belonging {
    /// A stack or workspace.
    Stack,
    /// A cloud project or account.
    Project,
    /// A state backend.
    Backend,
    /// A bucket, prefix or other store.
    Bucket,
    /// A service account, role or other credential.
    Credential,
    /// A namespace.
    Namespace,
    /// A host name or certificate.
    Endpoint,
}

impl Belonging {
    /// The word for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Stack => "stack",
            Self::Project => "project",
            Self::Backend => "backend",
            Self::Bucket => "bucket",
            Self::Credential => "credential",
            Self::Namespace => "namespace",
            Self::Endpoint => "endpoint",
        }
    }
}

/// Everything that belongs to a stage, with its place in the stage's declaration.
pub(crate) fn belongings(stage: &Stage) -> impl Iterator<Item = (Belonging, &String, String)> {
    let one = [
        (Belonging::Stack, &stage.stack),
        (Belonging::Project, &stage.project),
        (Belonging::Backend, &stage.backend),
    ];
    let many = [
        (Belonging::Bucket, &stage.buckets, "buckets"),
        (Belonging::Credential, &stage.credentials, "credentials"),
        (Belonging::Namespace, &stage.namespaces, "namespaces"),
        (Belonging::Endpoint, &stage.endpoints, "endpoints"),
    ];
    let one = one
        .into_iter()
        .filter_map(|(what, name)| name.as_ref().map(|name| (what, name, what.word().to_owned())));
    let many = many.into_iter().flat_map(|(what, names, list)| {
        names.iter().enumerate().map(move |(index, name)| (what, name, format!("{list}/{index}")))
    });
    one.chain(many)
}

impl CharterDocument {
    /// The stages that nothing of a stage may touch, with their tracks: the others of its track, and those of other
    /// tracks that lie in another deployment environment.
    pub(crate) fn foreign<'c>(
        &'c self,
        track: &'c Track,
        stage: &'c Stage,
    ) -> impl Iterator<Item = &'c Stage> {
        self.tracks.iter().flat_map(move |other_track| {
            let same_track = other_track.track == track.track;
            other_track.stages.iter().filter(move |other| {
                if same_track {
                    other.stage != stage.stage
                } else {
                    other.deployment_environment() != stage.deployment_environment()
                }
            })
        })
    }
}

impl Stage {
    /// The deployment environment that the stage lies in.
    fn deployment_environment(&self) -> &str {
        self.environment.as_deref().unwrap_or(&self.stage)
    }
}

impl Checker<'_> {
    /// Nothing belongs to two stages.
    pub(super) fn separation(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        for (t, track) in self.charter.tracks.iter().enumerate() {
            for (s, stage) in track.stages.iter().enumerate() {
                for (what, name, place) in belongings(stage) {
                    let pointer = format!("/tracks/{t}/stages/{s}/{place}");
                    self.name(name, &pointer)?;
                    // Plans are searched whatever the case, and without a slash at the end.
                    if !seen.insert((what, name.trim_end_matches('/').to_ascii_lowercase())) {
                        let message = format!("the {} `{name}` belongs to two stages", what.word());
                        return Err(self.invalid(&pointer, message));
                    }
                }
            }
        }
        Ok(())
    }
}
