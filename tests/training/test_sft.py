"""base_model and sft as stages: a model of some thousand parameters, trained for some steps on a
processor.
"""

import logging
import re
import shutil
from pathlib import Path

import planning
import pytest
from killing import Killed
from safetensors.torch import load_file, save_file
from trainings import INPUTS, metrics
from transformers import AutoModelForCausalLM

import base_model
import sft
from lexpro.models import loading
from lexpro.training import checkpoints
from lexpro.workflow.files import read_json


def test_a_model_is_trained_from_nothing_and_then_tuned(based):
    base = read_json(Path("results/base_model/b/manifest.json"))
    assert {"model/model.safetensors", "model/tokenizer.json", "metrics.jsonl"} <= base["files"].keys()
    assert base["counts"]["steps"] == 3
    sft.main(["--plan", str(based("sft", "s", INPUTS))])
    manifest = read_json(Path("results/sft/s/manifest.json"))
    assert manifest["counts"]["examples"] == 40 and manifest["counts"]["tensors_changed"] > 0
    assert "model/training_args.bin" not in manifest["files"], "a pickle"
    rows_ = metrics("results/sft/s")
    assert [row["step"] for row in rows_] == [1, 2, 3]
    assert {"loss", "grad_norm", "learning_rate"} <= rows_[0].keys()
    assert not [name for name in rows_[0] if "second" in name or "runtime" in name], "times are no result"
    assert AutoModelForCausalLM.from_pretrained("results/sft/s/model").config.model_type == "qwen2"


@pytest.mark.parametrize(("optimizer", "damaged"), [("muon", False), ("adamw", True)])
def test_a_killed_training_goes_on_to_the_same_bytes(based, monkeypatch, capsys, optimizer, damaged):
    """From its last checkpoint, or from the one before where the last is damaged."""
    change = {"max_steps": 6, "optimizer": optimizer, "runtime": {"save_every": 2}}
    sft.main(["--plan", str(based("sft", "whole", INPUTS, **change))])

    from lexpro.training.metrics import Record

    log = Record.on_log

    def killed(self, args, state, control, logs=None, **kwargs):
        log(self, args, state, control, logs=logs, **kwargs)
        if state.global_step == 5:
            raise Killed

    folder = based("sft", "killed", INPUTS, **change)
    with monkeypatch.context() as patch:
        patch.setattr(Record, "on_log", killed)
        with pytest.raises(Killed):
            sft.main(["--plan", str(folder)])
    assert not Path("results/sft/killed/manifest.json").exists()
    (work_dir,) = Path("scratch/sft").glob("killed-*")
    newest = work_dir / "checkpoints/checkpoint-4"
    assert checkpoints.latest(newest.parent, logging.getLogger()) == newest
    if damaged:
        weights = newest / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:1000])
    sft.main(["--plan", str(folder)])
    said = capsys.readouterr().err
    assert ("checkpoint-4 is not used" in said) == damaged
    assert re.findall(r"resuming from \S*checkpoint-(\d+)", said) == ["2" if damaged else "4"]
    whole, resumed = (
        read_json(Path(f"results/sft/{key}/manifest.json"))["files"] for key in ("whole", "killed")
    )
    assert resumed["metrics.jsonl"] == whole["metrics.jsonl"]
    assert resumed["model/model.safetensors"] == whole["model/model.safetensors"]
    assert not work_dir.exists()


def test_an_adapter_is_trained_and_checked(based):
    change = {
        "method": "lora",
        "optimizer": "adamw",
        # Under autocast, as on GPUs: what is read back is compared in the precision of the weights.
        "precision": "bf16",
        "lora": {"rank": 4, "alpha": 8, "dropout": 0.0, "targets": "all-linear"},
    }
    sft.main(["--plan", str(based("sft", "lora", INPUTS, **change))])
    folder = Path("results/sft/lora/model")
    assert loading.is_adapter(folder) and not (folder / "model.safetensors").exists()
    assert read_json(folder.parent / "manifest.json")["counts"]["largest_logit_change"] > 0
    loading.model(folder, Path("results/base_model/b/model"))


def test_divergence_leaves_a_reason_and_no_manifest(based, capfd):
    # An infinite gradient: what a rate that is far too high ends in.
    model = Path("results/base_model/b/model/model.safetensors")
    huge = {name: weights * 1e30 for name, weights in load_file(model).items()}
    save_file(huge, model, metadata={"format": "pt"})
    folder = based("sft", "nan", INPUTS, max_steps=40)
    with pytest.raises(SystemExit) as stop:
        sft.main(["--plan", str(folder)])
    assert stop.value.code == 2
    assert "training diverged" in capfd.readouterr().err
    assert not Path("results/sft/nan/manifest.json").exists()


def pretrained(key: str, **settings) -> Path:
    settings = {"kind": "pretrained", "id": None, "revision": None, "path": None, **settings}
    return planning.plan("base_model", settings, {}, key)


def test_a_local_model_is_linked(based):
    shutil.copytree("results/base_model/b/model", "own")
    base_model.main(["--plan", str(pretrained("p", path="own"))])
    weights = Path("results/base_model/p/model/model.safetensors")
    assert weights.is_symlink() and weights.samefile("own/model.safetensors")
    sft.main(["--plan", str(based("sft", "s", {**INPUTS, "base_model": "results/base_model/p"}))])


@pytest.mark.parametrize(
    ("settings", "missing", "message"),
    [
        ({"path": "nowhere"}, None, "is not a folder"),
        ({"path": "own"}, "config.json", "has no config.json"),
        ({"path": "own"}, "model.safetensors", "no \\*.safetensors"),
        ({"id": "lexpro/none", "revision": "0" * 40}, None, "cannot be downloaded"),
    ],
)
def test_a_model_that_is_not_there_is_explained(based, capfd, monkeypatch, settings, missing, message):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    shutil.copytree("results/base_model/b/model", "own")
    if missing:
        Path("own", missing).unlink()
    with pytest.raises(SystemExit) as stop:
        base_model.main(["--plan", str(pretrained("p", **settings))])
    assert stop.value.code == 2
    import re

    assert re.search(message, capfd.readouterr().err)
