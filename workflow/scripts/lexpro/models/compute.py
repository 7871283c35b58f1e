"""What a training may use of the machine: threads, precision, devices."""

from __future__ import annotations

import os
from typing import Literal

import torch

from lexpro.workflow.errors import UserError

# Lengths are rounded up to multiples of this: oneDNN compiles its bfloat16 kernels for each shape,
# and keeps them.
ROUND = 32


def round_up(length: int) -> int:
    """The next multiple of `ROUND`."""
    return -(-length // ROUND) * ROUND


def threads() -> int:
    """Threads that the rule granted (`LEXPRO_THREADS`); one where nobody said.

    Never more: two trainings that compete for two cores are several times slower than one after
    the other.
    """
    return int(os.environ.get("LEXPRO_THREADS", "1"))


def limit_threads() -> None:
    """Let torch use as many threads as the rule granted."""
    torch.set_num_threads(threads())


def cpu_has_bf16() -> bool:
    """Whether this processor multiplies bfloat16 matrices itself (AMX or AVX512-BF16).

    Others emulate it, up to eighty times slower than fp32.
    """
    return torch.ops.mkldnn._is_mkldnn_bf16_supported() and (
        torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    )


def use_bf16(precision: str) -> bool:
    """Whether a training runs under bf16 autocast; its weights stay fp32.

    Args:
        precision: bf16, fp32, or auto (bf16 where the device computes it natively).
    """
    if precision != "auto":
        return precision == "bf16"
    return torch.cuda.is_bf16_supported() if torch.cuda.is_available() else cpu_has_bf16()


def weights_dtype(method: Literal["full", "lora", "qlora"], precision: str) -> torch.dtype:
    """The type that weights are loaded in.

    Trained weights stay fp32, since the optimiser needs the bits. Weights that only carry an
    adapter are held in bf16 on a GPU.
    """
    frozen = method != "full" and torch.cuda.is_available() and use_bf16(precision)
    return torch.bfloat16 if frozen else torch.float32


def accumulation(global_batch: int, per_device: int, devices: int) -> int:
    """Micro-batches per optimiser step: one step sees `global_batch` sequences on any devices.

    Args:
        global_batch: sequences of one optimiser step.
        per_device: sequences of one micro-batch on one device.
        devices: processes of the training, at least 1.

    Raises:
        UserError: devices x per_device does not divide the global batch.
    """
    steps, rest = divmod(global_batch, per_device * devices)
    if rest or not steps:
        raise UserError(
            f"global_batch_size {global_batch} is not a multiple of {devices} device(s) x per_device_batch_size "
            f"{per_device} = {devices * per_device}. Change runtime.per_device_batch_size or the number of GPUs: the "
            "global batch decides the result, these only how it is computed."
        )
    return steps


def devices() -> int:
    """Processes of this launch (accelerate and torchrun set WORLD_SIZE)."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main() -> bool:
    """Whether this is the first process of the launch."""
    return int(os.environ.get("RANK", "0")) == 0


def configured(deepspeed: str | None) -> dict:
    """Trainer arguments for DeepSpeed without a GPU; none otherwise.

    accelerate sets DeepSpeed up on GPUs only. Processes on a processor meet here, by gloo, and
    accelerate takes the state as it is. DeepSpeed's operators for processors (they serve inference)
    are not compiled: minutes for nothing.
    """
    if not deepspeed or torch.cuda.is_available():
        return {}
    import deepspeed as library
    from accelerate.state import AcceleratorState, DistributedType, PartialState

    vars(library.ops)["__compatible_ops__"] = {}
    AcceleratorState._reset_state(reset_partial_state=True)
    state = PartialState(cpu=True)
    library.init_distributed("gloo", auto_mpi_discovery=False)
    state.distributed_type = DistributedType.DEEPSPEED
    return {"accelerator_config": {"use_configured_state": True}}


def fully_sharded(config) -> None:
    """Prepare FSDP before the model is loaded, where the trainer's `config` asks for it.

    transformers looks for that word while it loads a model, and then reads the weights in one
    process only; its trainer says it later. accelerate sets FSDP up on GPUs only, as with
    DeepSpeed.
    """
    if not config.fsdp:
        return
    os.environ["ACCELERATE_USE_FSDP"] = "true"
    if torch.cuda.is_available():
        return
    from accelerate.state import AcceleratorState, DistributedType
    from accelerate.utils import FullyShardedDataParallelPlugin, TorchDynamoPlugin

    precision = "bf16" if config.bf16 else "no"
    state = AcceleratorState(precision, cpu=True, dynamo_plugin=TorchDynamoPlugin(), _from_accelerator=True)
    plugin = FullyShardedDataParallelPlugin(**config.fsdp_plugin_args)
    if config.bf16:
        plugin.set_mixed_precision(precision)
    state.distributed_type, state.fsdp_plugin = DistributedType.FSDP, plugin
