"""Settings of the `sft` stage."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lexpro.settings.base import Positive
from lexpro.settings.training import Tuning


class Settings(Tuning):
    tasks: list[Literal["elements", "charge", "article", "term"]] = Field(min_length=1)
    max_length: Positive
