"""What a scorer is: a mark for each pair of item and prediction, and a metric of the sum of all
marks.

A mark depends on its item and prediction alone; the score of a file is a function of the summed
counts, so that `lexpro.stats.bootstrap` gives its interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from lexpro.evaluation.items import Item
from lexpro.stats import Metric, ratio


@dataclass(frozen=True, slots=True)
class Mark:
    """What one prediction adds to the counts; `abstained`: no answer could be read from it."""

    counts: tuple[float, ...]
    abstained: bool = False


def mean(sums: np.ndarray) -> np.ndarray:
    """Score of sums (…, 2) of (points, items that count)."""
    return ratio(sums[..., 0], sums[..., 1], empty=0.0)


def points(value: float, abstained: bool = False) -> Mark:
    """A mark for `mean`."""
    return Mark((float(value), 1.0), abstained)


# An item that does not count.
SKIPPED = Mark((0.0, 0.0))


@dataclass(frozen=True)
class Rule:
    """How a task is scored: `mark`, and metrics by name, the main one first. `missing` marks an
    item that was never answered, where that differs from an empty answer: nothing to say may be
    right.
    """

    mark: Callable[[Item, str], Mark]
    metrics: dict[str, Metric] = field(default_factory=lambda: {"score": mean})
    missing: Callable[[Item], Mark] | None = None

    def unanswered(self, item: Item) -> Mark:
        """The mark of an item that failed, or whose thought has no end."""
        return self.missing(item) if self.missing else self.mark(item, "")

    def table(self, items: Sequence[Item], predictions: Sequence[str]) -> tuple[np.ndarray, int]:
        """(items × counts, how many abstained)."""
        marks = [self.mark(item, text) for item, text in zip(items, predictions, strict=True)]
        return np.array([mark.counts for mark in marks]), sum(mark.abstained for mark in marks)

    def score(self, items: Sequence[Item], predictions: Sequence[str]) -> float:
        """The main metric."""
        return self.value([self.mark(item, text) for item, text in zip(items, predictions, strict=True)])

    def value(self, marks: Sequence[Mark]) -> float:
        """The main metric of marks."""
        sums = np.sum([mark.counts for mark in marks], axis=0)
        return float(next(iter(self.metrics.values()))(sums))


@dataclass(frozen=True)
class Task:
    """A task with both of its scorers.

    `constants` gives the answers tried as one answer to every item; `golds` the references of
    records of a file that does not hold them; `beside` what takes a model to compute, of
    (reference, output) pairs and the folders of the benchmark's `models`.
    """

    name: str
    official: Rule
    normalised: Rule
    constants: Callable[[Sequence[Item]], list[str]]
    golds: Callable[[list[dict]], list[str]] | None = None
    beside: Callable[[Sequence[tuple[str, str]], dict], dict] | None = None
