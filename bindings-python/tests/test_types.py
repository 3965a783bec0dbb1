"""The types that are promised are the types that are there."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["mypy.stubtest", "--mypy-config-file", "pyproject.toml", "--allowlist", "tests/stubtest.txt", "poundlock"], id="stubs"),
        pytest.param(["mypy", "--no-incremental", "--package", "poundlock"], id="package"),
        pytest.param(["mypy", "--no-incremental", "tests", "drill", "hosts", "examples"], id="tests"),
    ],
)
def test_the_types_hold(arguments: list[str]) -> None:
    root = Path(__file__).parent.parent
    run = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
