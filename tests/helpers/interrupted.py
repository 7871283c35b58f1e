"""Trainings that are asked to end, and what they leave."""

import logging
import os
import signal
from pathlib import Path

import pytest

from lexpro.training import checkpoints
from lexpro.training.stopping import Stop
from lexpro.workflow.files import read_json


def at(event: str, step: int):
    """A hook at an event of the trainer: the scheduler asks, and what passes signals on repeats
    it.
    """
    original = getattr(Stop, event)

    def hook(self, args, state, control, **kwargs):
        if state.global_step == step:
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGTERM)
        return original(self, args, state, control, **kwargs)

    return hook


def ended(stage, folder: Path, number: int = signal.SIGTERM) -> Path | None:
    """Run a stage that is asked to end; the checkpoint that it leaves, and nothing else."""
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)]
    with pytest.raises(SystemExit) as stop:
        stage.main(["--plan", str(folder)])
    assert stop.value.code == 128 + number
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)] == before
    assert not Path("results", stage.__name__, folder.name).exists(), "a half of something"
    (work_dir,) = Path("scratch", stage.__name__).glob(f"{folder.name}-*")
    return checkpoints.latest(work_dir / "checkpoints", logging.getLogger())


def same(stage) -> None:
    """`asked` has the bytes of `whole`: the weights, and what was measured at each step."""
    whole, asked = (
        read_json(Path("results", stage.__name__, key, "manifest.json"))["files"]
        for key in ("whole", "asked")
    )
    for name in ("model/model.safetensors", "metrics.jsonl"):
        assert asked[name] == whole[name], name
