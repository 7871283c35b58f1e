"""Reward of the term: the kind of punishment, then how near the months are (logarithmic)."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.rewards.completion import Completion, each
from lexpro.tasks.closeness import of_sentence


def closeness(
    completions: Sequence[Completion], task: Sequence[str], gold: Sequence[str], **_: object
) -> list[float | None]:
    """`tasks.closeness.of_sentence` of each completion, in [0, 1].

    Args:
        completions: answers, strings or messages.
        task: name of the task of each; the reward applies to `term` only.
        gold: the true answer of each, as JSON.

    Returns:
        0 without an answer, None where the reward does not apply.

    Raises:
        ValueError: the batch is not of one length.
    """
    return each(completions, task, gold, lambda name, _true: name == "term", of_sentence)
