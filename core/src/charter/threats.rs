//! Threats: what is feared, and which rules stand against it (R027, R042). A charter whose model of threats names a
//! rule that it does not have is refused, so that the model cannot grow apart from what is enforced.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CharterDocument, Track, check::Checker};
use crate::{
    error::{Code, Result},
    model::Check,
};

/// Something that is feared, and what stands against it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Threat {
    /// The threat's name.
    pub threat: String,
    /// What may happen, and through whom.
    pub description: String,
    /// The tracks whose assets are at risk.
    pub tracks: Vec<String>,
    /// The checks of the engine that stand against it.
    #[serde(default)]
    pub checks: Vec<Check>,
    /// The gates that do, each asked for on one of the tracks.
    #[serde(default)]
    pub gates: Vec<String>,
    /// The policies that do, as `pack/policy`, each of a pack that one of the tracks pins.
    #[serde(default)]
    pub policies: Vec<String>,
}

impl Checker<'_> {
    /// Every threat is to something, and what stands against it is there.
    pub(super) fn threats(&self, place: &str) -> Result<()> {
        let threats = &self.charter.threats;
        let names = threats.iter().map(|threat| threat.threat.as_str());
        self.unique("threat", names, |index| format!("{place}/{index}"))?;
        for (index, threat) in threats.iter().enumerate() {
            self.threat(threat, &format!("{place}/{index}"))?;
        }
        Ok(())
    }

    fn threat(&self, threat: &Threat, place: &str) -> Result<()> {
        let named = threat.tracks.iter().map(|name| {
            let track = self.charter.tracks.iter().find(|track| track.track == *name);
            track.ok_or_else(|| {
                let message = format!("the track `{name}` is not declared");
                self.error(Code::CharterUndeclared, &format!("{place}/tracks"), message)
            })
        });
        let tracks = named.collect::<Result<Vec<&Track>>>()?;
        if tracks.is_empty() {
            return Err(self.invalid(place, "a threat is to the assets of some track"));
        }
        if threat.checks.is_empty() && threat.gates.is_empty() && threat.policies.is_empty() {
            let message = format!("nothing stands against the threat `{}`", threat.threat);
            return Err(self.invalid(place, message).with_help(
                "name the checks, gates or policies that do, or take the threat off the list",
            ));
        }
        for (index, gate) in threat.gates.iter().enumerate() {
            let pointer = format!("{place}/gates/{index}");
            self.gate(gate, &pointer)?;
            if !asked(self.charter, &tracks, gate) {
                let message = format!("no track of the threat asks for the gate `{gate}`");
                return Err(self.invalid(&pointer, message));
            }
        }
        for (index, policy) in threat.policies.iter().enumerate() {
            let pack = policy.split_once('/').map_or(policy.as_str(), |(pack, _)| pack);
            let mut stages = tracks.iter().flat_map(|track| &track.stages);
            if !stages.any(|stage| stage.packs.iter().any(|pinned| pinned == pack)) {
                let message = format!("no track of the threat pins the pack `{pack}`");
                return Err(self.invalid(&format!("{place}/policies/{index}"), message));
            }
        }
        Ok(())
    }
}

/// Whether some entrance, rollout, rollback or sensitive change of these tracks needs the gate.
fn asked(charter: &CharterDocument, tracks: &[&Track], gate: &str) -> bool {
    let sensitive = charter.sensitive.iter().flat_map(|rule| &rule.gates);
    let boundaries = tracks.iter().flat_map(|track| &track.boundaries);
    let entrances = boundaries.flat_map(|boundary| {
        let back = boundary.rollback.iter().flat_map(|rule| &rule.gates);
        let steps = boundary.rollout.iter().map(|rule| &rule.gate);
        boundary.gates.iter().chain(back).chain(steps)
    });
    entrances.chain(sensitive).any(|name| name == gate)
}
