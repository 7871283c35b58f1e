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
# something; where it is what was taken.
_NOT = re.compile(
    r"退|赔|罚金|谅解|扣押|发还|返还|归还|偿还|(?<!应)缴|上交|垫付|保证金|押金|医疗|误工|护理费|营养费|丧葬|抚慰金|住院|伙食|月平均收入|月收入"
)
_RANGE = re.compile(r"以[上下]|左右的?罚")
_TOTAL = re.compile(
    r"(?:共计|合计|总计|总价值?|总额|累计)[^，。；]{0,10}$|共(?:人民币|得|价值)$"
    r"|共(?:骗取|窃取|窃得|盗得|盗窃|诈骗|侵占|收受|得款|牟利|获利|非法获利)[^，。；]{0,28}$"
)
_TAKEN = re.compile(
    r"(?:骗取|骗得|骗走|窃取|窃得|盗窃|盗得|盗走|诈骗|侵占|侵吞|贪污|挪用|受贿|收受|索取|索要|抢得|抢走|抢劫|劫得|劫取|敲诈|勒索|吸收|集资|偷逃|骗得|现金|行贿|贿赂|给予|送给)"
    r"[^。；]{0,40}$"
)
# 其中3000元未遂: counted already.
_PART_OF = re.compile(r"其中[^，。；]{0,12}$")
# Where the reasoning says what the crime is.
_CONVICTED = re.compile(r"构成|触犯")
# A claim that the reasoning refuses says nothing of the amount.
_REFUSED = re.compile(r"不予(?:认定|采纳|采信|支持)|辩称|不能成立|证据不足")
_CLAUSE_START = re.compile(r"[，。；（、](?=[^，。；（、]*$)")
_CLAUSE_END = re.compile(r"[，。；）]|$")
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
        kind: what it is said to be: total, value, taken, or none of these (other).
        part: whether it is the value of what somebody took part in.
    """

    start: int
    amount: Money
    kind: str
    part: bool


def _sums(text: str) -> Iterator[_Sum]:
    for match in _CLAUSES.finditer(text):
        clause = match[0]
        if not money.WRITTEN.search(clause) or _REFUSED.search(clause):
            continue
        took_part = clause.find(_PART)
        for found in money.find(clause):
            if found.currency != money.YUAN or _of_no_crime(clause, found.start, found.end):
                continue
            # 手表一块 is no sum.
            if clause.endswith("块", found.start, found.end):
                continue
            before = clause[max(0, found.start - 40) : found.start]
            if _PART_OF.search(before):
                continue
            kind = (
                "total"
                if _TOTAL.search(before)
                else "value"
                if _VALUE.search(before)
                else "taken"
                if _TAKEN.search(before)
                else "other"
            )
            yield _Sum(match.start() + found.start, found.amount, kind, 0 <= took_part < found.start)


def _of_no_crime(clause: str, start: int, end: int) -> bool:
    """Whether a sum is what was paid back, owed or threatened, by the words right around it."""
    before = clause[max(0, start - 20) : start]
    if comma := _CLAUSE_START.search(before):
        # 赔偿等理由，骗取38000元: what stands before the comma is another matter, but for totals.
        before = before if _TOTAL.search(before[comma.end() :]) else before[comma.end() :]
    close = _CLAUSE_END.search(clause, end, end + 6)
    after = clause[end : close.start() if close else end + 6]
    return bool(_NOT.search(before + after) or _RANGE.match(after))


def _involved(sums: list[_Sum], told: bool = False) -> Money:
    """The greatest total, else values and cash added up, else what was taken, else the most.

    What was taken is added up where the facts are `told`; the reasoning names the whole.
    """
    if totals := [one.amount for one in sums if one.kind == "total"]:
        return max(totals)
    if values := [one for one in sums if one.kind == "value"]:
        parts = [one.amount for one in values if one.part]
        cash = [one for one in sums if one.kind == "taken"]
        return max(parts, default=0) + sum(one.amount for one in [*values, *cash] if not one.part)
    if taken := [one for one in sums if one.kind == "taken"]:
        parts = [one.amount for one in taken if one.part]
        # The same sum is told again and again.
        apart = dict.fromkeys(one.amount for one in taken if not one.part)
        return max(parts, default=0) + (sum(apart) if told else max(apart, default=0))
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
    """The sum that the case is about, as the reasoning states it, else the facts.

    What the reasoning says where it names the crime comes before all that it discusses.
    """
    convicted = "。".join(one for one in reasoning.split("。") if _CONVICTED.search(one))
    stated = _involved([one for one in _sums(convicted) if one.kind != "other"])
    if stated:
        return stated
    sums = list(_sums(facts))
    if any(one.kind == "total" for one in sums):
        return _involved(sums, told=True)
    return _involved(list(_sums(reasoning))) or _involved(sums, told=True)


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
