"""Reward of the articles: F1 of refs, 条之X distinct from the article it follows."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.law.articles import parse_ref
from lexpro.rewards.completion import Completion, each, set_f1

# Articles 1 to 101 are the general part (总则) of the Criminal Law.
GENERAL_PART = 101


def f1(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    general: float = 1.0,
    **_: object,
) -> list[float | None]:
    """F1 in [0, 1]; articles of the general part (67, 64, 52 …) weigh `general`, those of the special part
    1.
    """

    def weight(ref: object) -> float:
        article = parse_ref(str(ref))
        return general if article and article.number <= GENERAL_PART else 1.0

    return each(
        completions,
        task,
        gold,
        lambda name, _true: name == "article",
        lambda answer, true: set_f1(answer.get("法条", []), true["法条"], weight),
    )
