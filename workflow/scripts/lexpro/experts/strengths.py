"""From pairwise votes to win rates and Bradley–Terry strengths, with intervals over items.

A strength is a logarithm of odds: a system wins against another with the probability
`1 / (1 + exp(other - own))`; the strengths of all systems add up to 0. A tie counts as half a vote
for each side. `evalica` finds the strengths. Votes on one item are not independent (the same
document, the same answers, several experts), so intervals take whole items: the jackknife, one
Newton step for each item left out, with Student's t.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import evalica
import numpy as np
import pandas as pd
from scipy import stats

from lexpro.union_find import connect

# Tied votes that are added to each pair of systems that was compared: a system that has won or lost
# every vote would be infinitely strong or weak without.
PRIOR = 0.1
TOLERANCE, STEPS = 1e-9, 20_000


@dataclass(frozen=True, slots=True)
class Vote:
    """A comparison of two systems on an item; `points` of the first: 1 won, 0.5 tied, 0 lost."""

    item: str
    first: str
    second: str
    points: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval; `low` and `high` are None where there is but one item."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class _Counts:
    """Votes by item and pair: (items × pairs) of how many there are, and of their points."""

    systems: list[str]
    pairs: list[tuple[int, int]]
    votes: np.ndarray
    points: np.ndarray

    @property
    def contrasts(self) -> np.ndarray:
        """(pairs × systems): 1 for the first system of a pair, -1 for the second."""
        made = np.zeros((len(self.pairs), len(self.systems)))
        for row, (first, second) in enumerate(self.pairs):
            made[row, first], made[row, second] = 1, -1
        return made


def _counted(votes: Sequence[Vote]) -> _Counts:
    systems = sorted({name for vote in votes for name in (vote.first, vote.second)})
    place = {name: number for number, name in enumerate(systems)}
    pairs = sorted({tuple(sorted((place[vote.first], place[vote.second]))) for vote in votes})
    column = {pair: number for number, pair in enumerate(pairs)}
    items = {name: number for number, name in enumerate(sorted({vote.item for vote in votes}))}
    counted, points = np.zeros((len(items), len(pairs))), np.zeros((len(items), len(pairs)))
    for vote in votes:
        first, second = place[vote.first], place[vote.second]
        cell = items[vote.item], column[min(first, second), max(first, second)]
        counted[cell] += 1
        points[cell] += vote.points if first < second else 1 - vote.points
    return _Counts(systems, [(a, b) for a, b in pairs], counted, points)


def connected(votes: Sequence[Vote]) -> bool:
    """Whether the votes compare all systems with each other, directly or by way of others."""
    counts = _counted(votes)
    roots = np.arange(len(counts.systems))
    connect(roots, *np.array(counts.pairs).reshape(-1, 2).T)
    return not roots.any()


def _fit(counts: _Counts) -> np.ndarray:
    """Strengths of the systems, 0 on average."""
    wins = counts.points.sum(axis=0) + PRIOR / 2
    losses = (counts.votes - counts.points).sum(axis=0) + PRIOR / 2
    first, second = zip(*counts.pairs, strict=True)
    size = len(counts.pairs)
    found = evalica.bradley_terry(
        [*first, *first],
        [*second, *second],
        [evalica.Winner.X] * size + [evalica.Winner.Y] * size,
        index=pd.Index(range(len(counts.systems))),
        weights=[*wins, *losses],
        tolerance=TOLERANCE,
        limit=STEPS,
    )
    logs = np.log(found.scores.reindex(range(len(counts.systems))).to_numpy())
    return logs - logs.mean()


def _errors(counts: _Counts, strengths: np.ndarray) -> np.ndarray:
    """Standard errors of the strengths: jackknife over items, a Newton step for each."""
    contrasts = counts.contrasts
    won = 1 / (1 + np.exp(-(contrasts @ strengths)))
    scores = (counts.points - counts.votes * won) @ contrasts
    information = np.einsum(
        "ip,p,pa,pb->iab", counts.votes, won * (1 - won), contrasts, contrasts, optimize=True
    )
    prior = np.einsum("p,pa,pb->ab", PRIOR * won * (1 - won), contrasts, contrasts)
    rest = information.sum(axis=0) + prior - information
    steps = np.einsum("iab,ib->ia", np.linalg.pinv(rest, hermitian=True), scores)
    items = len(scores)
    return np.sqrt((items - 1) / items * ((steps - steps.mean(axis=0)) ** 2).sum(axis=0))


def strengths(votes: Sequence[Vote], confidence: float = 0.95) -> dict[str, Estimate]:
    """Bradley–Terry strengths with intervals, strongest first.

    Args:
        votes: they compare all systems (`connected`).
        confidence: share of intervals that cover the true strength.

    Raises:
        ValueError: the votes leave systems without comparison.
    """
    if not connected(votes):
        raise ValueError("the votes do not compare all systems with each other")
    counts = _counted(votes)
    found = _fit(counts)
    items = len(counts.votes)
    reach = stats.t.ppf((1 + confidence) / 2, items - 1) * _errors(counts, found) if items > 1 else None
    made = {
        name: Estimate(
            float(found[number]),
            None if reach is None else float(found[number] - reach[number]),
            None if reach is None else float(found[number] + reach[number]),
        )
        for number, name in enumerate(counts.systems)
    }
    return dict(sorted(made.items(), key=lambda pair: (-pair[1].value, pair[0])))


def points_of(votes: Sequence[Vote], system: str) -> np.ndarray:
    """(items × 2) points of a system and its votes, item by item, for `lexpro.stats.bootstrap`."""
    by_item: dict[str, list[float]] = {}
    for vote in votes:
        if system in (vote.first, vote.second):
            own = by_item.setdefault(vote.item, [0.0, 0.0])
            own[0] += vote.points if system == vote.first else 1 - vote.points
            own[1] += 1
    return np.array([by_item[item] for item in sorted(by_item)]).reshape(-1, 2)


def head_to_head(votes: Sequence[Vote]) -> dict[str, dict[str, tuple[float, int]]]:
    """System → other system → (share of points, votes)."""
    sums: dict[str, dict[str, list[float]]] = {}
    for vote in votes:
        for own, other, points in (
            (vote.first, vote.second, vote.points),
            (vote.second, vote.first, 1 - vote.points),
        ):
            cell = sums.setdefault(own, {}).setdefault(other, [0.0, 0])
            cell[0] += points
            cell[1] += 1
    return {
        own: {other: (points / n, int(n)) for other, (points, n) in sorted(row.items())}
        for own, row in sorted(sums.items())
    }
