"""Families of duplicates among any number of documents.

Signatures lie on disk, in memory are a few numbers of each document. Pairs that share a band of
their signatures (locality-sensitive hashing) are compared by the share of equal values, which
estimates the Jaccard similarity of their shingles (Broder 1997; Leskovec et al., Mining of Massive
Datasets, chapter 3).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lexpro.corpus.filtering.duplicates import BAND, bands
from lexpro.union_find import connect

# In a group of very many, each is compared with this many: enough to connect copies, and linear.
NEIGHBOURS = 50
# Pairs whose signatures are in memory at once.
BLOCK = 50_000
# Orders numbers of documents, the best copy first.
Order = Callable[[np.ndarray], np.ndarray]


class Signatures:
    """Signatures of documents 0, 1, … in a folder, and their bands in a file each.

    A context manager.
    """

    def __init__(self, folder: Path, permutations: int) -> None:
        self.folder, self.permutations, self.count = folder, permutations, 0

    def __enter__(self) -> Signatures:
        self.rows_file = (self.folder / "signatures").open("w+b")
        self.band_files = [(self.folder / f"band-{n}").open("w+b") for n in range(self.permutations // BAND)]
        return self

    def __exit__(self, *_: object) -> None:
        for file in (self.rows_file, *self.band_files):
            file.close()

    def add(self, table: np.ndarray) -> None:
        """Append signatures, shape (documents, permutations), uint32."""
        self.rows_file.write(np.ascontiguousarray(table))
        for file, keys in zip(self.band_files, bands(table), strict=True):
            file.write(keys)
        self.count += len(table)

    def keys(self, band: int) -> np.ndarray:
        """The hashes of one band, in the order of the documents."""
        self.band_files[band].seek(0)
        return np.fromfile(self.band_files[band], dtype=np.uint64)

    def _rows(self, numbers: np.ndarray) -> np.ndarray:
        self.rows_file.flush()
        width, file = 4 * self.permutations, self.rows_file.fileno()
        data = b"".join(os.pread(file, width, number * width) for number in numbers.tolist())
        return np.frombuffer(data, dtype=np.uint32).reshape(len(numbers), self.permutations)

    def similarity(self, first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Estimated Jaccard similarity of pairs of documents."""
        blocks = [
            (self._rows(first[at : at + BLOCK]) == self._rows(second[at : at + BLOCK])).mean(axis=1)
            for at in range(0, len(first), BLOCK)
        ]
        return np.concatenate(blocks) if blocks else np.zeros(0)


def _candidates(keys: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of places with the same key, those next to each other first."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    for distance in range(1, min(NEIGHBOURS, len(keys) - 1) + 1):
        same = np.flatnonzero(keys[distance:] == keys[:-distance])
        if not len(same):
            return
        yield order[same], order[same + distance]


def near(store: Signatures, among: np.ndarray, threshold: float) -> np.ndarray:
    """For each document the smallest one that it is connected to.

    Args:
        store: signatures.
        among: documents that are compared.
        threshold: estimated similarity from which a pair is connected.
    """
    roots = np.arange(store.count)
    for band in range(len(store.band_files)):
        for places in _candidates(store.keys(band)[among]):
            first, second = (among[place] for place in places)
            # What is connected already need not be compared again.
            apart = roots[first] != roots[second]
            first, second = first[apart], second[apart]
            close = store.similarity(first, second) >= threshold
            if close.any():
                connect(roots, first[close], second[close])
    return roots


def _leaders(labels: np.ndarray, members: np.ndarray, order: Order) -> np.ndarray:
    """For each document itself, or the first by `order` of those that share its label.

    Only `members` are compared.
    """
    leaders = np.arange(len(labels))
    members = members[np.argsort(labels[members], kind="stable")]
    own = labels[members]
    shared = np.zeros(len(own), dtype=bool)
    shared[1:] |= own[1:] == own[:-1]
    shared[:-1] |= own[:-1] == own[1:]
    members = order(members[shared])
    members = members[np.argsort(labels[members], kind="stable")]
    own = labels[members]
    starts = np.flatnonzero(np.concatenate(([True], own[1:] != own[:-1]))) if len(own) else own
    leaders[members] = np.repeat(members[starts], np.diff([*starts, len(members)]))
    return leaders


@dataclass(frozen=True, slots=True)
class Families:
    """What becomes of each document among its duplicates.

    Attributes:
        keeper: the one kept of its family.
        exact: whether it is an exact copy of one that is as good or better.
        similarity: to the keeper, estimated; 1 for exact copies.
    """

    keeper: np.ndarray
    exact: np.ndarray
    similarity: np.ndarray


def resolve(digests: np.ndarray, store: Signatures, order: Order, threshold: float) -> Families:
    """Families of the documents of `store` with the given digests; the first by `order` is kept.

    Args:
        digests: [documents] uint64, equal for exact copies.
        store: the signatures of the same documents, in the same order.
        order: puts numbers of documents in order, the best copy first.
        threshold: estimated Jaccard similarity, in [0, 1], from which two documents are near
            duplicates.

    Returns:
        A keeper, whether it is an exact copy, and a similarity for each document.
    """
    everyone = np.arange(len(digests))
    best_copy = _leaders(digests, everyone, order)
    best = np.flatnonzero(best_copy == everyone)
    keeper = _leaders(near(store, best, threshold), best, order)[best_copy]
    similarity = np.ones(len(digests))
    others = np.flatnonzero((best_copy == everyone) & (keeper != everyone))
    similarity[others] = store.similarity(others, keeper[others])
    return Families(keeper, best_copy != everyone, similarity)
