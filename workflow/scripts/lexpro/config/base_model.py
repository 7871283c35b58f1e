"""Settings of the `base_model` stage: trained here from nothing, or a pretrained one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lexpro.config.base import Model, Positive, Runtime, clash
from lexpro.config.training import Optimized


class Scratch(Optimized):
    kind: Literal["scratch"]
    vocab_size: Annotated[int, Field(ge=512)]
    tokenizer_texts: Positive
    hidden_size: Positive
    layers: Positive
    heads: Positive
    intermediate_size: Positive
    max_position: Positive
    init_std: Annotated[float, Field(gt=0, lt=1)]
    block_size: Positive
    copies: Positive

    @model_validator(mode="after")
    def _shape(self):
        if self.hidden_size % (2 * self.heads):
            raise clash(
                ["hidden_size", "heads"],
                f"hidden_size {self.hidden_size} is not a multiple of 2 x heads ({self.heads})",
            )
        return self


class Pretrained(Model):
    kind: Literal["pretrained"]
    id: str | None = None
    revision: str | None = None
    path: str | None = None
    runtime: Runtime = Field(default_factory=Runtime)

    @model_validator(mode="after")
    def _one(self):
        if bool(self.id) == bool(self.path):
            raise clash(["id", "path"], "id (of the hub) and path (a folder) exclude each other: give one")
        if self.id and not self.revision:
            raise clash(
                ["revision"],
                "revision is missing: a model of the hub is pinned to a commit, or it may change",
            )
        return self


Settings = Annotated[Scratch | Pretrained, Field(discriminator="kind")]
