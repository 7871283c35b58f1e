"""The table of passages: an article's paragraphs (款) and items (项), one row each.

`articles.parquet` has articles whole, as retrieval shows them; this one is for looking up
第六十七条第三款 or 第二百九十三条第一款第（二）项. `paragraph` counts from 1; `item` is null in
the row of a paragraph, which holds its text without the items.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from lexpro.law import numerals
from lexpro.statutes import changes
from lexpro.statutes.table import SCHEMA as ARTICLES
from lexpro.statutes.table import Row

_ITEM = re.compile(r"[（(]([一二三四五六七八九十]{1,4}|\d{1,2})[）)]\s*")
COPIED = ("law", "kind", "issuer", "number", "sub", "ref", "unit", "heading")
DATED = ("valid_from", "valid_to", "superseded_by", "source", "sha256")
SCHEMA = {
    "article": pl.String,
    **{name: ARTICLES[name] for name in COPIED},
    "paragraph": pl.Int32,
    "item": pl.Int32,
    "text": pl.String,
    **{name: ARTICLES[name] for name in DATED},
}


def split(text: str) -> Iterator[tuple[int, int | None, str]]:
    """(paragraph, item or None, text) of an article, in order."""
    for number, paragraph in enumerate(changes.paragraphs(text), 1):
        for line in paragraph.split("\n"):
            match = _ITEM.match(line)
            yield number, numerals.parse_int(match[1]) if match else None, line


def write(rows: Iterable[Row], path: Path) -> int:
    """Write `passages.parquet` of the complete versions.

    `article` is the id of the article's row.

    Returns:
        The number of rows.
    """
    columns: dict[str, list] = {name: [] for name in SCHEMA}
    for row in rows:
        shared = [row.id, *(getattr(row, name) for name in COPIED)]
        dated = [getattr(row, name) for name in DATED]
        for passage in split(row.text) if row.complete else ():
            for column, value in zip(columns.values(), (*shared, *passage, *dated), strict=True):
                column.append(value)
    pl.DataFrame(columns, schema=SCHEMA).write_parquet(path)
    return len(columns["text"])
