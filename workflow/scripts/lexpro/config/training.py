"""Settings that base_model, sft and grpo share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from lexpro.config.base import Count, Model, Positive, Runtime, Share, clash, near

Rate = Annotated[float, Field(gt=0, le=1)]
NotNegative = Annotated[float, Field(ge=0)]
# Schedules, and the options that transformers takes for each.
SCHEDULES = {
    "constant_with_warmup": (),
    "linear": (),
    "cosine": ("num_cycles",),
    "cosine_with_min_lr": ("num_cycles", "min_lr", "min_lr_rate"),
}


class TrainingRuntime(Runtime):
    """How a training is computed and watched: the same result on one GPU as on eight."""

    per_device_batch_size: Positive
    gradient_checkpointing: bool = False
    deepspeed: str | None = None
    fsdp: str | None = None
    liger: bool = False
    # Faster trainers where the training runs on a processor (lexpro/training/cpu); else TRL's own.
    cpu_speedups: bool = False
    log_every: Positive = 10
    save_every: Positive = 100
    wandb: Literal["auto", "online", "offline", "disabled"] = "auto"

    @field_validator("deepspeed", "fsdp")
    @classmethod
    def _there(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and not Path(value).is_file():
            there = sorted(map(str, Path("config", info.field_name).glob("*.json")))
            raise ValueError(f"there is no file {value}; {near(value, there)}there are: {', '.join(there)}")
        return value


class Guards(Model):
    """What stops a training that has gone wrong. 0: does not."""

    grad_norm: NotNegative


class Training(Model):
    """Schedule and length of a training."""

    learning_rate: Rate
    schedule: Literal["constant_with_warmup", "linear", "cosine", "cosine_with_min_lr"]
    schedule_options: dict[str, float] = Field(default_factory=dict)
    warmup: NotNegative
    weight_decay: Share
    betas: list[Share] = Field(min_length=2, max_length=2)
    max_grad_norm: NotNegative
    max_steps: Count
    epochs: NotNegative
    global_batch_size: Positive
    precision: Literal["auto", "bf16", "fp32"]
    attention: Literal["sdpa", "eager", "flash_attention_2"]
    guards: Guards
    seed: Count
    runtime: TrainingRuntime

    @model_validator(mode="after")
    def _length(self):
        if bool(self.max_steps) == bool(self.epochs):
            raise clash(
                ["max_steps", "epochs"],
                f"max_steps ({self.max_steps}) and epochs ({self.epochs:g}) exclude each other: one says how long, the "
                "other is 0",
            )
        return self

    @model_validator(mode="after")
    def _schedule(self):
        allowed, given = SCHEDULES[self.schedule], self.schedule_options
        if unknown := [name for name in given if name not in allowed]:
            raise clash(
                ["schedule", "schedule_options"],
                f"unknown for {self.schedule}: {', '.join(unknown)}; {near(unknown[0], allowed)}"
                f"allowed: {', '.join(allowed) or 'none'}",
            )
        if self.schedule == "cosine_with_min_lr" and ("min_lr" in given) == ("min_lr_rate" in given):
            raise clash(
                ["schedule", "schedule_options"], "cosine_with_min_lr wants one of min_lr and min_lr_rate"
            )
        return self

    @model_validator(mode="after")
    def _sharded(self):
        spread = [name for name in ("deepspeed", "fsdp") if getattr(self.runtime, name)]
        if len(spread) > 1:
            raise clash(
                ["runtime.deepspeed", "runtime.fsdp"],
                "runtime.deepspeed and runtime.fsdp exclude each other: both spread the weights",
            )
        return self

    @model_validator(mode="after")
    def _kernels(self):
        for key, what, wanted in (
            ("attention", "attention: flash_attention_2", self.attention == "flash_attention_2"),
            ("runtime.liger", "runtime.liger", self.runtime.liger),
        ):
            if wanted and not self.runtime.gpus:
                raise clash([key, "runtime.gpus"], f"{what} runs on GPUs only, and runtime.gpus is 0")
        return self

    @model_validator(mode="after")
    def _batch(self):
        devices = max(1, self.runtime.gpus) * self.runtime.nodes
        per_step = devices * self.runtime.per_device_batch_size
        if self.global_batch_size % per_step:
            raise clash(
                ["global_batch_size", "runtime.per_device_batch_size", "runtime.gpus", "runtime.nodes"],
                f"global_batch_size {self.global_batch_size} is not a multiple of {devices} device(s) x "
                f"runtime.per_device_batch_size {self.runtime.per_device_batch_size}",
            )
        return self


class Optimized(Training):
    """Training with a choice of optimiser."""

    optimizer: Literal["adamw", "muon"]

    @model_validator(mode="after")
    def _whole_matrices(self):
        for name in ("deepspeed", "fsdp"):
            if self.optimizer == "muon" and getattr(self.runtime, name):
                raise clash(
                    ["optimizer", f"runtime.{name}"],
                    f"optimizer: muon needs whole matrices; with runtime.{name} use adamw",
                )
        return self


class Lora(Model):
    """Low-rank adapters."""

    rank: Positive
    alpha: Positive
    dropout: Share
    targets: str | list[str]


class Tuning(Optimized):
    """Training of all weights, or of an adapter on weights as they are (lora) or in 4 bits
    (qlora).
    """

    method: Literal["full", "lora", "qlora"]
    lora: Lora | None = None

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
        if self.method == "qlora" and not self.runtime.gpus:
            raise clash(
                ["method", "runtime.gpus"],
                "method: qlora needs bitsandbytes on a GPU, and runtime.gpus is 0: use lora",
            )
        if self.method == "qlora" and self.runtime.fsdp:
            raise clash(
                ["method", "runtime.fsdp"],
                "method: qlora with runtime.fsdp is not tested: use runtime.deepspeed zero2",
            )
        if self.method == "qlora" and "zero3" in (self.runtime.deepspeed or ""):
            raise clash(
                ["method", "runtime.deepspeed"],
                "method: qlora with runtime.deepspeed zero3: 4-bit weights are not spread (DeepSpeed issue 5660); use "
                "config/deepspeed/zero2.json",
            )
        return self
