"""Twenty steps of SFT and of GRPO against committed curves (tests/references/trajectory.json).

A curve that moves says that training has changed, on purpose or not. On purpose, it is recorded
anew, with a reason:

LEXPRO_RECORD="why it changed" pytest tests/training/test_trajectory.py
"""

import os
from pathlib import Path

import pytest
from trainings import ALL, INPUTS, metrics

import grpo
import sft
from lexpro.workflow.files import read_json, write_json

REFERENCE = Path(__file__).parents[1] / "references/trajectory.json"
STEPS = 20
# Relative: fp32 on one thread is the same bits on one machine; other processors add in another
# order, which grows.
TOLERANCE = {"loss": 0.005, "grad_norm": 0.05, "reward": 0.05, "entropy": 0.01}
SFT = {"optimizer": "adamw", "learning_rate": 3e-3, "max_steps": STEPS}
GRPO = {
    "rewards": [{"fn": "lexpro.rewards.overlong.soft", "weight": 1.0, "args": {"limit": 8, "cache": 8}}],
    "num_generations": 4,
    "global_batch_size": 8,
    "max_completion_length": 8,
    "max_steps": STEPS,
    "learning_rate": 1e-3,
    # Said here, so that a curve does not move with how the demo is tuned.
    "scale_rewards": "batch",
    "runtime": {"per_device_batch_size": 8},
}


def curve(folder: str, names: tuple[str, ...]) -> dict[str, list[float]]:
    """{name: its value at each step}"""
    return {name: [row[name] for row in metrics(folder)] for name in names}


def far(found: dict, expected: dict) -> list[str]:
    """Names of the curves that leave their tolerance anywhere."""
    return [
        name
        for name, values in expected.items()
        if values != pytest.approx(found[name], rel=TOLERANCE[name], abs=1e-3)
    ]


def agrees(name: str, found: dict) -> None:
    """Compare with the committed curves, or write them where a reason is given."""
    kept = read_json(REFERENCE) if REFERENCE.is_file() else {}
    if reason := os.environ.get("LEXPRO_RECORD"):
        write_json(REFERENCE, {**kept, name: {"reason": reason, "curves": found}})
        return
    assert far(found, kept[name]["curves"]) == [], f"{name} learns otherwise than when it was recorded"


def test_sft_goes_where_it_went(based):
    sft.main(["--plan", str(based("sft", "s", INPUTS, **SFT))])
    found = curve("results/sft/s", ("loss", "grad_norm"))
    assert len(found["loss"]) == STEPS and found["loss"][-1] < 0.8 * found["loss"][0]
    agrees("sft", found)


def test_another_rate_leaves_the_tolerance(based):
    sft.main(["--plan", str(based("sft", "s", INPUTS, **{**SFT, "learning_rate": 4e-3}))])
    assert "loss" in far(curve("results/sft/s", ("loss", "grad_norm")), read_json(REFERENCE)["sft"]["curves"])


def test_grpo_goes_where_it_went(tuned):
    grpo.main(["--plan", str(tuned("grpo", "g", ALL, **GRPO))])
    found = curve("results/grpo/g", ("reward", "grad_norm", "entropy"))
    assert len(found["reward"]) == STEPS
    agrees("grpo", found)
