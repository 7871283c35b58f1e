"""Which labels of a list an answer states, and the members of a list of words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from lexpro.tasks.reading import gather, said
from lexpro.tasks.reading.statements import outside

_OURS = frozenset({"label", "word"})
# Who names so many of the labels offered repeats the list.
_MOST = 0.75


@cache
def any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern of the names, the longest first where one holds another."""
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


@cache
def _normal(names: tuple[str, ...]) -> dict[str, str]:
    """The name as text has it once laid out → the name."""
    return {said.layout(name): name for name in names}


def named(text: str, names: Sequence[str], prompt: str = "", field: str = "label") -> frozenset[str]:
    """The labels stated, the longest where one is part of another; empty where there are none.

    Args:
        text: the answer.
        names: the labels that there are.
        prompt: what was asked.
        field: under which name of `statements.NAMES` they stand.
    """
    known = _normal(tuple(names))
    pattern = any_of(tuple(known))

    def all_in(value: str) -> list[str]:
        return [known[name] for name in pattern.findall(value)]

    def read(turn: str) -> frozenset[str] | None:
        stated = gather.listed(
            turn, field, all_in, lambda line: bool(pattern.fullmatch(line.strip("。;,、 ")))
        ) or all_in(said.without_refusals(outside(turn, _OURS | {field})))
        if len(names) > 2 and len(set(stated)) > _MOST * len(names):
            return None
        return frozenset(stated) or None

    return said.first(text, prompt, read) or frozenset()


def words(text: str, prompt: str = "") -> list[str]:
    """The members of a list of words, whatever separates them; without a sentence among them."""

    def split(value: str) -> list[str]:
        value = re.sub(r"^[\[(\"'“]+|[\])\"'”。.]+$", "", value.strip())
        return [part.strip(" \"'“”。.") for part in re.split(r"[;、,，\n]", value) if part.strip(" \"'“”。.")]

    def read(turn: str) -> list[str] | None:
        turn = said.without_refusals(turn)
        return (
            gather.listed(turn, "word", split, lambda line: len(line) < 10)
            or split(outside(turn, _OURS))
            or None
        )

    return said.first(text, prompt, read) or []
