"""Weights & Biases as a mirror that nothing depends on."""

import logging
from types import SimpleNamespace

import pytest
from training_cases import tuning

from lexpro.training import tracking
from lexpro.workflow.errors import UserError


@pytest.mark.parametrize(
    ("ordered", "asked", "key", "expected"),
    [
        (None, "auto", None, "offline"),
        (None, "auto", "k", "online"),
        (None, "online", None, "online"),
        ("offline", "disabled", "k", "disabled"),
        ("offline", "online", "k", "offline"),
        ("disabled", "online", "k", "disabled"),
        ("online", "offline", "k", "offline"),
        ("online", "auto", None, "online"),
    ],
)
def test_the_more_private_mode_of_wandb_counts(monkeypatch, ordered, asked, key, expected):
    for name, value in (("WANDB_MODE", ordered), ("WANDB_API_KEY", key)):
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
    assert tracking.mode(asked) == expected


def test_a_mode_that_wandb_does_not_have_is_refused(monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "of-line")
    with pytest.raises(UserError, match="WANDB_MODE is 'of-line'"):
        tracking.mode("auto")


def test_a_training_goes_on_when_wandb_refuses_its_run(tmp_path, monkeypatch, caplog):
    """As it does for an id that another process of the same service still has open."""
    import wandb
    from wandb.sdk.mailbox.mailbox_handle import ServerResponseError

    def refuse(**_):
        raise ServerResponseError("run ID k is in use")

    monkeypatch.setattr(wandb, "init", refuse)
    monkeypatch.setenv("WANDB_MODE", "offline")
    log = logging.getLogger("refused")
    run = SimpleNamespace(stage="sft", key="k", settings=tuning(), attest={}, log=log)
    tracker = tracking.Tracker(run)
    tracker.log({"loss": 1.0}, 1)
    tracker.finish(tmp_path, [])
    assert "run ID k is in use" in caplog.text and not run.attest


def test_a_training_goes_on_when_the_service_of_wandb_has_ended(tmp_path, monkeypatch, caplog):
    """A scheduler's signal is for all processes of a job: the training's checkpoint is still to be
    saved.
    """
    import wandb

    def lost(*_, **__):
        raise ConnectionResetError("Connection lost")

    fake = SimpleNamespace(id="k", url="", dir=str(tmp_path), log=lost, log_artifact=lost, finish=lost)
    monkeypatch.setattr(wandb, "init", lambda **_: fake)
    monkeypatch.setenv("WANDB_MODE", "offline")
    log = logging.getLogger("lost")
    run = SimpleNamespace(stage="sft", key="k", settings=tuning(), attest={}, log=log)
    for last in (lambda tracker: tracker.log({"loss": 1.0}, 1), lambda tracker: tracker.finish(tmp_path, [])):
        tracker = tracking.Tracker(run)
        last(tracker)
        tracker.log({"loss": 1.0}, 2)
    assert caplog.text.count("W&B has ended") == 2


@pytest.mark.slow
def test_an_offline_run_of_wandb_has_curve_table_and_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "offline")
    model = tmp_path / "results/grpo/k/model"
    model.mkdir(parents=True)
    (model / "weights.safetensors").write_bytes(b"x")
    run = SimpleNamespace(stage="grpo", key="k-12345678", settings=tuning(), attest={}, log=None)
    tracker = tracking.Tracker(run)
    tracker.log({"loss": 1.0}, 1)
    tracker.finish(model, [{"step": 0, "completion": "甲", "rewards/a": None}])
    (folder,) = (tmp_path / "logs/wandb").glob("offline-run-*")
    assert folder.name.endswith("grpo-k-12345678"), "the id of the run is that of stage and key"
    assert list(folder.rglob("completions*.table.json"))
    sent = []
    fake = SimpleNamespace(id="grpo-k", log=sent.append, log_artifact=sent.append, finish=lambda: None)
    tracker.run = fake
    tracker.finish(model, [])
    (artifact,) = sent
    assert artifact.name == "model-grpo-k"
    refs = [entry.ref for entry in artifact.manifest.entries.values()]
    assert refs == [(model / "weights.safetensors").resolve().as_uri()]
