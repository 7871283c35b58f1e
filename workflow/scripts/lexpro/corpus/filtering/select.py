"""Selecting: structured judgments of all provinces → kept ones, dropped ones with their reasons,
and the funnel.

The corpus is read three times (`passes.py`: count boilerplate; filter and sign; write), a chunk at
a time. In memory there are some 60 bytes a document; verdicts and signatures wait in a scratch
folder.
"""

from __future__ import annotations

import csv
import pickle
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa

from lexpro.corpus.filtering import duplicates, filter_passes
from lexpro.corpus.filtering.contamination import Benchmarks
from lexpro.corpus.filtering.families import Families, Signatures, resolve
from lexpro.corpus.filtering.filter_passes import DROPPED, KEPT, Shared, Verdict
from lexpro.corpus.tables import Chunk, Writer, chunks_of
from lexpro.workflow.parallel import Workers

# Dropped by comparison with other documents, in this order: copies among all that was read, before
# the filters; the rest among what passes them.
BEFORE = ("exact_duplicate",)
AFTER = ("contaminated", "near_duplicate", "quota")
Chunks = list[tuple[Chunk, int]]


class Documents:
    """A few numbers of each document that was read, by row."""

    def __init__(self, total: int) -> None:
        self.ids: list[pa.Array] = []
        self.cells: dict[tuple[str, str], int] = {}
        self.cell = np.zeros(total, dtype=np.int32)
        self.passed = np.zeros(total, dtype=bool)
        self.quality = np.zeros(total)
        self.length = np.zeros(total, dtype=np.int32)
        self.digest = np.zeros(total, dtype=np.uint64)
        self.count = 0

    def add(self, signed: filter_passes.Signed) -> None:
        place = slice(self.count, self.count + len(signed.ids))
        self.ids.append(pa.array(signed.ids, pa.string()))
        self.cell[place] = [self.cells.setdefault(cell, len(self.cells)) for cell in signed.cells]
        self.passed[place] = [verdict is None for verdict in signed.verdicts]
        self.quality[place] = signed.qualities
        self.length[place] = signed.lengths
        self.digest[place] = signed.digests
        self.count = place.stop

    def id_of(self, rows: np.ndarray) -> np.ndarray:
        """The doc_ids of rows."""
        return pa.chunked_array(self.ids, pa.string()).take(pa.array(rows)).to_numpy().astype(str)

    def best_first(self, rows: np.ndarray) -> np.ndarray:
        """Rows by worth: the highest quality, then the shortest text (without a website's
        additions), then the first id."""
        return rows[np.lexsort((self.id_of(rows), self.length[rows], -self.quality[rows]))]


def _count(workers: Workers, chunks: Chunks, limit: int, path: Path) -> None:
    """Count the clauses of the corpus, or of chunks all over it where it is large, into a file."""
    step = -(-sum(rows for _, rows in chunks) // duplicates.COUNTED) or 1
    boilerplate = duplicates.Boilerplate(limit)
    for found in workers.each(filter_passes.count, (chunk for chunk, _ in chunks[::step])):
        boilerplate.add(*found)
    np.save(path, boilerplate.counts)


def _copies_of_failed(documents: Documents, originals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows that failed the filters and are copies of an original that passed or of an earlier
    failed one, those).
    """
    failed = np.flatnonzero(~documents.passed)
    rows = np.concatenate((originals, failed))
    _, first, place = np.unique(documents.digest[rows], return_index=True, return_inverse=True)
    original = rows[first][place][len(originals) :]
    return failed[original != failed], original[original != failed]


def _over_quota(documents: Documents, kept: np.ndarray, quota: int, seed: int) -> Iterator[tuple[int, str]]:
    """(row, province/charge) of those beyond `quota` in their province and charge, drawn with
    `seed`; 0: no quota.
    """
    if not quota:
        return
    for cell, number in documents.cells.items():
        rows = kept[documents.cell[kept] == number].tolist()
        if len(rows) > quota:
            Random(f"{seed}/{'/'.join(cell)}").shuffle(rows)
            yield from ((row, "/".join(cell)) for row in rows[quota:])


def _duplicates(documents: Documents, families: Families) -> Iterator[tuple[int, Verdict]]:
    """Verdicts on copies among those that passed the filters, and on failed ones that are copies of
    whatever.
    """
    rows = np.flatnonzero(documents.passed)
    copies = np.flatnonzero(families.keeper != np.arange(len(rows)))
    ids = documents.id_of(rows[families.keeper[copies]])
    for copy, original in zip(copies, ids, strict=True):
        reason = "exact_duplicate" if families.exact[copy] else "near_duplicate"
        yield int(rows[copy]), Verdict(reason, f"{original} {families.similarity[copy]:.2f}")
    failed, originals = _copies_of_failed(documents, rows[~families.exact])
    for row, original in zip(failed.tolist(), documents.id_of(originals), strict=True):
        yield row, Verdict("exact_duplicate", f"{original} 1.00")


def select(
    files: list[Path],
    settings: dict,
    benchmarks: Benchmarks,
    out: Path,
    tell: Callable[[str], None],
    workers: int = 1,
    scratch: Path | None = None,
) -> dict:
    """Write kept.parquet, dropped.parquet and funnel.csv to `out`; returns counts.

    `files` are judgments.parquet of the provinces, in order; `tell` gets lines of progress.
    `scratch` (else the system's folder for such) must have room for 800 bytes a document. The
    result does not depend on the number of `workers`. Raises RuntimeError if the documents written
    are not the documents read.
    """
    near = settings["duplicates"]
    chunks = list(chunks_of(files))
    documents = Documents(sum(rows for _, rows in chunks))
    with (
        tempfile.TemporaryDirectory(dir=scratch) as name,
        Signatures(Path(name), near["permutations"]) as store,
    ):
        shared = Shared(settings, benchmarks, Path(name) / "counts.npy")
        with Workers(workers, shared) as pool, (Path(name) / "verdicts").open("w+b") as verdicts:
            _count(pool, chunks, near["boilerplate"], shared.counts)
            tell(f"{len(documents.passed)} judgments read")
            for signed in pool.each(filter_passes.sign, (chunk for chunk, _ in chunks)):
                documents.add(signed)
                store.add(signed.table)
                pickle.dump(signed.verdicts, verdicts)
            rows = np.flatnonzero(documents.passed)
            tell(f"{len(rows)} passed the filters")
            families = resolve(
                documents.digest[rows],
                store,
                lambda numbers: np.searchsorted(rows, documents.best_first(rows[numbers])),
                near["threshold"],
            )
            later = dict(_duplicates(documents, families))
            kept = rows[families.keeper == np.arange(len(rows))]
            quota = _over_quota(documents, kept, settings["quota"], settings["seed"])
            later |= {row: Verdict("quota", detail) for row, detail in quota}
            tell(
                f"{len(kept) - sum(v.reason == 'quota' for v in later.values())} of {documents.count} are kept"
            )
            verdicts.seek(0)
            items = _items(chunks, verdicts, later, documents.quality)
            return _write(pool, items, len(documents.passed), settings["filters"], out)


def _items(chunks: Chunks, verdicts, later: dict[int, Verdict], quality: np.ndarray):
    """The chunks with the final verdicts and the qualities of their documents."""
    start = 0
    for chunk, rows in chunks:
        own = pickle.load(verdicts)
        for number, row in enumerate(range(start, start + rows)):
            if copy := later.get(row):
                before = own[number]
                reasons = (before.reason, *before.others) if before else ()
                own[number] = Verdict(copy.reason, copy.detail, reasons)
        yield chunk, own, quality[start : start + rows].tolist()
        start += rows


def _write(pool: Workers, items: Iterator, total: int, filters: list[str], out: Path) -> dict:
    """Write the chunks; `total` rows are in the files that they come from."""
    masked: Counter[str] = Counter()
    funnel: dict[str, Counter[str]] = defaultdict(Counter)
    with Writer(out / "kept.parquet", KEPT) as kept, Writer(out / "dropped.parquet", DROPPED) as dropped:
        for written in pool.each(filter_passes.write, items):
            kept.write(written.kept)
            dropped.write(written.dropped)
            masked.update(written.masked)
            for province, steps in written.funnel.items():
                funnel[province].update(steps)
    counted = sum(steps["read"] for steps in funnel.values())
    if not kept.count + dropped.count == counted == total or any(
        sum(c.values()) != 2 * c["read"] for c in funnel.values()
    ):
        raise RuntimeError(f"{total} judgments were read, {kept.count} + {dropped.count} written")
    steps = ["read", *BEFORE, *filters, *AFTER, "kept"]
    with (out / "funnel.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["province", *steps])
        for province in sorted(funnel):
            writer.writerow([province, *(funnel[province][step] for step in steps)])
        writer.writerow(["total", *(sum(c[step] for c in funnel.values()) for step in steps)])
    reasons = {f"drop_{step}": sum(c[step] for c in funnel.values()) for step in steps[1:-1]}
    return {
        "read": total,
        "kept": kept.count,
        "dropped": dropped.count,
        **reasons,
        **dict(sorted(masked.items())),
    }
