"""Searching an index: articles for the facts of a case, and similar cases.

Rankings of articles are fused by reciprocal rank: BM25 and vectors, from the facts to the
articles' texts; the votes of similar training cases for the articles that they cite; the
articles of charges that are predicted. The votes are what knows how courts cite: the general
part (自首, 缓刑, 罚金) shares no word with most facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from lexpro import hashing
from lexpro.law import courts
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cite, dense, practice, rerank, similar
from lexpro.retrieval.bm25 import BM25, top
from lexpro.retrieval.fusion import rrf
from lexpro.retrieval.scope import ArticleMask, CaseMask, CaseScope, Scope
from lexpro.retrieval.store import Store
from lexpro.statutes import table
from lexpro.statutes.lookup import plain
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, steadily

CARD, EMBEDDER = "index.json", "embedder"
# Rows that each ranking contributes to the fusion.
DEPTH = 100
# Where a filter leaves no more rows than this, they are compared one by one: Chroma's own filters
# are slower (64,665 articles: 325 ms), and its graph misses what a narrow filter leaves.
EXACT = 20_000
# Charges that are predicted for facts.
CHARGES = 2


def fields(rows: list[dict]) -> list[dict[str, str | int]]:
    """What Chroma keeps of each article, for those who ask it without us."""
    spans = table.spans(rows)
    return [
        {"law": r["law"], "ref": r["ref"], "from": a, "to": b} for r, (a, b) in zip(rows, spans, strict=True)
    ]


def check(index: Path) -> None:
    """Raises UserError where a file is not what the stage signed; the database has hashes of its
    own, and what is not signed yet has none. The embedder is held to its hash when it is loaded,
    and is not read twice for that.
    """
    signed = index / "manifest.json"
    embedder = dense.parts(index / EMBEDDER)
    for name, digest in read_json(signed)["files"].items() if signed.is_file() else ():
        if not (index / name).is_file():
            raise UserError(f"{index} is damaged: {name} is missing. Run the index stage again.")
        if index / name not in embedder and hashing.sha256(index / name) != digest:
            raise UserError(f"{index} is damaged: {name} is not what was written. Run the index stage again.")


class Searcher:
    """An index opened for reading (its Chroma folder is copied). `index` is the output folder of
    the `index` stage.

    Raises UserError for a folder that is none, is damaged, or holds vectors of another embedder.
    """

    def __init__(self, index: Path | str):
        steadily(Path(index), self._open)

    def _open(self, index: Path) -> None:
        if hasattr(self, "store"):
            # Replaced while it was read.
            self.close()
        if not (index / CARD).is_file():
            raise UserError(
                f"{index} is not an index: no {CARD}. Run the index stage, or give its results folder."
            )
        try:
            check(index)
            self._read(index)
        except (OSError, ValueError, KeyError, EOFError, PolarsError) as error:
            raise UserError(f"{index} is damaged ({error}). Run the index stage again.") from error
        self.encoder = dense.load(index / EMBEDDER, self.card["embedder"])
        self._asked: tuple[str | None, np.ndarray] = None, np.zeros(0)
        self.reranker = rerank.Reranker(self.settings["reranker"]) if self.settings["reranker"] else None
        if rerank.identity(self.settings["reranker"]) != self.card["reranker"]:
            raise UserError(f"{index} was built with another reranker. Run the index stage again.")
        self.store = Store(index / "chroma", self.settings["server"])
        made = self.store.card["card"]["embedder"]
        if made != self.card["embedder"]:
            self.close()
            raise UserError(
                f"{index}/chroma holds vectors of another embedder ({made}). Run the index stage again."
            )
        for name, places in self._places.items():
            if not self.store.count(name) == len(self.vectors[name]) == len(places):
                self.close()
                raise UserError(f"{index}: not as many vectors as {name}. Run the index stage again.")

    def _read(self, index: Path) -> None:
        """Everything but the models and the database."""
        self.card = read_json(index / CARD)
        self.settings = self.card["settings"]
        self.rows = table.read(index / "articles.parquet")
        self.known = pl.read_parquet(index / "cases.parquet").to_dicts()
        self._numbered: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._charged: dict[str, list[int]] = defaultdict(list)
        for row, article in enumerate(self.rows):
            self._numbered[article["law"], article["ref"]].append(row)
            for charge in article["charges"]:
                self._charged[charge].append(row)
        self._courts: dict[str, list[int]] = defaultdict(list)
        for row, case in enumerate(self.known):
            self._courts[courts.key(case["court"], case["province"])].append(row)
        self._laws = {plain(law): law for law in dict.fromkeys(law for law, _ in self._numbered)}
        self._places = {
            "articles": {article["id"]: row for row, article in enumerate(self.rows)},
            "cases": {case["doc_id"]: row for row, case in enumerate(self.known)},
        }
        self._article_mask, self.case_mask = ArticleMask(self.rows), CaseMask(self.known)
        self._article_terms = BM25.load(index / "bm25" / "articles")
        self._case_terms = BM25.load(index / "bm25" / "cases")
        self.vectors = {
            name: np.load(index / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in self._places
        }

    def close(self) -> None:
        self.store.close()

    def vector(self, facts: str) -> np.ndarray:
        """The vector of facts; those asked last are not read twice (articles, then practice,
        charges, cases).
        """
        if self._asked[0] != facts:
            self._asked = facts, self.encoder.encode([facts], "query")[0]
        return self._asked[1]

    def nearest(
        self, name: str, vector: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> list[tuple[int, float]]:
        """Up to `k` (row, cosine similarity) of `articles` or `cases`, nearest first, of the
        `allowed` rows.
        """
        places = self._places[name]
        left = len(places) if allowed is None else int(allowed.sum())
        if left == len(places):
            return [(places[id_], score) for id_, score in self.store.search(name, vector, k)]
        if left > EXACT:
            # So many more that about twice as many as are wanted should be left.
            wide = self.store.search(name, vector, 2 * k * len(places) // left)
            found = [(places[id_], score) for id_, score in wide if allowed[places[id_]]]
            if len(found) >= k:
                return found[:k]
        rows = np.flatnonzero(allowed)
        scores = self.vectors[name][rows] @ vector
        return [(int(rows[i]), float(scores[i])) for i in top(scores, k)]

    def rankings(
        self, facts: str, scope: Scope, charges: Sequence[str] = (), names: Sequence[str] | None = None
    ) -> dict[str, list[int]]:
        """{ranking: rows of articles, best first}: those of `names`, or all whether fused or not.

        `charges`: of the facts, as someone predicts them; with the setting `query: charges` and
        none given, the votes of similar cases.
        """
        allowed = self._article_mask(scope)
        vector = self.vector(facts)
        if self.settings["query"] == "charges" and not charges:
            charges = [charge for charge, _ in self.charges(facts)[:CHARGES]]
        asked, told = vector, facts
        if charges:
            told = "、".join(charges) + "\n" + facts
            asked = self.encoder.encode([told], "query")[0]

        def by_terms() -> list[int]:
            scores = self._article_terms.scores(told) * allowed
            return [int(row) for row in top(scores, DEPTH) if scores[row] > 0]

        rankers = {
            "bm25": by_terms,
            "dense": lambda: [row for row, _ in self.nearest("articles", asked, DEPTH, allowed)],
            "cases": lambda: self._votes(facts, vector, allowed),
            "charges": lambda: self._of_charges(charges, allowed),
        }
        return {name: rankers[name]() for name in (names or rankers)}

    def _votes(self, facts: str, vector: np.ndarray, allowed: np.ndarray) -> list[int]:
        votes: dict[str, float] = defaultdict(float)
        for row, score in self._similar(facts, vector, self.settings["voters"]):
            for ref in self.known[row]["refs"]:
                votes[ref] += score
        found = []
        for ref in sorted(votes, key=lambda ref: -votes[ref]):
            found += [row for row in self._numbered.get((CRIMINAL_LAW, ref), ()) if allowed[row]]
        return found

    def _of_charges(self, charges: Sequence[str], allowed: np.ndarray) -> list[int]:
        return [row for charge in charges for row in self._charged.get(charge, ()) if allowed[row]]

    def case_rankings(
        self, facts: str, vector: np.ndarray, allowed: np.ndarray | None = None
    ) -> dict[str, list[int]]:
        """{bm25, dense: rows of cases, best first}."""
        scores = self._case_terms.scores(facts) * (1 if allowed is None else allowed)
        terms = [int(row) for row in top(scores, DEPTH) if scores[row] > 0]
        return {"bm25": terms, "dense": [row for row, _ in self.nearest("cases", vector, DEPTH, allowed)]}

    def _similar(
        self, facts: str, vector: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> list[tuple[int, float]]:
        return rrf(list(self.case_rankings(facts, vector, allowed).values()), self.settings["rrf_k"])[:k]

    def charges(self, facts: str) -> list[tuple[str, float]]:
        """(charge, share of the votes of the most similar cases), best first."""
        votes: dict[str, float] = defaultdict(float)
        for row, score in self._similar(facts, self.vector(facts), self.settings["voters"]):
            for charge in self.known[row]["charges"]:
                votes[charge] += score
        total = sum(votes.values())
        return [
            (charge, votes[charge] / total) for charge in sorted(votes, key=lambda charge: -votes[charge])
        ]

    def practice(
        self, facts: str, court: str | None, most: int, province: str | None = None
    ) -> list[str] | None:
        """The articles of 刑法 that a court usually cites in such cases: those of at least half of
        its own most similar training cases, at most `most`. None where it has too few, or is not
        known. `province`: its short name; where left out, the court's name must tell it.
        """
        key = courts.key(court, province)
        own = self._courts.get(key, ()) if key and most else ()
        if len(own) < practice.LEAST:
            return None
        allowed = np.zeros(len(self.known), bool)
        allowed[own] = True
        best = self._similar(facts, self.vector(facts), most, allowed)
        return practice.usual([self.known[row]["refs"] for row, _ in best])

    def fuse(self, rankings: dict[str, list[int]]) -> list[tuple[int, float]]:
        """(row, score) of the rankings fused, by the weights of the settings."""
        weights = {name: weight for name, weight in self.settings["weights"].items() if weight}
        chosen = [rankings[name] for name in weights]
        return rrf(chosen, self.settings["rrf_k"], list(weights.values()))

    def articles(
        self,
        facts: str,
        k: int,
        date: str | None = None,
        law: str | None = None,
        charges: Sequence[str] = (),
        named: bool = False,
    ) -> list[dict]:
        """Up to `k` whole articles for the facts of a case, best first: ref, law, text, heading
        (its path), valid_from, valid_to, score.

        `date` (ISO) asks for what was in force that day, else what is in force now; `law` restricts
        to one law; `charges` as in `rankings`. `named`: articles that the text names, in any
        numeral form, come first (score None).
        """
        scope = Scope(date, law)
        used = [name for name, weight in self.settings["weights"].items() if weight]
        fused = self.fuse(self.rankings(facts, scope, charges, used))
        if self.reranker:
            head, rest = fused[: self.reranker.depth], fused[self.reranker.depth :]
            order = self.reranker.order(facts, [self.rows[row]["text"] for row, _ in head])
            fused = [(head[i][0], score) for i, score in order] + rest
        if named:
            first = self._named(facts, scope)
            fused = [(row, None) for row in first] + [(row, s) for row, s in fused if row not in first]
        columns = ("ref", "law", "text", "heading", "valid_from", "valid_to")
        return [
            {**{name: self.rows[row][name] for name in columns}, "score": score} for row, score in fused[:k]
        ]

    def _named(self, text: str, scope: Scope) -> list[int]:
        allowed = self._article_mask(scope)
        cited = [(self._laws.get(plain(law), law), ref) for law, ref in cite.cited_in(text)]
        return [row for name in dict.fromkeys(cited) for row in self._numbered.get(name, ()) if allowed[row]]

    def cases(self, facts: str, k: int, scope: CaseScope | None = None) -> list[dict]:
        """Up to `k` similar training cases that `scope` allows (None: all): the columns of
        cases.parquet, score, and `why`, what each shares with the facts (`similar.explain`).
        """
        found = self._similar(facts, self.vector(facts), k, self.case_mask(scope) if scope else None)
        predicted = [charge for charge, _ in self.charges(facts)[:CHARGES]]
        return [
            {
                **self.known[row],
                "score": score,
                "why": similar.explain(facts, self.known[row], predicted, self._case_terms),
            }
            for row, score in found
        ]
