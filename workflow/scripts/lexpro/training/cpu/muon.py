"""Muon in fp32, for processors that only emulate bfloat16.

torch's own orthogonalises in bfloat16, one matrix after the other. Emulated, a product of two
512 x 512 matrices runs at 0.5 GFLOPS instead of 39 in fp32 (AVX2).
"""

from __future__ import annotations

from collections import defaultdict

import torch


def orthogonal(
    matrices: torch.Tensor, coefficients: tuple[float, float, float], steps: int, eps: float
) -> torch.Tensor:
    """The nearest (semi-)orthogonal matrix of each, by Newton-Schulz.

    Args:
        matrices: shape `[matrix, row, column]`.
        coefficients: of the quintic iteration.
        steps: of the iteration; five bring all singular values to about 1.
        eps: least norm that is divided by.
    """
    a, b, c = coefficients
    x = matrices.float()
    tall = x.size(-2) > x.size(-1)
    if tall:
        x = x.mT
    x = x / x.flatten(1).norm(dim=1).clamp(min=eps)[:, None, None]
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return (x.mT if tall else x).to(matrices.dtype)


class Fp32Muon(torch.optim.Muon):
    """torch's Muon with Nesterov's momentum and `match_rms_adamw`, in fp32.

    Matrices of one shape are orthogonalised together.
    """

    @torch.no_grad()
    def step(self, closure=None):
        """Update all matrices that have a gradient."""
        for group in self.param_groups:
            by_shape = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    by_shape[parameter.shape].append(parameter)
            for shape, parameters in by_shape.items():
                self._update(group, shape, parameters)

    def _update(self, group: dict, shape: torch.Size, parameters: list[torch.Tensor]) -> None:
        momentum, directions = group["momentum"], []
        for parameter in parameters:
            state = self.state[parameter]
            if "momentum_buffer" not in state:
                state["momentum_buffer"] = torch.zeros_like(parameter)
            buffer = state["momentum_buffer"].lerp_(parameter.grad, 1 - momentum)
            directions.append(parameter.grad.lerp(buffer, momentum))
        updates = orthogonal(
            torch.stack(directions), group["ns_coefficients"], group["ns_steps"], group["eps"]
        )
        # The root mean square of an AdamW update is about 0.2 (Liu et al. 2025).
        scale = group["lr"] * 0.2 * max(shape) ** 0.5
        for parameter, update in zip(parameters, updates, strict=True):
            parameter.mul_(1 - group["lr"] * group["weight_decay"]).sub_(update, alpha=scale)
