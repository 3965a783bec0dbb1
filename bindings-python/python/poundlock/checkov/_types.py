"""Values as Terraform has them in a variable that declares a type.

Terraform converts them: members that the type does not name are gone, those that it calls optional are there with their
defaults. What would be another value is unknown.
"""

from __future__ import annotations

import ast
import re
from typing import Any, Mapping

from ._expressions import UNKNOWN

__all__ = ["converted"]

_PRIMITIVES: Mapping[str, tuple[type, ...]] = {"string": (str,), "number": (int, float), "bool": (bool,)}
_CONSTRUCTED = re.compile(r"(list|set|map|object)\((.*)\)", re.DOTALL)
_OPTIONAL = re.compile(r"optional\((.*)\)", re.DOTALL)


def converted(value: Any, declared: Any) -> Any:
    """A value under a type, as the parser writes types: `${list(string)}`."""
    if not isinstance(declared, str):
        return UNKNOWN
    kind = declared[2:-1] if declared.startswith("${") and declared.endswith("}") else declared
    if kind == "any" or value is None or value is UNKNOWN:
        return value
    if kind in _PRIMITIVES:
        return value if type(value) in _PRIMITIVES[kind] else UNKNOWN
    match = _CONSTRUCTED.fullmatch(kind)
    if match is None:
        return UNKNOWN
    constructor, inner = match[1], match[2]
    if constructor == "object":
        return _object(value, inner)
    if constructor == "map":
        return {key: converted(it, inner) for key, it in value.items()} if isinstance(value, dict) else UNKNOWN
    # Of several elements of a set, the order is Terraform's.
    if not isinstance(value, list) or (constructor == "set" and len(value) > 1):
        return UNKNOWN
    return [converted(element, inner) for element in value]


def _object(value: Any, inner: str) -> Any:
    try:
        members = ast.literal_eval(inner)
    except (ValueError, SyntaxError):
        return UNKNOWN
    if not isinstance(members, dict) or not isinstance(value, dict):
        return UNKNOWN
    return {name: _member(value.get(name), declared) for name, declared in members.items()}


def _member(value: Any, declared: Any) -> Any:
    if not isinstance(declared, str):
        return UNKNOWN
    optional = _OPTIONAL.fullmatch(declared[2:-1])
    if value is None:
        # What is not given has its default, or is a mistake.
        return UNKNOWN
    return converted(value, _first(optional[1]) if optional else declared)


def _first(arguments: str) -> str:
    """The first of several arguments."""
    depth = 0
    for place, character in enumerate(arguments):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            return arguments[:place].strip()
    return arguments.strip()
