"""Bootstrap intervals of scores that are functions of sums over items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

# Item draws held at a time: bounds memory, not the result.
_BLOCK = 20_000_000

Metric = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Interval:
    """A score and the percentile interval around it."""

    value: float
    low: float
    high: float


def bootstrap(
    table: np.ndarray,
    metrics: Mapping[str, Metric],
    draws: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> dict[str, Interval]:
    """Percentile bootstrap over the rows of `table` (items × counts).

    A metric maps sums over items, shape (..., counts), to scores, shape (...). Rows are drawn with
    replacement, all metrics on the same draws; a draw is a multinomial weight per row, so that
    everything is one matrix product. Raises ValueError without rows.
    """
    items = len(table)
    if not items:
        raise ValueError("no items to draw from")
    table = np.asarray(table, dtype=np.float64)
    generator = np.random.default_rng(seed)
    block = max(1, _BLOCK // items)
    sums = np.concatenate(
        [
            generator.multinomial(items, np.full(items, 1 / items), size=min(block, draws - start)) @ table
            for start in range(0, draws, block)
        ]
    )
    whole, tail = table.sum(axis=0), (1 - confidence) / 2
    found = {}
    for name, metric in metrics.items():
        low, high = np.quantile(metric(sums), [tail, 1 - tail])
        found[name] = Interval(float(metric(whole)), float(low), float(high))
    return found


def ratio(top: np.ndarray, bottom: np.ndarray, empty: float = 1.0) -> np.ndarray:
    """top / bottom, and `empty` where the denominator is 0."""
    top, bottom = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    return np.divide(top, bottom, out=np.full_like(top, empty), where=bottom != 0)
