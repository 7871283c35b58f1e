"""How much of what courts cite is found: recall of each ranking, beside a constant list that reads
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval.bm25 import top
from lexpro.retrieval.search import Scope, Searcher

KS = (1, 3, 5, 10)
# The facts of a held-out case, the articles of 刑法 that its judgment cites, and its date (ISO or None).
Query = tuple[str, set[str], str | None]


def recall(found: Sequence[str], gold: set[str], k: int) -> float:
    """The share of `gold` (not empty) among the first `k`."""
    return len(gold & set(found[:k])) / len(gold)


def most_cited(cases: Iterable[dict], k: int = max(KS)) -> list[str]:
    """The refs that most training cases cite, most cited first."""
    counts = Counter(ref for case in cases for ref in case["refs"])
    return [ref for ref, _ in counts.most_common(k)]


def measure(searcher: Searcher, queries: Sequence[Query], vectors: np.ndarray) -> dict:
    """Mean recall at each k of every system over `queries`, as `recall.json` has it.

    `constant` always answers with the most cited articles of the training cases. `chroma_recall_at_10` is
    the share of the ten nearest of `vectors` (the articles', by exact search) that Chroma finds.
    """
    constant = most_cited(searcher.known)
    sums = {name: np.zeros(len(KS)) for name in ("bm25", "dense", "cases", "fused", "constant")}
    agreement = []
    for facts, gold, date in queries:
        rankings = searcher.rankings(facts, Scope(date, CRIMINAL_LAW))
        fused = [row for row, _ in searcher.fuse(rankings)]
        answers = {name: [searcher.rows[row]["ref"] for row in rows] for name, rows in rankings.items()}
        answers |= {"fused": [searcher.rows[row]["ref"] for row in fused], "constant": constant}
        for name, found in answers.items():
            sums[name] += [recall(found, gold, k) for k in KS]
        agreement.append(_agreement(searcher, facts, vectors))
    n = len(queries)
    systems = {
        name: {str(k): round(float(v), 6) for k, v in zip(KS, total / n, strict=True)} if n else {}
        for name, total in sums.items()
    }
    return {
        "n": n,
        "recall_at_5": systems["fused"].get("5"),
        "systems": systems,
        "chroma_recall_at_10": round(float(np.mean(agreement)), 6) if agreement else None,
    }


def _agreement(searcher: Searcher, facts: str, vectors: np.ndarray) -> float:
    query = searcher.encoder.encode([facts], "query")[0]
    exact = {int(row) for row in top(vectors @ query, 10)}
    found = {row for row, _ in searcher.store.search("articles", query, 10)}
    return len(exact & found) / max(len(exact), 1)
