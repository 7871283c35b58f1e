"""Reward of probation (缓刑): whether it is granted, then for how long.

Only defendants who can have it are asked about: detention, or imprisonment of at most three years
(Criminal Law, article 72). Counting the others would pay everyone who always says that there is
none.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from lexpro.rewards import balance, people
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
    """What the probation of a defendant is worth, in [0, 1].

    0 where only one side grants it; 1 where neither does; else half for that, and half for how near
    the months are.
    """
    due, said = people.amount(true["缓刑"]), people.amount(stated.get("缓刑"))
    if not due or not said:
        return float(due == said)
    if not 0 < said < float("inf"):
        return 0.0
    return 0.5 + 0.5 * (1 - abs(due - said) / max(due, said))


def kind(task: str, gold: dict, _: object = None) -> str | None:
    """Of a true answer: `granted` to somebody or to `none`; None where it is no question.

    Args:
        task: name of the task; only `elements` asks for probation.
        gold: the true answer.
    """
    own = (
        [person for person in gold["被告人"] if "缓刑" in person and eligible(person)]
        if task == "elements"
        else []
    )
    if not own:
        return None
    return "granted" if any(person["缓刑"] for person in own) else "none"


def closeness(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    prompts: Sequence[object] | None = None,
    training: str = "",
    **_: object,
) -> list[float | None]:
    """Mean of `value` in [0, 1] over the defendants that are `eligible`; None where none is.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.
        prompts: of each; with `training`, their texts decide which are asked about. None: all
            alike.
        training: path of the prompts of the training split (`grpo.jsonl`). With it, cases with and
            without probation are asked about equally often (`balance`); "": all are.

    Returns:
        None also where a prompt is not asked about.

    Raises:
        ValueError: the batch is not of one length.
        UserError: the prompts of the training split are all of one kind.
    """
    shares = balance.chances(kind, str(training)) if training else {}
    scores = each(
        completions,
        task,
        gold,
        lambda name, true: kind(name, true) is not None,
        lambda answer, true: people.mean(answer, true, value, eligible),
    )
    return [
        paid
        if paid is not None and balance.applies(kind(name, json.loads(true)) or "", shares, prompt)
        else None
        for paid, name, true, prompt in zip(scores, task, gold, prompts or [()] * len(scores), strict=True)
    ]
