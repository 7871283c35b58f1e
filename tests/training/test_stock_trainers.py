"""Without `runtime.cpu_speedups` the trainers are TRL's own."""

from pathlib import Path

import pandas as pd
import pytest
from interrupted import at, ended, same
from trainings import ALL, CHANGE, INPUTS, favour, metrics
from trl import SFTTrainer

import grpo
import sft
from lexpro.training import trainer
from lexpro.training.cpu import grpo as cpu_grpo
from lexpro.training.cpu import sft as cpu_sft
from lexpro.training.stopping import Stop
from lexpro.training.trl_grpo import GRPOTrainer
from lexpro.workflow.files import read_json

OFF = {"cpu_speedups": False}


@pytest.fixture
def kinds(monkeypatch):
    """The classes of the trainers that are trained, in their order."""
    found, finish = [], trainer.finish

    def noted(run, own, *rest):
        found.append(type(own))
        finish(run, own, *rest)

    monkeypatch.setattr(trainer, "finish", noted)
    return found


def test_sft_and_grpo_train_with_trls_own_trainers(tuned, monkeypatch, kinds):
    favour(monkeypatch)
    sft.main(["--plan", str(tuned("sft", "off", INPUTS, runtime=OFF))])
    change = {**CHANGE, "runtime": {**CHANGE["runtime"], **OFF}}
    grpo.main(["--plan", str(tuned("grpo", "off", ALL, **change))])
    sft.main(["--plan", str(tuned("sft", "on", INPUTS))])
    grpo.main(["--plan", str(tuned("grpo", "on", ALL, **CHANGE))])
    assert kinds == [SFTTrainer, GRPOTrainer, cpu_sft.Trainer, cpu_grpo.Trainer]
    for stage in ("sft", "grpo"):
        off, on = metrics(f"results/{stage}/off"), metrics(f"results/{stage}/on")
        assert [row["step"] for row in off] == [row["step"] for row in on]
        assert off[0].keys() >= on[0].keys(), "the record has what it has with the faster ones"
        manifest = read_json(Path(f"results/{stage}/off/manifest.json"))
        assert manifest["counts"]["tensors_changed"] > 0
    assert off[0]["rewards/length/none"] == 0.0 and off[0]["rewards/never/none"] == 1.0
    table = pd.read_parquet("results/grpo/off/completions.parquet")
    assert table.step.value_counts().to_dict() == {0: 5, 1: 5}


def test_they_go_on_from_the_very_step_too(based, monkeypatch):
    change = {"max_steps": 4, "global_batch_size": 20, "optimizer": "adamw"}
    change["runtime"] = {**OFF, "save_every": 100, "log_every": 2}
    sft.main(["--plan", str(based("sft", "whole", INPUTS, **change))])
    folder = based("sft", "asked", INPUTS, **change)
    with monkeypatch.context() as patch:
        patch.setattr(Stop, "on_step_begin", at("on_step_begin", 2))
        assert ended(sft, folder).name == "checkpoint-3"
    sft.main(["--plan", str(folder)])
    same(sft)
