"""Settings of the `predict` stage: which engine answers, and how it decodes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from lexpro.config.base import Count, Model, Positive, Runtime, Share, clash
from lexpro.config.benchmark import SEEDS, PinnedAsked, PinnedJudgments


class Transformers(Model):
    module: Literal["lexpro.engines.hf"]
    batch_size: Positive
    dtype: Literal["float32", "bfloat16", "float16"]
    attention: Literal["eager", "sdpa", "flash_attention_2"] | None
    merge_adapter: bool


class Vllm(Model):
    module: Literal["lexpro.engines.vllm"]
    dtype: Literal["auto", "float32", "bfloat16", "float16"]
    max_model_len: Positive | None
    tensor_parallel: Positive
    gpu_memory: Annotated[float, Field(gt=0, lt=1)]
    max_lora_rank: Positive
    eager: bool = False


class Api(Model):
    module: Literal["lexpro.engines.api"]
    base_url: str
    model: str
    key_env: str | None
    concurrency: Positive
    timeout: Positive
    retries: Count


class Lengths(Model):
    elements: Positive
    charge: Positive
    article: Positive
    term: Positive


class Decoding(Model):
    max_new_tokens: Lengths
    temperature: Annotated[float, Field(ge=0, le=2)]
    top_p: Annotated[float, Field(gt=0, le=1)]
    seed: int
    samples: Positive

    @model_validator(mode="after")
    def _greedy(self):
        if self.samples > 1 and not self.temperature:
            raise clash(
                ["samples", "temperature"],
                f"{self.samples} samples at temperature 0 are all the same: raise one or lower the other",
            )
        if self.temperature and self.samples < SEEDS:
            raise clash(
                ["samples", "temperature"],
                f"sampling (temperature {self.temperature}) with {self.samples} seeds says little of the model: "
                f"ask for at least {SEEDS} samples, or set temperature to 0",
            )
        return self


class Settings(Model):
    engine: Annotated[Transformers | Vllm | Api, Field(discriminator="module")]
    decoding: Decoding
    again: Count
    k: Positive
    chunk: Positive
    max_failed: Share
    runtime: Runtime = Field(default_factory=Runtime)

    @model_validator(mode="after")
    def _vllm(self):
        if not isinstance(self.engine, Vllm):
            return self
        if self.engine.tensor_parallel > max(1, self.runtime.gpus):
            raise clash(
                ["engine.tensor_parallel", "runtime.gpus"],
                f"tensor_parallel {self.engine.tensor_parallel} is more than runtime.gpus {self.runtime.gpus}",
            )
        longest = max(dict(self.decoding.max_new_tokens).values())
        if self.engine.max_model_len and longest >= self.engine.max_model_len:
            raise clash(
                ["engine.max_model_len", "decoding.max_new_tokens"],
                f"answers of {longest} tokens leave no room for a prompt in max_model_len {self.engine.max_model_len}",
            )
        return self


class Planned(Settings):
    """With what the planner adds: the benchmark, and the model and retrieval that answer it."""

    benchmark: str
    items: PinnedJudgments | PinnedAsked
    variant: Literal["base", "sft", "grpo"]
    retrieval: Literal["none", "rag"]
