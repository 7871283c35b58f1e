"""How near a stated sentence is to the true one: of rewards and of scores alike."""

from __future__ import annotations

import math

from lexpro.records import TIMED_KINDS


def log_distance(stated: object, true: int) -> float | None:
    """The distance of two lengths, |ln(p + 1) - ln(t + 1)|, in months.

    None where `stated` is no length.
    """
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0 <= stated < math.inf:
        return None
    return abs(math.log(stated + 1) - math.log(true + 1))


def of_months(stated: object, true: int) -> float:
    """What a length is worth, in [0, 1]: max(0, 1 - distance / ln 4); 0 where it is none.

    So 36 months for 42 are worth .89, 18 are worth .41, a quarter and less nothing.
    """
    distance = log_distance(stated, true)
    return 0.0 if distance is None else max(0.0, 1 - distance / math.log(4))


def of_sentence(answer: dict, true: dict) -> float:
    """What a sentence (`刑种`, `刑期`) is worth, in [0, 1].

    0 for another kind of punishment, 1 for the same kind where it has no length, else `of_months`.
    """
    if answer.get("刑种") != true["刑种"]:
        return 0.0
    if true["刑种"] not in TIMED_KINDS:
        return 1.0
    return of_months(answer.get("刑期"), true["刑期"])
