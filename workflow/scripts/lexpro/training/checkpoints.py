"""Checkpoints outside the declared outputs: a training that ended early goes on from the last
complete one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import torch

# What a trainer holds at the end of a step and transformers leaves out of a checkpoint, besides
# TRL's metrics: the loss since the last logged line; of GRPO, how far it is in the completions that
# it has sampled, and those that are still to be learnt from (`steps_per_sampling`,
# `num_iterations`).
HELD = ("_tr_loss", "_globalstep_last_logged", "_step", "_buffered_inputs")


def step(folder: Path) -> int:
    return int(folder.name.rsplit("-", 1)[1])


def latest(folder: Path) -> Path | None:
    """The newest complete `checkpoint-<step>` of a trainer, or None.

    The trainer writes its state last: a checkpoint without it was cut off while it was written, and
    is removed.
    """
    found = sorted(folder.glob("checkpoint-*"), key=step, reverse=True)
    for checkpoint in found:
        if (checkpoint / "trainer_state.json").is_file():
            return checkpoint
        # Every process of a training looks: another may have been faster.
        shutil.rmtree(checkpoint, ignore_errors=True)
    return None


class Complete:
    """Of one of TRL's trainers: a checkpoint after any step leads to the same weights and the same
    record.

    Each process writes a file of its own beside its random numbers, and reads it with them, where
    there are as many processes and micro-batches as there were: other ones go on without it.
    """

    def _held(self, checkpoint: str) -> tuple[Path, list[int]]:
        args = self.args
        split = [args.world_size, args.per_device_train_batch_size, args.gradient_accumulation_steps]
        return Path(checkpoint) / f"held_{args.process_index}.pth", split

    def _save_rng_state(self, output_dir: str) -> None:
        super()._save_rng_state(output_dir)
        file, split = self._held(output_dir)
        held = {name: value for name, value in vars(self).items() if name in HELD}
        metrics = {mode: dict(values) for mode, values in self._metrics.items()}
        torch.save({"split": split, "held": held, "metrics": metrics}, file)
        # The first process writes next what says that the checkpoint is complete.
        self.accelerator.wait_for_everyone()

    def _load_rng_state(self, checkpoint: str) -> None:
        super()._load_rng_state(checkpoint)
        file, split = self._held(checkpoint)
        where = self.args.device.type
        saved = torch.load(file, weights_only=True, map_location=where) if file.is_file() else {}
        if saved.get("split") == split:
            vars(self).update(saved["held"])
            for mode, values in saved["metrics"].items():
                self._metrics[mode].update(values)

    def _run_epoch(self, *args, **kwargs) -> None:
        """After the last step there is no other: from a checkpoint of it, transformers would go on
        with its epoch.
        """
        if self.state.global_step < self.state.max_steps:
            super()._run_epoch(*args, **kwargs)
