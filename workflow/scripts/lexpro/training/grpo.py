"""GRPO from settings: prompts, rewards, the trainer."""

from __future__ import annotations

import json
import random

import pandas as pd
import torch
from datasets import Dataset
from trl import GRPOConfig

from lexpro.models import chat, compute, loading
from lexpro.rewards import registry
from lexpro.training import checkpoints, data, pass_rate, tracking
from lexpro.training.grpo_trainer import Trainer, on_whole_answers
from lexpro.training.metrics import Record, kept_lines
from lexpro.training.tracking import Tracker
from lexpro.training.trainer import arguments, finish
from lexpro.workflow.errors import UserError
from lexpro.workflow.stage import Run

# Settings that are TRL's own, by the same name.
TRL = (
    "num_generations",
    "max_completion_length",
    "temperature",
    "top_p",
    "loss_type",
    "beta",
    "epsilon",
    "epsilon_high",
    "num_iterations",
    "scale_rewards",
    "multi_objective_aggregation",
    "importance_sampling_level",
    "mask_truncated_completions",
)


def prompts(run: Run, tokenizer, rewards: pass_rate.Rewards = ()) -> Dataset:
    """Prompts as the model reads them, with what the rewards need: task, gold, shown, charges,
    date.

    Long ones are left out, and those that the SFT model always or never gets right, where
    `pass_rate` asks for it.
    """
    settings = run.settings
    rows, written, long = [], {}, 0
    for row in data.read_jsonl(run.inputs["tasks"] / "grpo.jsonl"):
        if row["task"] not in settings["tasks"]:
            continue
        text = chat.prompt_text(tokenizer, row["prompt"])
        if len(tokenizer(text, add_special_tokens=False)["input_ids"]) > settings["max_prompt_length"]:
            long += 1
            continue
        written[row["id"]] = text
        rows.append(row)
    if not rows:
        raise UserError(
            f"{run.inputs['tasks'] / 'grpo.jsonl'} has no prompt of the tasks {', '.join(settings['tasks'])} with at "
            f"most {settings['max_prompt_length']} tokens ({long} are longer). Raise grpo.max_prompt_length."
        )
    if settings["pass_rate"]:
        found = pass_rate.measured(run, rows, rewards)
        kept = pass_rate.teaching(rows, found, settings["pass_rate"])
        run.log.info(
            "%d of %d prompts teach something: the SFT model gets them right now and then",
            len(kept),
            len(rows),
        )
        run.counts["pass_rate_left_out"] = len(rows) - len(kept)
        rows = kept
    rows = in_turn(rows, settings["seed"])[: settings["max_prompts"] or None]
    rows = [{**row, "prompt": written[row["id"]]} for row in rows]
    run.counts.update(prompts=len(rows), skipped=long)
    return Dataset.from_list(rows)


def in_turn(rows: list[dict], seed: int) -> list[dict]:
    """The rows in an order in which the tasks take turns, each task's own rows shuffled.

    So every step sees about the same mixture, and the curve of the mean reward is not that of its
    tasks.
    """
    rng = random.Random(seed)
    by_task: dict[str, list[dict]] = {}
    for row in rows:
        by_task.setdefault(row["task"], []).append(row)
    placed = []
    for number, found in enumerate(by_task.values()):
        rng.shuffle(found)
        # Spread evenly over [0, 1): a task with half the rows has every second place.
        placed += [((at + 0.5) / len(found), number, row) for at, row in enumerate(found)]
    return [row for _, _, row in sorted(placed, key=lambda place: place[:2])]


def config(run: Run) -> GRPOConfig:
    """TRL's configuration. One optimiser step sees `global_batch_size` completions, whatever the
    devices.
    """
    settings, runtime = run.settings, run.runtime
    steps = compute.accumulation(
        settings["global_batch_size"], runtime["per_device_batch_size"], compute.devices()
    )
    use_vllm = runtime.get("vllm", False) and torch.cuda.is_available()
    engine = {}
    if use_vllm:
        # Colocated, the same GPUs generate and train in turn; a server (`trl vllm-serve`) has its
        # own. On a processor vLLM cannot take new weights.
        engine = {
            "vllm_mode": "server" if runtime.get("vllm_server") else "colocate",
            "vllm_server_base_url": runtime.get("vllm_server"),
            "vllm_gpu_memory_utilization": runtime["vllm_memory_share"],
            "vllm_tensor_parallel_size": runtime["vllm_tensor_parallel"],
            "vllm_enable_sleep_mode": True,
            "vllm_max_model_length": settings["max_prompt_length"] + settings["max_completion_length"],
        }
    return GRPOConfig(
        **arguments(run, settings, steps),
        **{name: settings[name] for name in TRL},
        # TRL counts in micro-batches.
        steps_per_generation=steps * settings["steps_per_sampling"],
        reward_weights=[float(entry.get("weight", 1.0)) for entry in settings["rewards"]],
        shuffle_dataset=False,
        # As in SFT: few shapes for oneDNN to compile and keep.
        pad_to_multiple_of=None if torch.cuda.is_available() else compute.ROUND,
        use_vllm=use_vllm,
        **engine,
        remove_unused_columns=False,
    )


def optimise(run: Run) -> tuple[Trainer, list[int]]:
    """Train the SFT model; returns the trainer and the tokens of a prompt. Leaves model, metrics
    and completions.
    """
    settings = run.settings
    tracking.check(run)
    compute.limit_threads()
    base, start = run.inputs["base_model"] / "model", run.inputs["sft"] / "model"
    tokenizer = loading.tokenizer(start)
    known = {"training": str(run.inputs["tasks"] / "grpo.jsonl")}
    if "knowledge" in run.inputs:
        known["knowledge"] = str(run.inputs["knowledge"])
    loaded = [registry.load(entry, known) for entry in settings["rewards"]]
    # Paid for nothing once: what a reward cannot be asked of these prompts is said before a model
    # is loaded.
    for reward, _ in loaded:
        reward(completions=[], task=[], gold=[])
    rewards = [on_whole_answers(reward) for reward, _ in loaded]
    rows = prompts(run, tokenizer, loaded)
    # Predictions put an adapter on the base model's weights: it is that of SFT, trained on.
    if loading.is_adapter(start) != (settings["method"] == "lora"):
        raise UserError(
            f"grpo.method is {settings['method']}, but the SFT model is "
            + (
                "an adapter: set grpo.method: lora."
                if loading.is_adapter(start)
                else "not: set grpo.method: full."
            )
        )
    # Before the model, and kept: see `trainer.configuration`.
    args = config(run)
    model = loading.model(
        start, base, dtype=compute.weights_dtype(settings), attention=settings["attention"], trainable=True
    )
    tracker = Tracker(run)
    record = Record(run.work_dir / "metrics.jsonl", run.log, tracker, settings["guards"])
    trainer = Trainer(
        model=model,
        reward_funcs=rewards,
        args=args,
        train_dataset=rows,
        processing_class=tokenizer,
        callbacks=[record],
    )
    trainer.counter = record
    trainer.samples = run.work_dir / "completions.jsonl"
    trainer.sampled, trainer.every = settings["sampled_completions"], settings["sampled_every"]
    resumed = checkpoints.latest(run.work_dir / "checkpoints")
    if compute.is_main():
        kept_lines(trainer.samples, checkpoints.step(resumed) - 1 if resumed else -1)
    finish(run, trainer, record, tracker)
    if compute.is_main():
        table(trainer.samples, run)
    return trainer, tokenizer(rows[0]["prompt"], add_special_tokens=False)["input_ids"]


def table(samples, run: Run) -> None:
    """`completions.parquet`: step, id, task, prompt, completion, rewards/<name>."""
    with samples.open(encoding="utf-8") as file:
        pd.DataFrame([json.loads(line) for line in file]).to_parquet(
            run.out / "completions.parquet", index=False
        )
