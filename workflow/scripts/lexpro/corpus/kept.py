"""Reading kept.parquet, the judgments that the filter stage has left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq

from lexpro.records import Judgment

# Rows read at a time: the corpus need not fit into memory.
BATCH = 1000


def read(
    path: Path, columns: Sequence[str] = ("doc_id", "province", "text")
) -> Iterator[tuple[dict, Judgment]]:
    """The judgments of a kept.parquet, in the order of the file.

    Args:
        path: the file.
        columns: those of the rows that are yielded.

    Yields:
        A row, and the judgment's record.
    """
    for batch in pq.ParquetFile(path).iter_batches(BATCH, columns=[*columns, "judgment"]):
        for row in batch.to_pylist():
            yield row, Judgment.from_dict(json.loads(row.pop("judgment")))
