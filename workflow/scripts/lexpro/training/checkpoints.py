"""Checkpoints outside the declared outputs: a killed training goes on from the last complete one."""

from __future__ import annotations

import shutil
from pathlib import Path


def step(folder: Path) -> int:
    return int(folder.name.rsplit("-", 1)[1])


def latest(folder: Path) -> Path | None:
    """The newest complete `checkpoint-<step>` of a trainer, or None.

    The trainer writes its state last: a checkpoint without it was cut off while it was written, and is removed.
    """
    found = sorted(folder.glob("checkpoint-*"), key=step, reverse=True)
    for checkpoint in found:
        if (checkpoint / "trainer_state.json").is_file():
            return checkpoint
        # Every process of a training looks: another may have been faster.
        shutil.rmtree(checkpoint, ignore_errors=True)
    return None
