"""Data that planned runs need: what is missing here is told before any job."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro import datasets
from lexpro.config.benchmark import Questions
from lexpro.config.corpus import Dataset
from lexpro.config.knowledge import Statutes
from lexpro.dag import experiment
from lexpro.dag.compose import SettingError, located
from lexpro.dag.runs import Dag
from lexpro.statutes import collection
from lexpro.workflow.errors import UserError


def check_data(dag: Dag) -> None:
    """Check that the data sets of all runs that are still to be made are on this machine.

    Raises:
        UserError: some are missing; the message names each, and who needs it.
    """
    needed: dict[str, str] = {}
    for run in dag.runs_of("score"):
        if items := run.settings.items:
            tables = items.tables if isinstance(items, Questions) else []
            needed |= dict.fromkeys(
                [*items.data.values(), *tables], f"the benchmark {run.settings.benchmark}"
            )
    # A corpus that is here already needs its data sets no more.
    for run in dag.runs_of("corpus"):
        if isinstance(run.settings, Dataset) and not run.finished:
            needed |= dict.fromkeys(run.settings.datasets, f"the corpus {run.key}")
    missing = []
    for name, who in needed.items():
        try:
            datasets.at_hand(datasets.find(name))
        except UserError as error:
            missing.append(f"{who} needs the data set {name}: {error}")
    if missing:
        raise UserError("\n  ".join(["data are missing:", *missing]))


def check_statutes(names: Sequence[str], overrides: Sequence[str]) -> None:
    """Check that the folders of statutes of some experiments are there.

    Raises:
        UserError: one is not; the message names the file that states it.
    """
    for name in names:
        knowledge = experiment.read(name, overrides).settings["knowledge"]
        try:
            if isinstance(knowledge, Statutes):
                collection.locate(knowledge.path)
        except UserError as error:
            wrong = SettingError("knowledge.path", str(error).removeprefix("knowledge.path: "))
            raise located([wrong.problem], name, tuple(overrides)) from error
