"""The base of the data classes: an immutable view of a JSON object that keeps the text it was read from."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Mapping, NoReturn, TypeVar

from . import _native
from ._errors import refused

if TYPE_CHECKING:
    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Any:
        return lambda decorated: decorated


_D = TypeVar("_D", bound="Document")


def _member(name: str, key: str, wrap: Any) -> property:
    """One attribute of a data class, wrapped when it is first read."""

    def read(document: Document) -> Any:
        read_before = document.__dict__
        if name not in read_before:
            read_before[name] = _wrapped(wrap, document._data.get(key))
        return read_before[name]

    return property(read)


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Document:
    """A JSON object as a value with attributes.

    Made from keywords, from JSON text (`from_json`) or by the library. What the library answers is parsed at the
    first attribute that is read, and `to_json` gives its very text, byte for byte. An attribute that is absent is
    None, a list is a tuple, an object without a class of its own is a dictionary that cannot be changed. What a
    newer library adds is kept: it is in `to_json` and `to_dict`.

    Two documents are equal when they are of one class and hold the same JSON, whatever the order of its keys.
    """

    __slots__ = ("__dict__", "__weakref__", "_text")

    _text: str

    _members: ClassVar[Mapping[str, tuple[str, Any]]] = {}
    """Of each attribute: its JSON key, and what its value is read as: None for plain JSON, a data class, [class]
    for a list of them, {"": class} for a map to them."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, (key, wrap) in cls.__dict__.get("_members", {}).items():
            setattr(cls, name, _member(name, key, wrap))

    def __init__(self, **members: Any) -> None:
        keys = {}
        for name, value in members.items():
            if name not in self._members:
                known = ", ".join(self._members)
                raise TypeError(f"{type(self).__name__} has no member {name!r}; it has {known}")
            if value is not None:
                keys[self._members[name][0]] = value
        # Written at once, so that what JSON cannot hold is refused here.
        _set_text(self, _native.to_json(keys))

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a document from JSON text.

        Raises InputError unless the text is one JSON object. What its members may be is checked by the operation
        that the document is handed to.
        """
        if isinstance(text, bytes):
            try:
                text = text.decode("utf-8")
            except UnicodeDecodeError:
                raise refused("input.encoding", "the text is not UTF-8") from None
        # The library's own reader: duplicate keys, lone surrogates and too deep nesting are refused as anywhere.
        _native.call("canonical", text)
        document = of_text(cls, text)
        if not isinstance(document._data, dict):
            raise refused("input.invalid_value", "the text is JSON, but not an object")
        return document

    def to_json(self) -> str:
        """Return the JSON text: the very text that the document was read from."""
        try:
            return self._text
        except AttributeError:
            if "_data" not in self.__dict__:
                raise TypeError(f"this {type(self).__name__} was never initialised: call the class") from None
            # A part of another document.
            _set_text(self, _native.to_json(self._data))
            return self._text

    def to_dict(self) -> dict[str, Any]:
        """Return a new dictionary with JSON's own keys."""
        read: dict[str, Any] = _parsed(self.to_json())
        return read

    @cached_property
    def _data(self) -> dict[str, Any]:
        return self.to_dict()

    @cached_property
    def _normal(self) -> str:
        return json.dumps(self._data, sort_keys=True)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed: make another one")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a {type(self).__name__} cannot be changed: make another one")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document) or type(other) is not type(self):
            return NotImplemented
        return self._normal == other._normal

    def __hash__(self) -> int:
        return hash((type(self), self._normal))

    def __repr__(self) -> str:
        shown = []
        for name, (key, _) in self._members.items():
            value = self._data.get(key)
            if isinstance(value, (str, int, float)):
                text = repr(value)
                shown.append(f"{name}={text if len(text) <= 60 else text[:57] + '...'}")
        return f"{type(self).__name__}({', '.join(shown[:5])})"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return of_text, (type(self), self.to_json())


_set_text = Document.__dict__["_text"].__set__
_new = object.__new__


def of_text(of: type[_D], text: str) -> _D:
    """A document of what the library answered, not parsed until it is read."""
    document = _new(of)
    _set_text(document, text)
    return document


def _of_data(of: type[_D], data: dict[str, Any]) -> _D:
    document = _new(of)
    document.__dict__["_data"] = data
    return document


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # What Python cannot hold although it is JSON: an integer of thousands of digits.
        raise refused("input.invalid_value", "Python cannot read a number of this document") from None


def _wrapped(wrap: Any, value: Any) -> Any:
    if isinstance(value, list):
        item = wrap[0] if isinstance(wrap, list) else None
        return tuple(_wrapped(item, each) for each in value)
    if isinstance(value, dict):
        if isinstance(wrap, type):
            return _of_data(wrap, value)
        item = wrap[""] if isinstance(wrap, dict) else None
        return FrozenDict((key, _wrapped(item, each)) for key, each in value.items())
    return value


class FrozenDict(dict):  # type: ignore[type-arg]
    """A JSON object in an attribute: a dictionary that cannot be changed; `dict` of it makes one that can."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this dictionary belongs to a document and cannot be changed: make a dict of it")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)
