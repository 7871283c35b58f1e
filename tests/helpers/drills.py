"""Drills on the test cluster: a checkout that runs through Slurm, what is done to it, and what it
lost.

Each drill adds a row to the table that `--drills` prints at the end, and docs/cluster.md copies.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cluster import Cluster

# Two provinces, nothing that takes long: what is drilled is the way of the jobs, not the science.
CONFIG = ("experiments=[smoke]",)
# What the drills make: two jobs of a province, one after the other.
UNTIL = ("--until", "structure")
# Answers of a model that has learnt next to nothing earn it in different measure. With GRPO's own
# rewards they all earn nothing: no gradient, and any training leaves the same weights.
EARNED = "'grpo.rewards=[{fn: lexpro.rewards.language.chinese}]'"
# Jobs are looked at each few seconds; a file is not waited for as on a slow network.
QUICK = ("--slurm-init-seconds-before-status-checks", "1", "--latency-wait", "10")


@dataclass
class Table:
    """Rows of what was done, what was lost, how long it took."""

    rows: list[str] = field(default_factory=list)

    def add(self, done: str, lost: str, seconds: list[float], times: int) -> None:
        took = f"{min(seconds):.0f}–{max(seconds):.0f} s" if seconds else "–"
        self.rows.append(f"| {done} | {times} | {lost} | {took} |")


class Checkout:
    """A checkout whose jobs run on the cluster."""

    def __init__(self, root: Path, cluster: Cluster):
        self.root = root
        self.cluster = cluster
        self.log = root / "snakemake.out"
        path = f"{Path(sys.executable).parent}{os.pathsep}{cluster.env['PATH']}"
        self.env = {**cluster.env, "PATH": path, "HF_HUB_OFFLINE": "1", "WANDB_MODE": "offline"}

    def copy(self, target: Path) -> Checkout:
        shutil.copytree(self.root, target, symlinks=True)
        return Checkout(target, self.cluster)

    def command(self, *args: str, config: tuple[str, ...] = (), slurm: bool = True) -> list[str]:
        where = ["--profile", "slurm", *QUICK] if slurm else []
        return ["snakemake", "--cores", "2", *where, *args, "--config", *CONFIG, *config]

    def start(self, *args: str, config: tuple[str, ...] = (), **more) -> subprocess.Popen:
        """Snakemake in a session of its own, as a terminal gives it; it writes to `log`."""
        with self.log.open("w") as log:
            return subprocess.Popen(
                self.command(*args, config=config),
                cwd=self.root,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A shell with `nohup` lets all that it starts ignore the end of the terminal.
                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
                **more,
            )

    def end(self, process: subprocess.Popen, seconds: int = 3000) -> int:
        """Wait for the end of Snakemake; its exit status."""
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise AssertionError(f"Snakemake hangs:\n{self.said()[-4000:]}\n{self.queue()}") from None

    def run(
        self, *args: str, config: tuple[str, ...] = (), slurm: bool = True, seconds: int = 3000
    ) -> subprocess.CompletedProcess:
        command = self.command(*args, config=config, slurm=slurm)
        return subprocess.run(
            command,
            cwd=self.root,
            env=self.env,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
        )

    def __call__(self, *args: str, **more) -> str:
        done = self.run(*args, **more)
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def queue(self) -> str:
        form = "--format=%i %T %N %P %R %k"
        return self.cluster.answers("squeue", "--states=all", form) or "no answer"

    def jobs(self, *states: str) -> list[tuple[str, str, str]]:
        """(number, rule with run, node) of the jobs of this checkout in some states."""
        wanted = f"--states={','.join(states or ['all'])}"
        lines = (
            self.cluster.answers("squeue", "--noheader", wanted, "--format=%i|%Z|%N|%k") or ""
        ).splitlines()
        rows = (line.split("|", 3) for line in lines)
        return [(row[0], row[3], row[2]) for row in rows if row[1] == str(self.root)]

    def wait_for(self, what: str, ready, process: subprocess.Popen | None = None, seconds: int = 600):
        """What `ready` answers, as soon as that is something."""
        deadline = time.monotonic() + seconds
        while not (answer := ready()):
            if process and process.poll() is not None:
                raise AssertionError(f"no {what}: Snakemake ended.\n{self.said()[-4000:]}")
            assert time.monotonic() < deadline, f"no {what}\n{self.said()[-4000:]}\n{self.queue()}"
            time.sleep(0.2)
        return answer

    def running(self, rule: str = "", process: subprocess.Popen | None = None) -> tuple[str, str, str]:
        """A job that runs, of this rule if one is named; waits for it."""

        def found():
            return [job for job in self.jobs("RUNNING") if job[1].startswith(f"rule_{rule}")]

        return self.wait_for(f"running job {rule}", found, process)[0]

    def stages_process(self, job: str, script: str = ".py --plan") -> list[int]:
        """The processes of a job that are the stage itself, not what leads them."""
        return [pid for pid in self.cluster.processes(job=job) if script in command_of(pid)]

    def manifests(self) -> dict[str, str]:
        return {
            path.relative_to(self.root / "results").as_posix(): path.read_text(encoding="utf-8")
            for path in (self.root / "results").glob("*/*/**/manifest.json")
        }

    def half_made(self) -> list[str]:
        """Folders of runs that hold something, and no manifest."""
        results = self.root / "results"
        found = [
            p
            for p in results.glob("[!.]*/*-*")
            if p.parent.name not in ("experiments", "ingest", "structure")
        ]
        found += [p for stage in ("ingest", "structure") for p in results.glob(f"{stage}/*-*/*")]
        return [
            str(p) for p in found if p.is_dir() and any(p.iterdir()) and not (p / "manifest.json").exists()
        ]

    def forget(self, *stages: str) -> None:
        """Remove what some stages have made, and what they said meanwhile."""
        for stage in stages:
            for folder in ("results", "logs"):
                shutil.rmtree(self.root / folder / stage, ignore_errors=True)


def command_of(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def moments(times: int, seconds: float, seed: int) -> Iterator[float]:
    """Random delays, the same for a seed."""
    draw = random.Random(seed)
    for _ in range(times):
        yield draw.uniform(0, seconds)
