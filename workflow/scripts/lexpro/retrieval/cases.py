"""Cases that retrieval may know: the training judgments, as facts and what the court made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from lexpro.corpus.record import Judgment
from lexpro.tasks import targets, texts
from lexpro.tasks.form import Form

TRAINING = ("sft", "grpo")
# The rows of a parquet file that are in memory at once.
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Case:
    """One judgment: its facts without the answer, its charges, its cited articles of 刑法 and its main
    sentence.
    """

    doc_id: str
    province: str
    date: str
    facts: str
    charges: tuple[str, ...]
    refs: tuple[str, ...]
    sentence: str
    months: int | None


def _case(row: dict, judgment: Judgment) -> Case:
    first = judgment.defendants[0].sentence if judgment.defendants else None
    return Case(
        doc_id=row["doc_id"],
        province=row["province"] or "",
        date=judgment.date or "",
        facts=texts.facts(row["text"], judgment, Form())[0],
        charges=tuple(targets.charges(judgment)),
        refs=tuple(targets.refs(judgment)),
        sentence=first.kind if first else "",
        months=first.months if first else None,
    )


def read(kept: Path, splits: Path, wanted: tuple[str, ...] = TRAINING) -> list[Case]:
    """The cases of the wanted splits that have facts, by doc_id. Held-out judgments are never among the
    default's.
    """
    split = dict(pl.read_parquet(splits, columns=["doc_id", "split"]).rows())
    found = [_case(row, judgment) for row, judgment in _rows(kept) if split.get(row["doc_id"]) in wanted]
    return sorted((case for case in found if case.facts), key=lambda case: case.doc_id)


def _rows(kept: Path) -> Iterator[tuple[dict, Judgment]]:
    columns = ["doc_id", "province", "text", "judgment"]
    for batch in pq.ParquetFile(kept).iter_batches(BATCH, columns=columns):
        for row in batch.to_pylist():
            yield row, Judgment.from_dict(json.loads(row["judgment"]))
