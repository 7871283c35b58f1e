"""Statutes for the prompts of training: what a search from the facts finds in the knowledge base.

The search is that of evaluation without its vectors (those are trained on the tasks, which come
first): BM25 from the facts to the articles' texts, fused with what similar training cases cite. A
case never votes for itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lexpro.hashing import draw
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import practice
from lexpro.retrieval.bm25 import BM25, top
from lexpro.retrieval.fusion import rrf
from lexpro.statutes.table import OPEN_END, as_number, spans

# Articles that each ranking contributes to the fusion.
DEPTH = 30


@dataclass(frozen=True, slots=True)
class Precedent:
    """A training case that may vote: its facts, the articles it cites, its court
    (`lexpro.law.courts.key`).
    """

    family: str
    facts: str
    refs: tuple[str, ...]
    court: str = ""


class Shelf:
    """The articles of the Criminal Law in a knowledge base (`rows` of articles.parquet), and cases
    that cite them.
    """

    def __init__(
        self,
        rows: Sequence[dict],
        cases: Sequence[Precedent] = (),
        voters: int = 20,
        votes_weight: float = 2.0,
    ):
        self.rows = [row for row in rows if row["law"] == CRIMINAL_LAW]
        self.cases = list(cases)
        self._spans = spans(self.rows)
        self.voters, self.weights = voters, (1.0, votes_weight)
        self._terms = BM25([row["text"] for row in self.rows])
        self._case_terms = BM25([case.facts for case in self.cases]) if self.cases else None
        self._by_ref: dict[str, list[int]] = defaultdict(list)
        for number, row in enumerate(self.rows):
            self._by_ref[row["ref"]].append(number)
        self._by_court: dict[str, list[int]] = defaultdict(list)
        for number, case in enumerate(self.cases):
            self._by_court[case.court].append(number)
        self._asked: tuple[str | None, np.ndarray] = None, np.zeros(0)

    def find(self, facts: str, k: int, date: str | None = None, family: str | None = None) -> list[dict]:
        """The `k` best articles, best first, each once, in the version of `date` (ISO; None: of
        today).

        `family`: the case that asks, whose own documents do not vote.
        """
        terms = [row for row, _ in self._terms.search(facts, DEPTH)]
        fused = rrf([terms, self._votes(facts, family)], weights=self.weights)
        day = as_number(date or "", OPEN_END - 1)
        found: dict[str, dict] = {}
        for row, _score in fused:
            begin, end = self._spans[row]
            if begin <= day < end:
                found.setdefault(self.rows[row]["ref"], self.rows[row])
            if len(found) == k:
                break
        return list(found.values())

    def _likeness(self, facts: str) -> np.ndarray:
        """How alike each case is to facts, (cases,); those asked last are not compared again
        (votes, then practice).
        """
        if self._asked[0] != facts:
            self._asked = facts, self._case_terms.scores(facts)
        return self._asked[1]

    def _votes(self, facts: str, family: str | None) -> list[int]:
        if self._case_terms is None:
            return []
        scores = self._likeness(facts)
        similar = [self.cases[row] for row in top(scores, self.voters + DEPTH) if scores[row] > 0]
        similar = [case for case in similar if case.family != family][: self.voters]
        votes: dict[str, float] = defaultdict(float)
        for case, weight in rrf([similar]):
            for ref in case.refs:
                votes[ref] += weight
        order = sorted(votes, key=lambda ref: -votes[ref])
        return [row for ref in order for row in self._by_ref.get(ref, ())]

    def practice(self, facts: str, court: str, most: int, family: str | None = None) -> list[str] | None:
        """What a court (its `lexpro.law.courts.key`) usually cites in such cases, by at most `most`
        of its own, the most similar; None where it has too few. `family` as in `find`.
        """
        own = self._by_court.get(court, ()) if court and most else ()
        own = [number for number in own if self.cases[number].family != family]
        if len(own) < practice.LEAST:
            return None
        best = top(self._likeness(facts)[own], most)
        return practice.usual([self.cases[own[place]].refs for place in best])

    def with_gold(self, articles: list[dict], gold: Sequence[str], seed: object) -> list[dict]:
        """`articles` with the missing gold ones put in, at drawn ranks, for the last of those that
        are not gold.

        The number of articles stays, so that not all gold ones may find room.
        """
        shown = {article["ref"] for article in articles}
        missing = [
            self.rows[self._by_ref[ref][-1]] for ref in gold if ref not in shown and ref in self._by_ref
        ]
        result = list(articles)
        for article in missing:
            spare = [place for place, other in enumerate(result) if other["ref"] not in gold]
            if not spare:
                break
            result.pop(spare[-1])
            result.insert(int(draw(seed, article["ref"]) * (len(result) + 1)), article)
        return result
