"""Folders in which stages of training run: a model of some thousand parameters, on a processor."""

import shutil
from collections.abc import Callable
from pathlib import Path

import planning
import pytest
from trainings import INPUTS, jsonl, prompts, rows

import base_model
import sft
from lexpro.config import grpo as config_grpo
from lexpro.config import sft as config_sft
from lexpro.config.base_model import FromScratch
from lexpro.dag.compose import choice
from lexpro.workflow import stage
from lexpro.workflow.files import write_json

ROOT = Path(__file__).parents[2]
SMALL = {
    "vocab_size": 520, "hidden_size": 32, "layers": 1, "heads": 2, "intermediate_size": 64, "block_size": 64,
    "max_steps": 3, "global_batch_size": 4, "precision": "fp32", "warmup": 1,
}  # fmt: skip
SCHEMAS = {"base_model": FromScratch, "sft": config_sft.Settings, "grpo": config_grpo.Settings}
RUNTIME = {"per_device_batch_size": 4, "log_every": 1, "save_every": 100, "wandb": "disabled"}


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


@pytest.fixture
def tuned(based, tmp_path_factory):
    """A workplace with an SFT model and prompts for GRPO."""
    once("tuned", tmp_path_factory, lambda: sft.main(["--plan", str(based("sft", "s", INPUTS))]))
    jsonl(Path("results/tasks/t/grpo.jsonl"), prompts(12))
    return based
