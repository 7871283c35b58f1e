"""Reward of the articles: F1 of refs, 条之X distinct from the article it follows."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.law.articles import is_special
from lexpro.rewards.completion import Completion, each, set_f1


def f1(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    general: float = 1.0,
    **_: object,
) -> list[float | None]:
    """F1 in [0, 1] of the stated articles.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.
        general: weight of articles of the general part (67, 64, 52 …); those of the special part
            weigh 1.

    Returns:
        A value for each answer; None where the task is not `article`.
    """

    def weight(ref: object) -> float:
        return 1.0 if is_special(str(ref)) else general

    return each(
        completions,
        task,
        gold,
        lambda name, _true: name == "article",
        lambda answer, true: set_f1(answer.get("法条", []), true["法条"], weight),
    )
