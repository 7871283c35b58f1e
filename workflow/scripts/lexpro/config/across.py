"""What settings of several stages say together: a table of rules, each (config) → (keys, what is
wrong) or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

Found = Iterator[tuple[tuple[str, ...], str]]


def _methods(config: dict) -> Found:
    sft, grpo = config["sft"]["method"], config["grpo"]["method"]
    if (sft == "full") != (grpo == "full"):
        yield (
            ("grpo.method", "sft.method"),
            f"GRPO ({grpo}) trains on what SFT ({sft}) left, an adapter (lora, also after qlora) or all weights (full)",
        )


def _lengths(config: dict) -> Found:
    """A model made here has positions for so many tokens; a pretrained one says it itself, to those
    who load it.
    """
    most = config["base_model"].get("max_position")
    if not most:
        return
    grpo = config["grpo"]
    prompts = ("grpo.max_prompt_length", "grpo.max_completion_length")
    asked = {
        ("sft.max_length",): config["sft"]["max_length"],
        ("base_model.block_size",): config["base_model"]["block_size"],
        prompts: grpo["max_prompt_length"] + grpo["max_completion_length"],
        ("predict.decoding.max_new_tokens",): 1
        + max(config["predict"]["decoding"]["max_new_tokens"].values()),
    }
    for keys, length in asked.items():
        if length > most:
            yield (*keys, "base_model.max_position"), f"{length} tokens do not fit into max_position: {most}"


def _asked(config: dict) -> Found:
    """A training has prompts: at least one of its tasks is asked of its split."""
    for stage in ("sft", "grpo"):
        mix, tasks = config["tasks"]["mix"][stage], config[stage]["tasks"]
        if not any(mix[task] for task in tasks):
            yield (
                (f"{stage}.tasks", f"tasks.mix.{stage}"),
                f"{stage} trains on {', '.join(tasks)}, but no judgment of its split is asked any of them: all shares "
                "are 0",
            )


RULES = (_methods, _lengths, _asked)


def problems(config: dict) -> list[tuple[tuple[str, ...], str]]:
    """(keys, what is wrong) of all rules; the stages are valid by themselves."""
    return [found for rule in RULES for found in rule(config)]
