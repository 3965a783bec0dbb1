"""Poundlock's policies as checks of Checkov.

    export POUNDLOCK_CHARTER=poundlock/charter.yaml
    checkov -f plan.json --skip-download --external-checks-dir "$(python -m poundlock.checkov dir)"

Every policy of the charter's packs becomes a check with the id `pack/policy`, over Terraform plans and over
configurations. `POUNDLOCK_CHARTER` names the charter, `poundlock/charter.yaml` unless it is set, and `POUNDLOCK_STAGE`
the stage whose packs and waivers count; without it, all packs do and no waiver.

A plan is read by the library itself, with what was there before and what is not known yet; in a configuration, whatever
is more than a literal, a variable or a local value is unknown. What is unknown has failed, and so has everything where
anything goes wrong.

>>> directory().name
'external'
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["directory"]


def directory() -> Path:
    """Return the directory to hand to Checkov as `--external-checks-dir`."""
    return Path(__file__).resolve().parent / "external"
