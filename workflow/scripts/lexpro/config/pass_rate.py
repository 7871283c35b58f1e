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

from pydantic import Field

from lexpro.config.base import Count, Model, Positive, Runtime
from lexpro.config.predict import Transformers, Vllm
from lexpro.task_names import Task


class Settings(Model):
    """What is sampled, and by which engine."""

    samples: Annotated[int, Field(ge=2)]
    tasks: list[Task] = Field(min_length=1)
    max_prompt_length: Positive
    max_completion_length: Positive
    temperature: Annotated[float, Field(gt=0)]
    top_p: Annotated[float, Field(gt=0, le=1)]
    seed: Count
    engine: Annotated[Transformers | Vllm, Field(discriminator="module")]
    runtime: Runtime = Field(default_factory=Runtime)
