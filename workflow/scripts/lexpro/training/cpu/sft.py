"""TRL's `SFTTrainer` with what makes a small model on a processor fast.

Written for TRL 1.16 and transformers 5.17: what it overrides and calls is in
tests/training/test_cpu_signatures.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from datasets import Dataset
from torch.utils.data import Sampler
from trl import SFTTrainer

from lexpro.models import compute


class SortedSteps(Sampler[int]):
    """Random order; the sequences of one optimiser step are sorted by length.

    So the micro-batches of a step pad little. A step holds the same random sequences as without:
    what is learnt does not change. Batches of similar length, which pad less, are of one task each,
    and a step then follows one task only.
    """

    def __init__(self, lengths: list[int], batch: int, seed: int):
        """Sample rows of the given lengths, `batch` of them in an optimiser step."""
        self.lengths, self.batch, self.seed, self.epoch = lengths, batch, seed, 0

    def __len__(self) -> int:
        return len(self.lengths)

    def set_epoch(self, epoch: int) -> None:
        """Choose the order: each epoch has its own."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        order = torch.randperm(len(self.lengths), generator=generator).tolist()
        self.epoch += 1
        for start in range(0, len(order), self.batch):
            yield from sorted(order[start : start + self.batch], key=self.lengths.__getitem__)


class Trainer(SFTTrainer):
    """SFTTrainer that sorts each step by length and scores the vocabulary only where there is loss.

    TRL's fused head scores every position on devices without Triton: for a prompt of 200 tokens, an
    answer of 100 and a small model a third of the time.
    """

    def _get_train_sampler(self, train_dataset=None):
        data = train_dataset if train_dataset is not None else self.train_dataset
        if self.args.padding_free or not isinstance(data, Dataset):
            return super()._get_train_sampler(train_dataset)
        batch = (
            self.args.per_device_train_batch_size
            * self.args.gradient_accumulation_steps
            * self.args.world_size
        )
        return SortedSteps([len(ids) for ids in data["input_ids"]], batch, self.args.seed)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        """Mean loss of a token of the batch (or of all that a step has, `num_items_in_batch`).

        Args:
            model: what is trained.
            inputs: `input_ids` and `labels`, both `[rows, tokens]`, and `attention_mask` or
                `position_ids`. Labels of -100 do not count, and only the logits from the first
                other one on are computed.
            return_outputs: whether the model's outputs are wanted too; then the parent class
                computes.
            num_items_in_batch: tokens that count in the whole step, of all micro-batches and
                processes; None: those of this batch.

        Returns:
            The loss, a scalar; with `return_outputs` (loss, outputs).

        Raises:
            IndexError: no label of the batch counts.
        """
        if return_outputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        labels = inputs["labels"][:, 1:]
        first = (labels != -100).any(0).nonzero()[0].item()
        keep = min(compute.round_up(labels.size(1) - first), labels.size(1))
        # Packed documents have positions that begin again, and no mask: from these, attention is
        # kept within each.
        places = {n: inputs[n] for n in ("attention_mask", "position_ids") if n in inputs}
        logits = model(
            input_ids=inputs["input_ids"],
            **places,
            logits_to_keep=keep + 1,
            use_cache=False,
        ).logits[:, :-1]
        labels = labels[:, -keep:]
        total = torch.nn.functional.cross_entropy(
            logits.float().flatten(0, 1), labels.flatten(), ignore_index=-100, reduction="sum"
        )
        count = num_items_in_batch if num_items_in_batch is not None else (labels != -100).sum()
        # transformers averages gradients over processes; the count is of all of them.
        return total / count * (self.args.world_size if num_items_in_batch is not None else 1)
