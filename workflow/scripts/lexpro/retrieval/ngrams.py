"""Texts as vectors of the runs of characters that they have: sparse, weighted, of unit length.

A run of characters (n-gram) is known by a hash, so there is no vocabulary to keep: what is stored
is one weight a bucket, whatever the number of texts. Chinese needs no words for this.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from lexpro.corpus.filtering.codes import Codes, batches


def counts(texts: Sequence[str], longest: int, buckets: int) -> sparse.csr_array:
    """How often each text has each n-gram of 1 to `longest` letters (no punctuation, no spaces).

    Args:
        texts: any.
        longest: length of the longest n-gram (characters).
        buckets: of the hashes; two n-grams in one bucket count as one.

    Returns:
        [texts, buckets] float32.
    """
    parts = [_counts(texts[part], longest, buckets) for part in batches(texts)]
    if not parts:
        return sparse.csr_array((0, buckets), dtype=np.float32)
    return sparse.vstack(parts, format="csr")


def _counts(texts: Sequence[str], longest: int, buckets: int) -> sparse.csr_array:
    letters = Codes.from_texts(texts).letters()
    keys = []
    for size in range(1, longest + 1):
        runs = letters.shingles(size)
        row = np.repeat(np.arange(len(texts)), np.diff(runs.bounds))
        keys.append(row * buckets + (runs.values % np.uint64(buckets)).astype(np.int64))
    values, times = np.unique(np.concatenate(keys), return_counts=True)
    rows, columns = np.divmod(values, buckets)
    bounds = np.searchsorted(rows, np.arange(len(texts) + 1)).astype(np.int32)
    data = times.astype(np.float32)
    return sparse.csr_array((data, columns.astype(np.int32), bounds), shape=(len(texts), buckets))


def inverse_frequencies(matrix: sparse.csr_array, fewest: int) -> np.ndarray:
    """ln((1 + n) / (1 + df)) + 1 of each bucket; 0 where fewer than `fewest` texts have it."""
    df = np.bincount(matrix.indices, minlength=matrix.shape[1])
    idf = np.log((1 + matrix.shape[0]) / (1 + df)) + 1
    return np.where(df >= fewest, idf, 0).astype(np.float32)


def weigh(matrix: sparse.csr_array, idf: np.ndarray) -> sparse.csr_array:
    """(1 + ln tf) idf, each row of unit length; buckets without a weight are left out."""
    weighed = matrix.copy()
    weighed.data = (1 + np.log(weighed.data)) * idf[weighed.indices]
    weighed.eliminate_zeros()
    norms = np.sqrt(np.asarray(weighed.power(2).sum(axis=1)).ravel())
    weighed.data /= np.repeat(np.maximum(norms, 1e-12), np.diff(weighed.indptr)).astype(np.float32)
    return weighed
