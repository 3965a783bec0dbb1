"""Threads, memory, and the kinds of Python that there are."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distribution
from pathlib import Path

import poundlock
import pytest
import sample
from packaging.tags import cpython_tags, parse_tag
from poundlock import Ledger


def test_eight_threads_share_handles() -> None:
    engine, ledger, plan = sample.engine(), sample.ledger(), sample.plan()
    together = threading.Barrier(8)

    def work(thread: int) -> list[int]:
        together.wait()
        sequences = []
        for number in range(10):
            name = f"plan-{thread}-{number}"
            assert engine.decide(sample.request(name), ledger, plan).verdict == "allow"
            sequences.append(engine.admit(ledger, sample.request(name), plan).sequence)
            assert ledger.receipt if number else ledger.head().size > 0
        return sequences

    with ThreadPoolExecutor(8) as pool:
        sequences = [sequence for each in pool.map(work, range(8)) for sequence in each]
    assert sorted(sequences) == list(range(1, 81))
    assert ledger.verify(unsigned=True).size == 81


def test_others_run_while_the_library_works() -> None:
    engine, ledger = sample.engine(), sample.ledger()
    ticks = 0
    stop = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not stop.is_set():
            ticks += 1
            time.sleep(0)

    # No thread is made to let others run: only a call does that.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    thread = threading.Thread(target=tick)
    try:
        thread.start()
        moved = 0
        for _ in range(10_000):
            before = ticks
            engine.decide(sample.request(), ledger)
            moved += ticks > before
            if moved == 3:
                break
    finally:
        stop.set()
        sys.setswitchinterval(interval)
        thread.join()
    assert moved == 3


def test_a_ledger_may_be_closed_while_others_read_it() -> None:
    ledger = sample.ledger()

    def read(_: int) -> str:
        try:
            while True:
                assert len(ledger.entries().entries) == 1
        except poundlock.PoundlockError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        reads = pool.map(read, range(4))
        ledger.close()
        assert list(reads) == ["handle.closed"] * 4


GROWTH = """
import json
import poundlock, sample

engine, ledger, plan = sample.engine(), sample.ledger(), sample.plan()
request, text = sample.request(), json.dumps(sample.request())
names = {"resources": [{"type": "other", "address": "other.a", "object": {"name": "x" * 1000}}]}

def once(number):
    poundlock.Plan.resources(names)
    if number % 50 == 0:
        assert engine.decide(request, ledger, plan).findings[0].code
        assert engine.decide(text, ledger).to_json()
        assert ledger.entries().entries
        assert poundlock.PolicyPack(sample.PACK).name
    if number % 10 == 1:
        try:
            engine.decide("{" + " " * 1000)
        except poundlock.PoundlockError as error:
            assert error.help is None
    if number % 10 == 2:
        poundlock.Ledger.in_memory().close()

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

for number in range(CALLS // 5):
    once(number)
before = resident()
for number in range(CALLS):
    once(number)
print(resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not say how much memory there is")
def test_memory_does_not_grow() -> None:
    """A hundred thousand calls; a kilobyte that one in ten of them loses would be ten megabytes."""
    calls = 100_000
    run = subprocess.run(
        [sys.executable, "-c", GROWTH.replace("CALLS", str(calls))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) < 4 * 1024 * 1024


def test_the_wheel_is_for_python_with_a_lock() -> None:
    """What is installed is a wheel of the stable ABI, which free-threaded builds take none of: there, pip builds
    from source, and what it builds keeps the lock off."""
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        assert not sys._is_gil_enabled()  # type: ignore[attr-defined, unused-ignore]
        return
    wheel = (distribution("poundlock").read_text("WHEEL") or "").split("Tag: ")[1].split()[0]
    tag = next(iter(parse_tag(wheel)))
    for version in [(3, 9), (3, 14)]:
        with_lock = cpython_tags(version, [f"cp{version[0]}{version[1]}"], [tag.platform])
        assert tag in set(with_lock)
    assert tag not in set(cpython_tags((3, 14), ["cp314t"], [tag.platform]))


def test_interrupted_work_is_an_exception() -> None:
    """What a signer raises goes through, and the ledger is as it was."""
    engine, ledger = sample.engine(), Ledger.in_memory()
    key = poundlock.verifier_key({"name": sample.ORIGIN, "publicKey": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}).key
    engine.begin(ledger, sample.ORIGIN, [key], at=sample.BEGIN)

    def interrupted(_: bytes) -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.checkpoint(ledger, key, interrupted)
    assert ledger.checkpoint().checkpoint is None
