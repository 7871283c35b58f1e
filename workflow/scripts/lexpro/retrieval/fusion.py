"""Fusion of rankings."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def rrf(
    rankings: Sequence[Sequence[Item]], k: int = 60, weights: Sequence[float] | None = None
) -> list[tuple[Item, float]]:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009).

    An item scores the sum of weight / (k + rank), rank from 1.

    Args:
        rankings: items, best first.
        k: the larger, the less the first ranks stand out.
        weights: one a ranking; 1 each where left out.

    Returns:
        (item, score), best first; equal scores in the order of first appearance.
    """
    scores: dict[Item, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + weight / (k + rank)
    return sorted(scores.items(), key=lambda entry: -entry[1])
