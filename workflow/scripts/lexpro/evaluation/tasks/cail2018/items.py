"""CAIL2018: facts of criminal judgments, asked for charges, articles and term of imprisonment."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import Questions
from lexpro.workflow.errors import UserError

# The test set of the exercise stage in CAIL2018_ALL_DATA.zip; a file that is no archive holds its
# lines.
MEMBER = "exercise_contest/data_test.json"
# These words are ours: the competition asked classifiers, not models of language.
_ASKED = {
    "charge": "根据案件事实写出被告人的罪名，多个罪名用“；”隔开，格式为“罪名：…”。\n案件事实：",
    "article": "根据案件事实写出应当引用的《中华人民共和国刑法》条文，格式为“法条：刑法第…条、第…条”。\n案件事实：",
    "term": "根据案件事实写出被告人的刑期，格式为“刑期：…个月”，或“刑期：无期”、“刑期：死刑”。\n案件事实：",
}


def _lines(path: Path) -> Iterator[str]:
    if not zipfile.is_zipfile(path):
        with path.open(encoding="utf-8") as file:
            yield from file
        return
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(MEMBER)]
        if len(names) != 1:
            raise UserError(f"{path} has {len(names)} files {MEMBER}; it must have one.")
        with archive.open(names[0]) as file:
            yield from io.TextIOWrapper(file, encoding="utf-8")


def _term(meta: dict) -> str:
    term = meta["term_of_imprisonment"]
    if term["death_penalty"]:
        return "死刑"
    return "无期" if term["life_imprisonment"] else f"{term['imprisonment']}个月"


# Task → the label of a record, as an answer. Brackets in names of charges are the competition's.
GOLD = {
    "charge": lambda meta: (
        f"罪名：{'；'.join(n.replace('[', '').replace(']', '') for n in meta['accusation'])}"
    ),
    "article": lambda meta: f"法条：刑法{'、'.join(f'第{n}条' for n in meta['relevant_articles'])}",
    "term": lambda meta: f"刑期：{_term(meta)}",
}


def items(path: Path, number: str) -> list[Item]:
    """The facts of the test set with the labels of one task: charge, article or term."""
    questions = []
    for index, line in enumerate(_lines(path)):
        row = json.loads(line)
        text = row["fact"].strip()
        questions.append(Item(str(index), f"{_ASKED[number]}{text}", GOLD[number](row["meta"]), text))
    return questions


SOURCE = Questions(items)
