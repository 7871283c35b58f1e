"""Tiers of penalty (法定刑幅度) read from the text of an article of the Criminal Law.

处三年以上十年以下有期徒刑，并处罚金 → months [36, 120], fine must. Where a paragraph has another article's
penalty apply (依照…第…条的规定处罚), that article's tiers are given, each with `from`.
"""

from __future__ import annotations

import re

from lexpro.knowledge.table import Row
from lexpro.law import articles, terms

_KINDS = "有期徒刑|无期徒刑|死刑|拘役|管制|剥夺政治权利"
# 处 and what follows of kinds and money, up to the end of the clause; 判处罚金 of a unit is no tier.
_PENALTY = re.compile(rf"(?<![判单并])处(?P<what>[^；。：]*?(?:{_KINDS})[^；。：]*)")
_SPAN = re.compile(
    r"(?P<exact>[一二三四五六七八九十]+年)有期徒刑|(?:(?P<low>[一二三四五六七八九十]+(?:年|个月))以上)?(?:(?P<high>[一二三四五六七八九十]+(?:年|个月))以下)?有期徒刑"
)
_ITEM = re.compile(r"（[一二三四五六七八九十]+）")
_REFERENCE = re.compile(r"依照(?P<cited>[^。；]*?第[^。；]*?条[^。；]*?)的规定(?:定罪)?处罚")
_FINES = (
    ("either", re.compile(r"并处或者单处[^，；。]*罚金|单处或者并处[^，；。]*罚金")),
    ("may", re.compile(r"可以并处[^，；。]*罚金")),
    ("must", re.compile(r"并处[^，；。]*罚金")),
    ("alternative", re.compile(r"或者[^，；。]*罚金|、罚金")),
)
# From six months to fifteen years (Criminal Law, article 45).
SHORTEST, LONGEST = 6, 180


def _months(text: str | None, default: int) -> int:
    length = terms.length_at(text) if text else None
    return length.months if length else default


def _range(span: re.Match | None) -> list[int] | None:
    if not span:
        return None
    return [_months(span["exact"] or span["low"], SHORTEST), _months(span["exact"] or span["high"], LONGEST)]


def _tier(what: str, condition: str, paragraph: int) -> dict:
    span = _SPAN.search(what)
    names = [name for name in ("拘役", "管制") if name in what]
    fine = next((name for name, pattern in _FINES if pattern.search(what)), "none")
    return {
        "paragraph": paragraph,
        "condition": condition,
        "months": _range(span),
        "lighter": names,
        "heavier": [name for name in ("无期徒刑", "死刑") if name in what],
        "fine": fine,
        "confiscation": "没收财产" in what,
    }


def parse(text: str) -> list[dict]:
    """The tiers of one article, in order; `condition` is the clause before 处 (at most 60 characters)."""
    found, number = [], 0
    for paragraph in text.split("\n"):
        # Items (（一）…) belong to the paragraph above them.
        number += not _ITEM.match(paragraph)
        for match in _PENALTY.finditer(paragraph):
            before = re.split(r"[；。]", paragraph[: match.start()])[-1].strip("，的 ")
            found.append(_tier(match["what"], _ITEM.sub("", before)[-60:], number))
    return found


def _referred(text: str) -> list[str]:
    found = []
    for match in _REFERENCE.finditer(text):
        cited = articles.parse(match["cited"].replace("本法", ""), articles.CRIMINAL_LAW)
        found += [article.ref for article in cited if article.law == articles.CRIMINAL_LAW]
    return found


def of(rows: list[Row]) -> dict[str, list[dict]]:
    """{ref: tiers} of the current articles of 刑法.

    An article without its own has those it refers to (386: those of 383); one that only defines a charge
    (385) those of the other articles of that charge.
    """
    current = {row.ref: row for row in rows if row.law == articles.CRIMINAL_LAW and not row.valid_to}
    own = {ref: parse(row.text) for ref, row in current.items()}
    by_charge: dict[str, list[str]] = {}
    for ref, row in current.items():
        for charge in row.charges:
            by_charge.setdefault(charge, []).append(ref)

    def elsewhere(ref: str) -> list[tuple[str, dict]]:
        others = [ref, *(other for charge in current[ref].charges for other in by_charge[charge])]
        cited = [c for other in others for c in (other, *_referred(current[other].text)) if c != ref]
        return [(other, tier) for other in dict.fromkeys(cited) for tier in own.get(other, [])]

    found = {}
    for ref, row in current.items():
        charge = row.charges[0] if len(row.charges) == 1 else None
        tiers = [{"charge": charge, **tier} for tier in own[ref]]
        found[ref] = tiers or [{"charge": charge, "from": other, **tier} for other, tier in elsewhere(ref)]
    return {ref: tiers for ref, tiers in found.items() if tiers}


_RANK = {"管制": (1, 0), "拘役": (2, 0), "无期徒刑": (4, 0), "死刑": (5, 0)}


def weight(tier: dict) -> tuple[tuple[int, int], tuple[int, int], int]:
    """(heaviest, lightest main punishment, what comes on top) of a tier, each the larger the heavier."""
    kinds = [_RANK[name] for name in (*tier["lighter"], *tier["heavier"])]
    kinds += [(3, months) for months in tier["months"] or ()]
    alone = tier["fine"] in ("either", "alternative")
    return max(kinds), (0, 0) if alone else min(kinds), (tier["fine"] == "must") + tier["confiscation"]


def compare(then: list[dict], now: list[dict]) -> int | None:
    """Whether `now` is lighter (1), `then` is (-1), both weigh alike (0), or that cannot be told of all tiers (None).

    Tier by tier from light to heavy: the heaviest punishment decides, then the lightest (interpretation on article 12,
    法释〔1997〕12号, articles 1 and 2), then fine and confiscation.
    """
    if not then or len(then) != len(now):
        return None
    pairs = zip(sorted(map(weight, then)), sorted(map(weight, now)), strict=True)
    signs = {(old > new) - (old < new) for old, new in pairs} - {0}
    return None if len(signs) > 1 else signs.pop() if signs else 0
