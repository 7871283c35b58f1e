"""Dynamic sampling: more groups are sampled than trained on, and those that teach nothing left out.

A group whose completions all earn the same has no advantage, and so no gradient; the further a
training gets, the more groups are like that. DAPO (arXiv 2503.14476) samples until a step is full.
Here a step samples a fixed number of groups, `oversampling` for each that it trains on, so that its
cost is known, all processes do the same, and a resumed training sees the same prompts.

Written for TRL 1.16, which has no such thing: what it overrides is in
tests/training/test_cpu_signatures.py.
"""

from __future__ import annotations

import torch
from trl.trainer.grpo_trainer import RepeatSampler

from lexpro.training.raft import NOTHING, RewardRanked
from lexpro.workflow.errors import UserError


def take(inputs: dict, rows: torch.Tensor) -> dict:
    """`inputs` with some rows only; what is not of rows stays.

    Args:
        inputs: of a step of GRPO, with `advantages` `[rows]`.
        rows: places of the rows, int64.
    """
    count = len(inputs["advantages"])

    def is_of_rows(value) -> bool:
        return isinstance(value, torch.Tensor) and value.dim() > 0 and len(value) == count

    return {name: value[rows] if is_of_rows(value) else value for name, value in inputs.items()}


def without_variance(advantages: torch.Tensor, size: int) -> torch.Tensor:
    """Which groups of `size` completions teach nothing, `[groups]` bool."""
    return (advantages.view(-1, size).abs() <= NOTHING).all(dim=1)


def teaching_first(advantages: torch.Tensor, size: int, kept: int) -> torch.Tensor:
    """The rows of the groups to train on, in their order.

    Args:
        advantages: of each completion, `[rows]`, group after group.
        size: completions of a group.
        kept: groups to keep. Where fewer have an advantage, some without are among them.

    Returns:
        Rows, `[kept x size]` int64.
    """
    chosen = without_variance(advantages, size).int().argsort(stable=True)[:kept].sort().values
    return (chosen[:, None] * size + torch.arange(size, device=advantages.device)).flatten()


class DynamicSampling(RewardRanked):
    """GRPOTrainer that samples `oversampling` groups for each that it trains on.

    Attributes:
        oversampling: 1 is plain GRPO.
    """

    oversampling = 1

    def get_train_dataloader(self):
        """As TRL's; a batch is everything that a step samples."""
        return self._get_dataloader(
            dataset=self.train_dataset,
            description="Training",
            batch_size=self._train_batch_size * self.args.steps_per_generation * self.oversampling,
            sampler_fn=self._get_train_sampler,
            is_training=True,
        )

    def _get_train_sampler(self, dataset=None):
        return RepeatSampler(
            data_source=self.train_dataset if dataset is None else dataset,
            mini_repeat_count=self.num_generations,
            batch_size=self.args.generation_batch_size // self.num_generations * self.oversampling,
            repeat_count=self.num_iterations * self.args.steps_per_generation,
            shuffle=self.shuffle_dataset,
            seed=self.args.seed,
        )

    def _generate_and_score_completions(self, inputs):
        sampled = super()._generate_and_score_completions(inputs)
        if self.oversampling == 1 or not self.model.training:
            return sampled
        groups, rest = divmod(len(inputs), self.num_generations * self.oversampling)
        if rest:
            raise UserError(
                f"grpo.oversampling: the {len(inputs)} completions that a process samples are not "
                f"{self.oversampling} times whole groups of {self.num_generations}. Let global_batch_size, by the "
                "number of devices, be a multiple of num_generations."
            )
        kept = take(sampled, teaching_first(sampled["advantages"], self.num_generations, groups))
        # TRL divides the loss by the tokens of all that was sampled.
        tokens = (kept["completion_mask"] * kept.get("tool_mask", 1)).sum()
        kept["num_items_in_batch"] = self.accelerator.gather(tokens).sum()
        flat = without_variance(kept["advantages"], self.num_generations)
        share = self.accelerator.gather(flat.float().mean()).mean().item()
        self._metrics["train"]["trained_zero_variance_groups"].append(share)
        return kept
