"""The table of articles: its columns, and going to parquet and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from lexpro.workflow.errors import UserError


@dataclass(slots=True)
class Row:
    """One article (法条) in one version.

    Attributes:
        law: short name.
        number: number of the article.
        sub: n of 条之n; 0: none.
        text: of the whole article.
        charges: canonical names.
        heading: path of headings: 第二编 分则 / 第五章 侵犯财产罪.
        unit: what is numbered: 条, 项 for documents that number 一、二、 only, and 全文 (number 0)
            for those that number nothing.
        kind: folder of the source (司法解释), or "builtin".
        valid_from: ISO date from which it is in force, "" where not known.
        valid_to: ISO date from which it is no longer, "" where it still is.
        source: file.
        exists_from: since when an article of this number exists, in whatever version; "" where not
            known.
        copy: 2 for the second article of a number in one document (annexes count from 1 again).
        issuer: who made the text: 全国人民代表大会, 国务院, 最高人民法院、最高人民检察院; "" where
            nothing says.
        complete: False where `text` is only what is known of how the article read then, perhaps
            nothing.
        superseded_by: what ended this version: the id of the next one, or the file that repealed
            it.
        sha256: hash of the file `source`.
    """

    law: str
    number: int
    sub: int
    text: str
    charges: list[str] = field(default_factory=list)
    heading: str = ""
    unit: str = "条"
    kind: str = ""
    valid_from: str = ""
    valid_to: str = ""
    source: str = ""
    exists_from: str = ""
    copy: int = 1
    issuer: str = ""
    complete: bool = True
    superseded_by: str = ""
    sha256: str = ""

    @property
    def ref(self) -> str:
        """`264`, or `133之1`."""
        return f"{self.number}之{self.sub}" if self.sub else str(self.number)

    @property
    def id(self) -> str:
        """Unique in a table, and the same in the next build.

        It consists of law, ref, unit where it is not 条, and date.
        """
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
    "exists_from": pl.String,
    "issuer": pl.String,
    "complete": pl.Boolean,
    "superseded_by": pl.String,
    "sha256": pl.String,
}

# A date later than any, for what is still in force.
OPEN_END = 99999999


def as_number(date: str, default: int) -> int:
    """2017-06-28 → 20170628; `default` for ""."""
    return int(date.replace("-", "")) if date else default


def spans(rows: Sequence[dict]) -> list[tuple[int, int]]:
    """For each row, the days that it answers for, [from, to) as numbers.

    Those on which it is in force; and those of the versions right before it that exist but whose
    text is not known, in the table (`complete` False) or not (`exists_from`). Its own `valid_from`
    tells then that the text is a later one, and the row without a text answers for no day.
    """
    articles: dict[tuple, list[int]] = {}
    for place, row in enumerate(rows):
        articles.setdefault((row["law"], row["ref"], row["unit"]), []).append(place)
    days = [(0, 0)] * len(rows)
    for places in articles.values():
        places.sort(key=lambda place: rows[place]["valid_from"])
        begin, unknown = rows[places[0]]["exists_from"] or rows[places[0]]["valid_from"], []
        for place in places:
            row = rows[place]
            own = row["valid_from"] if place != places[0] else min(begin, row["valid_from"])
            if unknown and rows[unknown[-1]]["valid_to"] != row["valid_from"]:
                unknown = []
            begin = begin if unknown else own
            complete = row.get("complete", True)
            days[place] = as_number(begin if complete else own, 0), as_number(row["valid_to"], OPEN_END)
            for earlier in unknown if complete else ():
                days[earlier] = 0, 0
            unknown = [] if complete else [*unknown, place]
    return days


def write(rows: Iterable[Row], path: Path) -> None:
    """`articles.parquet`, one line a row, in the order of `rows`."""
    rows = list(rows)
    columns = {name: [getattr(row, name) for row in rows] for name in SCHEMA}
    pl.DataFrame(columns, schema=SCHEMA).write_parquet(path)


def read(path: Path) -> list[dict]:
    """The rows of `articles.parquet` as dictionaries.

    Raises:
        UserError: columns are missing.
    """
    frame = pl.read_parquet(path)
    if missing := SCHEMA.keys() - set(frame.columns):
        raise UserError(f"{path}: no column {', '.join(sorted(missing))}. Run the knowledge stage again.")
    return frame.to_dicts()
