"""Settings of the `score` stage."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from lexpro.config.base import Model


class Settings(Model):
    draws: Annotated[int, Field(ge=100)]
    confidence: Annotated[float, Field(gt=0, lt=1)]
    seed: int
