"""Ledgers, and the receipts that prove what is in them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Iterator, Sequence

from . import _native
from ._document import of_text
from ._inputs import Handle, Json, Text, given, unicode
from .documents import (
    AttachmentAnswer,
    EntriesAnswer,
    ForkAnswer,
    HeadAnswer,
    NoticesAnswer,
    ReceiptAnswer,
    ReportAnswer,
    SignedCheckpointAnswer,
    Status,
    VerifiedAnswer,
    VerifyReceiptAnswer,
)

if TYPE_CHECKING:
    from typing_extensions import Never, Self

    from .documents import Entry


class Ledger(Handle):
    """A ledger, opened once, for any number of calls from any number of threads; other processes may write to its
    directory at the same time.

    A context manager that closes it, and an iterable over its entries. In the child of a fork it is of no use: every
    call raises PoundlockError with the code "ledger.forked".
    """

    _instead = "open its directory where it is needed"

    _handle: _native.Ledger
    _where: str

    def __init__(self, *_: Never, **__: Never) -> None:
        raise TypeError("use Ledger.create, Ledger.open, Ledger.open_read_only or Ledger.in_memory")

    @classmethod
    def _opened(cls, where: str, **how: Any) -> Self:
        ledger = cls.__new__(cls)
        ledger._handle = _native.Ledger(how)
        ledger._where = where
        return ledger

    @classmethod
    def create(cls, directory: str | os.PathLike[str]) -> Self:
        """Make an empty ledger in a directory that is new or empty; `Engine.begin` writes its first entry."""
        path = os.fspath(directory)
        return cls._opened(path, directory=path, mode="create")

    @classmethod
    def open(cls, directory: str | os.PathLike[str]) -> Self:
        """Open the ledger in a directory, to read and to write."""
        path = os.fspath(directory)
        return cls._opened(path, directory=path, mode="open")

    @classmethod
    def open_read_only(cls, directory: str | os.PathLike[str]) -> Self:
        """Open the ledger in a directory without ever changing a file."""
        path = os.fspath(directory)
        return cls._opened(path, directory=path, mode="readOnly")

    @classmethod
    def in_memory(cls) -> Self:
        """Make an empty ledger in memory, for tests and dry runs."""
        return cls._opened("in memory", memory=True)

    def head(self) -> HeadAnswer:
        """Return the size of the ledger and what its entries add up to."""
        return of_text(HeadAnswer, self._handle.call("head"))

    def entries(
        self,
        from_: int | None = None,
        to: int | None = None,
        *,
        limit: int | None = None,
        kinds: Sequence[str] | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> EntriesAnswer:
        """Return a page of entries: from the sequence number `from_` to before `to`, at most `limit` (1 to 1,000).

        Only those of `kinds`, and from the instant `since` on to before `until`, where these are given. `next` of the
        answer is where to go on, and None at the end; iterating over the ledger does that.
        """
        asked = {"from": from_, "to": to, "limit": limit, "kinds": kinds, "since": since, "until": until}
        return of_text(EntriesAnswer, self._handle.call("entries", given(**asked)))

    def __iter__(self) -> Iterator[Entry]:
        """Go through all entries, in their order, up to the end that the ledger has by then."""
        page = self.entries()
        yield from page.entries
        while page.next is not None:
            page = self.entries(page.next)
            yield from page.entries

    def attachment(self, digest: str) -> AttachmentAnswer:
        """Return the bytes of an attachment in hexadecimal digits, if it is there."""
        return of_text(AttachmentAnswer, self._handle.call("attachment", given(digest=digest)))

    def status(self) -> Status:
        """Return what the entries add up to."""
        return of_text(Status, self._handle.call("status"))

    def verify(
        self,
        keys: Sequence[str] | None = None,
        *,
        threshold: int | None = None,
        since: Sequence[str] | None = None,
        unsigned: bool | None = None,
        threads: int | None = None,
    ) -> VerifiedAnswer:
        """Read the whole ledger, and raise PoundlockError unless everything in it is as it was written.

        `keys` are the verifier keys that are trusted, `threshold` of which must have signed; without them it is those
        that the ledger itself names. `since` are signed checkpoints that somebody remembers, which the ledger must
        continue: without one, that it was rolled back as a whole cannot be seen.
        """
        asked = given(keys=keys, threshold=threshold, since=since, unsigned=unsigned, threads=threads)
        return of_text(VerifiedAnswer, self._handle.call("verify", asked))

    def checkpoint(self) -> SignedCheckpointAnswer:
        """Return the newest signed checkpoint that is kept."""
        return of_text(SignedCheckpointAnswer, self._handle.call("checkpoint"))

    def put_checkpoint(self, checkpoint: Text) -> SignedCheckpointAnswer:
        """Keep a checkpoint that keys of the ledger signed, and return the one that is kept."""
        asked = {"checkpoint": unicode(checkpoint)}
        return of_text(SignedCheckpointAnswer, self._handle.call("put_checkpoint", asked))

    def receipt(self, sequence: int) -> Receipt:
        """Return the proof that an entry is in the ledger, under its newest signed checkpoint."""
        answer = of_text(ReceiptAnswer, self._handle.call("receipt", given(sequence=sequence)))
        return Receipt._of(answer)

    def report(self, since: str, until: str) -> ReportAnswer:
        """Verify the whole ledger, and count what lies in a period: from one instant on, until before another."""
        asked = {"since": unicode(since), "until": unicode(until)}
        return of_text(ReportAnswer, self._handle.call("report", asked))

    def fork_proof(self, checkpoint: Text) -> ForkAnswer:
        """Return the proof that a remembered checkpoint and the ledger contradict each other, if they do."""
        asked = {"checkpoint": unicode(checkpoint)}
        return of_text(ForkAnswer, self._handle.call("fork_proof", asked))

    def notices(self) -> NoticesAnswer:
        """Return, for people, what opening and appending found and did."""
        return of_text(NoticesAnswer, self._handle.call("notices"))

    def close(self) -> None:
        """Let go of the ledger. Closing again does nothing; any other use raises PoundlockError, "handle.closed"."""
        self._handle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Ledger({self._where!r})"


class Receipt:
    """The proof that an entry is in a ledger, which is verified with public keys alone."""

    def __init__(self, text: Text) -> None:
        self._answer = ReceiptAnswer(receipt=unicode(text))

    @classmethod
    def _of(cls, answer: ReceiptAnswer) -> Self:
        receipt = cls.__new__(cls)
        receipt._answer = answer
        return receipt

    @property
    def text(self) -> str:
        """Its text, to hand on."""
        return self._answer.receipt

    def to_json(self) -> str:
        """Return the library's own JSON text, which holds the receipt's."""
        return self._answer.to_json()

    def verify(
        self,
        keys: Sequence[str],
        *,
        threshold: int | None = None,
        origin: str | None = None,
        permit: Json | None = None,
    ) -> VerifyReceiptAnswer:
        """Return the entry, or raise PoundlockError unless `threshold` (1) of the trusted `keys` vouch for it.

        `origin` is the ledger that is expected. Whoever is about to act on a permit says in `permit` at which instant,
        and what they have: `{"at": …, "held": {…}, "plan": {…}}`; `permit.contradictions` of the answer must then be
        empty.
        """
        asked = given(receipt=self.text, keys=keys, threshold=threshold, origin=origin, permit=permit)
        return of_text(VerifyReceiptAnswer, _native.call("verify_receipt", asked))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Receipt) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"<Receipt of {len(self.text)} characters>"
