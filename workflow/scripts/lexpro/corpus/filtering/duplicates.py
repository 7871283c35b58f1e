"""MinHash signatures of what is left of judgments when the boilerplate is taken out.

Judgments share most of their sentences, so plain shingles make families of strangers. First clauses
are counted (in a table of fixed size); clauses that many documents share are boilerplate and count
for nothing. Signatures of the rest are compared in bands (`families.py`).
"""

from __future__ import annotations

import numpy as np
from rensa import RMinHash

from lexpro.corpus.filtering.codes import Codes, mix

# Clauses fall into 2 ** 22 counters (16 MB). Two different ones share a counter too seldom to
# matter as long as no more documents are counted than this: particular clauses (some fifteen a
# document) then fill each counter twice.
COUNTERS = 1 << 22
COUNTED = 500_000
SEED = 42
# Values in a band: 25 bands of a signature of 128 find 99.9 % of pairs of similarity 0.75.
BAND = 5


class Boilerplate:
    """Counts clauses over a corpus, or a sample of it, and removes the frequent ones.

    Attributes:
        limit: clauses that more documents have are boilerplate.
        counts: in how many documents each clause stands, by its counter.
    """

    def __init__(self, limit: int, counts: np.ndarray | None = None) -> None:
        self.limit = limit
        self.counts = np.zeros(COUNTERS, dtype=np.uint32) if counts is None else counts

    def add(self, slots: np.ndarray, documents: np.ndarray) -> None:
        """Counts of `slots` (each once) as `document_counts` gives them."""
        self.counts[slots] += documents.astype(np.uint32)

    def removed_from(self, texts: Codes) -> Codes:
        """What is particular to each text, normalised; all of it if everything is boilerplate."""
        starts, ends, hashes, _ = texts.clauses()
        rare = self.counts[_slots(hashes)] <= self.limit
        rest = texts.without(starts[rare], ends[rare])
        if (np.diff(rest.bounds) > 0).all():
            return rest
        whole = texts.letters()
        parts = zip(rest.split(), whole.split(), strict=True)
        return Codes.join([part if len(part) else letters for part, letters in parts])


def _slots(hashes: np.ndarray) -> np.ndarray:
    return (hashes % np.uint64(COUNTERS)).astype(np.int64)


def document_counts(texts: Codes) -> tuple[np.ndarray, np.ndarray]:
    """(counters, in how many of the texts a clause of theirs stands)."""
    _, _, hashes, numbers = texts.clauses()
    once = np.unique(numbers * COUNTERS + _slots(hashes))
    return np.unique(once % COUNTERS, return_counts=True)


def signatures(texts: Codes, size: int, permutations: int) -> np.ndarray:
    """MinHash signatures of the shingles of texts.

    Args:
        texts: what is left of them without boilerplate.
        size: characters of a shingle.
        permutations: values of a signature.

    Returns:
        Shape (len(texts), permutations), uint32.
    """
    if not len(texts):
        return np.zeros((0, permutations), dtype=np.uint32)
    hashes = texts.shingles(size)
    bounds = hashes.bounds.astype(np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes.values, bounds, permutations, SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32)


def bands(table: np.ndarray) -> np.ndarray:
    """A hash (uint64) of each band of `BAND` values of signatures, shape (bands, len(table))."""
    number = table.shape[1] // BAND
    values = table[:, : number * BAND].reshape(len(table), number, BAND).astype(np.uint64)
    keys = np.zeros(values.shape[:2], dtype=np.uint64)
    for column in range(BAND):
        keys = mix(keys * np.uint64(31) + values[:, :, column])
    return np.ascontiguousarray(keys.T)
