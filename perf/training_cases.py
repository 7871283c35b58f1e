"""The training cases of the experiment `lecard`, as its own stages make them."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from lexpro.corpus.filtering.codes import Codes
from lexpro.dag.builder import build
from lexpro.retrieval import cases
from lexpro.statutes import table

EXPERIMENT = "lecard"
# Characters of a run, and the share of a text's own runs that a near-duplicate has.
SIZE, SHARE = 12, 0.2
# Runs that more cases have are formulas of courts.
FORMULA = 8


def read(root: Path) -> tuple[list[cases.Case], dict[str, str], list[dict]]:
    """The training cases, the file of each document, and the articles of the knowledge base.

    Args:
        root: of the repository; the stages up to `tasks` run there where they have not.

    Returns:
        (cases, doc_id → name of its file, rows of articles.parquet).
    """
    command = ["snakemake", "--cores", "2", "--quiet", "--config", f"experiments={EXPERIMENT}"]
    subprocess.run([*command, "--until", "tasks"], cwd=root, check=True, capture_output=True)
    dag = build([EXPERIMENT])
    out = {stage: root / dag.runs_of(stage)[0].out for stage in ("ingest", "filter", "tasks", "knowledge")}
    files = [
        pl.read_parquet(path, columns=["doc_id", "file"])
        for path in out["ingest"].glob("*/documents.parquet")
    ]
    known = cases.read(out["filter"] / "kept.parquet", out["tasks"] / "splits.parquet")
    return known, dict(pl.concat(files).rows()), table.read(out["knowledge"] / "articles.parquet")


def unseen(known: Sequence[cases.Case], texts: Iterable[str], near: Collection[str]) -> list[cases.Case]:
    """The cases that do not repeat a fifth or more of any of some texts.

    Args:
        known: the cases.
        texts: those that nothing may have been learned from.
        near: doc_ids of cases that are left out too.
    """
    asked = [set(runs.tolist()) for runs in _runs(list(texts))]
    own = [np.unique(runs) for runs in _runs([case.story for case in known])]
    wanted = np.sort(np.fromiter({run for runs in asked for run in runs}, np.uint64))
    places = (np.minimum(np.searchsorted(wanted, runs), len(wanted) - 1) for runs in own)
    own = [runs[wanted[place] == runs] for runs, place in zip(own, places, strict=True)]
    values, counts = np.unique(np.concatenate(own), return_counts=True)
    formulas = set(values[counts > FORMULA].tolist())
    owners: dict[int, list[int]] = {}
    for number, runs in enumerate(asked):
        for run in runs - formulas:
            owners.setdefault(run, []).append(number)
    sizes = [max(len(runs - formulas), 1) for runs in asked]
    left = []
    for case, runs in zip(known, own, strict=True):
        shared = np.bincount([n for run in runs.tolist() for n in owners.get(run, ())], minlength=len(sizes))
        if case.doc_id not in near and (shared / sizes).max() < SHARE:
            left.append(case)
    return left


def _runs(texts: list[str]) -> list[np.ndarray]:
    return Codes.from_texts(texts).letters().shingles(SIZE).split()
