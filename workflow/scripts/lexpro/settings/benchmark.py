"""Settings of a benchmark: what of it is asked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lexpro.settings.base import Count, Model


class Settings(Model):
    tasks: list[Literal["elements", "charge", "article", "term"]] = Field(min_length=1)
    limit: Count
