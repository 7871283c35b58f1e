"""Settings of the `grpo` stage."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from lexpro.settings.base import Count, Model, Positive, Share
from lexpro.settings.training import NotNegative, TrainingRuntime, Tuning


class Reward(Model):
    """One reward: a function of `lexpro/rewards/`, its weight and arguments."""

    fn: Annotated[str, Field(pattern=r"^lexpro\.rewards\.\w+\.\w+$")]
    weight: float = 1.0
    args: dict[str, Any] = Field(default_factory=dict)


class PassRate(Model):
    """Which prompts the SFT model's answers leave in."""

    samples: Annotated[int, Field(ge=2)]
    low: Share
    high: Share


class GrpoRuntime(TrainingRuntime):
    vllm: bool = False
    vllm_server: str | None = None
    vllm_memory_share: Share = 0.3
    vllm_tensor_parallel: Positive = 1


class Settings(Tuning):
    # An adapter that was trained over 4-bit weights goes on over whole ones: vLLM cannot take merged 4-bit weights.
    method: Literal["full", "lora"]
    tasks: list[Literal["elements", "charge", "article", "term"]] = Field(min_length=1)
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
    scale_rewards: Literal["group", "batch", "none"]
    multi_objective_aggregation: Literal["sum_then_normalize", "normalize_then_sum"]
    importance_sampling_level: Literal["token", "sequence"]
    mask_truncated_completions: bool
    sampled_completions: Count
    sampled_every: Positive
    steps_per_sampling: Positive
    runtime: GrpoRuntime

    @model_validator(mode="after")
    def _spread(self):
        if self.runtime.fsdp:
            raise ValueError(
                "runtime.fsdp: GRPO hands its weights to the sampler by the layer, which is written for DeepSpeed "
                "only: use runtime.deepspeed"
            )
        return self

    @model_validator(mode="after")
    def _groups(self):
        if self.global_batch_size % self.num_generations:
            raise ValueError(
                f"global_batch_size {self.global_batch_size} (completions of a step) is not a multiple of "
                f"num_generations {self.num_generations}: a group would be split"
            )
        return self
