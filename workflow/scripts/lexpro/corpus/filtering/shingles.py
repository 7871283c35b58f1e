"""One index for every question of contamination: which items share long shingles with a document.

A shingle is a run of 30 characters without punctuation. The filter asks which documents of the
corpus stand in a benchmark (`lexpro.corpus.filtering.contamination`), the evaluation how much of a
benchmark stood in the training documents (`lexpro.evaluation.contamination`). The items are in
memory, some 12 bytes a character of theirs; documents pass by.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import numpy as np

from lexpro.corpus.filtering.codes import Codes

# Characters of a shingle.
SIZE = 30
# The share of shingles from which on two texts are taken to tell the same.
SHARE = 0.5
# Items that are looked at together.
_BATCH = 256
# Marks for each hash of the index, and at most so many (64 MB).
_MARKS_PER_HASH = 64
_MOST_MARKS = 1 << 26


def long_shingles(texts: Sequence[str]) -> Codes:
    """Hashes (uint64) of the shingles of each text; none of a text shorter than a shingle."""
    letters = Codes.from_texts(texts).letters()
    shingles = letters.shingles(SIZE)
    return shingles.keep(np.repeat(np.diff(letters.bounds) >= SIZE, np.diff(shingles.bounds)))


class ShingleIndex:
    """The shingles of items, numbered in the order in which they are given.

    Attributes:
        count: number of items.
        hashes: every shingle of any item once, ascending, uint64.
        particular: for each hash, whether few enough items have it to say anything about one.
        sizes: for each item, how many particular shingles it has.
    """

    def __init__(self, items: Iterable[str], most_owners: int) -> None:
        """Index the texts of `items`.

        Args:
            items: texts of the items; read once.
            most_owners: shingles that more items have are a benchmark's boilerplate, not
                particular.
        """
        self.count = 0
        hashes, owners = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int32)]
        remaining = iter(items)
        while batch := list(islice(remaining, _BATCH)):
            shingles = long_shingles(batch)
            numbers = np.arange(self.count, self.count + len(batch), dtype=np.int32)
            hashes.append(shingles.values)
            owners.append(np.repeat(numbers, np.diff(shingles.bounds)))
            self.count += len(batch)
        self._index(np.concatenate(hashes), np.concatenate(owners), most_owners)

    def _index(self, hashes: np.ndarray, owners: np.ndarray, most_owners: int) -> None:
        """The owners of hash i become `_owners[_bounds[i]:_bounds[i + 1]]`, each once."""
        order = np.argsort(hashes, kind="stable")
        hashes, owners = hashes[order], owners[order]
        # Stable: the owners of a hash are in order, so repetitions stand beside each other.
        new = np.append(True, (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1]))[: len(hashes)]
        hashes, self._owners = hashes[new], owners[new]
        self.hashes, first = np.unique(hashes, return_index=True)
        self._bounds = np.append(first, len(hashes))
        self.particular = np.diff(self._bounds) <= most_owners
        counted = self._owners[np.repeat(self.particular, np.diff(self._bounds))]
        self.sizes = np.bincount(counted, minlength=self.count)
        # What is not marked here is in no item: most shingles need no search among the hashes.
        marks = 1 << (_MARKS_PER_HASH * len(self.hashes)).bit_length()
        self._marks = np.zeros(min(marks, _MOST_MARKS), dtype=bool)
        self._marks[self._slots(self.hashes)] = True

    def _slots(self, hashes: np.ndarray) -> np.ndarray:
        return (hashes % np.uint64(len(self._marks))).astype(np.int64)

    def find(self, shingles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Look up shingles.

        Args:
            shingles: hashes as `long_shingles` gives them.

        Returns:
            (which of `shingles` are in the index, ascending; the place in `hashes` of each of
            these).
        """
        which = np.flatnonzero(self._marks[self._slots(shingles)])
        # Sorted and each once, because documents of a batch share their statutes: the search is
        # several times faster.
        values, back = np.unique(shingles[which], return_inverse=True)
        places = np.minimum(np.searchsorted(self.hashes, values), len(self.hashes) - 1)
        same = (self.hashes[places] == values)[back]
        return which[same], places[back][same]

    def owners(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The items that have the hashes at `places`.

        Returns:
            (the items, one hash after the other; how many items have each hash).
        """
        starts, lengths = self._bounds[places], self._bounds[places + 1] - self._bounds[places]
        steps = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self._owners[np.repeat(starts, lengths) + steps], lengths

    def shared(self, places: np.ndarray) -> np.ndarray:
        """How many of the hashes at `places` (each once) each item has, shape (count,)."""
        return np.bincount(self.owners(places)[0], minlength=self.count)
