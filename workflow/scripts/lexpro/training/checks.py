"""Checks of a trained model before its stage is finished: what was saved is there, and training changed it.

ZeRO-3 with PEFT has saved adapters of 40 bytes or with no prefix, found days later (TRL 4416, PEFT 2892).
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open

from lexpro.stage import Run
from lexpro.training import compute
from lexpro.training.loading import is_adapter


class BadModel(RuntimeError):
    """The saved model is not what training made."""


def _tensors(folder: Path):
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 - not a dict
                yield name, file.get_tensor(name)


def _bare(name: str) -> str:
    """A parameter's name without what PEFT puts around it in memory but not in the file."""
    return name.replace(".default.", ".").removeprefix("base_model.model.")


def saved(folder: Path, expected: set[str]) -> dict[str, int]:
    """{tensors, parameters} of the safetensors in `folder`.

    `expected`: names of the trained parameters in memory. Raises `BadModel` if one is missing, any tensor is empty or
    not finite, or (of an adapter) a `lora_B` is all zero: it starts at zero, so it was never trained.
    """
    count = parameters = 0
    names = set()
    for name, tensor in _tensors(folder):
        if not tensor.numel() or not torch.isfinite(tensor).all():
            raise BadModel(f"{folder}: tensor {name} is empty or not finite")
        if "lora_B" in name and not tensor.any():
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
    """How many tensors of whole weights differ from those in `before`; an adapter counts as changed by `saved`.

    Raises `BadModel` if none does.
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


@torch.no_grad()
def adapter_matters(model, token_ids: list[int]) -> float:
    """Largest change of a logit that the adapter makes on a prompt. Raises `BadModel` if it makes none."""
    model.eval()
    ids = torch.tensor([token_ids], device=next(model.parameters()).device)
    with_adapter = model(input_ids=ids).logits
    with model.disable_adapter():
        difference = (with_adapter - model(input_ids=ids).logits).abs().max().item()
    if not difference:
        raise BadModel("the adapter does not change a single logit")
    return difference


def after_training(run: Run, trainer, before: Path, probe: list[int]) -> None:
    """All checks of a finished training: `before` is the folder it started from, `probe` tokens of some prompt.

    Every process takes part in the forward pass (the weights may be spread over them); files are checked by one.
    """
    model = trainer.accelerator.unwrap_model(trainer.model)
    adapter = hasattr(model, "disable_adapter")
    change = adapter_matters(model, probe[:64]) if adapter else None
    if not compute.is_main():
        return
    folder = run.out / "model"
    run.counts.update(saved(folder, trained_names(model)))
    if change is not None:
        run.counts["largest_logit_change"] = round(change, 4)
    if not any(row.get("grad_norm") for row in trainer.state.log_history):
        # GRPO where all completions of every prompt earn the same: an honest result, but one to know of.
        run.log.warning("no gradient in any step: the model is the one that training began with")
        run.counts["tensors_changed"] = 0
    elif not adapter:
        run.counts["tensors_changed"] = changed(folder, before)
