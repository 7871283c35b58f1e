"""Cuts a micro-batch of GRPO to what has a part in the gradient.

A step of training then takes half the time. TRL pads the prompts and completions of
all micro-batches to the longest of the step, and trains on groups too whose completions all earned
the same.
"""

from __future__ import annotations

import torch

from lexpro.models.compute import ROUND, round_up
from lexpro.training.dynamic_sampling import take


def columns(inputs: dict) -> dict:
    """`inputs` without columns that are padding in every row.

    Prompts `[rows, length]` are padded on the left, completions and what belongs to their tokens
    `[rows, longest]` on the right. Lengths stay multiples of `compute.ROUND` where they can.
    """
    width, longest = inputs["prompt_ids"].shape[1], inputs["completion_ids"].shape[1]
    prompt = min(round_up(int(inputs["prompt_mask"].sum(1).max())), width)
    # Where all completions were cut off (`mask_truncated_completions`) no token counts: one block
    # stays.
    completion = min(max(round_up(int(inputs["completion_mask"].sum(1).max())), ROUND), longest)
    trimmed = dict(inputs)
    for name, value in inputs.items():
        if name in ("prompt_ids", "prompt_mask"):
            trimmed[name] = value[:, width - prompt :]
        elif isinstance(value, torch.Tensor) and value.dim() == 2 and value.shape[1] == longest:
            trimmed[name] = value[:, :completion]
    return trimmed


def rows(inputs: dict) -> dict:
    """`inputs` without the rows whose advantage is 0.

    One is kept where all are, so that there is a loss. The same gradient only where the loss is a
    sum over rows, divided by a number that is given with them.
    """
    kept = inputs["advantages"].nonzero().flatten()
    return take(inputs, kept if len(kept) else kept.new_zeros(1))
