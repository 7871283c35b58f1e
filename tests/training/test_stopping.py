"""Trainings that are asked to end: after the step, with a checkpoint; the next run leaves what one
run would have.
"""

import os
import signal
from pathlib import Path

import pandas as pd
import pytest
from interrupted import at, ended, same
from trainings import ALL, CHANGE, INPUTS, favour
from trl import SFTTrainer

import base_model
import grpo
import sft
from lexpro.models import loading
from lexpro.training.stopping import Stop
from lexpro.workflow.files import read_json

# Two steps an epoch, of five micro-batches each; the schedule saves nothing, and logs every second
# step.
SIX = {"max_steps": 6, "global_batch_size": 20, "runtime": {"save_every": 100, "log_every": 2}}


@pytest.mark.parametrize(
    ("event", "step", "saved"),
    [
        ("on_step_begin", 0, 1),
        # In the midst of an epoch and of the steps of a logged line.
        ("on_step_begin", 2, 3),
        ("on_pre_optimizer_step", 2, 3),
        ("on_step_end", 3, 3),
        ("on_step_end", 4, 4),
    ],
)
def test_sft_goes_on_from_the_very_step(based, monkeypatch, capfd, event, step, saved):
    sft.main(["--plan", str(based("sft", "whole", INPUTS, **SIX))])
    folder = based("sft", "asked", INPUTS, **SIX)
    with monkeypatch.context() as patch:
        patch.setattr(Stop, event, at(event, step))
        found = ended(sft, folder)
    said = capfd.readouterr().err
    assert f"SIGTERM: ending after step {saved} of 6" in said and "Run snakemake again" in said
    assert found.name == f"checkpoint-{saved}"
    sft.main(["--plan", str(folder)])
    assert f"resuming from {found}" in capfd.readouterr().err
    same(sft)


@pytest.mark.parametrize("last", [5, 6])
def test_a_request_at_the_last_step_costs_no_other(based, monkeypatch, last):
    """In the midst of an epoch, and at its end."""
    change = {**SIX, "max_steps": last}
    sft.main(["--plan", str(based("sft", "whole", INPUTS, **change))])
    folder = based("sft", "asked", INPUTS, **change)
    with monkeypatch.context() as patch:
        patch.setattr(Stop, "on_step_end", at("on_step_end", last))
        assert ended(sft, folder).name == f"checkpoint-{last}"
    sft.main(["--plan", str(folder)])
    same(sft)


def test_ctrl_c_is_a_request_too(workplace, monkeypatch):
    inputs = {"tasks": "results/tasks/t"}
    base_model.main(["--plan", str(workplace("base_model", "whole", inputs))])
    folder = workplace("base_model", "asked", inputs)
    begin = Stop.on_step_begin
    with monkeypatch.context() as patch:
        patch.setattr(Stop, "on_step_begin", lambda *_, **__: os.kill(os.getpid(), signal.SIGINT))
        assert ended(base_model, folder, signal.SIGINT).name == "checkpoint-1"
    assert Stop.on_step_begin is begin
    base_model.main(["--plan", str(folder)])
    same(base_model)


def test_what_ignores_ctrl_c_goes_on_ignoring_it(based, monkeypatch):
    """As a command does that a shell has started in the background."""
    monkeypatch.setattr(Stop, "on_step_begin", lambda *_, **__: os.kill(os.getpid(), signal.SIGINT))
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sft.main(["--plan", str(based("sft", "s", INPUTS))])
    finally:
        signal.signal(signal.SIGINT, before)
    assert Path("results/sft/s/manifest.json").exists()


def test_a_request_while_the_model_is_loaded_ends_at_once(based, monkeypatch):
    folder = based("sft", "asked", INPUTS)
    with monkeypatch.context() as patch:
        patch.setattr(loading, "model", lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM))
        assert ended(sft, folder) is None
    sft.main(["--plan", str(folder)])
    assert Path("results/sft/asked/manifest.json").exists()


def test_a_request_during_a_save_needs_no_other(based, monkeypatch):
    change = {**SIX, "runtime": {"save_every": 2}}
    sft.main(["--plan", str(based("sft", "whole", INPUTS, **change))])
    folder = based("sft", "asked", INPUTS, **change)
    save = SFTTrainer._save_rng_state

    def interrupted(self, output_dir):
        os.kill(os.getpid(), signal.SIGTERM)
        save(self, output_dir)

    with monkeypatch.context() as patch:
        patch.setattr(SFTTrainer, "_save_rng_state", interrupted)
        assert ended(sft, folder).name == "checkpoint-2"
    sft.main(["--plan", str(folder)])
    same(sft)


@pytest.mark.parametrize(
    "change", [{}, {"steps_per_sampling": 2}, {"steps_per_sampling": 2, "num_iterations": 2}]
)
def test_grpo_goes_on_with_the_completions_that_it_had(tuned, monkeypatch, change):
    """Also where a step learns from completions that an earlier one has sampled."""
    favour(monkeypatch)
    runtime = {"per_device_batch_size": 4, "save_every": 100, "log_every": 2}
    change = {**CHANGE, "max_steps": 6, "learning_rate": 1e-3, "runtime": runtime, **change}
    grpo.main(["--plan", str(tuned("grpo", "whole", ALL, **change))])
    folder = tuned("grpo", "asked", ALL, **change)
    with monkeypatch.context() as patch:
        patch.setattr(Stop, "on_step_begin", at("on_step_begin", 2))
        assert ended(grpo, folder).name == "checkpoint-3"
    grpo.main(["--plan", str(folder)])
    same(grpo)
    tables = [pd.read_parquet(f"results/grpo/{key}/completions.parquet") for key in ("whole", "asked")]
    pd.testing.assert_frame_equal(*tables)


def test_another_number_of_micro_batches_goes_on_without_what_was_held(based, monkeypatch):
    folder = based("sft", "asked", INPUTS, **SIX)
    with monkeypatch.context() as patch:
        patch.setattr(Stop, "on_step_end", at("on_step_end", 3))
        ended(sft, folder)
    based("sft", "asked", INPUTS, **{**SIX, "runtime": {**SIX["runtime"], "per_device_batch_size": 10}})
    sft.main(["--plan", str(folder)])
    assert read_json(Path("results/sft/asked/manifest.json"))["counts"]["steps"] == 6
