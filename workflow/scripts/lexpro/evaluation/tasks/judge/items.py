"""JuDGE: the facts of data/test.json, and the real judgments."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from lexpro import datasets
from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import CACHE, Questions

# These words are ours.
_ASKED = (
    "根据下面的案件事实，写出一审刑事判决书全文，依次写明首部、事实、本院认为部分和判决主文："
    "罪名、援引的《中华人民共和国刑法》条文（用汉字写条号）、刑期和罚金。\n案件事实：\n"
)


@cache
def expected() -> dict[str, str]:
    """The real judgments by id."""
    path = datasets.resolve(datasets.find("judge_expected"), CACHE)
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {str(row["id"]): row["document"] for row in rows}


def items(path: Path, number: str = "") -> list[Item]:
    """The 501 facts with the real judgments; `path` is data/test.json."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    documents = expected()
    return [
        Item(row["text_id"], f"{_ASKED}{row['text'].strip()}", documents[row["text_id"]], row["text"])
        for row in rows
    ]


SOURCE = Questions(items)
