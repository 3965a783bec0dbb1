"""Values of a Terraform configuration, as far as they can be told without Terraform.

Checkov's own values are no ground to stand on: where it cannot tell, it keeps the expression as a text, or takes the
second branch of a condition. So the files are read again, and whatever is more than literals, variables and local
values is unknown.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Mapping

__all__ = ["UNKNOWN", "Resolver", "pointers"]


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = _Unknown()
"""In place of a value that nobody knows before Terraform does."""

_WHOLE = re.compile(r"\$\{([^{}]*)\}")
_PARTS = re.compile(r"\$\$\{|%%\{|\$\{([^{}\"]*)\}|[$%]\{")
_REFERENCE = re.compile(r"(var|local|count|each)\.([A-Za-z_][\w-]*)(.*)", re.DOTALL)
_STEP = re.compile(r"\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[\"([^\"\\$]*)\"\]")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_KEY = re.compile(r"[^\"$%(){}\\]+")
_CONSTANTS = {"true": True, "false": False, "null": None}
_DEPTH = 32


class Resolver:
    """What names mean in one module: `scopes` finds the value of `var.x`, say, as it is written, and whose it is."""

    def __init__(self, scopes: Mapping[str, Callable[[str], Any]]) -> None:
        self._scopes = scopes
        self._depth = 0

    def value(self, raw: Any) -> Any:
        """The value of what the parser made of an expression."""
        if isinstance(raw, str):
            return self._text(raw)
        if isinstance(raw, list):
            return [self.value(element) for element in raw]
        if isinstance(raw, dict):
            if not all(isinstance(key, str) and _KEY.fullmatch(key) for key in raw):
                return UNKNOWN
            return {key: self.value(member) for key, member in raw.items()}
        if raw is None or isinstance(raw, (bool, int, float)):
            return raw
        return UNKNOWN

    def _text(self, raw: str) -> Any:
        whole = _WHOLE.fullmatch(raw)
        if whole:
            return self._expression(whole[1])
        # How the parser leaves escapes is nobody's to guess.
        if "\\" in raw:
            return UNKNOWN
        text, end = "", 0
        for part in _PARTS.finditer(raw):
            text += raw[end : part.start()]
            end = part.end()
            if part[0] in ("$${", "%%{"):
                text += part[0][1:]
                continue
            value = UNKNOWN if part[1] is None else self._expression(part[1])
            if isinstance(value, bool):
                text += "true" if value else "false"
            elif isinstance(value, (str, int)):
                text += str(value)
            else:
                return UNKNOWN
        return text + raw[end:]

    def _expression(self, expression: str) -> Any:
        expression = expression.strip()
        if expression in _CONSTANTS:
            return _CONSTANTS[expression]
        if _NUMBER.fullmatch(expression):
            return float(expression) if "." in expression else int(expression)
        reference = _REFERENCE.fullmatch(expression)
        scope = self._scopes.get(reference[1]) if reference else None
        if reference is None or scope is None or self._depth >= _DEPTH:
            return UNKNOWN
        self._depth += 1
        try:
            return _walk(scope(reference[2]), reference[3])
        finally:
            self._depth -= 1


def _walk(value: Any, path: str) -> Any:
    while path:
        step = _STEP.match(path)
        if step is None:
            return UNKNOWN
        path = path[step.end() :]
        key = step[3] if step[1] is None else step[1]
        if key is not None and isinstance(value, dict) and key in value:
            value = value[key]
        elif step[2] is not None and isinstance(value, list) and int(step[2]) < len(value):
            value = value[int(step[2])]
        else:
            return UNKNOWN
    return value


def pointers(value: Any, place: str, found: list[str]) -> Any:
    """The value with null for whatever is unknown, whose JSON Pointers are added to `found`."""
    if value is UNKNOWN:
        found.append(place)
        return None
    if isinstance(value, list):
        return [pointers(element, f"{place}/{index}", found) for index, element in enumerate(value)]
    if isinstance(value, dict):
        escaped = {key: key.replace("~", "~0").replace("/", "~1") for key in value}
        return {key: pointers(member, f"{place}/{escaped[key]}", found) for key, member in value.items()}
    return value
