"""Many texts at once as one array of code points.

Letters, clauses and shingles of a whole batch take a few array operations, instead of a loop over
its texts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

# Full-width forms as half-width ones.
WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Everything that editions of one judgment differ in without saying anything else: punctuation,
# spaces, brackets.
_NOISE = re.compile(r"[^\w×]")
_BREAK = re.compile(r"[，。；：、！？,.;:!?\n（）()《》〈〉“”\"'\s]")
# Characters beyond this plane (rare ideographs) are neither punctuation nor have they a width.
_PLANE = 1 << 16
_K = 0x9E3779B97F4A7C15
# Characters that are looked at together: what they need stays in a processor's cache.
BATCH = 1 << 18


@cache
def _tables() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each code of the basic plane is.

    Returns:
        (its half-width form, whether it is noise, whether it parts clauses).
    """
    half = [chr(WIDTH.get(code, code)) for code in range(_PLANE)]
    forms = np.array([ord(character) for character in half], dtype=np.uint32)
    noise = np.array([bool(_NOISE.match(character)) for character in half])
    breaks = np.array([bool(_BREAK.match(character)) for character in half])
    return forms, noise, breaks


def _look_up(table: np.ndarray, values: np.ndarray, beyond: np.ndarray | bool) -> np.ndarray:
    entries = table[np.minimum(values, _PLANE - 1)]
    return np.where(values < _PLANE, entries, beyond) if values.size and values.max() >= _PLANE else entries


def mix(values: np.ndarray) -> np.ndarray:
    """splitmix64's finaliser: spreads neighbouring values over 64 bits."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _rolled(codes: np.ndarray, size: int) -> np.ndarray:
    """Polynomial hashes of all runs of `size` codes, put together of runs of 1, 2, 4 and so on."""
    hashes, done, width = np.zeros(len(codes) + 1, dtype=np.uint64), 0, 1
    while True:
        power = np.uint64(pow(_K, width, 1 << 64))
        if size & width:
            behind = codes[done:]
            hashes, done = hashes[: len(behind)] * power + behind, done + width
        if done == size:
            return hashes
        codes, width = codes[:-width] * power + codes[width:], 2 * width


def _spans(starts: np.ndarray, ends: np.ndarray, length: int) -> np.ndarray:
    """Which of `length` places lie in one of the spans, which do not touch each other."""
    steps = np.zeros(length + 1, dtype=np.int8)
    steps[starts] += 1
    steps[ends] -= 1
    return np.cumsum(steps[:-1], dtype=np.int8).view(bool)


def batches(texts: Sequence[str]) -> Iterator[slice]:
    """Slices of `texts` of about `BATCH` characters (a longer text is a slice of its own)."""
    start = size = 0
    for number, text in enumerate(texts):
        if size and size + len(text) > BATCH:
            yield slice(start, number)
            start, size = number, 0
        size += len(text)
    if start < len(texts):
        yield slice(start, len(texts))


@dataclass(frozen=True, slots=True)
class Codes:
    """Code points of texts one after another.

    Attributes:
        values: of all texts, uint32; hashes (uint64) where they stand for runs of characters.
        bounds: text i is values[bounds[i]:bounds[i + 1]].
    """

    values: np.ndarray
    bounds: np.ndarray

    @classmethod
    def from_texts(cls, texts: Sequence[str]) -> Codes:
        """Each text gets a line end behind it, so that no clause reaches into the next."""
        data = "".join(text + "\n" for text in texts).encode("utf-32-le", errors="surrogatepass")
        bounds = np.cumsum([0, *(len(text) + 1 for text in texts)])
        return cls(np.frombuffer(data, dtype=np.uint32), bounds)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def keep(self, mask: np.ndarray) -> Codes:
        """The codes that `mask` marks, in the same texts."""
        return Codes(self.values[mask], np.concatenate(([0], np.cumsum(mask)))[self.bounds])

    @classmethod
    def join(cls, parts: list[np.ndarray]) -> Codes:
        """The inverse of `split`."""
        return cls(np.concatenate(parts), np.cumsum([0, *map(len, parts)]))

    def split(self) -> list[np.ndarray]:
        """The codes of each text."""
        return np.split(self.values, self.bounds[1:-1])[: len(self)]

    def texts(self) -> list[str]:
        """The codes as texts again."""
        return [part.tobytes().decode("utf-32-le", errors="surrogatepass") for part in self.split()]

    def letters(self) -> Codes:
        """The texts without punctuation and spaces, full-width forms as half-width ones."""
        forms, noise, _ = _tables()
        same = Codes(_look_up(forms, self.values, self.values), self.bounds)
        return same.keep(~_look_up(noise, self.values, False))

    def digests(self) -> np.ndarray:
        """What two exact copies have in common: 64 bits of a cryptographic hash of the letters.

        Among ten million texts a pair of different ones with the same digest is to be expected with
        3 in a million.
        """
        hashes = (hashlib.blake2b(letters, digest_size=8).digest() for letters in self.letters().split())
        return np.frombuffer(b"".join(hashes), dtype="<u8")

    def clauses(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """All clauses: runs without punctuation and spaces.

        Returns:
            (starts, ends, hashes, number of the text), each of shape (clauses,).
        """
        forms, _, breaks = _tables()
        inside = np.concatenate(([False], ~_look_up(breaks, self.values, False)))
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        # `Codes.from_texts` ends with a break, so starts and ends come in pairs.
        starts, ends = edges[::2], edges[1::2]
        lengths = ends - starts
        mask = inside[1:]
        codes = _look_up(forms, self.values, self.values)[mask].astype(np.uint64)
        first = np.cumsum(lengths) - lengths
        place = np.arange(len(codes)) - np.repeat(first, lengths)
        powers = np.cumprod(np.full(lengths.max(initial=1), _K, dtype=np.uint64))
        sums = np.add.reduceat(codes * powers[place], first) if len(codes) else np.zeros(0, np.uint64)
        return starts, ends, mix(sums), np.searchsorted(self.bounds, starts, side="right") - 1

    def without(self, starts: np.ndarray, ends: np.ndarray) -> Codes:
        """Half-width forms of what lies in the given spans only."""
        forms, _, _ = _tables()
        same = Codes(_look_up(forms, self.values, self.values), self.bounds)
        return same.keep(_spans(starts, ends, len(self.values)))

    def shingles(self, size: int) -> Codes:
        """Hashes (uint64) of all runs of `size` characters of each text.

        A shorter text is filled up with spaces.
        """
        texts = self._padded(size)
        rolled = _rolled(texts.values.astype(np.uint64), size)
        # Runs that begin in the last size - 1 characters of a text would reach into the next.
        inner = _spans(texts.bounds[:-1], texts.bounds[1:] - size + 1, len(rolled))
        bounds = texts.bounds - np.arange(len(texts.bounds)) * (size - 1)
        return Codes(mix(rolled[inner]), bounds)

    def _padded(self, size: int) -> Codes:
        lengths = np.diff(self.bounds)
        if not (lengths < size).any():
            return self
        spaces = np.full(size, ord(" "), dtype=np.uint32)
        return Codes.join([np.concatenate((part, spaces[len(part) :])) for part in self.split()])
