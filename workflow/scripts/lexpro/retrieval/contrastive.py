"""What embedders are trained with: facts, the articles that their judgments cite, and others.

The corpus itself is the supervision. Each step sees the articles that its cases cite, for each of
these some hard negatives (of the same chapter of the same law: neighbouring crimes, in the same
words), and some drawn from all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from lexpro.config.embed import Static, Training


def chapters(articles: Sequence[dict]) -> list[Sequence[int]]:
    """For each article (law, heading) the rows of its chapter, its own among them."""
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, article in enumerate(articles):
        members[article["law"], article["heading"]].append(row)
    return [members[article["law"], article["heading"]] for article in articles]


@dataclass(frozen=True, slots=True)
class Step:
    """A step's cases (rows of facts), articles (rows), and what cites what.

    `cited` is [cases, articles] bool.
    """

    cases: list[int]
    articles: list[int]
    cited: torch.Tensor


@dataclass(frozen=True, slots=True)
class Sampler:
    """Draws the articles of each step.

    `cited` has the rows of articles of each case, `chapters` those of each article's chapter.
    """

    cited: Sequence[Sequence[int]]
    chapters: Sequence[Sequence[int]]
    settings: Static | Training
    generator: torch.Generator

    def _some(self, rows: Sequence[int], most: int) -> list[int]:
        order = torch.randperm(len(rows), generator=self.generator)[:most].tolist()
        return [rows[i] for i in order]

    def step(self, cases: list[int]) -> Step:
        """The articles that these cases are trained against."""
        everything = range(len(self.chapters))
        shown = {*self._some(everything, self.settings.negatives)}
        wanted = sorted({article for case in cases for article in self.cited[case]})
        shown.update(wanted)
        # Nothing is drawn where everything is shown anyway.
        if self.settings.hard_negatives and len(shown) < len(everything):
            for article in wanted:
                shown.update(self._some(self.chapters[article], self.settings.hard_negatives))
        articles = sorted(shown)
        column = {article: i for i, article in enumerate(articles)}
        truth = torch.zeros(len(cases), len(articles), dtype=torch.bool)
        for i, case in enumerate(cases):
            truth[i, [column[article] for article in self.cited[case]]] = True
        return Step(cases, articles, truth)

    def epoch(self) -> Iterator[Step]:
        """Every case once, in a drawn order."""
        order = torch.randperm(len(self.cited), generator=self.generator)
        for batch in order.split(self.settings.batch_size):
            yield self.step(batch.tolist())


def loss(similarity: torch.Tensor, cited: torch.Tensor) -> torch.Tensor:
    """Mean over the cited articles of -log softmax against the articles that are not cited.

    What a case cites is never a negative of what else it cites. With pairs and in-batch negatives
    (`MultipleNegativesRankingLoss`) it would be: most cases of a batch cite 67 and 64.

    Args:
        similarity: [cases, articles] float.
        cited: [cases, articles] bool.

    Returns:
        A scalar.
    """
    others = torch.logsumexp(similarity.masked_fill(cited, -torch.inf), dim=1, keepdim=True)
    return (torch.logaddexp(similarity, others) - similarity)[cited].mean()
