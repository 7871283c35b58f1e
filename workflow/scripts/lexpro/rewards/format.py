"""Reward of the form: one thought, then one JSON object with the keys and types of the task."""

from __future__ import annotations

import json
from collections.abc import Sequence

from lexpro.rewards.completion import Completion, text_of
from lexpro.tasks.answers import CLOSE, OPEN, shaped


def well_formed(text: str, gold: dict) -> bool:
    """Whether a completion is `<think>…</think>{…}`, and nothing else.

    The opening tag may stand in the prompt already.
    """
    thought, closed, answer = text.strip().partition(CLOSE)
    thought = thought.removeprefix(OPEN)
    if not closed or not thought.strip() or OPEN in thought or CLOSE in answer or OPEN in answer:
        return False
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):  # ValueError: no JSON, or a number of thousands of digits
        return False
    return shaped(value, gold)


def think_json(
    completions: Sequence[Completion], task: Sequence[str], gold: Sequence[str], **_: object
) -> list[float | None]:
    """1 for a well-formed completion, else 0; it applies to every task.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON; its keys and types are those wanted.

    Raises:
        ValueError: the batch is not of one length.
    """
    rows = zip(completions, task, gold, strict=True)
    return [float(well_formed(text_of(completion), json.loads(true))) for completion, _task, true in rows]
