"""Reward of the charges: F1 of canonical names."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.rewards.completion import Completion, each, set_f1


def f1(
    completions: Sequence[Completion], task: Sequence[str], gold: Sequence[str], **_: object
) -> list[float | None]:
    """F1 in [0, 1] of the stated charges, each counted once.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.

    Returns:
        A value for each answer; None where the task is not `charge`.
    """
    return each(
        completions,
        task,
        gold,
        lambda name, _true: name == "charge",
        lambda answer, true: set_f1(answer.get("罪名", []), true["罪名"]),
    )
