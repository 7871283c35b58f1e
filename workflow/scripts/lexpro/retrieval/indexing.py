"""Vectors and texts → an index that `search.Searcher` opens.

`chroma/`, `bm25/{articles,cases}/`, `ranker/` (where `index.ranker` is set), `articles.parquet`,
`cases.parquet`, the vectors and the embedder (`articles.npy`, `cases.npy`, `embedder/`: linked, so
that an index is whole by itself),
`index.json` (settings, and the embedder that queries must use), `linear.json` (with `ranker/`: from
which share on it is an answer), `recall.json` (recall of the held-out cases' cited articles, by
system).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from lexpro.retrieval import cases, dense, linear, recall, rerank
from lexpro.retrieval.bm25 import BM25
from lexpro.retrieval.index_files import CARD
from lexpro.retrieval.ranker import RANKER, Ranker
from lexpro.retrieval.search import Searcher
from lexpro.retrieval.store import Table, build
from lexpro.statutes import table
from lexpro.tasks.form import read_form
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_json_lines, write_json
from lexpro.workflow.stage import Run


def write(run: Run) -> None:
    """The `index` stage: build the index in `run.out`, and measure its recall.

    An index that the last run has left is gone on from: only rows of Chroma that changed are
    written.

    Raises:
        UserError: vectors, held-out cases and training cases are not of the same runs.
    """
    articles = table.read(run.inputs["knowledge"] / "articles.parquet")
    training_cases = cases.read(run.inputs["filter"] / "kept.parquet", run.inputs["tasks"] / "splits.parquet")
    queries = read_queries(
        run.inputs["tasks"] / "heldout.jsonl",
        {case.doc_id for case in training_cases},
        run.settings.recall_queries,
    )
    vectors = build_index(run, articles, training_cases)
    searcher = Searcher(run.out)
    measured = recall.measure(searcher, queries, vectors)
    searcher.close()
    write_json(run.out / "recall.json", measured)
    # The database draws ids of its own. What it holds is told by the vectors and tables, which are
    # hashed.
    run.unstable.append("chroma")
    run.counts.update(articles=len(articles), cases=len(training_cases), embedder=searcher.card["embedder"])
    run.log.info("fused: %s", "  ".join(f"{name} {weight}" for name, weight in measured["weights"].items()))
    for name, row in measured["systems"].items():
        run.log.info("recall of %-8s %s", name, "  ".join(f"@{k} {value:.4f}" for k, value in row.items()))
    for name, row in measured["similar_cases"].items():
        run.log.info("first five cases, %-20s same charge %.4f  same articles %.4f", name, *row.values())
    run.log.info("Chroma finds %s of the ten nearest", measured["chroma_recall_at_10"])


def build_index(run: Run, articles: Sequence[dict], training_cases: Sequence[cases.Case]) -> np.ndarray:
    """Write everything but the recall.

    Args:
        run: its `settings` are those of the `index` stage; it reads `embed` and `knowledge`.
        articles: rows of articles.parquet.
        training_cases: as `cases.read` has them.

    Returns:
        The articles' vectors, [articles, dimension] float32.
    """
    settings, embed = run.settings, run.inputs["embed"]
    ids = {
        "articles": [article["id"] for article in articles],
        "cases": [case.doc_id for case in training_cases],
    }
    vectors = {name: read_vectors(embed, name, rows) for name, rows in ids.items()}
    fields = {"articles": article_fields(articles), "cases": [case.fields for case in training_cases]}
    texts = {"articles": [a["text"] for a in articles], "cases": [case.facts for case in training_cases]}
    shown = {**texts, "cases": [case.document for case in training_cases]}
    embedder = read_json(embed / "embedder" / dense.CARD)
    counts = build(
        run.out / "chroma",
        {name: Table(vectors[name], ids[name], fields[name], shown[name]) for name in ids},
        {name: getattr(settings, name) for name in ("max_neighbors", "ef_construction", "ef_search")},
        embedder,
        run.previous and run.previous / "chroma",
    )
    for name, row in counts.items():
        run.log.info("Chroma, %s: %s", name, row)
    for name, lines in texts.items():
        BM25(lines, settings.tokenizer, settings.k1, settings.b).save(run.out / "bm25" / name)
    if settings.ranker:
        ranker = Ranker.learn(training_cases, articles, settings.ranker)
        ranker.save(run.out / RANKER)
        names = ranker.labels
        run.log.info("the ranker knows %d articles and %d charges", len(names.refs), len(names.charges))
        splits = pl.read_parquet(run.inputs["tasks"] / "splits.parquet", columns=["doc_id", "family"])
        longest = read_form(run.inputs["tasks"]).facts_chars
        least = linear.choose(training_cases, dict(splits.rows()), articles, settings.ranker, longest)
        write_json(run.out / linear.FILE, least)
    shutil.copyfile(run.inputs["knowledge"] / "articles.parquet", run.out / "articles.parquet")
    cases.write(training_cases, run.out / "cases.parquet")
    for name in ids:
        _link(embed / f"{name}.npy", run.out / f"{name}.npy")
    shutil.copytree(embed / "embedder", run.out / "embedder", copy_function=_link)
    card = {
        "settings": settings.model_dump(exclude={"runtime"}),
        "embedder": embedder,
        "reranker": rerank.identity(settings.reranker),
    }
    write_json(run.out / CARD, card)
    return vectors["articles"]


def article_fields(rows: Sequence[dict]) -> list[dict[str, str | int]]:
    """What Chroma keeps of each article to filter by, for those who ask it directly.

    `from` and `to` are the days of its version as numbers (`table.as_number`).
    """
    spans = table.spans(rows)
    return [
        {"law": r["law"], "ref": r["ref"], "from": a, "to": b} for r, (a, b) in zip(rows, spans, strict=True)
    ]


def read_vectors(folder: Path, name: str, ids: Sequence[str]) -> np.ndarray:
    """The vectors of an `embed` run, [rows, dimension] float32.

    Args:
        folder: of the run.
        name: articles or cases.
        ids: of the rows that they must be of, in order.

    Raises:
        UserError: they are those of other rows.
    """
    if read_json(folder / f"{name}.json") != ids:
        raise UserError(f"{folder}/{name}.json: not the {name} of this run. Run the embed stage again.")
    return np.load(folder / f"{name}.npy", allow_pickle=False)


def read_queries(heldout: Path, training: Collection[str], limit: int) -> list[recall.Query]:
    """The first held-out questions about articles; cited refs that the index lacks count as missed.

    Args:
        heldout: heldout.jsonl of the `tasks` stage.
        training: doc_ids of the training cases.
        limit: most questions.

    Raises:
        UserError: a held-out case is also a training case.
    """
    asked, charges = [], {}
    for row in read_json_lines(heldout):
        if row["doc_id"] in training:
            raise UserError(f"{heldout}: {row['doc_id']} is also a training case. Run the tasks stage again.")
        if row["task"] == "charge":
            charges[row["doc_id"]] = tuple(row["gold"]["罪名"])
        if row["task"] == "article" and row["gold"]["法条"]:
            asked.append(row)
    return [
        recall.Query(
            row["input"], frozenset(row["gold"]["法条"]), row["date"], charges.get(row["doc_id"], ())
        )
        for row in asked[:limit]
    ]


def _link(source: Path, target: Path) -> None:
    """The file again without its bytes, where the disk can: no stage edits what it has written."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
