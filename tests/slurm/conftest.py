"""Fixtures: a running cluster, and a checkout of the project as a fresh clone has it."""

import os
import shutil
import subprocess
from pathlib import Path

import cluster as slurm
import pytest

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def cluster():
    reason = slurm.unavailable()
    if reason and not os.environ.get("CI"):
        pytest.skip(f"a real Slurm {reason}")
    with slurm.running() as running:
        yield running


@pytest.fixture(scope="session")
def clone(tmp_path_factory) -> Path:
    """What `git clone` would give, uncommitted edits included."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPO,
        capture_output=True,
        check=True,
    )
    target = tmp_path_factory.mktemp("slurm") / "lexpro"
    for name in listed.stdout.decode().split("\0"):
        if name and (REPO / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPO / name, target / name)
    return target
