"""Searching an index: articles for the facts of a case, and similar cases.

Rankings of articles are fused by reciprocal rank: BM25 and vectors, from the facts to the
articles' texts; the votes of similar training cases for the articles that they cite; the articles
of charges that are predicted. The votes know how courts cite: the general part (自首, 缓刑, 罚金)
shares no word with most facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from lexpro.law import courts
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cite, dense, index_files, rerank, similar
from lexpro.retrieval.bm25 import best, top
from lexpro.retrieval.court_citations import usual_citations
from lexpro.retrieval.fusion import rrf
from lexpro.retrieval.same_crime import SameCrime
from lexpro.retrieval.scope import CaseMask, CaseScope, Scope
from lexpro.retrieval.store import Store
from lexpro.statutes.lookup import plain
from lexpro.tasks.context import Decisions
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import steadily

# Rows that each ranking contributes to the fusion.
DEPTH = 100
# Chroma answers, also where a filter leaves a part of its rows: it is asked for so many more that
# enough are left. Where these would be more than `WIDE`, and the filter leaves at most `EXACT`, the
# rows that are left are compared one by one: Chroma's own filters are slower (64,665 articles:
# 325 ms), and its graph misses what a narrow filter leaves.
WIDE, EXACT = 1000, 20_000
# Charges that are predicted for facts.
CHARGES = 2


class Searcher:
    """An index opened for reading; its Chroma folder is copied.

    Args:
        index: the output folder of the `index` stage.

    Raises:
        UserError: the folder is no index, is damaged, or holds vectors of another embedder.
    """

    def __init__(self, index: Path | str):
        steadily(Path(index), self._open)

    def _open(self, index: Path) -> None:
        if hasattr(self, "store"):
            # Replaced while it was read.
            self.close()
        files = index_files.read(index)
        self.card, self.settings = files.card, files.settings
        self.article_rows, self.case_rows = files.articles, files.cases
        self.lexical, self.vectors, self.ranker = files.lexical, files.vectors, files.ranker
        self.encoder = dense.load(index / index_files.EMBEDDER, self.card["embedder"])
        self.case_mask = CaseMask(self.case_rows)
        charges = [case["charges"] for case in self.case_rows]
        self.same_crime = SameCrime(self.ranker, charges) if self.ranker else None
        self._charged: dict[str, list[int]] = defaultdict(list)
        for row, article in enumerate(self.article_rows):
            for charge in article["charges"]:
                self._charged[charge].append(row)
        self._laws = {
            plain(law): law for law in dict.fromkeys(article["law"] for article in self.article_rows)
        }
        self._places = {
            "articles": {article["id"]: row for row, article in enumerate(self.article_rows)},
            "cases": {case["doc_id"]: row for row, case in enumerate(self.case_rows)},
        }
        self._last: tuple[str | None, np.ndarray] = None, np.zeros(0)
        self.reranker = rerank.Reranker(self.settings.reranker) if self.settings.reranker else None
        if rerank.identity(self.settings.reranker) != self.card["reranker"]:
            raise UserError(f"{index} was built with another reranker. Run the index stage again.")
        self.store = Store(index / "chroma", self.settings.server)
        embedder = self.store.card["card"]["embedder"]
        if embedder != self.card["embedder"]:
            self.close()
            raise UserError(
                f"{index}/chroma holds vectors of another embedder ({embedder}). Run the index stage again."
            )
        for name, places in self._places.items():
            if not self.store.count(name) == len(self.vectors[name]) == len(places):
                self.close()
                raise UserError(f"{index}: not as many vectors as {name}. Run the index stage again.")

    def close(self) -> None:
        """Remove the copy of the database, and stop its server where there is one."""
        self.store.close()

    def vector(self, facts: str) -> np.ndarray:
        """The vector of facts, [dimension] float32; those asked last are not read twice."""
        if self._last[0] != facts:
            self._last = facts, self.encoder.encode([facts], "query")[0]
        return self._last[1]

    def nearest(
        self, name: str, vector: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> list[tuple[int, float]]:
        """The rows whose vectors are nearest.

        Args:
            name: articles or cases.
            vector: [dimension] float32, of unit length.
            k: most rows.
            allowed: [rows] bool, the rows that may be returned; None for all.

        Returns:
            (row, cosine similarity), nearest first.
        """
        places = self._places[name]
        left = len(places) if allowed is None else int(allowed.sum())
        if left == len(places):
            return [(places[id_], score) for id_, score in self.store.search(name, vector, k)]
        # So many that about twice as many as are wanted should be left.
        asked = 2 * k * len(places) // max(left, 1)
        if left and (left > EXACT or asked <= WIDE):
            wide = self.store.search(name, vector, asked)
            near = [(places[id_], score) for id_, score in wide if allowed[places[id_]]]
            if len(near) >= min(k, left):
                return near[:k]
        rows = np.flatnonzero(allowed)
        scores = self.vectors[name][rows] @ vector
        return [(int(rows[i]), float(scores[i])) for i in top(scores, k)]

    def rankings(
        self, facts: str, scope: Scope, charges: Sequence[str] = (), names: Sequence[str] | None = None
    ) -> dict[str, list[int]]:
        """The rankings of articles that may be fused.

        Args:
            facts: what happened.
            scope: day and law of the articles.
            charges: of the facts, as someone predicts them. With the setting `query: charges` and
                none given, those of similar cases.
            names: the rankings wanted (bm25, dense, cases, charges); None for all.

        Returns:
            Name → rows of articles, best first.
        """
        allowed = self.lexical.mask(scope)
        vector = self.vector(facts)
        if self.settings.query == "charges" and not charges:
            charges = [charge for charge, _ in self.charges(facts)[:CHARGES]]
        query_vector, query = vector, facts
        if charges:
            query = "、".join(charges) + "\n" + facts
            query_vector = self.encoder.encode([query], "query")[0]
        rankers = {
            "bm25": lambda: self.lexical.rank_articles(query, DEPTH, allowed),
            "dense": lambda: [row for row, _ in self.nearest("articles", query_vector, DEPTH, allowed)],
            "cases": lambda: self.lexical.votes(self._similar(facts, vector, self.settings.voters), allowed),
            "charges": lambda: self._articles_of_charges(charges, allowed),
            "learned": lambda: self._learned(facts, allowed),
        }
        return {name: rankers[name]() for name in (names or rankers)}

    def _articles_of_charges(self, charges: Sequence[str], allowed: np.ndarray) -> list[int]:
        return [row for charge in charges for row in self._charged.get(charge, ()) if allowed[row]]

    def _learned(self, facts: str, allowed: np.ndarray) -> list[int]:
        if not self.ranker:
            return []
        refs = islice(self.ranker.shares(facts), DEPTH)
        return [row for ref in refs for row in self.lexical.versions(CRIMINAL_LAW, ref) if allowed[row]]

    def case_rankings(
        self, facts: str, vector: np.ndarray, allowed: np.ndarray | None = None
    ) -> dict[str, list[int]]:
        """{bm25, dense: rows of cases, best first}; `learned` too where there is a ranker.

        Args:
            facts: what happened.
            vector: of the facts, [dimension] float32, of unit length.
            allowed: [cases] bool, the rows that may be returned; None for all.

        Returns:
            At most `DEPTH` rows for each.
        """
        rankings = {
            "bm25": self.lexical.rank_cases(facts, DEPTH, allowed),
            "dense": [row for row, _ in self.nearest("cases", vector, DEPTH, allowed)],
        }
        if self.same_crime:
            rankings["learned"] = self._of_same_crime(self.same_crime, facts, allowed)
        return rankings

    def _of_same_crime(self, order: SameCrime, facts: str, allowed: np.ndarray | None) -> list[int]:
        scores = order.scores(facts, self.lexical.case_scores(facts))
        # Above 0, or a filter for another crime would leave none.
        return best(np.maximum(scores, 0) + 1e-9, DEPTH, allowed)

    def _similar(
        self, facts: str, vector: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> list[tuple[int, float]]:
        if self.same_crime:
            # Better than either of the others (perf/similar_cases.py), so these are not asked.
            rankings = [self._of_same_crime(self.same_crime, facts, allowed)]
        else:
            rankings = list(self.case_rankings(facts, vector, allowed).values())
        return rrf(rankings, self.settings.rrf_k)[:k]

    def decisions(self, facts: str) -> Decisions | None:
        """What courts decide in such cases; None without a ranker."""
        return self.ranker.decisions(facts) if self.ranker else None

    def charges(self, facts: str) -> list[tuple[str, float]]:
        """(charge, share), best first: by the ranker, else by the votes of similar cases."""
        if self.ranker:
            _, scores = self.ranker.scores(facts)
            places = best(np.maximum(scores, 0), self.settings.voters)
            whole = float(scores[places].sum())
            return [(self.ranker.labels.charges[place], float(scores[place]) / whole) for place in places]
        votes: dict[str, float] = defaultdict(float)
        for row, score in self._similar(facts, self.vector(facts), self.settings.voters):
            for charge in self.case_rows[row]["charges"]:
                votes[charge] += score
        total = sum(votes.values())
        return [
            (charge, votes[charge] / total) for charge in sorted(votes, key=lambda charge: -votes[charge])
        ]

    def court_citations(
        self, facts: str, court: str | None, most: int, province: str | None = None
    ) -> list[str] | None:
        """The articles of the Criminal Law that a court usually cites in such cases.

        Args:
            facts: what happened.
            court: its name.
            most: how many of its training cases speak, the most similar ones; 0 for none.
            province: its short name; where left out, the court's name must tell it.

        Returns:
            Refs that at least half of those cases cite, most cited first; None where the court has
            too few cases, or is not known.
        """
        own = self.lexical.court_cases(courts.key(court, province)) if most else []
        if not own:
            return None
        allowed = np.zeros(len(self.case_rows), bool)
        allowed[own] = True
        nearest = self._similar(facts, self.vector(facts), most, allowed)
        return usual_citations([self.lexical.cases[row].refs for row, _ in nearest])

    def fuse(self, rankings: dict[str, list[int]]) -> list[tuple[int, float]]:
        """(row, score) of the rankings fused, by the weights of the settings."""
        weights = self._weights()
        return rrf([rankings[name] for name in weights], self.settings.rrf_k, list(weights.values()))

    def _weights(self) -> dict[str, float]:
        return {name: weight for name, weight in self.settings.weights if weight}

    def articles(
        self,
        facts: str,
        k: int,
        date: str | None = None,
        law: str | None = None,
        charges: Sequence[str] = (),
        named: bool = False,
    ) -> list[dict]:
        """The articles for the facts of a case.

        Args:
            facts: what happened.
            k: most articles.
            date: ISO; what was in force that day, today for None.
            law: only articles of it; None for any.
            charges: as in `rankings`.
            named: articles that the text names, in any numeral form, come first (score None).

        Returns:
            Whole articles, best first: ref, law, text, heading (its path), valid_from, valid_to,
            score, and share: about that of such cases that cite it, None where no ranker knows it.
        """
        scope = Scope(date, law)
        fused = self.fuse(self.rankings(facts, scope, charges, list(self._weights())))
        if self.reranker:
            head, rest = fused[: self.reranker.depth], fused[self.reranker.depth :]
            order = self.reranker.order(facts, [self.article_rows[row]["text"] for row, _ in head])
            fused = [(head[i][0], score) for i, score in order] + rest
        if named:
            first = self._named(facts, scope)
            fused = [(row, None) for row in first] + [(row, s) for row, s in fused if row not in first]
        columns = ("ref", "law", "text", "heading", "valid_from", "valid_to")
        shares = self.ranker.shares(facts) if self.ranker else {}
        found = fused[:k]
        if self.settings.by_words and law == CRIMINAL_LAW:
            score_of, allowed = dict(fused), self.lexical.mask(scope)
            kept = self.lexical.keep_by_words(list(score_of), facts, k, self.settings.by_words, allowed)
            found = [(row, score_of.get(row)) for row in kept]
        result = []
        for row, score in found:
            article = {name: self.article_rows[row][name] for name in columns}
            share = shares.get(article["ref"]) if article["law"] == CRIMINAL_LAW else None
            result.append({**article, "score": score, "share": share})
        return result

    def _named(self, text: str, scope: Scope) -> list[int]:
        allowed = self.lexical.mask(scope)
        cited = [(self._laws.get(plain(law), law), ref) for law, ref in cite.cited_in(text)]
        return [row for name in dict.fromkeys(cited) for row in self.lexical.versions(*name) if allowed[row]]

    def cases(self, facts: str, k: int, scope: CaseScope | None = None) -> list[dict]:
        """Similar training cases.

        Args:
            facts: what happened.
            k: most cases.
            scope: those that may be returned; None for all.

        Returns:
            The columns of cases.parquet, score, and `why`: what each case shares with the facts
            (`similar.explain`).
        """
        near = self._similar(facts, self.vector(facts), k, self.case_mask(scope) if scope else None)
        predicted = [charge for charge, _ in self.charges(facts)[:CHARGES]]
        return [
            {
                **self.case_rows[row],
                "score": score,
                "why": similar.explain(facts, self.case_rows[row], predicted, self.lexical.case_terms),
            }
            for row, score in near
        ]
