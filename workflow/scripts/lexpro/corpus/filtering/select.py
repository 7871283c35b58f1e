"""Selecting: structured judgments → kept ones, dropped ones with their reasons, and the funnel.

The corpus is read three times (`filter_passes.py`: count boilerplate; filter and sign; write), a
chunk at a time. In memory there are some 60 bytes a document; decisions and signatures wait in a
folder on disk.
"""

from __future__ import annotations

import csv
import pickle
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from lexpro.config.filter import Settings
from lexpro.corpus.filtering import duplicates, filter_passes
from lexpro.corpus.filtering.contamination import BenchmarkIndex
from lexpro.corpus.filtering.families import Families, Signatures, resolve
from lexpro.corpus.filtering.filter_passes import DROPPED, KEPT, Shared, SignedChunk
from lexpro.corpus.filtering.filters import FilterDecision
from lexpro.corpus.tables import Chunk, Writer, chunks_of
from lexpro.workflow.parallel import Workers

# Dropped by comparison with other documents, in this order: copies among all that was read, before
# the filters; the rest among what passes them.
BEFORE = ("exact_duplicate",)
AFTER = ("contaminated", "near_duplicate", "quota")
# Each chunk and how many rows it has.
Chunks = list[tuple[Chunk, int]]


class Documents:
    """A few numbers of each document that was read, by row.

    Attributes:
        ids: doc_ids, a chunk each.
        cells: (province, charge) → its number.
        cell: number of the cell of each document.
        passed: whether the filters keep it.
        quality: from 0 to 1.
        length: characters.
        digest: alike for exact copies.
        count: documents so far.
    """

    def __init__(self, total: int) -> None:
        self.ids: list[pa.Array] = []
        self.cells: dict[tuple[str, str], int] = {}
        self.cell = np.zeros(total, dtype=np.int32)
        self.passed = np.zeros(total, dtype=bool)
        self.quality = np.zeros(total)
        self.length = np.zeros(total, dtype=np.int32)
        self.digest = np.zeros(total, dtype=np.uint64)
        self.count = 0

    def add(self, signed: SignedChunk) -> None:
        """Append the documents of a chunk."""
        place = slice(self.count, self.count + len(signed.ids))
        self.ids.append(pa.array(signed.ids, pa.string()))
        self.cell[place] = [self.cells.setdefault(cell, len(self.cells)) for cell in signed.cells]
        self.passed[place] = [decision is None for decision in signed.decisions]
        self.quality[place] = signed.qualities
        self.length[place] = signed.lengths
        self.digest[place] = signed.digests
        self.count = place.stop

    def id_of(self, rows: np.ndarray) -> np.ndarray:
        """The doc_ids of rows."""
        return pa.chunked_array(self.ids, pa.string()).take(pa.array(rows)).to_numpy().astype(str)

    def best_first(self, rows: np.ndarray) -> np.ndarray:
        """Rows by worth: the highest quality, then the shortest text, then the first id.

        A longer text of the same judgment has a website's additions.
        """
        return rows[np.lexsort((self.id_of(rows), self.length[rows], -self.quality[rows]))]


def _count(workers: Workers, chunks: Chunks, limit: int, path: Path) -> None:
    """Count the clauses of the corpus, or of chunks all over it where it is large, into a file."""
    step = -(-sum(rows for _, rows in chunks) // duplicates.COUNTED) or 1
    boilerplate = duplicates.Boilerplate(limit)
    for counts in workers.each(filter_passes.count_clauses, (chunk for chunk, _ in chunks[::step])):
        boilerplate.add(*counts)
    np.save(path, boilerplate.counts)


def _copies_of_failed(documents: Documents, originals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Copies among those that failed the filters.

    Returns:
        (rows that failed, the original of each: one that passed, or an earlier failed one).
    """
    failed = np.flatnonzero(~documents.passed)
    rows = np.concatenate((originals, failed))
    _, first, place = np.unique(documents.digest[rows], return_index=True, return_inverse=True)
    original = rows[first][place][len(originals) :]
    return failed[original != failed], original[original != failed]


def _over_quota(
    documents: Documents, kept: np.ndarray, quota: int, seed: int
) -> Iterator[tuple[int, FilterDecision]]:
    """Drop those beyond `quota` in their province and charge, drawn with `seed`; 0: no quota."""
    if not quota:
        return
    for cell, number in documents.cells.items():
        rows = kept[documents.cell[kept] == number].tolist()
        if len(rows) > quota:
            Random(f"{seed}/{'/'.join(cell)}").shuffle(rows)
            yield from ((row, FilterDecision("quota", "/".join(cell))) for row in rows[quota:])


def _duplicates(documents: Documents, families: Families) -> Iterator[tuple[int, FilterDecision]]:
    """Drop copies among those that passed the filters, and failed ones that are copies of any."""
    rows = np.flatnonzero(documents.passed)
    copies = np.flatnonzero(families.keeper != np.arange(len(rows)))
    ids = documents.id_of(rows[families.keeper[copies]])
    for copy, original in zip(copies, ids, strict=True):
        reason = "exact_duplicate" if families.exact[copy] else "near_duplicate"
        yield int(rows[copy]), FilterDecision(reason, f"{original} {families.similarity[copy]:.2f}")
    failed, originals = _copies_of_failed(documents, rows[~families.exact])
    for row, original in zip(failed.tolist(), documents.id_of(originals), strict=True):
        yield row, FilterDecision("exact_duplicate", f"{original} 1.00")


def select(
    files: list[Path],
    settings: Settings,
    benchmarks: BenchmarkIndex,
    out: Path,
    tell: Callable[[str], None],
    workers: int = 1,
    work_dir: Path | None = None,
) -> dict[str, int]:
    """Write kept.parquet, dropped.parquet and funnel.csv.

    The result does not depend on the number of `workers`.

    Args:
        files: judgments.parquet of the provinces, in order.
        settings: those of the stage.
        benchmarks: items that training must not have seen.
        out: folder of the three files.
        tell: gets lines of progress.
        workers: processes.
        work_dir: folder with room for 800 bytes a document, else the system's temporary folder.

    Returns:
        Counts: read, kept, dropped, `drop_<reason>`, `masked_<kind>`.

    Raises:
        RuntimeError: the documents written are not the documents read.
    """
    near = settings.duplicates
    chunks = list(chunks_of(files))
    documents = Documents(sum(rows for _, rows in chunks))
    with (
        tempfile.TemporaryDirectory(dir=work_dir) as name,
        Signatures(Path(name), near.permutations) as store,
    ):
        shared = Shared(settings, benchmarks, Path(name) / "counts.npy")
        with Workers(workers, shared) as pool, (Path(name) / "decisions").open("w+b") as decisions:
            _count(pool, chunks, near.boilerplate, shared.clause_counts)
            tell(f"{len(documents.passed)} judgments read")
            for signed in pool.each(filter_passes.filter_and_sign, (chunk for chunk, _ in chunks)):
                documents.add(signed)
                store.add(signed.signatures)
                pickle.dump(signed.decisions, decisions)
            rows = np.flatnonzero(documents.passed)
            tell(f"{len(rows)} passed the filters")
            families = resolve(
                documents.digest[rows],
                store,
                lambda numbers: np.searchsorted(rows, documents.best_first(rows[numbers])),
                near.threshold,
            )
            compared = dict(_duplicates(documents, families))
            kept = rows[families.keeper == np.arange(len(rows))]
            over_quota = dict(_over_quota(documents, kept, settings.quota, settings.seed))
            tell(f"{len(kept) - len(over_quota)} of {documents.count} are kept")
            decisions.seek(0)
            items = _items(chunks, decisions, compared | over_quota, documents.quality)
            return _write(pool, items, len(documents.passed), settings.filters, out)


def _items(
    chunks: Chunks, decisions: BinaryIO, compared: dict[int, FilterDecision], quality: np.ndarray
) -> Iterator[tuple[Chunk, list[FilterDecision | None], list[float]]]:
    """The chunks with the final decisions on their documents and the qualities of these."""
    start = 0
    for chunk, rows in chunks:
        own = pickle.load(decisions)
        for number, row in enumerate(range(start, start + rows)):
            if drop := compared.get(row):
                before = own[number]
                reasons = (before.reason, *before.others) if before else ()
                own[number] = FilterDecision(drop.reason, drop.detail, reasons)
        yield chunk, own, quality[start : start + rows].tolist()
        start += rows


def _write(pool: Workers, items: Iterator, total: int, filters: list[str], out: Path) -> dict[str, int]:
    """Write the chunks; `total` rows are in the files that they come from."""
    masked: Counter[str] = Counter()
    funnel: dict[str, Counter[str]] = defaultdict(Counter)
    with Writer(out / "kept.parquet", KEPT) as kept, Writer(out / "dropped.parquet", DROPPED) as dropped:
        for written in pool.each(filter_passes.rows_to_write, items):
            kept.write(written.kept)
            dropped.write(written.dropped)
            masked.update(written.masked)
            for province, steps in written.funnel.items():
                funnel[province].update(steps)
    counted = sum(steps["read"] for steps in funnel.values())
    if not kept.count + dropped.count == counted == total or any(
        sum(steps.values()) != 2 * steps["read"] for steps in funnel.values()
    ):
        raise RuntimeError(f"{total} judgments were read, {kept.count} + {dropped.count} written")
    columns = ["read", *BEFORE, *filters, *AFTER, "kept"]
    sums = {column: sum(steps[column] for steps in funnel.values()) for column in columns}
    with (out / "funnel.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["province", *columns])
        for province in sorted(funnel):
            writer.writerow([province, *(funnel[province][column] for column in columns)])
        writer.writerow(["total", *sums.values()])
    return {
        "read": total,
        "kept": kept.count,
        "dropped": dropped.count,
        **{f"drop_{column}": sums[column] for column in columns[1:-1]},
        **dict(sorted(masked.items())),
    }
