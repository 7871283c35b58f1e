"""Days that cannot be or stand in the wrong order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from lexpro.checking.case import Case, Finding
from lexpro.corpus import days
from lexpro.law import terms
from lexpro.records import TIMED_KINDS

_BORN = re.compile(r"^[^，。；]{0,4}(?:出生|生(?:于|，|。))")
# 六七号, 二十六七日: about, not a day.
_ABOUT = re.compile(r"(?:一二|二三|三四|四五|五六|六七|七八|八九)\s?[日号]$")
_LATER = re.compile(
    r"^[^，。；]{0,10}(?:止|届满|期满|到期|前缴|前付|前履行|前支付|前还)|^[^。；]{0,6}(?:起至|至)"
)
# What ends later than it was written: a lease, a licence, an earlier sentence.
_UNTIL = re.compile(r"(?:至|到|期限?|终止|截止|止于|完成时间|约定|承诺)[^，。；、0-9]{0,10}$")
_SERVED = re.compile(r"(?:刑期)?[^。；]{0,40}?自\s?$")
# 缓刑考验期…自…至 is no term; 被告人甲的刑期自 says whose it is.
_PROBATION = re.compile(r"考验期")
_WHOSE = re.compile(r"[^。；，（]*(?:刑期[^。；，（]{0,6}|即[^。；，（自]{2,12})自\s?$")
_TERM = re.compile(r"有期徒刑|拘役|管制")
_TO = re.compile(r"^\s?起?\s?至\s?")
# More days than this after the judgment.
MOST_LATE = 2
# Who was let out meanwhile serves to a later day.
_INTERRUPTED = re.compile(r"取保候审|监视居住|顺延|释放|羁押\d+[日天]|扣除")
_CUSTODY = re.compile(r"^[^，。；]{0,30}?(?P<what>刑事拘留|逮捕)")
# Between a detention and an arrest: another case, or a way out. A day without its year moves 同月.
_APART = re.compile(r"取保|监视居住|释放|在逃|不批准|不予批准|涉嫌|(?<!年)(?<![0-9])[0-9]{1,2}月[0-9]{1,2}日")


def impossible(case: Case) -> Iterator[Finding]:
    """Days that the calendar does not have: 2月30日."""
    for day, start, end in days.written(case.plain):
        if day is None and not _ABOUT.search(case.plain[start:end]):
            yield Finding(start, end, f"历法上没有“{case.text[start:end]}”这一天。", "历法")


def after_judgment(case: Case) -> Iterator[Finding]:
    """Days of the story that lie after the day of the judgment."""
    judged = case.record.date
    operative = case.part("judgment")
    if not judged:
        return
    end_of_story = operative[0] if operative else len(case.text)
    late = [
        day
        for day in days.find(case.plain[:end_of_story])
        if day.iso > judged
        and not _LATER.search(case.plain[day.end : day.end + 20])
        and not _UNTIL.search(case.plain[max(0, day.start - 16) : day.start])
    ]
    if len(late) > MOST_LATE:
        # Then it is the day of the judgment that is wrong.
        place = next((one.span for one in case.elements if one.field == "裁判日期" and one.span), None)
        reason = f"文书里有 {len(late)} 处日期晚于裁判日 {judged}（如 {late[0].iso}）：裁判日可能写错。"
        yield Finding(*(place or (late[0].start, late[0].end)), reason, "时间先后")
        return
    for day in late:
        yield Finding(day.start, day.end, f"{day.iso} 晚于裁判日 {judged}。", "时间先后")


def born_after(case: Case) -> Iterator[Finding]:
    """A defendant who is born after the act, or is younger than twelve."""
    act = case.act
    parties = case.part("parties")
    if not act or not parties:
        return
    for day in days.find(case.plain[slice(*parties)]):
        place = parties[0] + day.end
        before = case.plain[max(0, parties[0] + day.start - 60) : parties[0] + day.start]
        of_defendant = _BORN.search(case.plain[place : place + 8]) and "被告人" in before.rpartition("。")[2]
        if of_defendant and int(act[:4]) - int(day.iso[:4]) < 12:
            yield Finding(
                parties[0] + day.start,
                place,
                f"出生日 {day.iso}，行为日 {act}：行为时不满十二周岁。",
                "刑法第17条",
            )


def custody(case: Case) -> Iterator[Finding]:
    """An arrest (逮捕) before the detention (刑事拘留) of the same defendant."""
    parties = case.part("parties")
    if not parties:
        return
    # Some copies have lost their line ends: up to the next defendant.
    for line in re.finditer(r"被告人(?:(?!被告人)[^\n])*", case.plain[slice(*parties)]):
        known = [
            (match["what"], day)
            for day in days.find(line[0])
            if (match := _CUSTODY.search(line[0][day.end : day.end + 50]))
        ]
        at = parties[0] + line.start()
        for (before, held), (after, arrested) in zip(known, known[1:], strict=False):
            if (before, after) != ("刑事拘留", "逮捕") or arrested.iso >= held.iso:
                continue
            if not _APART.search(line[0], line[0].find("刑事拘留", held.end) + 4, arrested.start):
                reason = f"逮捕日 {arrested.iso} 早于拘留日 {held.iso}。"
                yield Finding(at + arrested.start, at + arrested.end, reason, "时间先后")


def served(case: Case) -> Iterator[Finding]:
    """自…起至…止 that is longer than the term, or ends before it begins."""
    operative = case.part("judgment")
    if not operative:
        return
    found = days.find(case.plain[slice(*operative)])
    for first, last in zip(found, found[1:], strict=False):
        before = case.plain[operative[0] + max(0, first.start - 80) : operative[0] + first.start]
        between = case.plain[operative[0] + first.end : operative[0] + last.start]
        if not _SERVED.search(before[-60:]) or not _TO.fullmatch(between) or _PROBATION.search(before[-60:]):
            continue
        span = operative[0] + first.start, operative[0] + last.end
        if last.iso <= first.iso:
            yield Finding(*span, f"刑期自 {first.iso} 起至 {last.iso} 止：止日不在起日之后。", "时间先后")
            continue
        length = _length(case, span[0])
        if length is None:
            continue
        months, more = length
        due = _after(date.fromisoformat(first.iso), months) + timedelta(more)
        over = (date.fromisoformat(last.iso) - due).days
        parties = case.plain[slice(*(case.part("parties") or (0, 0)))]
        if over > 1 and not _INTERRUPTED.search(parties + case.plain[slice(*operative)]):
            words = f"{months} 个月" + (f" {more} 日" if more else "")
            reason = f"自 {first.iso} 起算 {words}应到 {due.isoformat()}，文书写到 {last.iso}，多 {over} 天。"
            yield Finding(*span, reason, "刑法第47条")


def _length(case: Case, place: int) -> tuple[int, int] | None:
    """(months, days) of the term that is served from a place on; None where it is not clear."""
    start = (case.part("judgment") or (0, 0))[0]
    whose = _WHOSE.search(case.plain, max(start, place - 40), place)
    named = [person for _, person in case.people() if whose and person.name in whose[0]]
    if named:
        sentence = named[0].sentence
        return (sentence.months, 0) if sentence and sentence.kind in TIMED_KINDS and sentence.months else None
    if whose and ("被告人" in whose[0] or "的刑期" in whose[0] or "刑期" not in whose[0]):
        return None
    # The term that stands last before the place: behind 数罪并罚 the joint one.
    stated = [match.end() for match in _TERM.finditer(case.plain, max(start, place - 300), place)]
    length = terms.length_at(case.plain, stated[-1]) if stated else None
    return (length.months, length.days) if length else None


def _after(day: date, months: int) -> date:
    """The last day of a term that begins on a day."""
    year, month = divmod(day.month - 1 + months, 12)
    number = day.day
    while True:
        try:
            return date(day.year + year, month + 1, number) - timedelta(1)
        except ValueError:
            number -= 1
