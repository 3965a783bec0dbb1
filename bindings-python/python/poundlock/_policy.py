"""Charters, policy packs and plans: what is read once and used often."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Iterable, Sequence

from . import _native
from ._document import of_text
from ._inputs import Handle, Json, Text, given, handle_of, unicode
from .documents import CharterAnswer, LintAnswer, PackAnswer, PlanAnswer, PlanReport, TestAnswer

if TYPE_CHECKING:
    from .documents import CharterDocument, PlanCounts, PolicyAnswer, Unmatched


class Charter:
    """A charter that makes sense as a whole: who may do and record what, where.

    Made of its YAML text. Raises PoundlockError, with line and column, when something in it is wrong. To decide by a
    charter, make an `Engine`.
    """

    def __init__(self, text: Text) -> None:
        self._answer = of_text(CharterAnswer, _native.call("charter", {"charter": unicode(text)}))

    @property
    def name(self) -> str:
        """Its name."""
        return self._answer.name

    @property
    def version(self) -> str:
        """Its version."""
        return self._answer.version

    @property
    def digest(self) -> str:
        """The digest over its canonical form; the law of a ledger has one of its own, over the packs as well."""
        return self._answer.digest

    @property
    def document(self) -> CharterDocument:
        """What it says, with every default filled in."""
        return self._answer.document

    def __repr__(self) -> str:
        return f"Charter(name={self.name!r}, version={self.version!r})"


class PolicyPack(Handle):
    """A policy pack, checked and compiled, for any number of calls from any number of threads.

    Made of its YAML text and, where there are any, those of the overlays that make it stricter. Raises PoundlockError
    when something in them is wrong, with the place.

    >>> pack = PolicyPack('''
    ... pack: storage
    ... version: 1.0.0
    ... policies:
    ...   - name: buckets-are-named
    ...     description: A bucket has a name that says whose it is.
    ...     match: { resources: [aws_s3_bucket] }
    ...     validations: [{ expression: object.bucket.startsWith('acme-') }]
    ... ''')
    >>> pack.name, [policy.name for policy in pack.policies]
    ('storage', ['buckets-are-named'])
    >>> logs = {"type": "aws_s3_bucket", "address": "aws_s3_bucket.logs", "object": {"bucket": "logs"}}
    >>> report = pack.check(Plan.resources({"resources": [logs]}))
    >>> report.verdict, report.findings[0].code
    ('deny', 'policy.failed')
    """

    _instead = "make one of its text where it is needed"

    def __init__(self, pack: Text, overlays: Iterable[Text] = ()) -> None:
        texts = {"pack": unicode(pack), "overlays": [unicode(overlay) for overlay in overlays]}
        self._handle = _native.Pack(texts)

    @cached_property
    def _answer(self) -> PackAnswer:
        return self.describe()

    @property
    def name(self) -> str:
        """Its name."""
        return self._answer.name

    @property
    def version(self) -> str:
        """Its version."""
        return self._answer.version

    @property
    def digest(self) -> str:
        """The digest over its canonical form, which a lock file pins."""
        return self._answer.digest

    @property
    def policies(self) -> Sequence[PolicyAnswer]:
        """Its policies, in the order of the document."""
        return self._answer.policies

    def describe(self) -> PackAnswer:
        """Return what the pack is: all of its properties at once."""
        return of_text(PackAnswer, self._handle.call("describe"))

    def lint(self) -> LintAnswer:
        """Return what is allowed in a pack but unwise."""
        return of_text(LintAnswer, self._handle.call("lint"))

    def test(self) -> TestAnswer:
        """Run the pack's own tests."""
        return of_text(TestAnswer, self._handle.call("test"))

    def check(
        self,
        plan: Plan,
        *,
        unmatched: Unmatched | None = None,
        stage: str | None = None,
        threads: int | None = None,
        passes: bool | None = None,
    ) -> PlanReport:
        """Judge a plan by this pack alone. Nothing is recorded, and no actor or request is known.

        `unmatched` says what becomes of a resource that no policy matches: "deny", unless this says "allow"; `stage`
        is what policies see as `stage.name`. The answer does not depend on how many `threads` work on it; with `passes`
        it names every resource that passed.
        """
        asked = given(unmatched=unmatched, stage=stage, threads=threads, passes=passes)
        return of_text(PlanReport, self._handle.call("check", asked, handle_of(plan)))

    def __repr__(self) -> str:
        return f"PolicyPack(name={self.name!r}, version={self.version!r})"


class Plan(Handle):
    """A plan, read once, to be checked or decided on any number of times from any number of threads."""

    _instead = "read its document where it is needed"

    _handle: _native.Plan

    def __init__(self) -> None:
        raise TypeError(
            "read a plan with Plan.terraform, Plan.pulumi, Plan.kubernetes or Plan.resources, or join several with Plan.join"
        )

    @classmethod
    def _of(cls, handle: _native.Plan) -> Plan:
        plan = cls.__new__(cls)
        plan._handle = handle
        return plan

    @classmethod
    def terraform(cls, document: Json, nonce: str | None = None) -> Plan:
        """Read what `terraform show -json` (or OpenTofu's) printed. Of all that holds it, `str` and
        `bytes` are not copied. `nonce`, 64 hexadecimal digits made at random when the document was first
        seen and kept beside it, blinds the digest; without it the plan can be checked, and neither decided on nor
        admitted.
        """
        return cls._of(_native.Plan(given(format="terraform", nonce=nonce), document))

    @classmethod
    def kubernetes(cls, document: Json) -> Plan:
        """Read manifests, YAML of any number of documents or JSON, or what an admission webhook is asked. Their types are
        those of Pulumi's objects, such as `kubernetes:apps/v1:Deployment`. They can be checked only.
        """
        return cls._of(_native.Plan({"format": "kubernetes"}, document))

    @classmethod
    def pulumi(cls, document: Json, nonce: str | None = None) -> Plan:
        """Read what `pulumi preview --json` printed, or `pulumi stack export`, which can be checked only. The nonce is
        that of `Plan.terraform`.
        """
        return cls._of(_native.Plan(given(format="pulumi", nonce=nonce), document))

    @classmethod
    def resources(cls, document: Json) -> Plan:
        """Read resources that the host describes itself: `{"resources": [{"type", "address", "object", …}, …]}`.
        They can be checked only.
        """
        return cls._of(_native.Plan({"format": "resources"}, document))

    @classmethod
    def join(cls, parts: Iterable[tuple[str, Plan]]) -> Plan:
        """Join several plans into one, each under a name of its own."""
        return cls._of(_native.Plan.join([(name, handle_of(part)) for name, part in parts]))

    @cached_property
    def _answer(self) -> PlanAnswer:
        return self.describe()

    @property
    def digest(self) -> str:
        """The digest that approvals and permits bind."""
        return self._answer.digest

    @property
    def counts(self) -> PlanCounts:
        """How many resources it touches."""
        return self._answer.counts

    def describe(self) -> PlanAnswer:
        """Return what the plan proposes, in short."""
        return of_text(PlanAnswer, self._handle.call("describe"))

    def __repr__(self) -> str:
        return f"Plan(digest={self.digest!r})"
