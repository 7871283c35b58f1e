"""Vectors in Chroma: one writer on local disk, and readers on copies of their own.

Chroma's SQLite locks badly on network disks, and opening it writes. So `build` works in a temporary
folder and moves the result, and `Store` copies before it opens. Rows are inserted in order by one
thread: two builds of the same vectors answer alike. `store.json` beside the database tells what it
holds and the hashes of its files, so that a damaged, half written or foreign one is refused.
`rows.parquet` has a digest of each row, so that the next build writes only what changed. Telemetry
is off.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import chromadb
import numpy as np
import polars as pl
from chromadb.config import Settings as ClientSettings
from chromadb.errors import ChromaError

from lexpro import hashing
from lexpro.config.index import Server as ServerSettings
from lexpro.retrieval.server import Server
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import present, read_json, replace_folder, steadily, write_json

CARD, ROWS, DATABASE = "store.json", "rows.parquet", "chroma.sqlite3"
# Rows handed to Chroma at a time (its own limit is about 5,000).
BATCH = 2000


@dataclass(slots=True)
class Table:
    """What goes into one collection.

    `vectors` are [rows, dimension] float32 of unit length. Each row has an id that is its own in
    every build, fields that a search can filter by, and the text that Chroma shows.
    """

    vectors: np.ndarray
    ids: Sequence[str]
    fields: Sequence[dict[str, str | int]]
    texts: Sequence[str]

    def digests(self) -> dict[str, str]:
        """Id → digest of vector, fields and text.

        Raises:
            UserError: two rows have one id.
        """
        by_id = {}
        for id_, vector, fields, text in zip(self.ids, self.vectors, self.fields, self.texts, strict=True):
            row = vector.tobytes() + json.dumps([fields, text], ensure_ascii=False, sort_keys=True).encode()
            by_id[id_] = hashlib.blake2b(row, digest_size=12).hexdigest()
        if len(by_id) < len(self.ids):
            raise UserError("two rows have one id. Run the knowledge and filter stages again.")
        return by_id


def _settings() -> ClientSettings:
    """Ones of its own for each client: Chroma writes into them."""
    return ClientSettings(anonymized_telemetry=False)


def _client(folder: Path):
    return chromadb.PersistentClient(path=str(folder), settings=_settings())


def _former(base: Path | None, card: dict) -> dict[str, dict[str, str]]:
    """{collection: {id: digest}} of an earlier build, if it is whole and of the same card."""
    if base is None or not base.is_dir():
        return {}
    try:
        if verify(base)["card"] != card:
            return {}
    except UserError:
        return {}
    rows = pl.read_parquet(base / ROWS)
    return {name: dict(part.select("id", "digest").rows()) for (name,), part in rows.group_by("collection")}


def build(
    target: Path,
    tables: dict[str, Table],
    hnsw: dict[str, int],
    embedder: dict | None = None,
    base: Path | None = None,
) -> dict[str, dict[str, int]]:
    """Write collections to a folder, which is made or replaced only when they are complete.

    Args:
        target: the folder.
        tables: name of a collection → what goes into it.
        hnsw: max_neighbors, ef_construction, ef_search.
        embedder: the card of what made the vectors, kept for the readers.
        base: an earlier build, maybe `target`. What it has of the same settings and embedder
            stays, and only rows that are new, changed or gone are written.

    Returns:
        Name of a collection → {kept, written, removed}, numbers of rows.
    """
    card = {"hnsw": hnsw, "embedder": embedder, "chromadb": chromadb.__version__}
    base = base and present(base)
    former = _former(base, card)
    counts, digests = {}, []
    with tempfile.TemporaryDirectory(prefix="lexpro-chroma-") as temporary:
        folder = Path(temporary) / "chroma"
        if former:
            shutil.copytree(base, folder)
        client = _client(folder)
        configuration = {"hnsw": {"space": "cosine", "num_threads": 1, **hnsw}}
        for name, table in tables.items():
            collection = client.get_or_create_collection(
                name, configuration=configuration, embedding_function=None
            )
            old, new = former.get(name, {}), table.digests()
            gone = [id_ for id_ in old if id_ not in new]
            rows = [row for row, id_ in enumerate(table.ids) if old.get(id_) != new[id_]]
            for start in range(0, len(gone), BATCH):
                collection.delete(ids=gone[start : start + BATCH])
            for start in range(0, len(rows), BATCH):
                part = rows[start : start + BATCH]
                collection.upsert(
                    ids=[table.ids[row] for row in part],
                    embeddings=table.vectors[part],
                    metadatas=[table.fields[row] for row in part],
                    documents=[table.texts[row] for row in part],
                )
            counts[name] = {"kept": len(new) - len(rows), "written": len(rows), "removed": len(gone)}
            digests += [(name, id_, digest) for id_, digest in new.items()]
        client.close()
        columns = {"collection": pl.String, "id": pl.String, "digest": pl.String}
        pl.DataFrame(digests, schema=columns, orient="row").write_parquet(folder / ROWS)
        files = {
            path.relative_to(folder).as_posix(): hashing.sha256(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != CARD
        }
        shapes = {name: list(table.vectors.shape) for name, table in tables.items()}
        write_json(folder / CARD, {"card": card, "collections": shapes, "files": files})
        replace_folder(folder, target)
    return counts


def verify(folder: Path, name: Path | None = None) -> dict:
    """`store.json` of a whole build of this version of Chroma.

    Args:
        folder: the build, or a copy of it.
        name: what a reader knows the folder as, where this is a copy.

    Raises:
        UserError: it is damaged, or of another version; the message says what is wrong.
    """
    name = name or folder
    if not (folder / CARD).is_file() or not (folder / DATABASE).is_file():
        missing = DATABASE if (folder / CARD).is_file() else CARD
        raise UserError(f"{name} is not an index of this project: no {missing}. Run the index stage again.")
    try:
        card = read_json(folder / CARD)
        made, files, _ = card["card"]["chromadb"], card["files"], card["collections"]
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{name} is damaged: {CARD} cannot be read ({error!r}). Run the index stage again."
        ) from error
    here = chromadb.__version__
    if made != here:
        raise UserError(f"{name} was made by Chroma {made}, here is {here}. Run the index stage again.")
    for file, digest in files.items():
        if not (folder / file).is_file():
            raise UserError(f"{name} is damaged: {file} is missing. Run the index stage again.")
        if hashing.sha256(folder / file) != digest:
            raise UserError(f"{name} is damaged: {file} is not what was written. Run the index stage again.")
    return card


def _copied(folder: Path, copy: Path) -> dict:
    """Copy a whole build; its card."""
    if not folder.is_dir():
        raise UserError(f"{folder} is not an index: no such folder. Run the index stage again.")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    return verify(copy, folder)


class Store:
    """A reader's own copy of a Chroma folder; `close` (or garbage collection) removes it.

    Args:
        folder: what `build` has written.
        server: of a Chroma server that is started on the copy and stopped by `close`; None opens
            the copy in this process.

    Raises:
        UserError: the folder is damaged, or cannot be opened.
    """

    def __init__(self, folder: Path, server: ServerSettings | None = None):
        self._temporary = tempfile.TemporaryDirectory(prefix="lexpro-chroma-", ignore_cleanup_errors=True)
        copy = Path(self._temporary.name) / "chroma"
        self.server: Server | None = None
        try:
            self.card = steadily(folder, lambda source: _copied(source, copy))
            if server:
                self.server = Server(copy, server.host, server.port)
                # Also when nobody calls `close`.
                self._stop = weakref.finalize(self, self.server.stop)
                self._client = chromadb.HttpClient(server.host, self.server.port, settings=_settings())
            else:
                self._client = _client(copy)
            self._collections = {
                name: self._client.get_collection(name, embedding_function=None)
                for name in self.card["collections"]
            }
            for name, (rows, _) in self.card["collections"].items():
                if self.count(name) != rows:
                    raise UserError(
                        f"{folder}: {self.count(name)} vectors for {rows} {name}. Run the index stage again."
                    )
        except (ChromaError, OSError) as error:
            self.close()
            raise UserError(f"{folder} cannot be opened ({error}). Run the index stage again.") from error
        except UserError:
            self.close()
            raise

    def close(self) -> None:
        """Remove the copy, and stop the server where there is one."""
        if hasattr(self, "_client"):
            self._client.close()
        if self.server:
            self._stop()
        self._temporary.cleanup()

    def count(self, name: str) -> int:
        """The rows of a collection."""
        return self._collections[name].count()

    def search(
        self, name: str, vector: np.ndarray, k: int, where: dict | None = None
    ) -> list[tuple[str, float]]:
        """Up to `k` (id, cosine similarity), nearest first.

        Args:
            name: of the collection.
            vector: [dimension] float32.
            k: most rows.
            where: conditions on the fields, as Chroma has them; None for all rows.
        """
        k = min(k, self.card["collections"][name][0])
        if not k:
            return []
        answer = self._collections[name].query(
            query_embeddings=[vector], n_results=k, where=where, include=["distances"]
        )
        pairs = [(id_, 1 - d) for id_, d in zip(answer["ids"][0], answer["distances"][0], strict=True)]
        return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
