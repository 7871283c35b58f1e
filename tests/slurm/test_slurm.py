"""`snakemake --cores all --profile slurm`, literally, from a fresh clone, on a real Slurm."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import often_asked
import pytest

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(7200)]

EXPERIMENT = "smoke"
# What a job of each rule asks Slurm for: partition, cores, MB, minutes, GPUs. A GPU is asked for
# here as a cluster's user would (runtime settings); the node only pretends to have it, and the job
# runs on the processor.
# One variant of the model: its jobs ask for what those of the others would.
OVERRIDES = ["+sft.runtime.gpus=1", "variants=[grpo]"]
REQUESTS = {
    "corpus": ("cpu", 1, 2000, 60, 0),
    "ingest": ("cpu", 1, 2000, 120, 0),
    "structure": ("cpu", 1, 2000, 240, 0),
    "filter": ("cpu", 2, 4000, 240, 0),
    "knowledge": ("cpu", 1, 4000, 60, 0),
    "tasks": ("cpu", 1, 4000, 120, 0),
    "base_model": ("cpu", 2, 4000, 30, 0),
    "sft": ("gpu", 2, 6000, 60, 1),
    "grpo": ("cpu", 2, 6000, 60, 0),
    "embed": ("cpu", 1, 4000, 60, 0),
    "index": ("cpu", 1, 4000, 60, 0),
    "predict": ("cpu", 2, 4000, 60, 0),
    "score": ("cpu", 1, 2000, 60, 0),
    "expert_sheet": ("cpu", 1, 2000, 20, 0),
    "report": ("cpu", 1, 2000, 60, 0),
}


@pytest.fixture(scope="module")
def finished(cluster, clone) -> Path:
    """The small experiment, run through Slurm."""
    env = {
        **cluster.env,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{cluster.env['PATH']}",
        "HF_HUB_OFFLINE": "1",
        "WANDB_MODE": "offline",
        # The corpus is compared with no benchmark; the same experiment without Slurm is.
        "LEXPRO_MIRROR": "",
    }
    # How jobs are watched without accounting (squeue) is the profile's to say.
    command = [sys.executable, often_asked.__file__, "--cores", "all", "--profile", "slurm"]
    command += ["--config", f"experiments=[{EXPERIMENT}]", f"overrides=[{','.join(OVERRIDES)}]"]
    done = subprocess.run(
        command,
        cwd=clone,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=7000,
    )
    assert done.returncode == 0, done.stdout[-10000:] + cluster.log()
    return clone


def test_experiment_is_complete(finished):
    summary = json.loads(
        (finished / f"results/experiments/{EXPERIMENT}/summary.json").read_text(encoding="utf-8")
    )
    assert {"corpus", "sft", "grpo", "score"} <= summary["stages"].keys()
    assert (finished / "results/report.html").is_file()


def test_every_job_succeeded_in_slurm(finished, cluster):
    assert Counter(job.state for job in cluster.jobs()).keys() == {"COMPLETED"}


def test_requests(finished, cluster):
    asked = {(j.rule, j.partition, j.cpus, j.mem_mb, j.minutes, j.gpus) for j in cluster.jobs()}
    # `--cores all` is the cores of the machine that submits, and Snakemake gives no job more.
    most = len(os.sched_getaffinity(0))
    assert asked == {
        (rule, where, min(cores, most), *rest) for rule, (where, cores, *rest) in REQUESTS.items()
    }


def test_gpus_belong_to_one_task(finished, cluster):
    jobs = [job for job in cluster.jobs() if job.gpus]
    assert {job.rule for job in jobs} == {"sft"}
    assert [job.rule for job in jobs if "NtasksPerTRES" in job.text] == []


def test_logs_are_kept(finished, cluster):
    logs = {path.parts[-3] for path in (finished / "logs/slurm").rglob("*.log")}
    assert logs == {f"rule_{job.rule}" for job in cluster.jobs()}
