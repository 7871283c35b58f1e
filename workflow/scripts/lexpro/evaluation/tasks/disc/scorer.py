"""DISC-Law-Eval (FudanDISC/DISC-LawLLM @ f40d023): ten sets of multiple-choice questions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, partial

from lexpro import datasets
from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import CACHE
from lexpro.evaluation.scorers import ItemScore, Scorer, Task, commonest, points
from lexpro.evaluation.tasks.disc.items import OPTIONS, question, question_set
from lexpro.tasks.reading import choices
from lexpro.workflow.errors import UserError

SINGLE, MULTIPLE = ("nje", "pae", "cpa", "ungee", "pfe", "lbk"), ("nje", "pae", "cpa", "ungee")
TASKS = (*(f"single/{name}" for name in SINGLE), *(f"multi/{name}" for name in MULTIPLE))
# A run of options with what may stand between them; in the original the order within the brackets
# differs.
_RUN = r"([ABCD,，、\s]+)"
# Where the evaluator looks for the answer: the first match of these in turn …
_FIRST = [
    re.compile(pattern.replace("@", _RUN))
    for pattern in (
        "答案应?该?[为是]@",
        "答案是@",
        "选项应?该?[是为]@",
        "答案@",
        r"答案应该?选\s?@",
        "选择@",
        "故?选[:：]?@",
        "选择答案@",
        r"^\s*选@[,，项．\.]",
        "@</s>",
        "^@。",
    )
]
_DOTTED = re.compile(r"([ABCD][\.．])\s?")
# … then all matches of these.
_ALL = [
    re.compile(pattern.replace("@", _RUN))
    for pattern in (
        "@都?是正确的",
        "选项@正确",
        "@选项正确",
        r"@\s?都?[是为]正确答案",
        r"@\s?都?[是为]正确选项",
        r"@\s?选?项?都?属于[^错不]",
    )
]
# Shorter answers are read as they are.
_SHORT = 10


def extract(text: str) -> str:
    """The part of an output that the evaluator reads: the whole where no pattern matches."""
    if len(text) < _SHORT:
        return text
    for pattern in _FIRST:
        match = pattern.search(text)
        if match:
            return match[1]
    for pattern in (_DOTTED, *_ALL):
        matches = pattern.findall(text)
        if matches:
            return "".join(matches)
    return text


def _official(item: Item, text: str) -> ItemScore:
    """Right where every A, B, C and D in what is read are those of the answer."""
    return points({c for c in extract(text) if c in OPTIONS} == set(item.gold))


def _normalised(item: Item, text: str) -> ItemScore:
    stated = choices.letters(text, item.prompt)
    return points(stated == frozenset(item.gold), abstained=not stated)


@cache
def _answers(number: str) -> dict[tuple, str]:
    """Question with its options → answer.

    Also without its options, of which one was mended later in the set.
    """
    rows = question_set(datasets.resolve(datasets.find("disc_objective"), CACHE), number)
    without_options = {question(row)[:1]: row["output"].strip() for row in rows}
    return without_options | {question(row): row["output"].strip() for row in rows}


def references(number: str, rows: list[dict]) -> list[str]:
    """The references of records of a file of outputs, by their questions.

    Raises:
        UserError: a question is not in the set.
    """
    answers = _answers(number)
    keys = [question(row) if question(row) in answers else question(row)[:1] for row in rows]
    strange = [key for key in keys if key not in answers]
    if strange:
        raise UserError(
            f"{len(strange)} of {len(rows)} records are no question of disc/{number}: they need the fields input, "
            f"A, B, C, D as in the set. The first: {strange[0][0][:60]!r}."
        )
    return [answers[key] for key in keys]


def _items(number: str) -> list[Item]:
    """The items by their questions, without their options."""
    rows = question_set(datasets.resolve(datasets.find("disc_objective"), CACHE), number)
    return [Item(str(n), question(row)[0], row["output"].strip()) for n, row in enumerate(rows)]


def constants(items: Sequence[Item]) -> list[str]:
    """The answers tried as the one answer to all."""
    return commonest(items, 15)


def task(number: str) -> Task:
    """The set of that name: `single/nje`, `multi/cpa`, … of `TASKS`."""
    return Task(
        f"disc/{number}",
        Scorer(_official),
        Scorer(_normalised),
        constants,
        partial(references, number),
        items=partial(_items, number),
    )
