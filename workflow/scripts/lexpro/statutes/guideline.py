"""A guideline on sentencing (量刑指导意见) as data: its steps, circumstances and charges.

Read from its text (the joint guideline of 2021 has 23 charges): sections 一、, parts （一）,
points 1., cases （1）.

* `steps`, section 二: [{section, title, points}]
* `circumstances`, section 三: [{section, what, name, adjustments}]; `name` as in
  `lexpro.law.circumstances`, or null
* `charges`, section 四: {charge: {section, starts, adjustments, fines}}

An adjustment is {direction: reduce | increase, from, to: shares of the base term (基准刑), `to`
null where it has no end, least_months, exempt: or no punishment at all, may: can (可以), not
must, text}. A start (量刑起点) is {condition, months: [from, to] of imprisonment, detention: the
same of 拘役 alone, lighter, sentence: the range is that of the sentence itself (宣告刑),
heavier: the law allows more, text}.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lexpro.law import charges, circumstances, numerals, terms
from lexpro.statutes.tiers import LONGEST, SHORTEST

_MARKS = re.compile(r"^[\s　#*-]+|[\s　]+$")
_LEVELS = (
    re.compile(r"([一二三四五六七八九十]+)、(.*)"),
    re.compile(r"[（(]([一二三四五六七八九十]+)[）)](.*)"),
    re.compile(r"(\d+)[.．、](.*)"),
    re.compile(r"[（(](\d+)[）)](.*)"),
)
SECTION, PART, POINT, CASE = range(4)
STEPS, CIRCUMSTANCES, CHARGES = "二", "三", "四"

_N = r"(\d{1,3})[%％]"
_ADJUST = re.compile(
    rf"(?P<verb>减少|增加)基准刑的{_N}(?:[-－—–~～至](?P<to>\d{{1,3}})[%％]|(?P<way>以下|以上))?"
)
_LEAST = re.compile(r"不少于(\d+)个月")
_LENGTH = r"[一二三四五六七八九十]+(?:年|个月)"
_START = re.compile(
    rf"(?:(?P<condition>[^；。：]*?)(?:的)?，)?(?:依法)?(?:可以)?在(?:(?P<low>{_LENGTH})(?:以上)?(?:至|-))?(?P<high>{_LENGTH})(?:以下)?"
    r"(?P<kinds>有期徒刑(?:、拘役)?|拘役)幅度内确定(?P<what>量刑起点|宣告刑)"
    rf"|(?:(?P<condition2>[^；。：]*?)(?:的)?，)?量刑起点为(?P<exact>{_LENGTH})有期徒刑"
)
_HEAVIER = re.compile(r"依法应当判处(?:无期徒刑|死刑)[^。]*除外")
_WHAT = re.compile(r"对于(?P<what>[^，；。]{1,30}?)(?:的)?，")


def outline(lines: Iterable[str]) -> list[tuple[tuple[str, ...], str]]:
    """The numbered lines and those that go on below them.

    Returns:
        [((section, part, point, case), text)]; "" where not numbered.
    """
    numbered: list[tuple[tuple[str, ...], str]] = []
    at = ["", "", "", ""]
    for line in (_MARKS.sub("", line) for line in lines):
        for level, pattern in enumerate(_LEVELS):
            # A part or a point stands in a section: the notice before the text counts by itself.
            if (match := pattern.fullmatch(line)) and (level == SECTION or at[SECTION]):
                at[level:] = [match[1], *[""] * (CASE - level)]
                line = match[2]
                break
        if line and at[SECTION]:
            numbered.append((tuple(at), line.strip()))
    return numbered


def adjustments(text: str) -> list[dict]:
    """减少基准刑的20%-50% and the like, in order."""
    shares = []
    for match in _ADJUST.finditer(text):
        share = int(match[2]) / 100
        low, high = share, int(match["to"]) / 100 if match["to"] else share
        if match["way"]:
            low, high = (0.0, share) if match["way"] == "以下" else (share, None)
        clause = re.split("[；。]", text[: match.start()])[-1]
        rest = re.split("[；。]|减少基准刑|增加基准刑", text[match.end() :])[0]
        least = _LEAST.search(rest)
        shares.append(
            {
                "direction": "reduce" if match["verb"] == "减少" else "increase",
                "from": low,
                "to": high,
                "least_months": int(least[1]) if least else None,
                "exempt": "免除处罚" in rest,
                "may": "可以" in clause,
                "text": (clause + match[0] + rest).strip("，"),
            }
        )
    return shares


def _months(text: str) -> int:
    length = terms.length_at(text)
    return length.months if length else 0


def starts(text: str) -> list[dict]:
    """在三年至五年有期徒刑幅度内确定量刑起点 and the like, in order.

    An open end is that of the law (article 45).
    """
    ranges = []
    for match in _START.finditer(text):
        if match["exact"]:
            months: list[int] | None = [_months(match["exact"])] * 2
        else:
            prison = "有期徒刑" in match["kinds"]
            low = _months(match["low"]) if match["low"] else SHORTEST if prison else 1
            months = [low, min(_months(match["high"]), LONGEST)]
        kinds = match["kinds"] or ""
        ranges.append(
            {
                "condition": (match["condition"] or match["condition2"] or "").strip("，的"),
                "months": months if kinds != "拘役" else None,
                "detention": months if kinds == "拘役" else None,
                "lighter": ["拘役"] if "拘役" in kinds else [],
                "sentence": match["what"] == "宣告刑",
                "heavier": bool(_HEAVIER.search(text[match.end() :])),
                "text": match[0],
            }
        )
    return ranges


def _fine(text: str) -> list[dict]:
    """一千元以上盗窃数额二倍以下 and 一千元以上十万元以下: yuan, and times of an amount."""
    amounts = []
    for match in re.finditer(
        r"(?:在)?([一二三四五六七八九十百千万]+)元以上(?:([^，。；]{2,8}?)的?([一二三四五]+)倍|([一二三四五六七八九十百千万]+)元)以下",
        text,
    ):
        amounts.append(
            {
                "from": numerals.parse_int(match[1]),
                "to": numerals.parse_int(match[4]) if match[4] else None,
                "times": numerals.parse_int(match[3]) if match[3] else None,
                "of": match[2],
            }
        )
    return amounts


def parse(lines: Iterable[str]) -> dict:
    """{steps, circumstances, charges} of the text of a guideline; empty ones where it is none."""
    parts: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = {}
    for place, text in outline(lines):
        if place[PART]:
            parts.setdefault((place[SECTION], place[PART]), []).append((place, text))
    steps, listed_circumstances, crimes = [], [], {}
    for (section, part), rows in parts.items():
        name, (_, title), body = f"{section}（{part}）", rows[0], [text for _, text in rows]
        if section == STEPS:
            steps.append({"section": name, "title": title, "points": body[1:] or body})
        elif section == CIRCUMSTANCES and (match := _WHAT.search(title)):
            what = match["what"]
            # A victim who is a minor is no circumstance of the defendant.
            names = (circumstance for circumstance in circumstances.NAMES if circumstance in what)
            known = None if "对象" in what else next(names, None)
            listed = [adjustment for text in body for adjustment in adjustments(text)]
            listed_circumstances.append({"section": name, "what": what, "name": known, "adjustments": listed})
        elif section == CHARGES and (charge := charges.canonical(title)):
            crimes[charge] = {
                "section": name,
                "starts": [start for text in body[1:] for start in starts(text)],
                "adjustments": _of_charge(rows[1:]),
                "fines": [fine for text in body[1:] if "罚金" in text for fine in _fine(text)],
            }
    return {"steps": steps, "circumstances": listed_circumstances, "charges": crimes}


def _of_charge(rows: list[tuple[tuple[str, ...], str]]) -> list[dict]:
    """Adjustments of one charge's part, each with the cases （1）, （2） that its point lists."""
    with_cases = []
    for place, text in rows:
        cases = [other for at, other in rows if at[POINT] == place[POINT] and at[CASE] and not place[CASE]]
        listed = cases if text.endswith("：") else []
        with_cases += [{**adjustment, "cases": listed} for adjustment in adjustments(text)]
    return with_cases
