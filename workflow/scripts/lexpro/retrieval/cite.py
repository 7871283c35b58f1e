"""Checking the citations of an answer: does the article exist, was it in force, was it shown?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lexpro.knowledge.table import OPEN_END, as_number, spans
from lexpro.law import articles
from lexpro.law.articles import CRIMINAL_LAW

MISSING, NOT_IN_FORCE, NOT_SHOWN, FINE = "does not exist", "not in force", "not shown", "ok"


@dataclass(frozen=True, slots=True)
class Checked:
    """A cited article of `law` and what is to be said about it: one of the four constants."""

    law: str
    ref: str
    verdict: str


def check(
    cited: Sequence[tuple[str, str]],
    rows: Sequence[dict],
    shown: Collection[str] | None = None,
    date: str | None = None,
) -> list[Checked]:
    """A verdict for each (law, ref), in order.

    `rows` are those of `articles.parquet`; `shown` are the refs that the prompt held (None: it held no articles, and
    nothing is marked for it); `date` (ISO) is the day asked about, None for today. A law of which the table knows no
    article is not judged.
    """
    day = as_number(date or "", OPEN_END - 1)
    known: dict[tuple[str, str], bool] = {}
    for row, (begin, end) in zip(rows, spans(rows), strict=True):
        key = row["law"], row["ref"]
        known[key] = known.get(key, False) or begin <= day < end
    laws = {law for law, _ in known}

    def verdict(law: str, ref: str) -> str:
        if (law, ref) not in known:
            return MISSING if law in laws else FINE
        if not known[law, ref]:
            return NOT_IN_FORCE
        return NOT_SHOWN if shown is not None and law == CRIMINAL_LAW and ref not in shown else FINE

    return [Checked(law, ref, verdict(law, ref)) for law, ref in cited]


def cited_in(text: str) -> list[tuple[str, str]]:
    """(law, ref) of every article that a text cites, in any numeral form, each once; without a law: 刑法."""
    found = [(article.law, article.ref) for article in articles.parse(text, CRIMINAL_LAW)]
    return list(dict.fromkeys(found))
