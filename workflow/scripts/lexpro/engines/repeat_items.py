"""A second run of some of the answers: what greedy decoding has in place of samples.

The likeliest token is not always the same one: sums of numbers depend on the batch that they are
computed in, and a server may do as it likes. How far the same model then lies from itself is the
noise floor of its score.
"""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.engines.resume import Ask


def chosen(asks: Sequence[Ask], most: int) -> list[Ask]:
    """At most so many asks of each task, evenly spread over it: as few, they meet other neighbours
    in their batches.
    """
    by_task: dict[str, list[Ask]] = {}
    for ask in asks:
        by_task.setdefault(ask.row["task"], []).append(ask)
    return [
        rows[place * len(rows) // count]
        for rows in by_task.values()
        for count in [min(most, len(rows))]
        for place in range(count)
    ]
