"""The profiles: no key in both (one would silently lose its value), and a partition for every run
of an experiment.
"""

from pathlib import Path

import pytest
import yaml

from lexpro.dag import builder
from lexpro.dag.overrides import choices

REPO = Path(__file__).resolve().parents[2]
EXPERIMENTS = choices("experiment", REPO / "config")


def profile(folder: str) -> dict:
    return yaml.safe_load((REPO / folder / "profile.v9+.yaml").read_text(encoding="utf-8"))


def test_no_key_in_both():
    assert profile("profiles/default").keys() & profile("slurm").keys() == set()


def test_gpus_are_not_split_between_tasks():
    assert profile("slurm")["default-resources"]["tasks_per_gpu"] == 0


def test_jobs_are_watched_without_accounting():
    """`sacct` waits for ever where there is no accounting database."""
    assert profile("slurm")["slurm-status-command"] == "squeue"


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_run_fits_a_partition(name, monkeypatch):
    from snakemake_executor_plugin_slurm.partitions import read_partition_file

    monkeypatch.chdir(REPO)
    limits = [partition.limits for partition in read_partition_file(REPO / "slurm/partitions.yaml")]
    defaults = profile("slurm")["default-resources"]

    def fits(needs: dict) -> bool:
        return any(
            needs.get("gpus", 0) <= limit.max_gpu
            and needs.get("mem_mb", defaults["mem_mb"]) <= limit.max_mem_mb
            and needs.get("minutes", defaults["runtime"]) <= limit.max_runtime
            for limit in limits
        )

    runs = builder.build([name], []).runs.values()
    assert [run.key for run in runs if not fits(run.runtime)] == []
