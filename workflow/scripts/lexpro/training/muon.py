"""Muon for matrices, AdamW for the rest, as one optimiser.

Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers") replaces the momentum of a weight
matrix by the nearest orthogonal matrix: all directions of the update are as strong. The small
models here learn to copy in less than half the steps of AdamW. Scaled as Liu et al. 2025 ("Muon is
scalable for LLM training") do, so that AdamW's learning rates and weight decay stay right.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from lexpro.config.training import Supervised
from lexpro.models import compute
from lexpro.training.cpu.muon import Fp32Muon


class Joined(torch.optim.Optimizer):
    """Optimisers of one parameter group each, as one: for trainers that take a single optimiser."""

    def __init__(self, parts: Sequence[torch.optim.Optimizer]):
        """Join the parts; their groups become the groups of this one."""
        super().__init__([group for part in parts for group in part.param_groups], {})
        self.parts = parts

    def step(self, closure=None):
        """Do a step of each part.

        Returns:
            What `closure` returns; None without one.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        # `load_state_dict` replaces both.
        for part, group in zip(self.parts, self.param_groups, strict=True):
            part.state, part.param_groups = self.state, [group]
            part.step()
        return loss


def optimizer(model: nn.Module, settings: Supervised, speed_up: bool = False) -> Joined:
    """Muon for the matrices of the layers, AdamW without decay for embeddings, norms and biases.

    Args:
        model: its parameters that require a gradient are trained.
        settings: learning rate, decay of the matrices, and AdamW's betas.
        speed_up: whether a processor that only emulates bfloat16 orthogonalises in fp32.
    """
    embeddings = {id(p) for m in model.modules() if isinstance(m, nn.Embedding) for p in m.parameters()}
    matrices, rest = [], []
    for parameter in model.parameters():
        if parameter.requires_grad:
            (matrices if parameter.ndim == 2 and id(parameter) not in embeddings else rest).append(parameter)
    muon = Fp32Muon if speed_up and not compute.cpu_has_bf16() else torch.optim.Muon
    rate = settings.learning_rate
    return Joined(
        [
            muon(matrices, lr=rate, weight_decay=settings.weight_decay, adjust_lr_fn="match_rms_adamw"),
            torch.optim.AdamW(rest, lr=rate, betas=tuple(settings.betas), weight_decay=0.0, fused=True),
        ]
    )
