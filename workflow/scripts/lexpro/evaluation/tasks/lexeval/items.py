"""LexEval: the items of data/."""

from __future__ import annotations

import json
from pathlib import Path

from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import Questions


def items(folder: Path, number: str) -> list[Item]:
    """The items of a task; `folder` is data/. Prompt: instruction, then input."""
    lines = (folder / f"{number}.json").read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line.strip()]
    return [
        Item(str(index), f"{row['instruction']}{row['input']}", row["answer"] or "", row["input"])
        for index, row in enumerate(rows)
    ]


SOURCE = Questions(items)
