"""A small law, a plan and a request that the tests share."""

from __future__ import annotations

import json
from typing import Any

import poundlock

PACK = """\
pack: buckets
version: 1.0.0
policies:
  - name: versioned
    description: Buckets keep the versions of what they hold.
    match: { resources: [acme_bucket] }
    validations:
      - expression: object.versioning
        remedy: Turn versioning on.
    tests:
      - { name: on, resource: { type: acme_bucket }, object: { versioning: true }, expect: pass }
      - { name: off, resource: { type: acme_bucket }, object: { versioning: false }, expect: fail }
"""

CHARTER = """\
charter: sample
version: 1.0.0
unmatched: deny
mode: enforce
identity: asserted
clock: { skew: 60s, maxAdvance: 90d }
requestLifetime: 24h
permitLifetime: 1h
packs:
  - { pack: buckets, version: 1.0.0 }
actors:
  - { actor: planner, kind: workload }
  - { actor: scanner, kind: workload }
gates:
  - { gate: scan, about: plan, producers: [scanner], maxAge: 24h }
tracks:
  - track: infrastructure
    moves: change
    stages:
      - stage: dev
        grants: { plan: [planner] }
        packs: [buckets]
    boundaries:
      - into: dev
        refs: [refs/heads/main]
        gates: [scan]
"""

ORIGIN = "sample.example/1"
BEGIN = "2026-03-02T08:00:00Z"
NONCE = "07" * 32


def engine() -> poundlock.Engine:
    return poundlock.Engine(CHARTER, poundlock.lock({"packs": [PACK]}).lock, [PACK])


def ledger() -> poundlock.Ledger:
    """A ledger in memory that has begun."""
    begun = poundlock.Ledger.in_memory()
    engine().begin(begun, ORIGIN, at=BEGIN)
    return begun


def terraform(versioning: bool = True) -> str:
    change = {
        "actions": ["create"],
        "before": None,
        "after": {"versioning": versioning},
        "after_unknown": {},
        "before_sensitive": False,
        "after_sensitive": {},
    }
    bucket = {
        "address": "acme_bucket.b",
        "mode": "managed",
        "type": "acme_bucket",
        "name": "b",
        "provider_name": "registry.example/acme/acme",
        "change": change,
    }
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "complete": True,
            "applyable": True,
            "errored": False,
            "resource_changes": [bucket],
        }
    )


def plan(versioning: bool = True) -> poundlock.Plan:
    return poundlock.Plan.terraform(terraform(versioning), NONCE)


def request(name: str = "plan-1", at: str = "2026-03-02T09:00:00Z") -> dict[str, Any]:
    change = {"author": "alice", "commit": "0123456789abcdef" * 2 + "01234567", "ref": "refs/heads/main"}
    return {
        "id": name,
        "at": at,
        "action": "plan",
        "actor": {"id": "planner", "kind": "workload"},
        "channel": "ci",
        "stage": "dev",
        "asset": "web",
        "subject": {"change": change},
        "reason": "a first bucket",
    }


def evidence(digest: str, name: str = "scan-1") -> dict[str, Any]:
    return {
        "id": name,
        "at": "2026-03-02T09:01:00Z",
        "actor": {"id": "scanner", "kind": "workload"},
        "channel": "ci",
        "fact": {
            "evidence": {
                "gate": "scan",
                "about": {"plan": digest},
                "result": "pass",
                "tool": "scan 1.2",
                "produced": "2026-03-02T09:00:30Z",
            }
        },
    }
