"""Tiers of penalty (法定刑幅度) read from the text of an article of the Criminal Law.

处三年以上十年以下有期徒刑，并处罚金 → months [36, 120], fine must. An article without a penalty
of its own has those of the articles that it refers to (386 → 383), of the other articles of its
charge (385 → 386 → 383), or of the crime as which it is to be treated (388: 以受贿论处); each
such tier names in `from` where it stands. Keys of a tier:

* charge: where the article has one only, else null
* paragraph, condition: what comes before 处 (at most 60 characters)
* months: [from, to] of fixed-term imprisonment, null where the tier has none
* lighter: of 拘役, 管制; heavier: of 无期徒刑, 死刑
* fine: must (并处) | either (并处或者单处) | may (可以并处) | alternative (或者罚金) | none
* fine_range: {from, to, unit: yuan | times, of: what is multiplied} or null where no amount is
  said
* confiscation: of property (没收财产); or_fine: it stands for the fine (罚金或者没收财产)
* deprivation: of political rights by itself (或者剥夺政治权利)
* unit: those responsible in a unit (单位) are punished by this tier
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lexpro.law import articles, charges, numerals, terms
from lexpro.records import Article
from lexpro.statutes.table import Row

_KINDS = "有期徒刑|无期徒刑|死刑|拘役|管制|剥夺政治权利"
# 处 and what follows of kinds and money, up to the end of the clause; 判处罚金 of a unit is no
# tier. Not 处罚, 处置 or 行政处罚.
_PENALTY = re.compile(
    rf"(?<![判单并])处(?=[一二三四五六七八九十]|{_KINDS})(?P<what>[^；。：]*?(?:{_KINDS})[^；。：]*)"
)
_SPAN = re.compile(
    r"(?P<exact>[一二三四五六七八九十]+年)有期徒刑|(?:(?P<low>[一二三四五六七八九十]+(?:年|个月))以上)?(?:(?P<high>[一二三四五六七八九十]+(?:年|个月))以下)?有期徒刑"
)
_ITEM = re.compile(r"（[一二三四五六七八九十]+）")
_REFERENCE = re.compile(r"依照(?P<cited>[^。；]*?第[^。；]*?条[^。；]*?)的规定(?:定罪)?(?:从重)?处罚")
# 实施本章第一百零三条、…规定之罪的，依照各该条的规定从重处罚.
_EACH = re.compile(r"(?P<cited>第[^。；]*?条)规定之罪的，依照各该条的规定从重处罚")
# 以受贿论处; not 以…的共犯论处.
_TREATED = re.compile(r"以(?P<charge>[^，。；以]{2,12}?)(?:罪)?(?:定罪)?论处")
_UNIT = re.compile(r"单位犯|对单位判处")
_CHAPTER = re.compile(
    r"本章上述[^，。]*罪行中，除(?P<except>[^。]*?)外，(?P<condition>[^。]*?)的，可以判处死刑"
)
_NUMBER = "[一二三四五六七八九十百千万零]+"
_YUAN = re.compile(rf"处(?P<low>{_NUMBER})元以上(?P<high>{_NUMBER})元以下罚金")
_TIMES = re.compile(
    rf"处(?P<of>[^，；。处]*?)(?:百分之(?P<lowshare>{_NUMBER})|(?P<low>{_NUMBER})倍)以上"
    rf"(?:百分之(?P<highshare>{_NUMBER})|(?P<high>{_NUMBER})倍)以下罚金"
)
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


def _fine_range(what: str) -> dict | None:
    """{from, to, unit, of} of a fine: yuan, or times an amount (百分之二十以上一倍以下)."""
    if match := _YUAN.search(what):
        low, high = numerals.parse_int(match["low"]), numerals.parse_int(match["high"])
        return {"from": low, "to": high, "unit": "yuan", "of": None}
    if match := _TIMES.search(what):
        low, high = (
            numerals.parse_int(match[share]) / 100 if match[share] else numerals.parse_int(match[times])
            for share, times in (("lowshare", "low"), ("highshare", "high"))
        )
        return {"from": low, "to": high, "unit": "times", "of": match["of"]}
    return None


def _tier(what: str, condition: str, paragraph: int, unit: bool) -> dict:
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
        "fine_range": _fine_range(what),
        "confiscation": "没收财产" in what,
        "or_fine": "罚金或者没收财产" in what,
        "deprivation": "剥夺政治权利" in what,
        "unit": unit,
    }


def parse(text: str) -> list[dict]:
    """The tiers of one article, in order, without `charge`."""
    tiers, number = [], 0
    for paragraph in text.split("\n"):
        # Items (（一）…) belong to the paragraph above them.
        number += not _ITEM.match(paragraph)
        unit = _UNIT.search(paragraph)
        for match in _PENALTY.finditer(paragraph):
            before = re.split(r"[；。]", paragraph[: match.start()])[-1].strip("，的 ")
            of_unit = unit is not None and unit.start() < match.start()
            tiers.append(_tier(match["what"], _ITEM.sub("", before)[-60:], number, of_unit))
    return tiers


def referred(text: str) -> list[Article]:
    """Articles of 刑法 whose penalty a text has apply, in order.

    依照本法第一百五十一条第一款的规定从重处罚 has that of 151.
    """
    phrases = [match["cited"] for pattern in (_REFERENCE, _EACH) for match in pattern.finditer(text)]
    cited = [articles.parse(re.sub("本[法章节]", "", part), articles.CRIMINAL_LAW) for part in phrases]
    return [article for part in cited for article in part if article.law == articles.CRIMINAL_LAW]


def _supplements(rows: Iterable[Row]) -> dict[str, dict]:
    """{ref: tier} of what an article adds to the articles of its chapter.

    113 adds death in the gravest cases of crimes against national security, and confiscation.
    """
    added = {}
    rows = list(rows)
    for row in rows:
        if match := _CHAPTER.search(row.text):
            tier = _tier(
                "死刑" + ("，并处没收财产" if "没收财产" in row.text else ""), match["condition"], 1, False
            )
            # A whole article is left out where no paragraph is named:
            # 除第一百零三条第二款、第一百零五条.
            spared = articles.parse(match["except"], articles.CRIMINAL_LAW)
            whole = {article.ref for article in spared if article.paragraph is None}
            chapter = [r for r in rows if r.heading == row.heading and r.number < row.number]
            added |= {r.ref: {**tier, "from": row.ref} for r in chapter if r.ref not in whole}
    return added


def by_article(rows: Iterable[Row], day: str = "") -> dict[str, list[dict]]:
    """{ref: tiers} of the articles of 刑法 that are in force on `day` (ISO; "": now)."""
    current = {
        row.ref: row
        for row in rows
        if row.law == articles.CRIMINAL_LAW
        and (row.valid_from <= day < (row.valid_to or "9999") if day else not row.valid_to)
    }
    own = {ref: parse(row.text) for ref, row in current.items()}
    by_charge: dict[str, list[str]] = {}
    for ref, row in current.items():
        for charge in row.charges:
            by_charge.setdefault(charge, []).append(ref)

    def elsewhere(ref: str, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, int]]:
        """(article, place among its own tiers) of the penalties that an article without one has."""
        named = (charges.canonical(match["charge"]) for match in _TREATED.finditer(current[ref].text))
        of_charge = [*current[ref].charges, *(charge for charge in named if charge)]
        places = [(other, None) for charge in of_charge for other in by_charge.get(charge, [])]
        places += [(article.ref, article.paragraph) for article in referred(current[ref].text)]
        for other, paragraph in places:
            if other in seen or other == ref or other not in own:
                continue
            if own[other]:
                for place, tier in enumerate(own[other]):
                    if paragraph in (None, tier["paragraph"]):
                        yield other, place
            else:
                yield from elsewhere(other, seen | {ref})

    def with_referred(ref: str) -> list[dict]:
        """The tiers of `ref`, and of the article that punishes its gravest case (144 → 141)."""
        tiers = list(own[ref])
        for match in _REFERENCE.finditer(current[ref].text) if tiers else ():
            if "定罪" not in match[0]:
                before = re.split(r"[。；\n]", current[ref].text[: match.start()])[-1].strip("，的 ")
                cited = [{"from": a.ref, **tier} for a in referred(match[0]) for tier in own.get(a.ref, [])]
                same = [tier for tier in cited if tier["condition"].endswith(before[-60:])]
                tiers += same or cited
        return tiers

    tiers_of = {}
    added = _supplements(current.values())
    for ref, row in current.items():
        charge = row.charges[0] if len(row.charges) == 1 else None
        tiers = with_referred(ref) or [
            {"from": other, **own[other][place]} for other, place in dict.fromkeys(elsewhere(ref))
        ]
        if tiers and ref in added:
            tiers.append(added[ref])
        tiers_of[ref] = [{"charge": charge, **tier} for tier in tiers]
    return {ref: tiers for ref, tiers in tiers_of.items() if tiers}


_RANK = {"管制": (1, 0), "拘役": (2, 0), "无期徒刑": (4, 0), "死刑": (5, 0)}


def weight(tier: dict) -> tuple[tuple[int, int], tuple[int, int], int]:
    """(heaviest, lightest main punishment, what comes on top); each the larger the heavier."""
    kinds = [_RANK[name] for name in (*tier["lighter"], *tier["heavier"])]
    kinds += [(3, months) for months in tier["months"] or ()]
    alone = tier["fine"] in ("either", "alternative")
    return max(kinds), (0, 0) if alone else min(kinds), (tier["fine"] == "must") + tier["confiscation"]


def compare(then: list[dict], now: list[dict]) -> int | None:
    """Which of two versions of an article punishes more lightly.

    Tier by tier from light to heavy: the heaviest punishment decides, then the lightest
    (interpretation on article 12, 法释〔1997〕12号, articles 1 and 2), then fine and confiscation.

    Returns:
        1 where `now` is lighter, -1 where `then` is, 0 where both weigh alike, None where that
        cannot be told of all tiers.
    """
    if not then or len(then) != len(now):
        return None
    pairs = zip(sorted(map(weight, then)), sorted(map(weight, now)), strict=True)
    signs = {(old > new) - (old < new) for old, new in pairs} - {0}
    return None if len(signs) > 1 else signs.pop() if signs else 0
