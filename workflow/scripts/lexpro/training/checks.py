"""Checks of a trained model: what was saved is there, and training changed it.

ZeRO-3 with PEFT has saved adapters of 40 bytes or with no prefix, found days later (TRL 4416, PEFT
2892).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import torch
from safetensors import safe_open
from transformers.integrations.deepspeed import unset_hf_deepspeed_config

from lexpro.models import compute, loading
from lexpro.models.loading import is_adapter
from lexpro.workflow.stage import Run

# Largest difference between logits that should be the same, as a share of the largest logit: of the
# model in memory and the one read back, of an adapter beside the weights and merged into them.
# bfloat16 has 8 bits: merging rounds anew; fp32 on a GPU may multiply with 10 bits (TF32).
TOLERANCE = {torch.float32: 5e-3, torch.bfloat16: 0.1}
# Tokens of the probe.
PROBE = 64


class BadModel(RuntimeError):
    """The saved model is not what training made."""


def _tensors(folder: Path) -> Iterator[tuple[str, torch.Tensor]]:
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 - not a dict
                yield name, file.get_tensor(name)


def _bare(name: str) -> str:
    """A parameter's name without what PEFT puts around it in memory but not in the file."""
    return name.replace(".default.", ".").removeprefix("base_model.model.")


def saved(folder: Path, expected: set[str]) -> dict[str, int]:
    """Count the safetensors of a model folder.

    Args:
        folder: with `*.safetensors`.
        expected: names of the trained parameters in memory.

    Returns:
        {tensors, parameters}.

    Raises:
        BadModel: one is missing, empty or not finite, or one of an adapter is all zero: `lora_B`
            starts there, so it was never trained.
    """
    count = parameters = 0
    names = set()
    for name, tensor in _tensors(folder):
        if not tensor.numel() or not torch.isfinite(tensor).all():
            raise BadModel(f"{folder}: tensor {name} is empty or not finite")
        if "lora_" in name and not tensor.any():
            raise BadModel(f"{folder}: {name} is all zero: the adapter was not trained")
        names.add(_bare(name))
        count += 1
        parameters += tensor.numel()
    missing = sorted({_bare(name) for name in expected} - names)
    if missing:
        raise BadModel(f"{folder}: {len(missing)} trained tensors were not saved, the first is {missing[0]}")
    return {"tensors": count, "parameters": parameters}


def trained_names(model: torch.nn.Module) -> set[str]:
    """Names of the trained parameters that a file has to hold (tied weights are saved once)."""
    return {name for name, parameter in model.named_parameters() if parameter.requires_grad}


def changed(folder: Path, before: Path) -> int:
    """How many tensors of whole weights differ from those in `before`; 0 of an adapter.

    Raises:
        BadModel: none does.
    """
    if is_adapter(folder):
        return 0
    old = dict(_tensors(before))
    different = sum(
        name not in old or not torch.equal(tensor, old[name]) for name, tensor in _tensors(folder)
    )
    if not different:
        raise BadModel(f"{folder}: all tensors are those of {before}: nothing was trained")
    return different


def gathered(parameter: torch.nn.Parameter):
    """A context in which a parameter is whole, also under ZeRO-3; all processes must enter it."""
    if not hasattr(parameter, "ds_id"):
        return nullcontext()
    import deepspeed

    return deepspeed.zero.GatheredParameters([parameter])


def as_in_memory(folder: Path, model: torch.nn.Module) -> None:
    """Compare the saved tensors with what the processes hold of them together.

    All processes take part; the first compares.

    Raises:
        BadModel: a trained tensor differs.
    """
    files = {}
    if compute.is_main():
        files = {_bare(name): tensor for name, tensor in _tensors(folder)}
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        with gathered(parameter):
            # FSDP's parameters are made whole by all processes together.
            whole = parameter.full_tensor() if hasattr(parameter, "full_tensor") else parameter
            kept = files.get(_bare(name))
            if kept is not None and not torch.equal(kept, whole.detach().cpu().to(kept.dtype)):
                raise BadModel(f"{folder}: {name} is not what was trained: were all its parts gathered?")


@torch.no_grad()
def logits(model: torch.nn.Module, token_ids: list[int]) -> torch.Tensor:
    """Logits of a prompt in fp32, shape `[tokens, vocabulary]`."""
    model.eval()
    ids = torch.tensor([token_ids], device=next(model.parameters()).device)
    return model(input_ids=ids, use_cache=False).logits[0].float().cpu()


def differ(one: torch.Tensor, other: torch.Tensor) -> float:
    """Largest difference of two logits, as a share of the largest."""
    return ((one - other).abs().max() / one.abs().max()).item()


def read_back(folder: Path, base: Path, trained: torch.Tensor, probe: list[int], dtype: torch.dtype) -> dict:
    """Read the model as whoever uses it will, and compare its logits.

    Args:
        folder: of the saved model.
        base: folder of the weights that an adapter is put on.
        trained: logits of the model in memory on `probe`, shape `[tokens, vocabulary]`.
        probe: tokens of a prompt.
        dtype: of the weights in memory.

    Returns:
        {largest_logit_change} of an adapter, {} of whole weights.

    Raises:
        BadModel: the model answers otherwise than the one in memory, its adapter changes no logit
            of the base, or merging it into the weights does.
    """
    bound = TOLERANCE[dtype]
    model = loading.model(folder, base, dtype=dtype)
    reloaded = logits(model, probe)
    if (off := differ(trained, reloaded)) > bound:
        raise BadModel(f"{folder}: read back, the logits are {off:.1%} off those of the trained model")
    if not is_adapter(folder):
        return {}
    with model.disable_adapter():
        change = (reloaded - logits(model, probe)).abs().max().item()
    if not change:
        raise BadModel(f"{folder}: the adapter does not change a single logit")
    if (off := differ(reloaded, logits(model.merge_and_unload(), probe))) > bound:
        raise BadModel(f"{folder}: merged into the weights, the adapter's logits are {off:.1%} off")
    return {"largest_logit_change": round(change, 4)}


def after_training(run: Run, trainer, before: Path, base: Path, probe: list[int]) -> None:
    """All checks of a finished training, before its manifest.

    Every process takes part in the forward pass (the weights may be spread over them); files are
    read by one.

    Args:
        run: where the model was saved.
        trainer: after training.
        before: the folder that it started from.
        base: whole weights that an adapter is put on.
        probe: tokens of a prompt.

    Raises:
        BadModel: a check failed.
    """
    # Without accelerate's autocast: in the precision of the weights, as the model is read back.
    model = trainer.accelerator.unwrap_model(trainer.model, keep_fp32_wrapper=False)
    folder, probe = run.out / "model", probe[:PROBE]
    trained = logits(model, probe)
    as_in_memory(folder, model)
    if not compute.is_main():
        return
    run.counts.update(saved(folder, trained_names(model)))
    # Read back by this process alone: under ZeRO-3 and FSDP transformers would wait for the others
    # to take their parts.
    unset_hf_deepspeed_config()
    os.environ.pop("ACCELERATE_USE_FSDP", None)
    run.counts.update(read_back(folder, base, trained, probe, next(model.parameters()).dtype))
    if not any(row.get("grad_norm") for row in trainer.state.log_history):
        # GRPO where all completions of every prompt earn the same: an honest result, but one to
        # know of.
        run.log.warning("no gradient in any step: the model is the one that training began with")
        run.counts["tensors_changed"] = 0
    elif not is_adapter(folder):
        run.counts["tensors_changed"] = changed(folder, before)
