"""What `lexpro estimate` prints."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from lexpro.resources import duration, fit, memory
from lexpro.resources.duration import Work
from lexpro.resources.fit import Setup
from lexpro.resources.memory import GIB
from lexpro.resources.trainings import with_devices

KINDS = (
    "weights",
    "gathered",
    "autocast",
    "gradients",
    "optimiser",
    "activations",
    "logits",
    "vllm weights",
    "vllm buffers",
    "KV cache",
)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table, columns aligned."""
    cells = [list(map(str, row)) for row in (head, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    cells.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    )


def memory_table(setup: Setup) -> str:
    """GiB on each GPU, by kind and phase."""
    phases = fit.phases(setup)
    kinds = [kind for kind in KINDS if any(kind in parts for parts in phases.values())]
    rows = [
        [kind, *(f"{parts[kind] / GIB:.1f}" if kind in parts else "-" for parts in phases.values())]
        for kind in kinds
    ]
    rows.append(["sum", *(f"{sum(parts.values()) / GIB:.1f}" for parts in phases.values())])
    return table(["GiB on each GPU", *phases], rows)


def headline(stage: str, setup: Setup, source: str) -> str:
    """The heading of a training's estimate.

    Args:
        stage: `sft` or `grpo`.
        setup: the training.
        source: where the shape of the model is from.
    """
    job = setup.job
    spread = "FSDP" if job.fsdp else f"ZeRO-{job.zero}" if job.zero else "no ZeRO"
    offload = [
        name for name, on in (("optimiser", job.offload_optimizer), ("weights", job.offload_weights)) if on
    ]
    kind = job.method if job.method == "full" else f"{job.method} of rank {job.rank}"
    text = (
        f"{stage}: {job.shape.parameters / 1e9:.2f} billion parameters ({source}), {kind}, {spread}, "
        f"{job.devices} x {setup.gpu.name}, {job.batch} x {job.length} tokens at once, "
        f"{'with' if job.checkpointing else 'without'} gradient checkpointing"
    )
    return text + (f", in host memory: {' and '.join(offload)}" if offload else "")


def alternative(setup: Setup) -> str:
    """Activations with and without checkpointing."""
    gib = {on: memory.step(replace(setup.job, checkpointing=on))["activations"] / GIB for on in (True, False)}
    return f"Activations with gradient checkpointing {gib[True]:.1f} GiB, without {gib[False]:.1f} GiB."


def work_lines(setup: Setup, work: Work, origin: str) -> list[str]:
    """Tokens, steps and hours of a training, in lines.

    Args:
        setup: the training.
        work: how much it has to do.
        origin: where the numbers of the work are from.
    """
    training, generation = duration.hours(setup, work)
    total = training + generation
    lines = [
        f"{work.per_step:,.0f} tokens a step, {work.steps:,} steps, {work.total / 1e6:,.0f} million tokens in all "
        f"({origin}).",
        f"{total:.1f} hours, {total * setup.job.devices:.0f} GPU-hours"
        + (f" ({training:.1f} h training, {generation:.1f} h generation)." if generation else "."),
    ]
    if setup.engine:
        lines.append(f"vLLM decodes {fit.concurrent(setup)} completions of full length at once in each copy.")
    return lines


def needs(setup: Setup) -> str:
    """GPUs and nodes that these settings need."""
    least, node = fit.fewest(setup), setup.hardware.node_gpus
    nodes = math.ceil(setup.job.devices / node)
    asked = f"Asked for: {setup.job.devices} GPUs on {nodes} node{'s' if nodes > 1 else ''}; "
    if least is None:
        return asked + "these settings fit on no number of them."
    count = math.ceil(least / node)
    return (
        asked
        + f"needed at least: {least} GPU{'s' if least > 1 else ''} on {count} node{'s' if count > 1 else ''}."
    )


def scaling(size: str, stage: str, setup: Setup, work: Work, devices: Sequence[int]) -> list[list[str]]:
    """Rows of the table of hours, one for each number of GPUs.

    Args:
        size: of the model, for the first column: 14b.
        stage: of the training, for the second column.
        setup: the training as configured.
        work: how much it has to do.
        devices: the numbers of GPUs.

    Returns:
        [size, stage, GPUs, hours, GPU-hours, changed to fit]. Where the training does not fit as
        configured, the last column names the fewest changes with which it does, and the hours are
        of the changed one; where none helps the row says so.
    """
    rows = []
    for count in devices:
        tried = with_devices(setup, count)
        fitting = fit.suggestion(tried, same_gpus=True)
        if fitting is None:
            rows.append([size, stage, str(count), "does not fit", "-", "-"])
            continue
        changes, chosen = fitting
        hours = sum(duration.hours(chosen, work))
        changed = ", ".join(change.removeprefix("runtime.") for change in changes) or "-"
        rows.append([size, stage, str(count), f"{hours:.1f}", f"{hours * count:.0f}", changed])
    return rows
