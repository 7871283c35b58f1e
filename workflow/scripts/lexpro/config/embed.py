"""Settings of the `embed` stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lexpro.config.base import Count, Model, Positive, Runtime, Share


class Prompts(Model):
    query: str = ""
    document: str = ""


class Contrastive(Model):
    """Training on what cases cite: the same for an embedder made here and for one fine-tuned
    here.
    """

    batch_size: Positive
    negatives: Count
    hard_negatives: Count
    scale: Annotated[float, Field(gt=0)]
    learning_rate: Annotated[float, Field(gt=0)]
    seed: Count


class Static(Contrastive):
    kind: Literal["static"]
    dimension: Positive
    vocabulary: Annotated[int, Field(ge=100)]
    epochs: Count
    max_steps: Positive
    runtime: Runtime = Runtime()


class Pretrained(Model):
    kind: Literal["pretrained"]
    model: str = Field(min_length=1)
    revision: str | None
    max_length: Positive
    batch_size: Positive
    prompts: Prompts
    runtime: Runtime = Runtime()


class Training(Contrastive):
    epochs: Positive
    warmup: Share
    weight_decay: Annotated[float, Field(ge=0)]
    gradient_checkpointing: bool


class Tuned(Pretrained):
    kind: Literal["tuned"]
    training: Training


Settings = Annotated[Static | Pretrained | Tuned, Field(discriminator="kind")]
