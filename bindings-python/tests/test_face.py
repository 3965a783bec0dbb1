"""What the Python face adds to the contract: its classes, what they take, and its exceptions."""

from __future__ import annotations

import copy
import dataclasses
import json
import mmap
import os
import pickle
import subprocess
import sys
import tempfile
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Any, Callable

import poundlock
import pytest
import sample
from ed25519 import Key
from poundlock import Engine, Ledger, Plan, PolicyPack, PoundlockError

REPOSITORY = Path(__file__).parents[2]


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(PoundlockError) as caught:
        call()
    return caught.value.code


def test_the_version_is_the_package_s() -> None:
    assert poundlock.version().version == package_version("poundlock")
    assert poundlock.version().engine >= 1


# Errors


def test_an_error_has_what_the_library_says() -> None:
    with pytest.raises(poundlock.InputError) as caught:
        PolicyPack("pack: p\nversion: 1.0.0\npolicies: [\n")
    error = caught.value
    assert error.code == "input.syntax"
    assert error.line is not None
    assert error.column is not None
    assert json.loads(error.json)["message"] == error.message
    assert error.code in str(error)
    assert f"{error.line}:{error.column}" in str(error)
    with pytest.raises(PoundlockError) as caught_too:
        poundlock.call("divine")
    assert caught_too.value.help


def test_an_error_survives_pickling() -> None:
    with pytest.raises(PoundlockError) as caught:
        poundlock.Charter("")
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is type(caught.value)
    assert (again.code, again.json, str(again)) == (caught.value.code, caught.value.json, str(caught.value))


@pytest.mark.parametrize(
    ("call", "family"),
    [
        pytest.param(lambda: poundlock.canonical("{"), poundlock.InputError, id="input"),
        pytest.param(lambda: poundlock.canonical("[" * 200 + "]" * 200), poundlock.LimitError, id="limit"),
        pytest.param(lambda: PolicyPack(sample.PACK.replace("object.", "objekt.")), poundlock.PolicyError, id="policy"),
        pytest.param(
            lambda: Engine(sample.CHARTER.replace("actor: planner", "actor: someone"), "lock: 1\npacks: []\n", []),
            poundlock.CharterError,
            id="charter",
        ),
        pytest.param(lambda: Ledger.open("/there/is/none"), poundlock.LedgerError, id="ledger"),
    ],
)
def test_errors_have_families(call: Callable[[], object], family: type[PoundlockError]) -> None:
    with pytest.raises(family):
        call()


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PoundlockError) as caught:
        Engine.load(tmp_path / "charter.yaml")
    assert caught.value.code == "io"
    assert caught.value.source == str(tmp_path / "charter.yaml")
    (tmp_path / "charter.yaml").write_bytes(b"charter: \xff")
    assert code_of(lambda: Engine.load(tmp_path / "charter.yaml")) == "input.encoding"


# What is handed in


def as_dataclass(value: Any) -> Any:
    """A dataclass of the fields of a dictionary, in Python's case."""
    if not isinstance(value, dict):
        return value
    names = {"".join("_" + c.lower() if c.isupper() else c for c in key): key for key in value}
    made = dataclasses.make_dataclass("Own", list(names))
    return made(**{name: as_dataclass(value[key]) for name, key in names.items()})


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda request: request, id="dict"),
        pytest.param(json.dumps, id="str"),
        pytest.param(lambda request: json.dumps(request).encode(), id="bytes"),
        pytest.param(lambda request: bytearray(json.dumps(request).encode()), id="bytearray"),
        pytest.param(lambda request: memoryview(json.dumps(request).encode()), id="memoryview"),
        pytest.param(lambda request: poundlock.Request.from_json(json.dumps(request)), id="document"),
        pytest.param(lambda request: poundlock.Request(**request), id="document of dictionaries"),
        pytest.param(as_dataclass, id="dataclass"),
    ],
)
def test_a_request_is_the_same_in_every_form(form: Callable[[dict[str, Any]], Any]) -> None:
    engine, plan = sample.engine(), sample.plan()
    expected = engine.decide(sample.request(), plan=plan).to_json()
    assert engine.decide(form(sample.request()), plan=plan).to_json() == expected


def test_half_a_request_is_an_error_in_every_form() -> None:
    engine = sample.engine()
    codes = {code_of(lambda half=half: engine.decide(half)) for half in ("{", b"{", bytearray(b"{"))}  # type: ignore[misc]
    assert len(codes) == 1
    assert codes.pop().startswith("input.")


def test_text_that_is_not_unicode_is_an_error() -> None:
    engine = sample.engine()
    assert code_of(lambda: engine.decide('"\ud800"')) == "input.encoding"
    assert code_of(lambda: engine.decide({**sample.request(), "reason": "\ud800"})) == "input.encoding"
    assert code_of(lambda: engine.decide(b'"\xff"')) == "input.encoding"
    assert code_of(lambda: PolicyPack(sample.PACK + "# \udfff")) == "input.encoding"
    assert code_of(lambda: PolicyPack(b"\xff")) == "input.encoding"


def test_numbers_that_json_cannot_carry_are_refused() -> None:
    for number in (2**64, -(2**63) - 1, float("nan"), float("inf")):
        assert code_of(lambda: poundlock.canonical({"n": number})) == "input.invalid_value"
    assert poundlock.canonical({"n": 2**64 - 1}).digest != poundlock.canonical({"n": 2**64 - 2}).digest


@pytest.mark.parametrize("value", [None, 1.5j, object(), {1, 2}, [object()]])
def test_what_has_no_json_form_is_a_type_error(value: Any) -> None:
    with pytest.raises(TypeError):
        sample.engine().decide(value)


def test_a_plan_is_text_or_whatever_holds_its_bytes() -> None:
    content = sample.terraform().encode()
    digests = {
        Plan.terraform(form, sample.NONCE).digest
        for form in (content.decode(), content, bytearray(content), memoryview(b" " + content + b" ")[::1])
    }
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            digests.add(Plan.terraform(mapped, sample.NONCE).digest)  # type: ignore[arg-type]
    assert len(digests) == 1


# Charters, packs and plans


def test_a_charter_has_properties() -> None:
    charter = poundlock.Charter(sample.CHARTER)
    assert (charter.name, charter.version) == ("sample", "1.0.0")
    assert charter.digest.startswith("sha256:")
    assert charter.document.actors[0].actor == "planner"
    assert pickle.loads(pickle.dumps(charter)).digest == charter.digest


def test_a_pack_is_described_linted_and_tested() -> None:
    pack = PolicyPack(sample.PACK)
    assert (pack.name, pack.version) == ("buckets", "1.0.0")
    assert [policy.name for policy in pack.policies] == ["versioned"]
    assert pack.describe().digest == pack.digest
    assert [lint.code for lint in pack.lint().lints] == ["lint.no_review_date", "lint.no_controls"]
    assert (pack.test().passed, pack.test().failed) == (2, 0)


def test_an_overlay_makes_a_pack_stricter() -> None:
    overlay = """\
overlay: named
version: 1.0.0
pack: buckets
policies:
  - name: named
    description: Buckets have a name.
    match: { resources: [acme_bucket] }
    validations: [{ expression: object.name != '' }]
"""
    assert len(PolicyPack(sample.PACK, [overlay]).policies) == 2
    assert code_of(lambda: PolicyPack(sample.PACK, ["overlay: x\n"])).startswith("input.")


def test_a_plan_is_checked() -> None:
    pack = PolicyPack(sample.PACK)
    assert pack.check(sample.plan()).verdict == "allow"
    report = pack.check(sample.plan(versioning=False), threads=2)
    assert report.verdict == "deny"
    assert report.findings[0].code == "policy.failed"
    other = Plan.resources({"resources": [{"type": "other", "address": "other.a", "object": {}}]})
    assert pack.check(other).verdict == "deny"
    assert pack.check(other, unmatched="allow").verdict == "allow"
    assert sample.engine().check(other, stage="dev").verdict == "deny"


def test_plans_are_described_and_joined() -> None:
    plan = sample.plan()
    assert plan.counts.create == 1
    assert plan.describe().admissible
    joined = Plan.join([("a", plan), ("b", sample.plan(versioning=False))])
    assert joined.counts.create == 2
    assert code_of(lambda: Plan.join([("a", plan), ("a", plan)])) == "input.invalid_value"


# Engines and ledgers


def test_an_engine_is_loaded_from_its_files() -> None:
    engine = Engine.load(REPOSITORY / "policies" / "cicd-target" / "charter.yaml")
    assert engine.describe().name == "cicd-target"


# Requirements: R276, R296, R355.
def test_what_is_admitted_is_recorded() -> None:
    engine, ledger, plan = sample.engine(), sample.ledger(), sample.plan()
    decided = engine.decide(sample.request(), ledger, plan)
    assert ledger.head().size == 1
    admission = engine.admit(ledger, sample.request(), plan)
    assert admission.verdict == decided.verdict == "allow"
    assert admission.sequence == 1
    assert engine.admit(ledger, sample.request(), plan).repeated
    fact = engine.record(ledger, sample.evidence(plan.digest))
    assert fact.verdict == "allow", fact.to_json()
    assert [entry.kind for entry in ledger] == ["genesis", "decision", "fact"]
    assert Engine.of_ledger(ledger).describe() == engine.describe()
    denied = engine.admit(ledger, sample.request("plan-2"), sample.plan(versioning=False))
    assert denied.verdict == "deny"


def test_entries_are_read_page_by_page() -> None:
    class Small(Ledger):
        def entries(self, *arguments: Any, **members: Any) -> Any:
            return super().entries(*arguments, **{"limit": 2, **members})

    engine, ledger = sample.engine(), Small.in_memory()
    engine.begin(ledger, sample.ORIGIN, at=sample.BEGIN)
    for number in range(4):
        engine.admit(ledger, sample.request(f"plan-{number}"), sample.plan())
    assert [entry.sequence for entry in ledger] == [0, 1, 2, 3, 4]
    page = ledger.entries(1, 4, limit=1, kinds=["decision"], since=sample.BEGIN)
    assert [entry.sequence for entry in page.entries] == [1]
    assert page.next == 2
    assert ledger.entries(kinds=["genesis"], limit=1000).next is None


def test_a_ledger_says_how_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"Ledger\.open"):
        Ledger(str(tmp_path))  # type: ignore[arg-type]


def test_a_ledger_is_a_context_manager(tmp_path: Path) -> None:
    directory = tmp_path / "ledger"
    with Ledger.create(directory) as ledger:
        sample.engine().begin(ledger, sample.ORIGIN, at=sample.BEGIN)
    ledger.close()
    assert code_of(ledger.head) == "handle.closed"
    assert code_of(lambda: list(ledger)) == "handle.closed"
    assert code_of(lambda: sample.engine().admit(ledger, sample.request())) == "handle.closed"
    assert code_of(lambda: Engine.of_ledger(ledger)) == "handle.closed"
    with Ledger.open(str(directory)) as again, Ledger.open_read_only(directory) as read_only:
        assert again.head() == read_only.head()
    assert code_of(lambda: Ledger.create(directory)) == "ledger.exists"


def test_a_checkpoint_is_signed_by_the_host_or_by_secret_keys() -> None:
    engine, key = sample.engine(), Key(bytes(range(32)))
    verifier = poundlock.verifier_key({"name": sample.ORIGIN, "publicKey": key.public.hex()}).key
    ledger = Ledger.in_memory()
    engine.begin(ledger, sample.ORIGIN, [verifier], at=sample.BEGIN)
    assert ledger.checkpoint().checkpoint is None
    signed = engine.checkpoint(ledger, verifier, key.sign).checkpoint
    assert signed is not None
    assert ledger.checkpoint().checkpoint == signed
    assert engine.sign(ledger, secret_keys=[{"pem": key.pem}]).checkpoint == signed
    assert ledger.put_checkpoint(signed).checkpoint == signed
    assert ledger.verify([verifier]).signed == 1
    assert ledger.fork_proof(signed).proof is None
    report = ledger.report("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
    assert {figure.figure: figure.of for figure in report.figures}["trail.verified"] == 1
    keys = [verifier]
    assert poundlock.verify_checkpoint({"checkpoint": signed, "keys": keys}).size == 1

    receipt = ledger.receipt(0)
    assert receipt.verify(keys, origin=sample.ORIGIN).entry.kind == "genesis"
    assert poundlock.Receipt(receipt.text) == receipt
    assert poundlock.Receipt(receipt.text).to_json() == receipt.to_json()
    assert pickle.loads(pickle.dumps(receipt)) == receipt
    assert code_of(lambda: poundlock.Receipt("").verify(keys)) == "proof.syntax"

    def refuse(message: bytes) -> bytes:
        raise KeyError("no hardware key")

    with pytest.raises(KeyError):
        engine.checkpoint(ledger, verifier, refuse)
    assert code_of(lambda: engine.checkpoint(ledger, verifier, lambda _: bytes(64))) == "checkpoint.signature"
    assert code_of(lambda: engine.checkpoint(ledger, verifier, lambda _: b"short")) == "input.invalid_value"


def test_texts_are_made_for_people_to_sign() -> None:
    engine, ledger, plan = sample.engine(), sample.ledger(), sample.plan()
    written = json.dumps(sample.request())
    text = engine.request_text(ledger, written, sample.BEGIN, plan).text
    for form in (sample.request(), written.encode(), bytearray(written.encode()), memoryview(written.encode())):
        assert engine.request_text(ledger, form, sample.BEGIN, plan).text == text
    assert sample.ORIGIN in text
    assert engine.fact_text(ledger, sample.evidence(plan.digest), sample.BEGIN).text
    signing = poundlock.signing_bytes({"text": text})
    signature = poundlock.call("envelope", {"text": text, "signature": "A" * 86 + "=="})
    assert bytes.fromhex(signing.bytes).endswith(text.encode())
    assert json.loads(signature)["envelope"]


@pytest.mark.parametrize(
    "handle", [sample.engine, sample.ledger, sample.plan, lambda: PolicyPack(sample.PACK)]
)
def test_a_handle_is_neither_pickled_nor_copied(handle: Callable[[], object]) -> None:
    made = handle()
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError) as caught:
            attempt(made)
        assert type(made).__name__ in str(caught.value)
    assert repr(made)


def test_handles_of_another_kind_are_type_errors() -> None:
    engine, plan = sample.engine(), sample.plan()
    with pytest.raises(TypeError):
        engine.decide(sample.request(), plan)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        engine.check(engine)  # type: ignore[arg-type]
    for nothing in (None, "ledger"):
        with pytest.raises(TypeError):
            engine.admit(nothing, sample.request())  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            Plan.join([("a", nothing)])  # type: ignore[list-item]
    for abstract in (Plan, Ledger):
        with pytest.raises(TypeError):
            abstract()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
def test_a_ledger_is_of_no_use_in_a_forked_child(tmp_path: Path) -> None:
    """Not even where a thread of the parent was at work in it, and cannot give back what it had taken."""
    script = """
import os, signal, sys, threading
import poundlock, sample
ledger = poundlock.Ledger.create(sys.argv[1])
sample.engine().begin(ledger, sample.ORIGIN, at=sample.BEGIN)
engine = sample.engine()
over = threading.Event()

def admit(thread):
    number = 0
    while not over.is_set():
        number += 1
        engine.admit(ledger, sample.request(f"plan-{thread}-{number}"))

threads = [threading.Thread(target=admit, args=(number,)) for number in range(4)]
for thread in threads:
    thread.start()
children = []
for _ in range(8):
    child = os.fork()
    if child:
        children.append(child)
        continue
    # Whatever hangs is ended, and fails.
    signal.alarm(60)
    codes = []
    for use in (lambda: engine.admit(ledger, sample.request()), lambda: engine.snapshot(ledger)):
        try:
            use()
        except poundlock.PoundlockError as error:
            codes.append(error.code)
    engine.decide(sample.request())
    os._exit(0 if codes == ["ledger.forked"] * 2 else 1)
outcomes = [os.waitpid(child, 0)[1] for child in children]
over.set()
for thread in threads:
    thread.join()
assert outcomes == [0] * 8, outcomes
assert ledger.verify(unsigned=True).size == ledger.head().size
"""
    run = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "ledger")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
