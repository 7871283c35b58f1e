"""Reward of probation (缓刑): whether it is granted, then for how long.

Only defendants who can have it are asked about: detention, or imprisonment of at most three years (Criminal Law,
article 72). Counting the others would pay everyone who always says that there is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.rewards import people
from lexpro.rewards.completion import Completion, each

# Longest sentence, in months, that can be suspended (Criminal Law, article 72).
LONGEST = 36


def eligible(person: dict) -> bool:
    """Whether the question arises for a true defendant."""
    if person.get("缓刑"):
        return True
    kind, months = person.get("刑种"), person.get("刑期")
    return kind == "拘役" or (kind == "有期徒刑" and months is not None and months <= LONGEST)


def value(true: dict, stated: dict) -> float:
    """0 where only one side grants it; 1 where neither does; else half for that, half for how near the months are."""
    due, said = people.amount(true["缓刑"]), people.amount(stated.get("缓刑"))
    if not due or not said:
        return float(due == said)
    if not 0 < said < float("inf"):
        return 0.0
    return 0.5 + 0.5 * (1 - abs(due - said) / max(due, said))


def closeness(
    completions: Sequence[Completion], task: Sequence[str], gold: Sequence[str], **_: object
) -> list[float | None]:
    """Mean of `value` in [0, 1] over the defendants that are `eligible`; None where none is."""
    return each(
        completions,
        task,
        gold,
        lambda name, true: (
            name == "elements" and any("缓刑" in person and eligible(person) for person in true["被告人"])
        ),
        lambda answer, true: people.mean(answer, true, value, eligible),
    )
