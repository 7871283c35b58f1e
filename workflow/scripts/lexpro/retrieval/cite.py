"""Checking the citations of an answer: does the article exist, was it in force, was it shown?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lexpro.law import articles
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.statutes.lookup import plain
from lexpro.statutes.table import OPEN_END, as_number, spans

MISSING, NOT_IN_FORCE, NOT_SHOWN, FINE = "does not exist", "not in force", "not shown", "ok"
# The table has no article of that law: nothing can be said.
UNKNOWN = "law not known"


@dataclass(frozen=True, slots=True)
class Checked:
    """A cited article, and a constant of this module that says what is to be said about it.

    `law` is named as the table names it, where it does.
    """

    law: str
    ref: str
    verdict: str


def check(
    cited: Sequence[tuple[str, str]],
    rows: Sequence[dict],
    shown: Collection[str | tuple[str, str]] | None = None,
    date: str | None = None,
) -> list[Checked]:
    """Check citations; laws are compared as `lookup.plain` has them.

    Args:
        cited: (law, ref) of each.
        rows: those of articles.parquet.
        shown: what the prompt held: (law, ref), or the ref alone of 刑法. None: it held no
            articles, and no citation is marked as not shown.
        date: ISO, the day asked about; today for None.

    Returns:
        One for each citation, in order.
    """
    day = as_number(date or "", OPEN_END - 1)
    names: dict[str, str] = {}
    known: dict[tuple[str, str], bool] = {}
    for row, (begin, end) in zip(rows, spans(rows), strict=True):
        names.setdefault(plain(row["law"]), row["law"])
        key = row["law"], row["ref"]
        known[key] = known.get(key, False) or begin <= day < end
    in_prompt = None
    if shown is not None:
        pairs = ((CRIMINAL_LAW, one) if isinstance(one, str) else one for one in shown)
        in_prompt = {(plain(law), ref) for law, ref in pairs}

    def verdict(law: str, ref: str) -> str:
        if (law, ref) not in known:
            return MISSING
        if not known[law, ref]:
            return NOT_IN_FORCE
        return NOT_SHOWN if in_prompt is not None and (plain(law), ref) not in in_prompt else FINE

    checked = []
    for law, ref in cited:
        name = names.get(plain(law))
        checked.append(Checked(law, ref, UNKNOWN) if name is None else Checked(name, ref, verdict(name, ref)))
    return checked


def cited_in(text: str) -> list[tuple[str, str]]:
    """(law, ref) of every article that a text cites, in any numeral form, each once.

    An article without a law is one of 刑法.
    """
    cited = [(article.law, article.ref) for article in articles.parse(text, CRIMINAL_LAW)]
    return list(dict.fromkeys(cited))
