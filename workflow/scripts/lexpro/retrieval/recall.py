"""How much of what courts cite is retrieved, and how alike similar cases are.

The baseline of the first is a constant list of articles, that of the second cases of the same
charge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval.bm25 import top
from lexpro.retrieval.fusion import rrf
from lexpro.retrieval.scope import CaseScope, Scope
from lexpro.retrieval.search import Searcher

KS = (1, 3, 5, 10)
# Similar cases that are looked at.
CASES = 5


@dataclass(frozen=True, slots=True)
class Query:
    """The facts of a held-out case, and what its judgment says.

    `refs` are the articles of the Criminal Law that it cites, `date` is ISO.
    """

    facts: str
    refs: frozenset[str]
    date: str | None = None
    charges: tuple[str, ...] = ()


def recall(ranked: Sequence[str], gold: set[str] | frozenset[str], k: int) -> float:
    """The share of `gold` (not empty) among the first `k`.

    Args:
        ranked: refs of articles, best first.
        gold: the refs that should be among them.
        k: how many of the ranked ones count.

    Returns:
        In [0, 1].

    Raises:
        ZeroDivisionError: `gold` is empty.
    """
    return len(gold & set(ranked[:k])) / len(gold)


def most_cited(cases: Iterable[dict], k: int = max(KS)) -> list[str]:
    """The refs that most training cases cite, most cited first."""
    counts = Counter(ref for case in cases for ref in case["refs"])
    return [ref for ref, _ in counts.most_common(k)]


def measure(searcher: Searcher, queries: Sequence[Query], vectors: np.ndarray) -> dict:
    """What recall.json says.

    Args:
        searcher: the index.
        queries: held-out cases.
        vectors: the articles', [articles, dimension] float32.

    Returns:
        `systems`: mean recall at each of `KS`, of every ranking, of their fusion by `weights`, and
        of `constant`, which always answers with the articles that most training cases cite.
        `chroma_recall_at_10`: the share of the ten nearest articles by exact search that Chroma
        finds. `similar_cases`: as `similar`.
    """
    constant = most_cited(searcher.case_rows)
    weights = {name: weight for name, weight in searcher.settings.weights if weight}
    silent = {"charges"} if searcher.ranker else {"charges", "learned"}
    names = [name for name, weight in searcher.settings.weights if weight or name not in silent]
    sums = {name: np.zeros(len(KS)) for name in (*names, "fused", "constant")}
    agreement = []
    for query in queries:
        rankings = searcher.rankings(query.facts, Scope(query.date, CRIMINAL_LAW), names=names)
        fused = [row for row, _ in searcher.fuse(rankings)]
        answers = {
            name: [searcher.article_rows[row]["ref"] for row in rows] for name, rows in rankings.items()
        }
        answers |= {"fused": [searcher.article_rows[row]["ref"] for row in fused], "constant": constant}
        for name, refs in answers.items():
            sums[name] += [recall(refs, query.refs, k) for k in KS]
        agreement.append(_agreement(searcher, query.facts, vectors))
    n = len(queries)
    systems = {
        name: {str(k): round(float(v), 6) for k, v in zip(KS, total / n, strict=True)} if n else {}
        for name, total in sums.items()
    }
    return {
        "n": n,
        "recall_at_5": systems["fused"].get("5"),
        "weights": weights,
        "systems": systems,
        "chroma_recall_at_10": round(float(np.mean(agreement)), 6) if agreement else None,
        "similar_cases": similar(searcher, queries),
    }


def _agreement(searcher: Searcher, facts: str, vectors: np.ndarray) -> float:
    query = searcher.vector(facts)
    exact = {int(row) for row in top(vectors @ query, 10)}
    approximate = {row for row, _ in searcher.nearest("articles", query, 10)}
    return len(exact & approximate) / max(len(exact), 1)


def alike(refs: frozenset[str], case: dict) -> float:
    """How much a case cites the same: shared articles over all articles of both (Jaccard)."""
    return len(refs & set(case["refs"])) / len(refs | set(case["refs"]))


def similar(searcher: Searcher, queries: Sequence[Query]) -> dict[str, dict[str, float]]:
    """How alike the first five cases of each system are to the queries.

    Most of what cases have in common is their charge. So the rows `same charge, …` are told the
    true charge and order only its cases: by BM25 is the baseline of every figure, `random` the mean
    over all of them, and what `fused` has more than it is the charge-controlled score.

    Returns:
        System → `charge`, the share of cases with the query's first charge, and `articles`, the
        mean of `alike`.
    """
    scores: dict[str, list[tuple[float, float]]] = {}
    for query in queries:
        same = searcher.case_mask(CaseScope(charge=query.charges[0])) if query.charges else np.zeros(0, bool)
        if not same.any():
            continue
        vector = searcher.vector(query.facts)
        lists: dict[str, Sequence[int]] = {"same charge, random": np.flatnonzero(same)}
        for prefix, allowed in (("", None), ("same charge, ", same)):
            rankings = searcher.case_rankings(query.facts, vector, allowed)
            fused = rrf(list(rankings.values()), searcher.settings.rrf_k)
            rankings["fused"] = [row for row, _ in fused]
            lists |= {prefix + name: rows[:CASES] for name, rows in rankings.items()}
        for name, rows in lists.items():
            if len(rows):
                pairs = [
                    (
                        query.charges[0] in (case := searcher.case_rows[row])["charges"],
                        alike(query.refs, case),
                    )
                    for row in rows
                ]
                scores.setdefault(name, []).append(tuple(np.mean(pairs, axis=0)))
    means = {name: np.mean(rows, axis=0) for name, rows in sorted(scores.items())}
    return {
        name: {"charge": round(float(c), 6), "articles": round(float(a), 6)} for name, (c, a) in means.items()
    }
