"""Settings of the `score` stage: scores with intervals over items."""

from __future__ import annotations

from pydantic import Field, PositiveInt

from lexpro.config.base import Memory, Model, Runtime
from lexpro.config.benchmark import PinnedJudgments, PinnedQuestions


class ScoreRuntime(Runtime):
    """How the stage runs."""

    mem_mb: Memory = 2000
    mem_mb_with_models: PositiveInt = Field(
        4000, description="Memory where the scorer reads models, as BERTScore does (MB)."
    )


class Settings(Model):
    """How sure a score is."""

    draws: int = Field(2000, ge=100, description="Draws of the bootstrap (count).")
    confidence: float = Field(0.95, gt=0, lt=1, description="Confidence of the intervals (share).")
    seed: int = Field(5, description="Seed of the draws.")
    runtime: ScoreRuntime = Field(default_factory=ScoreRuntime, description="How the stage runs.")


class Planned(Settings):
    """With what planning adds: the benchmark, and its settings where it reads data sets."""

    benchmark: str = Field(description="Name of the benchmark.")
    items: PinnedJudgments | PinnedQuestions | None = Field(
        None, description="What of it is scored, where it reads data sets."
    )
