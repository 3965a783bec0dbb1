"""Why an operation gave no answer: one base class, and one class for each family that a caller may tell apart."""

from __future__ import annotations

import json

__all__ = [
    "CharterError",
    "ConflictError",
    "InputError",
    "LedgerError",
    "LimitError",
    "PolicyError",
    "PoundlockError",
]


class PoundlockError(Exception):
    """Why an operation gave no answer. A denial is an answer, and never an exception.

    Compare `code`, never the message, which may improve at any time.

    >>> import poundlock
    >>> try:
    ...     poundlock.Charter("charter: mine\\ncolour: red")
    ... except poundlock.PoundlockError as error:
    ...     print(error.code, error.line)
    input.unknown_field 2
    """

    json: str
    """The library's own text of all below."""
    code: str
    """The stable code, such as "ledger.link_mismatch"."""
    message: str
    """What is wrong, without place and code."""
    help: str | None
    """What to do about it, where that is known."""
    source: str | None
    """The file, or another name for the document, that it is wrong in."""
    line: int | None
    """The line of the source, from 1."""
    column: int | None
    """The column in the line, from 1, in characters."""
    pointer: str | None
    """A JSON Pointer (RFC 6901) into the document."""
    sequence: int | None
    """The sequence number of a ledger's entry."""

    def __init__(self, json_text: str) -> None:
        super().__init__(json_text)
        read = json.loads(json_text)
        self.json = json_text
        self.code = read["code"]
        self.message = read["message"]
        self.help = read.get("help")
        self.source = read.get("source")
        self.line = read.get("line")
        self.column = read.get("column")
        self.pointer = read.get("pointer")
        self.sequence = read.get("sequence")

    def __str__(self) -> str:
        place = [self.source] if self.source is not None else []
        if self.line is not None:
            place.append(f"{self.line}:{self.column}")
        if self.pointer is not None:
            place.append(self.pointer)
        if self.sequence is not None:
            place.append(f"entry {self.sequence}")
        text = f"{' '.join(place)}: {self.message}" if place else self.message
        return f"{text} [{self.code}]" + (f"\n{self.help}" if self.help else "")


class InputError(PoundlockError):
    """A document, token, key or plan handed in is not what it should be."""


class LimitError(PoundlockError):
    """A bound of the library is exceeded."""


class PolicyError(PoundlockError):
    """A policy pack is not acceptable."""


class CharterError(PoundlockError):
    """A charter is not acceptable, or not the one in force."""


class LedgerError(PoundlockError):
    """The ledger, a checkpoint, a receipt or a proof is absent, damaged or not to be trusted."""


class ConflictError(LedgerError):
    """Another writer was first; reading again and retrying may succeed."""


def refused(code: str, message: str) -> InputError:
    """The exception for what cannot be handed to the library at all."""
    return InputError(json.dumps({"code": code, "message": message}, ensure_ascii=False))
