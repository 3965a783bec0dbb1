"""A panic inside of the library is the error `internal`, whatever was called, and leaves everything usable.

These tests need the package built with the feature `panic-drill`, which the operation `panic_drill` comes with.
"""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any, Callable

import poundlock
import pytest
from poundlock import Charter, Engine, Ledger, Plan, PolicyPack, PoundlockError, Receipt

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import sample

ENGINE, LEDGER, PLAN, PACK = sample.engine(), sample.ledger(), sample.plan(), PolicyPack(sample.PACK)
AT = sample.BEGIN

CALLS: dict[str, Callable[[Any], object]] = {
    "call": lambda _: poundlock.call("version"),
    "limits": lambda _: poundlock.limits(),
    "version": lambda _: poundlock.version(),
    "Charter": lambda _: Charter(sample.CHARTER),
    "PolicyPack": lambda _: PolicyPack(sample.PACK),
    "PolicyPack.check": lambda _: PACK.check(PLAN),
    "PolicyPack.describe": lambda _: PACK.describe(),
    "PolicyPack.lint": lambda _: PACK.lint(),
    "PolicyPack.test": lambda _: PACK.test(),
    "Plan.describe": lambda _: PLAN.describe(),
    "Plan.join": lambda _: Plan.join([("a", PLAN)]),
    "Plan.kubernetes": lambda _: Plan.kubernetes(b"kind: List"),
    "Plan.pulumi": lambda _: Plan.pulumi({}),
    "Plan.resources": lambda _: Plan.resources({"resources": []}),
    "Plan.terraform": lambda _: sample.plan(),
    "Engine": lambda _: Engine(sample.CHARTER, "", []),
    "Engine.admit": lambda _: ENGINE.admit(LEDGER, sample.request(), PLAN),
    "Engine.begin": lambda _: ENGINE.begin(LEDGER, sample.ORIGIN, at=AT),
    "Engine.check": lambda _: ENGINE.check(PLAN),
    "Engine.checkpoint": lambda _: ENGINE.checkpoint(LEDGER, "", bytes),
    "Engine.checkpoint_text": lambda _: ENGINE.checkpoint_text(LEDGER, []),
    "Engine.credential": lambda _: ENGINE.credential("planner", AT, {}),
    "Engine.decide": lambda _: ENGINE.decide(sample.request(), LEDGER),
    "Engine.describe": lambda _: ENGINE.describe(),
    "Engine.fact_text": lambda _: ENGINE.fact_text(LEDGER, sample.evidence("sha256:" + "0" * 64), AT),
    "Engine.load": lambda charter: Engine.load(charter),
    "Engine.of_ledger": lambda _: Engine.of_ledger(LEDGER),
    "Engine.record": lambda _: ENGINE.record(LEDGER, sample.evidence("sha256:" + "0" * 64)),
    "Engine.request_text": lambda _: ENGINE.request_text(LEDGER, sample.request(), AT, PLAN),
    "Engine.review": lambda _: ENGINE.review(LEDGER, {}, AT),
    "Engine.sign": lambda _: ENGINE.sign(LEDGER, secret_keys=[]),
    "Engine.snapshot": lambda _: ENGINE.snapshot(LEDGER),
    "Ledger.attachment": lambda _: LEDGER.attachment("sha256:" + "0" * 64),
    "Ledger.checkpoint": lambda _: LEDGER.checkpoint(),
    "Ledger.create": lambda charter: Ledger.create(charter.parent / "ledger"),
    "Ledger.entries": lambda _: LEDGER.entries(),
    "Ledger.fork_proof": lambda _: LEDGER.fork_proof(""),
    "Ledger.head": lambda _: LEDGER.head(),
    "Ledger.in_memory": lambda _: Ledger.in_memory(),
    "Ledger.notices": lambda _: LEDGER.notices(),
    "Ledger.open": lambda charter: Ledger.open(charter.parent),
    "Ledger.open_read_only": lambda charter: Ledger.open_read_only(charter.parent),
    "Ledger.put_checkpoint": lambda _: LEDGER.put_checkpoint(""),
    "Ledger.receipt": lambda _: LEDGER.receipt(0),
    "Ledger.report": lambda _: LEDGER.report("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
    "Ledger.status": lambda _: LEDGER.status(),
    "Ledger.verify": lambda _: LEDGER.verify(unsigned=True),
    "Receipt.verify": lambda _: Receipt("").verify([]),
    **{
        name: lambda _, name=name: getattr(poundlock, name)({})  # type: ignore[misc]
        for name in poundlock.__all__
        if inspect.isfunction(getattr(poundlock, name)) and name not in ("call", "limits", "version")
    },
}

# They call nothing of the library that could panic.
QUIET = {"Ledger.close", "Receipt", "Receipt.to_json"}


def test_every_function_has_its_drill() -> None:
    exported = {name for name in poundlock.__all__ if inspect.isfunction(getattr(poundlock, name))}
    for of in (Charter, PolicyPack, Plan, Engine, Ledger, Receipt):
        members = {name: member for name, member in vars(of).items() if not name.startswith("_")}
        exported |= {f"{of.__name__}.{name}" for name, member in members.items() if not isinstance(member, property)}
        # The others are made by class methods.
        exported |= {of.__name__} - {"Plan", "Ledger"}
    assert set(CALLS) | QUIET == exported


@pytest.mark.parametrize("name", CALLS)
def test_a_panic_is_an_error(name: str, tmp_path: Path) -> None:
    charter = tmp_path / "charter.yaml"
    charter.write_text("")
    charter.with_suffix(".lock").write_text("")
    poundlock.call("panic_drill")
    with pytest.raises(PoundlockError) as caught:
        CALLS[name](charter)
    assert caught.value.code == "internal"
    assert type(caught.value) is PoundlockError

    # Nothing stays armed, and the handles work on.
    assert poundlock.version().engine >= 1
    assert PACK.test().failed == 0
    assert ENGINE.decide(sample.request(), LEDGER, PLAN).verdict == "allow"
    assert LEDGER.verify(unsigned=True).size == LEDGER.head().size
