"""The charter in force: which policies there are, what they say about a plan, and which of it is waived."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Iterable, Mapping, Sequence

from .._engine import Engine
from .._errors import refused
from .._policy import Charter, Plan

if TYPE_CHECKING:
    from ..documents import Finding, Waiver

UNMATCHED = "poundlock.unmatched"
"""The check that fails for a resource that no policy is about, where the charter denies those."""

ERROR = "poundlock.error"
"""The check that fails where there was no judging."""


@dataclass(frozen=True)
class Check:
    """A policy, as Checkov knows checks."""

    id: str
    name: str
    mandatory: bool
    controls: Sequence[str] = ()
    guideline: str | None = None


@dataclass(frozen=True)
class Result:
    """What came of a check for one resource."""

    check: Check
    address: str
    passed: bool
    message: str = ""
    waiver: str | None = None
    denies: bool = True


class Law:
    """The charter, with the packs that count for one of its stages, or for all."""

    def __init__(self, charter: Path, stage: str | None) -> None:
        self._engine = Engine.load(charter)
        self._stage = stage
        document = Charter(charter.read_bytes()).document
        known = {
            f"{pack.name}/{policy.name}": policy
            for pack in self._engine.describe().packs
            for policy in pack.policies
        }
        nothing = Plan.resources({"resources": []})
        judged = self._engine.check(nothing, stage=stage).policies
        self.checks: dict[str, Check] = {}
        for count in judged:
            policy = known[count.policy]
            mandatory = policy.enforcement == "mandatory"
            self.checks[count.policy] = Check(
                count.policy, policy.description, mandatory, policy.controls, policy.guideline
            )
        if not self.checks:
            raise refused("policy.empty", "there is no policy to judge by")
        self.unmatched = Check(UNMATCHED, "Every change is one that a policy is about", True)
        tracks = [
            track.track for track in document.tracks for named in track.stages if named.stage == stage
        ]
        self._waivers: Mapping[tuple[str, str], Waiver] = {
            (waiver.policy, waiver.resource): waiver
            # Of several, the first one counts.
            for waiver in reversed(document.waivers or ())
            if stage in waiver.stages and tracks == [waiver.track]
        }

    @classmethod
    def configured(cls) -> Law:
        """The law that the environment names."""
        charter = os.environ.get("POUNDLOCK_CHARTER") or "poundlock/charter.yaml"
        return cls(Path(charter), os.environ.get("POUNDLOCK_STAGE") or None)

    def judge(self, plan: Plan) -> list[Result]:
        """What every policy says about every resource that it is about, the worst of it where it says several things."""
        report = self._engine.check(plan, stage=self._stage, passes=True)
        results = [
            Result(self.checks[passes.policy], address, True)
            for passes in report.passes or ()
            for address in passes.resources
        ]
        return results + self._not_passed(report.findings)

    def _not_passed(self, findings: Iterable[Finding]) -> list[Result]:
        worst: dict[tuple[str, str], Result] = {}
        now = datetime.now(timezone.utc)
        for finding in findings:
            if finding.outcome == "pass":
                continue
            check = self.unmatched if finding.subject is None else self.checks[finding.subject]
            key = (check.id, finding.resource or "")
            found = self._result(check, finding, now)
            if key not in worst or (found.waiver is None and worst[key].waiver is not None):
                worst[key] = found
        return list(worst.values())

    def _result(self, check: Check, finding: Finding, now: datetime) -> Result:
        address = finding.resource or ""
        message = f"{finding.message} [{finding.code}]"
        if finding.remedy:
            message = f"{message} Remedy: {finding.remedy}"
        denies = finding.enforcement == "mandatory"
        waiver = self._waivers.get((check.id, address)) if denies else None
        if waiver is None:
            return Result(check, address, False, message, None, denies)
        until = f"`{waiver.waiver}` of {waiver.owner} until {waiver.expires}"
        if now < _instant(waiver.expires):
            return Result(check, address, False, message, f"waived by {until}: {waiver.reason}")
        return Result(check, address, False, f"{message} The waiver {until} has ended.")


def _instant(text: str) -> datetime:
    """An instant as the library writes it, which `fromisoformat` reads only since Python 3.11."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    at = datetime.strptime(whole, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return at.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else at
