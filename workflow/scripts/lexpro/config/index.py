"""Settings of the `index` stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lexpro.config.base import Model, Positive, Runtime, Share

Weight = Annotated[float, Field(ge=0)]


class Weights(Model):
    bm25: Weight
    dense: Weight
    cases: Weight
    charges: Weight = 0.0

    @model_validator(mode="after")
    def _some(self):
        if not any(dict(self).values()):
            raise ValueError(f"all weights are 0: nothing is searched; give one to {', '.join(dict(self))}")
        return self


class Reranker(Model):
    model: str = Field(min_length=1)
    revision: str | None
    max_length: Positive
    batch_size: Positive
    depth: Positive


class Server(Model):
    host: str = Field(min_length=1)
    port: Annotated[int, Field(ge=0, le=65535)]


class Settings(Model):
    tokenizer: Literal["bigrams", "words"]
    k1: Annotated[float, Field(ge=0)]
    b: Share
    max_neighbors: Annotated[int, Field(ge=2)]
    ef_construction: Positive
    ef_search: Positive
    weights: Weights
    voters: Positive
    rrf_k: Positive
    query: Literal["facts", "charges"]
    reranker: Reranker | None
    server: Server | None
    recall_queries: Positive
    runtime: Runtime = Runtime()
