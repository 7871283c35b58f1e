"""Models of the stages, from their folders.

The base has whole weights, a later stage has whole weights or an adapter.
"""

from __future__ import annotations

from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

ADAPTER = "adapter_config.json"


def tokenizer(folder: Path) -> PreTrainedTokenizerBase:
    """The tokenizer of a model folder, padding on the left as generation needs."""
    loaded = AutoTokenizer.from_pretrained(folder, padding_side="left")
    if loaded.pad_token is None:
        loaded.pad_token = loaded.eos_token
    return loaded


def is_adapter(folder: Path) -> bool:
    """Whether a model folder holds an adapter, and no whole weights."""
    return (folder / ADAPTER).is_file()


def with_tokenizer(folder: Path, base: Path | None) -> Path:
    """Of a model folder and the folder of its base, the first that has a tokenizer."""
    return folder if base is None or (folder / "tokenizer_config.json").is_file() else base


def model(
    folder: Path,
    base: Path | None = None,
    *,
    dtype: torch.dtype = torch.float32,
    attention: str | None = None,
    trainable: bool = False,
    device_map: str | None = None,
    quantization=None,
) -> PreTrainedModel:
    """The model in `folder`; an adapter there is put on the weights in `base`.

    Args:
        folder: whole weights, or an adapter.
        base: whole weights that an adapter belongs to.
        dtype: type of the weights.
        attention: sdpa, eager or flash_attention_2; None for the library's choice. Short sequences
            on a processor run fastest with eager.
        trainable: whether an adapter goes on learning.
        device_map: transformers' placement on several devices.
        quantization: transformers' configuration of weights in fewer bits.
    """
    options = {"dtype": dtype, "attn_implementation": attention, "device_map": device_map}
    options["quantization_config"] = quantization
    options = {name: value for name, value in options.items() if value is not None}
    if not is_adapter(folder):
        return AutoModelForCausalLM.from_pretrained(folder, **options)
    from peft import PeftModel

    whole = AutoModelForCausalLM.from_pretrained(base, **options)
    return PeftModel.from_pretrained(whole, folder, is_trainable=trainable)
