"""Hands Poundlock's policies to Checkov, which loads this file by its path.

Checkov logs what goes wrong while it loads a file, and scans without it. So whatever goes wrong here becomes a check
that fails.
"""

from __future__ import annotations

import sys
from pathlib import Path

PACKAGES = str(Path(__file__).resolve().parents[3])
"""Where the package lies: Checkov may run with an interpreter of its own."""


def _install() -> None:
    if PACKAGES not in sys.path:
        sys.path.append(PACKAGES)
    from poundlock.checkov._plugin import install

    install()


def _fail(why: str) -> None:
    """Registers a check that fails for every resource, with nothing but what Checkov has."""
    from checkov.common.checks_infra.registry import get_graph_checks_registry
    from checkov.common.graph.checks_infra.base_check import BaseGraphCheck
    from checkov.runner_filter import RunnerFilter

    class Broken(BaseGraphCheck):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.id = "poundlock.error"
            self.name = f"Poundlock could not be loaded: {why}"

        def run(self, graph_connector):  # type: ignore[no-untyped-def]
            nodes = graph_connector.nodes()
            if hasattr(nodes, "data"):
                nodes = [(key, vertex) for key, vertex in nodes(data=True)]
            return [], [node[1] for node in nodes if node[1].get("block_type_") == "resource"], []

    RunnerFilter.notify_external_check("poundlock.error")
    checks = get_graph_checks_registry("terraform").checks
    if not any(check.id == "poundlock.error" for check in checks):
        checks.append(Broken())


try:
    _install()
except BaseException as error:  # noqa: BLE001
    _fail(f"{type(error).__name__}: {error}")
