"""Trainings as processes that are killed: on one, and on two with DeepSpeed's ZeRO-3 (gloo, on a processor)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from test_sft import INPUTS, based, jsonl, metrics, rows, workplace  # noqa: F401 - fixtures

import sft
from lexpro.files import read_json
from lexpro.training.launch import Launch, environment, processes

ROOT = Path(__file__).parents[2]
ZERO3 = str(ROOT / "config/deepspeed/zero3.json")


def launched(ranks: int, *args: str) -> subprocess.CompletedProcess:
    """`worker.py` on one process, or on as many as there would be GPUs."""
    launch = Launch(gpus=0 if ranks == 1 else ranks, nodes=1, threads=ranks)
    command = processes(launch, [str(Path(__file__).with_name("worker.py")), *args], os.environ)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, **environment(launch), "PATH": path, "PYTHONPATH": str(ROOT / "workflow/scripts")}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)


def killed(done: subprocess.CompletedProcess, stage: str, ranks: int) -> None:
    died = done.returncode == -signal.SIGKILL if ranks == 1 else "SIGKILL" in done.stderr
    assert died, done.stderr[-12000:]
    assert Path(f"results/{stage}/whole/manifest.json").exists()
    assert not Path(f"results/{stage}/killed/manifest.json").exists()


def resumed(done: subprocess.CompletedProcess) -> None:
    assert done.returncode == 0, done.stderr[-12000:]
    assert "resuming from" in done.stderr and "checkpoint-3" in done.stderr


def same(stage: str) -> None:
    """Both trainings left the same bytes: weights, and what was measured at each step."""
    first, second = (
        read_json(Path(f"results/{stage}/{key}/manifest.json"))["files"] for key in ("whole", "killed")
    )
    for name in ("model/model.safetensors", "metrics.jsonl"):
        assert first[name] == second[name], name


def runtime(ranks: int, batch: int) -> dict:
    """A batch of `batch` over the processes; two of them hold a half of the weights each."""
    return {
        "per_device_batch_size": batch // ranks,
        "save_every": 3,
        "deepspeed": ZERO3 if ranks > 1 else None,
    }


@pytest.mark.parametrize("ranks", [1, 2])
def test_six_steps_of_sft_are_three_and_three_after_kill_9(based, ranks):  # noqa: F811 - a fixture
    change = {"max_steps": 6, "optimizer": "adamw", "global_batch_size": 4}
    plans = {
        key: based("sft", key, INPUTS, **change, runtime=runtime(ranks, 4)) for key in ("whole", "killed")
    }
    killed(launched(ranks, "--kill", "5", f"sft={plans['whole']}", f"sft={plans['killed']}"), "sft", ranks)
    resumed(launched(ranks, f"sft={plans['killed']}"))
    same("sft")


@pytest.mark.parametrize("ranks", [1, 2])
def test_six_steps_of_grpo_are_three_and_three_after_kill_9(based, ranks):  # noqa: F811 - a fixture
    sft.main(["--plan", str(based("sft", "s", INPUTS))])
    gold = {"gold": '{"刑种":"有期徒刑","刑期":6}', "shown": []}
    prompts = [{**{name: row[name] for name in ("id", "task", "prompt")}, **gold} for row in rows(12)]
    jsonl(Path("results/tasks/t/grpo.jsonl"), prompts)
    change = {
        # What a model of random weights earns at all, so that there is something to learn from.
        "rewards": [{"fn": "lexpro.rewards.overlong.soft", "weight": 1.0, "args": {"limit": 8, "cache": 8}}],
        "num_generations": 4,
        "global_batch_size": 8,
        "max_completion_length": 8,
        "max_steps": 6,
    }
    inputs = {**INPUTS, "sft": "results/sft/s"}
    plans = {
        key: based("grpo", key, inputs, **change, runtime=runtime(ranks, 8)) for key in ("whole", "killed")
    }
    killed(launched(ranks, "--kill", "5", f"grpo={plans['whole']}", f"grpo={plans['killed']}"), "grpo", ranks)
    resumed(launched(ranks, f"grpo={plans['killed']}"))
    same("grpo")
    tables = [pd.read_parquet(f"results/grpo/{key}/completions.parquet") for key in ("whole", "killed")]
    pd.testing.assert_frame_equal(*tables)
    assert any(row["grad_norm"] > 0 for row in metrics("results/grpo/whole")), "nothing was learnt"
