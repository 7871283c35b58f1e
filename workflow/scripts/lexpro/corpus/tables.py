"""The tables of the corpus as Parquet, written and read a row group at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

DOCUMENTS = pa.schema(
    {
        "doc_id": pa.string(),
        "file": pa.string(),
        "record": pa.int64(),
        "encoding": pa.string(),
        "province_hint": pa.string(),
        "case_number": pa.string(),
        "text": pa.string(),
    }
)
REJECTS = pa.schema(
    {
        "file": pa.string(),
        "record": pa.int64(),
        "byte": pa.int64(),
        "reason": pa.string(),
        "detail": pa.string(),
    }
)
JUDGMENTS = pa.schema(
    {
        "doc_id": pa.string(),
        "province": pa.string(),
        "charge": pa.string(),
        "text": pa.string(),
        "judgment": pa.string(),
    }
)
ROWS = 1000


def _column(values: Sequence[str | int | None], kind: pa.DataType) -> pa.Array:
    """A column of text or of whole numbers.

    `pa.array` would load pandas, a third of a second, to ask whether a list is a Series.
    """
    builder = pa.lib.StringBuilder()
    builder.append_values([None if value is None else str(value) for value in values])
    return builder.finish().cast(kind)


def table(rows: list[dict], schema: pa.Schema) -> pa.Table:
    """Rows of text and whole numbers as a table; what a row lacks is null."""
    return pa.table([_column([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)


class Writer:
    """Tables to a Parquet file; a context manager. `count`: rows so far."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self.schema, self.count = path, schema, 0
        self.waiting: pa.Table | None = None

    def __enter__(self) -> Writer:
        self.file = pq.ParquetWriter(self.path, self.schema, compression="zstd")
        return self

    def __exit__(self, *_: object) -> None:
        if self.waiting:
            self._write(self.waiting)
        self.file.close()

    def write(self, rows: pa.Table) -> None:
        """Rows that are a row group of their own."""
        self.count += len(rows)
        self._write(rows)

    def extend(self, rows: pa.Table) -> None:
        """Rows that go into row groups of `ROWS`, whatever number of them comes at a time."""
        self.count += len(rows)
        waiting = pa.concat_tables([self.waiting, rows]) if self.waiting else rows
        while len(waiting) >= ROWS:
            self._write(waiting.slice(0, ROWS))
            waiting = waiting.slice(ROWS)
        self.waiting = waiting

    def _write(self, rows: pa.Table) -> None:
        if len(rows):
            self.file.write_table(rows.combine_chunks())


@dataclass(frozen=True, slots=True)
class Chunk:
    """One row group of a file."""

    path: Path
    group: int

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """The rows of the chunk, or some of their columns."""
        return _opened(self.path).read_row_group(self.group, columns=columns, use_threads=False)


@lru_cache(maxsize=1)
def _opened(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path)


def chunks_of(files: list[Path]) -> Iterator[tuple[Chunk, int]]:
    """All chunks of the files, in order, and how many rows each has."""
    for path in files:
        metadata = pq.read_metadata(path)
        for group in range(metadata.num_row_groups):
            yield Chunk(path, group), metadata.row_group(group).num_rows
