"""index: vectors and texts → what retrieval reads: Chroma, BM25, the articles and the training cases.

`chroma/`, `bm25/{articles,cases}/`, `articles.parquet`, `cases.parquet`, `index.json` (settings, and the
embedder that queries must use), `recall.json` (recall of the held-out cases' cited articles, by system).
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl

from lexpro.errors import UserError
from lexpro.files import read_json, write_json
from lexpro.knowledge import table
from lexpro.retrieval import cases, dense, recall
from lexpro.retrieval.bm25 import BM25
from lexpro.retrieval.search import CARD, Searcher
from lexpro.retrieval.search import fields as fields_of
from lexpro.retrieval.store import Table, build
from lexpro.stage import Run, stage


def vectors(folder: Path, name: str, ids: list[str]) -> np.ndarray:
    """The vectors of `embed`, which must be those of `ids`, row by row."""
    if read_json(folder / f"{name}.json") != ids:
        raise UserError(f"{folder}/{name}.json: not the {name} of this run. Run the embed stage again.")
    return np.load(folder / f"{name}.npy", allow_pickle=False)


def queries(heldout: Path, known: set[str], limit: int) -> list[recall.Query]:
    """The first held-out questions about articles; cited refs that the index lacks count as missed."""
    found = []
    with heldout.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["doc_id"] in known:
                raise UserError(
                    f"{heldout}: {row['doc_id']} is also a training case. Run the tasks stage again."
                )
            if row["task"] == "article" and row["gold"]["法条"]:
                found.append((row["input"], set(row["gold"]["法条"]), row["date"]))
    return found[:limit]


def write(run: Run, articles: list[dict], known: list[cases.Case]) -> np.ndarray:
    """Write everything but the recall; the articles' vectors."""
    settings, embed = run.settings, run.inputs["embed"]
    article_vectors = vectors(embed, "articles", [article["id"] for article in articles])
    case_vectors = vectors(embed, "cases", [case.doc_id for case in known])
    fields = {
        "articles": fields_of(articles),
        "cases": [{"doc_id": case.doc_id, "charge": (*case.charges, "")[0]} for case in known],
    }
    tables = {
        "articles": Table(article_vectors, fields["articles"]),
        "cases": Table(case_vectors, fields["cases"]),
    }
    build(
        run.out / "chroma",
        tables,
        **{k: settings[k] for k in ("max_neighbors", "ef_construction", "ef_search")},
    )
    texts = {"articles": [a["text"] for a in articles], "cases": [case.facts for case in known]}
    for name, lines in texts.items():
        BM25(lines, settings["tokenizer"], settings["k1"], settings["b"]).save(run.out / "bm25" / name)
    shutil.copyfile(run.inputs["knowledge"] / "articles.parquet", run.out / "articles.parquet")
    pl.DataFrame([asdict(case) for case in known], schema=CASES).write_parquet(run.out / "cases.parquet")
    folder = embed / "embedder"
    card = {
        "settings": settings,
        "embedder": read_json(folder / dense.CARD),
        "embedder_folder": Path(os.path.relpath(folder, run.out)).as_posix(),
    }
    write_json(run.out / CARD, card)
    return article_vectors


CASES = {
    "doc_id": pl.String,
    "province": pl.String,
    "date": pl.String,
    "facts": pl.String,
    "charges": pl.List(pl.String),
    "refs": pl.List(pl.String),
    "sentence": pl.String,
    "months": pl.Int32,
}


def main(argv: list[str] | None = None) -> None:
    with stage("index", __doc__, argv) as run:
        articles = table.read(run.inputs["knowledge"] / "articles.parquet")
        known = cases.read(run.inputs["filter"] / "kept.parquet", run.inputs["tasks"] / "splits.parquet")
        held = queries(
            run.inputs["tasks"] / "heldout.jsonl",
            {case.doc_id for case in known},
            run.settings["recall_queries"],
        )
        article_vectors = write(run, articles, known)
        searcher = Searcher(run.out)
        measured = recall.measure(searcher, held, article_vectors)
        searcher.close()
        write_json(run.out / "recall.json", measured)
        # The database draws ids of its own; what it holds is told by the vectors and tables that are hashed.
        run.unstable.append("chroma")
        run.counts.update(articles=len(articles), cases=len(known), embedder=searcher.card["embedder"])
        for name, row in measured["systems"].items():
            run.log.info(
                "recall of %-8s %s", name, "  ".join(f"@{k} {value:.4f}" for k, value in row.items())
            )
        run.log.info("Chroma finds %s of the ten nearest", measured["chroma_recall_at_10"])


if __name__ == "__main__":
    main()
