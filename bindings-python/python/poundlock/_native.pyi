"""The library itself: thin handles that take and give JSON text."""

__all__ = ["call", "to_json"]

def call(operation: str, input: object = None, /) -> str:
    """Carries out one operation of the contract."""

def to_json(value: object, /) -> str:
    """The JSON text of an object that has one."""
