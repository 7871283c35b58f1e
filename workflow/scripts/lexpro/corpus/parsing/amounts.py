"""The amount involved (涉案金额) of a case, and of each of several defendants.

It is read from the reasoning, else from the facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lexpro.corpus.parsing.payments import places_of
from lexpro.law import money
from lexpro.records import Defendant, Money

_CLAUSES = re.compile(r"[^；。\n]+")
# What is not the amount of the crime; where a sum is said to be a total; where it is the value of
# something.
_NOT = re.compile(
    r"退|赔|罚金|谅解|扣押|发还|返还|(?<!应)缴|垫付|保证金|押金|医疗|误工|护理费|营养费|丧葬|抚慰金|住院|伙食|月平均收入|月收入"
)
_TOTAL = re.compile(
    r"(?:共计|合计|总计|总价值?|总额|累计)[^，。；]{0,10}$"
    r"|共(?:骗取|窃取|窃得|盗得|盗窃|诈骗|侵占|收受|得款|牟利|获利|非法获利)[^，。；]{0,28}$"
)
_VALUE = re.compile(r"(?:价值|折价|数额|金额|价格)[^，。；]{0,8}$")
# 甲参与盗窃五起，价值…；乙参与三起，价值…: the same things are counted for each.
_PART = "参与"
# 卖给乙, 从乙处: said of the other.
_OTHER = re.compile(r"(?:给|向|从)(?:同案)?(?:被告(?:人|单位))?$")
_JOINED = re.compile(r"[、，和及与]?(?:以及)?(?:被告(?:人|单位))?")
_STOP = re.compile(r"[。\n]")


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum in yuan.

    Attributes:
        start: where it stands.
        amount: yuan.
        kind: what it is said to be: total, value, or neither (other).
        part: whether it is the value of what somebody took part in.
    """

    start: int
    amount: Money
    kind: str
    part: bool


def _sums(text: str) -> Iterator[_Sum]:
    for match in _CLAUSES.finditer(text):
        clause = match[0]
        if not money.WRITTEN.search(clause):
            continue
        took_part = clause.find(_PART)
        for found in money.find(clause):
            before = clause[max(0, found.start - 40) : found.start]
            around = clause[max(0, found.start - 20) : found.end + 6]
            if found.currency != money.YUAN or _NOT.search(around):
                continue
            kind = "total" if _TOTAL.search(before) else "value" if _VALUE.search(before) else "other"
            yield _Sum(match.start() + found.start, found.amount, kind, 0 <= took_part < found.start)


def _involved(sums: list[_Sum]) -> Money:
    """The greatest total if one is stated, else the values added up, else the greatest sum."""
    if totals := [one.amount for one in sums if one.kind == "total"]:
        return max(totals)
    if values := [one for one in sums if one.kind == "value"]:
        parts = [one.amount for one in values if one.part]
        return max(parts, default=0) + sum(one.amount for one in values if not one.part)
    return max((one.amount for one in sums), default=0)


def _acting(text: str, names: list[str]) -> Iterator[tuple[int, str]]:
    """(where, who) of the names in a text, without those that something is done with.

    卖给乙、丙 says nothing of 乙 and 丙.
    """
    end, other = 0, False
    for start, name in sorted((at, who) for who in names for at in places_of(text, who)):
        joined = other and _JOINED.fullmatch(text, end, start)
        other = bool(joined or _OTHER.search(text, max(0, start - 8), start))
        end = start + len(name)
        if not other:
            yield start, name


def _of_each(text: str, names: list[str]) -> dict[str, list[_Sum]]:
    """The sums that a text gives for each defendant.

    A sum is that of those named in its sentence since the sum before it, else of those named last.
    """
    events: list[tuple[int, object]] = [(one.start, one) for one in _sums(text)]
    if not events:
        return {}
    events += _acting(text, names)
    events += [(match.start(), None) for match in _STOP.finditer(text)]
    found: dict[str, list[_Sum]] = {}
    current: list[str] = []
    done = True
    for _, event in sorted(events, key=lambda one: one[0]):
        if isinstance(event, str):
            current = [] if done else current
            current += [event] if event not in current else []
            done = False
        else:
            done = True
            for name in current if isinstance(event, _Sum) else ():
                found.setdefault(name, []).append(event)
    return found


def _own(sums: list[_Sum]) -> Money:
    """What a defendant took part in, if that is said, else what `_involved` makes of the sums."""
    parts = [replace(one, part=False) for one in sums if one.part]
    return _involved(parts) or _involved(sums)


def amount(reasoning: str, facts: str) -> Money:
    """The sum that the case is about, as the reasoning states it, else the facts."""
    return _involved(list(_sums(reasoning))) or _involved(list(_sums(facts)))


def assign(reasoning: str, facts: str, whole: Money, defendants: list[Defendant]) -> None:
    """Set `amount` of each defendant.

    It is what the text gives for them by name, or the case's where it names nobody.
    """
    if not whole:
        return
    if len(defendants) > 1:
        names = [defendant.name for defendant in defendants]
        reasoned, told = _of_each(reasoning, names), _of_each(facts, names)
        for defendant in defendants:
            own = _own(reasoned.get(defendant.name, []))
            defendant.amount = own or _own(told.get(defendant.name, []))
    if not any(defendant.amount for defendant in defendants):
        for defendant in defendants:
            defendant.amount = whole
