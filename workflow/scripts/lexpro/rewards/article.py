"""Reward of the articles: F1 of refs, 条之X distinct from the article it follows."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.rewards.completion import Completion, each, set_f1
from lexpro.tasks.targets import is_special


def f1(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    general: float = 1.0,
    **_: object,
) -> list[float | None]:
    """F1 in [0, 1]; articles of the general part (67, 64, 52 …) weigh `general`, those of the
    special part 1.
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
