"""Runs every conformance vector in tests/vectors of the repository; tests/tests/vectors.rs has the format."""

import hashlib
import json
from pathlib import Path
from typing import Any

import poundlock
import pytest

VECTORS = Path(__file__).parents[2] / "tests" / "vectors"


def vectors() -> list[Any]:
    return [
        pytest.param(vector, id=f"{file.parent.name}/{file.stem}: {vector['name']}")
        for file in sorted(VECTORS.glob("*/*"))
        for vector in json.loads(file.read_text("utf-8"))
    ]


@pytest.mark.parametrize("vector", vectors())
def test_the_vector_holds(vector: dict[str, Any]) -> None:
    given = vector.get("input", "")
    if "input_hex" in vector:
        given = bytes.fromhex(vector["input_hex"])
    elif not isinstance(given, str):
        given = json.dumps(given)

    if "error" in vector:
        with pytest.raises(poundlock.PoundlockError) as caught:
            poundlock.call(vector["operation"], given)
        assert caught.value.code == vector["error"]
    else:
        assert json.loads(poundlock.call(vector["operation"], given)) == vector["expect"]


def decisions() -> list[Any]:
    return [
        pytest.param(vector["expect"], id=vector["name"])
        for file in sorted((VECTORS / "decide").iterdir())
        for vector in json.loads(file.read_text("utf-8"))
        if "expect" in vector
    ]


@pytest.mark.parametrize("answer", decisions())
def test_the_entry_is_the_one_that_the_admission_names(answer: dict[str, Any]) -> None:
    """The leaf hash of RFC 6962, computed without the library."""
    leaf = b"\0" + bytes.fromhex(answer["entryBytes"])
    assert answer["admission"]["entry"] == "sha256:" + hashlib.sha256(leaf).hexdigest()
