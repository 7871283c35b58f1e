"""Union-find over numbered items: which of them are connected by pairs, however many in between.

The state is an array `roots` in which each item points to the smallest one that it is connected
to; `np.arange(count)` connects nothing.
"""

from __future__ import annotations

import numpy as np


def connect(roots: np.ndarray, first: np.ndarray, second: np.ndarray) -> None:
    """Connect item `first[i]` with item `second[i]`, for every i.

    Args:
        roots: shape (items,), changed in place.
        first: one item of each pair.
        second: the other item of each pair.
    """

    def root_of(item: int) -> int:
        while roots[item] != item:
            roots[item] = roots[roots[item]]
            item = roots[item]
        return item

    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        low, high = sorted((root_of(one), root_of(other)))
        roots[high] = low
    while not np.array_equal(higher := roots[roots], roots):
        roots[:] = higher
