"""Runs conformance vectors through the package's public classes; tests/vectors/README.md has the format.

    runner.py DIRECTORY            one line for each vector of the directory
    runner.py work LEDGER FILE     admits and records what the file asks, for ledgers written by several processes
"""

from __future__ import annotations

import inspect
import json
import keyword
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Union

import poundlock

Handle = Union[poundlock.PolicyPack, poundlock.Plan, poundlock.Engine, poundlock.Ledger]
Text = Union[str, bytes, None]

NO_HANDLE = '{"error":{"code":"runner.no_handle"}}'


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def arguments(given: Text) -> dict[str, Any]:
    """The members of an input as the arguments of a method."""
    members = json.loads(given) if given else {}
    return {parameter(key): value for key, value in members.items()}


def parameter(key: str) -> str:
    name = re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), key)
    return name + "_" if keyword.iskeyword(name) else name


class Vector:
    """The handles of one vector, and its steps."""

    def __init__(self, directory: str | None) -> None:
        self.directory = directory
        self.handles: Dict[str, Any] = {}

    def results(self, steps: list[dict[str, Any]]) -> list[str]:
        return [self.result(step) for step in steps]

    def result(self, step: dict[str, Any]) -> str:
        kind, operation = step["call"].split(".", 1)
        handed: Dict[str, str] = {name: step[name] for name in ("ledger", "plan", "law") if name in step}
        if operation in ("of_ledger", "admit", "record"):
            handed.setdefault("ledger", "ledger")
        needed = [*handed.values(), *(handle for _, handle in step.get("parts", []))]
        opens = OPENERS.get(step["call"])
        if kind != "call" and not opens:
            needed.append(step.get("on", kind))
        if any(name not in self.handles for name in needed):
            return NO_HANDLE
        along = {name: self.handles[handle] for name, handle in handed.items()}
        given = self.given(step)
        try:
            if opens:
                self.handles[step.get("as", kind)] = opens(self, step, given, along)
                return "null"
            if kind == "call":
                return free(operation, given)
            return method(self.handles[step.get("on", kind)], operation, given, step, along)
        except poundlock.PoundlockError as error:
            return f'{{"error":{error.json}}}'

    def given(self, step: dict[str, Any]) -> Text:
        if "input_hex" in step:
            return bytes.fromhex(step["input_hex"])
        if "input" not in step:
            return None
        value = step["input"]
        text = value if isinstance(value, str) else compact(value)
        if "repeat" in step:
            text = text.replace("$REPEAT", step["repeat"]["text"] * step["repeat"]["count"])
        if self.directory is not None:
            text = text.replace("$DIR", self.directory)
        return text


def free(operation: str, given: Text) -> str:
    function = getattr(poundlock, operation) if operation in poundlock.__all__ else None
    if function is None or given and not inspect.signature(function).parameters:
        return poundlock.call(operation, given or b"")
    asked = [given or b""] if inspect.signature(function).parameters else []
    return str(function(*asked).to_json())


def method(handle: Handle, operation: str, given: Text, step: dict[str, Any], along: dict[str, Any]) -> str:
    called = getattr(handle, operation)
    if operation in ("decide", "admit", "record"):
        document = "fact" if operation == "record" else "request"
        asked = {document: given or b"", "credential": step.get("credential")}
    else:
        asked = arguments(given)
    # What the vector leaves out is the library's to miss, and not Python's.
    for name, parameter in inspect.signature(called).parameters.items():
        if name in along or parameter.default is parameter.empty:
            asked.setdefault(name, along.get(name))
    return str(called(**asked).to_json())


def read_plan(_: Vector, step: dict[str, Any], given: Text, __: dict[str, Any]) -> Handle:
    options = dict(step["options"])
    constructor = getattr(poundlock.Plan, options.pop("format"))
    plan: poundlock.Plan = constructor(given or b"", **options)
    return plan


def open_ledger(_: Vector, __: dict[str, Any], given: Text, ___: dict[str, Any]) -> Handle:
    members = arguments(given)
    if members.get("memory"):
        return poundlock.Ledger.in_memory()
    constructor = {
        "create": poundlock.Ledger.create,
        "open": poundlock.Ledger.open,
        "readOnly": poundlock.Ledger.open_read_only,
    }[members["mode"]]
    return constructor(members["directory"])


OPENERS: dict[str, Callable[[Vector, dict[str, Any], Text, dict[str, Any]], Handle]] = {
    "pack.parse": lambda _, __, given, ___: poundlock.PolicyPack(**arguments(given)),
    "plan.read": read_plan,
    "plan.join": lambda vector, step, _, __: poundlock.Plan.join(
        [(name, vector.handles[handle]) for name, handle in step.get("parts", [])]
    ),
    "engine.new": lambda _, __, given, ___: poundlock.Engine(**arguments(given)),
    "engine.of_ledger": lambda _, __, ___, along: poundlock.Engine.of_ledger(along["ledger"]),
    "ledger.open": open_ledger,
}


def line(label: str, vector: dict[str, Any]) -> str:
    steps = vector.get("steps")
    if steps is None:
        steps = [{**vector, "call": f"call.{vector['operation']}"}]
    if "files" not in vector:
        results = ",".join(Vector(None).results(steps))
    else:
        with tempfile.TemporaryDirectory() as directory:
            for path, content in vector["files"].items():
                file = Path(directory, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(bytes.fromhex(content))
            results = ",".join(Vector(directory).results(steps)).replace(directory, "$DIR")
    return f'{{"vector":{compact(label)},"results":[{results}]}}'


def run(directory: Path) -> None:
    files = {file.relative_to(directory).as_posix(): file for file in directory.rglob("*.json")}
    for path in sorted(files, key=os.fsencode):
        for vector in json.loads(files[path].read_text("utf-8")):
            print(line(f"{path[: -len('.json')]}: {vector['name']}", vector))


def work(directory: str, file: Path) -> None:
    task = json.loads(file.read_text("utf-8"))
    engine = poundlock.Engine(**task["engine"])
    with poundlock.Ledger.open(directory) as ledger:
        print("ready", flush=True)
        sys.stdin.read()
        for ask in task["asks"]:
            if "request" in ask:
                print(engine.admit(ledger, compact(ask["request"])).to_json())
            else:
                print(engine.record(ledger, compact(ask["fact"])).to_json())


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    if len(sys.argv) == 4 and sys.argv[1] == "work":
        work(sys.argv[2], Path(sys.argv[3]))
    elif len(sys.argv) == 2:
        run(Path(sys.argv[1]))
    else:
        sys.exit(__doc__)
