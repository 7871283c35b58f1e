"""Settings that base_model, sft and grpo share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from lexpro.config.base import Memory, Minutes, Model, Nodes, Runtime, Share, Threads, clash, suggestion

# Schedules, and the options that transformers takes for each.
SCHEDULES = {
    "constant_with_warmup": (),
    "linear": (),
    "cosine": ("num_cycles",),
    "cosine_with_min_lr": ("num_cycles", "min_lr", "min_lr_rate"),
}
# The two that say how long a training is: one of them is 0.
LENGTHS = ("max_steps", "epochs")

# Fields whose defaults differ by stage.
LearningRate = Annotated[float, Field(gt=0, le=1, description="Peak learning rate.")]
Schedule = Annotated[
    Literal["constant_with_warmup", "linear", "cosine", "cosine_with_min_lr"],
    Field(description="Schedule of the learning rate."),
]
Warmup = Annotated[float, Field(ge=0, description="Warm-up (steps); below 1: share of all steps.")]
Betas = Annotated[list[Share], Field(min_length=2, max_length=2, description="Betas of AdamW.")]
WeightDecay = Annotated[Share, Field(description="Decay of the weights.")]
MaxGradNorm = Annotated[
    NonNegativeFloat, Field(description="Norm to which gradients are clipped; 0: not clipped.")
]
MaxSteps = Annotated[NonNegativeInt, Field(description="Length (optimiser steps); 0: by epochs.")]
Epochs = Annotated[NonNegativeFloat, Field(description="Length (passes over the data); 0: by max_steps.")]
GlobalBatch = Annotated[
    PositiveInt, Field(description="Sequences of one optimiser step, over all devices (count).")
]
Seed = Annotated[NonNegativeInt, Field(description="Seed of the initial weights and of the order.")]


class TrainingRuntime(Runtime, Nodes):
    """How a training is computed and watched: the same result on one GPU as on eight."""

    threads: Threads = 2
    mem_mb: Memory = 6000
    minutes: Minutes = 120
    processes: PositiveInt = Field(
        1,
        description=(
            "Processes of a node on a processor, which share its threads (count): faster than threads for models of a "
            "few million parameters. With GPUs there is one for each."
        ),
    )
    per_device_batch_size: PositiveInt = Field(
        1,
        description=(
            "Sequences that a device takes at once (count); gradients are accumulated up to global_batch_size."
        ),
    )
    gradient_checkpointing: bool = Field(
        False, description="Recompute activations instead of keeping them: less memory, slower."
    )
    deepspeed: str | None = Field(
        None, description="DeepSpeed configuration, a file of config/deepspeed/; null: none."
    )
    fsdp: str | None = Field(
        None, description="FSDP configuration, a file of config/fsdp/, instead of DeepSpeed; null: none."
    )
    liger: bool = Field(False, description="Fused kernels of liger-kernel, on GPUs: less memory, faster.")
    cpu_speedups: bool = Field(
        False,
        description="On a processor: faster trainers of lexpro/training/cpu; false: TRL's own.",
    )
    log_every: PositiveInt = Field(10, description="Between logged lines (steps).")
    save_every: PositiveInt = Field(100, description="Between saved states (steps).")
    wandb: Literal["auto", "online", "offline", "disabled"] = Field(
        "auto",
        description=(
            "Weights & Biases; auto: online where there is a key, else offline. The more private of this and "
            "WANDB_MODE counts."
        ),
    )

    @model_validator(mode="after")
    def _one_a_gpu(self):
        if self.gpus and self.processes > 1:
            raise clash(
                ["processes", "gpus"],
                f"processes is {self.processes}, but there is one process for each of the {self.gpus} GPUs; leave it "
                "out",
            )
        return self

    @field_validator("deepspeed", "fsdp")
    @classmethod
    def _there(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and not Path(value).is_file():
            there = sorted(map(str, Path("config", str(info.field_name)).glob("*.json")))
            raise ValueError(
                f"there is no file {value}; {suggestion(value, there)}there are: {', '.join(there)}"
            )
        return value


def devices(runtime: TrainingRuntime) -> int:
    """Processes of a training on all nodes: one for each GPU, or those on the processor."""
    return (runtime.gpus or runtime.processes) * runtime.nodes


class Guards(Model):
    """What stops a training that has gone wrong."""

    grad_norm: NonNegativeFloat = Field(
        1000.0,
        description="Stop where the gradient's norm exceeds this in three logged steps running; 0: never.",
    )


class Training(Model):
    """Schedule, length and precision of a training."""

    learning_rate: LearningRate = 1e-4
    schedule: Schedule = "cosine"
    schedule_options: dict[str, float] = Field(
        default_factory=dict,
        description=(
            "Options of the schedule: num_cycles (cosine, cosine_with_min_lr), min_lr or min_lr_rate "
            "(cosine_with_min_lr)."
        ),
    )
    warmup: Warmup = 0.0
    weight_decay: WeightDecay = 0.0
    betas: Betas = Field(default_factory=lambda: [0.9, 0.999])
    max_grad_norm: MaxGradNorm = 1.0
    max_steps: MaxSteps = 0
    epochs: Epochs = 0.0
    global_batch_size: GlobalBatch = 64
    precision: Literal["auto", "bf16", "fp32"] = Field(
        "auto", description="Precision; auto: bf16 where the device computes it natively, else fp32."
    )
    attention: Literal["sdpa", "eager", "flash_attention_2"] = Field(
        "sdpa",
        description=(
            "Attention; eager: fastest for short sequences on a processor; flash_attention_2: GPUs only."
        ),
    )
    guards: Guards = Field(default_factory=Guards, description="What stops a training that has gone wrong.")
    seed: Seed = 42
    runtime: TrainingRuntime = Field(
        default_factory=TrainingRuntime, description="How it is computed and watched."
    )

    @model_validator(mode="before")
    @classmethod
    def _other_length(cls, stated):
        """Where only one of the two lengths is stated, the other is 0, not its default."""
        if not isinstance(stated, dict):
            return stated
        set_here = [name for name in LENGTHS if stated.get(name)]
        others = {name: 0 for name in LENGTHS if set_here and name not in stated}
        return stated | others

    @model_validator(mode="after")
    def _length(self):
        if bool(self.max_steps) == bool(self.epochs):
            raise clash(
                LENGTHS,
                f"max_steps ({self.max_steps}) and epochs ({self.epochs:g}) exclude each other: one says how long, the "
                "other is 0",
            )
        return self

    @model_validator(mode="after")
    def _schedule(self):
        allowed, stated = SCHEDULES[self.schedule], self.schedule_options
        if unknown := [name for name in stated if name not in allowed]:
            raise clash(
                ["schedule", "schedule_options"],
                f"unknown for {self.schedule}: {', '.join(unknown)}; {suggestion(unknown[0], allowed)}"
                f"allowed: {', '.join(allowed) or 'none'}",
            )
        if self.schedule == "cosine_with_min_lr" and ("min_lr" in stated) == ("min_lr_rate" in stated):
            raise clash(
                ["schedule", "schedule_options"], "cosine_with_min_lr wants one of min_lr and min_lr_rate"
            )
        return self

    @model_validator(mode="after")
    def _sharded(self):
        if self.runtime.deepspeed and self.runtime.fsdp:
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
        count = devices(self.runtime)
        per_step = count * self.runtime.per_device_batch_size
        if self.global_batch_size % per_step:
            raise clash(
                [
                    "global_batch_size",
                    "runtime.per_device_batch_size",
                    "runtime.gpus",
                    "runtime.processes",
                    "runtime.nodes",
                ],
                f"global_batch_size {self.global_batch_size} is not a multiple of {count} device(s) x "
                f"runtime.per_device_batch_size {self.runtime.per_device_batch_size}",
            )
        return self


class Supervised(Training):
    """A training on given texts, with either optimiser."""

    optimizer: Literal["adamw", "muon"] = Field(
        "adamw",
        description=(
            "Optimiser; muon orthogonalises whole weight matrices (all weights, no DeepSpeed, no FSDP), and "
            "leaves embeddings and norms to AdamW."
        ),
    )

    @model_validator(mode="after")
    def _whole_matrices(self):
        spread = next((name for name in ("deepspeed", "fsdp") if getattr(self.runtime, name)), None)
        if self.optimizer == "muon" and spread:
            raise clash(
                ["optimizer", f"runtime.{spread}"],
                f"optimizer: muon needs whole matrices; with runtime.{spread} use adamw",
            )
        return self
