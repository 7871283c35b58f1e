"""From the text that a model writes to an answer whose values are normalised.

Values are read by `lexpro.law`, as everywhere: 42, "42", "三年六个月" and "3年6个月" are the
same term, "五千元" is 5000. A value that cannot be read stays as it was written, so that it counts
as a wrong value and not as none.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable

from lexpro.law import articles, charges, money, numerals, terms
from lexpro.records import TERM_KINDS
from lexpro.task_names import CASE_FIELDS, DEFENDANT_FIELDS
from lexpro.tasks.reading import gather, penalties, said
from lexpro.tasks.reading.statements import statements

OPEN, CLOSE = "<think>", "</think>"
_DECODER = json.JSONDecoder()
# No answer to any task nests or runs on like this; text that does is not worth decoding.
_LONGEST = 20_000


def split_think(completion: str) -> tuple[str | None, str, bool]:
    """Tell the thought from the answer.

    The opening tag may be missing: some chat templates put it into the prompt.

    Returns:
        Thought (None for none), answer, and whether the thought is finished: one that was begun and
        not closed leaves no answer.
    """
    before, closed, after = completion.rpartition(CLOSE)
    if closed:
        return before.strip().removeprefix(OPEN).strip(), after.strip(), True
    before, opened, after = completion.partition(OPEN)
    if opened:
        return after.strip(), "", False
    return None, completion.strip(), True


def find_object(text: str) -> dict | None:
    """The first JSON object in a text (in a code block, or after some words), or None."""
    start = text.find("{")
    while 0 <= start < _LONGEST:
        try:
            value, _ = _DECODER.raw_decode(text[: start + _LONGEST], start)
        except (ValueError, RecursionError):  # ValueError: no JSON, or a number of thousands of digits
            start = text.find("{", start + 1)
            continue
        return value
    return None


def number(value: object) -> object:
    """A count or sum in yuan: 5000, "5000", "五千元", "0.5万元" → 5000; absent (null) is 0."""
    if value is None or value == "":
        return 0
    if isinstance(value, str):
        read = money.parse(value)
        read = numerals.parse(value.strip()) if read is None else read
        return value.strip() if read is None else read
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    return value


def months(value: object) -> object:
    """A length in months: 42, "42", "42个月", "三年六个月" → 42; None (no length) for null."""
    if isinstance(value, str):
        text = value.strip()
        if text in ("", "无", "null"):
            return None
        term = terms.parse(text)
        for read in (terms.parse_length(text), numerals.parse_int(text), term.months if term else None):
            if read is not None:
                return read
        return text
    return None if value is None else number(value)


def kind(value: object) -> object:
    """A main punishment by its name in `TERM_KINDS`."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text in TERM_KINDS:
        return text
    if "死" in text and "缓" in text:
        return "死缓"
    match = re.search(terms.TERM, text)
    return terms.term_of(match, text)[0].kind if match else text


def refs(value: object) -> list:
    """Articles of 刑法 by their refs: "264、67" → "264", "67"; 刑法第133条之一 → "133之1".

    An article of another law stays as it is written, and so does what is no article.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return [value]
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    stated = articles.stated(text)
    own = [article.ref for article in stated if article.law == articles.CRIMINAL_LAW]
    others = [f"{article.law}{article.ref}" for article in stated if article.law != articles.CRIMINAL_LAW]
    return list(dict.fromkeys([*own, *others])) or [text.strip()]


def charge_names(value: object) -> list:
    """Charges by their canonical names; one that is unknown stays as it is written."""
    return (charges.stated(value) or [value.strip()]) if isinstance(value, str) else [value]


def name(value: object) -> object:
    """The name of a defendant, without spaces and 被告人."""
    return re.sub(r"\s|^被告人", "", value) if isinstance(value, str) else value


def circumstance(value: object) -> object:
    """The name of a circumstance (情节), without spaces around it."""
    return value.strip() if isinstance(value, str) else value


def _list(read: Callable[[object], list]) -> Callable[[object], list]:
    def all_of(value: object) -> list:
        if value is None:
            return []
        values = value if isinstance(value, list) else [value]
        # What is neither text nor number can be no value of any list here.
        return [member for item in values if isinstance(item, str | int | float) for member in read(item)]

    return all_of


READ: dict[str, Callable[[object], object]] = {
    "姓名": name,
    "罪名": _list(charge_names),
    "法条": _list(refs),
    "刑种": kind,
    "刑期": months,
    # No probation is 0, as no fine is.
    "缓刑": lambda value: months(value) or 0,
    "罚金": number,
    "情节": _list(lambda value: [circumstance(value)]),
    **dict.fromkeys(CASE_FIELDS, number),
}

KEYS = {
    "elements": ("被告人", *CASE_FIELDS),
    "charge": ("罪名",),
    "article": ("法条",),
    "term": ("刑种", "刑期"),
}


def _read(data: dict, keys: tuple[str, ...]) -> dict:
    return {key: READ[key](data[key]) for key in keys if key in data and key in READ}


# An answer in words that is longer tells a story, or copies the prompt.
_FEW_WORDS = 120


def _in_words(task: str, answer: str) -> dict | None:
    """An answer of "field: value" in place of JSON: 罪名：盗窃罪; 刑期：三年六个月."""
    turn = "\n".join(said.turns(answer))
    if "{" in answer or not 0 < len(turn) <= _FEW_WORDS:
        return None
    if task in ("charge", "article"):
        key, read = ("罪名", charges.stated) if task == "charge" else ("法条", refs_of)
        stated = gather.listed(turn, task, read, lambda line: bool(read(line)))
        return {key: list(dict.fromkeys(stated))} if stated else None
    if task == "term":
        sentence = gather.single(turn, "term", penalties.of_value)
        if sentence is None:
            return None
        named = next((one.value for one in statements(turn) if one.name == "刑种"), sentence[0])
        return ({"刑种": kind(named)} if named else {}) | {"刑期": sentence[1]}
    return None


def refs_of(text: str) -> list[str]:
    """The refs of the articles of 刑法 in a text."""
    return [article.ref for article in articles.stated(text) if article.law == articles.CRIMINAL_LAW]


def parse(task: str, answer: str) -> dict | None:
    """The answer to a task, normalised.

    Args:
        task: one of `TASKS`.
        answer: what a model wrote after its thought.

    Returns:
        Keys of the task only; those that are missing stay missing. None where the text holds no
        JSON object with any of them, and does not say them in a few words either.

    Raises:
        KeyError: there is no such task.
    """
    keys = KEYS[task]
    data = find_object(answer)
    if data is None or not any(key in data for key in keys):
        return _in_words(task, answer)
    values = _read(data, keys)
    if task == "elements":
        people = data.get("被告人")
        people = people if isinstance(people, list) else [people]
        values["被告人"] = [_read(person, DEFENDANT_FIELDS) for person in people if isinstance(person, dict)]
    return values


def shaped(answer: object, like: object) -> bool:
    """Whether an answer has the keys and types of `like`, the gold answer.

    Items of a list have those of its first item.
    """
    if isinstance(like, dict):
        return (
            isinstance(answer, dict)
            and answer.keys() == like.keys()
            and all(shaped(answer[key], value) for key, value in like.items())
        )
    if isinstance(like, list):
        return isinstance(answer, list) and (not like or all(shaped(item, like[0]) for item in answer))
    if isinstance(like, str):
        return isinstance(answer, str)
    # Numbers; null is the length of a punishment that has none.
    return answer is None or (isinstance(answer, int | float) and not isinstance(answer, bool))
