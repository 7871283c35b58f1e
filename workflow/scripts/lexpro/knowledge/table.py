"""The table of articles: its columns, and going to parquet and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import polars as pl

from lexpro.errors import UserError


@dataclass(slots=True)
class Row:
    """One article (法条) in one version.

    `sub` is n of 条之n; `unit` is what is numbered: 条, or 项 for documents that number 一、二、 only.
    `valid_from` and `valid_to` are ISO dates: in force from the first to the day before the second, ""
    where not known or still in force.
    """

    law: str
    number: int
    sub: int
    text: str
    charges: list[str] = field(default_factory=list)
    # Path of headings: 第二编 分则 / 第五章 侵犯财产罪.
    heading: str = ""
    unit: str = "条"
    # Folder of the source (司法解释), or the kind of the embedded facts.
    kind: str = ""
    valid_from: str = ""
    valid_to: str = ""
    source: str = ""
    # 2 for the second article of a number in one document (annexes count from 1 again).
    copy: int = 1

    @property
    def ref(self) -> str:
        return f"{self.number}之{self.sub}" if self.sub else str(self.number)

    @property
    def id(self) -> str:
        """Unique in a table, and the same in the next build: law, ref, unit where it is not 条, date."""
        unit = "" if self.unit == "条" else self.unit
        copy = f"#{self.copy}" if self.copy > 1 else ""
        return f"{self.law}|{self.ref}{unit}{copy}|{self.valid_from}"


SCHEMA = {
    "id": pl.String,
    "law": pl.String,
    "number": pl.Int32,
    "sub": pl.Int32,
    "ref": pl.String,
    "unit": pl.String,
    "charges": pl.List(pl.String),
    "kind": pl.String,
    "heading": pl.String,
    "text": pl.String,
    "valid_from": pl.String,
    "valid_to": pl.String,
    "source": pl.String,
}


def write(rows: Iterable[Row], path: Path) -> None:
    """`articles.parquet`, one line a row, in the order of `rows`."""
    records = [{**asdict(row), "ref": row.ref, "id": row.id} for row in rows]
    pl.DataFrame([[record[name] for record in records] for name in SCHEMA], schema=SCHEMA).write_parquet(path)


def read(path: Path) -> list[dict]:
    """The rows of `articles.parquet` as dictionaries; raises UserError where columns are missing."""
    frame = pl.read_parquet(path)
    if missing := SCHEMA.keys() - set(frame.columns):
        raise UserError(f"{path}: no column {', '.join(sorted(missing))}. Run the knowledge stage again.")
    return frame.to_dicts()
