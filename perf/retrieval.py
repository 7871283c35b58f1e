"""Statutes and similar cases, found for facts, beside published rows and those that tell nothing.

LEXPRO_MIRROR=… python perf/retrieval.py [--json FILE]

**Statutes.** JuDGE: 501 queries (facts of real judgments), 452 articles of the Criminal Law, 2,165
cited pairs. Published: BM25 and TF-IDF of Judge-R1, Table 1 (oneal2000/Judge-R1), and its agentic
system. `constant` is one list of the ten articles that the training judgments cite most, for every
query alike. `learned` is `index.ranker`, learned from the training cases of the experiment `lecard`
(its stages run first where they have not) less those that repeat a fifth of a query. `rare` counts
only articles that one or two test cases cite: there no prior helps. `ms` is processor time a query.

**Plain words.** The charge of 60 descriptions in everyday words (tests/references/README.md).

**Similar cases.** LeCaRD v1: perf/similar_cases.py says how.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from lexpro.config.index import Ranker as Settings
from lexpro.retrieval.bm25 import BM25, top
from lexpro.retrieval.ranker import Ranker
from lexpro.retrieval.tokenize import words
from lexpro.stats import Interval, bootstrap
from lexpro.workflow.files import write_json

# P@5, P@10, R@5, R@10.
METRICS = ("precision_at_5", "precision_at_10", "recall_at_5", "recall_at_10")
PUBLISHED = {"bm25": (0.1501, 0.1024, 0.1958, 0.2649), "tf-idf": (0.1625, 0.1200, 0.2096, 0.3074)}
AGENTIC = (0.6383, 0.3878, 0.7806, 0.9159)
Search = Callable[[str], Sequence[str]]
JUDGE = "oneal2000__JuDGE/data"
ROOT = Path(__file__).resolve().parents[1]
PLAIN_WORDS = ROOT / "tests/references/plain_words.jsonl"
# Files of LeCaRD on cases of JuDGE's test set: other judgments of the same case, with other texts.
SAME_CASE = ("38347.json", "38414.json")


def load(folder: Path) -> tuple[list[str], list[str], list[tuple[str, set[str]]], Counter[str]]:
    """(refs, texts) of the articles, (facts, cited refs) of the queries, citations in the training
    judgments.
    """
    laws = [json.loads(line) for line in (folder / "law_corpus.jsonl").open(encoding="utf-8")]
    tests = [json.loads(line) for line in (folder / "test.json").open(encoding="utf-8")]
    queries = [(row["text"], {str(ref) for ref in row["la"]}) for row in tests]
    lines = (folder / "qrels_file_train").read_text(encoding="utf-8").splitlines()
    prior = Counter(line.split()[2] for line in lines)
    return [str(law["text_id"]) for law in laws], [law["text"] for law in laws], queries, prior


def tfidf(texts: Sequence[str]) -> Callable[[str], np.ndarray]:
    """Scores by scikit-learn's TfidfVectorizer with its defaults, on words joined by blanks: the
    published setting.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer()
    matrix = vectorizer.fit_transform([" ".join(words(text)) for text in texts])
    return lambda query: (matrix @ vectorizer.transform([" ".join(words(query))]).T).toarray()[:, 0]


def systems(refs: list[str], texts: list[str], prior: Counter[str]) -> dict[str, Search]:
    """Name → a search for ten refs."""
    by_words, by_bigrams, cosine = BM25(texts, "words"), BM25(texts, "bigrams"), tfidf(texts)
    constant = [ref for ref, _ in prior.most_common(10)]

    def named(scores: np.ndarray) -> list[str]:
        return [refs[row] for row in top(scores, 10)]

    return {
        "bm25": lambda query: named(by_words.scores(query)),
        "tf-idf": lambda query: named(cosine(query)),
        "bm25 bigrams": lambda query: named(by_bigrams.scores(query)),
        "constant": lambda query: constant,
    }


def base(ref: str) -> str:
    """The article without 之X: JuDGE has none."""
    return ref.partition("之")[0]


def learned(refs: Sequence[str], ranker: Ranker) -> Search:
    """A search by a ranker for ten refs."""
    known = set(refs)

    def search(query: str) -> list[str]:
        scores, _ = ranker.scores(query)
        found = dict.fromkeys(base(ranker.labels.refs[place]) for place in top(scores, 30))
        return [ref for ref in found if ref in known][:10]

    return search


def measure(search: Search, queries: list[tuple[str, set[str]]]) -> np.ndarray:
    """P@5, P@10, R@5, R@10 of each query, and a 1: [queries, 5]."""
    table = np.ones((len(queries), len(METRICS) + 1))
    for row, (query, gold) in enumerate(queries):
        ranked = search(query)
        hits = [len(gold & set(ranked[:k])) for k in (5, 10)]
        table[row, :-1] = [hits[0] / 5, hits[1] / 10, hits[0] / len(gold), hits[1] / len(gold)]
    return table


def evaluate(search: Search, queries: list[tuple[str, set[str]]]) -> tuple[float, ...]:
    """Mean P@5, P@10, R@5, R@10."""
    return tuple(float(value) for value in measure(search, queries)[:, :-1].mean(axis=0))


def intervals(table: np.ndarray) -> dict[str, Interval]:
    """The means of what `measure` gives, with 95 % intervals over queries."""
    means = {name: lambda sums, at=at: sums[..., at] / sums[..., -1] for at, name in enumerate(METRICS)}
    return dict(bootstrap(table, means))


def rare(queries: list[tuple[str, set[str]]], most: int = 2) -> list[tuple[str, set[str]]]:
    """The queries that cite an article which at most `most` of them cite, with these articles
    only.
    """
    counts = Counter(ref for _, gold in queries for ref in gold)
    left = ((query, {ref for ref in gold if counts[ref] <= most}) for query, gold in queries)
    return [(query, gold) for query, gold in left if gold]


def plain_words(ranker: Ranker) -> dict[str, int]:
    """Print which descriptions in plain words have the right charge first."""
    lines = PLAIN_WORDS.read_text(encoding="utf-8").splitlines()
    right = first_three = 0
    for row in map(json.loads, lines):
        _, scores = ranker.scores(row["text"])
        named = [ranker.labels.charges[place] for place in top(scores, 3)]
        right += named[0] == row["charge"]
        first_three += row["charge"] in named
        if named[0] != row["charge"]:
            print(f"{row['id']}: {row['charge']}, answered {named[0]}")
    print(f"plain words: {right} of {len(lines)} right, {first_three} among the first three\n")
    return {"right": right, "among_three": first_three, "of": len(lines)}


def judge(mirror: Path, others: list[str]) -> tuple[dict[str, float | list[float]], Ranker]:
    """Print the table of JuDGE.

    Args:
        mirror: the folder with JuDGE.
        others: further texts that no training case may repeat.

    Returns:
        Figures of `learned`, where `…_interval` has their intervals; the ranker.
    """
    import training_cases

    refs, texts, queries, prior = load(mirror / JUDGE)
    uncommon = rare(queries)
    known, files, articles = training_cases.read(ROOT)
    near = [doc_id for doc_id, file in files.items() if file.endswith(SAME_CASE)]
    used = training_cases.unseen(known, [query for query, _ in queries] + others, near)
    started = time.perf_counter()
    ranker = Ranker.learn(used, articles, Settings())
    seconds = time.perf_counter() - started
    print(f"{len(used)} of {len(known)} training cases, learned in {seconds:.0f} s\n")
    by_system = systems(refs, texts, prior) | {"learned": learned(refs, ranker)}
    heads = " ".join(f"{head:>7}" for head in ("P@5", "P@10", "R@5", "R@10"))
    print(f"{'system':14} {heads} {'published R@10':>15} {'rare R@10':>10} {'ms':>6}")
    for name, search in by_system.items():
        search(queries[0][0])
        started = time.process_time()
        table = measure(search, queries)
        cost = 1000 * (time.process_time() - started) / len(queries)
        published = f"{PUBLISHED[name][3]:.4f}" if name in PUBLISHED else "-"
        cells = " ".join(f"{value:7.4f}" for value in table[:, :-1].mean(axis=0))
        seldom = measure(search, uncommon)
        print(f"{name:14} {cells} {published:>15} {seldom[:, 3].mean():10.4f} {cost:6.1f}")
    print(f"{'Judge-R1':14} {' '.join(f'{value:7.4f}' for value in AGENTIC)} (published, pretrained)")
    figures: dict[str, float | list[float]] = {}
    for name, interval in {
        **intervals(table),
        "rare_recall_at_10": intervals(seldom)["recall_at_10"],
    }.items():
        figures |= {name: interval.value, f"{name}_interval": [interval.low, interval.high]}
        print(f"learned: {name} {interval.value:.4f} [{interval.low:.4f}, {interval.high:.4f}]")
    return figures | {"ms": cost, "training_cases": len(used), "learned_in_s": seconds}, ranker


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the figures of what is learned here")
    args = parser.parse_args()
    mirror = Path(os.environ.get("LEXPRO_MIRROR", ""))
    if not (mirror / JUDGE).is_dir() or not (mirror / "LawRefBook__Laws").is_dir():
        sys.exit("LEXPRO_MIRROR must name a folder with oneal2000__JuDGE and LawRefBook__Laws (docs/data.md)")
    import similar_cases

    queries, records = similar_cases.read()
    found, ranker = judge(mirror, [query.facts for query in queries])
    figures = {"judge": found, "plain_words": plain_words(ranker)}
    figures["lecard"] = similar_cases.measure(queries, records, ranker)
    if args.json:
        write_json(args.json, figures)


if __name__ == "__main__":
    main()
