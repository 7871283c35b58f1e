"""How far raters agree beyond chance: Krippendorff's alpha and Gwet's AC1 and AC2.

Both are computed from how many raters put a unit into each category, so that a unit may have any
number of raters. Alpha: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011). AC1, AC2:
Gwet, Handbook of Inter-Rater Reliability, chapter 5 (2014).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np

# (units × categories) counts of raters → agreement, nan where it is not defined.
Coefficient = Callable[[np.ndarray], float]


def counts(units: Sequence[Sequence[Hashable]], categories: Sequence[Hashable]) -> np.ndarray:
    """How many raters put each unit into each category.

    Args:
        units: the ratings of each unit, absent ones left out.
        categories: all of them, in their order.

    Returns:
        (units × categories).
    """
    place = {category: number for number, category in enumerate(categories)}
    table = np.zeros((len(units), len(categories)))
    for row, ratings in enumerate(units):
        for rating in ratings:
            table[row, place[rating]] += 1
    return table


def _nominal(totals: np.ndarray) -> np.ndarray:
    return 1.0 - np.eye(len(totals))


def _ordinal(totals: np.ndarray) -> np.ndarray:
    # The ratings between two categories, half of those in each of the two.
    middle = np.cumsum(totals) - totals / 2
    return (middle[:, None] - middle) ** 2


def _interval(totals: np.ndarray) -> np.ndarray:
    place = np.arange(len(totals))
    return (place[:, None] - place) ** 2.0


# Name → squared distance of two categories, given how often each of them occurs.
DISTANCES: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
}


def alpha(table: np.ndarray, distance: str = "nominal") -> float:
    """Krippendorff's alpha.

    Args:
        table: (units × categories) counts of raters; units with one rater say nothing.
        distance: a name of `DISTANCES`; for `interval` categories are one apart.

    Returns:
        1 for perfect agreement, 0 for that of chance; nan where all ratings are the same.
    """
    table = table[table.sum(axis=1) > 1]
    raters = table.sum(axis=1)
    totals = table.sum(axis=0)
    apart = DISTANCES[distance](totals)
    together = (table / (raters[:, None] - 1)).T @ table - np.diag(
        (table / (raters[:, None] - 1)).sum(axis=0)
    )
    number = totals.sum()
    expected = (np.outer(totals, totals) * apart).sum() / (number - 1) if number > 1 else 0.0
    return float(1 - (together * apart).sum() / expected) if expected > 0 else float("nan")


def identity_weights(categories: int) -> np.ndarray:
    """Weights that count the same category only: AC2 with them is AC1."""
    return np.eye(categories)


def quadratic_weights(categories: int) -> np.ndarray:
    """Weights that fall with the square of the distance: for ordered categories."""
    return 1 - _interval(np.zeros(categories)) / (categories - 1) ** 2


def ac2(table: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Gwet's AC2, and AC1 without weights.

    Args:
        table: (units × categories) counts of raters; units with one rater only tell how frequent
            categories are.
        weights: (categories × categories), 1 for the same and less for what lies apart.

    Returns:
        1 for perfect agreement; nan where no unit has two raters.
    """
    size = table.shape[1]
    weights = identity_weights(size) if weights is None else weights
    raters = table.sum(axis=1)
    table, raters = table[raters > 0], raters[raters > 0]
    several = raters > 1
    if not several.any():
        return float("nan")
    near = table @ weights.T
    agreeing = (table * (near - 1)).sum(axis=1)[several] / (raters * (raters - 1))[several]
    shares = (table / raters[:, None]).mean(axis=0)
    chance = weights.sum() / (size * (size - 1)) * (shares * (1 - shares)).sum()
    return float((agreeing.mean() - chance) / (1 - chance))


def with_interval(
    table: np.ndarray, coefficient: Coefficient, draws: int, seed: int, confidence: float
) -> dict[str, float | int | None]:
    """A coefficient and its percentile interval over drawn units.

    Args:
        table: (units × categories) counts of raters; units with fewer than two raters are left out.
        coefficient: gives the agreement of such a table, nan where it is not defined.
        draws: how many samples of as many units are drawn, with replacement; those without a
            defined coefficient do not count.
        seed: of the draws.
        confidence: share of intervals that cover the true value, from 0 to 1.

    Returns:
        {value, low, high, n}; n is the number of units with two raters or more, the others are None
        where the coefficient of the table is not defined.
    """
    table = table[table.sum(axis=1) > 1]
    value = coefficient(table) if len(table) else float("nan")
    result: dict[str, float | int | None] = {"value": None, "low": None, "high": None, "n": len(table)}
    if not np.isfinite(value):
        return result
    generator = np.random.default_rng(seed)
    drawn = [coefficient(table[generator.integers(0, len(table), len(table))]) for _ in range(draws)]
    finite = np.array([one for one in drawn if np.isfinite(one)])
    low, high = (
        np.quantile(finite, [(1 - confidence) / 2, (1 + confidence) / 2]) if len(finite) else (value,) * 2
    )
    return result | {"value": value, "low": min(value, float(low)), "high": max(value, float(high))}
