"""Scorers of LawBench that count what is right.

Gold answers score 1.0, readings are those of `lexpro.law`, and no answer, or one that is not clear,
is an abstention worth 0.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from functools import partial

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from lexpro.evaluation.scorers import SKIPPED, Item, ItemScore, Scorer, points
from lexpro.evaluation.tasks.lawbench.labels import labels
from lexpro.evaluation.text_overlap import f1, lcs_f1, plain, set_f1
from lexpro.stats import Mean
from lexpro.tasks import closeness
from lexpro.tasks.reading import choices, crimes, entities, penalties, said, sums
from lexpro.tasks.reading.labels import named, words

# (text, what was asked) → what it states.
Read = Callable[[str, str], frozenset | None]


def _set(read: Read, item: Item, text: str) -> ItemScore:
    """F1 of two sets."""
    stated = read(text, item.prompt) or frozenset()
    return points(set_f1(stated, read(item.gold, "") or frozenset()), abstained=not stated)


def _one(read: Read, item: Item, text: str) -> ItemScore:
    """Right where exactly what is true is stated."""
    stated = read(text, item.prompt)
    return points(bool(stated) and stated == read(item.gold, ""), abstained=not stated)


def _labels(name: str) -> Read:
    return lambda text, prompt: named(text, labels(name), prompt)


def _dispute(item: Item, text: str) -> ItemScore:
    # The prompt does not offer this label: nobody can answer.
    if "赔偿" in item.gold:
        return SKIPPED
    return _one(_labels("disputes"), item, text)


def _free(text: str) -> str:
    """A text without tags and without the word that opens the reference."""
    return re.sub(r"^\s*(?:答案|回答)\s*[:：]", "", re.sub(r"<[^<>]{1,20}>", "", text))


def _text(item: Item, text: str) -> ItemScore:
    """F1 of the longest common subsequence of characters: order counts, punctuation does not."""
    stated = _free(said.free_text(text, item.prompt))
    return points(lcs_f1(stated, _free(item.gold)) if plain(stated) else 0.0, abstained=not plain(stated))


def _entities(item: Item, text: str) -> ItemScore:
    types = labels("entities")
    true, stated = entities.entities(item.gold, types), entities.entities(text, types, item.prompt)
    if not true:
        return points(not stated)
    shares = sum(lcs_f1(stated[name], true[name]) for name in stated.keys() & true)
    return points(f1(shares, len(stated), len(true)), abstained=not stated)


def _triggers(item: Item, text: str) -> ItemScore:
    true, stated = Counter(words(item.gold)), Counter(words(text, item.prompt))
    return points(f1((true & stated).total(), stated.total(), true.total()), abstained=not stated)


# The scale of the official score of 3-4 and 3-5.
_OFFICIAL_SCALE = math.log(216)


def _term(item: Item, text: str) -> ItemScore:
    """The points of a term on our scale, and on the official one, each with whether it counts."""
    stated, true = penalties.term(text, item.prompt), penalties.term(item.gold)
    # Life and death do not count officially.
    counted = float(true is None or true[1] is not None)
    if stated is None or true is None:
        return ItemScore((0.0, 1.0, 0.0, counted), abstained=stated is None)
    if true[1] is None or stated[1] is None:
        return ItemScore((float(stated[0][:2] == true[0][:2]), 1.0, 0.0, counted))
    distance = closeness.log_distance(stated[1], true[1]) or 0.0
    return ItemScore((closeness.of_months(stated[1], true[1]), 1.0, 1 - distance / _OFFICIAL_SCALE, counted))


def _amount(item: Item, text: str) -> ItemScore:
    stated, true = sums.total(text, item.prompt), sums.total(item.gold)
    right = stated is not None and true is not None and abs(stated - true) < 0.01
    return points(right, abstained=stated is None)


# Percent in common with the source from which a line is a correction of it.
_ALIKE = 50


def _sentence(source: str, text: str) -> str:
    """The corrected sentence in an answer: its last line that resembles the source.

    Without what leads in.
    """
    lines = [line.strip() for line in re.split(f"[\n{said.END}]", text)]
    line = next((line for line in reversed(lines) if fuzz.ratio(source, line) >= _ALIKE), "")
    _, colon, rest = line.partition("：" if "：" in line else ":")
    return rest.strip() if colon and fuzz.ratio(source, rest) > fuzz.ratio(source, line) else line


def _edits(source: str, target: str) -> set[tuple[int, int, str]]:
    return {
        (op.src_start, op.src_end, target[op.dest_start : op.dest_end])
        for op in Levenshtein.opcodes(source, target)
        if op.tag != "equal"
    }


def _proofreading(item: Item, text: str) -> ItemScore:
    """(right, wrong, missed) edits of the one shortest alignment."""
    source = item.prompt.partition("句子：\n")[2].split("\n")[0].strip()
    answer = _sentence(source, said.layout(text, widths=False))
    # No answer makes no edits; it does not delete the sentence.
    made, true = _edits(source, answer or source), _edits(source, item.gold.strip())
    counts = (len(made & true), len(made - true), len(true - made))
    return ItemScore(tuple(map(float, counts)), abstained=not answer)


def f_half(sums: np.ndarray) -> np.ndarray:
    """F0.5 of sums (…, 3) of right, wrong and missed edits.

    1 where there is nothing to correct and nothing is.
    """
    right, wrong, missed = np.moveaxis(np.asarray(sums, dtype=np.float64), -1, 0)
    below = 1.25 * right + wrong + 0.25 * missed
    return np.divide(1.25 * right, below, out=np.ones_like(below), where=below > 0)


def _charges(text: str, prompt: str) -> frozenset[str]:
    return crimes.charge_names(text, labels("charges"), prompt)


_letter = partial(_one, choices.letters)
# What can be held against the official score, whose scale is another.
_TERM = Scorer(_term, {"score": Mean(), "official_scale": Mean(2, 3)})

SCORERS: dict[str, Scorer] = {
    "1-1": Scorer(_text),
    "1-2": Scorer(_letter),
    "2-1": Scorer(_proofreading, {"score": f_half}),
    "2-2": Scorer(_dispute),
    "2-3": Scorer(partial(_set, _labels("marriage"))),
    "2-4": Scorer(partial(_one, _labels("topics"))),
    "2-5": Scorer(_text),
    # Eleven texts name nobody and nothing: there "" is right, and no answer is not.
    "2-6": Scorer(_entities, missing=lambda item: points(0.0, abstained=True)),
    "2-7": Scorer(_text),
    "2-8": Scorer(_letter),
    "2-9": Scorer(partial(_set, _labels("events"))),
    "2-10": Scorer(_triggers),
    "3-1": Scorer(partial(_set, crimes.article_numbers)),
    "3-2": Scorer(_text),
    "3-3": Scorer(partial(_set, _charges)),
    "3-4": _TERM,
    "3-5": _TERM,
    "3-6": Scorer(_letter),
    "3-7": Scorer(_amount),
    "3-8": Scorer(_text),
}
