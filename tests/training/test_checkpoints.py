"""Which checkpoint a training goes on from."""

import logging
from pathlib import Path

import pytest

from lexpro.training import checkpoints

LOG = logging.getLogger("checkpoints")
WEIGHTS = "model.safetensors"


def made(folder: Path, step: int, sealed: bool = True) -> Path:
    checkpoint = folder / f"checkpoint-{step}"
    (checkpoint / "global_step").mkdir(parents=True)
    for name in (WEIGHTS, "optimizer.pt", "global_step/rank_1.pt", "trainer_state.json"):
        (checkpoint / name).write_bytes(bytes(5000))
    if sealed:
        checkpoints.seal(checkpoint)
    return checkpoint


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:1000])


DAMAGE = {
    "weights cut short": (lambda folder: cut(folder / WEIGHTS), f"{WEIGHTS} has 1000 of its 5000 bytes"),
    "weights empty": (lambda folder: (folder / WEIGHTS).write_bytes(b""), "has 0 of its 5000 bytes"),
    "a part of a rank cut": (lambda folder: cut(folder / "global_step/rank_1.pt"), "rank_1.pt has 1000"),
    "a file gone": (lambda folder: (folder / "optimizer.pt").unlink(), "optimizer.pt is missing"),
    "seal gone": (lambda folder: (folder / checkpoints.COMPLETE).unlink(), "cut off while it was written"),
    "seal cut": (lambda folder: (folder / checkpoints.COMPLETE).write_text('{"a": 1'), "cut off while"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_checkpoint_gives_way_to_the_one_before_it(tmp_path, caplog, kind):
    older, newest = made(tmp_path, 20), made(tmp_path, 100)
    assert checkpoints.latest(tmp_path, LOG) == newest
    damage, said = DAMAGE[kind]
    damage(newest)
    assert checkpoints.latest(tmp_path, LOG) == older
    assert said in caplog.text and "checkpoint-100 is not used" in caplog.text
    assert not newest.exists()


def test_without_an_undamaged_checkpoint_a_training_begins_anew(tmp_path, caplog):
    assert checkpoints.latest(tmp_path / "none", LOG) is None
    made(tmp_path, 20, sealed=False)
    assert checkpoints.latest(tmp_path, LOG) is None
    assert "checkpoint-20" in caplog.text
