"""Weights and constant of the fusion, chosen on training cases: what config/index/chroma.yaml has.

python perf/fusion.py [--results results] [--experiment demo]

The training split of a finished experiment is dealt into five folds, duplicates together. For each
fold the stages `embed` and `index` run on the other four, so that neither embedder, votes nor terms
have seen it, and its cases ask for the articles that their judgments cite. Of all weights and
constants within one standard error of the best mean recall@5 (over folds; Breiman et al. 1984) the
simplest is taken: fewest rankings, fewest different weights, the constant nearest to the 60 of the
method's authors; then the higher recall. Held-out cases are asked at the end only.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import math
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl

from lexpro.config import load
from lexpro.config.index import Weights
from lexpro.hashing import draw
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cases, embedding, indexing, recall
from lexpro.retrieval.search import Scope, Searcher
from lexpro.statutes import table
from lexpro.workflow.files import read_json, read_yaml

FOLDS, AT = 5, 5
WEIGHTS, CONSTANTS = (0.0, 0.2, 0.5, 1.0, 2.0), (5, 10, 20, 60)
NAMES = ("bm25", "dense", "cases")
Choice = tuple[tuple[float, ...], int]


def grid() -> list[Choice]:
    """Every choice once: weights are shares of the largest, for only their ratio counts."""
    ratios = {tuple(w / max(row) for w in row) for row in itertools.product(WEIGHTS, repeat=3) if any(row)}
    return list(itertools.product(sorted(ratios), CONSTANTS))


def simplicity(choice: Choice) -> tuple:
    """The smaller, the simpler."""
    weights, constant = choice
    used = [weight for weight in weights if weight]
    return len(used), len(set(used)), abs(math.log(constant / 60))


def simplest(by_choice: dict[Choice, np.ndarray]) -> Choice:
    """The one-standard-error rule; `found` has the recall of each fold."""
    best = max(by_choice.values(), key=np.mean)
    border = best.mean() - best.std(ddof=1) / math.sqrt(len(best))
    return min(
        (c for c in by_choice if by_choice[c].mean() >= border),
        key=lambda c: (simplicity(c), -by_choice[c].mean()),
    )


def recalls(searcher: Searcher, queries: list[recall.Query], choices: list[Choice]) -> dict[Choice, float]:
    """The mean recall of each choice. The constant also counts in finding the cases that vote."""
    sums = dict.fromkeys(choices, 0.0)
    for constant in sorted({constant for _, constant in choices}):
        searcher.settings = searcher.settings.model_copy(update={"rrf_k": constant})
        for query in queries:
            rankings = searcher.rankings(query.facts, Scope(query.date, CRIMINAL_LAW), names=NAMES)
            for choice in choices:
                if choice[1] == constant:
                    weights = Weights(**dict(zip(NAMES, choice[0], strict=True)))
                    searcher.settings = searcher.settings.model_copy(update={"weights": weights})
                    rows = [row for row, _ in searcher.fuse(rankings)[:AT]]
                    sums[choice] += recall.recall(
                        [searcher.article_rows[row]["ref"] for row in rows], query.refs, AT
                    )
    return {choice: total / len(queries) for choice, total in sums.items()}


def build(folder: Path, plans: dict[str, dict], of_cases: list[cases.Case]) -> Searcher:
    """Embedder and index over the articles and the `known` cases, by the stages' own code."""
    inputs = {name: Path(path) for name, path in plans["index"]["inputs"].items()} | {
        "embed": folder / "embed"
    }
    articles = table.read(inputs["knowledge"] / "articles.parquet")
    for name, write in (("embed", embedding.embed), ("index", indexing.build_index)):
        (folder / name).mkdir()
        settings = load.settings(name, plans[name]["settings"])
        run = SimpleNamespace(
            settings=settings, inputs=inputs, out=folder / name, log=logging.getLogger(), previous=None
        )
        write(run, articles, of_cases)
    return Searcher(folder / "index")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--experiment", default="demo")
    args = parser.parse_args()
    stages = read_json(args.results / "experiments" / args.experiment / "summary.json")["stages"]
    plans = {}
    for name in ("embed", "index"):
        plan = read_yaml(args.results / ".plan" / name / stages[name]["key"] / "config.yaml")
        plan["inputs"] = {k: args.results.resolve().parent / path for k, path in plan["inputs"].items()}
        plans[name] = plan
    inputs = plans["index"]["inputs"]
    kept = inputs["filter"] / "kept.parquet"
    families = dict(pl.read_parquet(kept, columns=["doc_id", "family"]).rows())
    every = cases.read(kept, inputs["tasks"] / "splits.parquet")
    fold = {case.doc_id: int(draw("fusion", families[case.doc_id]) * FOLDS) for case in every}
    settings = plans["index"]["settings"]
    peak = max(settings["weights"].values())
    before = tuple(settings["weights"][name] / peak for name in NAMES), settings["rrf_k"]
    choices = list(dict.fromkeys([*grid(), before]))
    by_fold = []
    for number in range(FOLDS):
        asked = [case for case in every if fold[case.doc_id] == number and case.refs]
        queries = [recall.Query(case.facts, frozenset(case.refs), case.date or None) for case in asked]
        with tempfile.TemporaryDirectory() as temporary:
            searcher = build(Path(temporary), plans, [case for case in every if fold[case.doc_id] != number])
            by_fold.append(recalls(searcher, queries, choices))
            searcher.close()
        print(f"fold {number}: {len(queries)} cases asked", flush=True)
    by_choice = {choice: np.array([row[choice] for row in by_fold]) for choice in choices}
    chosen = simplest(by_choice)
    ranked = sorted(choices, key=lambda choice: -by_choice[choice].mean())[:5]
    for head, choice in [
        *(("best", choice) for choice in ranked),
        ("configured", before),
        ("chosen", chosen),
    ]:
        error = by_choice[choice].std(ddof=1) / math.sqrt(FOLDS)
        weights = dict(zip(NAMES, choice[0], strict=True))
        print(f"{head:10} {weights} rrf_k {choice[1]:2}: {by_choice[choice].mean():.4f} ±{error:.4f}")
    held = indexing.read_queries(inputs["tasks"] / "heldout.jsonl", {*fold}, settings["recall_queries"])
    with tempfile.TemporaryDirectory() as temporary:
        searcher = build(Path(temporary), plans, every)
        for choice, value in recalls(searcher, held, list(dict.fromkeys([before, chosen]))).items():
            print(f"held out, {len(held)} cases: {choice}: recall@{AT} {value:.4f}")
        searcher.close()


if __name__ == "__main__":
    main()
