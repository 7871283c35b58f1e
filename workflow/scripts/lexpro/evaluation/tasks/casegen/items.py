"""CaseGen: 500 cases in four stages of writing, from the defence to the judgment."""

from __future__ import annotations

import json
from pathlib import Path

from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import Questions

# Task → what is to be written (these words are ours), and the fields of a record that are given.
_ASKED = {
    "defense": ("被告的答辩状", ("prosecution", "evidence")),
    "fact": ("判决书中经审理查明的事实", ("prosecution", "defense", "evidence")),
    "reasoning": ("判决书的说理部分（本院认为）", ("prosecution", "defense", "fact")),
    "judgement": ("判决结果，写明依据的法条", ("fact", "reasoning")),
}
_TITLES = {
    "prosecution": "起诉状",
    "defense": "答辩状",
    "evidence": "证据",
    "fact": "审理查明的事实",
    "reasoning": "判决说理",
}


def _written(value: object) -> str:
    """A field as text; evidence is given by name."""
    return (
        "\n".join(f"{name}：{text}" for name, text in value.items())
        if isinstance(value, dict)
        else str(value)
    )


def items(path: Path, number: str) -> list[Item]:
    """The cases (JSON lines) with the reference of one stage."""
    wanted, fields = _ASKED[number]
    questions = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            row = json.loads(line)
            given = "\n\n".join(f"{_TITLES[name]}：\n{_written(row[name])}" for name in fields)
            prompt = f"根据下面的材料，写出{wanted}，只写这一部分。\n\n{given}\n"
            questions.append(Item(str(row["id"]), prompt, row[number], given))
    return questions


SOURCE = Questions(items)
