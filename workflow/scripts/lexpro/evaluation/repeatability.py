"""The same model twice under greedy decoding, on the items that were answered a second time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

# Predictions → the main score of each task, and nothing else.
Values = Callable[[list[dict]], dict[str, float]]


def compared(first: Sequence[dict], second: Sequence[dict], values: Values) -> dict[str, dict]:
    """How far the scores of two runs lie apart.

    What failed in one of the runs is left out.

    Args:
        first: all predictions.
        second: some of them, made a second time.
        values: gives the main score of each task.

    Returns:
        Task → {items, same: how many texts are the same, first, second: the scores of both runs,
        difference}.
    """
    before = {(row["id"], row["sample"]): row for row in first if not row["error"]}
    pairs = [
        (before[key], row)
        for row in second
        for key in [(row["id"], row["sample"])]
        if key in before and not row["error"]
    ]
    if not pairs:
        return {}
    one, other = (values([pair[place] for pair in pairs]) for place in (0, 1))
    return {
        task: {
            "items": sum(a["task"] == task for a, _ in pairs),
            "same": sum(a["task"] == task and a["completion"] == b["completion"] for a, b in pairs),
            "first": round(one[task], 6),
            "second": round(other[task], 6),
            "difference": round(abs(one[task] - other[task]), 6),
        }
        for task in one
    }
