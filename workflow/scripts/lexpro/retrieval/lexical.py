"""Retrieval by words: BM25 over articles and over cases, and what similar cases cite.

Two users share it. The prompts of training (`lexpro/examples`) are made by `search` alone, because
the embedder is trained later than they are. An index (`search.py`) takes the same rankings and
fuses them with those of its vectors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lexpro.law.articles import CRIMINAL_LAW, is_special
from lexpro.retrieval.bm25 import BM25, best, top
from lexpro.retrieval.court_citations import MIN_CASES, usual_citations
from lexpro.retrieval.fusion import rrf
from lexpro.retrieval.scope import ArticleMask, Scope

# Rows that each ranking contributes to the fusion of `search`.
DEPTH = 30


@dataclass(frozen=True, slots=True)
class Precedent:
    """A training case that votes for the articles that it cites.

    `family` names the case that several documents may be of, `refs` are articles of the Criminal
    Law, `court` is its `courts.key`, `charges` are those of all defendants.
    """

    family: str
    facts: str
    refs: Sequence[str]
    court: str = ""
    charges: Sequence[str] = ()


class LexicalRetriever:
    """Rankings of articles and cases for the facts of a case; rows are places in both lists.

    Args:
        articles: rows of articles.parquet.
        cases: the cases that vote.
        article_terms: BM25 over the articles' texts.
        case_terms: BM25 over the cases' facts.
    """

    def __init__(
        self,
        articles: Sequence[dict],
        cases: Sequence[Precedent],
        article_terms: BM25,
        case_terms: BM25,
    ):
        self.articles, self.cases = list(articles), list(cases)
        self.article_terms, self.case_terms = article_terms, case_terms
        self.mask = ArticleMask(self.articles)
        self._by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row, article in enumerate(self.articles):
            self._by_name[article["law"], article["ref"]].append(row)
        self._by_court: dict[str, list[int]] = defaultdict(list)
        self._by_charge: dict[str, list[int]] = defaultdict(list)
        for row, case in enumerate(self.cases):
            self._by_court[case.court].append(row)
            for charge in case.charges:
                self._by_charge[charge].append(row)
        self._last: tuple[str | None, np.ndarray] = None, np.zeros(0)

    @classmethod
    def build(
        cls, articles: Sequence[dict], cases: Sequence[Precedent] = (), law: str = CRIMINAL_LAW
    ) -> LexicalRetriever:
        """Index the articles of one law, and the cases.

        Args:
            articles: rows of articles.parquet; those of other laws are left out.
            cases: the cases that vote.
            law: short name of the law.
        """
        articles = [article for article in articles if article["law"] == law]
        texts, facts = [article["text"] for article in articles], [case.facts for case in cases]
        return cls(articles, cases, BM25(texts), BM25(facts))

    def versions(self, law: str, ref: str) -> Sequence[int]:
        """The rows of all versions of an article, in the order of the table; empty for none."""
        return self._by_name.get((law, ref), ())

    def rank_articles(self, query: str, k: int, allowed: np.ndarray | None = None) -> list[int]:
        """Up to `k` rows of articles that share a term with the query, best first.

        Args:
            query: any text.
            k: most rows.
            allowed: [articles] bool, the rows that may be returned; None for all.
        """
        return best(self.article_terms.scores(query), k, allowed)

    @cached_property
    def _crimes(self) -> np.ndarray:
        crimes = (row["law"] == CRIMINAL_LAW and is_special(row["ref"]) for row in self.articles)
        return np.fromiter(crimes, bool, len(self.articles))

    def keep_by_words(
        self, rows: Sequence[int], facts: str, k: int, most: int, allowed: np.ndarray | None = None
    ) -> list[int]:
        """The first `k` rows, among them the statutes of crimes that fit the facts best by words.

        Cases vote for the crimes that they know. Words find one that no case has.

        Args:
            rows: of articles, best first.
            facts: what happened.
            k: most rows.
            most: how many statutes of crimes are kept so; they stand last where they are added.
            allowed: [articles] bool, the rows that may be added; None for all.
        """
        kept = list(rows[:k])
        if not most:
            return kept
        crimes = self._crimes if allowed is None else self._crimes & allowed
        wanted = self.rank_articles(facts, min(most, k), crimes)
        missing = [row for row in wanted if row not in kept]
        spare = [row for row in kept if row not in wanted]
        gone = spare[len(spare) - max(len(kept) + len(missing) - k, 0) :]
        return [row for row in kept if row not in gone] + missing

    def without(self, charges: Collection[str]) -> np.ndarray:
        """[cases] bool: those of none of the charges."""
        allowed = np.ones(len(self.cases), bool)
        for charge in charges:
            allowed[self._by_charge.get(charge, [])] = False
        return allowed

    def case_scores(self, facts: str) -> np.ndarray:
        """BM25 of every case, [cases] float64; the facts asked last are not compared again."""
        if self._last[0] != facts:
            self._last = facts, self.case_terms.scores(facts)
        return self._last[1]

    def rank_cases(self, facts: str, k: int, allowed: np.ndarray | None = None) -> list[int]:
        """Up to `k` rows of cases that share a term with the facts, best first.

        Args:
            facts: what happened.
            k: most rows.
            allowed: [cases] bool, the rows that may be returned; None for all.
        """
        return best(self.case_scores(facts), k, allowed)

    def votes(self, voters: Iterable[tuple[int, float]], allowed: np.ndarray | None = None) -> list[int]:
        """The articles of the Criminal Law that cases cite, those with most votes first.

        Args:
            voters: (row of a case, its weight); a case gives its weight to each article it cites.
            allowed: [articles] bool, the rows that may be returned; None for all.

        Returns:
            Rows of articles, all versions of each.
        """
        votes: dict[str, float] = defaultdict(float)
        for row, weight in voters:
            for ref in self.cases[row].refs:
                votes[ref] += weight
        order = sorted(votes, key=lambda ref: -votes[ref])
        rows = (row for ref in order for row in self.versions(CRIMINAL_LAW, ref))
        return [row for row in rows if allowed is None or allowed[row]]

    def search(
        self,
        facts: str,
        k: int,
        date: str | None = None,
        family: str | None = None,
        voters: int = 20,
        votes_weight: float = 2.0,
        voting: np.ndarray | None = None,
        by_words: int = 0,
    ) -> list[dict]:
        """The articles for the facts of a case: BM25, fused with the votes of similar cases.

        Args:
            facts: what happened.
            k: most articles.
            date: ISO; the versions in force on that day, today's for None.
            family: the case that asks; its own documents do not vote.
            voters: the most similar cases that vote.
            votes_weight: weight of the votes' ranking; that of BM25 is 1.
            voting: [cases] bool, those that may vote; None for all.
            by_words: statutes of crimes that are kept, as `keep_by_words` does.

        Returns:
            Rows of articles.parquet, best first, each ref once.
        """
        nearest = self.rank_cases(facts, voters + DEPTH, voting)
        others = [row for row in nearest if family is None or self.cases[row].family != family]
        rankings = [self.rank_articles(facts, DEPTH), self.votes(rrf([others[:voters]]))]
        in_force = self.mask(Scope(date))
        found: dict[str, int] = {}
        for row, _score in rrf(rankings, weights=(1.0, votes_weight)):
            if in_force[row]:
                found.setdefault(self.articles[row]["ref"], row)
            if len(found) == k:
                break
        rows = self.keep_by_words(list(found.values()), facts, k, by_words, in_force)
        return [self.articles[row] for row in rows]

    def court_cases(self, court: str, family: str | None = None) -> list[int]:
        """The rows of a court's cases; empty where there are fewer than `MIN_CASES`.

        Args:
            court: its `courts.key`; "" has no cases.
            family: the case that asks, whose own documents are left out.
        """
        own = self._by_court.get(court, ()) if court else ()
        own = [row for row in own if family is None or self.cases[row].family != family]
        return own if len(own) >= MIN_CASES else []

    def court_citations(
        self, facts: str, court: str, most: int, family: str | None = None
    ) -> list[str] | None:
        """The articles that a court usually cites in such cases.

        Args:
            facts: what happened.
            court: its `courts.key`.
            most: how many of the court's cases speak, the most similar ones; 0 for none.
            family: as in `court_cases`.

        Returns:
            Refs as `usual_citations` has them; None where the court has too few cases.
        """
        own = self.court_cases(court, family) if most else []
        if not own:
            return None
        nearest = top(self.case_scores(facts)[own], most)
        return usual_citations([self.cases[own[place]].refs for place in nearest])
