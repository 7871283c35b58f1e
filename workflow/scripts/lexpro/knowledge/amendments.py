"""Since when each article of the Criminal Law reads as it does: what its amendments (刑法修正案) changed."""

from __future__ import annotations

import re

from lexpro.knowledge.statutes import Document
from lexpro.law import articles

_TITLE = re.compile(r"刑法修正案(?:（[一二三四五六七八九十]+）)?")
# What is quoted is the new text: the articles that it cites are not those that are changed.
_QUOTED = re.compile(r"“[^”]*(?:”|$)")


def touched(document: Document) -> set[str]:
    """Refs of the articles of 刑法 that the units of an amendment change, add or delete."""
    found = set()
    for row in document.rows:
        instruction = _QUOTED.sub("", row.text)
        for article in articles.parse(instruction, articles.CRIMINAL_LAW):
            if article.law == articles.CRIMINAL_LAW:
                found.add(article.ref)
    return found


def is_amendment(document: Document) -> bool:
    return _TITLE.fullmatch(document.law) is not None


def date(documents: list[Document]) -> None:
    """Set `valid_from` of each article of 刑法: its last amendment, else the day the law came into force."""
    last: dict[str, str] = {}
    first: dict[str, str] = {}
    for document in documents:
        if is_amendment(document):
            for ref in touched(document):
                last[ref] = max(last.get(ref, ""), document.date)
                first[ref] = min(first.get(ref, document.date), document.date)
    for document in documents:
        if document.law == articles.CRIMINAL_LAW:
            for row in document.rows:
                row.valid_from = last.get(row.ref) or document.in_force or row.valid_from
                # 条之X came with an amendment; the others were there from the beginning.
                row.exists_from = first.get(row.ref, "") if row.sub else document.in_force
