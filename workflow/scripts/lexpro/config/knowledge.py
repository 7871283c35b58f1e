"""Settings of the `knowledge` stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lexpro.config.base import Model


class Embedded(Model):
    kind: Literal["facts"]


class Statutes(Model):
    kind: Literal["statutes"]
    path: str = Field(min_length=1)
    include: list[str] = Field(min_length=1)
    older: list[str]
    charge_lists: list[str]
    interpretations: list[str]
    guideline: str | None
    thresholds: str | None


Settings = Annotated[Embedded | Statutes, Field(discriminator="kind")]
