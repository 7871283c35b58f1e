"""GRPO from settings: prompts, rewards, the trainer."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import torch
from datasets import Dataset
from transformers import PreTrainedTokenizerBase

from lexpro.config.grpo import Settings
from lexpro.models import compute, loading
from lexpro.rewards import registry
from lexpro.training import arguments, checkpoints, selection, tracking, trainer
from lexpro.training import prompts as grpo_prompts
from lexpro.training.completions import Completions
from lexpro.training.cpu import grpo as cpu
from lexpro.training.dynamic_sampling import DynamicSampling
from lexpro.training.metrics import Record, kept_lines
from lexpro.training.tracking import Tracker
from lexpro.training.trl_grpo import GRPOConfig, GRPOTrainer
from lexpro.training.vllm_weight_sync import by_layer
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json_lines
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
    "multi_objective_aggregation",
    "importance_sampling_level",
    "mask_truncated_completions",
)


def prompts(run: Run, tokenizer: PreTrainedTokenizerBase, rewards: selection.Rewards) -> Dataset:
    """Prompts as the model reads them, with the columns that the rewards need.

    These are task, gold, shown, charges and date. Long prompts are left out, and those that the SFT
    model always or never gets right, where `pass_rate` asks for it.

    Args:
        run: of the stage `grpo`; `pass_rate` is among its inputs where the setting asks for it.
        tokenizer: of the SFT model.
        rewards: reward functions and their weights; they tell what the SFT model gets right.

    Returns:
        A row for each prompt, in the order of the training.

    Raises:
        UserError: no prompt is left.
    """
    settings: Settings = run.settings
    rows, texts, long = grpo_prompts.fitting(
        run.inputs["tasks"] / "grpo.jsonl", tokenizer, settings.tasks, settings.max_prompt_length
    )
    if settings.pass_rate:
        samples = read_json_lines(run.inputs["pass_rate"] / grpo_prompts.SAMPLES)
        shares = selection.rates(rows, samples, rewards)
        kept = selection.within(rows, shares, settings.pass_rate)
        run.log.info(
            "%d of %d prompts teach something: the SFT model gets them right now and then",
            len(kept),
            len(rows),
        )
        run.counts["pass_rate_left_out"] = len(rows) - len(kept)
        rows = kept
    rows = selection.in_turn(rows, settings.seed)[: settings.max_prompts or None]
    groups = settings.global_batch_size * settings.steps_per_sampling // settings.num_generations
    if len(rows) < groups * settings.oversampling:
        raise UserError(
            f"GRPO samples {groups * settings.oversampling} prompts at a time (global_batch_size by "
            f"num_generations, by oversampling {settings.oversampling}), and there are {len(rows)}. Lower one of them."
        )
    rows = [{**row, "prompt": texts[row["id"]]} for row in rows]
    run.counts.update(prompts=len(rows), skipped=long)
    return Dataset.from_list(rows)


def config(settings: Settings, output_dir: Path) -> GRPOConfig:
    """TRL's configuration: a step sees `global_batch_size` completions, whatever the devices.

    It is to be made before the model is loaded, and kept (see `arguments.sft`).
    """
    runtime = settings.runtime
    steps = compute.accumulation(settings.global_batch_size, runtime.per_device_batch_size, compute.devices())
    use_vllm = runtime.vllm and torch.cuda.is_available()
    engine = {}
    if use_vllm:
        # Colocated, the same GPUs generate and train in turn; a server (`trl vllm-serve`) has its
        # own. On a processor vLLM cannot take new weights.
        engine = {
            "vllm_mode": "server" if runtime.vllm_server else "colocate",
            "vllm_server_base_url": runtime.vllm_server,
            "vllm_gpu_memory_utilization": runtime.vllm_memory_share,
            "vllm_tensor_parallel_size": runtime.vllm_tensor_parallel,
            "vllm_enable_sleep_mode": True,
            "vllm_max_model_length": settings.max_prompt_length + settings.max_completion_length,
        }
    return GRPOConfig(
        **arguments.shared(settings, output_dir, steps),
        **{name: getattr(settings, name) for name in TRL},
        # Null where nothing reads it; TRL wants a word.
        scale_rewards=settings.scale_rewards or "group",
        # TRL counts in micro-batches.
        steps_per_generation=steps * settings.steps_per_sampling,
        reward_weights=[entry.weight for entry in settings.rewards],
        shuffle_dataset=False,
        # As in SFT: few shapes for oneDNN to compile and keep.
        pad_to_multiple_of=None if torch.cuda.is_available() else compute.ROUND,
        use_vllm=use_vllm,
        **engine,
        remove_unused_columns=False,
    )


def _rewards(run: Run) -> list[tuple[registry.Reward, float]]:
    """The rewards and their weights, each paid for nothing once.

    So what a reward cannot be asked of these prompts is said before a model is loaded.
    """
    paths = {"training": str(run.inputs["tasks"] / "grpo.jsonl")}
    if "knowledge" in run.inputs:
        paths["knowledge"] = str(run.inputs["knowledge"])
    loaded = [registry.load(entry.model_dump(), paths) for entry in run.settings.rewards]
    for reward, _ in loaded:
        reward(completions=[], task=[], gold=[])
    return loaded


def optimise(run: Run) -> tuple[GRPOTrainer, list[int]]:
    """Train the SFT model. Leaves `model/`, `metrics.jsonl` and `completions.parquet`.

    Returns:
        The trainer after training, and the tokens of a prompt.

    Raises:
        UserError: settings, prompts and the SFT model do not go together.
    """
    settings: Settings = run.settings
    tracking.check(settings.runtime)
    compute.limit_threads()
    base, start = run.inputs["base_model"] / "model", run.inputs["sft"] / "model"
    tokenizer = loading.tokenizer(start)
    rewards = _rewards(run)
    rows = prompts(run, tokenizer, rewards)
    # Predictions put an adapter on the base model's weights: it is that of SFT, trained on.
    if loading.is_adapter(start) != (settings.method == "lora"):
        kind, method = ("an adapter", "lora") if loading.is_adapter(start) else ("not", "full")
        raise UserError(
            f"grpo.method is {settings.method}, but the SFT model is {kind}: set grpo.method: {method}."
        )
    args = config(settings, run.work_dir / "checkpoints")
    model = loading.model(
        start,
        base,
        dtype=compute.weights_dtype(settings.method, settings.precision),
        attention=settings.attention,
        trainable=True,
    )
    completions = Completions(
        run.work_dir / "completions.jsonl",
        rewards,
        settings.num_generations,
        settings.sampled_completions,
        settings.sampled_every,
    )
    tracker = Tracker(run)
    record = Record(
        run.work_dir / "metrics.jsonl", run.log, tracker, settings.guards, lambda _: completions.tokens
    )
    speed_up = settings.runtime.cpu_speedups and args.device.type == "cpu"
    # TRL's own where none of ours is asked for.
    kind = DynamicSampling if settings.oversampling > 1 or settings.raft else GRPOTrainer
    kind = cpu.Trainer if speed_up else kind
    grpo_trainer = kind(
        model=model,
        reward_funcs=completions.functions,
        args=args,
        train_dataset=rows,
        processing_class=tokenizer,
        callbacks=[record],
    )
    grpo_trainer.oversampling, grpo_trainer.raft = settings.oversampling, settings.raft
    if args.use_vllm:
        by_layer(grpo_trainer.vllm_generation)
    if compute.is_main():
        resumed = checkpoints.latest(Path(args.output_dir), run.log)
        kept_lines(completions.path, checkpoints.step(resumed) - 1 if resumed else -1)
    mirrored = completions.path if settings.runtime.wandb_texts else None
    trainer.finish(run, grpo_trainer, record, tracker, mirrored)
    if compute.is_main():
        table = pd.DataFrame(read_json_lines(completions.path))
        table.to_parquet(run.out / "completions.parquet", index=False)
    return grpo_trainer, tokenizer(rows[0]["prompt"], add_special_tokens=False)["input_ids"]
