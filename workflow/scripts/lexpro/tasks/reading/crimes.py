"""Charges and articles of an answer in words, read as `lexpro.law` reads them everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lexpro.law import articles, charges
from lexpro.records import Article
from lexpro.tasks.reading import gather, said
from lexpro.tasks.reading.labels import any_of
from lexpro.tasks.reading.statements import outside

_DENIED = re.compile(
    r"(?:不构成|不成立|并非|而非|不是|不属于|不应认定为|不应定|不能认定为|无罪)[^,。;\n]{0,30}"
)
_CONVICTS = re.compile(r"(?:构成|犯|涉嫌|触犯|认定为|定性为|成立|以|是|为|按|定)(?:了)?[“\"']?$")
# Article 264 of the Criminal Law
_ENGLISH = re.compile(r"\barticles?\s+(\d{1,3})(?!\d)", re.I)
# A longer text that names no charge as one (…罪) tells a story; what is done there is no answer.
_SHORT = 120


def _of_value(value: str, others: tuple[str, ...]) -> list[str]:
    """The charges of a value: those of its first sentence that has any."""
    for part in re.split(r"。(?=.)|\n(?=\D{30})", value):
        stated = charges.stated(_DENIED.sub("", part))
        if not any(charges.canonical(name) for name in stated) and len(part) <= _SHORT:
            stated = (
                [charges.canonical(name) or name for name in any_of(others).findall(part)] or stated
                if others
                else stated
            )
        if stated:
            return stated
    return []


def _in_words(text: str, others: tuple[str, ...]) -> list[str]:
    """The charges of a text that states no field: those it convicts of, else all that it names."""
    text = _DENIED.sub("", text)
    hits = charges.find(text)
    convicted: list[str] = []
    end = -1
    for name, start, stop in hits:
        # 构成盗窃罪和诈骗罪: the second too.
        goes_on = end >= 0 and re.fullmatch(r"\s*(?:[、,]|和|及|与|以及)\s*", text[end:start])
        if goes_on or _CONVICTS.search(text[max(0, start - 8) : start]):
            convicted.append(name)
            end = stop
    if convicted or hits:
        return convicted or [name for name, _, _ in hits]
    if cases := [name for name in re.findall(rf"({any_of(others).pattern})案", text) if others]:
        return [charges.canonical(name) or name for name in cases]
    if len(text) > _SHORT:
        lines = [line for line in text.split("\n") if line.strip()]
        return _of_value(lines[0], ()) if lines and len(lines[0]) <= 40 else []
    return _of_value(text, others)


def charge_names(text: str, others: Iterable[str] = (), prompt: str = "") -> frozenset[str]:
    """Canonical names of the charges stated; empty where there are none.

    What is no charge counts as itself where it is in `others`, or is called one (偷东西罪).

    Args:
        text: what the model wrote behind its thought.
        others: names that count besides the charges of the law, as those of a benchmark's list.
        prompt: what it was asked, so that what it repeats is no answer; "" where that is not known.
    """
    names = tuple(others)

    def read(turn: str) -> frozenset[str] | None:
        stated = gather.listed(turn, "charge", lambda value: _of_value(value, names), _is_charges)
        return (
            frozenset(stated or _in_words(said.without_refusals(outside(turn, frozenset({"charge"}))), names))
            or None
        )

    return said.first(text, prompt, read) or frozenset()


def _is_charges(line: str) -> bool:
    """Whether a line is a list of charges and nothing else."""
    stated = charges.stated(line)
    return (
        bool(stated) and all(map(charges.canonical, stated)) and len(line) <= 4 + sum(map(len, stated)) * 1.5
    )


def stated_articles(text: str, prompt: str = "") -> list[Article]:
    """The articles stated, each once; of 刑法 where no law is named."""

    def read(turn: str) -> list[Article] | None:
        def stated(value: str) -> list[Article]:
            return articles.stated(_ENGLISH.sub(r"第\1条", value))

        refs = gather.listed(turn, "article", stated, lambda line: bool(stated(line)))
        rest = said.without_refusals(outside(turn, frozenset({"article"})))
        return refs or stated(rest) or None

    return list(dict.fromkeys(said.first(text, prompt, read) or ()))


def article_numbers(text: str, prompt: str = "") -> frozenset[int]:
    """Base numbers of the articles of 刑法 that are stated."""
    return frozenset(articles.base(stated_articles(text, prompt)))
