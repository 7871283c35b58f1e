"""Settings of the `sft` stage: supervised fine-tuning."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeFloat, PositiveInt, model_validator

from lexpro.config.base import Model, Share, clash
from lexpro.config.training import Epochs, Supervised, Warmup
from lexpro.task_names import TASKS, Task


class Lora(Model):
    """Low-rank adapters."""

    rank: PositiveInt = Field(32, description="Rank.")
    alpha: PositiveInt = Field(64, description="Scale: the adapter counts alpha / rank.")
    dropout: Share = Field(0.05, description="Dropout (share).")
    targets: str | list[str] = Field(
        "all-linear", description="Layers that have an adapter: all-linear, or names of modules."
    )


class Settings(Supervised):
    """All weights, or an adapter on weights as they are (lora) or in 4 bits (qlora)."""

    method: Literal["full", "lora", "qlora"] = Field(
        "lora",
        description=(
            "What is trained; full: all weights; lora: an adapter; qlora: an adapter on weights in 4 bits "
            "(GPUs, not with ZeRO-3 or FSDP)."
        ),
    )
    lora: Lora | None = Field(
        default_factory=lambda stated: None if stated.get("method", "full") == "full" else Lora(),
        description="The adapter, for lora and qlora; null with full.",
    )
    tasks: list[Task] = Field(
        default_factory=lambda: list(TASKS), min_length=1, description="Tasks to learn."
    )
    weights: dict[Task, NonNegativeFloat] = Field(
        default_factory=dict,
        description="Times that an epoch sees the examples of a task, such as {term: 2.0}; 1 where not stated.",
    )
    max_length: PositiveInt = Field(
        8192, description="Longest example (tokens); longer ones are skipped and listed in skipped.jsonl."
    )
    packing: bool = Field(
        True,
        description=(
            "Fill rows of max_length tokens with several examples, each attending to itself alone; such a row "
            "is one sequence of global_batch_size."
        ),
    )
    warmup: Warmup = 0.03
    epochs: Epochs = 2.0

    @model_validator(mode="after")
    def _seen(self):
        if not any(self.weights.get(task, 1) for task in self.tasks):
            raise clash(
                ["weights", "tasks"], f"all weights of {', '.join(self.tasks)} are 0: nothing is learned"
            )
        return self

    @model_validator(mode="after")
    def _adapter(self):
        if self.method != "full" and self.optimizer == "muon":
            raise clash(
                ["optimizer", "method"],
                f"optimizer: muon trains whole weight matrices; with method: {self.method} use adamw",
            )
        if (self.method == "full") != (self.lora is None):
            raise clash(
                ["method", "lora"],
                "method: lora or qlora and the settings under `lora` go together: give both or neither",
            )
        return self

    @model_validator(mode="after")
    def _four_bits(self):
        if self.method != "qlora":
            return self
        if not self.runtime.gpus:
            raise clash(
                ["method", "runtime.gpus"],
                "method: qlora needs bitsandbytes on a GPU, and runtime.gpus is 0: use lora",
            )
        if self.runtime.fsdp:
            raise clash(
                ["method", "runtime.fsdp"],
                "method: qlora with runtime.fsdp is not tested: use runtime.deepspeed zero2",
            )
        if "zero3" in (self.runtime.deepspeed or ""):
            raise clash(
                ["method", "runtime.deepspeed"],
                "method: qlora with runtime.deepspeed zero3: 4-bit weights are not spread (DeepSpeed issue 5660); use "
                "config/deepspeed/zero2.json",
            )
        return self
