"""Settings of the `base_model` stage: trained here from nothing, or pretrained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveInt, model_validator

from lexpro.config.base import Memory, Minutes, Model, Runtime, Threads, clash
from lexpro.config.training import (
    Betas,
    GlobalBatch,
    LearningRate,
    MaxSteps,
    Schedule,
    Seed,
    Supervised,
    TrainingRuntime,
    Warmup,
    WeightDecay,
)


class ScratchRuntime(TrainingRuntime):
    """How the model is trained and watched."""

    mem_mb: Memory = 4000

    @model_validator(mode="after")
    def _one_process(self):
        for name in ("processes", "nodes"):
            if getattr(self, name) > 1:
                raise clash([name], f"{name} is {getattr(self, name)}, but one process trains the base model")
        return self


class FromScratch(Supervised):
    """A Qwen2 and its tokenizer, trained here from the documents of the training split."""

    kind: Literal["scratch"] = Field(description="The model is trained here.")
    vocab_size: int = Field(
        2400,
        ge=512,
        description="Tokens, the 256 bytes included (count). Small: what has to be copied is one token a character.",
    )
    tokenizer_texts: PositiveInt = Field(
        4000, description="Documents, and as many conversations, that the tokenizer is trained on (count)."
    )
    hidden_size: PositiveInt = Field(192, description="Width of a layer; a multiple of 2 x heads.")
    layers: PositiveInt = Field(3, description="Layers (count).")
    heads: PositiveInt = Field(
        3, description="Attention heads (count); few wide ones are fast on a processor."
    )
    intermediate_size: PositiveInt = Field(512, description="Width of the feed-forward part.")
    max_position: PositiveInt = Field(2048, description="Longest sequence of the model (tokens).")
    init_std: float = Field(0.02, gt=0, lt=1, description="Standard deviation of the initial weights.")
    block_size: PositiveInt = Field(512, description="Length of a packed training sequence (tokens).")
    copies: PositiveInt = Field(
        2,
        description=(
            "Times that each document stands in a row (count): the second time every token can be copied, by "
            "which a small model learns to copy."
        ),
    )
    optimizer: Literal["adamw", "muon"] = Field(
        "muon",
        description=(
            "Optimiser; muon orthogonalises whole weight matrices (no DeepSpeed, no FSDP; learns to copy in "
            "half the steps), and leaves embeddings and norms to AdamW."
        ),
    )
    learning_rate: LearningRate = 1e-2
    schedule: Schedule = "cosine_with_min_lr"
    schedule_options: dict[str, float] = Field(
        default_factory=lambda stated: (
            {"min_lr_rate": 0.1} if stated.get("schedule") == "cosine_with_min_lr" else {}
        ),
        description=(
            "Options of the schedule: num_cycles (cosine, cosine_with_min_lr), min_lr or min_lr_rate "
            "(cosine_with_min_lr; default: min_lr_rate 0.1)."
        ),
    )
    warmup: Warmup = 0.1
    weight_decay: WeightDecay = 0.1
    betas: Betas = Field(default_factory=lambda: [0.9, 0.95])
    max_steps: MaxSteps = 300
    global_batch_size: GlobalBatch = 4
    seed: Seed = 7
    runtime: ScratchRuntime = Field(
        default_factory=ScratchRuntime, description="How it is computed and watched."
    )

    @model_validator(mode="after")
    def _shape(self):
        if self.hidden_size % (2 * self.heads):
            raise clash(
                ["hidden_size", "heads"],
                f"hidden_size {self.hidden_size} is not a multiple of 2 x heads ({self.heads})",
            )
        return self


class PretrainedRuntime(Runtime):
    """How the model is fetched."""

    threads: Threads = 4
    mem_mb: Memory = 16000
    minutes: Minutes = 240


class Pretrained(Model):
    """A model of the Hugging Face hub, or of a local folder."""

    kind: Literal["pretrained"] = Field(description="The model is read from the hub or a folder.")
    id: str | None = Field(None, description="Name on the hub; null: `path`.")
    revision: str | None = Field(None, description="Commit on the hub that `id` is pinned to.")
    path: str | None = Field(
        None,
        description=(
            "Folder with config.json, tokenizer and *.safetensors, for machines without internet; null: `id`."
        ),
    )
    runtime: PretrainedRuntime = Field(default_factory=PretrainedRuntime, description="How the stage runs.")

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


class Gguf(Model):
    """A model in one GGUF file (llama.cpp's form), written anew in 32 bits."""

    kind: Literal["gguf"] = Field(description="The model is converted from a GGUF file.")
    package: str | None = Field(
        None, description="Installed Python package that brings the file (its import name); null: none."
    )
    file: str = Field(description="The GGUF file; with `package`, its path inside the package.")
    runtime: PretrainedRuntime = Field(default_factory=PretrainedRuntime, description="How the stage runs.")


Settings = Annotated[FromScratch | Pretrained | Gguf, Field(discriminator="kind")]
