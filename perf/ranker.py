"""Settings of the ranker compared on training cases, never on test queries.

LEXPRO_MIRROR=… python perf/ranker.py longest=1 longest=2 longest=3 alpha=0.05 alpha=0.1

The training split of `lecard` is dealt into five folds. Each setting learns from four and is asked
for the articles that the cases of the fifth cite, by their story, with the defaults of the other
settings. No test query is asked.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import training_cases

from lexpro.config.index import Ranker as Settings
from lexpro.hashing import draw
from lexpro.retrieval.bm25 import top
from lexpro.retrieval.cases import Case
from lexpro.retrieval.ranker import Ranker

FOLDS, KS = 5, (5, 10)


def recalls(ranker: Ranker, asked: list[Case]) -> np.ndarray:
    """Recall at each of `KS` of each case, [cases, ks]."""
    rows = []
    for case in asked:
        scores, _ = ranker.scores(case.story)
        ranked = [ranker.labels.refs[place] for place in top(scores, max(KS))]
        rows.append([len({*case.refs} & {*ranked[:k]}) / len({*case.refs}) for k in KS])
    return np.array(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("settings", nargs="*", default=["alpha=0.1"], help="name=value, one row each")
    parser.add_argument("--folds", type=int, default=FOLDS, help="how many of the five are asked")
    args = parser.parse_args()
    known, _, articles = training_cases.read(Path(__file__).resolve().parents[1])
    fold = {case.doc_id: int(draw("ranker", case.doc_id) * FOLDS) for case in known}
    print(f"{'setting':16} {'R@5':>7} {'±':>6} {'R@10':>7} {'±':>6} {'cases':>6} {'seconds':>8}")
    for stated in args.settings:
        name, _, value = stated.partition("=")
        settings = Settings.model_validate({name: float(value) if "." in value else int(value)})
        started, tables = time.perf_counter(), []
        for number in range(args.folds):
            ranker = Ranker.learn([c for c in known if fold[c.doc_id] != number], articles, settings)
            tables.append(recalls(ranker, [c for c in known if fold[c.doc_id] == number and c.refs]))
        table = np.concatenate(tables)
        errors = table.std(axis=0) / np.sqrt(len(table))
        cells = " ".join(f"{m:7.4f} {e:6.4f}" for m, e in zip(table.mean(axis=0), errors, strict=True))
        print(f"{stated:16} {cells} {len(table):6} {time.perf_counter() - started:8.0f}", flush=True)


if __name__ == "__main__":
    main()
