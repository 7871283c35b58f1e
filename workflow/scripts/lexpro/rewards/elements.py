"""Reward of the elements: micro-F1 of (defendant, field, value), as the scorer counts them."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.rewards.completion import Completion, each
from lexpro.tasks import elements


def f1(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    confusion: float = 0.0,
    **_: object,
) -> list[float | None]:
    """F1 in [0, 1] of the stated facts of the case.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.
        confusion: what each confusion of fine and compensation costs (`elements.confusions`).

    Returns:
        A value for each answer; None where the task is not `elements`.
    """

    def value(answer: dict, true: dict) -> float:
        score = elements.prf(elements.facts(true), elements.facts(answer))[2]
        if confusion:
            mixed = elements.confusions(true, answer)
            score -= confusion * (mixed["fine_for_compensation"] + mixed["compensation_for_fine"])
        return max(0.0, score)

    return each(completions, task, gold, lambda name, _true: name == "elements", value)
