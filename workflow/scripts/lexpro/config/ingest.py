"""Settings of the stage ingest (config/ingest/)."""

from __future__ import annotations

from pydantic import Field

from lexpro.config.base import Model


class FieldNames(Model):
    """Field names, the first that a record has is taken."""

    text: list[str] = Field(min_length=1)
    case_number: list[str]


class Settings(Model):
    fields: FieldNames


class Planned(Settings):
    """With what the planner adds: the folder of a user's own corpus."""

    corpus: str | None = None
