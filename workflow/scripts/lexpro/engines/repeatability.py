"""Which greedy answers are made a second time.

The likeliest token can differ between two runs: sums of floating-point numbers depend on the batch,
and a server may batch as it likes. `lexpro.evaluation.repeatability` compares the two runs; the
difference of the same model from itself is the noise floor of its score.
"""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.engines.resume import Ask


def repeated(asks: Sequence[Ask], most: int) -> list[Ask]:
    """At most `most` asks of each task, evenly spread over it.

    They are fewer than before, so they meet other neighbours in their batches.
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
