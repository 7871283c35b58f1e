"""Worked examples: what each variant extracts from a judgment, marked against the truth.

They correspond to the paper's Figures 4 and 5.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

Fact = tuple[str, str, str]

RIGHT, WRONG, MISSED = "right", "wrong", "missed"


@dataclass(frozen=True)
class Mark:
    """One value in one cell.

    Attributes:
        kind: `right`, `wrong` (not in the truth) or `missed` (not in the answer).
        value: the value.
    """

    kind: str
    value: str


@dataclass(frozen=True)
class Line:
    """One slot, such as 张某甲's 罚金: the true values, and each variant's marks."""

    defendant: str
    field: str
    gold: list[str]
    answers: dict[str, list[Mark]]


def mark(gold: Counter[str], answer: Counter[str]) -> list[Mark]:
    """Marks of one slot.

    One wrong value instead of one true one is a mistake, not also an omission.
    """
    right, wrong, missed = gold & answer, answer - gold, gold - answer
    marks = [Mark(RIGHT, value) for value in right.elements()] + [
        Mark(WRONG, value) for value in wrong.elements()
    ]
    if not (gold.total() == answer.total() == wrong.total() == 1):
        marks += [Mark(MISSED, value) for value in missed.elements()]
    return marks


def slots(facts: Counter[Fact]) -> dict[tuple[str, str], Counter[str]]:
    """(defendant, field) → values."""
    by_slot: dict[tuple[str, str], Counter[str]] = {}
    for (defendant, field, value), count in facts.items():
        by_slot.setdefault((defendant, field), Counter())[str(value)] += count
    return by_slot


def compare(gold: Counter[Fact], answers: dict[str, Counter[Fact]]) -> list[Line]:
    """A line a slot of the truth or of an answer.

    The lines of a defendant stand together, totals of the case last.
    """
    truth, by_variant = slots(gold), {variant: slots(facts) for variant, facts in answers.items()}
    order = list(dict.fromkeys([*truth, *(slot for said in by_variant.values() for slot in said)]))
    people = list(dict.fromkeys(defendant for defendant, _ in order))
    order.sort(key=lambda slot: (slot[0] == "", people.index(slot[0])))
    none: Counter[str] = Counter()
    return [
        Line(
            *slot,
            list(truth.get(slot, none).elements()),
            {
                variant: mark(truth.get(slot, none), said.get(slot, none))
                for variant, said in by_variant.items()
            },
        )
        for slot in order
    ]


def _spread(ranked: list[str], count: int) -> list[str]:
    """The middle of each of `count` equal parts, so that neither extreme stands for the rest."""
    return [ranked[int((part + 0.5) * len(ranked) / count)] for part in range(count)]


def choose(scores: dict[str, float], count: int) -> list[str]:
    """Ids of the examples, from worst to best, by rule and not by hand.

    One is without a mistake (a score of 1); the others are evenly spaced in rank over those with
    one, which show more. Where there are too few of a kind, more of the other are taken.

    Args:
        scores: id → score.
        count: how many.
    """
    ranked = sorted(scores, key=lambda item: (scores[item], item))
    flawed = [item for item in ranked if scores[item] < 1]
    flawless = ranked[len(flawed) :]
    shown = min(len(flawed), count - (1 if flawless and count > 1 else 0))
    return _spread(flawed, shown) + _spread(flawless, min(len(flawless), count - shown))


@dataclass(frozen=True)
class Example:
    """One judgment: an excerpt, the marked lines, and what each variant wrote.

    Attributes:
        title: charge and province.
        text: the excerpt.
        lines: the marked lines.
        f1: variant → F1.
        unreadable: variant → why its answer cannot be read.
        completions: variant → its raw text.
    """

    title: str
    text: str
    lines: list[Line]
    f1: dict[str, float]
    unreadable: dict[str, str]
    completions: dict[str, str]
