"""Accept a change of a stage's code without a rerun, where it cannot alter the result.

The acceptance goes to the run's ledger (`lexpro.workflow.accepted`) and to its provenance, and
shows in the report. It covers the change as it is on disk now: another edit makes the stage run
again.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lexpro.config.base import suggestion
from lexpro.dag import frozen
from lexpro.dag.runs import Run
from lexpro.stage_names import STAGES
from lexpro.workflow import accepted, fingerprint
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, to_yaml, write_json, write_text
from lexpro.workflow.provenance import PROVENANCE, git
from lexpro.workflow.stage import lock_file


@dataclass(frozen=True)
class Acceptance:
    """The changes of a finished run that are accepted.

    Attributes:
        run: the run.
        changes: part of its code → module or package → {from, to}.
    """

    run: Run
    changes: accepted.Changes

    def lines(self) -> list[str]:
        """What is accepted, for the screen: the run, then a line for each module or package."""
        rows = [(name, change) for part in self.changes.values() for name, change in part.items()]
        width = max(len(name) for name, _ in rows)
        told = [
            f"  {name:{width}}  {one['from'] or 'absent'} -> {one['to'] or 'absent'}" for name, one in rows
        ]
        return [f"{self.run.stage}/{self.run.key}", *told]


def pending(stages: Sequence[str], key: str | None = None) -> list[Acceptance]:
    """The code changes of finished runs that nobody has accepted yet.

    Args:
        stages: names of stages.
        key: the only run of them that is meant; None: all runs of the last plan.

    Raises:
        UserError: there is no such stage or run, none is finished, or none has changed.
    """
    for stage in stages:
        if stage not in STAGES:
            raise UserError(
                f"--stage {stage}: no such stage; {suggestion(stage, STAGES)}stages: {', '.join(STAGES)}."
            )
    planned = [run for stage in stages for run in frozen.latest().runs_of(stage)]
    runs = [run for run in planned if key in (None, run.key)]
    what = f"{', '.join(stages)} {key or ''}".strip()
    if not runs:
        there = ", ".join(run.key for run in planned) or "none"
        raise UserError(
            f"no run of {what} in the last plan; there are: {there}. Run snakemake --dry-run first."
        )
    finished = [run for run in runs if run.finished]
    if not finished:
        raise UserError(f"no finished run of {what}: there is no result to keep. Run snakemake.")
    changed = [one for run in finished if any((one := _changes(run)).changes.values())]
    if not changed:
        raise UserError(f"nothing to accept: {what} was made with the code as it is, or with accepted code.")
    return changed


def _changes(run: Run) -> Acceptance:
    made = accepted.made_with(part / PROVENANCE for part in run.finished)
    if made is None:
        raise UserError(
            f"{run.stage}/{run.key}: its provenance does not state one code that it was made with. Run snakemake: it "
            "makes the run again."
        )
    now = fingerprint.code(run.stage, run.key_settings, lock_file())
    return Acceptance(run, accepted.unaccepted(made, now, accepted.entries(run.stage, run.key)))


def write(acceptances: Sequence[Acceptance], reason: str) -> None:
    """Write acceptances to the ledgers and to the provenance of the runs.

    Args:
        acceptances: what is accepted.
        reason: why it cannot alter the results.

    Raises:
        UserError: no reason is given.
    """
    if not reason.strip():
        raise UserError("--reason is empty: say why the change cannot alter the result.")
    said = {
        "who": _user(),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": git("rev-parse", "HEAD"),
        "dirty": bool(git("status", "--porcelain", "--untracked-files=no")),
        "reason": reason.strip(),
    }
    for one in acceptances:
        entry = {**one.changes, **said}
        ledger = accepted.ledger(one.run.stage, one.run.key)
        write_text(ledger, to_yaml([*accepted.entries(one.run.stage, one.run.key), entry]))
        for part in one.run.finished:
            record = read_json(part / PROVENANCE)
            write_json(part / PROVENANCE, record | {"accepted": [*record.get("accepted", []), entry]})


def _user() -> str:
    """Who accepts: as git knows them, or else the name of the account."""
    name, email = git("config", "user.name"), git("config", "user.email")
    return f"{name} <{email}>" if name and email else name or getpass.getuser()
