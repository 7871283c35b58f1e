"""Muon for matrices, AdamW for the rest, as one optimiser.

Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers") replaces the momentum of a weight
matrix by the nearest orthogonal matrix: all directions of the update are as strong. The small
models here learn to copy in less than half the steps of AdamW. Scaled as Liu et al. 2025 ("Muon is
scalable for LLM training") do, so that AdamW's learning rates and weight decay stay right.
"""

from __future__ import annotations

from collections import defaultdict

import torch
from torch import nn

from lexpro.models import compute

# Newton-Schulz coefficients and steps of Jordan et al.: five steps bring all singular values to
# about 1.
QUINTIC = (3.4445, -4.7750, 2.0315)
STEPS = 5
# Root mean square of an AdamW update, which Muon's is scaled to (Liu et al.).
RMS = 0.2


def orthogonal(matrices: torch.Tensor) -> torch.Tensor:
    """The nearest (semi-)orthogonal matrix of each of n, shape (n, rows, columns), by Newton-Schulz
    in bfloat16.
    """
    a, b, c = QUINTIC
    # A processor without bfloat16 of its own emulates it, some eighty times slower than fp32.
    native = matrices.is_cuda or compute.cpu_has_bf16()
    x = matrices.bfloat16() if native else matrices.float()
    tall = x.size(-2) > x.size(-1)
    if tall:
        x = x.mT
    x = x / x.flatten(1).norm(dim=1).clamp(min=1e-7)[:, None, None]
    for _ in range(STEPS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).to(matrices.dtype)


class Muon(torch.optim.Optimizer):
    """Groups with `muon: True` hold matrices; the others are updated by AdamW.

    `lr`, `weight_decay` and `betas` as AdamW's; `momentum` is that of the matrices.
    """

    def __init__(self, groups: list[dict], lr: float, betas: tuple[float, float], momentum: float = 0.95):
        super().__init__(
            groups, {"lr": lr, "betas": betas, "momentum": momentum, "weight_decay": 0.0, "eps": 1e-8}
        )

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            (self._matrices if group["muon"] else self._rest)(group)
        return loss

    def _matrices(self, group: dict) -> None:
        by_shape: dict[torch.Size, list] = defaultdict(list)
        for parameter in group["params"]:
            if parameter.grad is not None:
                by_shape[parameter.shape].append(parameter)
        for shape, parameters in by_shape.items():
            directions = []
            for parameter in parameters:
                momentum = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
                momentum.lerp_(parameter.grad, 1 - group["momentum"])
                directions.append(parameter.grad.lerp(momentum, group["momentum"]))
            scale = group["lr"] * RMS * max(shape) ** 0.5
            for parameter, update in zip(parameters, orthogonal(torch.stack(directions)), strict=True):
                parameter.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update, alpha=scale)

    def _rest(self, group: dict) -> None:
        first, second = group["betas"]
        for parameter in group["params"]:
            if parameter.grad is None:
                continue
            state = self.state[parameter]
            if not state:
                state["step"] = 0
                state["mean"], state["square"] = torch.zeros_like(parameter), torch.zeros_like(parameter)
            state["step"] += 1
            state["mean"].lerp_(parameter.grad, 1 - first)
            state["square"].lerp_(parameter.grad.square(), 1 - second)
            mean = state["mean"] / (1 - first ** state["step"])
            root = (state["square"] / (1 - second ** state["step"])).sqrt_().add_(group["eps"])
            parameter.mul_(1 - group["lr"] * group["weight_decay"]).sub_(mean / root, alpha=group["lr"])


def of(model: nn.Module, settings: dict) -> Muon:
    """Muon for the matrices of the layers, AdamW without decay for embeddings, norms and biases."""
    embeddings = {id(p) for m in model.modules() if isinstance(m, nn.Embedding) for p in m.parameters()}
    matrices, rest = [], []
    for parameter in model.parameters():
        if parameter.requires_grad:
            (matrices if parameter.ndim == 2 and id(parameter) not in embeddings else rest).append(parameter)
    groups = [
        {"params": matrices, "muon": True, "weight_decay": settings["weight_decay"]},
        {"params": rest, "muon": False, "weight_decay": 0.0},
    ]
    return Muon(groups, settings["learning_rate"], tuple(settings["betas"]))
