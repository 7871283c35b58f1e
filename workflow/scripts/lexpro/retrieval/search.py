"""Searching an index: articles for the facts of a case, and similar cases.

Three rankings of articles are fused by reciprocal rank: BM25 and vectors, from the facts to the articles'
texts, and the votes of similar training cases for the articles that they cite. The last is what knows how
courts cite: the general part (自首, 缓刑, 罚金) shares no word with most facts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from lexpro.errors import UserError
from lexpro.files import read_json
from lexpro.knowledge import table
from lexpro.knowledge.table import OPEN_END, as_number
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import dense
from lexpro.retrieval.bm25 import BM25, top
from lexpro.retrieval.fusion import rrf
from lexpro.retrieval.store import Store

CARD = "index.json"
# Rows that each ranking contributes to the fusion.
DEPTH = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles a search may return: those of `date` (ISO; None: in force now), of `law` (None: any)."""

    date: str | None = None
    law: str | None = None

    @property
    def day(self) -> int:
        return as_number(self.date or "", OPEN_END - 1)

    def holds(self, law: str, span: tuple[int, int]) -> bool:
        return span[0] <= self.day < span[1] and self.law in (None, law)

    def where(self) -> dict:
        """The same as a filter of Chroma over `fields`."""
        parts = [{"from": {"$lte": self.day}}, {"to": {"$gt": self.day}}]
        return {"$and": [*parts, *([{"law": self.law}] if self.law else [])]}


def fields(rows: list[dict]) -> list[dict[str, str | int]]:
    """What Chroma keeps of each article, for `Scope.where`."""
    return [
        {"law": row["law"], "from": a, "to": b} for row, (a, b) in zip(rows, table.spans(rows), strict=True)
    ]


class Searcher:
    """An index opened for reading (its Chroma folder is copied). `index` is the output folder of the
    `index` stage.
    """

    def __init__(self, index: Path | str):
        index = Path(index)
        if not (index / CARD).is_file():
            raise UserError(
                f"{index} is not an index: no {CARD}. Run the index stage, or give its results folder."
            )
        self.card = read_json(index / CARD)
        self.settings = self.card["settings"]
        self.rows = table.read(index / "articles.parquet")
        self.spans = table.spans(self.rows)
        self.known = pl.read_parquet(index / "cases.parquet").to_dicts()
        self._refs: dict[str, list[int]] = defaultdict(list)
        for row, article in enumerate(self.rows):
            if article["law"] == CRIMINAL_LAW:
                self._refs[article["ref"]].append(row)
        self._article_terms = BM25.load(index / "bm25" / "articles")
        self._case_terms = BM25.load(index / "bm25" / "cases")
        self.encoder = dense.load((index / self.card["embedder_folder"]).resolve(), self.card["embedder"])
        self.store = Store(index / "chroma")
        counted = {"articles": len(self.rows), "cases": len(self.known)}
        for name, rows in counted.items():
            if self.store.count(name) != rows:
                raise UserError(
                    f"{index}: {self.store.count(name)} vectors for {rows} {name}. Run the index stage again."
                )

    def close(self) -> None:
        self.store.close()

    def rankings(self, facts: str, scope: Scope, depth: int = DEPTH) -> dict[str, list[int]]:
        """{ranking: rows of articles, best first}, for every ranking whether fused or not."""
        allowed = np.array(
            [scope.holds(row["law"], s) for row, s in zip(self.rows, self.spans, strict=True)], bool
        )
        scores = self._article_terms.scores(facts) * allowed
        vector = self.encoder.encode([facts], "query")[0]
        where = None if allowed.all() else scope.where()
        return {
            "bm25": [int(row) for row in top(scores, depth) if scores[row] > 0],
            "dense": [row for row, _ in self.store.search("articles", vector, depth, where)]
            if allowed.any()
            else [],
            "cases": self._votes(facts, vector, allowed),
        }

    def _votes(self, facts: str, vector: np.ndarray, allowed: np.ndarray) -> list[int]:
        votes: dict[str, float] = defaultdict(float)
        for row, score in self._similar(facts, vector, self.settings["voters"]):
            for ref in self.known[row]["refs"]:
                votes[ref] += score
        found = []
        for ref in sorted(votes, key=lambda ref: -votes[ref]):
            found += [row for row in self._refs.get(ref, ()) if allowed[row]]
        return found

    def _similar(self, facts: str, vector: np.ndarray, k: int) -> list[tuple[int, float]]:
        terms = [row for row, _ in self._case_terms.search(facts, DEPTH)]
        near = [row for row, _ in self.store.search("cases", vector, DEPTH)]
        return rrf([terms, near], self.settings["rrf_k"])[:k]

    def fuse(self, rankings: dict[str, list[int]]) -> list[tuple[int, float]]:
        """(row, score) of the rankings fused, by the weights of the settings."""
        weights = {name: weight for name, weight in self.settings["weights"].items() if weight}
        chosen = [rankings[name] for name in weights]
        return rrf(chosen, self.settings["rrf_k"], list(weights.values()))

    def articles(self, facts: str, k: int, date: str | None = None, law: str | None = None) -> list[dict]:
        """Up to `k` articles for the facts of a case, best first: ref, law, text, heading, valid_from, score.

        `date` (ISO) asks for what was in force that day, else what is in force now; `law` restricts to one
        law.
        """
        fused = self.fuse(self.rankings(facts, Scope(date, law)))
        names = ("ref", "law", "text", "heading", "valid_from")
        return [
            {**{name: self.rows[row][name] for name in names}, "score": score} for row, score in fused[:k]
        ]

    def cases(self, facts: str, k: int) -> list[dict]:
        """Up to `k` similar training cases: doc_id, charges, refs, sentence, months, province, date, facts,
        score.
        """
        vector = self.encoder.encode([facts], "query")[0]
        return [{**self.known[row], "score": score} for row, score in self._similar(facts, vector, k)]
