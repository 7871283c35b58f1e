"""Settings of the `report` stage."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lexpro.config.base import Count, Model, Positive


class Settings(Model):
    examples: Count
    charges: Positive
    window: Positive
    dpi: Annotated[int, Field(ge=50, le=600)]
    note: str


class Planned(Settings):
    """With what the planner adds: the name of the experiment."""

    experiment: str
