"""What a scorer is: counts for each pair of item and prediction, and metrics of their sums.

The counts of a prediction depend on its item and text alone, and the score of a file is a function
of the summed counts, so that `lexpro.stats.bootstrap` gives its interval.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from lexpro.evaluation.items import Item
from lexpro.stats import Mean, Metric

# Records of a file of outputs that holds no references → the references, in the same order.
LookUp = Callable[[list[dict]], list[str]]


@dataclass(frozen=True, slots=True)
class ItemScore:
    """What one prediction adds to the sums.

    Attributes:
        counts: one number for each column that the scorer's metrics read.
        abstained: no answer could be read from the prediction.
    """

    counts: tuple[float, ...]
    abstained: bool = False


def points(value: float, abstained: bool = False) -> ItemScore:
    """The score of an item for `lexpro.stats.Mean`: its points, and that it counts."""
    return ItemScore((float(value), 1.0), abstained)


# An item that does not count.
SKIPPED = ItemScore((0.0, 0.0))


@dataclass(frozen=True)
class Scorer:
    """How a task is scored.

    Attributes:
        score_item: (item, prediction) → what the prediction adds to the sums.
        metrics: name → function of the sums; the first is the main one.
        missing: the score of an item that was never answered, where that differs from an empty
            answer: nothing to say may be right.
    """

    score_item: Callable[[Item, str], ItemScore]
    metrics: Mapping[str, Metric] = field(default_factory=lambda: {"score": Mean()})
    missing: Callable[[Item], ItemScore] | None = None

    @property
    def main(self) -> Metric:
        """The main metric."""
        return next(iter(self.metrics.values()))

    def unanswered(self, item: Item) -> ItemScore:
        """The score of an item that failed, or whose thought has no end."""
        return self.missing(item) if self.missing else self.score_item(item, "")

    def table(self, items: Sequence[Item], predictions: Sequence[str]) -> tuple[np.ndarray, int]:
        """The counts (items × columns), and how many predictions are abstentions."""
        scores = self._scores(items, predictions)
        return np.array([score.counts for score in scores]), sum(score.abstained for score in scores)

    def score(self, items: Sequence[Item], predictions: Sequence[str]) -> float:
        """The main metric of predictions, one an item."""
        return self.value(self._scores(items, predictions))

    def value(self, scores: Sequence[ItemScore]) -> float:
        """The main metric of items that are scored already."""
        return float(self.main(np.sum([score.counts for score in scores], axis=0)))

    def _scores(self, items: Sequence[Item], predictions: Sequence[str]) -> list[ItemScore]:
        return [self.score_item(item, text) for item, text in zip(items, predictions, strict=True)]


@dataclass(frozen=True)
class Task:
    """A task of a benchmark with both of its scorers.

    Attributes:
        name: `lawbench/3-4`.
        official: as the benchmark's repository scores, with its defects.
        normalised: reads answers as the corpus is read, and counts what is right.
        constants: items → the answers that are tried as the one answer to all of them.
        references: finds the references of a file of outputs that holds none; None where every
            file holds them.
        items: gives the benchmark's own items, to see whether a file answers all of them; raises
            UserError where they are not at hand.
        written: a reference in whatever form → as the benchmark writes it; raises UserError.
        replaced: items that published outputs have of an older version of the data.
        beside: what takes a model to compute, of (reference, output) pairs and the folders of the
            benchmark's `models`.
    """

    name: str
    official: Scorer
    normalised: Scorer
    constants: Callable[[Sequence[Item]], list[str]]
    references: LookUp | None = None
    beside: Callable[[Sequence[tuple[str, str]], Mapping[str, str | None]], dict] | None = None
    items: Callable[[], list[Item]] | None = None
    written: Callable[[str], str] | None = None
    replaced: int = 0

    @property
    def scorers(self) -> dict[str, Scorer]:
        """Both scorers by name, the one that decides first."""
        return {"normalised": self.normalised, "official": self.official}


def commonest(items: Sequence[Item], most: int) -> list[str]:
    """The commonest references, at most `most`."""
    return [gold for gold, _ in Counter(item.gold for item in items).most_common(most)]
