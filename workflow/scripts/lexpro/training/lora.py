"""LoRA from settings."""

from __future__ import annotations


def config(settings: dict):
    """PEFT's configuration of `settings["lora"]` (rank, alpha, dropout, targets), or None for training all weights."""
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
