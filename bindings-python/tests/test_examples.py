"""What the documentation shows works."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import poundlock
import pytest

REPOSITORY = Path(__file__).parents[2]
EXAMPLE = REPOSITORY / "bindings-python" / "examples" / "check.py"

MODULES = ["poundlock", *(f"poundlock.{module.name}" for module in pkgutil.iter_modules(poundlock.__path__))]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_the_docstrings_hold(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    module = importlib.import_module(name)
    names = {export: getattr(poundlock, export) for export in poundlock.__all__}
    result = doctest.testmod(module, extraglobs={**names, "poundlock": poundlock})
    assert result.failed == 0
    assert name not in ("poundlock", "poundlock._engine", "poundlock._policy") or result.attempted


def test_the_example_of_the_readme_prints_what_it_says() -> None:
    run = subprocess.run([sys.executable, EXAMPLE], capture_output=True, text=True, check=True)
    assert run.stdout == "deny\npolicy.failed\n"


def test_the_wheel_is_all_that_a_new_environment_needs(tmp_path: Path) -> None:
    """`cargo xtask test` builds the wheel that these tests run against, and leaves it there."""
    wheels = sorted((REPOSITORY / "target" / "wheels").glob("poundlock-*.whl"))
    assert wheels, "there is no wheel in target/wheels: run the tests with `cargo xtask test`"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*pip, "install", "--quiet", "--no-index", str(wheels[-1])], check=True)
    run = subprocess.run([python, "-I", EXAMPLE], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == "deny\npolicy.failed\n"
