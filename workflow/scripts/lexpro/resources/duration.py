"""Tokens and time of a training, from counted operations and assumed utilisation."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lexpro.resources import fit, memory
from lexpro.resources.fit import Setup


@dataclass(frozen=True)
class Work:
    """How much a training has to do. For SFT `sampled` is 0."""

    steps: int
    # Sequences of one optimiser step, and the mean tokens of each, and those of its prompt.
    sequences: int
    tokens: float
    prompt: float = 0
    # Completions of one step, the mean of their tokens, and those of the longest.
    sampled: int = 0
    completion: float = 0
    longest: float = 0
    # Forward passes beside the one that is trained: the sampler's probabilities, the reference
    # model.
    extra_forwards: int = 0

    @property
    def per_step(self) -> float:
        """Tokens of one optimiser step."""
        return self.sequences * self.tokens

    @property
    def total(self) -> float:
        """Tokens of all steps."""
        return self.steps * self.per_step


def flops(setup: Setup, tokens: float, length: float, extra_forwards: int = 0) -> float:
    """Operations of training on some tokens, recomputation included.

    2 N a token for each pass, and causal attention. A frozen weight has no gradient of its own: 4 N
    where only an adapter is trained, 6 N where all is.

    Args:
        setup: the training.
        tokens: how many tokens.
        length: tokens of a sequence.
        extra_forwards: forward passes beside the one that is trained.
    """
    shape, job = setup.job.shape, setup.job
    multiplied = shape.linear + shape.embedding
    forward = 2 * multiplied + 2 * shape.layers * shape.queries * length
    backward = forward * (2 if job.method == "full" else 1)
    return tokens * (forward * (1 + job.checkpointing + extra_forwards) + backward)


def training_seconds(setup: Setup, work: Work) -> float:
    """Seconds of one optimiser step without generation.

    The slower of computing and (with ZeRO-3) gathering weights.
    """
    job, assumed = setup.job, setup.hardware.assumed
    nodes = math.ceil(job.devices / setup.hardware.node_gpus)
    rate = setup.gpu.peak_tflops * 1e12 * assumed.utilisation * (assumed.more_nodes if nodes > 1 else 1)
    compute = flops(setup, work.per_step, work.tokens, work.extra_forwards) / (rate * job.devices)
    if job.zero < 3:
        return compute
    micro = max(1, (setup.global_batch or work.sequences) // (job.devices * job.batch))
    passes = 2 + work.extra_forwards + job.checkpointing
    speed = setup.gpu.link_gb_s if nodes == 1 else min(setup.gpu.link_gb_s, assumed.network_gb_s)
    gather = micro * passes * memory.weights_whole(job) / (speed * 1e9 * assumed.link_share)
    return max(compute, gather)


def generation_seconds(setup: Setup, work: Work) -> float:
    """Seconds of sampling one step's completions.

    Prompts are read, then each wave decodes to its longest completion.
    """
    engine, shape, gpu, assumed = setup.engine, setup.job.shape, setup.gpu, setup.hardware.assumed
    if not work.sampled or engine is None:
        return 0.0
    copies = setup.job.devices // engine.parallel
    each = math.ceil(work.sampled / copies)
    at_once = min(each, fit.concurrent(setup))
    waves = math.ceil(each / max(1, at_once))
    read = 2 * shape.parameters / engine.parallel
    cache = at_once * (work.prompt + work.completion / 2) * shape.cache_bytes() / engine.parallel
    token = (read + cache) / (gpu.memory_tb_s * 1e12 * assumed.decode_share)
    prompts = each * work.prompt * 2 * shape.parameters / engine.parallel
    prefill = prompts / (gpu.peak_tflops * 1e12 * assumed.prefill_share)
    return prefill + waves * work.longest * token


def hours(setup: Setup, work: Work) -> tuple[float, float]:
    """(hours of training, hours of generation) of the whole stage."""
    return (
        work.steps * training_seconds(setup, work) / 3600,
        work.steps * generation_seconds(setup, work) / 3600,
    )
