"""base_model and sft as stages: a model of some thousand parameters, trained for some steps on a
processor.
"""

import json
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import planning
import pytest
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

import base_model
import sft
from lexpro.config import grpo as config_grpo
from lexpro.config import sft as config_sft
from lexpro.config.base_model import Scratch
from lexpro.dag.compose import choice
from lexpro.models import loading
from lexpro.training import checkpoints
from lexpro.workflow import stage
from lexpro.workflow.files import read_json, write_json, write_text

ROOT = Path(__file__).parents[2]
SMALL = {
    "vocab_size": 520, "hidden_size": 32, "layers": 1, "heads": 2, "intermediate_size": 64, "block_size": 64,
    "max_steps": 3, "global_batch_size": 4, "precision": "fp32", "warmup": 1,
}  # fmt: skip
SCHEMAS = {"base_model": Scratch, "sft": config_sft.Settings, "grpo": config_grpo.Settings}
RUNTIME = {"per_device_batch_size": 4, "log_every": 1, "save_every": 100, "wandb": "disabled"}


def rows(number: int) -> list[dict]:
    """Conversations as `sft.jsonl` has them."""
    found = []
    for i in range(number):
        name, months = "张王李赵钱孙"[i % 6], 6 + i % 30
        prompt = f"预测刑期：\n被告人{name}某甲盗窃{1000 + 37 * i}元。"
        answer = f'<think>盗窃罪</think>{{"刑种":"有期徒刑","刑期":{months}}}'
        found.append(
            {
                "id": f"x-{i}",
                "task": "term",
                "prompt": [{"role": "user", "content": prompt}],
                "completion": [{"role": "assistant", "content": answer}],
            }
        )
    return found


def jsonl(path: Path, items: list[dict]) -> None:
    write_text(path, "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items))


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A folder with the output of `tasks`, and a function that plans a run of a training stage in
    it.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXPRO_THREADS", "1")
    monkeypatch.setattr(stage, "lock_file", lambda: ROOT / "envs/cpu.txt")
    tasks = Path("results/tasks/t")
    jsonl(
        tasks / "pretrain.jsonl", [{"id": r["id"], "text": r["prompt"][0]["content"] * 2} for r in rows(40)]
    )
    jsonl(tasks / "sft.jsonl", rows(40))
    write_json(tasks / "manifest.json", {"files": {}, "counts": {}})

    def plan(name: str, key: str, inputs: dict[str, str], **change) -> Path:
        settings = choice(name, "tiny", ROOT / "config").model_dump()
        runtime = {**settings.pop("runtime"), **RUNTIME, **change.pop("runtime", {})}
        small = {k: v for k, v in SMALL.items() if k in SCHEMAS[name].model_fields}
        settings = {**settings, **small, **change}
        return planning.plan(name, settings, inputs, key, runtime)

    return plan


def once(name: str, built: pytest.TempPathFactory, build: Callable[[], None]) -> None:
    """Build something in the working directory, the first time; later a copy of what was there."""
    kept = built.getbasetemp() / f"once-{name}"
    if kept.is_dir():
        shutil.copytree(kept, Path.cwd(), dirs_exist_ok=True)
    else:
        build()
        shutil.copytree(Path.cwd(), kept)


@pytest.fixture
def based(workplace, tmp_path_factory):
    """A workplace with a base model."""

    def build() -> None:
        folder = workplace("base_model", "b", {"tasks": "results/tasks/t"})
        base_model.main(["--plan", str(folder)])

    once("based", tmp_path_factory, build)
    return workplace


INPUTS = {"base_model": "results/base_model/b", "tasks": "results/tasks/t"}


def metrics(path: str) -> list[dict]:
    return [json.loads(line) for line in Path(path, "metrics.jsonl").read_text().splitlines()]


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


class Killed(BaseException):
    """As a kill: nothing catches it."""


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
