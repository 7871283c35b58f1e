"""Decontamination: no training document may share its case number, or half of its long shingles, with an item
of a benchmark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from lexpro.corpus.duplicates import normal, shingles
from lexpro.corpus.readers import read
from lexpro.corpus.readers_base import Document, Fields, Reject
from lexpro.errors import UserError

SIZE = 30
SHARE = 0.5
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
            short = normal(text)
            if len(short) >= SIZE:
                parts.append(shingles(short, SIZE))
            self.numbers.update(_numbers(text))
        self.hashes = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.uint64)

    def overlap(self, text: str) -> float:
        """Share of the text's 30-character shingles that a benchmark has too."""
        short = normal(text)
        if not len(self.hashes) or len(short) < SIZE:
            return 0.0
        own = shingles(short, SIZE)
        place = np.minimum(np.searchsorted(self.hashes, own), len(self.hashes) - 1)
        return float((self.hashes[place] == own).mean())

    def contains(self, text: str, case_number: str | None) -> tuple[str, str] | None:
        """(contaminated, why) or None."""
        number = next(_numbers(case_number), None) if case_number and self.numbers else None
        if number in self.numbers:
            return "contaminated", f"case number {case_number}"
        share = self.overlap(text)
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
