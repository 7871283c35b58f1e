"""Settings of the `embed` stage: texts of articles and cases as vectors."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt

from lexpro.config.base import Gpus, Memory, Minutes, Model, Runtime, Share, Threads


class EmbedRuntime(Runtime, Gpus):
    """How the small embedder is trained."""


class EncoderRuntime(EmbedRuntime):
    """One GPU; 0 computes on the processor."""

    gpus: NonNegativeInt = Field(1, description="GPUs of one node (count).")
    threads: Threads = 8
    mem_mb: Memory = 32000
    minutes: Minutes = 240


class TuningRuntime(EncoderRuntime):
    """How an embedder is fine-tuned."""

    mem_mb: Memory = 64000
    minutes: Minutes = 720


class Prompts(Model):
    """What is put before a text, for models that were trained so."""

    query: str = Field("", description="Put before a query.")
    document: str = Field("", description="Put before a document.")


# Training on what cases cite, of an embedder made here and of one fine-tuned here.
BatchSize = Annotated[PositiveInt, Field(description="Cases of a step (count).")]
Negatives = Annotated[
    NonNegativeInt,
    Field(description="Articles drawn for each step, besides those that its cases cite (count)."),
]
HardNegatives = Annotated[
    NonNegativeInt, Field(description="Articles of the same chapter drawn for each of those (count).")
]
Scale = Annotated[
    PositiveFloat,
    Field(description="Factor of the cosine before the softmax: the inverse of its temperature."),
]
LearningRate = Annotated[PositiveFloat, Field(description="Peak learning rate.")]
Seed = Annotated[NonNegativeInt, Field(description="Seed of the initial vectors and of what is drawn.")]


class Static(Model):
    """A small embedder trained here on the training split: a vector for each token."""

    kind: Literal["static"] = Field(description="The embedder is trained here.")
    dimension: PositiveInt = Field(128, description="Length of a vector (numbers).")
    vocabulary: int = Field(8000, ge=100, description="Tokens of the tokenizer, at most (count).")
    epochs: NonNegativeInt = Field(12, description="Passes over the training cases (count).")
    max_steps: PositiveInt = Field(
        400, description="Steps in all, at most: with more cases each is seen less often (steps)."
    )
    batch_size: BatchSize = 64
    negatives: Negatives = 256
    hard_negatives: HardNegatives = 8
    scale: Scale = 20.0
    learning_rate: LearningRate = 0.01
    seed: Seed = 1
    runtime: EmbedRuntime = Field(default_factory=EmbedRuntime, description="How the stage runs.")


class Pretrained(Model):
    """A pretrained embedder, as it is."""

    kind: Literal["pretrained"] = Field(description="The embedder is used as it is.")
    model: str = Field(
        min_length=1, description="Id on the Hugging Face hub, or a local folder ($VARIABLES are expanded)."
    )
    revision: str | None = Field(
        None,
        description="Commit on the hub; null for a local folder, which the hash of its files identifies.",
    )
    max_length: PositiveInt = Field(1024, description="Longest input (tokens); what is beyond is cut.")
    batch_size: PositiveInt = Field(32, description="Texts of a batch when encoding (count).")
    prompts: Prompts = Field(
        default_factory=Prompts, description="What is put before a query and before a document."
    )
    runtime: EncoderRuntime = Field(default_factory=EncoderRuntime, description="How the stage runs.")


class Training(Model):
    """Fine-tuning: facts come nearer to the articles that courts cited for them."""

    epochs: PositiveInt = Field(2, description="Passes over the training cases (count).")
    batch_size: BatchSize = 16
    negatives: Negatives = 32
    hard_negatives: HardNegatives = 2
    scale: Scale = 50.0
    learning_rate: LearningRate = 1e-5
    warmup: Share = Field(0.1, description="Steps in which the learning rate rises (share).")
    weight_decay: NonNegativeFloat = Field(0.01, description="Decay of the weights.")
    gradient_checkpointing: bool = Field(
        True, description="Recompute activations instead of keeping them: less memory, a third slower."
    )
    seed: Seed = 1


class Tuned(Pretrained):
    """A pretrained embedder, fine-tuned here."""

    kind: Literal["tuned"] = Field(description="The embedder is fine-tuned here.")
    training: Training = Field(default_factory=Training, description="The fine-tuning.")
    runtime: TuningRuntime = Field(default_factory=TuningRuntime, description="How the stage runs.")


Settings = Annotated[Static | Pretrained | Tuned, Field(discriminator="kind")]
