"""Which checkpoint a training goes on from."""

from lexpro.training import checkpoints


def test_a_checkpoint_that_was_cut_off_is_not_resumed(tmp_path):
    for step, complete in ((20, True), (100, False)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        if complete:
            (folder / checkpoints.COMPLETE).touch()
    assert checkpoints.latest(tmp_path) == tmp_path / "checkpoint-20"
    assert not (tmp_path / "checkpoint-100").exists()
    assert checkpoints.latest(tmp_path / "none") is None
