"""Selecting: structured judgments of all provinces → kept ones, dropped ones with their reasons, and the
funnel.

The corpus is read three times (count boilerplate; filter and sign; write), a batch at a time: in memory there
are, for a
document, its signature and a few numbers, never its text.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lexpro.corpus import duplicates, filters
from lexpro.corpus.contamination import Benchmarks
from lexpro.corpus.ingest import Writer
from lexpro.corpus.masking import mask_judgment
from lexpro.corpus.record import Judgment

KEPT = pa.schema(
    {
        "doc_id": pa.string(),
        "province": pa.string(),
        "charge": pa.string(),
        "text": pa.string(),
        "judgment": pa.string(),
        "family": pa.string(),
        "quality": pa.float64(),
    }
)
DROPPED = pa.schema(
    {
        "doc_id": pa.string(),
        "province": pa.string(),
        "reason": pa.string(),
        "detail": pa.string(),
        # Every reason there is, the one that counts first.
        "reasons": pa.list_(pa.string()),
        "text": pa.string(),
    }
)
BATCH = 500
UNKNOWN = "unknown"
# Dropped by comparison with other documents, in this order: copies among all that was read, before the filters;
# the rest among what passes them.
BEFORE = ("exact_duplicate",)
AFTER = ("contaminated", "near_duplicate", "quota")


@dataclass(slots=True)
class Verdict:
    """Why a document is dropped: the reason that counts, what it rests on, and the other reasons."""

    reason: str
    detail: str
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class Failed:
    """A document that does not pass the filters, and what shows whether it is a copy of another."""

    row: int
    doc_id: str
    digest: bytes


@dataclass
class Passed:
    """Documents that pass the filters: a row number and what is needed to compare them."""

    rows: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    cells: list[tuple[str, str]] = field(default_factory=list)
    qualities: list[float] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    tables: list[np.ndarray] = field(default_factory=list)


def rows(files: list[Path]) -> Iterator[list[dict]]:
    """Batches of the rows of several Parquet files."""
    for path in files:
        for batch in pq.ParquetFile(path).iter_batches(batch_size=BATCH):
            yield batch.to_pylist()


def _filter(
    files: list[Path], settings: dict, benchmarks: Benchmarks, boilerplate
) -> tuple[dict[int, Verdict], list[Failed], Passed]:
    """Verdicts of the filters by row number, who they are of, and those that passed with their signatures."""
    verdicts: dict[int, Verdict] = {}
    failed: list[Failed] = []
    passed, number = Passed(), -1
    near = settings["duplicates"]
    for batch in rows(files):
        texts = []
        for row in batch:
            number += 1
            judgment = Judgment.from_dict(json.loads(row["judgment"]))
            drops = filters.all_drops(settings["filters"], judgment, row["text"], settings)
            if not drops and (seen := benchmarks.contains(row["text"], judgment.case_number)):
                drops = [seen]
            digest = duplicates.digest(row["text"])
            if drops:
                (reason, detail), *others = drops
                verdicts[number] = Verdict(reason, detail, tuple(name for name, _ in others))
                failed.append(Failed(number, row["doc_id"], digest))
                continue
            passed.rows.append(number)
            passed.ids.append(row["doc_id"])
            passed.cells.append((row["province"] or UNKNOWN, row["charge"] or UNKNOWN))
            passed.qualities.append(filters.quality(judgment))
            passed.lengths.append(len(row["text"]))
            passed.digests.append(digest)
            texts.append(boilerplate.rest(row["text"]))
        passed.tables.append(duplicates.signatures(texts, near["shingle"], near["permutations"]))
    return verdicts, failed, passed


def _copies_of_failed(verdicts: dict[int, Verdict], failed: list[Failed], first: dict[bytes, str]) -> None:
    """Failed documents that are copies of one that passed (`first`: its digest and doc_id), or of an earlier
    failed one, are duplicates in the first place.
    """
    for one in failed:
        original = first.setdefault(one.digest, one.doc_id)
        if original != one.doc_id:
            why = verdicts[one.row]
            detail = f"{original} 1.00"
            verdicts[one.row] = Verdict("exact_duplicate", detail, (why.reason, *why.others))


def _over_quota(passed: Passed, kept: list[int], quota: int, seed: int) -> set[int]:
    """Numbers (in `passed`) beyond `quota` in their province and charge, drawn with `seed`; 0 is no quota."""
    cells: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in kept:
        cells[passed.cells[number]].append(number)
    over: set[int] = set()
    for cell, numbers in cells.items():
        if quota and len(numbers) > quota:
            Random(f"{seed}/{'/'.join(cell)}").shuffle(numbers)
            over.update(numbers[quota:])
    return over


def select(
    files: list[Path], settings: dict, benchmarks: Benchmarks, out: Path, tell: Callable[[str], None]
) -> dict:
    """Write kept.parquet, dropped.parquet and funnel.csv to `out`; returns counts.

    `files` are judgments.parquet of the provinces, in order; `tell` gets lines of progress. Raises
    RuntimeError if the documents
    written are not the documents read.
    """
    near = settings["duplicates"]
    boilerplate = duplicates.Boilerplate(near["boilerplate"])
    total = 0
    for batch in rows(files):
        total += len(batch)
        for row in batch:
            boilerplate.count(row["text"])
    tell(f"{total} judgments read")

    verdicts, failed, passed = _filter(files, settings, benchmarks, boilerplate)
    tell(f"{len(passed.rows)} passed the filters")
    table = (
        np.concatenate(passed.tables) if passed.rows else np.zeros((0, near["permutations"]), dtype=np.uint32)
    )
    # The best copy has the highest quality, then the shortest text (without a website's additions), then the
    # first id.
    order = sorted(range(len(passed.ids)), key=passed.ids.__getitem__, reverse=True)
    rank = {number: place for place, number in enumerate(order)}
    worth = [(passed.qualities[n], -passed.lengths[n], rank[n]) for n in range(len(passed.ids))]
    family, copies = duplicates.resolve(passed.digests, table, worth, near["threshold"])
    for number, copy in enumerate(copies):
        if copy:
            reason, similarity = copy
            verdicts[passed.rows[number]] = Verdict(reason, f"{passed.ids[family[number]]} {similarity:.2f}")
    originals = [n for n, copy in enumerate(copies) if copy is None or copy[0] != "exact_duplicate"]
    _copies_of_failed(verdicts, failed, {passed.digests[n]: passed.ids[n] for n in originals})
    single = [number for number, copy in enumerate(copies) if copy is None]
    for number in _over_quota(passed, single, settings["quota"], settings["seed"]):
        verdicts[passed.rows[number]] = Verdict("quota", "/".join(passed.cells[number]))
    tell(f"{total - len(verdicts)} of {total} are kept")
    families = {row: passed.ids[family[n]] for n, row in enumerate(passed.rows)}
    qualities = dict(zip(passed.rows, passed.qualities, strict=True))
    return _write(files, settings, verdicts, families, qualities, total, out)


def _write(files, settings, verdicts, families, qualities, total, out: Path) -> dict:
    counts: Counter[str] = Counter()
    funnel: dict[str, Counter[str]] = defaultdict(Counter)
    number = -1
    with Writer(out / "kept.parquet", KEPT) as kept, Writer(out / "dropped.parquet", DROPPED) as dropped:
        for batch in rows(files):
            for row in batch:
                number += 1
                text, judgment = row["text"], Judgment.from_dict(json.loads(row["judgment"]))
                if settings["masking"]:
                    text, judgment, masked = mask_judgment(text, judgment)
                    counts.update({f"masked_{kind}": n for kind, n in masked.items()})
                province = row["province"] or UNKNOWN
                funnel[province]["read"] += 1
                if number in verdicts:
                    why = verdicts[number]
                    funnel[province][why.reason] += 1
                    reasons = [why.reason, *why.others]
                    verdict = {"reason": why.reason, "detail": why.detail, "reasons": reasons}
                    dropped.add({**row, **verdict, "text": text})
                else:
                    funnel[province]["kept"] += 1
                    record = json.dumps(judgment.to_dict(), ensure_ascii=False, separators=(",", ":"))
                    extra = {"family": families[number], "quality": qualities[number]}
                    kept.add({**row, "text": text, "judgment": record, **extra})
    if kept.count + dropped.count != total or any(sum(c.values()) != 2 * c["read"] for c in funnel.values()):
        raise RuntimeError(f"{total} judgments were read, {kept.count} + {dropped.count} written")
    steps = ["read", *BEFORE, *settings["filters"], *AFTER, "kept"]
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
        **dict(sorted(counts.items())),
    }
