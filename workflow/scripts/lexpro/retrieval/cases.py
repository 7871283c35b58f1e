"""Cases that retrieval may know: the training judgments, as facts and what the court made of them.

A case's document is its structured judgment written out (`document`); its charge, province, date
and circumstances are fields to filter by (`fields`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from lexpro.records import Judgment
from lexpro.tasks import targets, texts
from lexpro.tasks.form import Form

TRAINING = ("sft", "grpo")
# The rows of a parquet file that are in memory at once.
BATCH = 1000


# The columns of cases.parquet.
SCHEMA = {
    "doc_id": pl.String,
    "province": pl.String,
    "date": pl.String,
    "court": pl.String,
    "facts": pl.String,
    "charges": pl.List(pl.String),
    "refs": pl.List(pl.String),
    "sentence": pl.String,
    "months": pl.Int32,
    "circumstances": pl.List(pl.String),
    "amount": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One judgment: its court as it is named, its facts without the answer, its charges, its
    cited articles of 刑法, its main sentence, the circumstances that the court found in any
    defendant, and the amount of the case in yuan (0: none).
    """

    doc_id: str
    province: str
    date: str
    facts: str
    charges: tuple[str, ...]
    refs: tuple[str, ...]
    sentence: str
    months: int | None
    circumstances: tuple[str, ...] = ()
    amount: float = 0.0
    court: str = ""

    @property
    def document(self) -> str:
        """The structured judgment in words: what was found, decided and cited, then the facts."""
        months = "" if self.months is None else f"{self.months}个月"
        lines = {
            "罪名": "、".join(self.charges),
            "情节": "、".join(self.circumstances),
            "金额": f"{self.amount:.15g}元" if self.amount else "",
            "判决": self.sentence + months,
            "法条": "、".join(self.refs),
            "事实": self.facts,
        }
        return "\n".join(f"{name}：{said}" for name, said in lines.items() if said)

    @property
    def fields(self) -> dict[str, str | int]:
        """What Chroma keeps to filter by: the first charge, province, date, and each circumstance
        as a flag.
        """
        fields = {"charge": (*self.charges, "")[0], "province": self.province, "date": self.date}
        return fields | {f"circumstance:{name}": 1 for name in self.circumstances}


def _case(row: dict, judgment: Judgment) -> Case:
    first = judgment.defendants[0].sentence if judgment.defendants else None
    found = [name for person in judgment.defendants for name in person.circumstances]
    return Case(
        doc_id=row["doc_id"],
        province=row["province"] or "",
        date=judgment.date or "",
        facts=texts.facts(row["text"], judgment, Form())[0],
        charges=tuple(targets.charges(judgment)),
        refs=tuple(targets.refs(judgment)),
        sentence=first.kind if first else "",
        months=first.months if first else None,
        circumstances=tuple(dict.fromkeys(found)),
        amount=float(judgment.amount),
        court=judgment.court or "",
    )


def read(kept: Path, splits: Path, wanted: tuple[str, ...] = TRAINING) -> list[Case]:
    """The cases of the wanted splits that have facts, by doc_id. Held-out judgments are never among
    the default's.
    """
    split = dict(pl.read_parquet(splits, columns=["doc_id", "split"]).rows())
    found = [_case(row, judgment) for row, judgment in _rows(kept) if split.get(row["doc_id"]) in wanted]
    return sorted((case for case in found if case.facts), key=lambda case: case.doc_id)


def _rows(kept: Path) -> Iterator[tuple[dict, Judgment]]:
    columns = ["doc_id", "province", "text", "judgment"]
    for batch in pq.ParquetFile(kept).iter_batches(BATCH, columns=columns):
        for row in batch.to_pylist():
            yield row, Judgment.from_dict(json.loads(row["judgment"]))
