"""index: vectors and texts → what retrieval reads: Chroma, BM25, the articles and the training
cases.

`chroma/`, `bm25/{articles,cases}/`, `articles.parquet`, `cases.parquet`, the vectors and the
embedder (`articles.npy`, `cases.npy`, `embedder/`: linked, so that an index is whole by itself),
`index.json` (settings, and the embedder that queries must use), `recall.json` (recall of the
held-out cases' cited articles, by system). An interrupted run leaves the index that was there; a
later one writes only the rows of Chroma that changed.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl

from lexpro.retrieval import cases, dense, recall, rerank
from lexpro.retrieval.bm25 import BM25
from lexpro.retrieval.search import CARD, Searcher
from lexpro.retrieval.search import fields as fields_of
from lexpro.retrieval.store import Table, build
from lexpro.statutes import table
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, write_json
from lexpro.workflow.stage import Run, stage


def vectors(folder: Path, name: str, ids: list[str]) -> np.ndarray:
    """The vectors of `embed`, which must be those of `ids`, row by row."""
    if read_json(folder / f"{name}.json") != ids:
        raise UserError(f"{folder}/{name}.json: not the {name} of this run. Run the embed stage again.")
    return np.load(folder / f"{name}.npy", allow_pickle=False)


def queries(heldout: Path, known: set[str], limit: int) -> list[recall.Query]:
    """The first held-out questions about articles; cited refs that the index lacks count as
    missed.
    """
    found, charges = [], {}
    with heldout.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if row["doc_id"] in known:
                raise UserError(
                    f"{heldout}: {row['doc_id']} is also a training case. Run the tasks stage again."
                )
            if row["task"] == "charge":
                charges[row["doc_id"]] = tuple(row["gold"]["罪名"])
            if row["task"] == "article" and row["gold"]["法条"]:
                found.append(row)
    return [
        recall.Query(
            row["input"], frozenset(row["gold"]["法条"]), row["date"], charges.get(row["doc_id"], ())
        )
        for row in found[:limit]
    ]


def link(source: Path, target: Path) -> None:
    """The file again without its bytes, where the disk can: no stage edits what it has written."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def write(run: Run, articles: list[dict], known: list[cases.Case]) -> np.ndarray:
    """Write everything but the recall; the articles' vectors."""
    settings, embed = run.settings, run.inputs["embed"]
    ids = {"articles": [article["id"] for article in articles], "cases": [case.doc_id for case in known]}
    found = {name: vectors(embed, name, rows) for name, rows in ids.items()}
    fields = {"articles": fields_of(articles), "cases": [case.fields for case in known]}
    texts = {"articles": [a["text"] for a in articles], "cases": [case.facts for case in known]}
    shown = {**texts, "cases": [case.document for case in known]}
    embedder = read_json(embed / "embedder" / dense.CARD)
    counts = build(
        run.out / "chroma",
        {name: Table(found[name], ids[name], fields[name], shown[name]) for name in ids},
        {name: settings[name] for name in ("max_neighbors", "ef_construction", "ef_search")},
        embedder,
        run.previous and run.previous / "chroma",
    )
    for name, row in counts.items():
        run.log.info("Chroma, %s: %s", name, row)
    for name, lines in texts.items():
        BM25(lines, settings["tokenizer"], settings["k1"], settings["b"]).save(run.out / "bm25" / name)
    shutil.copyfile(run.inputs["knowledge"] / "articles.parquet", run.out / "articles.parquet")
    pl.DataFrame([asdict(case) for case in known], schema=cases.SCHEMA).write_parquet(
        run.out / "cases.parquet"
    )
    for name in ids:
        link(embed / f"{name}.npy", run.out / f"{name}.npy")
    shutil.copytree(embed / "embedder", run.out / "embedder", copy_function=link)
    card = {"settings": settings, "embedder": embedder, "reranker": rerank.identity(settings["reranker"])}
    write_json(run.out / CARD, card)
    return found["articles"]


def main(argv: list[str] | None = None) -> None:
    with stage("index", __doc__, argv, keep=True) as run:
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
        # The database draws ids of its own; what it holds is told by the vectors and tables that
        # are hashed.
        run.unstable.append("chroma")
        run.counts.update(articles=len(articles), cases=len(known), embedder=searcher.card["embedder"])
        for name, row in measured["systems"].items():
            run.log.info(
                "recall of %-8s %s", name, "  ".join(f"@{k} {value:.4f}" for k, value in row.items())
            )
        for name, row in measured["similar_cases"].items():
            run.log.info("first five cases, %-20s same charge %.4f  same articles %.4f", name, *row.values())
        run.log.info("Chroma finds %s of the ten nearest", measured["chroma_recall_at_10"])


if __name__ == "__main__":
    main()
