"""Reward of the term: the kind of punishment, then how near the months are (logarithmic)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from lexpro.records import TIMED_KINDS
from lexpro.rewards.completion import Completion, each


def distance(stated: object, true: int) -> float | None:
    """|ln(p+1) - ln(t+1)| in months, or None where `stated` is no length."""
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated < math.inf:
        return None
    return abs(math.log(stated + 1) - math.log(true + 1))


def value(answer: dict, true: dict) -> float:
    """What a sentence is worth, in [0, 1].

    0 for another kind of punishment; 1 for the same kind where it has no length; else max(0, 1 -
    distance / ln 4). So 36 months for 42 are worth .89, 18 are worth .41, a quarter and less
    nothing.
    """
    if answer.get("刑种") != true["刑种"]:
        return 0.0
    if true["刑种"] not in TIMED_KINDS:
        return 1.0
    off = distance(answer.get("刑期"), true["刑期"])
    return 0.0 if off is None else max(0.0, 1 - off / math.log(4))


def closeness(
    completions: Sequence[Completion], task: Sequence[str], gold: Sequence[str], **_: object
) -> list[float | None]:
    """`value` in [0, 1] of each completion."""
    return each(completions, task, gold, lambda name, _true: name == "term", value)
