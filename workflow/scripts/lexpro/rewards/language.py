"""Reward of the language: the thought and the answer are Chinese.

Letters of other scripts cost, except in words that the prompt has too (makes of cars, drugs,
account names), words with a digit (number plates, identifiers), single letters (甲A, masked names),
and the few of `KNOWN`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lexpro.rewards.completion import Completion, text_of

# Letters and digits in a row that are not Chinese characters.
_WORD = re.compile(r"[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
# The tags of the thought, values of JSON, units, and abbreviations that judgments use.
KNOWN = frozenset(
    ["think", "null", "true", "false", "json", "mg", "kg", "km", "ml", "cm", "mm", "app", "qq", "atm", "pos"]
    + ["gps", "dna", "ct", "ktv", "dv", "usb", "sim", "ip", "id", "vip", "mdma", "lsd", "thc", "ghb"]
)


def foreign(text: str, prompt: str = "") -> int:
    """How many letters of other scripts a text has, outside the words that may stand."""
    given = {word.lower() for word in _WORD.findall(prompt)}
    words = (word for word in _WORD.findall(text) if word.lower() not in given | KNOWN)
    return sum(len(word) for word in words if word.isalpha() and len(word) > 1)


def chinese(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    prompts: Sequence[Completion] | None = None,
    slope: float = 5.0,
    **_: object,
) -> list[float | None]:
    """max(0, 1 - slope x share of foreign letters) in [0, 1]; 0 for a text without any Chinese.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each; it applies to every task.
        gold: the true answer of each, as JSON.
        prompts: their words may stand in an answer.
        slope: how fast foreign letters cost.

    Raises:
        ValueError: the batch is not of one length.
    """
    shown = [""] * len(completions) if prompts is None else [text_of(prompt) for prompt in prompts]
    scores: list[float | None] = []
    for completion, prompt, *_row in zip(completions, shown, task, gold, strict=True):
        text = text_of(completion)
        own, other = len(_CHINESE.findall(text)), foreign(text, prompt)
        scores.append(max(0.0, 1 - slope * other / (own + other)) if own else 0.0)
    return scores
