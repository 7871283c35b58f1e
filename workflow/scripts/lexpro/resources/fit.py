"""Whether a training fits its devices, and the smallest change with which it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from lexpro.resources import memory
from lexpro.resources.hardware import Gpu, Hardware
from lexpro.resources.memory import GIB, Job


@dataclass(frozen=True)
class Engine:
    """vLLM on the training's own GPUs.

    Attributes:
        share: of memory that it may hold.
        parallel: GPUs that a copy is spread over.
        context: longest prompt and completion together, in tokens.
    """

    share: float
    parallel: int
    # Longest prompt and completion together, in tokens.
    context: int


@dataclass(frozen=True)
class Setup:
    """A training on GPUs: what is decided at planning."""

    job: Job
    gpu: Gpu
    hardware: Hardware
    engine: Engine | None = None
    # Sequences of one optimiser step.
    global_batch: int = 0

    @property
    def usable(self) -> float:
        """Bytes of a device that PyTorch and vLLM may fill."""
        assumed = self.hardware.assumed
        return (self.gpu.memory_gib - assumed.context_gib) * (1 - assumed.fragments) * GIB


def phases(setup: Setup) -> dict[str, dict[str, float]]:
    """Bytes on each device, by kind, at the fullest moment of each phase.

    The phases are training and, with vLLM, sync and generation. vLLM sleeps while the trainer
    trains (its weights and cache are given back). An adapter is merged and handed over one layer at
    a time (`lexpro/training/vllm_weight_sync.py`; TRL 1.16 would gather the whole model on each
    device).
    """
    job, engine = setup.job, setup.engine
    by_phase = {"training": memory.step(job)}
    if engine is None:
        return by_phase
    static = memory.static(job)
    resident = {name: size for name, size in static.items() if name in ("weights", "optimiser")}
    vllm = job.shape.parameters * 2 / engine.parallel
    by_phase["sync"] = {**resident, "gathered": memory.handed_over(job), "vllm weights": vllm}
    budget = engine.share * setup.gpu.memory_gib * GIB
    overhead = setup.hardware.assumed.vllm_overhead_gib * GIB
    cache = budget - vllm - overhead
    by_phase["generation"] = {
        **resident,
        "vllm weights": vllm,
        "vllm buffers": overhead,
        "KV cache": cache,
    }
    return by_phase


def concurrent(setup: Setup) -> int:
    """Completions of full length that the KV cache of one copy of vLLM holds at once."""
    engine = setup.engine
    cache = phases(setup)["generation"]["KV cache"] * engine.parallel
    return int(cache // (engine.context * setup.job.shape.cache_bytes()))


def problems(setup: Setup) -> list[str]:
    """What cannot be, one line each; empty where all fits."""
    job, engine, wrong = setup.job, setup.engine, []
    if job.method == "qlora" and job.zero == 3:
        wrong.append(
            "4-bit weights are not spread by ZeRO-3 (DeepSpeed issue 5660): use config/deepspeed/zero2.json"
        )
    if setup.global_batch % (job.devices * job.batch):
        wrong.append(
            f"global_batch_size {setup.global_batch} is not a multiple of {job.devices} GPUs x "
            f"per_device_batch_size {job.batch}"
        )
    if engine and (job.devices % engine.parallel or job.shape.heads % engine.parallel):
        wrong.append(
            f"vllm_tensor_parallel {engine.parallel} divides neither or only one of {job.devices} GPUs and "
            f"{job.shape.heads} attention heads"
        )
    for phase, parts in phases(setup).items():
        if any(size < 0 for size in parts.values()) or (phase == "generation" and concurrent(setup) < 1):
            wrong.append(
                f"generation: vllm_memory_share {engine.share:g} of {setup.gpu.memory_gib:g} GiB does not hold "
                f"{parts['vllm weights'] / GIB:.1f} GiB of weights, buffers and the cache of one completion"
            )
            continue
        if (total := sum(parts.values())) > setup.usable:
            biggest = max(parts, key=parts.get)
            wrong.append(
                f"{phase}: {total / GIB:.1f} GiB on each GPU, of which {biggest} {parts[biggest] / GIB:.1f}; "
                f"{setup.gpu.name} has {setup.usable / GIB:.1f} to give"
            )
    return wrong


def variants(setup: Setup, same_gpus: bool = False) -> Iterator[tuple[int, list[str], Setup]]:
    """(number of changes, the changes, the setup) of what leaves the result as it is.

    Args:
        setup: the training.
        same_gpus: neither another kind of GPU nor more of them.
    """
    job, engine = setup.job, setup.engine
    batches = [size for size in (job.batch, 4, 2, 1) if size <= job.batch]
    engines: list[Engine | None] = [engine]
    if engine:
        parallel = [n for n in (1, 2, 4, 8) if job.devices % n == 0 and job.shape.heads % n == 0]
        shares = [round(0.1 + 0.05 * step, 2) for step in range(15)]
        engines += [replace(engine, parallel=n, share=share) for n, share in product(parallel, shares)]
    more = [job.devices * factor for factor in ((1,) if same_gpus else (1, 2, 4, 8))]
    checkpointing = {job.checkpointing, True}
    stages = [job.zero, *(stage for stage in (2, 3) if stage != job.zero and not job.fsdp)]
    gpus = [setup.gpu]
    if not same_gpus:
        gpus += [gpu for gpu in setup.hardware.gpus.values() if gpu != setup.gpu]
    for gpu, zero, batch, saved, devices, chosen in product(
        gpus, stages, batches, checkpointing, more, engines
    ):
        changes = []
        if gpu != setup.gpu:
            changes.append(f"GPU={gpu.name}")
        if zero != job.zero:
            changes.append(f"runtime.deepspeed: config/deepspeed/zero{zero}.json")
        if batch != job.batch:
            changes.append(f"runtime.per_device_batch_size: {batch}")
        if saved != job.checkpointing:
            changes.append("runtime.gradient_checkpointing: true")
        if devices != job.devices:
            changes.append(f"{devices} GPUs")
        if engine and chosen.parallel != engine.parallel:
            changes.append(f"runtime.vllm_tensor_parallel: {chosen.parallel}")
        if engine and chosen.share != engine.share:
            changes.append(f"runtime.vllm_memory_share: {chosen.share:g}")
        new = replace(
            job,
            zero=zero,
            batch=batch,
            checkpointing=saved,
            devices=devices,
            accumulating=setup.global_batch > devices * batch,
        )
        # Another kind of GPU, or more of them, is the last thing to ask for.
        cost = len(changes) + 10 * (gpu != setup.gpu) + 5 * (devices != job.devices)
        yield cost, changes, replace(setup, job=new, engine=chosen, gpu=gpu)


def suggestion(setup: Setup, same_gpus: bool = False) -> tuple[list[str], Setup] | None:
    """The fewest changes with which all fits; None where none helps.

    Of several, those with the largest KV cache.
    """
    fitting = [variant for variant in variants(setup, same_gpus) if not problems(variant[2])]
    if not fitting:
        return None
    _, changes, best = min(
        fitting, key=lambda variant: (variant[0], -concurrent(variant[2]) if variant[2].engine else 0)
    )
    return changes, best


def fewest(setup: Setup) -> int | None:
    """The fewest GPUs (1, 2, 4, 8 and then whole nodes) on which these settings fit."""
    for devices in (1, 2, 4, 8, 16, 24, 32, 48, 64, 128):
        tried = replace(setup, job=replace(setup.job, devices=devices), global_batch=0)
        if not problems(tried):
            return devices
    return None
