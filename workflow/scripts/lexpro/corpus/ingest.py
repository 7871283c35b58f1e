"""From a folder of raw files to documents.parquet and rejects.parquet: every record read is in one of
them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lexpro.corpus.readers import read
from lexpro.corpus.readers_base import Document, Fields, Reject

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
ROWS = 1000
# Hidden files of operating systems and editors (as in the plan) are not raw data.
IGNORED = (".", "~")


class Writer:
    """Rows to a Parquet file, `ROWS` at a time; a context manager."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path, self.schema, self.rows, self.count = path, schema, [], 0

    def __enter__(self) -> Writer:
        self.file = pq.ParquetWriter(self.path, self.schema, compression="zstd")
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self.file.close()

    def add(self, row: dict) -> None:
        self.rows.append(row)
        self.count += 1
        if len(self.rows) >= ROWS:
            self._flush()

    def write(self, table: pa.Table) -> None:
        """Rows that are a table already."""
        self._flush()
        self.count += len(table)
        if len(table):
            self.file.write_table(table)

    def _flush(self) -> None:
        if self.rows:
            self.file.write_table(pa.Table.from_pylist(self.rows, self.schema))
            self.rows = []


def identity(province: str, file: str, record: int) -> str:
    """The doc_id: where the document was found, so that it stays the same when other files come or go."""
    return hashlib.sha256(f"{province}/{file}#{record}".encode()).hexdigest()[:16]


def raw_files(folder: Path) -> Iterator[Path]:
    """The raw files below a folder, in order of their names."""
    yield from sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(IGNORED))


def ingest(
    folder: Path,
    province: str,
    hint: str | None,
    fields: Fields,
    out: Path,
    tell: Callable[[str, int], None] = lambda *_: None,
) -> dict[str, int]:
    """Read all raw files of a province folder into `out`; returns counts.

    `hint` is the province that the folder's name says, if it says one; `tell(file, records)` is called after
    each file.
    """
    files = records = 0
    reasons: Counter[str] = Counter()
    with (
        Writer(out / "documents.parquet", DOCUMENTS) as documents,
        Writer(out / "rejects.parquet", REJECTS) as rejects,
    ):
        for path in raw_files(folder):
            files += 1
            name = path.relative_to(folder).as_posix()
            for found in read(path, name, fields):
                records += 1
                match found:
                    case Document(text, encoding, record, case_number, file):
                        documents.add(
                            {
                                "doc_id": identity(province, file, record),
                                "file": file,
                                "record": record,
                                "encoding": encoding,
                                "province_hint": hint,
                                "case_number": case_number,
                                "text": text,
                            }
                        )
                    case Reject(reason, record, byte, detail, file):
                        reasons[reason] += 1
                        rejects.add(
                            {"file": file, "record": record, "byte": byte, "reason": reason, "detail": detail}
                        )
            tell(name, records)
    counts = {"files": files, "read": records, "documents": documents.count, "rejects": rejects.count}
    written = [pq.read_metadata(out / f"{name}.parquet").num_rows for name in ("documents", "rejects")]
    if sum(written) != records:
        raise RuntimeError(f"{folder}: {records} records were read, {written[0]} + {written[1]} written")
    return {**counts, **{f"reject_{reason}": n for reason, n in sorted(reasons.items())}}
