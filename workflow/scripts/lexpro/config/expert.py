"""Settings of the `expert` stage: which ratings are read, and how sure the numbers are."""

from __future__ import annotations

from pydantic import Field

from lexpro.config.base import Memory, Model, Runtime


class ExpertRuntime(Runtime):
    """How the stage runs."""

    mem_mb: Memory = 2000
    minutes: int = Field(20, gt=0, description="Time limit (minutes).")


class Settings(Model):
    """The ratings of legal experts."""

    ratings: str | None = Field(
        None,
        description=(
            "Folder of exported ratings (CSV, JSON lines), or one such file; null: nobody has rated, and the stage "
            "does not run."
        ),
    )
    draws: int = Field(1000, ge=100, description="Draws of the bootstrap (count).")
    confidence: float = Field(0.95, gt=0, lt=1, description="Confidence of the intervals (share).")
    seed: int = Field(12, description="Seed of the draws.")
    runtime: ExpertRuntime = Field(default_factory=ExpertRuntime, description="How the stage runs.")
