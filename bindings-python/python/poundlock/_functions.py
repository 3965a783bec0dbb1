"""The operations that need nothing but their input."""

from __future__ import annotations

from . import _native
from ._document import of_text
from ._inputs import Json
from .documents import (
    CanonicalAnswer,
    CharterAnswer,
    CheckpointAnswer,
    EnvelopeAnswer,
    LimitsAnswer,
    LockAnswer,
    SigningBytesAnswer,
    SimulateAnswer,
    VerifiedSignature,
    VerifiedToken,
    VerifierKeyAnswer,
    VerifyForkAnswer,
    VerifyReceiptAnswer,
    VersionAnswer,
)


def call(operation: str, input: Json = b"") -> str:
    """Carry out one operation of the contract by its name: its input in, the library's own JSON text out.

    >>> call("canonical", {"b": 1, "a": True})
    '{"bytes":"a26161f5616201","digest":"sha256:c46ef692a48a1a9f1a157e00dc666fb74fe51a4bf178518631c09884a0da4570"}'
        """
    return _native.call(operation, input)


def canonical(input: Json) -> CanonicalAnswer:
    """Return a document's deterministic CBOR in hexadecimal digits, and its digest."""
    return of_text(CanonicalAnswer, _native.call("canonical", input))


def charter(input: Json) -> CharterAnswer:
    """Return what a charter says: `{"charter": YAML}`."""
    return of_text(CharterAnswer, _native.call("charter", input))


def envelope(input: Json) -> EnvelopeAnswer:
    """Return the DSSE envelope of a text and its signature: `{"text": …, "signature": base64}`."""
    return of_text(EnvelopeAnswer, _native.call("envelope", input))


def limits() -> LimitsAnswer:
    """Return the bounds that hosts meet first."""
    return of_text(LimitsAnswer, _native.call("limits"))


def lock(input: Json) -> LockAnswer:
    """Return the text of the lock file that pins packs and overlays: `{"packs": [YAML, …]}`."""
    return of_text(LockAnswer, _native.call("lock", input))


def signing_bytes(input: Json) -> SigningBytesAnswer:
    """Return the bytes that an Ed25519 key signs for the envelope of a text: `{"text": …}`."""
    return of_text(SigningBytesAnswer, _native.call("signing_bytes", input))


def simulate(input: Json) -> SimulateAnswer:
    """Decide a history and one more step, all in memory: `poundlock.documents.SimulateInput`."""
    return of_text(SimulateAnswer, _native.call("simulate", input))


def verifier_key(input: Json) -> VerifierKeyAnswer:
    """Return the text by which a ledger names a public key: `{"name": …, "publicKey": 64 hexadecimal digits}`."""
    return of_text(VerifierKeyAnswer, _native.call("verifier_key", input))


def verify_approval(input: Json) -> VerifiedSignature:
    """Return who signed a statement: `{"statement": …, "signature": …, "signers": […], "at": …}`."""
    return of_text(VerifiedSignature, _native.call("verify_approval", input))


def verify_checkpoint(input: Json) -> CheckpointAnswer:
    """Return what a signed checkpoint says: `{"checkpoint": …, "keys": […], "threshold": …, "origin": …}`."""
    return of_text(CheckpointAnswer, _native.call("verify_checkpoint", input))


def verify_fork(input: Json) -> VerifyForkAnswer:
    """Return the two checkpoints that contradict each other: `{"proof": …, "keys": […], "threshold": …}`."""
    return of_text(VerifyForkAnswer, _native.call("verify_fork", input))


def verify_receipt(input: Json) -> VerifyReceiptAnswer:
    """Return the entry that a receipt proves: `{"receipt": …, "keys": […], …}`, as `Receipt.verify`."""
    return of_text(VerifyReceiptAnswer, _native.call("verify_receipt", input))


def verify_token(input: Json) -> VerifiedToken:
    """Return what a token shows: `{"provider": {…}, "token": …, "keySet": …, "at": …}`."""
    return of_text(VerifiedToken, _native.call("verify_token", input))


def version() -> VersionAnswer:
    """Return the version of the library and of its engine's semantics.

    >>> version().engine
    1
    """
    return of_text(VersionAnswer, _native.call("version"))
