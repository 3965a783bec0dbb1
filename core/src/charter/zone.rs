//! What holds for the artifacts in a stage that is a zone of data (R443 to R450).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Moves, Stage, Track, check::Checker};
use crate::{error::Result, time::Duration};

/// What holds for the artifacts in a stage that is a zone of data.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ZoneRule {
    /// Whether an asset keeps the content that it came with: under one name no other digest enters, and nothing is
    /// rolled back (R445, R448).
    pub append_only: bool,
    /// How long after it came an artifact may still go on from here (R446).
    pub max_age: Option<Duration>,
    /// Whether what is here leaves only by a boundary from here, whichever stages it was in before (R447).
    pub quarantine: bool,
}

impl Stage {
    /// Whether what is here leaves only by a boundary from here.
    pub(crate) fn is_quarantine(&self) -> bool {
        self.zone.as_ref().is_some_and(|zone| zone.quarantine)
    }
}

impl Checker<'_> {
    /// A zone rule says something, and of a track that can keep it.
    pub(super) fn zone(&self, track: &Track, stage: &Stage, place: &str) -> Result<()> {
        let Some(zone) = &stage.zone else { return Ok(()) };
        let pointer = format!("{place}/zone");
        if track.moves != Moves::Artifact {
            return Err(self.invalid(
                &pointer,
                "changes are in many stages at once; only artifacts are in zones",
            ));
        }
        if !zone.append_only && zone.max_age.is_none() && !zone.quarantine {
            return Err(self.invalid(&pointer, "the zone rule asks for nothing; leave `zone` out"));
        }
        if zone.max_age.is_some_and(|age| age.as_seconds() == 0) {
            return Err(self.invalid(&pointer, "nothing is young enough to go on from here"));
        }
        if (zone.append_only || zone.quarantine)
            && track.boundaries_into(stage).any(|it| it.rollback.is_some())
        {
            let message = format!(
                "nothing takes the place of what is in `{}`, so nothing is rolled back there",
                stage.stage
            );
            return Err(self.invalid(&pointer, message));
        }
        if zone.quarantine && track.boundaries_into(stage).any(|it| it.rollback.is_some()) {
            let message = format!(
                "what is in `{}` leaves only by a boundary from there, and a rollback would let it out",
                stage.stage
            );
            return Err(self.invalid(&pointer, message));
        }
        let leads_on = track
            .stages
            .iter()
            .any(|later| track.before(later).any(|before| before.stage == stage.stage));
        if !leads_on && (zone.quarantine || zone.max_age.is_some()) {
            let message =
                format!("nothing comes after `{}`, so nothing goes on from here", stage.stage);
            return Err(self.invalid(&pointer, message));
        }
        Ok(())
    }
}
