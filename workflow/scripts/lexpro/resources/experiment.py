"""From an experiment's settings to what the planner computes with."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from lexpro.dag import builder, experiment
from lexpro.dag.runs import Dag
from lexpro.resources import shapes
from lexpro.resources.duration import Work
from lexpro.resources.fit import Engine, Setup
from lexpro.resources.hardware import Gpu, Hardware
from lexpro.resources.memory import Job
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json

STAGES = ("sft", "grpo")


def _deepspeed(file: str | None) -> dict:
    """Stage and offloading of a DeepSpeed configuration. Raises `UserError` if the file is
    missing.
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
    """Sharding and offloading of an FSDP configuration. Raises `UserError` if the file is
    missing.
    """
    if file is None:
        return {}
    if not Path(file).is_file():
        raise UserError(f"runtime.fsdp: {file} does not exist.")
    found = read_json(Path(file))
    offloaded = found.get("cpu_offload", False)
    return {
        "fsdp": True,
        # Weights that stay whole after the forward pass are as with ZeRO-2, spread ones as with
        # ZeRO-3.
        "zero": 3 if found.get("reshard_after_forward", True) else 2,
        "offload_optimizer": offloaded,
        "offload_weights": offloaded,
    }


def setup(config: dict, stage: str, gpu: Gpu, hardware: Hardware, method: str | None = None) -> Setup:
    """The training of a stage (`sft` or `grpo`) as it is configured; `method` asks what another one
    would take.
    """
    settings, runtime = config[stage], config[stage]["runtime"]
    shape, _ = shapes.of(config["base_model"])
    method = method or settings["method"]
    # GRPO goes on with the adapter that SFT made.
    lora = config["sft"]["lora"] or {"rank": 32, "dropout": 0.05}
    if stage == "sft":
        length = scored = settings["max_length"]
    else:
        scored = settings["max_completion_length"]
        length = settings["max_prompt_length"] + scored
    gpus = runtime.get("gpus", 0)
    devices = max(1, gpus) * runtime.get("nodes", 1)
    batch = runtime["per_device_batch_size"]
    job = Job(
        shape=shape,
        method=method,
        batch=batch,
        length=length,
        scored=scored,
        rank=0 if method == "full" else lora["rank"],
        dropout=0.0 if method == "full" else lora["dropout"],
        checkpointing=runtime.get("gradient_checkpointing", False),
        eager=settings["attention"] == "eager",
        bf16=settings["precision"] == "bf16" or (settings["precision"] == "auto" and gpus > 0),
        gpu=gpus > 0,
        accumulating=settings["global_batch_size"] > devices * batch,
        devices=devices,
        **_deepspeed(runtime.get("deepspeed")),
        **_fsdp(runtime.get("fsdp")),
    )
    engine = None
    if runtime.get("vllm") and gpus:
        engine = Engine(runtime["vllm_memory_share"], runtime["vllm_tensor_parallel"], length)
    return Setup(job, gpu, hardware, engine, settings["global_batch_size"])


def with_devices(setup: Setup, devices: int) -> Setup:
    """The same training on another number of GPUs; sequences at once shrink where the global batch
    asks for it.
    """
    batch = setup.job.batch
    while batch > 1 and setup.global_batch % (devices * batch):
        batch -= 1
    accumulating = setup.global_batch > devices * batch
    return replace(setup, job=replace(setup.job, devices=devices, batch=batch, accumulating=accumulating))


def _made(config: dict, choices: dict, name: str, file: str) -> Path | None:
    """The tasks of the experiment, where they are made already."""
    dag = Dag()
    builder.expand(experiment.of_config(name, config, choices), dag)
    (tasks,) = dag.runs_of("tasks")
    folder = tasks.out
    return folder / file if (folder / "manifest.json").is_file() else None


def _counted(file: Path, tasks: list[str]) -> tuple[int, float, float]:
    """(rows, mean characters of prompt, of completion) of a file of the tasks stage."""
    rows = prompt = completion = 0
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["task"] in tasks:
                rows += 1
                prompt += sum(len(message["content"]) for message in row["prompt"])
                completion += sum(len(message["content"]) for message in row.get("completion", []))
    return rows, prompt / max(1, rows), completion / max(1, rows)


def _documents(config: dict, given: int | None) -> int:
    corpus = config["corpus"]
    if given or corpus["kind"] == "synthetic":
        return given or len(corpus["provinces"]) * corpus["documents_per_province"]
    raise UserError(
        "how many documents the corpus has is known once it is ingested: give --documents N (make: DOCUMENTS=N), or "
        "run `snakemake corpus_ready` first."
    )


def work(
    config: dict, choices: dict, name: str, stage: str, assumed: dict, documents: int | None = None
) -> tuple[Work, str]:
    """(what a stage has to do, where its numbers are from)."""
    settings = config[stage]
    file = _made(config, choices, name, f"{stage}.jsonl")
    mix = config["tasks"]["mix"][stage]
    if file and not documents:
        rows, prompt, completion = _counted(file, settings["tasks"])
        prompt, completion = (size * assumed["tokens_per_character"] for size in (prompt, completion))
        origin = f"counted in {file}, {assumed['tokens_per_character']} tokens a character assumed"
    else:
        judgments = _documents(config, documents) * assumed["kept"] * config["tasks"]["shares"][stage]
        rows = round(judgments * sum(mix.get(task, 0) for task in settings["tasks"]))
        prompt = assumed["prompt_tokens"]
        completion = assumed["example_tokens"] - prompt
        origin = "assumed (config/hardware.yaml): the tasks are not made yet"
    batch = settings["global_batch_size"]
    if stage == "sft":
        tokens = min(prompt + completion, settings["max_length"])
        # Packed, a row holds as many examples as fit into it.
        examples = batch * (settings["max_length"] / tokens if settings["packing"] else 1)
        steps = settings["max_steps"] or round(settings["epochs"] * rows / examples)
        return Work(max(1, steps), round(examples), tokens), origin
    prompt = min(prompt, settings["max_prompt_length"])
    sampled = min(assumed["completion_tokens"], settings["max_completion_length"])
    groups = batch // settings["num_generations"]
    steps = settings["max_steps"] or round(settings["epochs"] * rows / groups)
    return (
        Work(
            steps=max(1, steps) * settings["num_iterations"],
            sequences=batch,
            tokens=prompt + sampled,
            prompt=prompt,
            sampled=batch,
            completion=sampled,
            longest=settings["max_completion_length"] * assumed["longest_completion"],
            # vLLM's probabilities are corrected by the trainer's own; a weight of the divergence
            # needs a reference.
            extra_forwards=bool(settings["runtime"].get("vllm")) + (settings["beta"] > 0),
        ),
        origin,
    )
