"""An embeddable, fail-closed policy engine with a hash-chained audit ledger.

Every function may be called from any thread and works without the interpreter's lock.
"""

from __future__ import annotations

import json
from typing import TypedDict, cast

from ._errors import (
    CharterError,
    ConflictError,
    InputError,
    LedgerError,
    LimitError,
    PolicyError,
    PoundlockError,
)
from ._native import call

__all__ = [
    "CharterError",
    "ConflictError",
    "InputError",
    "LedgerError",
    "LimitError",
    "PolicyError",
    "PoundlockError",
    "Version",
    "call",
    "decide",
    "version",
]


class Version(TypedDict):
    """The version of the library, and the version of its engine's semantics."""

    version: str
    engine: int


def version() -> Version:
    """Return the version of the library and of its engine's semantics."""
    return cast(Version, json.loads(call("version")))


def decide(request: str | bytes) -> str:
    """Decide a request: JSON text in, the decision as JSON text out.

    A denial is an answer, not an exception. Raises PoundlockError when there is no answer.
    """
    return call("decide", request)
