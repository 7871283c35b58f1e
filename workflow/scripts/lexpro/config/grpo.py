"""Settings of the `grpo` stage: group relative policy optimisation of the SFT model."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    field_validator,
    model_validator,
)

from lexpro.config.base import Model, Share, clash
from lexpro.config.training import (
    Betas,
    GlobalBatch,
    Guards,
    LearningRate,
    MaxGradNorm,
    MaxSteps,
    Schedule,
    Training,
    TrainingRuntime,
    Warmup,
)
from lexpro.task_names import TASKS, Task


class Reward(Model):
    """One reward: a function of `lexpro/rewards/`, its weight and arguments."""

    fn: str = Field(description="The function, such as lexpro.rewards.charge.f1 (docs/rewards.md lists all).")
    weight: float = Field(1.0, description="Its weight in the sum.")
    args: dict[str, Any] = Field(
        default_factory=dict, description="Its arguments, by name, where it takes some."
    )


def _rewards() -> list[Reward]:
    return [
        Reward(fn="lexpro.rewards.format.think_json", weight=0.2),
        Reward(fn="lexpro.rewards.elements.f1"),
        Reward(fn="lexpro.rewards.charge.f1"),
        Reward(fn="lexpro.rewards.article.f1"),
        Reward(fn="lexpro.rewards.term.closeness"),
    ]


class PassRate(Model):
    """Which prompts are kept: those that the SFT model neither always nor never solves.

    A prompt stays if the mean reward of the SFT model's answers, as a share of the maximum, lies
    between `low` and `high`.
    """

    samples: int = Field(8, ge=2, description="Answers of the SFT model to each prompt (count).")
    low: Share = Field(0.05, description="Lowest mean reward (share of the maximum).")
    high: Share = Field(0.95, description="Highest mean reward (share of the maximum).")

    @model_validator(mode="after")
    def _between(self):
        if self.low >= self.high:
            raise clash(
                ["low", "high"], f"low ({self.low:g}) is not below high ({self.high:g}): no prompt is left"
            )
        return self


class GrpoRuntime(TrainingRuntime):
    """How GRPO is computed and watched, and who samples completions."""

    vllm: bool = Field(False, description="Sample completions by vLLM, on the same GPUs.")
    vllm_server: str | None = Field(
        None, description="Address of a running vLLM server that samples instead; null: none."
    )
    vllm_memory_share: Share = Field(0.3, description="Memory of each GPU that vLLM may hold (share).")
    vllm_tensor_parallel: PositiveInt = Field(
        1, description="GPUs over which vLLM spreads the model (count)."
    )
    wandb_texts: bool = Field(
        False,
        description="Mirror sampled prompts and completions to Weights & Biases too; false: numbers only.",
    )

    @model_validator(mode="after")
    def _engine(self):
        if self.vllm_server and not self.vllm:
            raise clash(
                ["vllm", "vllm_server"], "vllm_server is given, but vllm is false: it would not be asked"
            )
        if self.vllm and not self.gpus:
            raise clash(["vllm", "gpus"], "vllm: true, but gpus is 0: completions by vLLM want GPUs")
        if self.vllm and self.gpus * self.nodes % self.vllm_tensor_parallel:
            raise clash(
                ["vllm_tensor_parallel", "gpus", "nodes"],
                f"vllm_tensor_parallel {self.vllm_tensor_parallel} does not divide the {self.gpus * self.nodes} GPUs",
            )
        return self


class GrpoGuards(Guards):
    """What stops GRPO where it has gone wrong."""

    zero_reward_steps: NonNegativeInt = Field(
        20,
        description="Stop where every completion of so many steps running earns nothing; 0: never (steps).",
    )


class Settings(Training):
    """Prompts, rewards, sampling and loss. The optimiser is AdamW."""

    method: Literal["full", "lora"] = Field(
        "lora",
        description=(
            "What is trained; full: all weights; lora: the adapter of SFT (also after qlora, over whole weights: "
            "vLLM cannot take merged 4-bit ones)."
        ),
    )
    tasks: list[Task] = Field(
        default_factory=lambda: list(TASKS), min_length=1, description="Tasks whose prompts are sampled."
    )
    rewards: list[Reward] = Field(
        default_factory=_rewards,
        min_length=1,
        description=(
            "Rules that score a completion (docs/rewards.md). One that does not apply to a task says nothing."
        ),
    )
    pass_rate: PassRate | None = Field(
        None, description="Leave out prompts that the SFT model always or never solves; null: keep all."
    )
    max_prompts: NonNegativeInt = Field(
        0, description="Prompts used, in the order of the steps; 0: all (count)."
    )
    oversampling: PositiveInt = Field(
        1,
        description=(
            "Groups sampled for each that is trained on; of a step's groups those whose completions all earn the "
            "same are left out first: dynamic sampling of DAPO, with a bound (count)."
        ),
    )
    raft: bool = Field(
        False,
        description=(
            "Train on the best completions of each group only, by their likelihood: the baseline of GRPO on the same "
            "samples."
        ),
    )
    num_generations: int = Field(8, ge=2, description="Completions of a prompt: one group (count).")
    max_prompt_length: PositiveInt = Field(
        4096, description="Longest prompt (tokens); longer ones are left out."
    )
    max_completion_length: PositiveInt = Field(2048, description="Longest completion (tokens).")
    temperature: PositiveFloat = Field(1.0, description="Temperature of the sampling.")
    top_p: float = Field(
        1.0, gt=0, le=1, description="Sample from the likeliest tokens with this probability."
    )
    loss_type: Literal["grpo", "dr_grpo", "dapo", "bnpo", "cispo"] = Field(
        "dapo", description="Loss; config/grpo_loss/ has the published combinations."
    )
    beta: NonNegativeFloat = Field(
        0.0, description="Weight of the divergence from the SFT model; 0: no reference model is kept."
    )
    epsilon: NonNegativeFloat = Field(0.2, description="Clipping of the ratio below 1.")
    epsilon_high: NonNegativeFloat | None = Field(
        0.28, description="Clipping of the ratio above 1; null: as epsilon. Higher: clip-higher of DAPO."
    )
    steps_per_sampling: PositiveInt = Field(
        1, description="Optimiser steps that share one sampling, each with its own completions (steps)."
    )
    num_iterations: PositiveInt = Field(1, description="Passes over each batch of completions (count).")
    multi_objective_aggregation: Literal["sum_then_normalize", "normalize_then_sum"] = Field(
        "sum_then_normalize",
        description="How rewards become advantages; normalize_then_sum: each reward on its own scale.",
    )
    scale_rewards: Literal["group", "batch", "none"] | None = Field(
        default_factory=lambda stated: (
            None if stated.get("multi_objective_aggregation") == "normalize_then_sum" else "group"
        ),
        description=(
            "What advantages are divided by, with sum_then_normalize: the deviation of the group, of the batch, "
            "or none; null with normalize_then_sum."
        ),
    )
    importance_sampling_level: Literal["token", "sequence"] = Field(
        "token", description="Ratio of each token, or of the sequence."
    )
    mask_truncated_completions: bool = Field(
        False, description="Leave completions that were cut off out of the loss."
    )
    sampled_every: PositiveInt = Field(1, description="Keep completions of one step in so many (steps).")
    sampled_completions: NonNegativeInt = Field(
        16, description="Completions of such a step kept in completions.parquet (count)."
    )
    learning_rate: LearningRate = 1e-5
    schedule: Schedule = "constant_with_warmup"
    warmup: Warmup = 10.0
    betas: Betas = Field(default_factory=lambda: [0.9, 0.99])
    max_grad_norm: MaxGradNorm = 0.5
    max_steps: MaxSteps = 500
    global_batch_size: GlobalBatch = Field(
        256,
        description="Completions of one optimiser step, over all devices: groups x num_generations (count).",
    )
    guards: GrpoGuards = Field(
        default_factory=GrpoGuards, description="What stops a training that has gone wrong."
    )
    runtime: GrpoRuntime = Field(default_factory=GrpoRuntime, description="How it is computed and watched.")

    @field_validator("rewards")
    @classmethod
    def _weighty(cls, value: list[Reward]) -> list[Reward]:
        if not any(reward.weight for reward in value):
            raise ValueError("all weights are 0: nothing would be rewarded")
        return value

    @model_validator(mode="after")
    def _spread(self):
        if self.runtime.fsdp:
            raise clash(
                ["runtime.fsdp"],
                "GRPO hands its weights to the sampler by the layer, which is written for DeepSpeed only: use "
                "runtime.deepspeed",
            )
        return self

    @model_validator(mode="after")
    def _scaled(self):
        by_reward = self.multi_objective_aggregation == "normalize_then_sum"
        if by_reward != (self.scale_rewards is None):
            raise clash(
                ["scale_rewards", "multi_objective_aggregation"],
                "scale_rewards is group, batch or none with sum_then_normalize, and null with "
                "normalize_then_sum, which scales each reward by its group and their sum by the batch",
            )
        return self

    @model_validator(mode="after")
    def _groups(self):
        if self.global_batch_size % self.num_generations:
            raise clash(
                ["global_batch_size", "num_generations"],
                f"global_batch_size {self.global_batch_size} (completions of a step) is not a multiple of "
                f"num_generations {self.num_generations}: a group would be split",
            )
        return self
