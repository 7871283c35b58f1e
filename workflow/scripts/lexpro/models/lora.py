"""LoRA from settings."""

from __future__ import annotations

import torch


def config(settings: dict):
    """PEFT's configuration of `settings["lora"]` (rank, alpha, dropout, targets), or None for
    training all weights.
    """
    if settings["method"] == "full":
        return None
    from peft import LoraConfig

    lora = settings["lora"]
    return LoraConfig(
        r=lora["rank"],
        lora_alpha=lora["alpha"],
        lora_dropout=lora["dropout"],
        target_modules=lora["targets"],
        task_type="CAUSAL_LM",
    )


def quantization(settings: dict):
    """How weights are held under an adapter: None as they are, for `qlora` in 4 bits (NF4, scales
    quantised too).
    """
    if settings["method"] != "qlora":
        return None
    from transformers import BitsAndBytesConfig

    # As in Dettmers et al. 2023 (QLoRA), section 3.
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
        bnb_4bit_quant_storage=torch.bfloat16,
    )
