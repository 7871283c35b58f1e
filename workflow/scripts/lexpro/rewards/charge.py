"""Reward of the charges: F1 of canonical names."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.rewards.completion import Completion, each, set_f1


def f1(
    completions: Sequence[Completion], task: Sequence[str], gold: Sequence[str], **_: object
) -> list[float | None]:
    """F1 in [0, 1] of the stated charges, each counted once."""
    return each(
        completions,
        task,
        gold,
        lambda name, _true: name == "charge",
        lambda answer, true: set_f1(answer.get("罪名", []), true["罪名"]),
    )
