//! The packs and overlays that an engine is made of: each the pinned one, overlays applied to their packs.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    charter::{Charter, Lock},
    digest::Digest,
    error::{Code, Error, Result},
    policy::{Overlay, PackReference, PolicyPack},
};

/// A pack or an overlay, as it was supplied.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Pack(Arc<PolicyPack>),
    Overlay(Arc<Overlay>),
}

/// Packs and overlays by name and version, with their texts.
pub(super) type Sources = BTreeMap<PackReference, (Source, Vec<u8>)>;

impl Source {
    pub(super) fn parse(text: &[u8]) -> Result<Self> {
        if Overlay::is_overlay(text) {
            return Overlay::parse(text).map(|overlay| Self::Overlay(Arc::new(overlay)));
        }
        PolicyPack::parse(text).map(|pack| Self::Pack(Arc::new(pack)))
    }

    pub(super) fn reference(&self) -> PackReference {
        match self {
            Self::Pack(pack) => pack.reference(),
            Self::Overlay(overlay) => overlay.reference(),
        }
    }

    pub(super) fn digest(&self) -> Digest {
        match self {
            Self::Pack(pack) => pack.digest(),
            Self::Overlay(overlay) => overlay.digest(),
        }
    }
}

/// What a lock file pins of a pack or overlay: its name and version, and its digest.
pub(crate) fn identify(text: &[u8]) -> Result<(PackReference, Digest)> {
    let source = Source::parse(text)?;
    Ok((source.reference(), source.digest()))
}

/// The charter's packs, made stricter by its overlays in their order.
pub(super) fn packs(
    charter: &Charter,
    sources: &Sources,
) -> Result<BTreeMap<String, Arc<PolicyPack>>> {
    let mut overlays: BTreeMap<&str, Vec<&Overlay>> = BTreeMap::new();
    for (index, reference) in charter.document().overlays.iter().enumerate() {
        let Some((Source::Overlay(overlay), _)) = sources.get(&reference.pinned()) else {
            return Err(misplaced(&format!("/overlays/{index}"), "is a pack, not an overlay"));
        };
        let names = charter.document().packs.iter().map(|pack| pack.pack.as_str());
        if !names.clone().any(|name| name == overlay.pack()) {
            let message = "makes a pack stricter that the charter does not name";
            return Err(misplaced(&format!("/overlays/{index}"), message));
        }
        overlays.entry(overlay.pack()).or_default().push(overlay);
    }
    let mut packs = BTreeMap::new();
    for (index, reference) in charter.document().packs.iter().enumerate() {
        let Some((Source::Pack(pack), text)) = sources.get(reference) else {
            return Err(misplaced(&format!("/packs/{index}"), "is an overlay, not a pack"));
        };
        let pack = match overlays.get(reference.pack.as_str()) {
            None => Arc::clone(pack),
            Some(overlays) => Arc::new(PolicyPack::with_overlays(text, overlays)?),
        };
        packs.insert(reference.pack.clone(), pack);
    }
    Ok(packs)
}

pub(super) fn misplaced(pointer: &str, message: &str) -> Error {
    Error::new(Code::CharterInvalid, format!("what is named here {message}"))
        .at_pointer(pointer)
        .in_source("charter")
}

pub(super) fn pinned(lock: &Lock, reference: &PackReference, digest: Digest) -> Result<()> {
    let name = reference.to_string();
    match lock.digest(reference) {
        None => {
            Err(Error::new(Code::PolicyPinMissing, format!("the lock file does not pin `{name}`"))
                .with_help("run `poundlock lock`"))
        }
        Some(pin) if *pin != digest => Err(Error::new(
            Code::PolicyPinMismatch,
            format!("the pack `{name}` is not the one that was pinned"),
        )
        .with_help(
            "restore the pinned pack, or give the new one a new version and run `poundlock lock`",
        )),
        Some(_) => Ok(()),
    }
}

/// Waivers and threats name policies that there are: one that names another is a mistake.
pub(super) fn check_policy_names(
    charter: &Charter,
    packs: &BTreeMap<String, Arc<PolicyPack>>,
) -> Result<()> {
    let waivers = &charter.document().waivers;
    let waived = waivers
        .iter()
        .enumerate()
        .map(|(index, waiver)| (format!("/waivers/{index}/policy"), &waiver.policy));
    let threats = &charter.document().threats;
    let countering = threats.iter().enumerate().flat_map(|(index, threat)| {
        let places = threat.policies.iter().enumerate();
        places.map(move |(number, policy)| (format!("/threats/{index}/policies/{number}"), policy))
    });
    for (place, name) in waived.chain(countering) {
        let policy = name.split_once('/').and_then(|(pack, policy)| {
            packs.get(pack)?.policies().iter().find(|candidate| candidate.name() == policy)
        });
        if policy.is_none() {
            let message = format!("no pack has the policy `{name}`");
            return Err(Error::new(Code::CharterUndeclared, message)
                .at_pointer(place)
                .in_source("charter")
                .with_help("name the policy as PACK/POLICY"));
        }
    }
    Ok(())
}
