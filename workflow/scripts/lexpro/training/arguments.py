"""Settings of a training as arguments of TRL's trainers."""

from __future__ import annotations

from pathlib import Path

import torch
from trl import SFTConfig

from lexpro.config.training import Training
from lexpro.models import compute


def shared(settings: Training, output_dir: Path, accumulation: int) -> dict:
    """Arguments that SFT and GRPO share.

    Args:
        settings: of a stage that trains.
        output_dir: where checkpoints go.
        accumulation: micro-batches of an optimiser step.
    """
    runtime = settings.runtime
    return {
        "output_dir": str(output_dir),
        "learning_rate": settings.learning_rate,
        "lr_scheduler_type": settings.schedule,
        "warmup_steps": settings.warmup,
        "lr_scheduler_kwargs": settings.schedule_options or None,
        "weight_decay": settings.weight_decay,
        "adam_beta1": settings.betas[0],
        "adam_beta2": settings.betas[1],
        "max_grad_norm": settings.max_grad_norm,
        "max_steps": settings.max_steps or -1,
        "num_train_epochs": settings.epochs,
        "per_device_train_batch_size": runtime.per_device_batch_size,
        "gradient_accumulation_steps": accumulation,
        "gradient_checkpointing": runtime.gradient_checkpointing,
        "deepspeed": runtime.deepspeed,
        "fsdp": True if runtime.fsdp else None,
        "fsdp_config": runtime.fsdp,
        "bf16": compute.use_bf16(settings.precision),
        "optim": "adamw_torch_fused",
        "use_cpu": not torch.cuda.is_available() and not runtime.deepspeed,
        **compute.configured(runtime.deepspeed),
        "seed": settings.seed,
        "data_seed": settings.seed,
        "logging_steps": runtime.log_every,
        "logging_first_step": True,
        # A hidden NaN is a night of training lost.
        "logging_nan_inf_filter": False,
        "save_steps": runtime.save_every,
        "save_total_limit": 2,
        "report_to": "none",
        "disable_tqdm": True,
        "dataloader_num_workers": 0,
        "dataloader_pin_memory": torch.cuda.is_available(),
    }


def sft(settings: Training, output_dir: Path, packing: bool = False) -> SFTConfig:
    """TRL's configuration of a training on tokenised rows.

    Make it before the model is loaded, and keep it: with DeepSpeed's ZeRO-3 in it, transformers
    spreads the weights over the devices while it reads them; otherwise each device first holds the
    whole model.

    Args:
        settings: of a stage that trains.
        output_dir: where checkpoints go.
        packing: whether a row holds several examples.

    Raises:
        UserError: the global batch is no multiple of what the devices take at once.
    """
    accumulation = compute.accumulation(
        settings.global_batch_size, settings.runtime.per_device_batch_size, compute.devices()
    )
    config = SFTConfig(
        **shared(settings, output_dir, accumulation),
        max_length=None,
        pad_to_multiple_of=None if torch.cuda.is_available() else compute.ROUND,
        packing=False,
        padding_free=packing,
        shuffle_dataset=False,
        completion_only_loss=False,
        # For the speed that is logged.
        include_num_input_tokens_seen="all",
        dataset_kwargs={"skip_prepare_dataset": True},
    )
    compute.fully_sharded(config)
    return config
