"""Confidence intervals and tests of scores that are functions of sums over items.

A system is a table (items × counts) and a metric maps the sums of its columns to a score. Items
are drawn, so easy and hard ones vary together in all metrics, and in both systems of a comparison.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

# Numbers of drawn items that are in memory at a time; they do not change the result.
_BLOCK = 5_000_000
# Scores that differ by less than this are equal but for rounding.
_EQUAL = 1e-12

# Sums over items, shape (..., counts) → scores, shape (...).
Metric = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Interval:
    """A score and its confidence interval.

    Attributes:
        value: the score of all items.
        low: lower end, at most `value`.
        high: upper end, at least `value`.
        method: how both ends were computed, one of

            * `clopper-pearson`: exact, of a proportion of items;
            * `bca`: bootstrap over items, bias-corrected and accelerated;
            * `percentile`: of the bootstrap's draws, where BCa is undefined (all draws lie on one
              side of the value) or not computed (means over several tasks);
            * `rule-of-three`: all draws have the same score, so that the bootstrap says nothing. By
              the exact binomial bound, at most a share `p` of the population can be unlike the
              items at hand; the interval is what `p` of them, with the worst and with the best
              score possible, make of the score. With n of n items right this is the interval of
              Clopper and Pearson.
    """

    value: float
    low: float
    high: float
    method: str


@dataclass(frozen=True, slots=True)
class Mean:
    """The metric that is a mean of one column over the items that count.

    Attributes:
        column: index of the column with an item's points.
        counted: index of the column that is 1 where an item counts and 0 where it does not.
        empty: the score where no item counts.
    """

    column: int = 0
    counted: int = 1
    empty: float = 0.0

    def __call__(self, sums: np.ndarray) -> np.ndarray:
        """Scores (...) of sums (..., counts)."""
        return ratio(sums[..., self.column], sums[..., self.counted], self.empty)

    def successes(self, table: np.ndarray) -> tuple[int, int] | None:
        """(items right, items that count), or None unless each item is all right or all wrong."""
        points, counted = table[:, self.column], table[:, self.counted]
        if not (np.isin(points, (0, 1)).all() and np.isin(counted, (0, 1)).all() and counted.any()):
            return None
        return int(points[counted == 1].sum()), int(counted.sum())


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same items: `difference` is the second score less the first one.

    `low`, `high` and `method` are as in `Interval`; `p` is two-sided, of the permutation test.
    """

    difference: float
    low: float
    high: float
    method: str
    p: float


def ratio(top: np.ndarray, bottom: np.ndarray, empty: float = 1.0) -> np.ndarray:
    """The quotient of top and bottom, and `empty` where bottom is 0.

    Args:
        top: any shape.
        bottom: of the same shape.
        empty: the value where there is nothing to divide by.

    Returns:
        float64, of that shape.
    """
    top, bottom = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    return np.divide(top, bottom, out=np.full_like(top, empty), where=bottom != 0)


def bootstrap(
    table: np.ndarray,
    metrics: Mapping[str, Metric],
    draws: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> dict[str, Interval]:
    """The interval of each metric of one system, all of them on the same draws of items.

    Args:
        table: (items × counts).
        metrics: name → metric with scores in [0, 1]; proportions of items as `Mean`.
        draws: how many samples of as many items are drawn, with replacement.
        seed: of the draws.
        confidence: share of intervals that cover the true score.

    Raises:
        ValueError: the table has no items.
    """
    table = np.asarray(table, dtype=np.float64)
    if not len(table):
        raise ValueError("no items to draw from")
    exact = {
        name: _clopper_pearson(float(metric(table.sum(axis=0))), *successes, confidence)
        for name, metric in metrics.items()
        if isinstance(metric, Mean) and (successes := metric.successes(table))
    }
    drawn = {name: metric for name, metric in metrics.items() if name not in exact}
    others = dict(zip(drawn, _intervals(table, [*drawn.values()], draws, seed, confidence), strict=True))
    return {name: exact.get(name) or others[name] for name in metrics}


def average(
    tables: Sequence[np.ndarray],
    metrics: Sequence[Metric],
    draws: int = 2000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Interval:
    """The mean over tasks of one metric each, with its percentile interval.

    Each draw draws the items of every task anew; tasks are not drawn.

    Args:
        tables: (items × counts) of each task.
        metrics: of each task, with scores in [0, 1].
        draws: how many samples of as many items are drawn, with replacement.
        seed: of the draws.
        confidence: share of intervals that cover the true mean.

    Raises:
        ValueError: not as many metrics as tables.
    """
    generator = np.random.default_rng(seed)
    tables = [np.asarray(table, dtype=np.float64) for table in tables]
    pairs = list(zip(tables, metrics, strict=True))
    value = float(np.mean([metric(table.sum(axis=0)) for table, metric in pairs]))
    scores = np.mean([metric(_drawn(table, draws, generator)) for table, metric in pairs], axis=0)
    low, high = np.quantile(scores, _tails(confidence))
    if high - low <= _EQUAL:
        return _rule_of_three(value, sum(map(len, tables)), confidence, (0.0, 1.0))
    return _around(value, low, high, "percentile")


def paired(
    first: np.ndarray,
    second: np.ndarray,
    metric: Metric,
    draws: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Comparison:
    """Paired bootstrap and paired permutation test of two systems.

    The interval draws items, with what both systems made of them. The test swaps the two answers to
    an item or not, each with probability one half: `p` is the share of swaps, the actual one among
    them, that differ at least as much.

    Args:
        first: (items × counts) of one system.
        second: the same items in the same order, of the other.
        metric: its scores lie in [0, 1].
        draws: samples of items, and as many swaps.
        seed: of both.
        confidence: of the interval.

    Raises:
        ValueError: there are no items, or the shapes differ.
    """
    first, second = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if first.shape != second.shape or not len(first):
        raise ValueError(f"tables of shapes {first.shape} and {second.shape} cannot be paired")
    width = first.shape[1]

    def difference(sums: np.ndarray) -> np.ndarray:
        return metric(sums[..., width:]) - metric(sums[..., :width])

    (interval,) = _intervals(
        np.hstack([first, second]), [difference], draws, seed, confidence, bounds=(-1.0, 1.0)
    )
    generator = np.random.default_rng(seed)
    a, b = first.sum(axis=0), second.sum(axis=0)
    moved = _swapped(second - first, draws, generator)
    swapped = metric(b - moved) - metric(a + moved)
    extreme = int((np.abs(swapped) >= abs(interval.value) - _EQUAL).sum())
    p = (1 + extreme) / (1 + draws)
    return Comparison(interval.value, interval.low, interval.high, interval.method, p)


def holm(values: Sequence[float]) -> list[float]:
    """P-values adjusted for their number by Holm's step-down method.

    Scandinavian Journal of Statistics 6 (1979). Rejecting those at most 0.05 is wrong about any of
    them with a probability of at most 0.05.
    """
    adjusted, worst = [0.0] * len(values), 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=lambda place: values[place])):
        worst = max(worst, min(1.0, (len(values) - rank) * values[place]))
        adjusted[place] = worst
    return adjusted


def between_samples(samples: np.ndarray, metric: Metric) -> list[float]:
    """How far the scores of each two samples of one model's answers lie apart.

    Args:
        samples: (samples × items × counts).
        metric: its scores.
    """
    scores = [float(metric(table.sum(axis=0))) for table in np.asarray(samples, dtype=np.float64)]
    return [abs(a - b) for a, b in combinations(scores, 2)]


def between_draws(
    table: np.ndarray, metric: Metric, draws: int = 10_000, seed: int = 0, confidence: float = 0.95
) -> float:
    """How far the scores of one model on two draws of as many items lie apart.

    Args:
        table: (items × counts) of the model.
        metric: its scores.
        draws: pairs of samples, each of as many items, drawn with replacement.
        seed: of the draws.
        confidence: a share, in [0, 1].

    Returns:
        The distance that a share `confidence` of the pairs of draws does not exceed.
    """
    sums = _drawn(np.asarray(table, dtype=np.float64), 2 * draws, np.random.default_rng(seed))
    scores = metric(sums)
    return float(np.quantile(np.abs(scores[:draws] - scores[draws:]), confidence))


def _intervals(
    table: np.ndarray,
    metrics: Sequence[Metric],
    draws: int,
    seed: int,
    confidence: float,
    bounds: tuple[float, float] = (0.0, 1.0),
) -> list[Interval]:
    """BCa where it is defined, else percentile, else the rule of three."""
    if not metrics:
        return []
    values = [float(metric(table.sum(axis=0))) for metric in metrics]
    if len(table) == 1:
        return [_rule_of_three(value, 1, confidence, bounds) for value in values]

    def scores(items: np.ndarray, axis: int) -> np.ndarray:
        sums = _sums(items, table)
        return np.stack([metric(sums) for metric in metrics])

    with warnings.catch_warnings():
        # What is undefined comes back as nan, and is looked at below.
        warnings.simplefilter("ignore")
        result = stats.bootstrap(
            (np.arange(len(table)),),
            scores,
            n_resamples=draws,
            batch=max(1, _BLOCK // len(table)),
            confidence_level=confidence,
            method="BCa",
            rng=seed,
        )
    ends = zip(*result.confidence_interval, result.bootstrap_distribution, strict=True)
    return [
        _defined(value, low, high, drawn, len(table), confidence, bounds)
        for value, (low, high, drawn) in zip(values, ends, strict=True)
    ]


def _defined(
    value: float,
    low: float,
    high: float,
    drawn: np.ndarray,
    items: int,
    confidence: float,
    bounds: tuple[float, float],
) -> Interval:
    if drawn.max() - drawn.min() <= _EQUAL:
        return _rule_of_three(value, items, confidence, bounds)
    if np.isfinite([low, high]).all():
        return _around(value, low, high, "bca")
    low, high = np.quantile(drawn, _tails(confidence))
    return _around(value, low, high, "percentile")


def _around(value: float, low: float, high: float, method: str) -> Interval:
    return Interval(value, min(value, float(low)), max(value, float(high)), method)


def _tails(confidence: float) -> list[float]:
    return [(1 - confidence) / 2, (1 + confidence) / 2]


def _clopper_pearson(value: float, right: int, items: int, confidence: float) -> Interval:
    ends = stats.binomtest(right, items).proportion_ci(confidence, method="exact")
    return _around(value, ends.low, ends.high, "clopper-pearson")


def _rule_of_three(value: float, items: int, confidence: float, bounds: tuple[float, float]) -> Interval:
    unlike = 1 - ((1 - confidence) / 2) ** (1 / items)
    low = value - unlike * max(0.0, value - bounds[0])
    high = value + unlike * max(0.0, bounds[1] - value)
    return Interval(value, low, high, "rule-of-three")


def _sums(items: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Sums (..., counts) of the rows of a table that `items` (..., size) names, some repeatedly.

    Counting how often each row is named, and one matrix product, is faster than to copy the rows.
    """
    count = len(table)
    named = items.reshape(-1, items.shape[-1])
    places = named + count * np.arange(len(named))[:, None]
    times = np.bincount(places.ravel(), minlength=len(named) * count).reshape(len(named), count)
    return (times.astype(np.float64) @ table).reshape(*items.shape[:-1], -1)


def _blocks(draws: int, items: int) -> list[int]:
    size = max(1, _BLOCK // items)
    return [min(size, draws - start) for start in range(0, draws, size)]


def _drawn(table: np.ndarray, draws: int, generator: np.random.Generator) -> np.ndarray:
    """Sums (draws, counts) of as many rows as there are, drawn with replacement."""
    count = len(table)
    return np.concatenate(
        [_sums(generator.integers(0, count, (size, count)), table) for size in _blocks(draws, count)]
    )


def _swapped(table: np.ndarray, draws: int, generator: np.random.Generator) -> np.ndarray:
    """Sums (draws, counts) of rows that are taken or not, each with probability one half."""
    sizes = _blocks(draws, len(table))
    taken = (generator.integers(0, 2, (size, len(table))) for size in sizes)
    return np.concatenate([swaps.astype(np.float64) @ table for swaps in taken])
