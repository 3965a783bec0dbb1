"""Engines: charters with their packs, ready to decide."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Iterable, Sequence

from . import _native
from ._document import Document, of_text
from ._errors import PoundlockError
from ._inputs import Handle, Json, Text, given, handle_of, unicode
from ._ledger import Ledger
from ._policy import Plan
from .documents import (
    Admission,
    AppendedAnswer,
    CredentialAnswer,
    Decision,
    EngineAnswer,
    PlanReport,
    ReviewAnswer,
    SignedCheckpointAnswer,
    TextAnswer,
)


class Engine(Handle):
    """A charter with its lock file and its packs, ready to decide, from any number of threads.

    Made of their YAML texts: `packs` holds packs and overlays in any order. Raises PoundlockError when something in
    them is wrong or does not fit together. In how many `threads` policies are evaluated changes no decision.

    >>> engine = Engine.load("policies/cicd-target/charter.yaml")
    >>> engine
    Engine(name='cicd-target', version='1.0.0')
    >>> with Ledger.in_memory() as ledger:
    ...     engine.begin(ledger, "example.org/ledger", at="2026-03-02T08:00:00Z").sequence
    ...     [entry.kind for entry in ledger]
    0
    ['genesis']
    """

    _instead = "make one of the texts of its charter, lock file and packs where it is needed"

    _handle: _native.Engine

    def __init__(
        self, charter: Text, lock: Text, packs: Iterable[Text], *, threads: int | None = None
    ) -> None:
        texts = {"charter": unicode(charter), "lock": unicode(lock), "packs": [unicode(pack) for pack in packs]}
        self._handle = _native.Engine({**texts, **given(threads=threads)})

    @classmethod
    def of_ledger(cls, ledger: Ledger) -> Engine:
        """Make the engine of the charter that governs a ledger, from the texts kept beside the ledger."""
        engine = cls.__new__(cls)
        engine._handle = _native.Engine.of_ledger(handle_of(ledger))
        return engine

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Engine:
        """Read a charter, and beside it the lock file of its name, the packs in `packs` and the overlays in
        `overlays`.

        Raises PoundlockError with the code "io" when a file cannot be read.
        """
        charter = Path(path)
        packs = [*_yaml(charter.parent / "packs"), *_yaml(charter.parent / "overlays")]
        return cls(_read(charter), _read(charter.with_suffix(".lock")), [_read(pack) for pack in packs])

    def describe(self) -> EngineAnswer:
        """Return the charter's name and version, and its law."""
        return of_text(EngineAnswer, self._handle.call("describe"))

    def decide(
        self,
        request: Json,
        ledger: Ledger | None = None,
        plan: Plan | None = None,
        credential: Json | None = None,
    ) -> Decision:
        """Decide a request against what the ledger adds up to now, or against nothing. Nothing is recorded.

        `credential` is the token that shows who asks, and the keys of its issuer, which the host fetched itself:
        `{"token": …, "keySet": …}`. A denial is an answer, and never an exception.
        """
        ledger_in = None if ledger is None else handle_of(ledger)
        plan_in = None if plan is None else handle_of(plan)
        return of_text(Decision, self._handle.decide(request, credential, ledger_in, plan_in))

    def admit(
        self,
        ledger: Ledger,
        request: Json,
        plan: Plan | None = None,
        credential: Json | None = None,
    ) -> Admission:
        """Decide a request and record the decision. It counts only once this has returned.

        After an exception nothing may be acted upon.
        """
        admitted = self._handle.admit(handle_of(ledger), request, credential, handle_of(plan))
        return of_text(Admission, admitted)

    def record(
        self,
        ledger: Ledger,
        fact: Json,
        law: Engine | None = None,
        credential: Json | None = None,
    ) -> Admission:
        """Record a fact if it is its recorder's to record, or else the refusal.

        An amendment that replaces the charter needs the engine of the new one, as `law`.
        """
        recorded = self._handle.record(handle_of(ledger), fact, credential, handle_of(law))
        return of_text(Admission, recorded)

    def check(
        self,
        plan: Plan,
        *,
        stage: str | None = None,
        threads: int | None = None,
        passes: bool | None = None,
    ) -> PlanReport:
        """Judge a plan by the charter's packs, or by those of one stage. Nothing is recorded. With `passes`, the answer
        names every resource that passed, by policy.
        """
        asked = given(stage=stage, threads=threads, passes=passes)
        return of_text(PlanReport, self._handle.call("check", asked, None, handle_of(plan)))

    def begin(
        self, ledger: Ledger, origin: str, keys: Sequence[str] = (), *, at: str
    ) -> AppendedAnswer:
        """Write the first entry of a ledger: its law, its name, which no other ledger has, and the keys that sign its
        checkpoints, as verifier keys.
        """
        asked = given(origin=origin, keys=keys, at=at)
        return of_text(AppendedAnswer, self._call("begin", asked, ledger))

    def request_text(
        self, ledger: Ledger, request: Json, signed: str, plan: Plan | None = None
    ) -> TextAnswer:
        """Return the text that the person who asks signs, at the instant `signed`."""
        asked = given(request=_member(request), signed=signed)
        return of_text(TextAnswer, self._call("request_text", asked, ledger, plan))

    def fact_text(self, ledger: Ledger, fact: Json, signed: str) -> TextAnswer:
        """Return the text that the person who records a fact signs, at the instant `signed`."""
        asked = given(fact=_member(fact), signed=signed)
        return of_text(TextAnswer, self._call("fact_text", asked, ledger))

    def credential(self, actor: str, at: str, credential: Json) -> CredentialAnswer:
        """Return what the charter makes of a token: `{"token": …, "keySet": …}`."""
        asked = given(actor=actor, at=at, credential=_member(credential))
        return of_text(CredentialAnswer, self._handle.call("credential", asked))

    def review(self, ledger: Ledger, approval: Json, at: str) -> ReviewAnswer:
        """Gather what a person has to see before they approve, and the statement that they then sign."""
        asked = given(approval=_member(approval), at=at)
        return of_text(ReviewAnswer, self._call("review", asked, ledger))

    def checkpoint_text(self, ledger: Ledger, keys: Sequence[str]) -> TextAnswer:
        """Decide again what nobody signed yet, and return the text that the keys are to sign."""
        return of_text(TextAnswer, self._call("checkpoint_text", given(keys=keys), ledger))

    def sign(
        self,
        ledger: Ledger,
        checkpoint: str | None = None,
        signatures: Sequence[Json] | None = None,
        secret_keys: Sequence[Json] | None = None,
    ) -> SignedCheckpointAnswer:
        """Keep a signed checkpoint: of the text of `checkpoint_text` and signatures over it,
        `{"key": verifier key, "signature": base64}`; or of secret keys, `{"pem": …, "passphrase": …}`, that sign what
        the ledger holds now.
        """
        asked = given(checkpoint=checkpoint, signatures=signatures, secretKeys=secret_keys)
        return of_text(SignedCheckpointAnswer, self._call("sign", asked, ledger))

    def checkpoint(
        self, ledger: Ledger, key: str, signer: Callable[[bytes], bytes]
    ) -> SignedCheckpointAnswer:
        """Sign what the ledger holds now with a key that the host keeps, and keep the signed checkpoint.

        `key` is the verifier key; `signer` is called with the bytes to sign, and returns the 64 bytes of the Ed25519
        signature over them. What it raises goes through.
        """
        checkpoint = self.checkpoint_text(ledger, [key]).text
        signature = base64.b64encode(signer(checkpoint.encode("utf-8"))).decode("ascii")
        return self.sign(ledger, checkpoint, [{"key": key, "signature": signature}])

    def snapshot(self, ledger: Ledger) -> AppendedAnswer:
        """Record what the entries add up to, so that the ledger is opened from there."""
        return of_text(AppendedAnswer, self._call("snapshot", None, ledger))

    def _call(
        self, operation: str, asked: object, ledger: Ledger, plan: Plan | None = None
    ) -> str:
        return self._handle.call(operation, asked, handle_of(ledger), handle_of(plan))

    def __repr__(self) -> str:
        about = self.describe()
        return f"Engine(name={about.name!r}, version={about.version!r})"


def _member(document: Json) -> Json:
    """A document within an input, where a text would be a string."""
    if isinstance(document, (bytearray, memoryview)):
        document = bytes(document)
    return Document.from_json(document) if isinstance(document, (str, bytes)) else document


def _yaml(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(folder, error) from error


def _read(path: Path) -> str:
    try:
        return unicode(path.read_bytes())
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> PoundlockError:
    message = f"the file cannot be read: {error.strerror}"
    return PoundlockError(json.dumps({"code": "io", "message": message, "source": str(path)}))
