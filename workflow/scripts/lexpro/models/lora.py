"""LoRA from settings."""

from __future__ import annotations

import torch

from lexpro.config.sft import Settings


def config(settings: Settings):
    """PEFT's configuration of the adapter, or None for a training of all weights."""
    if settings.lora is None:
        return None
    from peft import LoraConfig

    return LoraConfig(
        r=settings.lora.rank,
        lora_alpha=settings.lora.alpha,
        lora_dropout=settings.lora.dropout,
        target_modules=settings.lora.targets,
        task_type="CAUSAL_LM",
    )


def quantization(settings: Settings):
    """How weights are held under an adapter.

    Returns:
        None (as they are), or for `qlora` transformers' configuration of 4 bits: NF4, scales
        quantised too, as in Dettmers et al. 2023 (QLoRA), section 3.
    """
    if settings.method != "qlora":
        return None
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
        bnb_4bit_quant_storage=torch.bfloat16,
    )
