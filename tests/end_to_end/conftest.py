"""A checkout of the project in a temporary folder, with Snakemake to drive it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import preloaded
import pytest
import without_network

REPO = Path(__file__).resolve().parents[2]
# What Snakemake and the planning of the DAG import; nothing of the checkout.
MODULES = ("snakemake.cli", "hydra", "omegaconf", "pydantic", "polars", "yaml")
# What a clone has; results are made by the tests themselves.
PARTS = ("Snakefile", "config", "workflow", "envs", "profiles", "slurm", "README.md")


class Flow:
    """A checkout: `flow("--dry-run")` runs Snakemake on the small experiment."""

    def __init__(self, root: Path, experiment: str = "smoke", before: list[str] = ()):
        """`before`: what stands before the commands, to run them by something."""
        self.root = root
        self.experiment = experiment
        self.before = before

    def start(self, command: list[str], env: dict | None = None, **more) -> subprocess.Popen:
        binaries = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        known = {**os.environ, "PATH": binaries, "WANDB_MODE": "offline", "HF_HUB_OFFLINE": "1"}
        return subprocess.Popen(
            command,
            cwd=self.root,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**known, **(env or {})},
            **more,
        )

    def _call(self, command: list[str], env: dict | None, timeout: int) -> subprocess.CompletedProcess:
        process = self.start(command, env)
        try:
            out, _ = process.communicate(timeout=timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(command, process.returncode, out)

    def run(self, *args: str, config: list[str] = (), env: dict | None = None, timeout: int = 3000):
        # What another program starts imports all by itself, as for users.
        snakemake = (
            [*self.before, "snakemake"] if self.before else [preloaded.python(*MODULES), "-m", "snakemake"]
        )
        settings = [f"experiments={self.experiment}", *config]
        return self._call([*snakemake, "--cores", "2", *args, "--config", *settings], env, timeout)

    def python(self, *args: str, env: dict | None = None, timeout: int = 3000) -> subprocess.CompletedProcess:
        return self._call([sys.executable, *args], env, timeout)

    def __call__(self, *args: str, **kwargs) -> str:
        result = self.run(*args, **kwargs)
        assert result.returncode == 0, result.stdout[-8000:]
        return result.stdout

    def planned(self, *config: str, targets: tuple[str, ...] = ()) -> dict[str, int]:
        """{rule: jobs} of a dry run, as `jobs` has them."""
        return self.jobs(self("--dry-run", *targets, config=list(config)), targets)

    def jobs(self, out: str, targets: tuple[str, ...] = ()) -> dict[str, int]:
        """{rule: jobs} of what a dry run printed, without its targets, and without the copies of a
        report that is made again.
        """
        table = out.split("Job stats:")[1].split("total")[0] if "Job stats:" in out else ""
        jobs = {rule: int(n) for rule, n in re.findall(r"^(\w+)\s+(\d+)$", table, re.M)}
        copies = ("publish", "pages", "tables") if "report" in jobs else ()
        return {rule: n for rule, n in jobs.items() if rule not in ("all", *targets, *copies)}

    def copy(self, target: Path) -> "Flow":
        """The checkout with its results, somewhere else."""
        shutil.copytree(self.root, target, symlinks=True)
        return Flow(target, self.experiment)

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


def checkout(target: Path) -> Path:
    target.mkdir(parents=True)
    for name in PARTS:
        source = REPO / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, target / name)
    return target


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Flow:
    """A complete run of the small experiment, made once; tests work on copies of it.

    It is made where there is no network, and what it tries to reach is kept beside it.
    """
    folder = tmp_path_factory.mktemp("finished")
    recorded = [sys.executable, without_network.__file__, str(folder / "reached.json")]
    flow = Flow(checkout(folder / "lexpro"), before=recorded if without_network.possible() else [])
    # Snakemake's plugin asks Slurm's client, where one is installed. Without a configuration that
    # one would ask the cluster's name server where its controller is.
    flow(env={"SLURM_CONF": "/dev/null"})
    return Flow(folder / "lexpro")


@pytest.fixture
def flow(finished, tmp_path) -> Flow:
    return finished.copy(tmp_path / "lexpro")


@pytest.fixture
def fresh(tmp_path) -> Flow:
    return Flow(checkout(tmp_path / "lexpro"))
