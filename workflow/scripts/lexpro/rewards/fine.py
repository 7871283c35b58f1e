"""Reward of the fine (罚金): how near it is on a logarithmic scale.

One confusion is punished, which the paper shows (its Figures 2 and 5): compensation or restitution
given as the fine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from lexpro.rewards import people
from lexpro.rewards.completion import Completion, each


def value(true: dict, stated: dict, owed: set[float], confusion: float) -> float:
    """1 for the right fine, falling to 0 at a quarter and at four times it.

    Args:
        true: a defendant of the true answer.
        stated: the same one of the answer.
        owed: sums of compensation and restitution (yuan).
        confusion: taken off where one of these is stated as the fine. So the confusion is worth
            less than any other wrong number, and less than nothing.
    """
    due, said = people.amount(true["罚金"]), people.amount(stated.get("罚金"))
    if due == said:
        return 1.0
    near = 0.0
    if due and 0 < said < math.inf:
        near = max(0.0, 1 - abs(math.log(said + 1) - math.log(due + 1)) / math.log(4))
    return near - confusion if said in owed else near


def closeness(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    confusion: float = 0.2,
    **_: object,
) -> list[float | None]:
    """Mean of `value` in [-confusion, 1] over the defendants; None where elements have no fines.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.
        confusion: taken off where compensation or restitution is stated as the fine.

    Raises:
        ValueError: the batch is not of one length.
    """

    def of_case(answer: dict, true: dict) -> float:
        owed = {people.amount(true.get(field)) for field in ("退赔", "赔偿")} - {0.0}
        return people.mean(answer, true, lambda t, s: value(t, s, owed, confusion), lambda _person: True)

    return each(
        completions,
        task,
        gold,
        lambda name, true: (
            name == "elements" and bool(true["被告人"]) and all("罚金" in person for person in true["被告人"])
        ),
        of_case,
    )
