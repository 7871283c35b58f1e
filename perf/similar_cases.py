"""Similar cases by the labels of lawyers: LeCaRD v1, 107 queries pools of 100 candidates.

Thirty candidates of each pool have a label from 0 to 3. By LeCaRD's own measures: precision of the
first five and mean average precision of label 3, and nDCG@10 of all labels, of the candidates that
have a label. `pool nDCG@10` ranks the whole pool, where a candidate without a label counts 0.

`learned` is `same_crime.SameCrime`, what `Searcher.cases` uses. Its ranker learns from the training
cases of `lecard` less those that repeat a fifth of a query; its weight of the words is chosen on
four fifths of the queries for each fifth. A candidate's charges are known, as a judgment's are; the
query's are not. `same charge` is told them, and orders by words what agrees as well: no system.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lexpro import datasets
from lexpro.law import charges
from lexpro.retrieval.bm25 import BM25
from lexpro.retrieval.ranker import Ranker
from lexpro.retrieval.same_crime import SameCrime
from lexpro.stats import bootstrap

METRICS = ("p_at_5", "map", "ndcg_at_10", "pool_ndcg_at_10")
# Published: LeCaRD's authors (SIGIR 2021), BERT.
BERT = (0.47, 0.568, 0.774)
FOLDS, WEIGHTS, RELEVANT = 5, (0.05, 0.1, 0.25, 0.5, 1.0), 3
# Read of a reasoning and verdict, where the charges stand, and of the facts (characters).
VERDICT, FACTS = 4000, 2000


@dataclass(frozen=True, slots=True)
class Query:
    """Facts, what they were convicted of, the ids of the pool, and id → label."""

    facts: str
    charges: frozenset[str]
    pool: list[str]
    labels: dict[str, int]


def read() -> tuple[list[Query], dict[str, dict]]:
    """The queries, and the record of each candidate by id."""
    folders = {
        name: datasets.resolve(datasets.find(f"lecard1{name}"), datasets.CACHE)
        for name in ("", "_queries", "_labels", "_pools")
    }
    labels = json.loads((folders["_labels"] / "label_top30_dict.json").read_text(encoding="utf-8"))
    pools = json.loads((folders["_pools"] / "combined_top100.json").read_text(encoding="utf-8"))
    queries, records = [], {}
    for line in (folders["_queries"] / "query.json").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        key = str(row["ridx"])
        pool = [str(one) for one in pools[key]]
        names = frozenset(filter(None, map(charges.canonical, row["crime"])))
        queries.append(Query(row["q"], names, pool, labels[key]))
        for one in pool:
            if one not in records:
                path = folders[""] / key / f"{one}.json"
                records[one] = json.loads(path.read_text(encoding="utf-8"))
    return queries, records


def charges_of(record: dict) -> list[str]:
    """What a candidate convicts of, by its verdict, reasoning and title."""
    parts = [record.get("pjjg") or "", record.get("cpfxgc") or "", record.get("writName") or ""]
    return list(dict.fromkeys(name for name, _, _ in charges.find("".join(parts)[:VERDICT])))


def dcg(gains: list[int]) -> float:
    """Discounted cumulative gain of the first ten."""
    return sum(gain / np.log2(place + 2) for place, gain in enumerate(gains[:10]))


def score(query: Query, ranked: list[str]) -> list[float]:
    """The measures of one query, as `METRICS` names them."""
    known = [query.labels[one] for one in ranked if one in query.labels]
    hits = [place for place, label in enumerate(known, 1) if label == RELEVANT]
    ideal = dcg(sorted(query.labels.values(), reverse=True))
    precision = sum(place <= 5 for place in hits) / 5
    average = sum(n / place for n, place in enumerate(hits, 1)) / len(hits) if hits else 0.0
    whole = [query.labels.get(one, 0) for one in ranked]
    return [precision, average, dcg(known) / ideal, dcg(whole) / ideal]


def by_folds(queries: list[Query], rank: Callable[[Query, float], list[str]]) -> np.ndarray:
    """The measures of each query; its weight is best (MAP) on the other folds' queries."""
    tables = {weight: np.array([score(q, rank(q, weight)) for q in queries]) for weight in WEIGHTS}
    table = np.zeros_like(tables[WEIGHTS[0]])
    fold = np.arange(len(queries)) % FOLDS
    for number in range(FOLDS):
        weight = max(WEIGHTS, key=lambda w: tables[w][fold != number, 1].mean())
        print(f"fold {number}: weight of the words {weight}")
        table[fold == number] = tables[weight][fold == number]
    return table


def measure(queries: list[Query], records: dict[str, dict], ranker: Ranker) -> dict[str, float | list[float]]:
    """Print the table.

    Args:
        queries: as `read` gives them.
        records: those of the candidates.
        ranker: learned from cases that do not repeat the queries.

    Returns:
        Figures of `learned`; `…_interval` has their intervals.
    """
    ids = list(records)
    place = {one: number for number, one in enumerate(ids)}
    own = [charges_of(records[one]) for one in ids]
    crime = SameCrime(ranker, own)
    words = BM25([(records[one].get("ajjbqk") or records[one]["qw"])[:FACTS] for one in ids])
    likely = {query.facts: crime.agreement(query.facts) for query in queries}
    near = {query.facts: words.scores(query.facts) for query in queries}

    def ordered(query: Query, scores: np.ndarray) -> list[str]:
        rows = np.array([place[one] for one in query.pool])
        return [query.pool[at] for at in np.argsort(-scores[rows], kind="stable")]

    def ours(query: Query, weight: float) -> list[str]:
        text = near[query.facts]
        return ordered(query, likely[query.facts] + weight * text / max(float(text.max()), 1e-6))

    def told(query: Query) -> list[str]:
        both = [len(query.charges & set(names)) / max(len(query.charges | set(names)), 1) for names in own]
        text = near[query.facts]
        return ordered(query, np.array(both) + text / text.max() / 100)

    tables = {
        "bm25": np.array([score(q, ordered(q, near[q.facts])) for q in queries]),
        "learned": by_folds(queries, ours),
        "same charge": np.array([score(q, told(q)) for q in queries]),
    }
    print(f"\n{'system':12} {'P@5':>7} {'MAP':>7} {'nDCG@10':>8} {'pool nDCG@10':>13}")
    for name, table in tables.items():
        print("{:12} {:7.4f} {:7.4f} {:8.4f} {:13.4f}".format(name, *table.mean(axis=0)))
    print("{:12} {:7.4f} {:7.4f} {:8.4f} (published)".format("BERT", *BERT))
    means = {name: lambda sums, at=at: sums[..., at] / sums[..., -1] for at, name in enumerate(METRICS)}
    table = np.hstack([tables["learned"], np.ones((len(queries), 1))])
    figures: dict[str, float | list[float]] = {}
    for name, interval in bootstrap(table, means).items():
        figures |= {name: interval.value, f"{name}_interval": [interval.low, interval.high]}
        print(f"learned: {name} {interval.value:.4f} [{interval.low:.4f}, {interval.high:.4f}]")
    return figures
