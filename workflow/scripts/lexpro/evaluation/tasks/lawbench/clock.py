"""Which sentences of LawBench 2-1 the original gives up: those that take its ChERRANT more than ten
seconds.

No clock runs here: what ChERRANT does with a sentence is counted, and every count has its price in
seconds. The prices are fitted to the published scores of all 51 models, and come out, in sum, as
those of a machine a little slower than ours (docs/benchmarks.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from lexpro.evaluation.tasks.lawbench import align
from lexpro.evaluation.tasks.lawbench.align import Looks, Steps, Tables

# Seconds after which a sentence is given up.
LIMIT = 10.0
# Seconds of: listing a character (each look back lists both texts), sorting a character of a piece,
# a call of the walk through all alignments, a step of an alignment, a group of steps in it that
# becomes an edit or a match.
LISTED, SORTED, VISITED, MERGED, GROUPED = 3.85e-8, 1.5e-7, 7e-7, 4.2e-7, 1.9e-6
# Kinds of steps: neighbours of one kind are a group, but every transposition is its own.
_KINDS = {"M": 0, "S": 1, "D": 1, "I": 1, "T": 2}
_ALONE = _KINDS["T"]


@dataclass(frozen=True)
class Walk:
    """What ChERRANT does with all cheapest alignments: its calls on the way from the end of both
    texts back to their beginning, and the steps and groups of steps that all alignments have
    together.
    """

    visits: int
    steps: int
    groups: int


def walk(table: Steps) -> Walk:
    """The walk through a table, counted cell by cell."""
    end = len(table) - 1, len(table[0]) - 1
    before: dict[tuple[int, int], list] = {(0, 0): []}
    stack = [end]
    while stack:
        cell = i, j = stack.pop()
        if cell not in before:
            before[cell] = [(_KINDS[name], (i - a, j - b)) for name, a, b in align.choices(table[i][j])]
            stack += [earlier for _, earlier in before[cell]]
    # Cell → its visits, and by kind of the last step: alignments up to the cell, their steps, their
    # groups.
    known = {(0, 0): (1, {_ALONE: (1, 0, 0)})}
    for cell in sorted(before)[1:]:
        visits, sums = 1, {}
        for kind, earlier in before[cell]:
            more, parts = known[earlier]
            visits += more
            for last, (ways, steps, groups) in parts.items():
                begun = ways if kind != last or kind == _ALONE else 0
                old = sums.get(kind, (0, 0, 0))
                sums[kind] = old[0] + ways, old[1] + steps + ways, old[2] + groups + begun
        known[cell] = visits, sums
    visits, sums = known[end]
    return Walk(visits, sum(part[1] for part in sums.values()), sum(part[2] for part in sums.values()))


def filling(looks: Looks, length: int) -> float:
    """Seconds of filling a table of two texts that have `length` characters together."""
    return LISTED * length * looks.times + SORTED * looks.characters


def walking(found: Walk) -> float:
    """Seconds of walking through all alignments and merging their steps."""
    return VISITED * found.visits + MERGED * found.steps + GROUPED * found.groups


def given_up(source: str, target: str, tables: Tables, table: Steps, first: bool) -> bool:
    """Whether two texts and the table of them take too long. `first`: only one alignment is walked
    through.
    """
    left = LIMIT - (0.0 if first else walking(walk(table)))
    n, m = len(source), len(target)
    shorter = min(n, m)
    # Most texts are too short to look back for so long: as far as all places of every cell.
    most = Looks(n * m * shorter, n * m * shorter * (shorter + 3) // 2)
    if left < 0 or filling(most, n + m) <= left:
        return left < 0
    return filling(align.looked_back(source, target, tables), n + m) > left
