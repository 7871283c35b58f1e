"""TRL's `SFTTrainer`, with what a small model on a processor needs to be fast."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from datasets import Dataset
from torch.utils.data import Sampler
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from trl import SFTConfig, SFTTrainer

from lexpro.models import compute
from lexpro.training import card, checkpoints, muon, stopping
from lexpro.training.data import read_jsonl
from lexpro.training.metrics import Record
from lexpro.training.tracking import Tracker
from lexpro.workflow.stage import Run


class SortedSteps(Sampler[int]):
    """Random order; the sequences of one optimiser step are sorted by length, so that its
    micro-batches pad little.

    A step holds the same random sequences as without: what is learnt does not change. Batches of
    similar length, which pad less, are of one task each, and a step then follows one task only.
    """

    def __init__(self, lengths: list[int], batch: int, seed: int):
        self.lengths, self.batch, self.seed, self.epoch = lengths, batch, seed, 0

    def __len__(self) -> int:
        return len(self.lengths)

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __iter__(self) -> Iterator[int]:
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        order = torch.randperm(len(self.lengths), generator=generator).tolist()
        self.epoch += 1
        for start in range(0, len(order), self.batch):
            yield from sorted(order[start : start + self.batch], key=self.lengths.__getitem__)


class Trainer(checkpoints.Complete, SFTTrainer):
    """SFTTrainer that sorts each step by length and, on a processor, scores the vocabulary only
    where there is loss.

    TRL's fused head scores every position on devices without Triton: for a prompt of 200 tokens, an
    answer of 100 and a small model a third of the time.
    """

    counter: Record | None = None

    def _get_train_sampler(self, train_dataset=None):
        data = train_dataset if train_dataset is not None else self.train_dataset
        if self.args.padding_free or not isinstance(data, Dataset):
            return super()._get_train_sampler(train_dataset)
        batch = (
            self.args.per_device_train_batch_size
            * self.args.gradient_accumulation_steps
            * self.args.world_size
        )
        return SortedSteps([len(ids) for ids in data["input_ids"]], batch, self.args.seed)

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        if self.counter:
            self.counter.tokens += int(inputs["input_ids"].numel()) * self.args.world_size
        if self.args.device.type != "cpu" or return_outputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        labels = inputs["labels"][:, 1:]
        first = (labels != -100).any(0).nonzero()[0].item()
        keep = min(compute.round_up(labels.size(1) - first), labels.size(1))
        # Packed documents have positions that begin again, and no mask: from these, attention is
        # kept within each.
        places = {n: inputs[n] for n in ("attention_mask", "position_ids") if n in inputs}
        logits = model(
            input_ids=inputs["input_ids"],
            **places,
            logits_to_keep=keep + 1,
            use_cache=False,
        ).logits[:, :-1]
        labels = labels[:, -keep:]
        total = torch.nn.functional.cross_entropy(
            logits.float().flatten(0, 1), labels.flatten(), ignore_index=-100, reduction="sum"
        )
        count = num_items_in_batch if num_items_in_batch is not None else (labels != -100).sum()
        # Trainer averages gradients over processes; the count is of all of them.
        return total / count * (self.args.world_size if num_items_in_batch is not None else 1)

    def create_model_card(self, *args, **kwargs) -> None:
        """TRL's card says nothing of the data: ours is `card.py`."""


def arguments(run: Run, settings: dict, accumulation: int, **more) -> dict:
    """Arguments that SFT and GRPO share, from a stage's settings (one a line in
    `config/<stage>/*.yaml`).
    """
    runtime = run.runtime
    return {
        "output_dir": str(run.work_dir / "checkpoints"),
        "learning_rate": settings["learning_rate"],
        "lr_scheduler_type": settings["schedule"],
        "warmup_steps": settings["warmup"],
        "lr_scheduler_kwargs": settings["schedule_options"] or None,
        "weight_decay": settings["weight_decay"],
        "adam_beta1": settings["betas"][0],
        "adam_beta2": settings["betas"][1],
        "max_grad_norm": settings["max_grad_norm"],
        "max_steps": settings["max_steps"] or -1,
        "num_train_epochs": settings["epochs"],
        "per_device_train_batch_size": runtime["per_device_batch_size"],
        "gradient_accumulation_steps": accumulation,
        "gradient_checkpointing": runtime.get("gradient_checkpointing", False),
        "deepspeed": runtime.get("deepspeed"),
        "fsdp": True if runtime.get("fsdp") else None,
        "fsdp_config": runtime.get("fsdp"),
        "use_liger_kernel": runtime.get("liger", False) and torch.cuda.is_available(),
        "bf16": compute.use_bf16(settings["precision"]),
        "optim": "adamw_torch_fused",
        "use_cpu": not torch.cuda.is_available() and not runtime.get("deepspeed"),
        **compute.configured(runtime.get("deepspeed")),
        "seed": settings["seed"],
        "data_seed": settings["seed"],
        "logging_steps": runtime["log_every"],
        "logging_first_step": True,
        # A hidden NaN is a night of training lost.
        "logging_nan_inf_filter": False,
        "save_steps": runtime["save_every"],
        "save_total_limit": 2,
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": torch.cuda.is_available(),
        **more,
    }


def configuration(run: Run, settings: dict) -> SFTConfig:
    """TRL's configuration. Make it before the model is loaded, and keep it: with DeepSpeed's ZeRO-3
    in it, transformers spreads the weights over the devices while it reads them; otherwise each
    device first holds the whole model."""
    steps = compute.accumulation(
        settings["global_batch_size"], run.runtime["per_device_batch_size"], compute.devices()
    )
    config = SFTConfig(
        **arguments(run, settings, steps),
        max_length=None,
        pad_to_multiple_of=None if torch.cuda.is_available() else compute.ROUND,
        packing=False,
        padding_free=settings.get("packing", False),
        shuffle_dataset=False,
        completion_only_loss=False,
        dataset_kwargs={"skip_prepare_dataset": True},
    )
    compute.fully_sharded(config)
    return config


def fit(
    run: Run,
    config: SFTConfig,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    data: Dataset,
    settings: dict,
    peft_config=None,
) -> Trainer:
    """Train `model` on tokenised `data`; resumes by itself. Metrics go to `metrics.jsonl`, the
    model to `model/`.
    """
    tracker = Tracker(run)
    record = Record(run.work_dir / "metrics.jsonl", run.log, tracker, settings["guards"])
    trainer = Trainer(
        model=model,
        args=config,
        train_dataset=data,
        processing_class=tokenizer,
        peft_config=peft_config,
        optimizers=(muon.of(model, settings) if settings["optimizer"] == "muon" else None, None),
        callbacks=[record],
    )
    trainer.counter = record
    finish(run, trainer, record, tracker)
    return trainer


def finish(run: Run, trainer, record: Record, tracker: Tracker) -> None:
    """Train from the last checkpoint there is, save the model and the record. Exits where it was
    asked to end.
    """
    quiet(trainer)
    checkpoint = checkpoints.latest(Path(trainer.args.output_dir))
    if checkpoint:
        run.log.info("resuming from %s", checkpoint)
    stop = stopping.Stop(run.log)
    trainer.add_callback(stop)
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    stop.leave(trainer.state)
    if trainer.is_fsdp_enabled:
        # Checkpoints are the parts of each process; the model is whole.
        trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
    trainer.save_model(str(run.out / "model"))
    samples = getattr(trainer, "samples", None)
    tracker.finish(run.out / "model", list(read_jsonl(samples)) if samples and samples.is_file() else [])
    if compute.is_main():
        # A pickle of arguments that names this machine's folders.
        (run.out / "model" / "training_args.bin").unlink(missing_ok=True)
        (run.out / "metrics.jsonl").write_text(record.path.read_text(encoding="utf-8"), encoding="utf-8")
        run.attest["tokens_per_second"] = round(record.tokens / max(record.seconds, 1e-9))
        run.counts["steps"] = trainer.state.global_step
        card.write(run, trainer.processing_class, trainer.state.log_history[:-1])
        run.counts["epochs"] = round(trainer.state.epoch or 0, 3)


def quiet(trainer) -> None:
    """No printing of logs, the record logs them; bars on a terminal only."""
    from transformers.trainer_callback import PrinterCallback, ProgressCallback
    from transformers.utils import logging

    if not sys.stderr.isatty():
        logging.disable_progress_bar()
    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)
