"""Settings of the `pass_rate` stage: answers of the SFT model to the prompts of GRPO.

No group of `config/` has these: they are what `grpo` says, as far as sampling depends on it. The
stage is planned where `grpo.pass_rate` is not null:

* `samples` is `grpo.pass_rate.samples`; `tasks`, `max_prompt_length`, `max_completion_length`,
  `temperature`, `top_p` and `seed` are those of `grpo`.
* `engine` is vLLM where `grpo.runtime.vllm` is true, on the GPUs of one node (`tensor_parallel` is
  `grpo.runtime.vllm_tensor_parallel`, `max_model_len` the two lengths together, `max_lora_rank` the
  rank of SFT's adapter and at least 16), else transformers with the attention of `grpo`.
* `runtime` has the `gpus`, `threads`, `mem_mb` and `minutes` of `grpo.runtime`.

Rewards and the bounds `low` and `high` are not among them: another reward samples nothing again.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, PositiveFloat, PositiveInt

from lexpro.config.base import Gpus, Model, Runtime
from lexpro.config.predict import Transformers, Vllm
from lexpro.config.training import Seed
from lexpro.task_names import Task


class PassRateRuntime(Runtime, Gpus):
    """How the prompts are sampled; the values are those of `grpo.runtime`."""


class Settings(Model):
    """What is sampled, and by which engine."""

    samples: int = Field(ge=2, description="Answers to each prompt (count).")
    tasks: list[Task] = Field(min_length=1, description="Tasks whose prompts are sampled.")
    max_prompt_length: PositiveInt = Field(description="Longest prompt (tokens); longer ones are left out.")
    max_completion_length: PositiveInt = Field(description="Longest answer (tokens).")
    temperature: PositiveFloat = Field(description="Temperature of the sampling.")
    top_p: float = Field(gt=0, le=1, description="Sample from the likeliest tokens with this probability.")
    seed: Seed
    engine: Annotated[Transformers | Vllm, Field(discriminator="module")] = Field(
        description="Which engine answers."
    )
    runtime: PassRateRuntime = Field(default_factory=PassRateRuntime, description="How the stage runs.")
