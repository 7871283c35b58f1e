"""The ledger of accepted code changes: edits that cannot alter a result, accepted without a rerun.

`results/.accepted/<stage>/<key>.yaml` lists the acceptances of a run; `lexpro accept` adds to it:

    - modules: {lexpro.rewards.charge: {from: 3f2a91c01b22d0aa, to: 9c41ab0077e2f310}}
      packages: {}
      who: Li Lei <li@example.org>
      when: 2026-11-29T10:00:00+00:00
      commit: 6a51490…
      dirty: false
      reason: a variable has another name

If the entries lead from the code of the finished run to the code of today, planning writes the old
code into `code.yaml`: Snakemake sees no change. A job checks its code by the same ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lexpro.workflow.files import read_json, read_yaml

LEDGERS = Path("results/.accepted")
# The parts of a code fingerprint.
PARTS = ("modules", "packages")

# A code fingerprint: part → name → hash or version.
Code = dict[str, dict[str, str]]
# Part → name → {"from": hash or None, "to": hash or None}.
Changes = dict[str, dict[str, dict[str, str | None]]]


def ledger(stage: str, key: str) -> Path:
    """The ledger of a run."""
    return LEDGERS / stage / f"{key}.yaml"


def entries(stage: str, key: str) -> list[dict]:
    """What has been accepted for a run, oldest first."""
    path = ledger(stage, key)
    return read_yaml(path) if path.is_file() else []


def changes(before: Code, after: Code) -> Changes:
    """The modules and packages in which two fingerprints differ; None: one has no such name."""
    return {
        part: {
            name: {"from": before[part].get(name), "to": after[part].get(name)}
            for name in sorted(before[part].keys() | after[part].keys())
            if before[part].get(name) != after[part].get(name)
        }
        for part in PARTS
    }


def _leads(steps: Iterable[dict], before: str | None, after: str | None) -> bool:
    """Whether steps {from, to} lead from one hash to the other."""
    reached, steps = {before}, list(steps)
    while following := {step["to"] for step in steps if step["from"] in reached} - reached:
        reached |= following
    return after in reached


def _is_accepted(ledgered: list[dict], part: str, name: str, change: dict) -> bool:
    steps = (entry[part][name] for entry in ledgered if name in entry[part])
    return _leads(steps, change["from"], change["to"])


def unaccepted(before: Code, after: Code, ledgered: list[dict]) -> Changes:
    """The changes between two fingerprints that the ledger does not accept.

    Args:
        before: the code that a run was made or planned with.
        after: the code as it is now.
        ledgered: entries of the run's ledger.
    """
    return {
        part: {name: one for name, one in differing.items() if not _is_accepted(ledgered, part, name, one)}
        for part, differing in changes(before, after).items()
    }


def applied(before: Code, after: Code, ledgered: list[dict]) -> list[dict]:
    """The entries of a ledger that name a module or a package in which two fingerprints differ.

    Args:
        before: the code that a run was made or planned with.
        after: the code as it is now.
        ledgered: entries of the run's ledger.

    Returns:
        Those entries, in the order of the ledger.
    """
    changed = changes(before, after)
    return [entry for entry in ledgered if any(entry[part].keys() & changed[part].keys() for part in PARTS)]


def as_made(made: Code, now: Code, ledgered: list[dict]) -> Code:
    """The code as it is now, with accepted changes undone: what Snakemake is to compare.

    Args:
        made: the code that the finished run was made with.
        now: the code as it is now.
        ledgered: entries of the run's ledger.
    """
    changed, left = changes(made, now), unaccepted(made, now, ledgered)
    seen: Code = {}
    for part in PARTS:
        undone = {name: one["from"] for name, one in changed[part].items() if name not in left[part]}
        seen[part] = {
            name: value for name, value in sorted((now[part] | undone).items()) if value is not None
        }
    return seen


def made_with(provenances: Iterable[Path]) -> Code | None:
    """The code that a finished run was made with, as its provenance states it.

    Args:
        provenances: files of the run, one, or one a province.

    Returns:
        None where there is no provenance, or where the provinces were made with different code.
    """
    stated = [read_json(path) for path in provenances]
    codes = [{part: one.get(part) for part in PARTS} for one in stated]
    if not codes or any(code != codes[0] or None in code.values() for code in codes):
        return None
    return codes[0]
