"""From a folder of raw files to documents.parquet and rejects.parquet.

Every record read is in one of them. Files are opened and unpacked one after the other; what is in
them is parsed by as many processes as the rule gives.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lexpro.corpus.readers.base import Document, Fields, Reject, Unparsed
from lexpro.corpus.readers.dispatch import parse, pieces
from lexpro.corpus.readers.raw_files import raw_files
from lexpro.corpus.tables import DOCUMENTS, REJECTS, Writer, table
from lexpro.law.provinces import PROVINCES
from lexpro.workflow.parallel import Workers

# Bytes that are parsed at a time, and how many pieces.
BATCH = 1 << 20
PIECES = 500
# So few batches are parsed in less time than it takes to start other processes.
FEW = 8
Piece = Document | Reject | Unparsed


def identity(province: str, file: str, record: int) -> str:
    """The doc_id: a hash of where the document was found.

    It stays the same when other files come or go.

    Args:
        province: name of the province folder.
        file: name of the file below it; `archive.zip/inner.txt` inside an archive.
        record: number in the file, from 1.

    Returns:
        16 hexadecimal digits of SHA-256.
    """
    return hashlib.sha256(f"{province}/{file}#{record}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Source:
    """What the documents of a province folder have in common.

    Attributes:
        province: name of the folder.
        hint: the province that this name says, None where it says none.
        fields: fields of records.
    """

    province: str
    hint: str | None
    fields: Fields

    @classmethod
    def from_folder(cls, name: str, fields: Fields) -> Source:
        """The source of a folder named after its province (湖北, 湖北省, 内蒙古自治区), or not."""
        hint = next((province for province in PROVINCES if name.startswith(province)), None)
        return cls(name, hint, fields)


@dataclass(frozen=True, slots=True)
class Parsed:
    """Rows of a batch, and its rejects by reason."""

    documents: pa.Table
    rejects: pa.Table
    reasons: Counter[str]


def _size(piece: Piece) -> int:
    match piece:
        case Unparsed():
            return len(piece.data)
        case Document():
            return 2 * len(piece.text)
    return 0


def _batches(readings: Iterator[Piece]) -> Iterator[list[Piece]]:
    """What lies in the files, so much at a time that parsing it is worth handing out."""
    batch: list[Piece] = []
    size = 0
    for one in readings:
        batch.append(one)
        size += _size(one)
        if size >= BATCH or len(batch) == PIECES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _document(source: Source, document: Document) -> dict:
    return {
        "doc_id": identity(source.province, document.file, document.record),
        "file": document.file,
        "record": document.record,
        "encoding": document.encoding,
        "province_hint": source.hint,
        "case_number": document.case_number,
        "text": document.text,
    }


def _reject(reject: Reject) -> dict:
    return {name: getattr(reject, name) for name in REJECTS.names}


def parsed(source: Source, batch: list[Piece]) -> Parsed:
    """The rows of a batch."""
    documents, rejects = [], []
    for piece in batch:
        for record in parse(piece, source.fields) if isinstance(piece, Unparsed) else (piece,):
            if isinstance(record, Document):
                documents.append(_document(source, record))
            else:
                rejects.append(_reject(record))
    reasons = Counter(row["reason"] for row in rejects)
    return Parsed(table(documents, DOCUMENTS), table(rejects, REJECTS), reasons)


def ingest(
    folder: Path,
    source: Source,
    out: Path,
    tell: Callable[[int, int], None] = lambda *_: None,
    workers: int = 1,
) -> dict[str, int]:
    """Read all raw files of a province folder.

    The result does not depend on the number of `workers`.

    Args:
        folder: the raw files, in sub-folders or not.
        source: what its documents have in common.
        out: folder of documents.parquet and rejects.parquet.
        tell: called as `tell(files, records)` with the numbers so far.
        workers: processes.

    Returns:
        Counts: files, read, documents, rejects, `reject_<reason>`.

    Raises:
        RuntimeError: the rows written are not the records read.
    """
    files = 0

    def read() -> Iterator[Piece]:
        nonlocal files
        for file in raw_files(folder):
            files += 1
            if file.trouble:
                yield Reject("unreadable", file=file.name, detail=file.trouble)
            else:
                yield from pieces(file.path, file.name, source.fields)

    reasons: Counter[str] = Counter()
    with (
        Writer(out / "documents.parquet", DOCUMENTS) as documents,
        Writer(out / "rejects.parquet", REJECTS) as rejects,
        Workers(workers, source, few=FEW) as pool,
    ):
        for part in pool.each(parsed, _batches(read())):
            documents.extend(part.documents)
            rejects.extend(part.rejects)
            reasons += part.reasons
            tell(files, documents.count + rejects.count)
    records = documents.count + rejects.count
    counts = {"files": files, "read": records, "documents": documents.count, "rejects": rejects.count}
    written = [pq.read_metadata(out / f"{name}.parquet").num_rows for name in ("documents", "rejects")]
    if sum(written) != records or sum(reasons.values()) != rejects.count:
        raise RuntimeError(f"{folder}: {records} records were read, {written[0]} + {written[1]} written")
    return {**counts, **{f"reject_{reason}": n for reason, n in sorted(reasons.items())}}
