"""Settings of the stage filter (config/filter/)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from lexpro.config.base import Count, Model, Positive, Share, clash, known
from lexpro.corpus.filtering.filters import FILTERS
from lexpro.datasets import registered


class Duplicates(Model):
    shingle: Annotated[int, Field(ge=2, le=30)]
    permutations: Annotated[int, Field(ge=16, le=512)]
    threshold: Annotated[float, Field(ge=0.5, le=1)]
    boilerplate: Positive


class Benchmark(Model):
    dataset: str
    fields: list[str] = Field(min_length=1)

    @field_validator("dataset")
    @classmethod
    def _registered(cls, value: str) -> str:
        return known([value], registered(), "registered in config/datasets.csv")[0]


class Settings(Model):
    filters: list[str]
    instances: list[Literal["first", "second", "retrial"]] = Field(min_length=1)
    min_chars: Count
    max_chars: Positive
    hidden_share: Share
    min_quality: Share
    duplicates: Duplicates
    masking: bool
    benchmarks: list[Benchmark]
    benchmarks_required: bool
    quota: Count
    seed: Count

    @field_validator("filters")
    @classmethod
    def _known(cls, value: list[str]) -> list[str]:
        return known(value, FILTERS, "filters")

    @model_validator(mode="after")
    def _lengths(self):
        if self.min_chars > self.max_chars:
            raise clash(
                ["min_chars", "max_chars"],
                f"min_chars ({self.min_chars}) is above max_chars ({self.max_chars}): no document is left",
            )
        return self
