"""Reward-ranked fine-tuning (RAFT): likelihood of the best completions, as the baseline of GRPO.

Each step samples groups as GRPO does and trains on the best completion of each (arXiv 2304.06767;
online, with the clipped ratio, as RAFT++ of arXiv 2504.11343). So both see the same number of
samples and steps, and what GRPO has more is what it learns from worse completions.

Written for TRL 1.16, whose advantages it replaces: tests/training/test_cpu_signatures.py.
"""

from __future__ import annotations

import torch

from lexpro.training.trl_grpo import GRPOTrainer

# Advantages of a group that all earn the same are 0 up to rounding.
NOTHING = 1e-6


def best_only(advantages: torch.Tensor, size: int) -> torch.Tensor:
    """1 for the best completions of each group of `size`, 0 for the others, `[rows]`.

    A group whose completions all earn the same has no best one.

    Args:
        advantages: of each completion, `[rows]`, group after group.
        size: completions of a group.
    """
    groups = advantages.view(-1, size)
    best = groups.max(dim=1, keepdim=True).values
    return ((groups >= best - NOTHING) & (best > NOTHING)).to(advantages.dtype).flatten()


class RewardRanked(GRPOTrainer):
    """GRPOTrainer that may train on the best completions of each group only.

    Attributes:
        raft: whether it does.
    """

    raft = False

    def _generate_and_score_completions(self, inputs):
        sampled = super()._generate_and_score_completions(inputs)
        if self.raft and self.model.training:
            sampled["advantages"] = best_only(sampled["advantages"], self.num_generations)
        return sampled
