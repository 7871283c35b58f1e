"""Settings of the `score` stage."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lexpro.config.base import Model
from lexpro.config.benchmark import PinnedJudgments, PinnedQuestions


class Settings(Model):
    draws: Annotated[int, Field(ge=100)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    seed: int


class Planned(Settings):
    """With what the planner adds: the benchmark, and its settings where it reads data sets."""

    benchmark: str
    items: PinnedJudgments | PinnedQuestions | None = None
