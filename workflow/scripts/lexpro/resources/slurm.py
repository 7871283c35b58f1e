"""The sbatch line of a stage, made by Snakemake's Slurm executor itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from lexpro.config.training import TrainingRuntime
from lexpro.training.launch import Launch, resources
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml

PROFILE, PARTITIONS = Path("slurm/profile.v9+.yaml"), Path("slurm/partitions.yaml")


class Resources(dict):
    """Resources by key and by attribute, as the executor reads them."""

    __getattr__ = dict.__getitem__


@dataclass(frozen=True)
class Job:
    """As much of a Snakemake job as the executor looks at."""

    name: str
    threads: int
    resources: Resources


def line(stage: str, runtime: TrainingRuntime) -> str:
    """The sbatch line of a training.

    Raises:
        UserError: no partition of `slurm/partitions.yaml` takes the job.
    """
    from snakemake_executor_plugin_slurm.partitions import get_best_partition, read_partition_file
    from snakemake_executor_plugin_slurm.submit_string import get_submit_command
    from snakemake_executor_plugin_slurm.utils import set_gres_string

    defaults = read_yaml(PROFILE)["default-resources"]
    several = resources(Launch.from_runtime(dict(runtime)))
    asked = {**several, "mem_mb": runtime.mem_mb, "runtime": runtime.minutes}
    job = Job(stage, runtime.threads, Resources(defaults | asked))
    quiet = logging.getLogger("lexpro.resources.slurm")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    partition = get_best_partition(read_partition_file(PARTITIONS), job, quiet)
    if partition is None:
        raise UserError(
            f"{stage}: no partition of {PARTITIONS} gives {runtime.gpus} GPUs and {asked['mem_mb']} MB "
            f"on a node for {asked['runtime']} minutes. Change config/{stage}: runtime, or the limits there."
        )
    params = {
        "run_uuid": "lexpro-ID",
        "slurm_logfile": f"logs/slurm/rule_{stage}/%j.log",
        "comment_str": f"rule_{stage}",
        "account": "",
        "partition": f"-p {partition}",
        "workdir": "",
    }
    return " ".join((get_submit_command(job, params) + set_gres_string(job)).split())
