"""A run of a stage, and all runs of some experiments: what the planner makes and the rules read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from lexpro import hashing

PLANS = Path("results/.plan")
# The stages whose runs are split by province.
BY_PROVINCE = ("ingest", "structure")
# Settings under this key say how a stage runs (devices, logging), never what it computes: outside
# every digest.
RUNTIME = "runtime"


@dataclass(frozen=True)
class Run:
    """One run of a stage in the DAG: `results/<stage>/<key>/`."""

    stage: str
    key: str
    settings: dict
    runtime: dict
    # Input name → (stage, key) of the upstream run.
    upstream: dict[str, tuple[str, str]]
    # Provinces that the run is split by, or reads: part of the plan, not of the key.
    provinces: tuple[str, ...] = ()
    # Folder with one sub-folder of raw files a province (ingest only).
    raw: str | None = None
    experiment: str | None = None

    @property
    def out(self) -> Path:
        return Path("results") / self.stage / self.key

    @property
    def plan(self) -> Path:
        return PLANS / self.stage / self.key


@dataclass
class Dag:
    """All runs of some experiments. `experiments`: name → key of its report."""

    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    experiments: dict[str, str] = field(default_factory=dict)

    def add(self, stage: str, choice: str, settings: dict, upstream: dict[str, Run | None], **extra) -> Run:
        present = {name: (run.stage, run.key) for name, run in upstream.items() if run is not None}
        semantic = {k: v for k, v in settings.items() if k != RUNTIME}
        key = f"{choice}-{hashing.digest([stage, semantic, sorted(present.items())])}"
        run = Run(stage, key, semantic, settings.get(RUNTIME) or {}, present, **extra)
        return self.runs.setdefault((stage, key), run)

    def of(self, stage: str) -> list[Run]:
        return [run for (name, _), run in self.runs.items() if name == stage]
