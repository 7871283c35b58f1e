"""Cheapest alignments of two texts, character by character, as ChERRANT makes them for LawBench
2-1.

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
    """Tables from cilin.txt (GBK: code, words) and confusion_dict.txt (a character, those it is
    confused with).
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


@dataclass
class Looks:
    """How often one place further back is looked at for a transposition, and the characters of each
    text that are compared there.
    """

    times: int = 0
    characters: int = 0


def _sums(source: str, target: str) -> tuple[list[int], list[int]]:
    """A number of every prefix of both texts. What the source's is above the target's is the same
    at two places of a diagonal where the pieces between them have the same characters, and
    otherwise but once in 10^38.
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


def _fill(source: str, target: str, tables: Tables, width: int) -> tuple[Steps, float, Looks]:
    """(the cheapest last steps of every pair of prefixes whose lengths differ by at most `width`,
    the cost of the whole, how far was looked back).

    Two different characters may end a transposition: of the shortest piece that has the same
    characters on both sides, as far back along the diagonal as each place costs something else than
    the one before it.
    """
    columns = len(target) + 1
    rows = [[float(j) if j <= width else _INFINITE for j in range(columns)]]
    table, looks = [[_I] * columns], Looks()
    known, replace = tables.costs, tables.replace
    one, other = _sums(source, target)
    # Of every diagonal: how many places back each costs something else than the one before, and by
    # sum where each is.
    changes = [0] * (len(source) + columns)
    places: list[dict[int, int]] = [{} for _ in changes]
    for i, a in enumerate(source):
        above, row, steps = rows[-1], [_INFINITE] * columns, [0] * columns
        table.append(steps)
        row[0], steps[0] = (i + 1.0 if i < width else _INFINITE), _D
        for j in range(max(0, i - width), min(len(target), i + width + 1)):
            b, before, diagonal = target[j], above[j], j - i
            if a == b:
                row[j + 1], steps[j + 1] = before, _M
                if changes[diagonal]:
                    changes[diagonal], places[diagonal] = 0, {}
                continue
            price = known.get((a, b))
            replaced = before + (replace(a, b) if price is None else price)
            inserted, deleted = row[j] + 1, above[j + 1] + 1
            transposed, k, back = _INFINITE, 0, changes[diagonal]
            if back:
                place = places[diagonal].get(one[i + 1] - other[j + 1])
                if place is not None:
                    back = k = i - place
                    transposed = rows[place][place + diagonal] + k
                looks.times += back
                looks.characters += back * (back + 3) // 2
            row[j + 1] = least = min(replaced, inserted, deleted, transposed)
            steps[j + 1] = (
                (k + 1 << _T if transposed == least else 0)
                | (_S if replaced == least else 0)
                | (_I if inserted == least else 0)
                | (_D if deleted == least else 0)
            )
            if least != before:
                changes[diagonal] += 1
                places[diagonal][one[i] - other[j]] = i
            elif changes[diagonal]:
                changes[diagonal], places[diagonal] = 0, {}
        rows.append(row)
    return table, rows[-1][-1], looks


def fill(source: str, target: str, tables: Tables) -> Steps:
    """The cheapest last steps of every pair of prefixes that a cheapest alignment can pass.

    A pair whose lengths differ by d costs at least d, so that pairs with a difference above the
    cost of the whole are never passed; twice that also keeps what is compared with on the way.
    """
    width, longest = abs(len(source) - len(target)) + 4, max(len(source), len(target))
    while True:
        table, whole, _ = _fill(source, target, tables, width)
        if width >= min(2 * whole + 2, longest):
            return table
        width = min(int(2 * whole) + 3, longest)


def looked_back(source: str, target: str, tables: Tables) -> Looks:
    """How ChERRANT, which fills the whole table, looks back for transpositions."""
    return _fill(source, target, tables, max(len(source), len(target)))[2]


def choices(steps: int) -> Iterator[tuple[str, int, int]]:
    """The last steps of a cell, in the order in which they are followed: (operation, characters of
    the source, of the target).
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


def paths(table: Steps, first: bool) -> dict[tuple[int, int], list[Step]]:
    """(i, j) → the steps that end there, of all cheapest alignments, sorted so that every step
    begins at an earlier key or at (0, 0); a run of matches is one step. `first`: only the alignment
    that ChERRANT finds first.
    """
    found: dict[tuple[int, int], list[Step]] = {}
    stack = [(len(table) - 1, len(table[0]) - 1)]
    while stack:
        i, j = stack.pop()
        if (i, j) in found or not (i or j):
            continue
        a, b = i, j
        while table[a][b] == _M:
            a, b = a - 1, b - 1
        if a < i:
            steps = [("M", a, i, b, j)]
        else:
            steps = [(name, i - a, i, j - b, j) for name, a, b in choices(table[i][j])]
            steps = steps[:1] if first else steps
        found[i, j] = steps
        stack += [(step[1], step[3]) for step in steps]
    return dict(sorted(found.items()))
