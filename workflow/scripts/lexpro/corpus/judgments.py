"""From documents.parquet of a folder to judgments.parquet and rejects.parquet.

A row group at a time, by as many processes as the rule gives.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from lexpro.corpus.parsing.structure import structure
from lexpro.corpus.tables import JUDGMENTS, REJECTS, Chunk, Writer, chunks_of, table
from lexpro.workflow.parallel import Workers

# So few row groups are done in less time than it takes to start other processes.
FEW = 3


def row(document: dict) -> dict:
    """A document with its record.

    `province` and `charge` (the first) are None where they cannot be read.
    """
    judgment = structure(document["text"], document["doc_id"], document["province_hint"])
    if not judgment.case_number:
        judgment.case_number = document["case_number"]
    return {
        "doc_id": document["doc_id"],
        "province": judgment.province,
        "charge": next((charge for d in judgment.defendants for charge in d.charges), None),
        "text": document["text"],
        "judgment": judgment.to_json(),
    }


def _too_long(document: dict, max_chars: int) -> dict:
    detail = f"{len(document['text'])} characters, structure.max_chars is {max_chars}"
    return {
        "file": document["file"],
        "record": document["record"],
        "byte": None,
        "reason": "too_long",
        "detail": detail,
    }


def structured(max_chars: int, chunk: Chunk) -> tuple[pa.Table, pa.Table]:
    """(judgments, rejects) of a chunk.

    Documents of more than `max_chars` characters are rejected.
    """
    judgments, rejects = [], []
    for document in chunk.read().to_pylist():
        if len(document["text"]) > max_chars:
            rejects.append(_too_long(document, max_chars))
        else:
            judgments.append(row(document))
    return table(judgments, JUDGMENTS), table(rejects, REJECTS)


def write(
    documents: Path,
    max_chars: int,
    out: Path,
    tell: Callable[[int, int], None] = lambda *_: None,
    workers: int = 1,
) -> dict[str, int]:
    """Structure all documents.

    The result does not depend on the number of `workers`.

    Args:
        documents: documents.parquet of a folder.
        max_chars: longer documents (characters) are rejected.
        out: folder of judgments.parquet and rejects.parquet.
        tell: called as `tell(done, total)` after each row group.
        workers: processes.

    Returns:
        Counts: read, judgments, rejects.

    Raises:
        RuntimeError: the rows written are not the documents read.
    """
    chunks = list(chunks_of([documents]))
    total = sum(rows for _, rows in chunks)
    with (
        Writer(out / "judgments.parquet", JUDGMENTS) as judgments,
        Writer(out / "rejects.parquet", REJECTS) as rejects,
        Workers(workers, max_chars, few=FEW) as pool,
    ):
        for made, refused in pool.each(structured, (chunk for chunk, _ in chunks)):
            judgments.extend(made)
            rejects.extend(refused)
            tell(judgments.count + rejects.count, total)
    if judgments.count + rejects.count != total:
        raise RuntimeError(f"{total} documents were read, {judgments.count} + {rejects.count} written")
    return {"read": total, "judgments": judgments.count, "rejects": rejects.count}
