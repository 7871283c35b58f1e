"""Cheapest alignments of two texts by characters, as ChERRANT makes them for LawBench 2-1.

The costs and ties are ChERRANT's (Zhang et al., NAACL 2022, as LawBench @ e30981b uses it): an
insertion or a deletion costs 1, a replacement from 0 to 2 by meaning (the thesaurus 词林), sound
(pinyin) and shape (confusion sets), a transposition of k characters k - 1; equal characters are
always matched, also where that is not cheapest.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path

from pypinyin import Style, pinyin

from lexpro.evaluation.text_overlap import CJK_MARKS

# One step of an alignment: operation (M match, S replace, D delete, I insert, T transpose), then
# source[a:b] and target[c:d].
Step = tuple[str, int, int, int, int]

# 。 《 and ’ are no marks here: ChERRANT leaves them out, so they cost as other characters do.
_MARKS = frozenset(CJK_MARKS + "〰〾〿–—‘'‛“”„‟…‧﹏" + string.punctuation)


@cache
def _sounds(character: str) -> frozenset[str]:
    """Every reading of a character without tones; the character itself where it has none."""
    return frozenset(pinyin(character, style=Style.NORMAL, heteronym=True)[0])


def _chinese(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


@dataclass(frozen=True)
class Tables:
    """Meaning of characters (code of 词林) and characters that are taken for each other."""

    meanings: Mapping[str, str]
    confused: Mapping[str, frozenset[str]]
    costs: dict[tuple[str, str], float] = field(default_factory=dict, compare=False)

    def replace(self, a: str, b: str) -> float:
        """The cost of writing `b` for `a`, two different characters."""
        if (a, b) not in self.costs:
            self.costs[a, b] = self._meaning(a, b) / 6.0 + self._form(a, b) + _mark(a, b)
        return self.costs[a, b]

    def _meaning(self, a: str, b: str) -> int:
        if a not in self.meanings or b not in self.meanings:
            return 4
        one, other = self.meanings[a], self.meanings[b]
        same = (one[0] == other[0]) + (one[1] == other[1]) + (one[2:4] == other[2:4])
        return 2 * (3 - same)

    def _form(self, a: str, b: str) -> float:
        if not (_chinese(a) and _chinese(b)):
            return 0.5
        alike = _sounds(a) & _sounds(b) or a in self.confused.get(b, ()) or b in self.confused.get(a, ())
        return 0.0 if alike else 0.5


def _mark(a: str, b: str) -> float:
    if (a in _MARKS) != (b in _MARKS):
        return 0.499
    return 0.0 if a in _MARKS else 0.25


def read_tables(thesaurus: Path, confusions: Path) -> Tables:
    """Tables from the data files of LawBench.

    Args:
        thesaurus: cilin.txt (GBK; lines of a code and words).
        confusions: confusion_dict.txt (lines of a character and those it is confused with).
    """
    meanings = {}
    for line in thesaurus.read_text(encoding="gbk").strip().split("\n"):
        code, *words = line.split(" ")
        # The last meaning of a word wins.
        meanings.update((word, code) for word in words if len(word) == 1)
    confused = {}
    for line in confusions.read_text(encoding="utf-8").splitlines():
        character, *others = line.split(" ")
        confused[character] = frozenset(others)
    return Tables(meanings, confused)


# Bits of the last steps of a cell; the characters transposed are in the bits above.
_S, _I, _D, _M, _T = 1, 2, 4, 8, 4
_ABOVE = 1 << _T
_INFINITE = float("inf")
Steps = list[list[int]]


def _sums(source: str, target: str) -> tuple[list[int], list[int]]:
    """A number for every prefix of both texts.

    What the source's is above the target's is the same at two places of a diagonal where the pieces
    between them have the same characters, and otherwise but once in 10^38.
    """
    value = {
        character: int.from_bytes(
            blake2b(character.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        )
        for character in {*source, *target}
    }
    one, other = (
        list(accumulate((value[character] for character in text), initial=0)) for text in (source, target)
    )
    return one, other


def _fill(source: str, target: str, tables: Tables, width: int) -> tuple[Steps, float]:
    """The cheapest last steps of the prefixes whose lengths differ by at most `width`.

    Two different characters may end a transposition: of the shortest piece that has the same
    characters on both sides, as far back along the diagonal as each place costs something else than
    the one before it.

    Returns:
        The steps of every pair of prefixes, and the cost of the whole.
    """
    columns = len(target) + 1
    rows = [[float(j) if j <= width else _INFINITE for j in range(columns)]]
    table = [[_I] * columns]
    known, replace = tables.costs, tables.replace
    one, other = _sums(source, target)
    # Of every diagonal the places further back that cost something else than the one before, by
    # sum.
    places: list[dict[int, int]] = [{} for _ in range(len(source) + columns)]
    for i, a in enumerate(source):
        above, row, steps = rows[-1], [_INFINITE] * columns, [0] * columns
        table.append(steps)
        row[0], steps[0] = (i + 1.0 if i < width else _INFINITE), _D
        for j in range(max(0, i - width), min(len(target), i + width + 1)):
            b, before, diagonal = target[j], above[j], j - i
            if a == b:
                row[j + 1], steps[j + 1] = before, _M
                if places[diagonal]:
                    places[diagonal] = {}
                continue
            price = known.get((a, b))
            replaced = before + (replace(a, b) if price is None else price)
            inserted, deleted = row[j] + 1, above[j + 1] + 1
            transposed, k = _INFINITE, 0
            place = places[diagonal].get(one[i + 1] - other[j + 1]) if places[diagonal] else None
            if place is not None:
                k = i - place
                transposed = rows[place][place + diagonal] + k
            row[j + 1] = least = min(replaced, inserted, deleted, transposed)
            steps[j + 1] = (
                (k + 1 << _T if transposed == least else 0)
                | (_S if replaced == least else 0)
                | (_I if inserted == least else 0)
                | (_D if deleted == least else 0)
            )
            if least != before:
                places[diagonal][one[i] - other[j]] = i
            elif places[diagonal]:
                places[diagonal] = {}
        rows.append(row)
    return table, rows[-1][-1]


def fill(source: str, target: str, tables: Tables) -> Steps:
    """The cheapest last steps of every pair of prefixes that a cheapest alignment can pass.

    A pair whose lengths differ by d costs at least d, so that pairs with a difference above the
    cost of the whole are never passed; twice that also keeps what is compared with on the way.

    Args:
        source: the sentence with errors.
        target: its correction.
        tables: what the replacement of a character costs.

    Returns:
        (len(source) + 1) × (len(target) + 1) numbers, read by `choices`.
    """
    width, longest = abs(len(source) - len(target)) + 4, max(len(source), len(target))
    while True:
        table, whole = _fill(source, target, tables, width)
        if width >= min(2 * whole + 2, longest):
            return table
        width = min(int(2 * whole) + 3, longest)


def choices(steps: int) -> Iterator[tuple[str, int, int]]:
    """The last steps of a cell, in the order in which they are followed.

    Each is (operation, characters of the source, characters of the target).
    """
    if steps & _M:
        yield "M", 1, 1
    if steps >= _ABOVE:
        yield "T", steps >> _T, steps >> _T
    if steps & _S:
        yield "S", 1, 1
    if steps & _I:
        yield "I", 0, 1
    if steps & _D:
        yield "D", 1, 0


def visits(table: Steps) -> int:
    """How many calls a walk back through all cheapest alignments makes.

    One alignment is walked after another from their common end, so that the calls grow
    exponentially with what is ambiguous. Here they are counted cell by cell.
    """
    end = len(table) - 1, len(table[0]) - 1
    before: dict[tuple[int, int], list[tuple[int, int]]] = {(0, 0): []}
    stack = [end]
    while stack:
        cell = i, j = stack.pop()
        if cell not in before:
            before[cell] = [(i - a, j - b) for _, a, b in choices(table[i][j])]
            stack += before[cell]
    calls: dict[tuple[int, int], int] = {}
    for cell in sorted(before):
        calls[cell] = 1 + sum(calls[earlier] for earlier in before[cell])
    return calls[end]


def paths(table: Steps, first: bool) -> dict[tuple[int, int], list[Step]]:
    """(i, j) → the steps that end there, of all cheapest alignments; a run of matches is one step.

    Sorted so that every step begins at an earlier key or at (0, 0).

    Args:
        table: as of `fill`.
        first: only the alignment that ChERRANT finds first.
    """
    steps_at: dict[tuple[int, int], list[Step]] = {}
    stack = [(len(table) - 1, len(table[0]) - 1)]
    while stack:
        i, j = stack.pop()
        if (i, j) in steps_at or not (i or j):
            continue
        a, b = i, j
        while table[a][b] == _M:
            a, b = a - 1, b - 1
        if a < i:
            steps = [("M", a, i, b, j)]
        else:
            steps = [(name, i - a, i, j - b, j) for name, a, b in choices(table[i][j])]
            steps = steps[:1] if first else steps
        steps_at[i, j] = steps
        stack += [(step[1], step[3]) for step in steps]
    return dict(sorted(steps_at.items()))
