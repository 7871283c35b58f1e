"""Settings of the `structure` stage: from text to sections and records."""

from __future__ import annotations

from pydantic import Field, PositiveInt

from lexpro.config.base import Minutes, Model
from lexpro.config.ingest import ProvinceRuntime


class StructureRuntime(ProvinceRuntime):
    """How the stage runs; its threads are a share of all cores, by size."""

    minutes: Minutes = 240


class Settings(Model):
    """What is structured."""

    max_chars: PositiveInt = Field(
        500000, description="Longer documents are rejected, reason too_long (characters)."
    )
    runtime: StructureRuntime = Field(default_factory=StructureRuntime, description="How the stage runs.")
