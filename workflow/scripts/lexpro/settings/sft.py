"""Settings of the `sft` stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lexpro.settings.base import Positive
from lexpro.settings.training import NotNegative, Tuning


class Settings(Tuning):
    tasks: list[Literal["elements", "charge", "article", "term"]] = Field(min_length=1)
    # How many times an epoch sees each task's examples; 1 where nothing is said.
    weights: dict[Literal["elements", "charge", "article", "term"], NotNegative]
    max_length: Positive
    packing: bool
