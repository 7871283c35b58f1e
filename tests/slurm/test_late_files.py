"""Drill: files of a node come half a minute late to all others, with times that are off."""

import re
import time

import pytest
from drills import UNTIL, Checkout
from late_files import late

pytestmark = [pytest.mark.slurm, pytest.mark.drill, pytest.mark.timeout(7200)]


def test_files_that_come_late_are_waited_for(clone, two_nodes, tmp_path, table):
    base = Checkout(clone, two_nodes)
    here, there = base.copy(tmp_path / "here"), base.copy(tmp_path / "there")
    here(*UNTIL, slurm=False)
    results = there.root / "results"
    results.mkdir(exist_ok=True)
    began = time.monotonic()
    with late(two_nodes, results, 30) as carried:
        # As long as the profile waits.
        said = there(*UNTIL, "--latency-wait", "60")
        assert carried
    table.add("files come 30 s late, with times off by 2 s", "nothing", [time.monotonic() - began], 1)
    assert there.manifests() == here.manifests() and there.half_made() == []
    assert "Waiting at most 60 seconds for missing files" in said
    assert len(there.jobs("COMPLETED")) == len(there.jobs()) == len(here.manifests())
    # Nothing is taken for changed.
    assert re.search(r"^total +0$", there(*UNTIL, "--dry-run"), re.M)
