"""Penalty of repetition, on characters.

TRL's own penalty counts words, and Chinese has no spaces.
"""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.rewards.completion import Completion, text_of


def repeated(text: str, n: int) -> float:
    """Share in [0, 1) of the n-grams of characters that stood before in the text.

    0 for texts of fewer than n characters.
    """
    total = len(text) - n + 1
    return 1 - len({text[at : at + n] for at in range(total)}) / total if total > 0 else 0.0


def characters(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    n: int = 30,
    free: float = 0.1,
    **_: object,
) -> list[float | None]:
    """From 0 down to -1: the share of repeated n-grams above `free`, on every task.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.
        n: characters of an n-gram, 20 to 40.
        free: share that costs nothing. Answers about several defendants repeat keys and charges,
            judgments their formulas.

    Raises:
        ValueError: an argument makes no sense, or the batch is not of one length.
    """
    if not 20 <= n <= 40 or not 0 <= free < 1:
        raise ValueError(f"repetition: n={n} must lie in 20 to 40, free={free} in [0, 1)")
    rows = zip(completions, task, gold, strict=True)
    shares = [repeated(text_of(completion), n) for completion, *_row in rows]
    return [min(0.0, (free - share) / (1 - free)) for share in shares]
