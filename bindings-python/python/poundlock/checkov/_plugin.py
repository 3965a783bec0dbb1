"""What Poundlock adds to a run of Checkov.

Each policy is registered as one of Checkov's checks over graphs, so that it is listed, and chosen or left out by its id or
severity. The results do not go through that machinery: it drops what is unknown, what raises, and resources that
are to be deleted, and lets comments suppress. They are added where a report over a graph is complete.
"""

from __future__ import annotations

import json
import os
import sys
from functools import wraps
from typing import Any, Callable, Iterable, Iterator, Mapping, NamedTuple

from checkov.common.bridgecrew.severities import BcSeverities, Severities
from checkov.common.checks_infra.registry import get_graph_checks_registry
from checkov.common.graph.checks_infra.base_check import BaseGraphCheck
from checkov.common.models.enums import CheckResult
from checkov.common.output.record import Record
from checkov.common.output.report import Report
from checkov.common.runners.base_runner import filter_ignored_paths
from checkov.common.util.file_utils import safe_relpath
from checkov.runner_filter import RunnerFilter
from checkov.terraform.plan_runner import Runner as PlanRunner
from checkov.terraform.runner import Runner

from .._errors import PoundlockError
from .._policy import Plan
from ._configuration import Configuration, root_of
from ._law import ERROR, Check, Law, Result

FRAMEWORKS = ("terraform", "terraform_plan")
OTHER_LANGUAGES = (".tf.json", ".tofu", ".tofu.json")
"""What Terraform or OpenTofu reads beside `.tf`, and Checkov does not."""

WORDS = [
    word.encode(encoding)
    for word in ("planned_values", "resource_changes")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
]
"""What stands in a plan, however a shell wrote it."""


class Place(NamedTuple):
    """Where a report shows a resource."""

    file: str
    lines: tuple[int, int]
    code: list[tuple[int, str]]


class Failure(NamedTuple):
    """Why there is no judging."""

    code: str
    message: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """A failure of the library's, or any other; neither quotes a value of a document."""
        if isinstance(error, PoundlockError):
            return cls(error.code, str(error))
        return cls("internal", f"{type(error).__name__} in the plugin")


class PolicyCheck(BaseGraphCheck):  # type: ignore[misc]
    """A policy in Checkov's list of checks."""

    reported = False
    """Whether a report is being made to which results are added."""

    def __init__(self, check: Check) -> None:
        super().__init__()
        self.poundlock = check
        self.id = check.id
        self.name = check.name
        self.severity = _severity(check.mandatory)
        self.guideline = check.guideline
        self.resource_types = ["*"]
        self.frameworks = list(FRAMEWORKS)
        benchmarks: dict[str, list[str]] = {}
        for control in check.controls:
            framework, _, name = control.partition("/")
            benchmarks.setdefault(framework, []).append(name)
        self.benchmarks = benchmarks

    def run(self, graph_connector: Any) -> tuple[list[Any], list[Any], list[Any]]:
        """Nothing, since the results are added to the report; a failure for every resource where they will not be."""
        return [], [] if self.reported else _resources(graph_connector), []


class Plugin:
    """The law, or why there is none, and what it says about what Checkov scans."""

    def __init__(self) -> None:
        self._law: Law | None = None
        self._failure: Failure | None = None
        try:
            self._law = Law.configured()
        except Exception as error:  # noqa: BLE001
            self._failure = Failure.of(error)
        # What fails where nothing can be judged is not to be left out by anybody.
        self._error = PolicyCheck(Check(ERROR, "Poundlock can judge", True))
        self._checks: dict[str, PolicyCheck] = {}
        if self._law is not None:
            self._checks = {check.id: PolicyCheck(check) for check in [*self._law.checks.values(), self._law.unmatched]}

    @property
    def checks(self) -> list[PolicyCheck]:
        """All checks, to be registered."""
        return [*self._checks.values(), self._error]

    def add(self, runner: Any, report: Any, root: str | None, chosen: Any) -> None:
        """Add to a report what the law says."""
        wanted = {
            check.id: check
            for check in self._checks.values()
            if chosen.should_run_check(check, report_type=runner.check_type)
        }
        reporter = Reporter(report, root, wanted, self._error)
        if runner.check_type == "terraform_plan":
            for file in runner.definitions or {}:
                self._plan(runner, reporter, str(file))
        else:
            self._configuration(runner, reporter, chosen)

    def _plan(self, runner: Any, reporter: Reporter, file: str) -> None:
        places: dict[str, Place] = {}
        for block in runner.definitions[file].get("resource", []):
            for named in block.values():
                for values in named.values():
                    lines = (_line(values, "start_line"), _line(values, "end_line"))
                    # A plan shows sensitive values in plain text, so none of its lines is shown.
                    places[values["__address__"]] = Place(file, lines, [])
        anywhere = Place(file, (1, 1), [])

        def results() -> list[Result]:
            with open(file, "rb") as content:
                return self._judge(Plan.terraform(content.read()))

        reporter.add(results, places, anywhere)

    def _configuration(self, runner: Any, reporter: Reporter, chosen: Any) -> None:
        scanned: dict[str, list[Any]] = {}
        for key in runner.definitions or {}:
            if str(key.file_path).endswith(".tf"):
                scanned.setdefault(root_of(key.file_path, key.tf_source_modules), []).append(key)
        # A configuration in several graphs is reported several times, and judged as a whole.
        if not scanned or getattr(runner, "poundlock", None) is runner.definitions:
            return
        runner.poundlock = runner.definitions
        found: dict[str, list[tuple[str, str]]] = {}
        places: dict[str, dict[str, Place]] = {}
        for graph, _ in runner.all_graphs or [(runner.graph_manager.get_reader_endpoint(), None)]:
            for vertex in _resources(graph):
                address, file = vertex["__address__"], vertex["file_path_"]
                root = root_of(file, vertex.get("source_module_object_"))
                found.setdefault(root, []).append((file, address))
                at = runner.get_entity_context_and_evaluations(vertex) or {}
                lines = (at.get("start_line", 1), at.get("end_line", 1))
                places.setdefault(root, {})[address] = Place(file, lines, at.get("code_lines", []))
        # Roots have nothing to do with each other, and may use the same addresses.
        for root, keys in scanned.items():
            configuration = Configuration(chosen.var_files or (), keys, found.get(root, ()))
            self._root(configuration, reporter, places.get(root, {}), keys[0].file_path)

    def _root(
        self, configuration: Configuration, reporter: Reporter, places: dict[str, Place], file: str
    ) -> None:
        def results() -> list[Result]:
            resources = configuration.resources()
            for resource in resources:
                places.setdefault(resource.address, Place(resource.file, resource.lines, []))
            documents = [resource.document() for resource in resources]
            judged = self._judge(Plan.resources({"resources": documents}))
            for module in configuration.unread():
                places[module.address] = Place(module.file, module.lines, [])
                message = "the module was not read, and what it holds was not judged: check the plan"
                judged.append(Result(self._error.poundlock, module.address, False, message))
            return judged

        reporter.add(results, places, Place(file, (1, 1), []))

    def _judge(self, plan: Plan) -> list[Result]:
        if self._law is None:
            raise Unjudged(self._failure or Failure("internal", "there is no law"))
        return self._law.judge(plan)

    def unreadable(self, report: Any, root: str | None, file: str) -> None:
        """Report a file that Checkov leaves out because it cannot read it."""
        message = "the file cannot be read, and what it holds was not judged"
        place = Place(file, (1, 1), [])
        reporter = Reporter(report, root, {}, self._error)
        reporter.record(Result(self._error.poundlock, os.path.basename(file), False, message), place)


class Unjudged(Exception):
    """There is no law to judge by."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.code)
        self.failure = failure


class Reporter:
    """Puts results into one of Checkov's reports."""

    def __init__(
        self, report: Any, root: str | None, wanted: Mapping[str, PolicyCheck], error: PolicyCheck
    ) -> None:
        self._report = report
        self._root = root
        self._wanted = wanted
        self._error = error

    def add(self, results: Callable[[], list[Result]], places: Mapping[str, Place], anywhere: Place) -> None:
        """Add all results that are wanted, or else one failure of every check for every resource."""
        try:
            found = results()
        except Exception as error:  # noqa: BLE001
            failure = error.failure if isinstance(error, Unjudged) else Failure.of(error)
            self._fail(failure, places, anywhere)
            return
        for result in found:
            if result.check.id in self._wanted or result.check.id == ERROR:
                self.record(result, places.get(result.address, anywhere))

    def _fail(self, failure: Failure, places: Mapping[str, Place], anywhere: Place) -> None:
        message = f"{failure.message} [{failure.code}]"
        checks = list(self._wanted.values()) or [self._error]
        for address, place in (places or {os.path.basename(anywhere.file): anywhere}).items():
            for check in checks:
                self.record(Result(check.poundlock, address, False, message), place)

    def record(self, result: Result, place: Place) -> None:
        """Add one result."""
        check = self._wanted.get(result.check.id, self._error)
        outcome: dict[str, Any] = {"result": CheckResult.FAILED, "evaluated_keys": []}
        if result.passed:
            outcome["result"] = CheckResult.PASSED
        elif result.waiver is not None:
            outcome.update(result=CheckResult.SKIPPED, suppress_comment=result.waiver)
        resource = result.address or os.path.basename(place.file)
        self._report.add_resource(f"{place.file}:{resource}")
        record = Record(
            check_id=check.id,
            check_name=_name(check.name, result.message),
            check_result=outcome,
            code_block=place.code,
            file_path=f"{os.sep}{safe_relpath(place.file, self._root)}",
            file_line_range=list(place.lines),
            resource=resource,
            evaluations=None,
            check_class=__name__,
            file_abs_path=os.path.abspath(place.file),
            resource_address=resource,
            severity=_severity(result.denies if not result.passed else result.check.mandatory),
            benchmarks=check.benchmarks,
            description=check.name,
        )
        record.set_guideline(check.guideline)
        self._report.add_record(record)


def install() -> None:
    """Register the checks, and have their results added. Checkov loads external checks several times."""
    if hasattr(Report, "poundlock"):
        return
    plugin = Plugin()
    _after(Runner, "get_graph_checks_report", plugin)
    # What comes after this one would drop resources that are to be deleted.
    _after(PlanRunner, "_get_graph_report", plugin)
    registry = get_graph_checks_registry("terraform")
    for check in plugin.checks:
        RunnerFilter.notify_external_check(check.id)
        registry.checks.append(check)
    parsing_errors = Report.add_parsing_errors

    @wraps(parsing_errors)
    def add_parsing_errors(self: Any, errors: Iterable[str]) -> None:
        files = list(errors)
        parsing_errors(self, files)
        if self.check_type in FRAMEWORKS:
            caller = sys._getframe(1).f_locals
            root = caller.get("root_folder")
            # A run names files in several ways.
            for file in sorted({os.path.realpath(it) for it in (*filter(_matters, files), *_left_out(caller))}):
                plugin.unreadable(self, root and os.path.realpath(root), file)

    Report.add_parsing_errors = add_parsing_errors
    Report.poundlock = plugin


def _left_out(caller: Mapping[str, Any]) -> Iterator[str]:
    """The files that a run ought to judge and does not read: plans in which it sees none, configurations in other languages."""
    runner, named = caller["self"], [os.path.realpath(file) for file in caller.get("files") or ()]
    excluded = caller["runner_filter"].excluded_paths
    below = () if named else _below(caller["root_folder"], excluded)
    if runner.check_type == "terraform_plan":
        read = {os.path.realpath(file) for file in runner.definitions or ()}
        yield from (file for file in named if file.endswith(".json") and file not in read and _matters(file))
        for file in below:
            if file.endswith(".json") and os.path.realpath(file) not in read and _is_plan(file):
                yield file
        return
    folders = {os.path.dirname(key.file_path) for key in runner.definitions or ()}
    beside = (file for folder in folders for file in _below(folder, excluded, deep=False))
    yield from (file for file in (*below, *beside) if file.endswith(OTHER_LANGUAGES))


def _below(root: str, excluded: list[str] | None, deep: bool = True) -> Iterator[str]:
    """The files of a folder that a run does not leave out by their names."""
    for folder, folders, files in os.walk(root):
        filter_ignored_paths(folder, folders, excluded)
        filter_ignored_paths(folder, files, excluded)
        yield from (os.path.join(folder, file) for file in files)
        if not deep:
            return


def _after(runner: Any, name: str, plugin: Plugin) -> None:
    """Have the results added to what a method of a runner reports."""
    original = getattr(runner, name)

    @wraps(original)
    def report(self: Any, root_folder: Any, runner_filter: Any, *rest: Any, **named: Any) -> Any:
        PolicyCheck.reported = True
        found = original(self, root_folder, runner_filter, *rest, **named)
        plugin.add(self, found, root_folder, runner_filter)
        return found

    setattr(runner, name, report)


def _resources(graph: Any) -> list[Any]:
    """The resources in a graph of either library that Checkov uses."""
    nodes = graph.nodes()
    vertices = [vertex for _, vertex in nodes(data=True)] if hasattr(nodes, "data") else [it[1] for it in nodes]
    return [vertex for vertex in vertices if vertex.get("block_type_") == "resource"]


def _line(values: Mapping[str, Any], name: str) -> int:
    """A line of a plan, which Checkov counts from 0."""
    found = values.get(name)
    return found[0] + 1 if isinstance(found, list) and found and isinstance(found[0], int) else 1


def _matters(file: str) -> bool:
    """Whether a file that cannot be read is one that would have been judged: JSON may be anything."""
    if not file.endswith(".json"):
        return True
    try:
        with open(file, "rb") as content:
            text = content.read()
    except OSError:
        return True
    return not text.strip() or any(word in text for word in WORDS)


def _is_plan(file: str) -> bool:
    """Whether a file that Checkov takes for nothing of ours is a plan, if only a part of one."""
    if not _matters(file):
        return False
    try:
        with open(file, "rb") as content:
            document = json.load(content)
    except (OSError, ValueError):
        return True
    return isinstance(document, dict) and ("planned_values" in document or "resource_changes" in document)


def _name(description: str, message: str) -> str:
    if not message:
        return description
    return message if message.startswith(description) else f"{description}: {message}"


def _severity(denies: bool) -> Any:
    return Severities[BcSeverities.HIGH if denies else BcSeverities.LOW]
