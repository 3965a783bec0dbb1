"""What callers hand in, on its way to the library."""

from __future__ import annotations

from typing import Any, ClassVar, Dict, NoReturn, Protocol, Union

from ._document import Document
from ._errors import refused

__all__ = ["Dataclass", "Handle", "Json", "Text", "given", "handle_of", "unicode"]


class Dataclass(Protocol):
    """A dataclass of the caller's own."""

    __dataclass_fields__: ClassVar[Dict[str, Any]]


Json = Union[str, bytes, bytearray, memoryview, Dict[str, Any], Document, Dataclass]
"""A document: JSON text, or whatever holds its bytes; a dictionary with JSON's own keys; a data class of
`poundlock.documents`; or a dataclass, whose fields have JSON's names in Python's case and are left out where they are
None."""

Text = Union[str, bytes]
"""A text, or its bytes in UTF-8."""


def unicode(content: Text) -> str:
    """The text of a file that is handed in as it was read."""
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise refused("input.encoding", "the text is not UTF-8") from None


def given(**members: Any) -> dict[str, Any]:
    """The members of an input that the caller gave."""
    return {key: value for key, value in members.items() if value is not None}


class Handle:
    """What the library keeps open, which cannot leave its process."""

    _instead: ClassVar[str]

    _handle: Any

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"this {type(self).__name__} is neither pickled nor copied: {self._instead}")


def handle_of(what: Any) -> Any:
    """What the library knows a pack, plan, engine or ledger by; it refuses whatever else is in its place."""
    return what._handle if isinstance(what, Handle) else what
