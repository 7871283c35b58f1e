"""Decontamination: no training document may share its case number, or half of the long shingles,
with an item of a benchmark.

Half of the document's shingles (a copy of a full text), or half of the item's (a judgment around
the facts that a benchmark took from it): either is enough, of one item. Shingles are runs of 30
characters without punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from lexpro.corpus.filtering.codes import WIDTH, Codes
from lexpro.corpus.filtering.shingles import SHARE, SIZE
from lexpro.corpus.readers.base import Document, Fields, Reject
from lexpro.corpus.readers.dispatch import read
from lexpro.corpus.readers.raw import raw_files
from lexpro.workflow.errors import UserError
from lexpro.workflow.hash_cache import RawFile

# Shingles that more items have are a benchmark's boilerplate: they say nothing about one item.
MANY = 16
# An item with fewer shingles of its own is too short to be recognised by them: a definition, a
# statute's first half.
FEWEST = 50
MARKS = 1 << 26
# Items that are looked at together.
BATCH = 256
_CASE_NUMBER = re.compile(
    r"[（(]?\s*((?:19|20)\d{2})\s*[）)]?\s*([\u4e00-\u9fa5]\d{2,4}|[\u4e00-\u9fa5]{1,6}\d{0,4})"
    r"(刑[\u4e00-\u9fa5]{1,2}?)(?:字)?第?0*(\d+)号"
)


def _numbers(text: str) -> Iterator[str]:
    """The numbers of criminal cases that a text names, in one spelling."""
    for found in _CASE_NUMBER.finditer(text.translate(WIDTH)):
        yield "/".join(found.groups())


@dataclass(frozen=True, slots=True)
class Overlap:
    """The item that a document shares most with, and the shares of the document's and of the item's
    shingles.
    """

    item: str
    document: float
    own: float

    @property
    def share(self) -> float:
        """The greater of the two."""
        return max(self.document, self.own)


class Benchmarks:
    """The shingles and case numbers of all items of some benchmarks, given as (name, text): some 12
    bytes a character of theirs in memory.
    """

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self.names: list[str] = []
        self.numbers: dict[str, int] = {}
        hashes, owners = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.int32)]
        for batch in _batches(items):
            first = len(self.names)
            self.names += [name for name, _ in batch]
            for number, (_, text) in enumerate(batch, first):
                for case_number in _numbers(text):
                    self.numbers.setdefault(case_number, number)
            letters = Codes.from_texts([text for _, text in batch]).letters()
            found = letters.shingles(SIZE)
            # A text that is shorter than a shingle has none.
            long = np.repeat(np.diff(letters.bounds) >= SIZE, np.diff(found.bounds))
            owner = np.repeat(np.arange(len(batch), dtype=np.int32), np.diff(found.bounds))
            hashes.append(found.values[long])
            owners.append(owner[long] + np.int32(first))
        self._index(np.concatenate(hashes), np.concatenate(owners))

    def _index(self, hashes: np.ndarray, owners: np.ndarray) -> None:
        """The owners of hash i are owners[bounds[i]:bounds[i + 1]], each once."""
        order = np.argsort(hashes, kind="stable")
        hashes, owners = hashes[order], owners[order]
        # Stable: the owners of a hash are in order, so repetitions stand beside each other.
        new = np.append(True, (hashes[1:] != hashes[:-1]) | (owners[1:] != owners[:-1]))[: len(hashes)]
        hashes, self.owners = hashes[new], owners[new]
        self.hashes, first = np.unique(hashes, return_index=True)
        self.bounds = np.append(first, len(hashes))
        self.particular = np.diff(self.bounds) <= MANY
        counted = self.owners[np.repeat(self.particular, np.diff(self.bounds))]
        self.sizes = np.bincount(counted, minlength=len(self.names))
        # What is not marked here is in no benchmark: most shingles need no search among the hashes.
        self.marks = np.zeros(MARKS if len(self.hashes) else 1, dtype=bool)
        self.marks[self._slots(self.hashes)] = True

    def __len__(self) -> int:
        return len(self.names)

    def _slots(self, hashes: np.ndarray) -> np.ndarray:
        return (hashes % np.uint64(len(self.marks))).astype(np.int64)

    def overlaps(self, texts: Sequence[str], ends: Sequence[int]) -> list[Overlap | None]:
        """What each text shares with the item that it shares most with; None where that is next to
        nothing.

        `ends`: where the ending of each text begins (its length, if there is none). The statutes
        that courts append are in benchmarks too: they are no item's facts, so what an item shares
        is looked for before the ending.
        """
        found = self._overlaps(Codes.from_texts(texts))
        again = [
            number
            for number, overlap in enumerate(found)
            if overlap and overlap.document < SHARE <= overlap.own and ends[number] < len(texts[number])
        ]
        cut = self._overlaps(Codes.from_texts([texts[number][: ends[number]] for number in again]))
        for number, overlap in zip(again, cut, strict=True):
            found[number] = overlap
        return found

    def _overlaps(self, texts: Codes) -> list[Overlap | None]:
        if not len(self.hashes) or not len(texts):
            return [None] * len(texts)
        own = texts.letters().shingles(SIZE)
        place = np.flatnonzero(self.marks[self._slots(own.values)])
        # Sorted and each once, because documents of a batch share their statutes: the search is
        # several times faster.
        values, which = np.unique(own.values[place], return_inverse=True)
        near = np.minimum(np.searchsorted(self.hashes, values), len(self.hashes) - 1)
        same = (self.hashes[near] == values)[which]
        place, near = place[same], near[which][same]
        bounds = np.searchsorted(place, own.bounds)
        likely = self._likely(near, np.diff(bounds), np.diff(own.bounds))
        return [
            self._most(near[start:end], own.values[first:last]) if worth else None
            for worth, start, end, first, last in zip(
                likely, bounds, bounds[1:], own.bounds, own.bounds[1:], strict=False
            )
        ]

    def _likely(self, near: np.ndarray, counts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Which documents of a batch may share half with an item, given which hashes they have, one
        after the other.

        A document may where a sixth of its shingles are in benchmarks at all: it repeats itself,
        but not three times.
        """
        document = np.repeat(np.arange(len(counts)), counts)
        rare = self.particular[near]
        pairs = np.unique(document[rare] * len(self.hashes) + near[rare])
        document, found = np.divmod(pairs, len(self.hashes))
        owners, lengths = self._owners(found)
        pairs, shared = np.unique(np.repeat(document, lengths) * len(self.names) + owners, return_counts=True)
        document, item = np.divmod(pairs, len(self.names))
        likely = counts >= SHARE / 3 * sizes
        likely[document[(self.sizes[item] >= FEWEST) & (shared >= SHARE * self.sizes[item])]] = True
        return likely

    def _most(self, found: np.ndarray, own: np.ndarray) -> Overlap | None:
        """`found`: which hashes a document has, `own`: all of its own."""
        found = np.unique(found)
        particular = found[self.particular[found]]
        document = self._shared(found) / len(np.unique(own))
        items = self._shared(particular) / np.maximum(self.sizes, 1)
        items[self.sizes < FEWEST] = 0
        best = int(np.argmax(document if document.max() >= SHARE else np.maximum(document, items)))
        return Overlap(self.names[best], float(document[best]), float(items[best]))

    def _owners(self, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(the items that have each of the hashes, one after the other; how many have each)."""
        starts, lengths = self.bounds[found], self.bounds[found + 1] - self.bounds[found]
        steps = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self.owners[np.repeat(starts, lengths) + steps], lengths

    def _shared(self, found: np.ndarray) -> np.ndarray:
        """How many of the hashes each item has."""
        return np.bincount(self._owners(found)[0], minlength=len(self.names))

    def verdict(self, overlap: Overlap | None, case_number: str | None) -> tuple[str, str] | None:
        """(contaminated, why) or None, given what the text shares."""
        number = next(_numbers(case_number), None) if case_number and self.numbers else None
        if number in self.numbers:
            return "contaminated", f"{self.names[self.numbers[number]]}: case number {case_number}"
        if overlap is None or overlap.share < SHARE:
            return None
        shares = f"{overlap.document:.0%} of the document, {overlap.own:.0%} of the item"
        return "contaminated", f"{overlap.item}: {shares}"


def _batches(items: Iterable[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def items_of(path: Path, name: str, fields: list[str]) -> Iterator[tuple[str, str]]:
    """(name, text) of the items of a benchmark's file or folder; raises `UserError` if something
    cannot be read.
    """
    files = raw_files(path) if path.is_dir() else [RawFile(path, path.name)]
    for file in files:
        if file.trouble:
            raise UserError(
                f"{file.path}: {file.trouble}. It is in the benchmark {name} of filter.decontaminate_against: mend "
                "or remove it."
            )
        where = f"{name}/{file.name}" if path.is_dir() else name
        for found in read(file.path, file.path.name, Fields(tuple(fields))):
            match found:
                case Document(text, _, record):
                    yield f"{where}#{record}", text
                case Reject("empty"):
                    pass
                case Reject(reason, record, byte, detail, _):
                    raise UserError(
                        f"{file.path}: record {record}, byte {byte}: {reason} {detail}. Mend "
                        f"filter.decontaminate_against: its fields are {fields}."
                    )
