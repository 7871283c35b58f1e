"""What selecting does with one chunk (a row group) of judgments.parquet: count its clauses; filter
and sign; write.

Functions of a chunk and of what all chunks share, so that several processes can do it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from lexpro.corpus.filtering import duplicates, filters
from lexpro.corpus.filtering.codes import Codes, batches
from lexpro.corpus.filtering.contamination import Benchmarks
from lexpro.corpus.filtering.masking import mask_record
from lexpro.corpus.tables import Chunk
from lexpro.records import Judgment

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
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all chunks share. `counts`: the file with the boilerplate's counts, there after the
    first pass.
    """

    settings: dict
    benchmarks: Benchmarks
    counts: Path


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a document is dropped: the reason that counts, what it rests on, and the other
    reasons.
    """

    reason: str
    detail: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signed:
    """What is needed to compare the documents of a chunk; `table` has a signature for each that
    passed the filters.
    """

    ids: list[str]
    cells: list[tuple[str, str]]
    verdicts: list[Verdict | None]
    qualities: list[float]
    lengths: list[int]
    digests: np.ndarray
    table: np.ndarray


@dataclass(frozen=True, slots=True)
class Written:
    """The rows of a chunk for the two files, and counts: of masked things, and by province of what
    became of them.
    """

    kept: pa.Table
    dropped: pa.Table
    masked: Counter[str]
    funnel: dict[str, Counter[str]]


def count(shared: Shared, chunk: Chunk) -> tuple[np.ndarray, np.ndarray]:
    """The clauses of a chunk, as `duplicates.document_counts` gives them."""
    texts = chunk.read(["text"])["text"].to_pylist()
    found = [duplicates.document_counts(Codes.from_texts(texts[part])) for part in batches(texts)]
    slots, place = np.unique(np.concatenate([slots for slots, _ in found]), return_inverse=True)
    return slots, np.bincount(place, np.concatenate([documents for _, documents in found]))


@lru_cache(maxsize=1)
def _boilerplate(counts: Path, limit: int) -> duplicates.Boilerplate:
    return duplicates.Boilerplate(limit, np.load(counts))


def _filtered(judgment: Judgment, text: str, settings: dict) -> Verdict | None:
    drops = filters.all_drops(settings["filters"], judgment, text, settings)
    return Verdict(*drops[0], tuple(name for name, _ in drops[1:])) if drops else None


def _decontaminate(
    benchmarks: Benchmarks, judgments: list[Judgment], texts: list[str], verdicts: list[Verdict | None]
) -> None:
    """Set the verdicts of those that pass the filters and are in a benchmark."""
    passed = [number for number, verdict in enumerate(verdicts) if verdict is None]
    bodies = [texts[number] for number in passed]
    ends = [judgments[n].sections.get("ending", (len(texts[n]),))[0] for n in passed]
    for part in batches(bodies):
        overlaps = benchmarks.overlaps(bodies[part], ends[part])
        for number, overlap in zip(passed[part], overlaps, strict=True):
            if seen := benchmarks.verdict(overlap, judgments[number].case_number):
                verdicts[number] = Verdict(*seen)


def sign(shared: Shared, chunk: Chunk) -> Signed:
    """Verdicts of the filters on a chunk, and the signatures of what passes them."""
    settings, near = shared.settings, shared.settings["duplicates"]
    rows = chunk.read()
    texts = rows["text"].to_pylist()
    judgments = [Judgment.from_json(record) for record in rows["judgment"].to_pylist()]
    verdicts = [_filtered(judgment, text, settings) for judgment, text in zip(judgments, texts, strict=True)]
    _decontaminate(shared.benchmarks, judgments, texts, verdicts)
    boilerplate = _boilerplate(shared.counts, near["boilerplate"])
    passed = [text for text, verdict in zip(texts, verdicts, strict=True) if verdict is None]
    tables = [
        duplicates.signatures(
            boilerplate.rest(Codes.from_texts(passed[part])), near["shingle"], near["permutations"]
        )
        for part in batches(passed)
    ]
    provinces, charges = rows["province"].to_pylist(), rows["charge"].to_pylist()
    return Signed(
        ids=rows["doc_id"].to_pylist(),
        cells=[(p or UNKNOWN, c or UNKNOWN) for p, c in zip(provinces, charges, strict=True)],
        verdicts=verdicts,
        qualities=[filters.quality(judgment) for judgment in judgments],
        lengths=[len(text) for text in texts],
        digests=np.concatenate([Codes.from_texts(texts[part]).digests() for part in batches(texts)]),
        table=np.concatenate([np.zeros((0, near["permutations"]), dtype=np.uint32), *tables]),
    )


def write(shared: Shared, item: tuple[Chunk, list[Verdict | None], list[float]]) -> Written:
    """The rows of a chunk as they are written, given verdicts and qualities; kept ones are the best
    of their family.
    """
    chunk, verdicts, qualities = item
    masked: Counter[str] = Counter()
    funnel: dict[str, Counter[str]] = {}
    kept, dropped = [], []
    for row, verdict, quality in zip(chunk.read().to_pylist(), verdicts, qualities, strict=True):
        if shared.settings["masking"]:
            row["text"], record, found = mask_record(row["text"], orjson.loads(row["judgment"]))
            row["judgment"] = orjson.dumps(record).decode()
            masked.update({f"masked_{kind}": number for kind, number in found.items()})
        steps = funnel.setdefault(row["province"] or UNKNOWN, Counter())
        steps.update(("read", verdict.reason if verdict else "kept"))
        if verdict:
            reasons = [verdict.reason, *verdict.others]
            dropped.append(row | {"reason": verdict.reason, "detail": verdict.detail, "reasons": reasons})
        else:
            kept.append(row | {"family": row["doc_id"], "quality": quality})
    return Written(pa.Table.from_pylist(kept, KEPT), pa.Table.from_pylist(dropped, DROPPED), masked, funnel)
