"""What selecting does with one chunk (a row group) of judgments.parquet, in three passes.

They count its clauses; filter and sign; write. Functions of a chunk and of what all chunks share,
so that several processes can do it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa

from lexpro.config.filter import Settings
from lexpro.corpus.filtering import duplicates, filters
from lexpro.corpus.filtering.codes import Codes, batches
from lexpro.corpus.filtering.contamination import BenchmarkIndex
from lexpro.corpus.filtering.filters import FilterDecision
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
# In place of a province or charge that could not be read.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shared:
    """What all chunks share.

    Attributes:
        settings: those of the stage.
        benchmarks: items that training must not have seen.
        clause_counts: file with the counts of `duplicates.Boilerplate`, there after the first
            pass.
    """

    settings: Settings
    benchmarks: BenchmarkIndex
    clause_counts: Path


@dataclass(frozen=True, slots=True)
class SignedChunk:
    """What is needed to compare the documents of a chunk with all others.

    Attributes:
        ids: doc_ids.
        cells: (province, charge) of each document.
        decisions: of the filters and of decontamination.
        qualities: from 0 to 1, as `filters.quality` gives them.
        lengths: characters of each document.
        digests: uint64, alike for exact copies.
        signatures: of each document that passed, shape (passed, permutations), uint32.
    """

    ids: list[str]
    cells: list[tuple[str, str]]
    decisions: list[FilterDecision | None]
    qualities: list[float]
    lengths: list[int]
    digests: np.ndarray
    signatures: np.ndarray


@dataclass(frozen=True, slots=True)
class WrittenChunk:
    """The rows of a chunk for the two files, and what is counted of them.

    Attributes:
        kept: rows of kept.parquet.
        dropped: rows of dropped.parquet.
        masked: `masked_<kind>`: replacements.
        funnel: by province, how many were read, kept, and dropped for each reason.
    """

    kept: pa.Table
    dropped: pa.Table
    masked: Counter[str]
    funnel: dict[str, Counter[str]]


def count_clauses(shared: Shared, chunk: Chunk) -> tuple[np.ndarray, np.ndarray]:
    """The clauses of a chunk, as `duplicates.document_counts` gives them."""
    texts = chunk.read(["text"])["text"].to_pylist()
    counts = [duplicates.document_counts(Codes.from_texts(texts[part])) for part in batches(texts)]
    slots, place = np.unique(np.concatenate([slots for slots, _ in counts]), return_inverse=True)
    return slots, np.bincount(place, np.concatenate([documents for _, documents in counts]))


@lru_cache(maxsize=1)
def _boilerplate(clause_counts: Path, limit: int) -> duplicates.Boilerplate:
    return duplicates.Boilerplate(limit, np.load(clause_counts))


def _decontaminate(
    benchmarks: BenchmarkIndex,
    judgments: list[Judgment],
    texts: list[str],
    decisions: list[FilterDecision | None],
) -> None:
    """Set the decisions on those that pass the filters and are in a benchmark."""
    passed = [number for number, decision in enumerate(decisions) if decision is None]
    bodies = [texts[number] for number in passed]
    ends = [judgments[n].sections.get("ending", (len(texts[n]),))[0] for n in passed]
    for part in batches(bodies):
        overlaps = benchmarks.overlaps(bodies[part], ends[part])
        for number, overlap in zip(passed[part], overlaps, strict=True):
            if detail := benchmarks.detail(overlap, judgments[number].case_number):
                decisions[number] = FilterDecision("contaminated", detail)


def filter_and_sign(shared: Shared, chunk: Chunk) -> SignedChunk:
    """Filter the documents of a chunk, and sign those that pass for the search for copies."""
    settings, near = shared.settings, shared.settings.duplicates
    rows = chunk.read()
    texts = rows["text"].to_pylist()
    judgments = [Judgment.from_json(record) for record in rows["judgment"].to_pylist()]
    decisions = [
        filters.decide(judgment, text, settings) for judgment, text in zip(judgments, texts, strict=True)
    ]
    _decontaminate(shared.benchmarks, judgments, texts, decisions)
    boilerplate = _boilerplate(shared.clause_counts, near.boilerplate)
    passed = [text for text, decision in zip(texts, decisions, strict=True) if decision is None]
    signatures = [
        duplicates.signatures(
            boilerplate.removed_from(Codes.from_texts(passed[part])), near.shingle, near.permutations
        )
        for part in batches(passed)
    ]
    provinces, charges = rows["province"].to_pylist(), rows["charge"].to_pylist()
    return SignedChunk(
        ids=rows["doc_id"].to_pylist(),
        cells=[(p or UNKNOWN, c or UNKNOWN) for p, c in zip(provinces, charges, strict=True)],
        decisions=decisions,
        qualities=[filters.quality(judgment) for judgment in judgments],
        lengths=[len(text) for text in texts],
        digests=np.concatenate([Codes.from_texts(texts[part]).digests() for part in batches(texts)]),
        signatures=np.concatenate([np.zeros((0, near.permutations), dtype=np.uint32), *signatures]),
    )


def rows_to_write(
    shared: Shared, item: tuple[Chunk, list[FilterDecision | None], list[float]]
) -> WrittenChunk:
    """The rows of a chunk as they are written, masked where the settings say so.

    Args:
        shared: what all chunks share.
        item: the chunk, the final decision and the quality of each of its documents; those kept
            are the best of their family.
    """
    chunk, decisions, qualities = item
    masked: Counter[str] = Counter()
    funnel: dict[str, Counter[str]] = {}
    kept, dropped = [], []
    for row, decision, quality in zip(chunk.read().to_pylist(), decisions, qualities, strict=True):
        if shared.settings.masking:
            row["text"], record, counts = mask_record(row["text"], orjson.loads(row["judgment"]))
            row["judgment"] = orjson.dumps(record).decode()
            masked.update({f"masked_{kind}": number for kind, number in counts.items()})
        steps = funnel.setdefault(row["province"] or UNKNOWN, Counter())
        steps.update(("read", decision.reason if decision else "kept"))
        if decision:
            reasons = [decision.reason, *decision.others]
            dropped.append(row | {"reason": decision.reason, "detail": decision.detail, "reasons": reasons})
        else:
            kept.append(row | {"family": row["doc_id"], "quality": quality})
    return WrittenChunk(
        pa.Table.from_pylist(kept, KEPT), pa.Table.from_pylist(dropped, DROPPED), masked, funnel
    )
