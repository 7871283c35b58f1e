"""Statutes for the prompts of training: what BM25 finds in the knowledge base for some facts."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval.bm25 import BM25
from lexpro.tasks.split import draw


class Shelf:
    """The articles of the Criminal Law in a knowledge base (`rows` of articles.parquet), searched by
    facts.
    """

    def __init__(self, rows: Sequence[dict]):
        self.rows = [row for row in rows if row["law"] == CRIMINAL_LAW]
        self.bm25 = BM25([row["text"] for row in self.rows])
        self.by_ref = {row["ref"]: row for row in self.rows}

    def find(self, facts: str, k: int, date: str | None = None) -> list[dict]:
        """The `k` best articles, best first, each once, in the version of `date` (ISO; None: any)."""
        found: dict[str, dict] = {}
        # Every version of an article may rank: look further than k.
        for row, _score in self.bm25.search(facts, 4 * k):
            article = self.rows[row]
            if date and not in_force(article, date):
                continue
            found.setdefault(article["ref"], article)
            if len(found) == k:
                break
        return list(found.values())

    def with_gold(self, articles: list[dict], gold: Sequence[str], seed: object) -> list[dict]:
        """`articles` with the missing gold ones put in, at drawn ranks, for the last of those that are not
        gold.

        The number of articles stays, so that not all gold ones may find room.
        """
        shown = {article["ref"] for article in articles}
        missing = [self.by_ref[ref] for ref in gold if ref not in shown and ref in self.by_ref]
        result = list(articles)
        for article in missing:
            spare = [place for place, other in enumerate(result) if other["ref"] not in gold]
            if not spare:
                break
            result.pop(spare[-1])
            result.insert(int(draw(seed, article["ref"]) * (len(result) + 1)), article)
        return result


def in_force(article: dict, date: str) -> bool:
    """Whether a version of an article was in force on `date`; unknown ends are open."""
    return (article["valid_from"] or "") <= date and (not article["valid_to"] or date < article["valid_to"])
