"""Fixtures: a running cluster, and a checkout of the project as a fresh clone has it."""

import os
import sys
from pathlib import Path

import checkouts
import cluster as slurm
import pytest


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
    return checkouts.clone(tmp_path_factory.mktemp("slurm") / "lexpro")
