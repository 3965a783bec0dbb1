"""What share of a run of Checkov the plugin takes.

    PYTHON share_of_checkov.py PLAN [CHARTER]

PYTHON is that of an environment with Checkov and the package; PLAN is what `terraform show -json` printed. Counted is all
that the plugin does: being imported, reading the charter, judging, and adding to the report. Checkov runs as it does from
the command line, with its own checks.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from pathlib import Path
from typing import Any, Callable

began = time.process_time()

CHARTER = Path(__file__).parents[2] / "policies" / "cicd-target" / "charter.yaml"

spent = 0.0


def counted(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*arguments: Any, **named: Any) -> Any:
        global spent
        start = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            spent += time.process_time() - start

    return run


def main(plan: str, charter: str) -> None:
    os.environ["POUNDLOCK_CHARTER"] = charter
    from checkov.common.checks.base_check_registry import BaseCheckRegistry
    from checkov.main import Checkov

    load = "_exec_check_from_disk"
    setattr(BaseCheckRegistry, load, counted(getattr(BaseCheckRegistry, load)))
    from poundlock.checkov import directory

    arguments = ["-f", plan, "--framework", "terraform_plan", "--skip-download", "-o", "json"]
    arguments += ["--external-checks-dir", str(directory())]
    sys.argv = ["checkov", *arguments]
    add: Callable[..., Any] | None = None

    def hooked(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*given: Any) -> Any:
            nonlocal add
            found = function(*given)
            if add is None:
                from poundlock.checkov import _plugin

                add = _plugin.Plugin.add
                _plugin.Plugin.add = counted(add)  # type: ignore[method-assign]
            return found

        return run

    setattr(BaseCheckRegistry, load, hooked(getattr(BaseCheckRegistry, load)))
    with contextlib.redirect_stdout(io.StringIO()) as out:
        Checkov(arguments).run(banner="")
    whole = time.process_time() - began
    print(f"{out.getvalue().count('check_id')} results; {spent:.3f} of {whole:.2f} s are the plugin's: {spent / whole:.2%}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else str(CHARTER))
