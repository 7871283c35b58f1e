"""Checkpoints outside the declared outputs: an interrupted training goes on from the last one."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import torch
from transformers import Trainer, TrainerCallback

from lexpro.models.compute import is_main
from lexpro.workflow.files import read_json, write_json

# What a trainer holds at the end of a step and transformers leaves out of a checkpoint, besides
# TRL's metrics: the loss since the last logged line; of GRPO, how far it is in the completions that
# it has sampled, and those that are still to be learnt from (`steps_per_sampling`,
# `num_iterations`).
HELD = ("_tr_loss", "_globalstep_last_logged", "_step", "_buffered_inputs")
# Written last: a checkpoint without it was cut off while it was written. It names the files of the
# checkpoint with their sizes in bytes.
COMPLETE = "complete.json"


class AlreadyTrained(Exception):
    """The checkpoint is that of the last step: the model is loaded, and no step is left."""


def step(folder: Path) -> int:
    """The step of a folder `checkpoint-<step>`."""
    return int(folder.name.rsplit("-", 1)[1])


def latest(folder: Path, log: logging.Logger) -> Path | None:
    """The newest undamaged `checkpoint-<step>` of a trainer, or None; newer ones are removed.

    Args:
        folder: of the trainer's checkpoints.
        log: is told of a damaged one, and why.
    """
    for checkpoint in sorted(folder.glob("checkpoint-*"), key=step, reverse=True):
        if (damage := damage_of(checkpoint)) is None:
            return checkpoint
        log.warning("%s is not used and removed: %s", checkpoint, damage)
        # Every process of a training looks: another may have been faster.
        shutil.rmtree(checkpoint, ignore_errors=True)
    return None


def seal(checkpoint: Path) -> None:
    """Write down that a checkpoint is complete, and which files it has."""
    sizes = {
        str(path.relative_to(checkpoint)): path.stat().st_size
        for path in sorted(checkpoint.rglob("*"))
        if path.is_file()
    }
    write_json(checkpoint / COMPLETE, sizes)


def damage_of(checkpoint: Path) -> str | None:
    """What is wrong with a checkpoint; None where it can be resumed."""
    try:
        sizes = read_json(checkpoint / COMPLETE)
    except (OSError, ValueError):
        return "it was cut off while it was written"
    for name, size in sizes.items():
        file = checkpoint / name
        if not file.is_file():
            return f"{name} is missing"
        # A size that another node wrote may have been seen too small: it is a lower bound.
        if file.stat().st_size < size:
            return f"{name} has {file.stat().st_size} of its {size} bytes"
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
        """Add to the checkpoint what transformers leaves out, and mark it as complete.

        Args:
            args: the trainer's arguments; the checkpoint lies in their `output_dir`.
            state: where the training is; `global_step` names the checkpoint.
            control: not used.
            **kwargs: what else transformers passes; not used.
        """
        checkpoint = Path(args.output_dir) / f"checkpoint-{state.global_step}"
        file, split = self._held(checkpoint, args)
        held = {name: value for name, value in vars(self.trainer).items() if name in HELD}
        metrics = {mode: dict(values) for mode, values in self.trainer._metrics.items()}
        torch.save({"split": split, "held": held, "metrics": metrics}, file)
        self.trainer.accelerator.wait_for_everyone()
        if is_main():
            seal(checkpoint)

    def on_train_begin(self, args, state, control, **kwargs):
        """Take back what the checkpoint holds.

        Args:
            args: the trainer's arguments: the device, and how a batch is split.
            state: where the training goes on.
            control: not used.
            **kwargs: what else transformers passes; not used.

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

    def on_epoch_begin(self, args, state, control, train_dataloader=None, **kwargs):
        """Choose the order of the epoch, as accelerate does where it finds the sampler.

        It does not where a training on several processes goes on in the middle of an epoch: that
        had the order of the first one.

        Args:
            args: not used.
            state: `epoch` is where the training is.
            control: not used.
            train_dataloader: of the training; its sampler is told the epoch if it wants to know.
            **kwargs: what else transformers passes; not used.
        """
        batches = getattr(train_dataloader, "batch_sampler", None)
        while hasattr(batches, "batch_sampler"):
            batches = batches.batch_sampler
        sampler = getattr(batches, "sampler", None)
        if hasattr(sampler, "set_epoch"):
            sampler.set_epoch(int(state.epoch or 0))
