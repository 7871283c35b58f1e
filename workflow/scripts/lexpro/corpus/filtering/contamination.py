"""Decontamination: no training document may repeat an item of a benchmark.

A document is dropped if it shares any of these with one item: the case number, half of the
document's long shingles (a copy of a full text), or half of the item's (a judgment around the facts
that a benchmark took from it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lexpro.corpus.filtering.codes import WIDTH, Codes
from lexpro.corpus.filtering.shingles import SHARE, SIZE, ShingleIndex

# Shingles that more items have are a benchmark's boilerplate: they say nothing about one item.
MANY = 16
# An item with fewer shingles of its own is too short to be recognised by them: a definition, a
# statute's first half.
FEWEST = 50
_CASE_NUMBER = re.compile(
    r"[（(]?\s*((?:19|20)\d{2})\s*[）)]?\s*([\u4e00-\u9fa5]\d{2,4}|[\u4e00-\u9fa5]{1,6}\d{0,4})"
    r"(刑[\u4e00-\u9fa5]{1,2}?)(?:字)?第?0*(\d+)号"
)


def _case_numbers(text: str) -> Iterator[str]:
    """The numbers of criminal cases that a text names, in one spelling."""
    for match in _CASE_NUMBER.finditer(text.translate(WIDTH)):
        yield "/".join(match.groups())


@dataclass(frozen=True, slots=True)
class Overlap:
    """What a document shares with the item that it shares most with.

    Attributes:
        item: name of the item.
        of_document: share of the document's shingles that the item has.
        of_item: share of the item's particular shingles that the document has; 0 for an item of
            fewer than `FEWEST`.
    """

    item: str
    of_document: float
    of_item: float

    @property
    def share(self) -> float:
        """The greater of the two shares."""
        return max(self.of_document, self.of_item)


class BenchmarkIndex:
    """The shingles and case numbers of all items of some benchmarks.

    Attributes:
        names: names of the items, in their order.
    """

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        """Index `items`, given as (name, text)."""
        self.names: list[str] = []
        self._by_case_number: dict[str, int] = {}
        self._index = ShingleIndex(self._texts(items), MANY)

    def _texts(self, items: Iterable[tuple[str, str]]) -> Iterator[str]:
        """The texts of the items; takes in their names and case numbers on the way."""
        for number, (name, text) in enumerate(items):
            self.names.append(name)
            for case_number in _case_numbers(text):
                self._by_case_number.setdefault(case_number, number)
            yield text

    def __len__(self) -> int:
        return len(self.names)

    def overlaps(self, texts: Sequence[str], ends: Sequence[int]) -> list[Overlap | None]:
        """What each text shares with the item that it shares most with.

        The statutes that courts append are in benchmarks too. They are no item's facts, so what an
        item shares is looked for before the ending.

        Args:
            texts: documents.
            ends: where the ending of each text begins (its length, if there is none).

        Returns:
            One a text; None where it shares next to nothing.
        """
        overlaps = self._overlaps(Codes.from_texts(texts))
        by_item = [
            number
            for number, overlap in enumerate(overlaps)
            if overlap
            and overlap.of_document < SHARE <= overlap.of_item
            and ends[number] < len(texts[number])
        ]
        cut = self._overlaps(Codes.from_texts([texts[number][: ends[number]] for number in by_item]))
        for number, overlap in zip(by_item, cut, strict=True):
            overlaps[number] = overlap
        return overlaps

    def _overlaps(self, texts: Codes) -> list[Overlap | None]:
        if not len(self._index.hashes) or not len(texts):
            return [None] * len(texts)
        shingles = texts.letters().shingles(SIZE)
        which, places = self._index.find(shingles.values)
        bounds = np.searchsorted(which, shingles.bounds)
        likely = self._likely(places, np.diff(bounds), np.diff(shingles.bounds))
        return [
            self._closest(places[start:end], shingles.values[first:last]) if worth else None
            for worth, start, end, first, last in zip(
                likely, bounds, bounds[1:], shingles.bounds, shingles.bounds[1:], strict=False
            )
        ]

    def _likely(self, places: np.ndarray, counts: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        """Which documents of a batch may share half with an item.

        A document may where a sixth of its shingles are in benchmarks at all: it repeats itself,
        but not three times.

        Args:
            places: hashes of the index that the documents have, one document after the other.
            counts: how many of them each document has.
            sizes: how many shingles each document has.
        """
        index, items = self._index, len(self.names)
        document = np.repeat(np.arange(len(counts)), counts)
        rare = index.particular[places]
        pairs = np.unique(document[rare] * len(index.hashes) + places[rare])
        document, places = np.divmod(pairs, len(index.hashes))
        owners, lengths = index.owners(places)
        pairs, shared = np.unique(np.repeat(document, lengths) * items + owners, return_counts=True)
        document, item = np.divmod(pairs, items)
        likely = counts >= SHARE / 3 * sizes
        likely[document[(index.sizes[item] >= FEWEST) & (shared >= SHARE * index.sizes[item])]] = True
        return likely

    def _closest(self, places: np.ndarray, shingles: np.ndarray) -> Overlap:
        """The overlap of one document with the item that it shares most with.

        Args:
            places: hashes of the index that the document has.
            shingles: all shingles of the document.
        """
        index = self._index
        places = np.unique(places)
        of_document = index.shared(places) / len(np.unique(shingles))
        of_items = index.shared(places[index.particular[places]]) / np.maximum(index.sizes, 1)
        of_items[index.sizes < FEWEST] = 0
        best = int(
            np.argmax(of_document if of_document.max() >= SHARE else np.maximum(of_document, of_items))
        )
        return Overlap(self.names[best], float(of_document[best]), float(of_items[best]))

    def detail(self, overlap: Overlap | None, case_number: str | None) -> str | None:
        """Why a document is contaminated, None where it is not.

        Args:
            overlap: what its text shares, of `overlaps`.
            case_number: number of its case.
        """
        named = self._by_case_number
        number = next(_case_numbers(case_number), None) if case_number and named else None
        if number in named:
            return f"{self.names[named[number]]}: case number {case_number}"
        if overlap is None or overlap.share < SHARE:
            return None
        return f"{overlap.item}: {overlap.of_document:.0%} of the document, {overlap.of_item:.0%} of the item"
