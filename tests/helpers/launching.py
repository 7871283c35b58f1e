"""Trainings as processes of their own: one, or two with ZeRO-3 or FSDP."""

import os
import subprocess
import sys
from pathlib import Path

import preloaded

from lexpro.training.launch import Launch, environment, processes

ROOT = Path(__file__).parents[2]
SCRIPTS = str(ROOT / "workflow/scripts")
# What a training imports at its start, and what takes seconds later.
MODULES = (
    "sft",
    "grpo",
    "torch.distributed.run",
    "torch.distributed.fsdp",
    "deepspeed",
    "deepspeed.runtime.zero.muon.muon_optimizer",  # it compiles at its import
)
ZERO3 = str(ROOT / "config/deepspeed/zero3.json")
FSDP = str(ROOT / "config/fsdp/full.json")


def launched(
    ranks: int, *args: str, worker: str = "training_worker.py", fresh: bool = False
) -> subprocess.CompletedProcess:
    """A script on one process, or on as many as there would be GPUs.

    Args:
        ranks: how many.
        args: of the script.
        worker: the script.
        fresh: each process imports its libraries itself, as outside the tests.
    """
    launch = Launch(gpus=0 if ranks == 1 else ranks, nodes=1, threads=ranks)
    command = processes(launch, [str(Path(__file__).with_name(worker)), *args], os.environ)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, **environment(launch), "PATH": path, "PYTHONPATH": SCRIPTS}
    if not fresh:
        assert command[0] == "python"
        # PYTHON_EXEC: what torchrun starts.
        command[0] = env["PYTHON_EXEC"] = preloaded.python(*MODULES, path=SCRIPTS)
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=3000)
