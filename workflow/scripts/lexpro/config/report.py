"""Settings of the `report` stage."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt, PositiveInt

from lexpro.config.base import Memory, Model, Runtime


class ReportRuntime(Runtime):
    """How the stage runs."""

    mem_mb: Memory = 2000


class Settings(Model):
    """What the page of an experiment shows."""

    examples: NonNegativeInt = Field(
        3,
        description=(
            "Worked examples (count): one without a mistake, the others at even steps over those with one, from "
            "better to worse."
        ),
    )
    charges: PositiveInt = Field(
        30, description="Most frequent charges in the figure of provinces and charges (count)."
    )
    window: PositiveInt = Field(
        15, description="Log entries in the running mean of the training curves (count)."
    )
    dpi: int = Field(150, ge=50, le=600, description="Resolution of the PNG figures (dots per inch).")
    note: str = Field(
        "", description="A sentence of the experiment's own for the box at the top of its page."
    )
    runtime: ReportRuntime = Field(default_factory=ReportRuntime, description="How the stage runs.")


class Planned(Settings):
    """With what planning adds: the name of the experiment."""

    experiment: str = Field(description="Name of the experiment.")
