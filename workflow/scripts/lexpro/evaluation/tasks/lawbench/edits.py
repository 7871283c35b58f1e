"""Edits of a corrected sentence, and the F0.5 of LawBench 2-1 over them, as ChERRANT counts.

An alignment becomes edits: neighbouring replacements, deletions and insertions are joined, moved
pieces are one edit, and what both sides of a replacement share at its ends is left out. Where
several alignments are equally cheap, ChERRANT takes the edits of all of them at once, each as often
as it occurs: what is certain then counts more than once. That is a defect, and it is kept.

The original gives a sentence up that takes it more than ten seconds, which depends on the machine.
Here a sentence is given up whose cheapest alignments are too many to be walked through
(`MOST_VISITS`); README.md says how near that comes.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import opencc
from rapidfuzz.distance import Levenshtein

from lexpro.evaluation.tasks.lawbench import align
from lexpro.evaluation.tasks.lawbench.align import Step, Tables
from lexpro.evaluation.text_overlap import CJK_MARKS

# source[start:end] is to be replaced by a text.
Edit = tuple[int, int, str]

# What is scored for a sentence that the original gives up, and for an empty one.
GIVEN_UP, EMPTY = "无", "无内容"
# Lengths further apart than this are aligned in one way only.
FAR = 10
# The bound on the work for a sentence: calls of a walk through all of its cheapest alignments.
MOST_VISITS = 1_000_000
# Pieces that are part of this run of marks are never taken as moved.
_MARKS = string.punctuation + CJK_MARKS + "–—‘'‛“”„‟…‧."


def _joined(steps: Sequence[Step], name: str) -> Step:
    return name, steps[0][1], steps[-1][2], steps[0][3], steps[-1][4]


def _swapped(source: str, target: str, first: Step, last: Step) -> bool:
    """Whether two replacements around a match write the one's text for the other's."""
    a, b = source[first[1] : first[2]], target[first[3] : first[4]]
    c, d = source[last[1] : last[2]], target[last[3] : last[4]]
    off = 0 if min(map(len, (a, b, c, d))) == 1 else 1
    return Levenshtein.distance(a, d) <= off and Levenshtein.distance(b, c) <= off


def _moved(source: str, target: str, first: Step, last: Step) -> bool:
    """Whether what is deleted on one side of a match is inserted on its other side."""
    deleted, inserted = (first, last) if first[0] == "D" else (last, first)
    a, b = source[deleted[1] : deleted[2]], target[inserted[3] : inserted[4]]
    if len(a) < len(b):
        a, b = b, a
    if a in _MARKS or b in _MARKS or len(a) - len(b) > 1:
        return False
    if len(b) == 1:
        return a == b
    return Levenshtein.distance(a, b) <= 1 or (len(a) == len(b) and b in a + a)


def _one(window: Sequence[Step], source: str, target: str) -> bool:
    """Whether three neighbouring steps are one move."""
    pattern = "".join(step[0] for step in window)
    if pattern == "SMS":
        return _swapped(source, target, window[0], window[2])
    return pattern in ("DMI", "DTI", "IMD", "ITD") and _moved(source, target, window[0], window[2])


def _shared(a: str, b: str) -> int:
    """How many characters two texts begin with alike."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _trimmed(step: Step, source: str, target: str) -> Step:
    """A replacement without what both sides share at their ends."""
    _, a, b, c, d = step
    before, after = source[a:b], target[c:d]
    start = _shared(before, after)
    # The end is compared with all of the target's side, and is kept whole where it reaches into the
    # start.
    end = _shared(before[start:][::-1], after[::-1])
    end = end if end <= len(after) - start else 0
    if not start and not end:
        return step
    a, b, c, d = a + start, b - end, c + start, d - end
    return "I" if a == b else "D" if c == d else "S", a, b, c, d


class _Merger:
    """All edits of the cheapest alignments of two texts, without walking through every alignment.

    Alignments that are the same from some place on, and have led to the same edits before it, go on
    as one. What is kept of each: the number of its edits so far (`known`: edits before, edit →
    number), the steps of which it is open whether they are one move, and the run of replacements,
    deletions and insertions not yet at its end.
    """

    def __init__(self, source: str, target: str) -> None:
        self.source, self.target = source, target
        self.known: dict[tuple[int, Step], int] = {}
        self.parents: list[tuple[int, Step] | None] = [None]

    def _emit(self, before: int, step: Step) -> int:
        """The number of the edits `before` and one more; a match or a change of nothing is none."""
        if step[0] == "M" or self.source[step[1] : step[2]] == self.target[step[3] : step[4]]:
            return before
        step = _trimmed(step, self.source, self.target) if step[0] == "S" else step
        number = self.known.setdefault((before, step), len(self.parents))
        if number == len(self.parents):
            self.parents.append((before, step))
        return number

    def _push(
        self, edits: int, waiting: tuple[Step, ...], steps: Sequence[Step]
    ) -> tuple[int, tuple[Step, ...]]:
        for step in steps:
            waiting = (*waiting, step)
            if len(waiting) == 3 and _one(waiting, self.source, self.target):
                edits, waiting = self._emit(edits, _joined(waiting, "T")), ()
            elif len(waiting) == 3:
                edits, waiting = self._emit(edits, waiting[0]), waiting[1:]
        return edits, waiting

    def _after(self, state: tuple, step: Step) -> tuple:
        edits, waiting, run = state
        if step[0] in "MT":
            return *self._push(edits, waiting, (*run, step)), ()
        return edits, waiting, _extended(run, step)

    def edits(self, steps: dict[tuple[int, int], list[Step]]) -> Counter[Edit]:
        """Edits, each with the number of different sequences of edits that have it."""
        states: dict[tuple[int, int], set[tuple]] = {(0, 0): {(0, (), ())}}
        for end, last in steps.items():
            states[end] = {self._after(state, step) for step in last for state in states[step[1], step[3]]}
        ends = set()
        for edits, waiting, run in states[len(self.source), len(self.target)]:
            edits, waiting = self._push(edits, waiting, run)
            for step in waiting:
                edits = self._emit(edits, step)
            ends.add(edits)
        return Counter(edit for number in ends for edit in self._sequence(number))

    def _sequence(self, number: int) -> Iterator[Edit]:
        while number:
            number, (name, a, b, c, d) = self.parents[number]
            yield a, b, "-NONE-" if name == "D" else self.target[c:d]


def _extended(run: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """A run and one step more.

    A deletion or insertion joins its like, a replacement joins all; deletions and insertions side
    by side stay apart.
    """
    names = {one[0] for one in run} | {step[0]}
    if "S" in names:
        return (_joined((*run, step), "S"),)
    if len(names) == 1:
        return (_joined((*run, step), step[0]),)
    return (*_apart(run), step)


def _apart(run: tuple[Step, ...]) -> Iterator[Step]:
    """Deletions and insertions of single characters again."""
    for name, a, b, c, d in run:
        yield from ((name, x, x + 1, c, d) for x in range(a, b))
        yield from ((name, a, b, x, x + 1) for x in range(c, d))


def edits(source: str, target: str, tables: Tables) -> Counter[Edit] | None:
    """The edits of all cheapest alignments.

    Args:
        source: the sentence with errors.
        target: its correction.
        tables: what the replacement of a character costs.

    Returns:
        Each edit with the number of alignments (different after merging) that have it; None where
        the alignments are too many (`MOST_VISITS`).
    """
    first = abs(len(source) - len(target)) > FAR
    table = align.fill(source, target, tables)
    if not first and align.visits(table) > MOST_VISITS:
        return None
    return _Merger(source, target).edits(align.paths(table, first))


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def annotate(source: str, target: str, tables: Tables) -> Counter[Edit]:
    """Edits from one sentence to another as ChERRANT reads the two.

    Args:
        source: the sentence with errors; spaces are left out.
        target: its correction; spaces are left out, and characters become simplified. An empty one
            is read as `GIVEN_UP`.
        tables: what the replacement of a character costs.

    Returns:
        Each edit with how often it counts. No edits where the two are the same or the target is
        没有错误; the one edit (-1, -1, "-NONE-") where it is 无法标注; those to `GIVEN_UP` where
        the cheapest alignments are too many.
    """
    source = "".join(source.split())
    target = _simplifier().convert("".join(target.split())) or GIVEN_UP
    if target in (source, "没有错误"):
        return Counter()
    if target == "无法标注":
        return Counter({(-1, -1, "-NONE-"): 1})
    made = edits(source, target, tables)
    return edits(source, GIVEN_UP, tables) or Counter() if made is None else made


def compare(stated: Counter[Edit], true: Counter[Edit]) -> tuple[int, int, int]:
    """(right, wrong, missed) edits.

    A right edit counts as often as it is true, however often it is stated.
    """
    right = sum(count for edit, count in true.items() if edit in stated)
    wrong = sum(count for edit, count in stated.items() if edit not in true)
    return right, wrong, true.total() - right


def f_half(sums: np.ndarray) -> np.ndarray:
    """F0.5 of sums (…, 3) of right, wrong and missed edits, to four decimals."""
    right, wrong, missed = np.moveaxis(np.asarray(sums, dtype=np.float64), -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(wrong > 0, right / (right + wrong), 1.0)
        recall = np.where(missed > 0, right / (right + missed), 1.0)
        value = 1.25 * precision * recall / (0.25 * precision + recall)
    return np.round(np.where(precision + recall > 0, value, 0.0), 4)
