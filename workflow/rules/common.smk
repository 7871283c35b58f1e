"""The planned DAG, and what all rules share.

The experiments are composed here, once, in the main process; jobs read the frozen plan. The inputs of a rule are the
files of its plan (settings, code and packages) and the manifests of the runs upstream: small files, compared by content.
"""

import os
import sys
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

from lexpro.dag import cores, frozen, overrides, plan_files, takeover
from lexpro.dag.runs import BY_PROVINCE
from lexpro.report import catalog
from lexpro.training.launch import Launch, resources
from lexpro.workflow import disk
from lexpro.workflow.errors import UserError

# The captions of `snakemake --report` are written from the catalog, which the page goes by as well.
CAPTIONS = Path("results/.plan/captions").resolve()

try:
    PLAN = (frozen.freeze if workflow.is_main_process else frozen.thaw)(
        *overrides.request(config, workflow.config_settings.overwrite_config)
    )
    if workflow.is_main_process:
        catalog.write_captions(CAPTIONS)
except UserError as error:
    raise WorkflowError(str(error)) from None
except OSError as error:
    if not disk.full(error, []):
        raise
    raise WorkflowError(disk.message(error)) from None

# Every library keeps to the rule's threads, which Snakemake puts into OMP_NUM_THREADS: jobs that compete for cores crawl.
# Several threads wait for each other as suits what else runs on this machine.
shell.prefix(
    "set -euo pipefail; export LEXPRO_THREADS=$OMP_NUM_THREADS POLARS_MAX_THREADS=$OMP_NUM_THREADS"
    " RAYON_NUM_THREADS=$OMP_NUM_THREADS TOKENIZERS_PARALLELISM=false; "
    f'[ $OMP_NUM_THREADS = 1 ] || eval "$(python -I -S "{SCRIPTS}/lexpro/workflow/waiting.py")"; '
)


def at_work():
    """Whether this process is about to run jobs: not while rules are read, nor with --dry-run or --report."""
    return workflow.is_main_process and workflow.executor_plugin and not workflow.dryrun


def in_slurm():
    """Whether this process submits jobs to Slurm."""
    return workflow.is_main_process and getattr(workflow.executor_plugin, "name", "") == "slurm"


@cache
def claim_results():
    """Before the first job, be the only one that works on the results. The lock is kept with what this returns.

    Called where inputs are asked for: Snakemake has no hook between the choice of the executor and its own locks that
    modules have too.
    """
    if in_slurm():
        takeover.stand_before(Path(SCRIPTS, "slurm_tools"))
    # --nolock says that no other works here.
    if not workflow.execution_settings.lock:
        return None
    try:
        return takeover.claim(logger, in_slurm())
    except UserError as error:
        sys.exit(f"Error: {error}")
    except OSError as error:
        if not disk.full(error, []):
            raise
        sys.exit(f"Error: {disk.message(error)}")


def plan_of(stage):
    """The plan of a run: its settings, and its code and packages."""
    return [f"results/.plan/{stage}/{{key}}/config.yaml", f"results/.plan/{stage}/{{key}}/code.yaml"]


def upstream(stage, name):
    """The manifest of the run that is the input `name` of a stage; of a stage by province, one for each that is read."""
    return lambda wildcards: manifests_of(PLAN.above(PLAN.runs[stage, wildcards.key], name), wildcards)


def optional_upstream(stage, name):
    """As `upstream`, for an input that only some runs have: nothing for the others."""

    def manifests(wildcards):
        run = PLAN.runs[stage, wildcards.key]
        return manifests_of(PLAN.above(run, name), wildcards) if name in run.upstream else []

    return manifests


def manifests_of(run, wildcards=None):
    """The manifests of a run: one, or one for each province (or for the wildcards' own)."""
    if at_work():
        claim_results()
    if run.stage not in BY_PROVINCE:
        return [f"{run.out}/manifest.json"]
    own = getattr(wildcards, "province", None)
    return [f"{run.out}/{province}/manifest.json" for province in ([own] if own else run.provinces)]


def manifests(stage):
    """The manifests of all runs of a stage."""
    return [manifest for run in PLAN.runs_of(stage) for manifest in manifests_of(run)]


def outside(stage):
    """The list, with hashes, of what a run reads that no stage has made: statutes, a model's files. Nothing where it
    reads nothing of the sort."""
    return lambda wildcards: plan_files.outside(PLAN.runs[stage, wildcards.key]) or []


def runtime(stage, name):
    """A resource from the run's own settings, `<stage>.runtime.<name>`."""
    return lambda wildcards: PLAN.runs[stage, wildcards.key].runtime[name]


def memory_by_threads(stage):
    """The memory of a stage that is split by province: what it takes itself, and what each thread does."""

    def megabytes(wildcards, threads):
        asked = PLAN.runs[stage, wildcards.key].runtime
        return asked["mem_mb"] + asked["mem_mb_per_thread"] * threads

    return megabytes


def granted(stage, name):
    """A resource of a training that Slurm is asked for: GPUs of one node, or of each of several."""
    return lambda wildcards: resources(Launch.from_runtime(PLAN.runs[stage, wildcards.key].runtime)).get(name)


@cache
def all_cores():
    """Those of the main process: of `--cores`, or without it (a cluster's `--jobs`) of its machine.

    Asked once, while the plan is made: later it is asked by the threads that submit jobs, where an error (a full disk)
    would end the thread in silence, and Snakemake would wait for ever.
    """
    if not workflow.is_main_process:
        return cores.thaw()
    try:
        number = workflow.cores
    except WorkflowError:
        number = os.cpu_count()
    # The jobs read it. Commands that run nothing (--dry-run, --report) take no cores from a run beside them. Not in
    # `onstart`, which modules do not have.
    if at_work():
        cores.freeze(number)
    return number


def share_of_cores(stage):
    """Threads for a province folder: all cores for an only one, else by its size. Results do not depend on them."""

    def threads(wildcards):
        run = PLAN.runs[stage, wildcards.key]
        ingest = run if stage == "ingest" else PLAN.above(run, "ingest")
        return cores.share(ingest, wildcards.province, all_cores())

    return threads


def all_upstream(stage):
    """The manifests of everything that a run reads, whatever that is: a report, a sheet."""

    def manifests(wildcards):
        run = PLAN.runs[stage, wildcards.key]
        return [manifest for name in run.upstream for manifest in manifests_of(PLAN.above(run, name))]

    return manifests


def corpus_runs(name):
    """Stage → run, of the stages that the corpus of an experiment comes from."""
    run = PLAN.report_of(name)
    return {stage: PLAN.above(run, stage) for stage in ("ingest", "structure", "filter")}


def corpus_manifests(wildcards):
    """The manifests of these runs, of all provinces."""
    return [manifest for run in corpus_runs(wildcards.name).values() for manifest in manifests_of(run)]


def published(kind, name, file):
    """A file of the report under the name of its experiment, with its caption for `snakemake --report`."""
    return report(
        f"results/experiments/{{name}}/{file}",
        caption=str(catalog.caption_file(CAPTIONS, kind, name)),
        category=catalog.KINDS[kind][0],
        labels={"experiment": "{name}"} | ({} if kind == "pages" else {kind[:-1]: name}),
    )
