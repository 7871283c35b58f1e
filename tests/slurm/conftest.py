"""Fixtures: running clusters, and a checkout of the project as a fresh clone has it."""

import os
import sys
from pathlib import Path

import checkouts
import cluster as slurm
import pytest
from drills import UNTIL, Checkout, Table

TABLE = Table()


def running(request, layout: slurm.Layout):
    reason = slurm.unavailable()
    if reason and not os.environ.get("CI"):
        pytest.skip(f"a real Slurm {reason}")
    # Minutes may pass: not hidden with the output of the tests, nor by a worker.
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        slurm.install(layout.accounting, say=lambda text: print(f"\n{text}", file=sys.stderr, flush=True))
    with slurm.running(layout) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def cluster(request):
    """One node, no accounting database."""
    yield from running(request, slurm.Layout())


@pytest.fixture(scope="session")
def four_nodes(request):
    """Four nodes, two with GPUs, with accounting."""
    hasty = bool(request.config.getoption("--drills"))
    yield from running(request, slurm.Layout(nodes=4, accounting=True, hasty=hasty))


@pytest.fixture(scope="session")
def two_nodes(request):
    """Two nodes apart, without accounting."""
    yield from running(request, slurm.Layout(nodes=2))


@pytest.fixture(scope="session")
def clone(tmp_path_factory) -> Path:
    return checkouts.clone(tmp_path_factory.mktemp("slurm") / "lexpro")


@pytest.fixture(scope="session")
def undisturbed(four_nodes, clone, tmp_path_factory) -> tuple[Checkout, dict[str, str]]:
    """A checkout that has the raw judgments and nothing else, and the manifests of a run that
    nothing disturbs.
    """
    base = Checkout(clone, four_nodes).copy(tmp_path_factory.mktemp("drills") / "lexpro")
    base(*UNTIL, slurm=False)
    manifests = base.manifests()
    base.forget("ingest", "structure")
    return base, manifests


@pytest.fixture
def checkout(undisturbed, tmp_path) -> Checkout:
    return undisturbed[0].copy(tmp_path / "lexpro")


@pytest.fixture
def manifests(undisturbed) -> dict[str, str]:
    return undisturbed[1]


@pytest.fixture(scope="session")
def times(request) -> int:
    """How often a drill is repeated that strikes at a random moment."""
    return request.config.getoption("--drills") or 1


@pytest.fixture(scope="session")
def table() -> Table:
    return TABLE


def pytest_terminal_summary(terminalreporter):
    if TABLE.rows:
        terminalreporter.section("drills")
        for row in (
            "| what was done | times | what was lost | recovery |",
            "| --- | --- | --- | --- |",
            *TABLE.rows,
        ):
            terminalreporter.write_line(row)
