"""Kernel ridge regression of many targets, with a bound on memory.

Up to so many rows as there are landmarks the regression is exact. Of more rows, every one is
compared with the landmarks alone (the subset of regressors of Smola and Schölkopf, 2000; Rudi et
al., 2015): two square matrices of their number are all that is kept, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

# Rows that are compared with the landmarks at a time.
BATCH = 512
# Columns that more of the landmarks have are multiplied as dense ones: most of the work, by BLAS.
FREQUENT = 0.02
# Added to the diagonal of a matrix that need not be definite, relative to its mean diagonal.
JITTER = 1e-6
# Yields which rows, in order, and their kernel with the landmarks: [batch, landmarks] float32.
Batches = Callable[[], Iterator[tuple[slice, np.ndarray]]]


class Products:
    """Inner products of sparse rows with those of one matrix.

    Args:
        landmarks: [landmarks, columns] float32.
    """

    def __init__(self, landmarks: sparse.csr_array):
        often = np.bincount(landmarks.indices, minlength=landmarks.shape[1]) > FREQUENT * landmarks.shape[0]
        self.often = np.flatnonzero(often)
        self.dense = np.ascontiguousarray(landmarks[:, self.often].toarray().T)
        self.rest = sparse.csr_array(landmarks.T)
        self.rest.data = self.rest.data * np.repeat(~often, np.diff(self.rest.indptr))
        self.rest.eliminate_zeros()

    def __call__(self, rows: sparse.csr_array) -> Iterator[tuple[slice, np.ndarray]]:
        """The products, a batch of rows at a time, as `Batches` yields them."""
        for start in range(0, rows.shape[0], BATCH):
            part = slice(start, min(start + BATCH, rows.shape[0]))
            some = rows[part]
            yield part, some[:, self.often].toarray() @ self.dense + (some @ self.rest).toarray()


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted regression: a row scores its kernel with the landmarks @ `weights`.

    Attributes:
        weights: [landmarks, targets] float32.
        left_out: what each row scores where it alone is not learned from, [n, targets] float32;
            None where that was not asked.
    """

    weights: np.ndarray
    left_out: np.ndarray | None


def fit(batches: Batches, targets: np.ndarray, landmarks: int, alpha: float, left_out: bool = False) -> Fit:
    """Fit the regression.

    Args:
        batches: the kernel of all rows with the landmarks, which are the first rows.
        targets: [n, targets] float32.
        landmarks: their number; n: the regression is exact.
        alpha: the penalty.
        left_out: whether to compute `Fit.left_out` too, from the leverage of each row.
    """
    if landmarks == len(targets):
        return _exact(batches, targets, alpha, left_out)
    left = np.zeros((landmarks, landmarks), np.float32)
    right = np.zeros((landmarks, targets.shape[1]), np.float32)
    for part, kernel in batches():
        left += kernel.T @ kernel
        right += kernel.T @ targets[part]
        own = slice(part.start, min(part.stop, landmarks))
        if own.start < own.stop:
            left[own] += alpha * kernel[: own.stop - own.start]
    left[np.diag_indices_from(left)] += JITTER * np.trace(left) / landmarks
    factor = linalg.cholesky(left, lower=True, overwrite_a=True, check_finite=False)
    weights = linalg.cho_solve((factor, True), right, check_finite=False)
    if not left_out:
        return Fit(weights, None)
    scores = np.empty_like(targets)
    for part, kernel in batches():
        half = linalg.solve_triangular(factor, kernel.T, lower=True, check_finite=False)
        leverage = np.minimum((half * half).sum(axis=0), 1 - JITTER)[:, None]
        scores[part] = (kernel @ weights - leverage * targets[part]) / (1 - leverage)
    return Fit(weights, scores)


def _exact(batches: Batches, targets: np.ndarray, alpha: float, left_out: bool) -> Fit:
    full = np.empty((len(targets), len(targets)), np.float32)
    for part, kernel in batches():
        full[part] = kernel
    full[np.diag_indices_from(full)] += alpha
    factor = linalg.cholesky(full, lower=True, overwrite_a=True, check_finite=False)
    weights = linalg.cho_solve((factor, True), targets, check_finite=False)
    if not left_out:
        return Fit(weights, None)
    inverse, _ = linalg.lapack.spotri(factor, lower=True, overwrite_c=True)
    return Fit(weights, targets - weights / np.diag(inverse)[:, None])
