"""How long `poundlock check` takes over a large plan with a hundred policies, beside Checkov with one custom check.

    beside_checkov.py CHECKOV POUNDLOCK [PLAN]

CHECKOV and POUNDLOCK are the two commands; PLAN is what `terraform show -json` printed, and if none is named, 10,003
resources made of those of examples/web-service. Checkov judges it once and Poundlock five times, in turn before and
after, and the worst of Poundlock's counts.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESOURCES = 10_003
POLICIES = 100
EXAMPLE = Path(__file__).parents[2] / "examples" / "web-service" / "plan.json"

CUSTOM = """\
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck


class Tagged(BaseResourceCheck):
    def __init__(self):
        super().__init__("Everything is tagged", "CKV_ACME_1", [CheckCategories.CONVENTION], ["*"])

    def scan_resource_conf(self, conf):
        return CheckResult.PASSED if conf.get("tags") else CheckResult.FAILED


check = Tagged()
"""


def large_plan() -> bytes:
    """The example's resources, again and again under other names."""
    plan = json.loads(EXAMPLE.read_bytes())
    changes = plan["resource_changes"]
    planned = {it["address"]: it for it in plan["planned_values"]["root_module"]["resources"]}
    changes = [change for change in changes if change["address"] in planned]
    many, values = [], []
    for number in range(RESOURCES):
        change = copy.deepcopy(changes[number % len(changes)])
        resource = copy.deepcopy(planned[change["address"]])
        for named in (change, resource):
            named["name"] = f"{named['name']}_{number}"
            named["address"] = f"{named['type']}.{named['name']}"
        many.append(change)
        values.append(resource)
    plan["resource_changes"] = many
    plan["planned_values"]["root_module"] = {"resources": values}
    plan["configuration"]["root_module"] = {}
    plan.pop("prior_state", None)
    plan.pop("relevant_attributes", None)
    return json.dumps(plan, separators=(",", ":")).encode()


def hundred() -> str:
    """A pack with so many policies, each about every resource."""
    rules = [
        "has(object.tags) || resource.name != 'no-{0}'",
        "!has(object.acl) || object.acl == 'private'",
        "resource.name.size() < {0} + 200",
        "!has(object.name) || object.name != 'forbidden-{0}'",
        "!has(object.tags) || object.tags == null || !('drop-{0}' in object.tags)",
    ]
    policies = [
        f"  - name: rule-{number}\n    description: Rule {number} holds.\n"
        f'    match: {{ resources: ["*"] }}\n'
        f'    validations: [{{ expression: "{rules[number % len(rules)].format(number)}" }}]\n'
        for number in range(POLICIES)
    ]
    # The same expression twice in a pack is no mistake, as long as it is not twice in one policy.
    return "pack: hundred\nversion: 1.0.0\npolicies:\n" + "".join(policies)


def measured(command: list[str], folder: Path) -> tuple[float, float]:
    """The seconds that a command takes, and its largest memory in MiB, of it and of what it starts."""
    began = time.monotonic()
    with open(folder / "out.txt", "wb") as out:
        child = subprocess.Popen(command, cwd=folder, stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1):
        sys.exit(f"{command[0]} ended with {code}: {(folder / 'out.txt').read_text()[-2000:]}")
    return time.monotonic() - began, usage.ru_maxrss / 1024


def main(checkov: str, poundlock: str, plan: str | None) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        content = Path(plan).read_bytes() if plan else large_plan()
        (folder / "plan.json").write_bytes(content)
        (folder / "hundred.yaml").write_text(hundred())
        (folder / "custom").mkdir()
        (folder / "custom" / "__init__.py").touch()
        (folder / "custom" / "tagged.py").write_text(CUSTOM)
        count = len(json.loads(content)["resource_changes"])
        print(f"{count} resources in {len(content) / 1e6:.1f} MB")
        ours = [str(Path(poundlock).resolve()), "check", "--plan", "plan.json", "--pack", "hundred.yaml"]
        theirs = [str(Path(checkov).absolute()), "-f", "plan.json", "--framework", "terraform_plan"]
        theirs += ["--skip-download", "--external-checks-dir", "custom", "--check", "CKV_ACME_1", "-o", "json"]
        turns = [measured(ours, folder) for _ in range(3)]
        seconds, memory = measured(theirs, folder)
        turns += [measured(ours, folder) for _ in range(2)]
        slowest, largest = max(turn[0] for turn in turns), max(turn[1] for turn in turns)
        print(f"poundlock check, {POLICIES} policies: {slowest:.2f} s, {largest:.0f} MiB")
        print(f"checkov, one custom check: {seconds:.1f} s, {memory:.0f} MiB")
        print(f"{seconds / slowest:.0f} times faster, {largest / memory:.3f} of the memory")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else None)
