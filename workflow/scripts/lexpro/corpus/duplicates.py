"""Exact and near-duplicates: MinHash over character shingles of what is left when the boilerplate is taken
out.

Judgments share most of their sentences, so plain shingles make families of strangers. First all clauses are
counted (in a
table of fixed size); clauses that many documents share are boilerplate and count for nothing. The signatures
of the rest are
compared in bands (locality-sensitive hashing), and pairs in a band by the share of equal values, which
estimates the
Jaccard similarity of their shingles (Broder 1997; Leskovec et al., Mining of Massive Datasets, chapter 3).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator

import numpy as np
from rensa import RMinHash

# Everything that editions of one judgment differ in without saying anything else: punctuation, spaces,
# brackets, width.
_NOISE = re.compile(r"[^\w×]+", re.UNICODE)
_CLAUSE = re.compile(r"[，。；：、！？,.;:!?\n（）()《》〈〉“”\"'\s]+")
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Clauses fall into 2 ** 22 counters (16 MB): two different ones share a counter too seldom to matter.
COUNTERS = 1 << 22
SEED = 42


def normal(text: str) -> str:
    """The text without punctuation and spaces, full-width forms as half-width ones."""
    return _NOISE.sub("", text.translate(_WIDTH))


def digest(text: str) -> bytes:
    """What two exact copies have in common (16 bytes)."""
    return hashlib.blake2b(normal(text).encode("utf-8"), digest_size=16).digest()


class Boilerplate:
    """Counts clauses over a corpus and removes those that more than `limit` documents have."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.counts = np.zeros(COUNTERS, dtype=np.uint32)

    @staticmethod
    def _slots(clauses: Iterable[str]) -> list[int]:
        return [zlib.crc32(clause.encode("utf-8")) % COUNTERS for clause in clauses]

    def count(self, text: str) -> None:
        # Each clause once a document.
        self.counts[self._slots(set(_CLAUSE.split(text.translate(_WIDTH))))] += 1

    def rest(self, text: str) -> str:
        """What is particular to the text, normalised; all of it if everything in it is boilerplate."""
        clauses = [c for c in _CLAUSE.split(text.translate(_WIDTH)) if c]
        common = self.counts[self._slots(clauses)] > self.limit
        return "".join(c for c, drop in zip(clauses, common, strict=True) if not drop) or normal(text)


def _mix(values: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser: spreads neighbouring values over 64 bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def shingles(text: str, size: int) -> np.ndarray:
    """Hashes (uint64) of all runs of `size` characters; at least one, however short the text."""
    codes = np.frombuffer(text.ljust(size).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    count = len(codes) - size + 1
    rolled = np.zeros(count, dtype=np.uint64)
    for offset in range(size):
        rolled = rolled * np.uint64(0x9E3779B97F4A7C15) + codes[offset : offset + count]
    return _mix(rolled)


def signatures(texts: list[str], size: int, permutations: int) -> np.ndarray:
    """MinHash signatures, shape (len(texts), permutations), uint32."""
    if not texts:
        return np.zeros((0, permutations), dtype=np.uint32)
    hashes = [np.unique(shingles(text, size)) for text in texts]
    ends = np.cumsum([0, *map(len, hashes)]).astype(np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(hashes), ends, permutations, SEED)
    return np.array(matrix.to_rows(), dtype=np.uint32)


def _band_groups(table: np.ndarray) -> Iterator[np.ndarray]:
    """Row numbers that share a band of five values, by group: 25 bands find 99.9 % of pairs of similarity 0.75."""
    rows = 5
    for start in range(0, table.shape[1] - rows + 1, rows):
        band = np.ascontiguousarray(table[:, start : start + rows]).astype(np.uint64)
        key = np.zeros(len(table), dtype=np.uint64)
        for column in range(rows):
            key = _mix(key * np.uint64(31) + band[:, column])
        order = np.argsort(key, kind="stable")
        edges = np.flatnonzero(np.diff(key[order])) + 1
        for group in np.split(order, edges):
            if len(group) > 1:
                yield group


# In a group of very many, each is compared with this many: enough to connect copies, and linear.
NEIGHBOURS = 50


def near(table: np.ndarray, threshold: float) -> dict[tuple[int, int], float]:
    """{(i, j): estimated similarity} of pairs of rows at or above the threshold, i < j."""
    found: dict[tuple[int, int], float] = {}
    seen: set[tuple[int, int]] = set()
    for group in _band_groups(table):
        for place, second in enumerate(group[1:], 1):
            others = group[max(0, place - NEIGHBOURS) : place]
            new = [int(first) for first in others if (int(first), int(second)) not in seen]
            if not new:
                continue
            seen.update((first, int(second)) for first in new)
            shares = (table[new] == table[second]).mean(axis=1)
            found |= {(f, int(second)): float(s) for f, s in zip(new, shares, strict=True) if s >= threshold}
    return found


def components(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of `count` items the smallest item that it is connected to."""
    root = list(range(count))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for first, second in pairs:
        a, b = sorted((find(first), find(second)))
        root[b] = a
    return [find(i) for i in range(count)]


def resolve(
    digests: list[bytes], table: np.ndarray, worth: list[tuple], threshold: float
) -> tuple[list[int], list[tuple[str, float] | None]]:
    """Families of duplicates and what to drop.

    `worth` orders the copies of a family: the greatest is kept. Returns for each document the number of the
    one kept of its
    family (its own, if it is alone), and None or (exact_duplicate | near_duplicate, estimated similarity).
    """
    first: dict[bytes, int] = {}
    for number in sorted(range(len(digests)), key=worth.__getitem__, reverse=True):
        first.setdefault(digests[number], number)
    best = sorted(first.values())
    place = {number: row for row, number in enumerate(best)}
    pairs = near(table[best], threshold)
    roots = components(len(best), pairs)
    keeper: dict[int, int] = {}
    for row, root in enumerate(roots):
        if root not in keeper or worth[best[row]] > worth[keeper[root]]:
            keeper[root] = best[row]
    family, dropped = [], []
    for number, copy in enumerate(digests):
        own = first[copy]
        kept = keeper[roots[place[own]]]
        family.append(kept)
        if number == kept:
            dropped.append(None)
        elif number != own:
            dropped.append(("exact_duplicate", 1.0))
        else:
            dropped.append(("near_duplicate", float((table[number] == table[kept]).mean())))
    return family, dropped
