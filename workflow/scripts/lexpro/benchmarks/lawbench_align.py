"""Cheapest alignments of two texts, character by character, as ChERRANT makes them for LawBench 2-1.

The costs and ties are ChERRANT's (Zhang et al., NAACL 2022, as LawBench @ e30981b uses it): an insertion or a
deletion costs 1, a replacement from 0 to 2 by meaning (the thesaurus 词林), sound (pinyin) and shape
(confusion sets), a transposition of k characters k - 1; equal characters are always matched, also where that
is not cheapest.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pypinyin import Style, pinyin

from lexpro.benchmarks.overlap import CJK_MARKS

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
    """Tables from cilin.txt (GBK: code, words) and confusion_dict.txt (a character, those it is confused with)."""
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


def _transposition(source: str, target: str, i: int, j: int, cost: list[list[float]], most: int) -> int:
    """The smallest k from 1 to `most` so that source[i-k:i+1] has the characters of target[j-k:j+1], or 0."""
    # Characters that one side has more of than the other.
    surplus = {source[i]: 1, target[j]: -1}
    for k in range(1, min(i, j, most) + 1):
        if cost[i - k + 1][j - k + 1] == cost[i - k][j - k]:
            return 0
        for character, step in ((source[i - k], 1), (target[j - k], -1)):
            left = surplus.get(character, 0) + step
            if left:
                surplus[character] = left
            else:
                del surplus[character]
        if not surplus:
            return k
    return 0


# Bits of the last steps of a cell; the characters transposed are in the bits above.
_S, _I, _D, _M, _T = 1, 2, 4, 8, 4
_ABOVE = 1 << _T
_INFINITE = float("inf")
Steps = list[list[int]]


def _fill(source: str, target: str, tables: Tables, width: int) -> tuple[Steps, float]:
    """(the cheapest last steps of every pair of prefixes whose lengths differ by at most `width`, the cost of
    the whole).
    """
    columns = len(target) + 1
    cost = [[float(j) if j <= width else _INFINITE for j in range(columns)]]
    table = [[_I] * columns]
    known, replace = tables.costs, tables.replace
    for i, a in enumerate(source):
        above, row, steps = cost[i], [_INFINITE] * columns, [0] * columns
        cost.append(row)
        table.append(steps)
        row[0], steps[0] = (i + 1.0 if i < width else _INFINITE), _D
        for j in range(max(0, i - width), min(len(target), i + width + 1)):
            b = target[j]
            if a == b:
                row[j + 1], steps[j + 1] = above[j], _M
                continue
            price = known.get((a, b))
            replaced = above[j] + (replace(a, b) if price is None else price)
            inserted, deleted = row[j] + 1, above[j + 1] + 1
            least = min(replaced, inserted, deleted)
            # Before (i-k, j-k) nothing can save the difference of their lengths.
            most = least - abs(i - j) + 1e-9
            k = _transposition(source, target, i, j, cost, int(most)) if 1 <= most < _INFINITE else 0
            transposed = cost[i - k][j - k] + k if k else _INFINITE
            least = min(least, transposed)
            row[j + 1] = least
            steps[j + 1] = (
                (k + 1 << _T if transposed == least else 0)
                | (_S if replaced == least else 0)
                | (_I if inserted == least else 0)
                | (_D if deleted == least else 0)
            )
    return table, cost[-1][-1]


def fill(source: str, target: str, tables: Tables) -> Steps:
    """The cheapest last steps of every pair of prefixes that a cheapest alignment can pass.

    A pair whose lengths differ by d costs at least d, so that pairs with a difference above the cost of the
    whole are never passed; twice that also keeps what is compared with on the way.
    """
    width, longest = abs(len(source) - len(target)) + 4, max(len(source), len(target))
    while True:
        table, whole = _fill(source, target, tables, width)
        if width >= min(2 * whole + 2, longest):
            return table
        width = min(int(2 * whole) + 3, longest)


def _choices(steps: int) -> Iterator[tuple[str, int, int]]:
    """The last steps of a cell, in the order in which they are followed: (operation, characters of the source,
    of the target).
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


def work(table: Steps) -> int:
    """How many steps all cheapest alignments have together: what walking through each of them takes."""
    end = (len(table) - 1, len(table[0]) - 1)
    # (alignments up to a cell, their steps)
    known = {(0, 0): (1, 0)}
    stack = [end]
    while stack:
        i, j = stack[-1]
        before = [(i - a, j - b) for _, a, b in _choices(table[i][j])] if (i, j) not in known else []
        missing = [cell for cell in before if cell not in known]
        if missing:
            stack += missing
            continue
        if before:
            ways = sum(known[cell][0] for cell in before)
            known[i, j] = ways, sum(known[cell][1] for cell in before) + ways
        stack.pop()
    return known[end][1]


# What the original does while it fills its table, in steps of `work`: fitted to the published scores of LawBench 2-1.
# It lists every character of both texts, and sorts two growing pieces, each time it looks one place further back.
_LISTED, _SORTED = 0.05, 0.3


def filling(source: str, target: str, tables: Tables, most: float) -> float:
    """What filling the table takes the original, in the steps of `work`: counted until it is more than `most`, and 0
    where texts so short cannot take that much.

    For two different characters it looks back along the diagonal for a transposition, as far as each place costs
    more than the one before.
    """
    n, m = len(source), len(target)
    shorter, listed = min(n, m), _LISTED * (n + m)
    if n * m * shorter * (listed / 2 + _SORTED * shorter / 6) <= most:
        return 0.0
    cost, runs, total = [[float(j) for j in range(m + 1)]], [0] * (m + 1), 0.0
    for i, a in enumerate(source):
        above, row, longer = cost[i], [i + 1.0] + [0.0] * m, [0] * (m + 1)
        cost.append(row)
        for j, b in enumerate(target):
            if a == b:
                row[j + 1] = above[j]
                continue
            price = tables.costs.get((a, b))
            least = min(
                above[j] + (tables.replace(a, b) if price is None else price), row[j] + 1, above[j + 1] + 1
            )
            if back := runs[j]:
                # Both characters must be in the other text's piece: seldom so.
                near = b in source[i - back : i] and a in target[j - back : j]
                k = _transposition(source, target, i, j, cost, back) if near else 0
                if k:
                    back, least = k, min(least, cost[i - k][j - k] + k)
                total += back * listed + _SORTED * back * (back + 1) / 2
            row[j + 1] = least
            longer[j + 1] = 0 if least == above[j] else runs[j] + 1
        runs = longer
        if total > most:
            break
    return total


def paths(table: Steps, first: bool) -> dict[tuple[int, int], list[Step]]:
    """(i, j) → the steps that end there, of all cheapest alignments, sorted so that every step begins at an
    earlier key or at (0, 0); a run of matches is one step. `first`: only the alignment that ChERRANT finds first.
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
            steps = [(name, i - a, i, j - b, j) for name, a, b in _choices(table[i][j])]
            steps = steps[:1] if first else steps
        found[i, j] = steps
        stack += [(step[1], step[3]) for step in steps]
    return dict(sorted(found.items()))
