"""A run of a stage, and all runs of some experiments: what the builder makes and the rules read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lexpro import hashing
from lexpro.config import load
from lexpro.config.base import Model
from lexpro.workflow import stage as stages

PLANS = Path("results/.plan")
# The stages whose runs are split by province.
BY_PROVINCE = ("ingest", "structure")
# Settings under this key say how a stage runs (devices, logging), never what it computes: outside
# every digest.
RUNTIME = "runtime"


@dataclass(frozen=True)
class Run:
    """One run of a stage in the DAG: `results/<stage>/<key>/`.

    Attributes:
        stage: name of the stage.
        key: the stage's choice, and a digest of its settings and of the keys upstream.
        settings: all of them, defaults included.
        upstream: input name → (stage, key) of the run upstream.
        provinces: those that the run is split by, or reads: part of the plan, not of the key.
        raw: folder with a sub-folder of raw files for each province (ingest only).
        experiment: name of the experiment (report only).
    """

    stage: str
    key: str
    settings: Model
    upstream: dict[str, tuple[str, str]] = field(default_factory=dict)
    provinces: tuple[str, ...] = ()
    raw: str | None = None
    experiment: str | None = None

    @property
    def out(self) -> Path:
        """The folder of its results."""
        return Path("results") / self.stage / self.key

    @property
    def plan(self) -> Path:
        """The folder of its plan."""
        return PLANS / self.stage / self.key

    @cached_property
    def key_settings(self) -> dict[str, Any]:
        """The settings that decide its result, as plain data."""
        return self.settings.model_dump(exclude={RUNTIME})

    @cached_property
    def runtime(self) -> dict[str, Any]:
        """How it runs, as plain data; empty for stages that cannot be told."""
        return self.settings.model_dump(include={RUNTIME}).get(RUNTIME, {})

    @property
    def finished(self) -> list[Path]:
        """Its folders that have a manifest: one, or one a province."""
        return stages.parts(self.out, self.provinces if self.stage in BY_PROVINCE else ())


def keyed(stage: str, choice: str, settings: Model, upstream: dict[str, Run], **more: Any) -> Run:
    """A run with its key.

    Args:
        stage: name of the stage.
        choice: the name that its key begins with.
        settings: its settings.
        upstream: input name → run.
        more: other attributes of the run.
    """
    above = {name: (run.stage, run.key) for name, run in upstream.items()}
    run = Run(stage, choice, settings, above, **more)
    digest = hashing.digest([stage, run.key_settings, sorted(above.items())])
    return Run(stage, f"{choice}-{digest}", settings, above, **more)


@dataclass
class Dag:
    """All runs of some experiments.

    Attributes:
        runs: (stage, key) → run.
        experiments: name of an experiment → key of its report.
    """

    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    experiments: dict[str, str] = field(default_factory=dict)

    def add(self, run: Run) -> Run:
        """Add a run, or return the one that is asked for the same."""
        if run.experiment:
            self.experiments[run.experiment] = run.key
        return self.runs.setdefault((run.stage, run.key), run)

    def runs_of(self, stage: str) -> list[Run]:
        """The runs of a stage."""
        return [run for (name, _), run in self.runs.items() if name == stage]

    def report_of(self, experiment: str) -> Run:
        """The run of an experiment's report."""
        return self.runs["report", self.experiments[experiment]]

    def above(self, run: Run, name: str) -> Run:
        """The upstream run of an input."""
        return self.runs[run.upstream[name]]


def to_row(run: Run) -> dict[str, Any]:
    """A run as plain data."""
    settings = {"settings": run.key_settings, RUNTIME: run.runtime}
    return {name: getattr(run, name) for name in Run.__dataclass_fields__} | settings


def from_row(row: dict[str, Any]) -> Run:
    """The inverse of `to_row`, also of its JSON."""
    row = dict(row)
    row["settings"] = load.settings(row["stage"], row["settings"], row.pop(RUNTIME))
    row["upstream"] = {name: tuple(value) for name, value in row["upstream"].items()}
    row["provinces"] = tuple(row["provinces"])
    return Run(**row)
