//! Break-glass grants as the entries left them: asked for, consented to, opened, used, closed, looked into.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::State;
use crate::{
    digest::Digest,
    model::{GrantRequest, GrantScope},
    time::Instant,
};

/// A grant that was asked for and is not open yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GrantRequestRecord {
    pub(crate) request: GrantRequest,
    /// Who asked.
    pub(crate) by: String,
    pub(crate) at: Instant,
    /// The law under which it was asked for.
    pub(crate) law: Digest,
    /// By the hash of the entry: who consented, and when.
    pub(crate) approvals: BTreeMap<Digest, Consent>,
}

/// A person's consent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Consent {
    pub(crate) by: String,
    pub(crate) at: Instant,
}

/// What the charter lets a grant be, as it was when the grant was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantTerms {
    /// The last instant at which the grant can be used.
    pub expires: Instant,
    /// How often it can be used.
    pub uses: u32,
    /// By when the post-mortem is owed.
    pub due: Instant,
}

/// A grant that was opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GrantRecord {
    pub(crate) reason: String,
    pub(crate) scope: GrantScope,
    pub(crate) terms: GrantTerms,
    /// Who asked for it.
    pub(crate) by: String,
    /// Who consented to it.
    pub(crate) approvers: BTreeSet<String>,
    pub(crate) opened: Instant,
    pub(crate) law: Digest,
    pub(crate) used: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closed: Option<Instant>,
    /// The entry that recorded the post-mortem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) post_mortem: Option<Digest>,
}

/// A grant, as `poundlock status` shows it.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusGrant {
    /// The hash of the entry that opened it.
    pub entry: Digest,
    /// Its reason.
    pub reason: String,
    /// What it covers.
    pub scope: GrantScope,
    /// How long it can be used, how often, and when the post-mortem is due.
    #[serde(flatten)]
    pub terms: GrantTerms,
    /// When it was opened.
    pub opened: Instant,
    /// How often it was used.
    pub used: u32,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<Instant>,
}

impl GrantRecord {
    /// When it ends or ended: it is closed, or its lifetime is over.
    pub(crate) fn end(&self) -> Instant {
        self.closed.map_or(self.terms.expires, |closed| closed.min(self.terms.expires))
    }
}

impl State {
    pub(super) fn open_grant(
        &mut self,
        request: &Digest,
        terms: GrantTerms,
        (entry, at): (Digest, Instant),
    ) {
        let Some(record) = self.grant_requests.get(request).cloned() else { return };
        self.grant_requests.remove(request);
        let GrantRequestRecord { request, by, law, approvals, .. } = record;
        let grant = GrantRecord {
            reason: request.reason,
            scope: request.scope,
            terms,
            by,
            approvers: approvals.into_values().map(|consent| consent.by).collect(),
            opened: at,
            law,
            used: 0,
            closed: None,
            post_mortem: None,
        };
        self.grants.insert(entry, grant);
    }

    /// The grants whose post-mortem is still owed.
    pub(super) fn status_grants(&self) -> Vec<StatusGrant> {
        let owing = self.grants.iter().filter(|(_, grant)| grant.post_mortem.is_none());
        owing
            .map(|(entry, grant)| StatusGrant {
                entry: *entry,
                reason: grant.reason.clone(),
                scope: grant.scope.clone(),
                terms: grant.terms,
                opened: grant.opened,
                used: grant.used,
                closed: grant.closed,
            })
            .collect()
    }
}
