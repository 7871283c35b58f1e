"""What the trainings of an experiment take, in words and tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lexpro.dag import experiment as experiments
from lexpro.resources import duration, fit, hardware, memory, shapes, show, slurm, trainings
from lexpro.resources.hardware import Gpu, Hardware

PAPER = ("paper_14b", "paper_32b", "paper_70b")
# Numbers of GPUs in the table of hours.
SCALES = (8, 16, 64)


@dataclass(frozen=True)
class Request:
    """What is estimated.

    Attributes:
        experiment: a file of `config/experiment/`.
        overrides: changes of settings, as `sft.runtime.gpus=16`.
        gpu: a GPU of `config/hardware.yaml`; None takes the default of that file.
        method: `full`, `lora` or `qlora`; None takes that of the settings.
        documents: documents of the corpus, where the tasks are not made yet.
    """

    experiment: str
    overrides: tuple[str, ...] = ()
    gpu: str | None = None
    method: str | None = None
    documents: int | None = None


def processor_table(stage: str, setup: fit.Setup) -> str:
    """The memory of a training without a GPU."""
    parts = memory.step(setup.job)
    cells = [[kind, f"{size / 1e6:.1f}"] for kind, size in parts.items()]
    head = f"## {stage}: {setup.job.shape.parameters / 1e6:.2f} million parameters, on a processor\n\n"
    return head + show.table(["MB", "training"], [*cells, ["sum", f"{sum(parts.values()) / 1e6:.1f}"]])


def problems(setup: fit.Setup, host_mb: float, mem_mb: int) -> list[str]:
    """What makes a training on GPUs impossible, and what would mend it.

    Args:
        setup: the training.
        host_mb: host memory that it needs on a node, in MB.
        mem_mb: host memory that it asks for.
    """
    lines = fit.problems(setup)
    if lines:
        better = fit.suggestion(setup)
        lines.append(
            "smallest change that fits: " + ", ".join(better[0])
            if better
            else "no change of its runtime, and none of the GPUs known, makes it fit"
        )
    if host_mb > mem_mb:
        lines.append(f"host memory: set runtime.mem_mb to at least {host_mb:.0f}")
    return lines


def memory_lines(setup: fit.Setup, gpu: Gpu, host_mb: float, mem_mb: int) -> Iterator[str]:
    """The memory of a training on GPUs, and how many of them it needs.

    Args:
        setup: the training.
        gpu: the GPU that it runs on.
        host_mb: host memory that it needs on a node, in MB.
        mem_mb: host memory that it asks for, in MB.

    Yields:
        A table in Markdown, then sentences.
    """
    yield show.memory_table(setup) + "\n"
    yield (
        f"{gpu.name}: {setup.usable / memory.GIB:.1f} of {gpu.memory_gib:g} GiB to give. {show.alternative(setup)}"
    )
    yield show.needs(setup)
    yield f"Host memory of a node: {host_mb:,.0f} MB of the {mem_mb:,} asked for."
    if setup.job.zero == 3:
        yield "Counted for ZeRO-3: weights are spread while they are loaded, never whole on one device."


def report(request: Request, machine: Hardware | None = None) -> list[str]:
    """Print the estimate of both trainings of an experiment.

    Args:
        request: what is estimated.
        machine: GPUs and assumptions; None reads `config/hardware.yaml`.

    Returns:
        What makes a training impossible, a line each; empty where both can run.

    Raises:
        UserError: a setting is wrong, or the size of the corpus is not known.
    """
    experiment = experiments.read(request.experiment, request.overrides)
    machine = machine or hardware.read()
    gpu = machine.gpu(request.gpu)
    _, source = shapes.of_base_model(experiment.settings["base_model"])
    impossible = []
    for stage in trainings.STAGES:
        setup = trainings.setup(experiment, stage, gpu, machine, request.method)
        runtime = experiment.settings[stage].runtime
        if not setup.job.gpu:
            print(processor_table(stage, setup), "\n")
            print(slurm.line(stage, runtime), "\n")
            continue
        work, origin = trainings.work(experiment, stage, machine.assumed, request.documents)
        per_node = min(setup.job.devices, machine.node_gpus)
        host_mb = memory.host(setup.job, per_node, machine.assumed.process_gib) / 2**20
        print(f"## {show.headline(stage, setup, source)}\n")
        for line in memory_lines(setup, gpu, host_mb, runtime.mem_mb):
            print(line)
        wrong = problems(setup, host_mb, runtime.mem_mb)
        impossible += [f"{stage}: {line}" for line in wrong]
        if not wrong:
            print("\n".join(show.work_lines(setup, work, origin)))
            if sum(duration.hours(setup, work)) * 60 > runtime.minutes:
                print(
                    f"Note: longer than runtime.minutes ({runtime['minutes']}): the job resumes when run again."
                )
        print(slurm.line(stage, runtime), "\n")
    return impossible


def scaling(request: Request) -> str:
    """Hours and GPU-hours of the paper's three sizes on `SCALES` GPUs, as a Markdown table."""
    machine = hardware.read()
    gpu = machine.gpu(request.gpu)
    rows = []
    for name in PAPER:
        experiment = experiments.read(name, request.overrides)
        for stage in trainings.STAGES:
            setup = trainings.setup(experiment, stage, gpu, machine, request.method)
            work, _ = trainings.work(experiment, stage, machine.assumed, request.documents)
            rows += show.scaling(name.removeprefix("paper_"), stage, setup, work, SCALES)
    return show.table(["size", "stage", f"GPUs ({gpu.name})", "hours", "GPU-hours", "changed to fit"], rows)
