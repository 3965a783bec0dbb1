//! Where an artifact is, under whatever names: content in quarantine does not get out under another one.

use super::{Site, State};
use crate::digest::Digest;

/// Track, lineage, stage and asset.
pub(crate) type Whereabouts = (String, String, String, String);

impl State {
    /// The names under which an artifact ever came into a stage.
    pub(crate) fn assets_of<'s>(
        &'s self,
        track: &str,
        lineage: &str,
        stage: &str,
    ) -> impl Iterator<Item = &'s str> + use<'s> {
        let first = (track.to_owned(), lineage.to_owned(), stage.to_owned(), String::new());
        let of = first.clone();
        self.whereabouts
            .range(first..)
            .map(|(place, ())| place)
            .take_while(move |place| (&place.0, &place.1, &place.2) == (&of.0, &of.1, &of.2))
            .map(|(_, _, _, asset)| asset.as_str())
    }
}

/// Where a lineage at a site is kept, if it is an artifact.
pub(super) fn place(site: &Site, lineage: &str) -> Option<Whereabouts> {
    lineage.parse::<Digest>().ok()?;
    let Site { track, asset, stage } = site.clone();
    Some((track, lineage.to_owned(), stage, asset))
}
