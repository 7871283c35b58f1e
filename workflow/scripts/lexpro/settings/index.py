"""Settings of the `index` stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lexpro.settings.base import Model, Positive, Runtime, Share


class Settings(Model):
    tokenizer: Literal["bigrams", "words"]
    k1: Annotated[float, Field(ge=0)]
    b: Share
    max_neighbors: Annotated[int, Field(ge=2)]
    ef_construction: Positive
    ef_search: Positive
    rankings: list[Literal["bm25", "dense", "cases"]] = Field(min_length=1)
    voters: Positive
    votes_weight: Annotated[float, Field(ge=0)]
    rrf_k: Positive
    recall_queries: Positive
    runtime: Runtime = Runtime()
