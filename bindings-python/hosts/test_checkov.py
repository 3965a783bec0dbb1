"""Checkov shows what the library says, and fails where the library fails.

`cargo xtask test` gives these tests an environment with Checkov and the wheel, and a package that panics on demand.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
from pathlib import Path
from typing import Any, Iterable, Mapping

import poundlock
import pytest

REPOSITORY = Path(__file__).parents[2]
BIN = Path(os.environ.get("POUNDLOCK_CHECKOV", REPOSITORY / "target" / "checkov-venv")) / "bin"
DRILL = REPOSITORY / "target" / "python-panic-drill" / "packages"
FIXTURES = REPOSITORY.parent / "shared" / "fixtures"

CANARY = "canary-7f3a9c51"

PACK = """\
pack: acme
version: 1.0.0
policies:
  - name: named
    description: Whatever is made has a name.
    match: { resources: ["*"] }
    validations:
      - expression: has(object.name) || has(object.bucket) || has(object.input)
        remedy: Give it a name.
    controls: [soc2/CC6.1]
    guideline: https://example.org/policies/named
  - name: identified
    description: What is made is known by its id.
    match: { resources: ["*"], actions: [create] }
    validations:
      - expression: object.id != ''
  - name: kept
    description: Nothing is deleted.
    match: { resources: ["*"], actions: [delete] }
    validations:
      - expression: resource.actions != ['delete']
  - name: grows
    description: An input grows.
    enforcement: advisory
    match: { resources: [terraform_data, acme_bucket], actions: [create, update] }
    validations:
      - expression: size(object.input) >= size(oldObject.input)
  - name: tagged
    description: Tags say who owns it.
    onUnknown: verify-after
    match: { resources: ["aws_*", acme_bucket] }
    validations:
      - expression: object.tags.owner == 'acme'
        messageExpression: "'owner is ' + object.tags.owner"
        remedy: Set the tag owner.
"""

CHARTER = """\
charter: acme
version: 1.0.0
unmatched: UNMATCHED
mode: enforce
identity: asserted
clock: { skew: 60s, maxAdvance: 90d }
requestLifetime: 24h
permitLifetime: 1h
packs:
  - { pack: acme, version: 1.0.0 }
actors:
  - { actor: planner, kind: workload }
  - { actor: alice, kind: human }
waivers: WAIVERS
tracks:
  - track: infrastructure
    moves: change
    stages:
      - stage: dev
        grants: { plan: [planner] }
        packs: [acme]
    boundaries:
      - into: dev
        refs: [refs/heads/main]
"""

WAIVER = """
  - waiver: NAME
    policy: acme/tagged
    resource: acme_bucket.NAME
    track: infrastructure
    stages: [dev]
    owner: alice
    reason: it goes away
    expires: EXPIRES
"""


def law(place: Path, pack: str = PACK, unmatched: str = "deny", waivers: str = "[]") -> Path:
    """A charter with its pack, beside each other as `poundlock init` lays them."""
    charter = place / "poundlock" / "charter.yaml"
    (charter.parent / "packs").mkdir(parents=True, exist_ok=True)
    charter.write_text(CHARTER.replace("UNMATCHED", unmatched).replace("WAIVERS", waivers))
    (charter.parent / "packs" / "acme.yaml").write_text(pack)
    charter.with_suffix(".lock").write_text(poundlock.lock({"packs": [pack]}).lock)
    return charter


def run(place: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    directory = subprocess.run(
        [BIN / "python", "-m", "poundlock.checkov", "dir"], capture_output=True, text=True, check=True
    )
    external = directory.stdout.strip()
    return subprocess.run(
        [BIN / "checkov", "--skip-download", "--external-checks-dir", external, *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LOG_LEVEL": "ERROR", "ANSI_COLORS_DISABLED": "1", **(environment or {})},
    )


Seen = dict[tuple[str, str, str], dict[str, Any]]


def scan(place: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> tuple[int, Seen]:
    """The exit code, and every result of a check of ours by file, check and resource."""
    ran = run(place, "-o", "json", *arguments, environment=environment)
    answer = json.loads(ran.stdout)
    reports = answer if isinstance(answer, list) else [answer]
    found: Seen = {}
    for report in reports:
        for records in report.get("results", {}).values():
            for record in records:
                if isinstance(record, dict) and not record["check_id"].startswith("CKV"):
                    key = (record["file_path"].lstrip("/"), record["check_id"], record["resource"])
                    assert key not in found, key
                    found[key] = record
    return ran.returncode, found


def outcomes(found: Seen) -> dict[tuple[str, str, str], str]:
    return {key: record["check_result"]["result"] for key, record in found.items()}


def expected(file: str, report: poundlock.documents.PlanReport) -> dict[tuple[str, str, str], str]:
    """What the library's own report comes to."""
    results: dict[tuple[str, str, str], str] = {}
    for passes in report.passes or ():
        for address in passes.resources:
            results[file, passes.policy, address] = "PASSED"
    for finding in report.findings:
        if finding.outcome != "pass":
            results[file, finding.subject or "poundlock.unmatched", finding.resource or ""] = "FAILED"
    return results


def plans() -> Iterable[tuple[str, bytes]]:
    """All plans at hand, but the largest."""
    for path in sorted([*FIXTURES.glob("*/*.json"), *FIXTURES.glob("*/*.json.gz")]):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        if len(content) < 1_000_000:
            yield path.name.removesuffix(".gz"), content
    for path in sorted((REPOSITORY / "examples" / "web-service").glob("plan*.json")):
        yield path.name, path.read_bytes()


def test_on_every_plan_checkov_says_what_the_library_says(tmp_path: Path) -> None:
    charter = law(tmp_path)
    engine = poundlock.Engine.load(charter)
    folder = tmp_path / "plans"
    folder.mkdir()
    own: dict[tuple[str, str, str], str] = {}
    for name, content in plans():
        (folder / name).write_bytes(content)
        try:
            own.update(expected(name, engine.check(poundlock.Plan.terraform(content), passes=True)))
        except poundlock.PoundlockError:
            # A key stands twice: Checkov cannot read it either.
            own[name, "poundlock.error", name] = "FAILED"
    # Checkov takes these for no plans.
    for encoding in ("utf-8", "utf-16"):
        part = folder / f"part-{encoding}.json"
        part.write_text('{"format_version": "1.2", "resource_changes": []}', encoding)
        own[part.name, "poundlock.error", part.name] = "FAILED"
    (folder / "no-plan.json").write_text('{"about": "resource_changes"}')
    arguments = ["-d", "plans", "--framework", "terraform_plan", "--check", "acme/*,poundlock.*"]
    code, found = scan(tmp_path, *arguments)
    assert outcomes(found) == own
    assert code == 1
    assert {"PASSED", "FAILED"} == set(own.values())
    deleted = [key for key, record in found.items() if key[1] == "acme/kept" and record]
    assert deleted, "what is to be deleted is judged"


HCL = """\
variable "owner" { default = "acme" }
variable "unset" {}
variable "off" { default = 0 }
variable "names" { default = ["x"] }
variable "settings" {
  type    = object({ tags = optional(map(string), {}) })
  default = {}
}
variable "pin" {
  default   = "CANARY"
  sensitive = true
}
locals {
  names = { first = "one" }
}
resource "acme_bucket" "plain" {
  bucket = "logs-${var.owner}-$${x}"
  input  = "abc"
  tags   = { owner = var.owner }
  versioning {
    enabled = true
  }
}
resource "acme_bucket" "guessed" {
  #checkov:skip=acme/tagged:because
  #checkov:skip=acme:because
  name = local.names.first
  tags = { owner = var.unset == "x" ? "acme" : "acme" }
}
resource "acme_bucket" "several" {
  count  = 2
  bucket = "b-${count.index}"
  tags   = { owner = count.index == 0 ? "acme" : "other" }
}
resource "acme_bucket" "maybe" {
  count = var.unset == "x" ? 1 : 0
  name  = "maybe"
  tags  = { owner = "other" }
}
resource "acme_bucket" "none" {
  count = 0
  name  = "none"
}
resource "acme_bucket" "off" {
  count = var.off
  name  = "off"
  tags  = { owner = "other" }
}
resource "acme_bucket" "each" {
  for_each = var.unset == "x" ? toset(["other"]) : toset(["acme"])
  name     = "each"
  tags     = { owner = each.key }
}
resource "acme_bucket" "listed" {
  for_each = toset(var.names)
  name     = each.key
  tags     = { owner = "acme" }
}
resource "acme_bucket" "typed" {
  name = "typed"
  tags = var.settings.tags
}
resource "acme_bucket" "pinned" {
  name = "pinned"
  tags = { owner = var.pin }
}
resource "acme_bucket" "legacy" {
  name = "legacy"
  tags = { owner = "nobody" }
}
resource "acme_bucket" "late" {
  name = "late"
  tags = { owner = "nobody" }
}
module "inner" {
  source = "./inner"
  owner  = var.owner
}
module "off" {
  source = "./inner"
  count  = 0
}
module "elsewhere" {
  source = "acme/elsewhere/acme"
}
"""

INNER = """\
variable "owner" {}
variable "other" { default = "other" }
resource "acme_bucket" "in" {
  name = "in"
  tags = { owner = var.owner }
}
resource "acme_bucket" "out" {
  name = "out"
  tags = { owner = var.other }
}
"""


def configuration(place: Path) -> None:
    (place / "inner").mkdir()
    (place / "main.tf").write_text(HCL.replace("CANARY", CANARY))
    (place / "inner" / "main.tf").write_text(INNER)
    for name in ("inner/more.tf.json", "other/more.tofu", "alone/main.tofu.json"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("{}")
    # Another root may use the same address.
    (place / "other" / "main.tf").write_text(
        'resource "acme_bucket" "plain" {\n  name = "x"\n  tags = { owner = "other" }\n}\n'
    )


def test_in_a_configuration_what_is_not_known_fails_and_waivers_alone_suppress(tmp_path: Path) -> None:
    waivers = "".join(
        WAIVER.replace("NAME", name).replace("EXPIRES", expires)
        for name, expires in [("legacy", "2999-01-01T00:00:00Z"), ("late", "2020-01-01T00:00:00Z")]
    )
    law(tmp_path, waivers=waivers)
    configuration(tmp_path)
    arguments = ["-d", ".", "--framework", "terraform", "--check", "acme/tagged,acme/named"]
    code, found = scan(tmp_path, *arguments, environment={"POUNDLOCK_STAGE": "dev"})
    assert code == 1
    tagged = {key[2]: result for key, result in outcomes(found).items() if key[1] == "acme/tagged" and key[0] != "other/main.tf"}
    each = {address: tagged.pop(address) for address in list(tagged) if address.startswith("acme_bucket.each")}
    assert tagged == {
        "acme_bucket.plain": "PASSED",
        "acme_bucket.guessed": "FAILED",
        "acme_bucket.several[0]": "FAILED",
        "acme_bucket.several[1]": "FAILED",
        "acme_bucket.maybe": "FAILED",
        "acme_bucket.off": "FAILED",
        'acme_bucket.listed["x"]': "PASSED",
        "acme_bucket.typed": "FAILED",
        "acme_bucket.pinned": "FAILED",
        "acme_bucket.legacy": "SKIPPED",
        "acme_bucket.late": "FAILED",
        "module.inner.acme_bucket.in": "PASSED",
        "module.inner.acme_bucket.out": "FAILED",
    }
    assert set(each.values()) == {"FAILED"}, "Checkov takes the second branch of a condition"
    assert outcomes(found)["other/main.tf", "acme/tagged", "acme_bucket.plain"] == "FAILED"
    # What Terraform and OpenTofu read as well, and Checkov does not.
    beside = {key[0] for key in found if key[1] == "poundlock.error" and key[0] != "main.tf"}
    assert beside == {"inner/more.tf.json", "other/more.tofu", "alone/main.tofu.json"}
    legacy = found["main.tf", "acme/tagged", "acme_bucket.legacy"]
    assert "legacy" in legacy["check_result"]["suppress_comment"]
    inner = found["inner/main.tf", "acme/tagged", "module.inner.acme_bucket.out"]
    assert inner["file_line_range"] == [7, 10]
    assert "[policy.failed]" in inner["check_name"]
    assert found["main.tf", "poundlock.error", "module.elsewhere"]
    shown = json.dumps([record["check_name"] for record in found.values()])
    assert CANARY not in shown
    # Without a stage, no waiver counts.
    _, found = scan(tmp_path, *arguments)
    assert outcomes(found)["main.tf", "acme/tagged", "acme_bucket.legacy"] == "FAILED"


def simple_plan(place: Path, after: Mapping[str, Any] | None = None, **unknown: Any) -> Path:
    """A plan that creates one bucket."""
    values = {"name": "b", "tags": {"owner": "other"}, **(after or {})}
    change = {
        "actions": ["create"],
        "before": None,
        "after": values,
        "after_unknown": unknown,
        "before_sensitive": False,
        "after_sensitive": {"secret": True},
    }
    names = {"address": "acme_bucket.b", "mode": "managed", "type": "acme_bucket", "name": "b"}
    provider = {"provider_name": "registry.example/acme/acme"}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": [{**names, **provider, "values": values}]}},
        "resource_changes": [{**names, **provider, "change": change}],
    }
    path = place / "plan.json"
    path.write_text(json.dumps(plan, indent=1))
    return path


def test_checks_are_chosen_by_id_and_severity_and_shown_in_every_format(tmp_path: Path) -> None:
    law(tmp_path)
    simple_plan(tmp_path, {"secret": CANARY, "input": CANARY})
    only_plan = ["-f", "plan.json", "--framework", "terraform_plan"]
    _, found = scan(tmp_path, *only_plan, "--skip-check", "acme/named,CKV*")
    assert {key[1] for key in found} == {"acme/identified", "acme/grows", "acme/tagged"}
    record = found["plan.json", "acme/tagged", "acme_bucket.b"]
    assert record["severity"] == "HIGH" or record["severity"]["name"] == "HIGH"
    assert "owner is other" in record["check_name"] and "Set the tag owner." in record["check_name"]
    _, found = scan(tmp_path, *only_plan, "--check", "acme/named")
    assert outcomes(found) == {("plan.json", "acme/named", "acme_bucket.b"): "PASSED"}
    assert [record["guideline"] for record in found.values()] == ["https://example.org/policies/named"]
    _, found = scan(tmp_path, *only_plan, "--check", "HIGH")
    assert "acme/grows" not in {key[1] for key in found}

    formats = [part for name in ("json", "sarif", "junitxml", "cyclonedx") for part in ("-o", name)]
    (tmp_path / "out").mkdir()
    ran = run(tmp_path, *only_plan, "--check", "acme/*", "--output-file-path", "out", *formats)
    assert ran.returncode == 1, ran.stderr
    written = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert len(written) == 4, sorted(written)
    assert CANARY not in "".join([ran.stdout, ran.stderr, *written.values()])
    sarif = json.loads(next(text for name, text in written.items() if name.endswith(".sarif")))
    results = sarif["runs"][0]["results"]
    assert {result["ruleId"] for result in results} == {"acme/identified", "acme/grows", "acme/tagged"}
    # A description of an attachment has to be more than a text, which Checkov makes of details.
    assert not any(result["attachments"] for result in results)
    levels = {result["ruleId"]: result["level"] for result in results}
    assert (levels["acme/tagged"], levels["acme/grows"]) == ("error", "note")
    junit = next(text for name, text in written.items() if "junit" in name)
    assert "acme/tagged" in junit and "owner is other" in junit

    folder = ["-d", ".", "--framework", "terraform_plan", "--check", "acme/*"]
    ran = run(tmp_path, *folder, "--create-baseline")
    assert ran.returncode == 1
    ran = run(tmp_path, *folder, "--baseline", ".checkov.baseline")
    assert ran.returncode == 0, ran.stdout


def failures(place: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What fails for the bucket of the plan, and why; Checkov's run fails as well."""
    plan = ["-f", "plan.json", "--framework", "terraform_plan", *arguments]
    code, found = scan(place, *plan, environment=environment)
    assert code == 1
    assert "PASSED" not in outcomes(found).values()
    return {key[1]: record["check_name"] for key, record in found.items()}


def test_what_goes_wrong_fails(tmp_path: Path) -> None:
    plan = simple_plan(tmp_path, tags={"owner": True})
    # No charter at all, whatever is asked for.
    for arguments in ([], ["--check", "CKV_AWS_20"], ["--skip-check", "poundlock.error"]):
        failed = failures(tmp_path, *arguments)
        assert list(failed) == ["poundlock.error"] and "[io]" in failed["poundlock.error"]
    charter = law(tmp_path)
    # A value that is not known.
    assert "[policy.deferred]" in failures(tmp_path, "--check", "acme/tagged")["acme/tagged"]
    # A stage that the charter has not.
    failed = failures(tmp_path, environment={"POUNDLOCK_STAGE": "prod"})
    assert "[charter.undeclared]" in failed["poundlock.error"]
    # A plan that the library refuses.
    plan.write_text(plan.read_text().replace('"1.2"', '"9.9"'))
    failed = failures(tmp_path, "--check", "acme/*")
    assert sorted(failed) == [f"acme/{name}" for name in ("grows", "identified", "kept", "named", "tagged")]
    assert all("[plan.format]" in why for why in failed.values())
    # A file that holds no plan at all.
    plan.write_text("")
    assert "poundlock.error" in failures(tmp_path)
    # A malformed pack.
    simple_plan(tmp_path)
    (charter.parent / "packs" / "acme.yaml").write_text("pack: acme\nversion: 1.0.0\npolicies: []\n")
    assert "[policy.empty]" in failures(tmp_path)["poundlock.error"]


def test_a_panic_fails_every_check_of_every_resource(tmp_path: Path) -> None:
    assert DRILL.is_dir(), "there is no package that panics: run the tests with `cargo xtask test`"
    law(tmp_path)
    simple_plan(tmp_path)
    # Loaded after ours, so that the next call of the library is the one that judges.
    (tmp_path / "panics").mkdir()
    (tmp_path / "panics" / "__init__.py").touch()
    (tmp_path / "panics" / "panics.py").write_text("import poundlock\npoundlock.call('panic_drill')\n")
    environment = {"PYTHONPATH": str(DRILL), "RUST_BACKTRACE": "0"}
    failed = failures(tmp_path, "--check", "acme/*", "--external-checks-dir", "panics", environment=environment)
    assert sorted(failed) == [f"acme/{name}" for name in ("grows", "identified", "kept", "named", "tagged")]
    assert all("[internal]" in why for why in failed.values())


def test_without_the_package_every_resource_fails(tmp_path: Path) -> None:
    law(tmp_path)
    simple_plan(tmp_path)
    hidden = tmp_path / "hidden" / "poundlock"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError('gone')\n")
    environment = {"PYTHONPATH": str(hidden.parent)}
    failed = failures(tmp_path, environment=environment)
    assert "gone" in failed["poundlock.error"]
