"""Vectors in Chroma, embedded: one writer on local disk, readers on copies of their own.

Chroma's SQLite locks badly on network disks and opening it writes, so `build` works in a temporary folder
and moves the result, and `open_copy` copies before it opens. Ids are row numbers, inserted in order by one
thread: two builds of the same vectors answer alike. Telemetry is off.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings
from chromadb.errors import ChromaError

from lexpro.errors import UserError

# Rows handed to Chroma at a time (its own limit is about 5,000).
BATCH = 2000


@dataclass(slots=True)
class Table:
    """What goes into one collection: unit vectors (n, d) float32 and, for each, fields that a search can
    filter by.
    """

    vectors: np.ndarray
    fields: list[dict[str, str | int]]


def _client(folder: Path):
    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def build(
    target: Path, tables: dict[str, Table], max_neighbors: int, ef_construction: int, ef_search: int
) -> None:
    """Write the collections to `target`, which appears only when they are complete."""
    hnsw = {
        "space": "cosine",
        "max_neighbors": max_neighbors,
        "ef_construction": ef_construction,
        "ef_search": ef_search,
        "num_threads": 1,
    }
    with tempfile.TemporaryDirectory(prefix="lexpro-chroma-") as scratch:
        client = _client(Path(scratch) / "chroma")
        for name, table in tables.items():
            collection = client.create_collection(name, configuration={"hnsw": hnsw}, embedding_function=None)
            for start in range(0, len(table.vectors), BATCH):
                stop = min(start + BATCH, len(table.vectors))
                collection.add(
                    ids=[str(row) for row in range(start, stop)],
                    embeddings=table.vectors[start:stop],
                    metadatas=table.fields[start:stop],
                )
        client.close()
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(Path(scratch) / "chroma", target)


class Store:
    """A reader's own copy of a Chroma folder; `close` (or garbage collection) removes it."""

    def __init__(self, folder: Path):
        if not (folder / "chroma.sqlite3").is_file():
            raise UserError(f"{folder} is not a Chroma index: no chroma.sqlite3. Run the index stage again.")
        self._scratch = tempfile.TemporaryDirectory(prefix="lexpro-chroma-", ignore_cleanup_errors=True)
        try:
            shutil.copytree(folder, Path(self._scratch.name) / "chroma")
            self._client = _client(Path(self._scratch.name) / "chroma")
            self._collections = {
                c.name: self._client.get_collection(c.name, embedding_function=None)
                for c in self._client.list_collections()
            }
        except (ChromaError, OSError) as error:
            self._scratch.cleanup()
            raise UserError(f"{folder} cannot be opened ({error}). Run the index stage again.") from error

    def close(self) -> None:
        self._client.close()
        self._scratch.cleanup()

    def count(self, name: str) -> int:
        return self._collections[name].count()

    def search(
        self, name: str, vector: np.ndarray, k: int, where: dict | None = None
    ) -> list[tuple[int, float]]:
        """Up to `k` (row, cosine similarity), nearest first, of the rows whose fields fulfil `where`."""
        k = min(k, self.count(name))
        if not k:
            return []
        found = self._collections[name].query(
            query_embeddings=[vector], n_results=k, where=where, include=["distances"]
        )
        pairs = [(int(i), 1 - d) for i, d in zip(found["ids"][0], found["distances"][0], strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
