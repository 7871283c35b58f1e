"""LawBench: the items of data/zero_shot and data/one_shot."""

from __future__ import annotations

from pathlib import Path

from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import Questions
from lexpro.workflow.files import read_json


def items(folder: Path, number: str) -> list[Item]:
    """The items of a task; `folder` is data/zero_shot or data/one_shot.

    Prompt: instruction, then question.
    """
    rows = read_json(folder / f"{number}.json")
    return [
        Item(str(index), f"{row['instruction']}\n{row['question']}", row["answer"], row["question"])
        for index, row in enumerate(rows)
    ]


SOURCE = Questions(items)
