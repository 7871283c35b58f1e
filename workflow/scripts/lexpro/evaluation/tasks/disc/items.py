"""DISC-Law-Eval: the questions of eval/datasets/objective."""

from __future__ import annotations

import csv
from pathlib import Path

from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import Questions

OPTIONS = "ABCD"
# The published outputs were asked with examples; these words are ours.
_ASKED = {
    "single": "下面的单项选择题只有一个正确选项，请写出它的字母，格式为“答案：A”。",
    "multi": "下面的多项选择题有一个或多个正确选项，请写出全部正确选项的字母，格式为“答案：AB”。",
}


def _rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def question(row: dict) -> tuple:
    """A question with its options: what it is known by."""
    return tuple((row.get(key) or "").strip() for key in ("input", *OPTIONS))


def question_set(folder: Path, number: str) -> list[dict]:
    """The rows of a set: `single/nje`, `multi/cpa`, … of the folder."""
    kind, _, name = number.partition("/")
    return _rows(folder / f"mcq_{'sing' if kind == 'single' else 'mult'}_{name}.csv")


def items(folder: Path, number: str) -> list[Item]:
    """The questions of a set; `folder` is eval/datasets/objective."""
    questions = []
    for index, row in enumerate(question_set(folder, number)):
        asked, *options = question(row)
        lines = [asked, *(f"{name}. {text}" for name, text in zip(OPTIONS, options, strict=True) if text)]
        text = "\n".join(lines)
        prompt = f"{_ASKED[number.partition('/')[0]]}\n{text}\n"
        questions.append(Item(str(index), prompt, row["output"].strip(), text))
    return questions


SOURCE = Questions(items)
