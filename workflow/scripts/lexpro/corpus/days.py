"""Days that a judgment names, and which of them is that of the act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lexpro.corpus.parsing.sections import plain
from lexpro.law import numerals
from lexpro.records import Judgment

_N = "[0-9〇零○oOΟ元一二三四五六七八九十廿卅]"
_DAY = re.compile(
    rf"(?P<year>{_N}{{4}}\s{{0,4}}年|同年)\s{{0,4}}(?P<month>{_N}{{1,3}})\s{{0,4}}月\s{{0,4}}"
    rf"(?P<day>{_N}{{1,4}})\s{{0,4}}[日号]"
)
_SAME_MONTH = re.compile(rf"同月\s{{0,4}}(?P<day>{_N}{{1,4}})\s{{0,4}}[日号]")
# A year without a day is what 同年 goes on from: 2018年7月至8月间…同年8月14日.
_YEAR = re.compile(rf"(?P<alone>{_N}{{4}})\s{{0,4}}年")
_ANY = re.compile(f"{_DAY.pattern}|{_SAME_MONTH.pattern.replace('?P<day>', '?P<only>')}|{_YEAR.pattern}")
_ZEROS = str.maketrans("oOΟ○", "0000")
# What is said of a day that is not that of the act.
_AFTERWARDS = re.compile(
    r"抓获|投案|到案|归案|查获|立案|鉴定|拘留|逮捕|取保|报案|报警|赔偿|谅解|退[赔赃缴还]|判决|判处|刑满|释放|协议|死亡证明|出具|认定书|出生|传唤|自首"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day at text[start:end]; `iso` as 2019-03-04."""

    iso: str
    start: int
    end: int


def read(year: int | None, month: str, day: str) -> str | None:
    """A day as ISO; None where there is no such day.

    Args:
        year: as a number; None where the text names none.
        month: digits or Chinese numerals, without 月; 元 is January.
        day: digits or Chinese numerals, without 日; 卅 and 廿 too.

    Returns:
        2019-03-04, or None where one of the three cannot be read or the calendar lacks the day.
    """
    words = [word.translate(_ZEROS).replace("卅", "三十").replace("廿", "二十") for word in (month, day)]
    number = 1 if words[0] == "元" else numerals.parse_int(words[0])
    in_month = numerals.parse_int(words[1])
    try:
        return date(year or 0, number or 0, in_month or 0).isoformat()
    except ValueError:
        return None


def written(text: str) -> Iterator[tuple[Day | None, int, int]]:
    """Every day that a text writes, in order, with its place; None where there is no such day.

    同年1月18日 and 同月18日 are of the year and the month named last.
    """
    text = plain(text)
    year: int | None = None
    month = ""
    for match in _ANY.finditer(text):
        if match["alone"]:
            year, month = numerals.parse_int(match["alone"].translate(_ZEROS)), ""
            continue
        if match["only"]:
            iso = read(year, month, match["only"]) if month else None
            if not month:
                continue
        else:
            if match["year"] != "同年":
                year = numerals.parse_int(re.sub(r"[年\s]", "", match["year"]).translate(_ZEROS))
            elif year is None:
                continue
            if year is None or not 1900 <= year <= 2100:
                year = None
                continue
            month = match["month"]
            iso = read(year, month, match["day"])
        yield (Day(iso, *match.span()) if iso else None), match.start(), match.end()


def find(text: str) -> list[Day]:
    """The days of a text, in order."""
    return [day for day, _, _ in written(text) if day]


def of_act(judgment: Judgment, text: str) -> str | None:
    """The last day of the act, as the facts tell it; None where they name none.

    Days of the arrest, of a report or of a payment do not count: a reader has to look at it.
    """
    start, end = judgment.sections.get("facts") or judgment.sections.get("accusation") or (0, len(text))
    told = plain(text[start:end])
    days = []
    for day in find(told):
        stop = re.compile(r"[。；\n]").search(told, day.end)
        clause = told[day.end : stop.start() if stop else len(told)][:40]
        if told[: day.start].rstrip().endswith("生于"):
            continue
        if not _AFTERWARDS.search(clause) and (not judgment.date or day.iso <= judgment.date):
            days.append(day.iso)
    return max(days, default=None)
