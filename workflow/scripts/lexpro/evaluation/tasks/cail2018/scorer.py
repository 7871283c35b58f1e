"""CAIL2018 (china-ai-law-challenge/CAIL2018 @ 599781f): charges, articles and term from facts.

The competition's judger takes numbers of labels; here they are read in a model's answer first, by
names of its lists and by `lexpro.law`. What follows is the judger's: (micro-F1 + macro-F1) / 2 over
all labels of its list, those that never occur counting as 1, and points for the distance of terms.
The normalised scorer takes the mean F1 of each item's own labels, also of those in no list, and the
closeness of terms as everywhere here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, partial

import numpy as np

from lexpro import datasets
from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import CACHE
from lexpro.evaluation.references import by_id, items_of
from lexpro.evaluation.scorers import ItemScore, Scorer, Task, commonest, points
from lexpro.evaluation.tasks.cail2018.items import SOURCE
from lexpro.evaluation.tasks.lawbench import normalised as lawbench_normalised
from lexpro.evaluation.text_overlap import set_f1
from lexpro.stats import ratio
from lexpro.tasks.reading import crimes, labels, penalties

TASKS = ("charge", "article", "term")
# Distance of logarithms up to which a term earns so many points.
_STEPS = ((0.2, 1.0), (0.4, 0.8), (0.6, 0.6), (0.8, 0.4), (1.0, 0.2))
_FEW = 30


@cache
def _list(name: str) -> tuple[str, ...]:
    path = datasets.resolve(datasets.find(name), CACHE)
    return tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


Read = Callable[[str, str], frozenset[str]]


def _charges(text: str, prompt: str) -> frozenset[str]:
    """The names of accu.txt in an answer; raises UserError where the list is not to be had."""
    return labels.named(text, _list("cail_accu"), prompt, field="charge")


def _all_charges(text: str, prompt: str) -> frozenset[str]:
    return crimes.charge_names(text, _list("cail_accu"), prompt)


def _articles(text: str, prompt: str) -> frozenset[str]:
    return frozenset(map(str, crimes.article_numbers(text, prompt)))


def _counts(names: str, read: Read, item: Item, text: str) -> ItemScore:
    """For each label of a list whether it is right, wrongly stated, or missed."""
    stated, true = read(text, item.prompt), read(item.gold, "")
    sets = (stated & true, stated - true, true - stated)
    return ItemScore(tuple(float(label in part) for part in sets for label in _list(names)))


def _f1(right: np.ndarray, wrong: np.ndarray, missed: np.ndarray) -> np.ndarray:
    """1 where nothing is stated and nothing true."""
    return ratio(2 * right, 2 * right + wrong + missed)


def _micro(sums: np.ndarray) -> np.ndarray:
    labels = sums.reshape(*sums.shape[:-1], 3, -1)
    return _f1(*np.moveaxis(labels.sum(axis=-1), -1, 0))


def _macro(sums: np.ndarray) -> np.ndarray:
    labels = sums.reshape(*sums.shape[:-1], 3, -1)
    return _f1(*np.moveaxis(labels, -2, 0)).mean(axis=-1)


LABELS = {
    "score": lambda sums: (_micro(sums) + _macro(sums)) / 2,
    "micro_f1": _micro,
    "macro_f1": _macro,
}


def _term(item: Item, text: str) -> ItemScore:
    true, stated = penalties.term(item.gold), penalties.term(text, item.prompt)
    if stated is None or true is None:
        return points(0.0)
    if true[1] is None or stated[1] is None:
        return points(true[1] is None and stated[1] is None and true[0][:2] == stated[0][:2])
    distance = abs(math.log(true[1] + 1) - math.log(stated[1] + 1))
    return points(next((value for most, value in _STEPS if distance <= most), 0.0))


def _same(read: Read, item: Item, text: str) -> ItemScore:
    stated = read(text, item.prompt)
    return points(set_f1(stated, read(item.gold, "")), abstained=not stated)


SCORERS: dict[str, tuple[Scorer, Scorer]] = {
    "charge": (Scorer(partial(_counts, "cail_accu", _charges), LABELS), Scorer(partial(_same, _all_charges))),
    "article": (Scorer(partial(_counts, "cail_law", _articles), LABELS), Scorer(partial(_same, _articles))),
    "term": (Scorer(_term), Scorer(lawbench_normalised.SCORERS["3-4"].score_item)),
}


def task(number: str) -> Task:
    """`charge`, `article` or `term`."""
    official, normalised = SCORERS[number]
    references = by_id("cail2018", SOURCE, number)
    return Task(
        f"cail2018/{number}",
        official,
        normalised,
        lambda items: commonest(items, _FEW),
        references,
        items=items_of("cail2018", SOURCE, number),
    )
