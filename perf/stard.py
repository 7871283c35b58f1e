"""Statute retrieval for lay questions: STARD over every article of the national collection, no
model.

LEXPRO_MIRROR=… python perf/stard.py

772 questions (every second one of STARD), about 64,700 articles. Gold are the articles of each
question's `match_name`, found by law and number; where the collection has several versions of one,
any of them. Intervals: bootstrap over questions. BM25's printed figures on STARD's own corpus
(55,348 articles, all 1,543 questions): R@10 .3943, R@100 .649.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from lexpro.law import articles
from lexpro.retrieval.bm25 import BM25, top
from lexpro.retrieval.fusion import rrf
from lexpro.stats import bootstrap
from lexpro.statutes import collection
from lexpro.statutes.table import Row

Key = tuple[str, str]
METRICS = ("R@5", "R@10", "R@100", "MRR@10", "nDCG@10")
DEPTH = 300


def key(name: str) -> Key | None:
    """(law, ref) of 中华人民共和国民法典第五十四条; None where it names no article."""
    start = name.rfind("第")
    parsed = articles.parse(name[start:]) if start > 0 else []
    return (articles.law_name(name[:start].strip("《》")), parsed[0].ref) if parsed else None


def same(law: str) -> str:
    """A law's name without the country's, its issuer, quotation marks and 的解释's variants: as
    people shorten it.
    """
    for mark in "《》〈〉（）()、最高人民法院检察和":
        law = law.replace("中华人民共和国", "").replace(mark, "")
    return law


def questions(path: Path, rows: list[Row]) -> tuple[list[str], list[set[Key]], int]:
    """(questions, gold keys, names that the collection lacks)."""
    known = {(row.law, row.ref) for row in rows}
    short: dict[Key, set[Key]] = {}
    for law, ref in known:
        short.setdefault((same(law), ref), set()).add((law, ref))
    asked, gold, missing = [], [], 0
    for entry in json.loads(path.read_text(encoding="utf-8")):
        names = [key(name) for name in entry["match_name"]]
        wanted = set()
        for name in names:
            if name in known:
                wanted.add(name)
            elif name and len(same_name := short.get((same(name[0]), name[1]), set())) == 1:
                wanted |= same_name
            else:
                missing += 1
                # Not there to be found: it stays in the denominator.
                wanted.add(name or ("", ""))
        asked.append(entry["问题"])
        gold.append(wanted)
    return asked, gold, missing


def measure(ranked: list[Key], gold: set[Key]) -> list[float]:
    """The metrics of one question."""
    hits = [at for at, name in enumerate(ranked) if name in gold]
    ideal = sum(1 / np.log2(2 + at) for at in range(min(len(gold), 10)))
    recalls = [sum(at < k for at in hits) / len(gold) for k in (5, 10, 100)]
    first = 1 / (1 + hits[0]) if hits and hits[0] < 10 else 0.0
    return [*recalls, first, sum(1 / np.log2(2 + at) for at in hits if at < 10) / ideal]


def distinct(rows: list[Row], order: list[int]) -> list[Key]:
    """The articles of ranked rows, versions of one taken together."""
    return list(dict.fromkeys((rows[row].law, rows[row].ref) for row in order))[:100]


def systems(rows: list[Row]) -> dict[str, Callable[[str], list[int]]]:
    """Name → ranked rows. The law's name stands before each article's text, as questions often name
    it.
    """
    texts = [f"{row.law} {row.heading}\n{row.text}" for row in rows]
    bigrams, words = BM25(texts, "bigrams", b=0.4), BM25(texts, "words", b=0.4)

    def ranked(index: BM25, question: str) -> list[int]:
        return [int(row) for row in top(index.scores(question), DEPTH)]

    def fused(question: str) -> list[int]:
        return [row for row, _ in rrf([ranked(bigrams, question), ranked(words, question)], k=60)]

    return {
        "bm25 bigrams": lambda question: ranked(bigrams, question),
        "bm25 words": lambda question: ranked(words, question),
        "fused": fused,
    }


def main() -> None:
    mirror = Path(os.environ.get("LEXPRO_MIRROR", ""))
    path = mirror / "oneal2000__STARD/data/queries.json"
    if not path.is_file() or not (mirror / "LawRefBook__Laws").is_dir():
        sys.exit("LEXPRO_MIRROR must name a folder with oneal2000__STARD and LawRefBook__Laws (docs/data.md)")
    started = time.perf_counter()
    rows, _ = collection.read(mirror / "LawRefBook__Laws", ["**/*"])
    read = time.perf_counter()
    asked, gold, missing = questions(path, rows)
    searches = systems(rows)
    built = time.perf_counter()
    pairs = sum(map(len, gold))
    print(f"{len(rows)} articles read in {read - started:.0f} s, two indexes in {built - read:.0f} s")
    print(f"{len(asked)} questions, {pairs} cited articles, {missing} of them not in the collection")
    for name, search in searches.items():
        table, times = [], []
        for question, wanted in zip(asked, gold, strict=True):
            began = time.perf_counter()
            order = search(question)
            times.append(1000 * (time.perf_counter() - began))
            table.append([*measure(distinct(rows, order), wanted), 1.0])
        means = {m: lambda sums, at=at: sums[..., at] / sums[..., -1] for at, m in enumerate(METRICS)}
        intervals = bootstrap(np.array(table), means)
        cells = "  ".join(f"{m} {i.value:.4f} [{i.low:.4f}, {i.high:.4f}]" for m, i in intervals.items())
        p50, p95 = np.quantile(times, [0.5, 0.95])
        print(f"{name:13} {cells}  p50 {p50:.1f} ms, p95 {p95:.1f} ms")


if __name__ == "__main__":
    main()
