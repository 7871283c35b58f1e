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
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import dense
from lexpro.retrieval.bm25 import BM25, top
from lexpro.retrieval.fusion import rrf
from lexpro.retrieval.store import Store

CARD = "index.json"
# Rows that each ranking contributes to the fusion.
DEPTH = 100
# A date later than any, for what is still in force.
OPEN_END = 99999999


def as_number(date: str, default: int) -> int:
    """2017-06-28 → 20170628, which Chroma can compare."""
    return int(date.replace("-", "")) if date else default


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles a search may return: in force on `date` (ISO; None: today's), of `law` (None: any)."""

    date: str | None = None
    law: str | None = None

    def fields(self, row: dict) -> dict[str, str | int]:
        begin, end = as_number(row["valid_from"], 0), as_number(row["valid_to"], OPEN_END)
        return {"law": row["law"], "from": begin, "to": end}

    def holds(self, row: dict) -> bool:
        f = self.fields(row)
        day = as_number(self.date or "", OPEN_END - 1)
        return f["from"] <= day < f["to"] and self.law in (None, row["law"])

    def where(self) -> dict:
        day = as_number(self.date or "", OPEN_END - 1)
        parts = [{"from": {"$lte": day}}, {"to": {"$gt": day}}]
        return {"$and": [*parts, *([{"law": self.law}] if self.law else [])]}


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
        self.known = pl.read_parquet(index / "cases.parquet").to_dicts()
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
        allowed = np.array([scope.holds(row) for row in self.rows])
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
            found += [row for row in self._by_ref(ref) if allowed[row]]
        return found

    def _by_ref(self, ref: str) -> list[int]:
        if not hasattr(self, "_refs"):
            self._refs: dict[str, list[int]] = defaultdict(list)
            for row, article in enumerate(self.rows):
                if article["law"] == CRIMINAL_LAW:
                    self._refs[article["ref"]].append(row)
        return self._refs.get(ref, [])

    def _similar(self, facts: str, vector: np.ndarray, k: int) -> list[tuple[int, float]]:
        terms = [row for row, _ in self._case_terms.search(facts, DEPTH)]
        near = [row for row, _ in self.store.search("cases", vector, DEPTH)]
        return rrf([terms, near], self.settings["rrf_k"])[:k]

    def fuse(self, rankings: dict[str, list[int]]) -> list[tuple[int, float]]:
        """(row, score) of the rankings that the settings name, fused."""
        names = self.settings["rankings"]
        weights = [self.settings["votes_weight"] if name == "cases" else 1.0 for name in names]
        return rrf([rankings[name] for name in names], self.settings["rrf_k"], weights)

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
