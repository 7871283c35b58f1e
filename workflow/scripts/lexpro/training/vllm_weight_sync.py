"""Weights with a trained adapter handed to vLLM one layer at a time.

TRL 1.16 gathers the whole model on every device before it merges the adapter (`_iter_named_params`
in trl/generation/vllm_generation.py): under ZeRO-3, 132 GiB of a 70B model beside the shards and
vLLM's own weights. Merging needs one layer at a time only. The sum is a new tensor: adding the
adapter to weights in bfloat16 and taking it off again, as TRL does without ZeRO-3, leaves a little
of it behind at every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import torch
from peft import PeftModel
from peft.tuners.lora import Linear
from peft.tuners.tuners_utils import BaseTunerLayer

from lexpro.training.trl_grpo import VLLMGeneration

# Makes parameters whole that are spread over the processes; all of them must enter.
Gather = Callable[[Sequence[torch.nn.Parameter]], AbstractContextManager]

# What PEFT puts into the names of a model's own parameters.
PREFIX, BASE = "base_model.model.", ".base_layer"


@torch.no_grad()
def merged(model: PeftModel, gather: Gather) -> Iterator[tuple[str, torch.Tensor]]:
    """The weights with the adapter in them, each valid until the next is asked for.

    Tied weights come once.

    Args:
        model: with an adapter.
        gather: makes spread parameters whole.

    Yields:
        Name as the model without adapter has it, and the weights.

    Raises:
        TypeError: a layer is adapted otherwise than by adding to its weights.
    """
    sent: set[int] = set()
    for path, module in model.named_modules():
        if model.prefix in path:
            continue
        adapters: list[str] = []
        if isinstance(module, BaseTunerLayer):
            if type(module) is not Linear or any(module.use_dora.values()):
                raise TypeError(
                    f"{path}: {type(module).__name__} is no plain LoRA of a linear layer: not merged here"
                )
            adapters = module.active_adapters
        for name, parameter in (module.base_layer if adapters else module).named_parameters(recurse=False):
            if id(parameter) in sent:
                continue
            sent.add(id(parameter))
            adding = adapters if name == "weight" else []
            parts = [pair[a].weight for a in adding for pair in (module.lora_A, module.lora_B)]
            with gather([parameter, *parts]):
                data = parameter.data
                for adapter in adding:
                    data = data + module.get_delta_weight(adapter).to(data.dtype)
                yield f"{path}.{name}".removeprefix(PREFIX).replace(BASE, ""), data


def by_layer(generation: VLLMGeneration) -> None:
    """Let TRL's link to vLLM hand an adapter's model over by `merged`.

    Whole weights, and FSDP, stay TRL's way.
    """
    if isinstance(generation.model, PeftModel) and not generation._dist.is_fsdp:
        generation._iter_named_params = lambda: merged(generation.model, generation._dist.gather_params)
