"""The trainings of an experiment: from its settings to what memory and time are computed from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lexpro.config.base import Model
from lexpro.config.sft import Lora
from lexpro.config.training import devices
from lexpro.dag import builder
from lexpro.dag.experiment import Experiment
from lexpro.dag.runs import Dag
from lexpro.resources import shapes
from lexpro.resources.duration import Work
from lexpro.resources.fit import Engine, Setup
from lexpro.resources.hardware import Assumed, Gpu, Hardware
from lexpro.resources.memory import Job
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_json_lines
from lexpro.workflow.stage import MANIFEST

STAGES = ("sft", "grpo")


def _deepspeed(file: str | None) -> dict:
    """Stage and offloading of a DeepSpeed configuration.

    Raises:
        UserError: the file is missing.
    """
    if file is None:
        return {}
    if not Path(file).is_file():
        raise UserError(f"runtime.deepspeed: {file} does not exist.")
    zero = read_json(Path(file)).get("zero_optimization", {})

    def offloaded(name: str) -> bool:
        return zero.get(name, {}).get("device", "none") != "none"

    return {
        "zero": zero.get("stage", 0),
        "offload_optimizer": offloaded("offload_optimizer"),
        "offload_weights": offloaded("offload_param"),
    }


def _fsdp(file: str | None) -> dict:
    """Sharding and offloading of an FSDP configuration.

    Raises:
        UserError: the file is missing.
    """
    if file is None:
        return {}
    if not Path(file).is_file():
        raise UserError(f"runtime.fsdp: {file} does not exist.")
    stated = read_json(Path(file))
    offloaded = stated.get("cpu_offload", False)
    return {
        "fsdp": True,
        # Weights that stay whole after the forward pass are as with ZeRO-2, spread ones as with
        # ZeRO-3.
        "zero": 3 if stated.get("reshard_after_forward", True) else 2,
        "offload_optimizer": offloaded,
        "offload_weights": offloaded,
    }


def setup(
    experiment: Experiment, stage: str, gpu: Gpu, hardware: Hardware, method: str | None = None
) -> Setup:
    """The training of a stage as it is configured.

    Args:
        experiment: with its settings.
        stage: `sft` or `grpo`.
        gpu: the GPU that it runs on.
        hardware: what is assumed of the machine.
        method: `full`, `lora` or `qlora`; None takes that of the settings.

    Raises:
        UserError: a file of the runtime is missing, or the model is not known.
    """
    settings = experiment.settings[stage]
    runtime = settings.runtime
    shape, _ = shapes.of_base_model(experiment.settings["base_model"])
    method = method or settings.method
    # GRPO goes on with the adapter that SFT made.
    lora = experiment.settings["sft"].lora or Lora()
    if stage == "sft":
        length = scored = settings.max_length
    else:
        scored = settings.max_completion_length
        length = settings.max_prompt_length + scored
    count = devices(runtime)
    job = Job(
        shape=shape,
        method=method,
        batch=runtime.per_device_batch_size,
        length=length,
        scored=scored,
        rank=0 if method == "full" else lora.rank,
        dropout=0.0 if method == "full" else lora.dropout,
        checkpointing=runtime.gradient_checkpointing,
        eager=settings.attention == "eager",
        bf16=settings.precision == "bf16" or (settings.precision == "auto" and runtime.gpus > 0),
        gpu=runtime.gpus > 0,
        accumulating=settings.global_batch_size > count * runtime.per_device_batch_size,
        devices=count,
        **_deepspeed(runtime.deepspeed),
        **_fsdp(runtime.fsdp),
    )
    engine = None
    if stage == "grpo" and runtime.vllm and runtime.gpus:
        engine = Engine(runtime.vllm_memory_share, runtime.vllm_tensor_parallel, length)
    return Setup(job, gpu, hardware, engine, settings.global_batch_size)


def with_devices(setup: Setup, devices: int) -> Setup:
    """The same training on another number of GPUs.

    Sequences at once shrink where the global batch asks for it.
    """
    batch = setup.job.batch
    while batch > 1 and setup.global_batch % (devices * batch):
        batch -= 1
    accumulating = setup.global_batch > devices * batch
    return replace(setup, job=replace(setup.job, devices=devices, batch=batch, accumulating=accumulating))


def _finished_tasks(experiment: Experiment) -> Path | None:
    """The folder of the experiment's tasks, where they are made already."""
    dag = Dag()
    builder.expand(experiment, dag)
    (tasks,) = dag.runs_of("tasks")
    return tasks.out if (tasks.out / MANIFEST).is_file() else None


def _counted(file: Path, tasks: list[str]) -> tuple[int, float, float]:
    """(rows, mean characters of prompt, of completion) of a file of the tasks stage."""
    rows = prompt = completion = 0
    for row in read_json_lines(file):
        if row["task"] in tasks:
            rows += 1
            prompt += sum(len(message["content"]) for message in row["prompt"])
            completion += sum(len(message["content"]) for message in row.get("completion", []))
    return rows, prompt / max(1, rows), completion / max(1, rows)


def _documents(corpus: Model, stated: int | None) -> int:
    if stated or corpus.kind == "synthetic":
        return stated or len(corpus.provinces) * corpus.documents_per_province
    raise UserError(
        "how many documents the corpus has is known once it is ingested: give --documents N (make: DOCUMENTS=N), or "
        "run `snakemake --cores all corpus_ready` first."
    )


def _examples(
    experiment: Experiment, stage: str, assumed: Assumed, documents: int | None
) -> tuple[int, float, float, str]:
    """(examples, mean tokens of a prompt, of a completion, where these numbers are from)."""
    wanted = experiment.settings[stage].tasks
    folder = _finished_tasks(experiment)
    if folder and not documents:
        file = folder / f"{stage}.jsonl"
        rows, prompt, completion = _counted(file, wanted)
        ratio = assumed.tokens_per_character
        origin = f"counted in {file}, {ratio} tokens a character assumed"
        return rows, prompt * ratio, completion * ratio, origin
    tasks = experiment.settings["tasks"]
    share, mix = getattr(tasks.shares, stage), getattr(tasks.mix, stage)
    judgments = _documents(experiment.settings["corpus"], documents) * assumed.kept * share
    rows = round(judgments * sum(getattr(mix, task) for task in wanted))
    origin = "assumed (config/hardware.yaml): the tasks are not made yet"
    return rows, assumed.prompt_tokens, assumed.example_tokens - assumed.prompt_tokens, origin


def work(
    experiment: Experiment, stage: str, assumed: Assumed, documents: int | None = None
) -> tuple[Work, str]:
    """How much a training has to do.

    Args:
        experiment: with its settings.
        stage: `sft` or `grpo`.
        assumed: sizes, where the tasks are not made yet.
        documents: documents of the corpus, to be taken instead of the tasks that are made.

    Returns:
        The work, and where its numbers are from.

    Raises:
        UserError: the size of the corpus is not known.
    """
    settings = experiment.settings[stage]
    rows, prompt, completion, origin = _examples(experiment, stage, assumed, documents)
    batch = settings.global_batch_size
    if stage == "sft":
        tokens = min(prompt + completion, settings.max_length)
        # Packed, a row holds as many examples as fit into it.
        examples = batch * (settings.max_length / tokens if settings.packing else 1)
        steps = settings.max_steps or round(settings.epochs * rows / examples)
        return Work(max(1, steps), round(examples), tokens), origin
    prompt = min(prompt, settings.max_prompt_length)
    sampled = min(assumed.completion_tokens, settings.max_completion_length)
    groups = batch // settings.num_generations
    steps = settings.max_steps or round(settings.epochs * rows / groups)
    made = Work(
        steps=max(1, steps) * settings.num_iterations,
        sequences=batch,
        tokens=prompt + sampled,
        prompt=prompt,
        sampled=batch,
        completion=sampled,
        longest=settings.max_completion_length * assumed.longest_completion,
        # vLLM's probabilities are corrected by the trainer's own; a weight of the divergence
        # needs a reference.
        extra_forwards=settings.runtime.vllm + (settings.beta > 0),
    )
    return made, origin
