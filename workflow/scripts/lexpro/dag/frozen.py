"""The plan on disk: the main process freezes it, jobs thaw it and never compose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lexpro import hashing
from lexpro.dag import plan_files
from lexpro.dag.runs import PLANS, Dag, from_row, to_row
from lexpro.workflow import fingerprint
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, write_json
from lexpro.workflow.stage import StaleCheckout, lock_file

PREFIX = "dag-"


def _path(names: Sequence[str], overrides: Sequence[str]) -> Path:
    return PLANS / f"{PREFIX}{hashing.digest([list(names), list(overrides)])}.json"


def freeze(names: Sequence[str], overrides: Sequence[str]) -> Dag:
    """Plan the experiments and write the plan: `results/.plan/<stage>/<key>/` and the DAG.

    Args:
        names: files in `config/experiment/`.
        overrides: changes on top of all of them.

    Raises:
        UserError: a setting is wrong, or data are missing.
    """
    # Not above: jobs, which only thaw, would spend half a second on it.
    from lexpro.dag import builder, requirements

    dag = builder.build(names, overrides)
    requirements.check_statutes(names, overrides)
    requirements.check_data(dag)
    lock = lock_file()
    for run in dag.runs.values():
        plan_files.write(run, lock)
    plan_files.write_pages(lock)
    fingerprint.remember()
    write_json(_path(names, overrides), [to_row(run) for run in dag.runs.values()])
    return dag


def _read(path: Path) -> Dag:
    dag = Dag()
    for row in read_json(path):
        dag.add(from_row(row))
    return dag


def thaw(names: Sequence[str], overrides: Sequence[str]) -> Dag:
    """Read the DAG as the main process planned it.

    Raises:
        StaleCheckout: that plan is gone.
    """
    path = _path(names, overrides)
    if not path.is_file():
        raise StaleCheckout(f"{path} is gone, which the workflow was planned in. Run snakemake again.")
    return _read(path)


def latest() -> Dag:
    """The DAG that was planned last.

    Raises:
        UserError: nothing has been planned yet.
    """
    plans = sorted(PLANS.glob(f"{PREFIX}*.json"), key=lambda path: path.stat().st_mtime_ns)
    if not plans:
        raise UserError(f"{PLANS} holds no plan. Run snakemake --dry-run first.")
    return _read(plans[-1])
