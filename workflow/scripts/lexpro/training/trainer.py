"""A training from its last checkpoint to the saved model, of the base model, SFT and GRPO."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import torch
from datasets import Dataset
from transformers import PreTrainedModel, PreTrainedTokenizerBase, Trainer, TrainingArguments
from trl import SFTConfig, SFTTrainer

from lexpro.config.training import Supervised
from lexpro.models import compute
from lexpro.training import card, checkpoints, muon, stopping
from lexpro.training.cpu import sft as cpu
from lexpro.training.metrics import Record
from lexpro.training.tracking import Tracker
from lexpro.workflow.files import read_json_lines
from lexpro.workflow.stage import Run


def fit(
    run: Run,
    config: SFTConfig,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    data: Dataset,
    peft_config=None,
) -> SFTTrainer:
    """Train a model on tokenised rows; leaves `model/` and `metrics.jsonl`.

    Args:
        run: its settings say how the model is trained.
        config: as `arguments.sft` makes it.
        model: what to train.
        tokenizer: saved with the model.
        data: columns `input_ids` and `labels`, and of packed rows `seq_lengths`.
        peft_config: PEFT's configuration of an adapter; None to train all weights.

    Returns:
        The trainer after training.
    """
    settings: Supervised = run.settings
    speed_up = settings.runtime.cpu_speedups and config.device.type == "cpu"
    tracker = Tracker(run)
    record = Record(run.work_dir / "metrics.jsonl", run.log, tracker, settings.guards)
    trainer = (cpu.Trainer if speed_up else SFTTrainer)(
        model=model,
        args=config,
        train_dataset=data,
        processing_class=tokenizer,
        peft_config=peft_config,
        optimizers=(
            muon.optimizer(model, settings, speed_up) if settings.optimizer == "muon" else None,
            None,
        ),
        callbacks=[record],
    )
    finish(run, trainer, record, tracker)
    return trainer


def finish(
    run: Run, trainer: Trainer, record: Record, tracker: Tracker, completions: Path | None = None
) -> None:
    """Train from the last checkpoint there is, save the model and the record.

    Args:
        run: where the results go.
        trainer: ready to train.
        record: its callback that writes the metrics.
        tracker: the mirror of the metrics.
        completions: JSON lines of sampled completions for the tracker; None: it gets numbers only.

    Raises:
        SystemExit: the training was asked to end; a checkpoint is there to go on from.
    """
    _quiet(trainer)
    if run.settings.runtime.liger and torch.cuda.is_available():
        _fuse_kernels(trainer.model)
    checkpoint = checkpoints.latest(Path(trainer.args.output_dir), run.log)
    if checkpoint:
        run.log.info("resuming from %s", checkpoint)
        _processor_without_number(trainer.args)
    stop = stopping.Stop(run.log)
    trainer.add_callback(checkpoints.Exact(trainer, checkpoint))
    trainer.add_callback(stop)
    with suppress(checkpoints.AlreadyTrained):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    stop.leave(trainer.state)
    if trainer.is_fsdp_enabled:
        # Checkpoints are the parts of each process; the model is whole.
        trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
    trainer.save_model(str(run.out / "model"))
    sampled = completions is not None and completions.is_file()
    tracker.finish(run.out / "model", list(read_json_lines(completions)) if sampled else [])
    if compute.is_main():
        # A pickle of arguments that names this machine's folders.
        (run.out / "model" / "training_args.bin").unlink(missing_ok=True)
        (run.out / "metrics.jsonl").write_text(record.path.read_text(encoding="utf-8"), encoding="utf-8")
        run.attest["tokens_per_second"] = round(record.tokens / max(record.seconds, 1e-9))
        run.counts["steps"] = trainer.state.global_step
        steps = [row for row in trainer.state.log_history if "train_loss" not in row]
        card.write(run, trainer.processing_class, steps)
        run.counts["epochs"] = round(trainer.state.epoch or 0, 3)


def _processor_without_number(args: TrainingArguments) -> None:
    """Let a training on several processes without GPUs resume.

    Its optimiser is loaded to the device of the process: `cpu:0`, to which PyTorch loads nothing.
    """
    if args.device.type == "cpu":
        args._setup_devices = torch.device("cpu")


def _quiet(trainer: Trainer) -> None:
    """No printing of logs, the record logs them; bars on a terminal only; no card of TRL's."""
    from transformers.trainer_callback import PrinterCallback, ProgressCallback
    from transformers.utils import logging

    if not sys.stderr.isatty():
        logging.disable_progress_bar()
    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)
    # It says nothing of the data (`card.py` does), and fails where FSDP wraps the model.
    trainer.create_model_card = lambda *_, **__: None


def _fuse_kernels(model: torch.nn.Module) -> None:
    """Liger's kernels in the layers, as TRL's deprecated `use_liger_kernel` puts them there.

    TRL 2 will have the hub's kernels only, which are downloaded when a training starts.
    """
    from transformers.integrations.liger import apply_liger_kernel

    # TRL scores the vocabulary by a head of its own.
    apply_liger_kernel(model, {"fused_linear_cross_entropy": False})
