"""The names are those of every language, which tests/names.json lists."""

from __future__ import annotations

import inspect
import json
from functools import cached_property
from pathlib import Path
from typing import Any

import poundlock

NAMES = json.loads((Path(__file__).parents[2] / "tests" / "names.json").read_text("utf-8"))

FAMILIES = {"CharterError", "ConflictError", "InputError", "LedgerError", "LimitError", "PolicyError"}
"""Subclasses of PoundlockError, which other languages tell apart by the code."""


def excepted(name: str) -> bool:
    return any(
        name in exception["names"] and ("python" in exception.get("not", []) or "python" not in exception.get("only", ["python"]))
        for exception in NAMES["exceptions"]
    )


def wanted(names: list[str], prefix: str = "") -> set[str]:
    return {name for name in names if not excepted(prefix + name)}


def test_the_package_exports_the_names_and_no_others() -> None:
    expected = wanted([*NAMES["functions"], *NAMES["classes"], *NAMES["documents"], NAMES["error"]["name"]])
    assert set(poundlock.__all__) == expected | FAMILIES | {"documents"}
    for name in NAMES["functions"]:
        assert inspect.isfunction(getattr(poundlock, name)), name
    for name in FAMILIES:
        assert issubclass(getattr(poundlock, name), poundlock.PoundlockError)


def test_the_classes_have_the_names_and_no_others() -> None:
    for name, listed in NAMES["classes"].items():
        members = {key: kind(value) for key, value in vars(getattr(poundlock, name)).items() if not key.startswith("_")}
        # The library's own JSON text, which data classes have too.
        members.pop("to_json", None)
        constructors = {key for key, of in members.items() if of == "constructor"}
        assert constructors == wanted(listed["constructors"], f"{name}.") - {"new"}, name
        assert {key for key, of in members.items() if of == "property"} == wanted(listed["properties"], f"{name}."), name
        assert {key for key, of in members.items() if of == "method"} == wanted(listed["methods"], f"{name}."), name


def kind(value: Any) -> str:
    if isinstance(value, classmethod):
        return "constructor"
    if isinstance(value, (property, cached_property)):
        return "property"
    assert inspect.isfunction(value)
    return "method"


def test_an_error_has_the_names_and_no_others() -> None:
    error = poundlock.PoundlockError('{"code":"internal","message":""}')
    assert sorted(vars(error)) == NAMES["error"]["attributes"]


def test_everything_public_says_what_it_is() -> None:
    for name in poundlock.__all__:
        exported = getattr(poundlock, name)
        assert exported.__doc__, name
        if inspect.isclass(exported) and exported.__module__ != "poundlock.documents":
            for key, member in vars(exported).items():
                assert key.startswith("_") or isinstance(member, str) or member.__doc__, f"{name}.{key}"
