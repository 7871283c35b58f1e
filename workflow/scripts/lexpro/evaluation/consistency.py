"""Consistency: how far several answers to one prompt agree (the paper's Figure 2).

Right or wrong does not matter here: a model that always errs the same way is consistent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from statistics import fmean

from lexpro.evaluation.grading import LISTS
from lexpro.records import TIMED_KINDS
from lexpro.tasks import elements
from lexpro.tasks.targets import dump


def _bag(task: str, answer: dict | None) -> Counter:
    """What an answer states, to be compared with what another one does."""
    if task == "elements":
        return elements.facts(answer)
    if task in LISTS:
        return Counter(set((answer or {}).get(LISTS[task], [])))
    return Counter([dump(answer)] if answer else [])


# No term is as long; what is longer is no length.
LONGEST = 1000


def _months(task: str, answer: dict | None) -> dict[str, float]:
    """Defendant → months ("" in the task `term`), where there is a term."""
    people = [] if answer is None else answer.get("被告人", []) if task == "elements" else [answer]
    return {
        str(person.get("姓名", "")): person["刑期"]
        for person in people
        if str(person.get("刑种")) in TIMED_KINDS
        and isinstance(person.get("刑期"), int | float)
        and 0 <= person["刑期"] <= LONGEST
    }


def _alike(a: Counter, b: Counter) -> float:
    return elements.f1((a & b).total(), a.total(), b.total())


def of_samples(task: str, answers: Sequence[dict | None]) -> dict[str, float]:
    """How far the samples of one prompt agree.

    Returns:
        `same` (1 where all are alike), `modal` (share of the commonest), `agreement` (F1 of two,
        mean over pairs; two that give no answer do not agree), `unanswered` (share), and
        `term_range` (months from the shortest to the longest term, the largest of the defendants)
        where at least two samples state one.
    """
    bags = [_bag(task, answer) for answer in answers]
    common = Counter(frozenset(bag.items()) for bag, a in zip(bags, answers, strict=True) if a is not None)
    modal = max(common.values(), default=0)
    pairs = [
        0.0 if a is None or b is None else _alike(bags[i], bags[j])
        for (i, a), (j, b) in combinations(enumerate(answers), 2)
    ]
    measures = {
        "same": float(modal == len(answers)),
        "modal": modal / len(answers),
        "agreement": fmean(pairs),
        "unanswered": sum(answer is None for answer in answers) / len(answers),
    }
    terms: dict[str, list[float]] = {}
    for answer in answers:
        for name, months in _months(task, answer).items():
            terms.setdefault(name, []).append(months)
    ranges = [max(months) - min(months) for months in terms.values() if len(months) > 1]
    return measures | ({"term_range": float(max(ranges))} if ranges else {})


def consistency(task: str, items: Sequence[Sequence[dict | None]]) -> dict[str, dict]:
    """The measures of `of_samples` as means over items.

    Returns:
        {consistency: {samples, …, term_range_n: items with terms}}; nothing where a prompt was
        answered once.
    """
    samples = min(map(len, items), default=0)
    if samples < 2:
        return {}
    rows = [of_samples(task, answers) for answers in items]
    means = {name: round(fmean(row[name] for row in rows), 6) for name in rows[0] if name != "term_range"}
    ranges = [row["term_range"] for row in rows if "term_range" in row]
    if ranges:
        means |= {"term_range": round(fmean(ranges), 4), "term_range_n": len(ranges)}
    return {"consistency": {"samples": samples, **means}}
