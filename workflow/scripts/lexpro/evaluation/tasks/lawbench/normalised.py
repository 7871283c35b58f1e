"""Scorers of LawBench that count what is right.

Gold answers score 1.0, readings are those of `lexpro.law`, and no answer, or one that is not clear,
is an abstention worth 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from lexpro.evaluation import reading
from lexpro.evaluation.scorers import SKIPPED, Item, ItemScore, Scorer, points
from lexpro.evaluation.tasks.lawbench.labels import labels
from lexpro.evaluation.text_overlap import f1, lcs_f1, plain, set_f1
from lexpro.tasks import closeness


def _set(read: Callable[[str], frozenset], item: Item, text: str) -> ItemScore:
    """F1 of two sets."""
    found = read(text)
    return points(set_f1(found, read(item.gold)), abstained=not found)


def _one(read: Callable[[str], frozenset | None], item: Item, text: str) -> ItemScore:
    """Right where exactly what is true is stated."""
    found = read(text)
    return points(bool(found) and found == read(item.gold), abstained=not found)


def _dispute(item: Item, text: str) -> ItemScore:
    # The prompt does not offer this label: nobody can answer.
    if "赔偿" in item.gold:
        return SKIPPED
    return _one(lambda answer: reading.named(answer, labels("disputes")), item, text)


def _free(text: str) -> str:
    """A text without tags and without the word that opens the reference."""
    return re.sub(r"^\s*(?:答案|回答)\s*[:：]", "", re.sub(r"<[^<>]{1,20}>", "", text))


def _text(item: Item, text: str) -> ItemScore:
    """F1 of the longest common subsequence of characters: order counts, punctuation does not."""
    return points(lcs_f1(_free(text), _free(item.gold)), abstained=not plain(text))


def _entities(item: Item, text: str) -> ItemScore:
    true, found = (reading.entities(part, labels("entities")) for part in (item.gold, text))
    if not true:
        return points(not found)
    shares = sum(lcs_f1(found[name], true[name]) for name in found.keys() & true)
    return points(f1(shares, len(found), len(true)), abstained=not found)


def _triggers(item: Item, text: str) -> ItemScore:
    true, found = Counter(reading.parts(item.gold)), Counter(reading.parts(text))
    return points(f1((true & found).total(), found.total(), true.total()), abstained=not found)


def _term(item: Item, text: str) -> ItemScore:
    found, true = reading.term(text), reading.term(item.gold)
    if found is None or true is None:
        return points(0.0, abstained=found is None)
    if true[1] is None or found[1] is None:
        return points(found[0][:2] == true[0][:2])
    return points(closeness.of_months(found[1], true[1]))


def _amount(item: Item, text: str) -> ItemScore:
    found, true = reading.total(text), reading.total(item.gold)
    return points(found is not None and abs(found - true) < 0.01, abstained=found is None)


def _sentence(source: str, text: str) -> str:
    """The corrected sentence in an answer: its last line that resembles the source.

    Without what leads in.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    lines = [line for line in lines if fuzz.ratio(source, line) >= 50] or lines[:1]
    line = lines[-1] if lines else ""
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
    answer = _sentence(source, text)
    # No answer makes no edits; it does not delete the sentence.
    found, true = _edits(source, answer or source), _edits(source, item.gold.strip())
    counts = (len(found & true), len(found - true), len(true - found))
    return ItemScore(tuple(map(float, counts)), abstained=not answer)


def f_half(sums: np.ndarray) -> np.ndarray:
    """F0.5 of sums (…, 3) of right, wrong and missed edits.

    1 where there is nothing to correct and nothing is.
    """
    right, wrong, missed = np.moveaxis(np.asarray(sums, dtype=np.float64), -1, 0)
    below = 1.25 * right + wrong + 0.25 * missed
    return np.divide(1.25 * right, below, out=np.ones_like(below), where=below > 0)


def _charges(text: str) -> frozenset[str]:
    return reading.charge_names(text, labels("charges"))


_letter = partial(_one, reading.letters)

SCORERS: dict[str, Scorer] = {
    "1-1": Scorer(_text),
    "1-2": Scorer(_letter),
    "2-1": Scorer(_proofreading, {"score": f_half}),
    "2-2": Scorer(_dispute),
    "2-3": Scorer(partial(_set, lambda text: reading.named(text, labels("marriage")))),
    "2-4": Scorer(partial(_one, lambda text: reading.named(text, labels("topics")))),
    "2-5": Scorer(_text),
    # Eleven texts name nobody and nothing: there "" is right, and no answer is not.
    "2-6": Scorer(_entities, missing=lambda item: points(0.0, abstained=True)),
    "2-7": Scorer(_text),
    "2-8": Scorer(_letter),
    "2-9": Scorer(partial(_set, lambda text: reading.named(text, labels("events")))),
    "2-10": Scorer(_triggers),
    "3-1": Scorer(partial(_set, reading.article_numbers)),
    "3-2": Scorer(_text),
    "3-3": Scorer(partial(_set, _charges)),
    "3-4": Scorer(_term),
    "3-5": Scorer(_term),
    "3-6": Scorer(_letter),
    "3-7": Scorer(_amount),
    "3-8": Scorer(_text),
}
