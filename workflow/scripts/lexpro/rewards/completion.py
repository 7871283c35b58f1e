"""What a reward function gets from TRL, read once for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from lexpro.tasks import answers

Completion = str | list[dict[str, str]]


def text_of(completion: Completion) -> str:
    """The text of a completion: TRL gives a string, or the messages of a conversation."""
    return (
        completion if isinstance(completion, str) else "".join(message["content"] for message in completion)
    )


def answer_of(task: str, completion: Completion) -> dict | None:
    """The parsed answer, or None where there is none (no JSON, or a thought that never ends)."""
    _, answer, finished = answers.split_think(text_of(completion))
    return answers.parse(task, answer) if finished else None


def each(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    applies: Callable[[str, dict], bool],
    value: Callable[[dict, dict], float],
) -> list[float | None]:
    """Grade each completion by its parsed answer.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.
        applies: (task, true answer) → whether the reward applies.
        value: (answer, true answer) → what it is worth.

    Returns:
        `value` of each; 0 without an answer, None where the reward does not apply.

    Raises:
        ValueError: the batch is not of one length.
    """
    values: list[float | None] = []
    for completion, name, truth in zip(completions, task, gold, strict=True):
        true = json.loads(truth)
        if not applies(name, true):
            values.append(None)
            continue
        answer = answer_of(name, completion)
        values.append(0.0 if answer is None else value(answer, true))
    return values


def set_f1(stated: Sequence, true: Sequence, weight: Callable[[object], float] = lambda _: 1.0) -> float:
    """F1 of a list against a set, items weighted; what is stated twice is wrong the second time.

    1 where both are empty.

    Args:
        stated: items of the answer, in any order.
        true: items of the true answer; each counts once.
        weight: what an item counts for, at least 0; all alike by default.

    Returns:
        In [0, 1].
    """
    rest, right, total = set(true), 0.0, 0.0
    for item in stated:
        total += weight(item)
        if item in rest:
            rest.remove(item)
            right += weight(item)
    total += sum(weight(item) for item in set(true))
    return 2 * right / total if total else 1.0
