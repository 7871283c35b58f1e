"""Soft punishment of length: nothing up to a length, then linear, then -1.

As DAPO has it (arXiv 2503.14476, equation 13).
"""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.rewards.completion import Completion, text_of


def punishment(length: int, limit: int, cache: int) -> float:
    """0 up to `limit - cache`, -1 from `limit` on, linear between (DAPO, arXiv 2503.14476, eq. 13).

    Args:
        length: of the completion.
        limit: length from which the punishment is whole.
        cache: length before it in which the punishment grows, more than 0.

    Returns:
        In [-1, 0]. All three lengths are in one unit, characters or tokens.
    """
    return -min(1.0, max(0.0, (length - (limit - cache)) / cache))


def soft(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    limit: int = 4096,
    cache: int = 1024,
    unit: str = "characters",
    completion_ids: Sequence[Sequence[int]] | None = None,
    **_: object,
) -> list[float | None]:
    """`punishment` in [-1, 0] of each completion, on every task.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.
        limit: length from which the punishment is whole.
        cache: length before it in which the punishment grows.
        unit: characters, or tokens (those of `completion_ids`).
        completion_ids: tokens of each completion, which TRL passes.

    Raises:
        ValueError: an argument makes no sense, or the batch is not of one length.
    """
    if not 0 < cache <= limit:
        raise ValueError(f"overlong: cache={cache} must lie in 1 to limit={limit}")
    if unit == "characters":
        lengths = [len(text_of(completion)) for completion in completions]
    elif unit == "tokens" and completion_ids is not None:
        lengths = [len(ids) for ids in completion_ids]
    else:
        raise ValueError(f"overlong: unit is {unit!r}; allowed: characters, tokens (with completion_ids)")
    return [punishment(length, limit, cache) for length, *_row in zip(lengths, task, gold, strict=True)]
