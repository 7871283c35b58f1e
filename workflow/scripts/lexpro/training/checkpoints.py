"""Checkpoints outside the declared outputs: an interrupted training goes on from the last one."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from transformers import Trainer, TrainerCallback

from lexpro.models.compute import is_main

# What a trainer holds at the end of a step and transformers leaves out of a checkpoint, besides
# TRL's metrics: the loss since the last logged line; of GRPO, how far it is in the completions that
# it has sampled, and those that are still to be learnt from (`steps_per_sampling`,
# `num_iterations`).
HELD = ("_tr_loss", "_globalstep_last_logged", "_step", "_buffered_inputs")
# Written last: a checkpoint without it was cut off while it was written.
COMPLETE = "complete"


class AlreadyTrained(Exception):
    """The checkpoint is that of the last step: the model is loaded, and no step is left."""


def step(folder: Path) -> int:
    """The step of a folder `checkpoint-<step>`."""
    return int(folder.name.rsplit("-", 1)[1])


def latest(folder: Path) -> Path | None:
    """The newest complete `checkpoint-<step>` of a trainer, or None; newer ones are removed."""
    for checkpoint in sorted(folder.glob("checkpoint-*"), key=step, reverse=True):
        if (checkpoint / COMPLETE).is_file():
            return checkpoint
        # Every process of a training looks: another may have been faster.
        shutil.rmtree(checkpoint, ignore_errors=True)
    return None


class Exact(TrainerCallback):
    """Makes a resumed training the same, to the last bit, as one that was not interrupted.

    Each process writes a file of its own into a checkpoint, and reads it again where there are as
    many processes and micro-batches as there were: other ones go on without it.
    """

    def __init__(self, trainer: Trainer, checkpoint: Path | None):
        """Watch a trainer that is to go on from `checkpoint` (None: to begin)."""
        self.trainer, self.checkpoint = trainer, checkpoint

    def _held(self, checkpoint: Path, args) -> tuple[Path, list[int]]:
        split = [args.world_size, args.per_device_train_batch_size, args.gradient_accumulation_steps]
        return checkpoint / f"held_{args.process_index}.pth", split

    def on_save(self, args, state, control, **kwargs):
        """Add to the checkpoint what transformers leaves out, and mark it as complete."""
        checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        file, split = self._held(checkpoint, args)
        held = {name: value for name, value in vars(self.trainer).items() if name in HELD}
        metrics = {mode: dict(values) for mode, values in self.trainer._metrics.items()}
        torch.save({"split": split, "held": held, "metrics": metrics}, file)
        self.trainer.accelerator.wait_for_everyone()
        if is_main():
            (checkpoint / COMPLETE).touch()

    def on_train_begin(self, args, state, control, **kwargs):
        """Take back what the checkpoint holds.

        Raises:
            AlreadyTrained: no step is left. transformers would go on with the epoch.
        """
        if not self.checkpoint:
            return
        file, split = self._held(self.checkpoint, args)
        where = args.device.type
        saved = torch.load(file, weights_only=True, map_location=where) if file.is_file() else {}
        if saved.get("split") == split:
            vars(self.trainer).update(saved["held"])
            for mode, values in saved["metrics"].items():
                self.trainer._metrics[mode].update(values)
        if state.global_step >= state.max_steps:
            raise AlreadyTrained
