"""Trainings as processes that are killed or asked to end: one, and two with ZeRO-3 or FSDP (gloo,
on a processor).
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import torch
from launching import FSDP, ZERO3, launched
from ports import free
from safetensors.torch import load_file
from trainings import ALL, INPUTS, jsonl, metrics, prompts

from lexpro.training.launch import FIRST_PORT
from lexpro.workflow.files import read_json

ROOT = Path(__file__).parents[2]


def died(done: subprocess.CompletedProcess, stage: str, ranks: int) -> None:
    # What is killed cannot say so.
    killed = done.returncode == -signal.SIGKILL if ranks == 1 else "SIGKILL" in done.stderr
    assert killed, done.stderr[-12000:]
    assert Path(f"results/{stage}/whole/manifest.json").exists()
    assert not Path(f"results/{stage}/killed/manifest.json").exists()


def resumed(done: subprocess.CompletedProcess) -> None:
    assert "resuming from" in done.stderr and "checkpoint-3" in done.stderr


def same(stage: str, *keys: str) -> None:
    """Both trainings left the same bytes: weights, and what was measured at each step."""
    first, second = (read_json(Path(f"results/{stage}/{key}/manifest.json"))["files"] for key in keys)
    for name in ("model/model.safetensors", "metrics.jsonl"):
        assert first[name] == second[name], name


def runtime(ranks: int, batch: int, spread: dict | None = None) -> dict:
    """A batch of `batch` over the processes; two of them hold a half of the weights each."""
    found = {"per_device_batch_size": batch // ranks, "save_every": 3, "deepspeed": None}
    return found | ((spread or {"deepspeed": ZERO3}) if ranks > 1 else {})


SPREAD = pytest.mark.parametrize(
    ("ranks", "spread"),
    [(1, None), (2, {"deepspeed": None}), (2, {"deepspeed": ZERO3}), (2, {"fsdp": FSDP})],
    ids=["one", "two", "zero3", "fsdp"],
)
# Two steps are an epoch: what is resumed after three is in the middle of the second.
BATCH = 20
SIX = {"max_steps": 6, "optimizer": "adamw", "global_batch_size": BATCH}


@SPREAD
def test_sft_goes_on_after_a_request_and_after_a_kill(based, ranks, spread):
    """Three starts: the first is asked to end, and all of its processes do; the second goes on with
    that and dies in another training, with which the third goes on.
    """
    often = runtime(ranks, BATCH, spread)
    seldom = {**often, "save_every": 100, "log_every": 2}
    whole, killed, whole_seldom, asked = (
        f"sft={based('sft', key, INPUTS, **SIX, runtime=how)}"
        for key, how in (("whole", often), ("killed", often), ("whole-seldom", seldom), ("asked", seldom))
    )
    how = "--ask-launcher" if spread == {"deepspeed": ZERO3} else "--ask"
    done = launched(ranks, how, "3", whole, whole_seldom, asked)
    # The launcher of several processes has exit codes of its own.
    assert done.returncode == (128 + signal.SIGTERM if ranks == 1 else 1), done.stderr[-12000:]
    assert done.stderr.count("SIGTERM: ending after step 3 of 6") == ranks
    assert done.stderr.count("step 3 of 6 is saved") == ranks
    assert not Path("results/sft/asked").exists()

    done = launched(ranks, "--kill", "5", asked, killed)
    resumed(done)
    same("sft", "whole-seldom", "asked")
    died(done, "sft", ranks)

    # One training goes on as it does for users: its process imports all by itself.
    done = launched(ranks, killed, fresh=ranks == 1)
    assert done.returncode == 0, done.stderr[-12000:]
    resumed(done)
    same("sft", "whole", "killed")


@pytest.mark.parametrize("ranks", [1, 2])
def test_nine_steps_of_grpo_are_six_and_three_after_kill_9(tuned, ranks):
    change = {
        # What a model of random weights earns at all, so that there is something to learn from.
        "rewards": [{"fn": "lexpro.rewards.overlong.soft", "weight": 1.0, "args": {"limit": 8, "cache": 8}}],
        "num_generations": 4,
        "global_batch_size": 8,
        "max_completion_length": 8,
        "max_steps": 9,
    }
    # Four steps are an epoch: what is resumed after six is in the middle of the second.
    jsonl(Path("results/tasks/t/grpo.jsonl"), prompts(8))
    plans = {key: tuned("grpo", key, ALL, **change, runtime=runtime(ranks, 8)) for key in ("whole", "killed")}
    died(launched(ranks, "--kill", "8", f"grpo={plans['whole']}", f"grpo={plans['killed']}"), "grpo", ranks)
    done = launched(ranks, f"grpo={plans['killed']}")
    assert done.returncode == 0, done.stderr[-12000:]
    assert "resuming from" in done.stderr and "checkpoint-6" in done.stderr
    same("grpo", "whole", "killed")
    tables = [pd.read_parquet(f"results/grpo/{key}/completions.parquet") for key in ("whole", "killed")]
    pd.testing.assert_frame_equal(*tables)
    assert any(row["grad_norm"] > 0 for row in metrics("results/grpo/whole")), "nothing was learnt"


# `srun` of a machine that plays two nodes.
SRUN = """#!/bin/sh
while [ "${1#--}" != "$1" ]; do shift; done
export SLURM_STEP_NODELIST=localhost
SLURM_NODEID=0 "$@" & first=$!
SLURM_NODEID=1 "$@"; second=$?
wait $first && exit $second
"""


def on_two_nodes(tmp_path: Path, *args: str) -> subprocess.CompletedProcess:
    """The command line of the rule, a process on each of two nodes, which meet over loopback."""
    srun = tmp_path / "bin/srun"
    srun.parent.mkdir()
    srun.write_text(SRUN, encoding="utf-8")
    srun.chmod(0o755)
    (tmp_path / "runtime.yaml").write_text("{gpus: 1, nodes: 2}", encoding="utf-8")
    path = os.pathsep.join([str(srun.parent), str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {
        **os.environ,
        "PATH": path,
        "PYTHONPATH": str(ROOT / "workflow/scripts"),
        "CUDA_VISIBLE_DEVICES": "",
    }
    env["SLURM_JOB_ID"] = str(free(1)[0] - FIRST_PORT)
    command = [
        "python",
        ROOT / "workflow/scripts/launch.py",
        "--runtime",
        tmp_path / "runtime.yaml",
        "--threads",
        "1",
    ]
    worker = ROOT / "tests/helpers/training_worker.py"
    return subprocess.run(
        [*command, "--", worker, *args], env=env, capture_output=True, text=True, check=False, timeout=3000
    )


def test_every_stage_of_deepspeed_and_two_nodes_train_the_same_model(based, tmp_path):
    stages = ("zero2", "zero2_offload", "zero3", "zero3_offload")
    change = {"max_steps": 2, "optimizer": "adamw", "global_batch_size": 4}

    def planned(key: str, stage: str) -> str:
        spread = {"deepspeed": str(ROOT / f"config/deepspeed/{stage}.json")}
        return f"sft={based('sft', key, INPUTS, **change, runtime=runtime(2, 4, spread))}"

    done = launched(2, *(planned(stage, stage) for stage in stages))
    assert done.returncode == 0, done.stderr[-12000:]
    found = [load_file(f"results/sft/{stage}/model/model.safetensors") for stage in stages]
    for stage, weights in zip(stages, found, strict=True):
        # The head is tied to the embeddings: saved or not.
        assert weights.keys() ^ found[0].keys() <= {"lm_head.weight"}
        for name in weights.keys() & found[0].keys():
            assert torch.allclose(weights[name], found[0][name], atol=1e-5), (stage, name)
    done = on_two_nodes(tmp_path, planned("nodes", "zero3"))
    assert done.returncode == 0, done.stderr[-12000:]
    nodes, one = (read_json(Path(f"results/sft/{key}/manifest.json"))["files"] for key in ("nodes", "zero3"))
    assert nodes["model/model.safetensors"] == one["model/model.safetensors"]
