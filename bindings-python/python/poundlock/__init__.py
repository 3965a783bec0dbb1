"""An embeddable, fail-closed policy engine with a hash-chained audit ledger.

Everything may be used from any thread, and works without the interpreter's lock. What cannot be answered raises
PoundlockError; a denial is an answer. `poundlock.documents` has the classes of all documents.

>>> pack = PolicyPack('''
... pack: storage
... version: 1.0.0
... policies:
...   - name: buckets-are-named
...     description: A bucket has a name that says whose it is.
...     match: { resources: [aws_s3_bucket] }
...     validations: [{ expression: object.bucket.startsWith('acme-') }]
... ''')
>>> logs = {"type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": {"bucket": "logs"}}
>>> pack.check(Plan.resources({"resources": [logs]})).verdict
'deny'

The wheel is for every Python from 3.9 on that has the interpreter's lock: free-threaded builds load no wheel of that
kind. Built from source for one of those (3.14t and later), the module keeps the lock off, as it relies on it nowhere.
"""

from __future__ import annotations

from . import documents
from ._engine import Engine
from ._errors import (
    CharterError,
    ConflictError,
    InputError,
    LedgerError,
    LimitError,
    PolicyError,
    PoundlockError,
)
from ._functions import (
    call,
    canonical,
    charter,
    envelope,
    limits,
    lock,
    signing_bytes,
    simulate,
    verifier_key,
    verify_approval,
    verify_checkpoint,
    verify_fork,
    verify_receipt,
    verify_token,
    version,
)
from ._ledger import Ledger, Receipt
from ._policy import Charter, Plan, PolicyPack
from .documents import (
    Admission,
    Decision,
    Entry,
    Fact,
    Finding,
    Obligation,
    Permit,
    Request,
    Status,
)

__all__ = [
    "Admission",
    "Charter",
    "CharterError",
    "ConflictError",
    "Decision",
    "Engine",
    "Entry",
    "Fact",
    "Finding",
    "InputError",
    "Ledger",
    "LedgerError",
    "LimitError",
    "Obligation",
    "Permit",
    "Plan",
    "PolicyError",
    "PolicyPack",
    "PoundlockError",
    "Receipt",
    "Request",
    "Status",
    "call",
    "canonical",
    "charter",
    "documents",
    "envelope",
    "limits",
    "lock",
    "signing_bytes",
    "simulate",
    "verifier_key",
    "verify_approval",
    "verify_checkpoint",
    "verify_fork",
    "verify_receipt",
    "verify_token",
    "version",
]
