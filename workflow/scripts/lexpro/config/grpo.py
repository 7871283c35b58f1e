"""Settings of the `grpo` stage."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from lexpro.config.base import Count, Model, Positive, Share, clash
from lexpro.config.training import Guards, NotNegative, Training, TrainingRuntime
from lexpro.rewards.registry import load
from lexpro.task_names import Task
from lexpro.workflow.errors import UserError


class Reward(Model):
    """One reward: a function of `lexpro/rewards/`, its weight and arguments."""

    fn: str
    weight: float = 1.0
    args: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _there(self):
        try:
            load(self.model_dump())
        except UserError as error:
            raise clash(["fn", "args"], f"{error} (docs/rewards.md lists all)") from error
        return self


class PassRate(Model):
    """Which prompts the SFT model's answers leave in."""

    samples: Annotated[int, Field(ge=2)]
    low: Share
    high: Share

    @model_validator(mode="after")
    def _between(self):
        if self.low >= self.high:
            raise clash(
                ["low", "high"], f"low ({self.low:g}) is not below high ({self.high:g}): no prompt is left"
            )
        return self


class GrpoRuntime(TrainingRuntime):
    vllm: bool = False
    vllm_server: str | None = None
    vllm_memory_share: Share = 0.3
    vllm_tensor_parallel: Positive = 1

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
    zero_reward_steps: Count = 0


class Settings(Training):
    # What SFT left is trained on: all weights, or the adapter. An adapter that was trained over
    # 4-bit weights goes on over whole ones: vLLM cannot take merged 4-bit weights.
    method: Literal["full", "lora"]
    tasks: list[Task] = Field(min_length=1)
    rewards: list[Reward] = Field(min_length=1)
    pass_rate: PassRate | None
    max_prompts: Count
    num_generations: Annotated[int, Field(ge=2)]
    max_prompt_length: Positive
    max_completion_length: Positive
    temperature: Annotated[float, Field(gt=0)]
    top_p: Annotated[float, Field(gt=0, le=1)]
    loss_type: Literal["grpo", "dr_grpo", "dapo", "bnpo", "cispo"]
    beta: NotNegative
    epsilon: NotNegative
    epsilon_high: NotNegative | None
    num_iterations: Positive
    scale_rewards: Literal["group", "batch", "none"] | None
    multi_objective_aggregation: Literal["sum_then_normalize", "normalize_then_sum"]
    importance_sampling_level: Literal["token", "sequence"]
    mask_truncated_completions: bool
    sampled_completions: Count
    sampled_every: Positive
    steps_per_sampling: Positive
    guards: GrpoGuards
    runtime: GrpoRuntime

    @field_validator("rewards")
    @classmethod
    def _weighty(cls, value: list[Reward]) -> list[Reward]:
        if not any(reward.weight for reward in value):
            raise ValueError("all weights are 0: nothing would be rewarded")
        return value

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
    def _spread(self):
        if self.runtime.fsdp:
            raise clash(
                ["runtime.fsdp"],
                "GRPO hands its weights to the sampler by the layer, which is written for DeepSpeed only: use "
                "runtime.deepspeed",
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
