__all__ = ["PoundlockError", "call"]

class PoundlockError(Exception):
    """Why an operation gave no answer."""

    code: str
    """Stable, such as "input.syntax"; compare it, never the message."""
    help: str | None
    """What to do about it, where that is known."""

def call(operation: str, input: str | bytes, /) -> str:
    """Carry out one operation of the contract: its input in, JSON text out."""
