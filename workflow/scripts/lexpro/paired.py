"""Two systems on the same items: the difference of their scores, its interval, and whether chance
alone would do it.

As in `lexpro.stats`, a system is a table (items × counts) and a score a function of the sums over
items.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from lexpro.stats import Metric

# Differences that are equal but for rounding count as equal.
_EQUAL = 1e-12
# Item draws held at a time: bounds memory, not the result.
_BLOCK = 5_000_000


@dataclass(frozen=True, slots=True)
class Paired:
    """`difference` of scores (second less first) with its percentile interval, and the two-sided
    `p` of the permutation test.
    """

    difference: float
    low: float
    high: float
    p: float


def _drawn(generator: np.random.Generator, items: int, draws: int, kind: str) -> np.ndarray:
    """(draws, items): how often an item is drawn with replacement, or 0 or 1, whether its two rows
    are swapped.
    """
    if kind == "swap":
        return generator.integers(0, 2, size=(draws, items), dtype=np.int8).astype(np.float64)
    # Counting what was drawn is several times faster than drawing a multinomial.
    places = generator.integers(0, items, size=(draws, items)) + items * np.arange(draws)[:, None]
    return np.bincount(places.ravel(), minlength=draws * items).reshape(draws, items).astype(np.float64)


def _sums(table: np.ndarray, draws: int, generator: np.random.Generator, kind: str) -> np.ndarray:
    """(draws, counts)"""
    block = max(1, _BLOCK // len(table))
    sizes = [min(block, draws - start) for start in range(0, draws, block)]
    return np.concatenate([_drawn(generator, len(table), size, kind) @ table for size in sizes])


def paired(
    first: np.ndarray,
    second: np.ndarray,
    metric: Metric,
    draws: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Paired:
    """Paired bootstrap and paired permutation test of two tables with the same items in the same
    order.

    The interval draws items, with what both systems made of them. The test swaps the two answers to
    an item or not, each with probability one half: `p` is the share of swaps, the actual one among
    them, that differ at least as much. Raises ValueError without items, or where the shapes differ.
    """
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if first.shape != second.shape or not len(first):
        raise ValueError(f"tables of shapes {first.shape} and {second.shape} cannot be paired")
    generator = np.random.default_rng(seed)
    a, b = first.sum(axis=0), second.sum(axis=0)
    difference = float(metric(b) - metric(a))
    both = _sums(np.hstack([first, second]), draws, generator, "bootstrap")
    width = first.shape[1]
    tail = (1 - confidence) / 2
    low, high = np.quantile(metric(both[:, width:]) - metric(both[:, :width]), [tail, 1 - tail])
    moved = _sums(second - first, draws, generator, "swap")
    swapped = metric(b - moved) - metric(a + moved)
    extreme = int((np.abs(swapped) >= abs(difference) - _EQUAL).sum())
    return Paired(difference, float(low), float(high), (1 + extreme) / (1 + draws))


def holm(values: Sequence[float]) -> list[float]:
    """P-values adjusted for their number by Holm's step-down method (Scandinavian Journal of
    Statistics 6, 1979): rejecting those at most 0.05 is wrong about any of them with a probability
    of at most 0.05.
    """
    adjusted, worst = [0.0] * len(values), 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=lambda place: values[place])):
        worst = max(worst, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = worst
    return adjusted


def twice(samples: np.ndarray, metric: Metric) -> list[float]:
    """How far the scores of each two runs of one model lie apart; `samples`: (samples × items ×
    counts).
    """
    scores = [float(metric(table.sum(axis=0))) for table in np.asarray(samples, dtype=np.float64)]
    return [abs(a - b) for a, b in combinations(scores, 2)]


def redrawn(
    table: np.ndarray, metric: Metric, draws: int = 10_000, seed: int = 0, confidence: float = 0.95
) -> float:
    """How far the scores of one model on two draws of as many items lie apart, in all but the
    largest 5 % of draws.
    """
    sums = _sums(np.asarray(table, dtype=np.float64), 2 * draws, np.random.default_rng(seed), "bootstrap")
    scores = metric(sums)
    return float(np.quantile(np.abs(scores[:draws] - scores[draws:]), confidence))
