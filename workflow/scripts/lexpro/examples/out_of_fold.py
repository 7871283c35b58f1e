"""Statutes for training prompts by rankers that do not know the case that asks.

A ranker knows its own cases by heart: prompts made with it would show nearly what each case cites,
and a model would learn to trust what is no better than a guess for new facts. So the training cases
are dealt into folds, a case's documents into one, and each is asked of a ranker that has learned
from the other folds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lexpro.config.index import Ranker as Settings
from lexpro.hashing import draw
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval.cases import Case
from lexpro.retrieval.lexical import LexicalRetriever
from lexpro.retrieval.ranker import Ranker
from lexpro.retrieval.scope import Scope
from lexpro.tasks.context import Decisions


class OutOfFold:
    """Finds statutes for the facts of training cases.

    Args:
        rankers: one a fold, learned from the cases of all others.
        retriever: knows the articles and their versions.
        seed: of the draw of folds.
    """

    def __init__(self, rankers: Sequence[Ranker], retriever: LexicalRetriever, seed: int):
        self.rankers, self.retriever, self.seed = list(rankers), retriever, seed

    @classmethod
    def learn(
        cls,
        cases: Iterable[Case],
        family_of: Mapping[str, str],
        retriever: LexicalRetriever,
        settings: Settings,
        folds: int,
        seed: int,
    ) -> OutOfFold:
        """Learn a ranker for each fold.

        Args:
            cases: the training cases.
            family_of: doc_id → the case that the document is of.
            retriever: knows the articles and their versions.
            settings: of the rankers, as of the index.
            folds: how many.
            seed: of the draw of folds.
        """
        cases = list(cases)
        fold = [fold_of(family_of[case.doc_id], folds, seed) for case in cases]
        rankers = [
            Ranker.learn(
                [case for case, own in zip(cases, fold, strict=True) if own != number],
                retriever.articles,
                settings,
            )
            for number in range(folds)
        ]
        return cls(rankers, retriever, seed)

    def _ranker(self, family: str) -> Ranker:
        return self.rankers[fold_of(family, len(self.rankers), self.seed)]

    def decisions(self, facts: str, family: str) -> Decisions:
        """What courts decide in such cases.

        Args:
            facts: what happened.
            family: the case that asks.
        """
        return self._ranker(family).decisions(facts)

    def search(self, facts: str, k: int, date: str | None, family: str) -> list[dict]:
        """The articles for the facts of a training case.

        Args:
            facts: what happened.
            k: most articles.
            date: ISO; the versions in force on that day, today's for None.
            family: the case that asks.

        Returns:
            Rows of articles.parquet with `share`, as `Ranker.shares` has it; best first.
        """
        ranker = self._ranker(family)
        in_force = self.retriever.mask(Scope(date))
        articles: list[dict] = []
        for ref, share in ranker.shares(facts).items():
            rows = [row for row in self.retriever.versions(CRIMINAL_LAW, ref) if in_force[row]]
            articles += [{**self.retriever.articles[row], "share": share} for row in rows]
            if len(articles) >= k:
                break
        return articles[:k]


def fold_of(family: str, folds: int, seed: int) -> int:
    """The fold of a case, from 0."""
    return int(draw(seed, "fold", family) * folds)
