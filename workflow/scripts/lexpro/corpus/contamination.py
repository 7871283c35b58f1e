"""Decontamination: no training document may share its case number, or half of its long shingles, with an item
of a benchmark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from lexpro.corpus.codes import Codes
from lexpro.corpus.readers import read
from lexpro.corpus.readers_base import Document, Fields, Reject
from lexpro.errors import UserError

SIZE = 30
SHARE = 0.5
MARKS = 1 << 26
_CASE_NUMBER = re.compile(
    r"[（(]?\s*((?:19|20)\d{2})\s*[）)]?\s*([\u4e00-\u9fa5]\d{2,4}|[\u4e00-\u9fa5]{1,6}\d{0,4})"
    r"(刑[\u4e00-\u9fa5]{1,2})(?:字第)?(\d+)号"
)


def _numbers(text: str) -> Iterator[str]:
    for found in _CASE_NUMBER.finditer(text):
        yield "".join(found.groups())


class Benchmarks:
    """The shingles and case numbers of all items of some benchmarks (8 bytes a character of theirs in
    memory).
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        parts, self.numbers = [], set()
        for text in texts:
            letters = Codes.of([text]).letters()
            if len(letters.values) >= SIZE:
                parts.append(letters.shingles(SIZE).values)
            self.numbers.update(_numbers(text))
        self.hashes = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.uint64)
        # What is not marked here is in no benchmark: most shingles need no search among the hashes.
        self.marks = np.zeros(MARKS, dtype=bool)
        self.marks[self._slots(self.hashes)] = True

    @staticmethod
    def _slots(hashes: np.ndarray) -> np.ndarray:
        return (hashes % np.uint64(MARKS)).astype(np.int64)

    def overlaps(self, texts: Codes) -> np.ndarray:
        """Share of each text's 30-character shingles that a benchmark has too; short ones share none."""
        if not len(self.hashes):
            return np.zeros(len(texts))
        letters = texts.letters()
        own = letters.shingles(SIZE)
        found = self.marks[self._slots(own.values)]
        place = np.flatnonzero(found)
        near = np.minimum(np.searchsorted(self.hashes, own.values[place]), len(self.hashes) - 1)
        found[place] = self.hashes[near] == own.values[place]
        sums = np.concatenate(([0], np.cumsum(found)))[own.bounds]
        return np.where(np.diff(letters.bounds) < SIZE, 0.0, np.diff(sums) / np.diff(own.bounds))

    def overlap(self, text: str) -> float:
        """`overlaps` of one text."""
        return float(self.overlaps(Codes.of([text]))[0])

    def contains(self, text: str, case_number: str | None) -> tuple[str, str] | None:
        """(contaminated, why) or None."""
        return self.verdict(self.overlap(text), case_number)

    def verdict(self, share: float, case_number: str | None) -> tuple[str, str] | None:
        """(contaminated, why) or None, given the text's `overlap`."""
        number = next(_numbers(case_number), None) if case_number and self.numbers else None
        if number in self.numbers:
            return "contaminated", f"case number {case_number}"
        return ("contaminated", f"{share:.0%} of its shingles") if share >= SHARE else None


def texts_of(path: Path, fields: list[str]) -> Iterator[str]:
    """The texts of a benchmark's file; raises `UserError` if something in it cannot be read."""
    for found in read(path, path.name, Fields(tuple(fields))):
        match found:
            case Document(text):
                yield text
            case Reject(reason, record, byte, detail, _):
                raise UserError(
                    f"{path}: record {record}, byte {byte}: {reason} {detail}. Mend filter.benchmarks: its "
                    f"fields are {fields}."
                )
