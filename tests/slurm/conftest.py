"""Fixtures: a running cluster, and a checkout of the project as a fresh clone has it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import cluster as slurm
import pytest

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def cluster(request):
    reason = slurm.unavailable()
    if reason and not os.environ.get("CI"):
        pytest.skip(f"a real Slurm {reason}")
    # Minutes may pass: not hidden with the output of the tests, nor by a worker.
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        slurm.install(say=lambda text: print(f"\n{text}", file=sys.stderr, flush=True))
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
