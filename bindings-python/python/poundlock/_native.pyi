"""The library itself: thin handles that take documents and give JSON text."""

from typing import Any, Sequence, final

from typing_extensions import Self

__all__ = ["Engine", "Ledger", "Pack", "Plan", "call", "to_json"]

def call(operation: str, input: object = None, /) -> str:
    """Carries out one operation of the contract."""

def to_json(value: object, /) -> str:
    """The JSON text of an object that has one."""

@final
class Pack:
    """A policy pack that was loaded."""

    def __new__(cls, input: object, /) -> Self: ...
    def call(
        self, operation: str, input: object = None, plan: Plan | None = None, /
    ) -> str:
        """Carries out one operation of a pack."""

@final
class Plan:
    """A plan that was read."""

    def __new__(cls, options: object, document: object, /) -> Self: ...
    @staticmethod
    def join(parts: Sequence[tuple[str, Plan]], /) -> Plan:
        """The plans of several parts as one."""

    def call(self, operation: str, input: object = None, /) -> str:
        """Carries out one operation of a plan."""

@final
class Engine:
    """A charter, its lock file and its packs, ready to decide."""

    def __new__(cls, input: object, /) -> Self: ...
    @staticmethod
    def of_ledger(ledger: Ledger, /) -> Engine:
        """The engine of the law that governs a ledger."""

    def decide(
        self,
        request: object,
        credential: object = None,
        ledger: Ledger | None = None,
        plan: Plan | None = None,
        /,
    ) -> str:
        """Decides a request, and records nothing."""

    def admit(
        self,
        ledger: Ledger,
        request: object,
        credential: object = None,
        plan: Plan | None = None,
        /,
    ) -> str:
        """Decides a request and records the decision."""

    def record(
        self,
        ledger: Ledger,
        fact: object,
        credential: object = None,
        law: Engine | None = None,
        /,
    ) -> str:
        """Records a fact."""

    def call(
        self,
        operation: str,
        input: object = None,
        ledger: Ledger | None = None,
        plan: Plan | None = None,
        /,
    ) -> str:
        """Carries out one operation of an engine."""

@final
class Ledger:
    """A ledger, until it is closed."""

    def __new__(cls, input: object, /) -> Self: ...
    def call(self, operation: str, input: object = None, /) -> str:
        """Carries out one operation of a ledger."""

    def close(self) -> None:
        """Lets go of the ledger; again does nothing."""
