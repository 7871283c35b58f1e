"""The plan of the DAG, and what all rules share.

Hydra composes the experiments here, once, in the main process; jobs read the frozen plan. A rule's inputs are its plan
files (configuration, code and packages) and the manifests of the runs upstream: small files, compared by content.
"""

import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

sys.path.insert(0, str(Path(workflow.basedir) / "workflow/scripts"))

from lexpro.dag import builder, overrides, plan_files
from lexpro.training.launch import Launch, resources
from lexpro.workflow import disk
from lexpro.workflow.errors import UserError

try:
    PLAN = (builder.freeze if workflow.is_main_process else builder.thaw)(
        *overrides.request(config, workflow.config_settings.overwrite_config)
    )
except UserError as error:
    raise WorkflowError(str(error)) from None
except OSError as error:
    if not disk.full(error, []):
        raise
    raise WorkflowError(f"the disk is full ({error}): free some space and run snakemake again") from None

INPUTS = builder.inputs(PLAN)


def manifests(stage):
    """The manifests of all runs of a stage."""
    return [f"results/{stage}/{run.key}/manifest.json" for run in PLAN.of(stage)]


def runtime(stage, name, default):
    """A resource that the stage's configuration may state under `runtime:`, such as the GPUs of a training."""
    return lambda wildcards: PLAN.runs[stage, wildcards.key].runtime.get(name, default)


# A training takes its shell's place: a signal to all processes of a job would end the shell, and the job with it,
# while the training still saves. bash does this by itself since 5.1.
SELF = "exec python"


def cli(stage, launcher="python", extra=""):
    """The command of a stage. Every library keeps to the rule's threads: jobs that compete for cores crawl."""
    return (
        "export LEXPRO_THREADS={threads} OMP_NUM_THREADS={threads} POLARS_MAX_THREADS={threads}"
        " RAYON_NUM_THREADS={threads} TOKENIZERS_PARALLELISM=false; "
        f"{launcher} workflow/scripts/{stage}.py --plan results/.plan/{stage}/{{wildcards.key}}{extra} --log {{log:q}}"
    )


def all_cores():
    """Those of the main process: of `--cores`, or without it (a cluster's `--jobs`) of its machine."""
    if not workflow.is_main_process:
        return builder.thaw_cores()
    try:
        return workflow.cores
    except WorkflowError:
        return os.cpu_count()


onstart:
    # Only where something is to run: a dry run beside it takes no cores from its jobs.
    builder.freeze_cores(all_cores())


def share_of_cores(stage):
    """Threads for a province folder: all cores for an only one, else by its size. Results do not depend on them."""

    def of(wildcards):
        run = PLAN.runs[stage, wildcards.key]
        above = run.upstream.get("ingest")
        return builder.cores_for(PLAN.runs[above] if above else run, wildcards.province, all_cores())

    return of


def granted(stage, name):
    """A resource of a training that Slurm is asked for: GPUs of one node, or of each of several."""
    return lambda wildcards: resources(Launch.of(PLAN.runs[stage, wildcards.key].runtime)).get(name)


def launch(stage):
    """The launcher of a training: a process for each GPU, on one node or on several."""
    plan_of = f"results/.plan/{stage}/{{wildcards.key}}/runtime.yaml"
    return f"{SELF} workflow/scripts/launch.py --runtime {plan_of} --threads {{threads}} --"


def named(kind, name, suffix, category):
    """A figure or table of the report under the name of its experiment, with its caption for `snakemake --report`."""
    caption = name if kind == "figures" else f"table_{name}"
    return report(
        f"results/experiments/{{name}}/{kind}/{name}.{suffix}",
        caption=f"../report/{caption}.rst",
        category=category,
        labels={"experiment": "{name}", kind[:-1]: name},
    )


def code_of(script):
    """The code of a script that is no stage, as planned."""
    return f"results/.plan/{script}/code.yaml"


def report_of(name):
    """The run of an experiment's report."""
    return PLAN.runs["report", PLAN.experiments[name]]


def selected(name):
    """Stage → run, of the stages that an experiment's corpus comes from."""
    upstream = report_of(name).upstream
    return {stage: PLAN.runs[upstream[stage]] for stage in ("ingest", "structure", "filter")}


def drawn(name):
    """How the report of an experiment draws figures, for the page of its corpus."""
    return "--charges {charges} --dpi {dpi}".format_map(report_of(name).settings)


def corpus_of(wildcards):
    """The manifests of an experiment's corpus: of each province, and of the filter."""
    ingest, structure, chosen = selected(wildcards.name).values()
    return [
        f"{chosen.out}/manifest.json",
        *(f"{run.out}/{province}/manifest.json" for run in (ingest, structure) for province in run.provinces),
    ]
