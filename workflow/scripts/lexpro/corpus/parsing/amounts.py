"""The amount involved (涉案金额) of a case, and of each of several defendants.

It is read from the reasoning, else from the facts. What the crimes took, dealt in or evaded counts,
not what was damaged, paid back, owed or promised; crimes that no sum measures have none.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lexpro.corpus.parsing import parties
from lexpro.corpus.parsing.payments import places_of
from lexpro.law import money
from lexpro.records import Defendant, Money

_CLAUSES = re.compile(r"[^；。\n]+")
# What is not the amount of the crime; where a sum is said to be a total; where it is the value of
# something; where it is what was taken.
_NOT = re.compile(
    r"退|赔|罚金|谅解|扣押|发还|返还|归还|偿还|(?<!应)缴|上交|交纳|追缴|追回|缴获|(?:经济|直接)损失|造成[^，。；]{0,10}损失|分得|实得|个人(?:实际)?(?:所得|得款|获利)|垫付|保证金|押金|医疗|误工|护理费|营养费|丧葬|抚慰金|住院|伙食|月平均收入|月收入"
)
_RANGE = re.compile(r"以[上下]|左右的?罚")
_THRESHOLD = re.compile(r"(?:超过|不满|不足|未满|达不到)(?:人民币)?")
_TOTAL = re.compile(
    r"(?:共计|合计|总计|总价值?|总额|累计)[^，。；]{0,10}$|共(?:人民币|得|价值)$"
    r"|(?:金额|数额|价值)(?:共|总)?(?:达到?|高达)(?:人民币)?$"
    r"|共(?:骗取|窃取|窃得|盗得|盗窃|诈骗|侵占|收受|得款|牟利|获利|非法获利)[^，。；]{0,28}$"
)
_TAKEN = re.compile(
    r"(?:骗取|骗得|骗走|劫走|截留|套取|私分|窃取|窃得|盗窃|盗得|盗走|诈骗|侵占|侵吞|贪污|挪用|受贿|收受|索取|索要|抢得|抢走|抢劫|劫得|劫取|敲诈|勒索|吸收|集资|募集|公众[^，。；]{0,10}(?:借款|融资)|收取[^，。；]{0,8}(?:好处费|感谢费|回扣)|偷逃|骗得|现金|行贿|贿赂|给予|送给)"
    r"[^。；]{0,40}$"
)
# 其中3000元未遂: counted already.
_PART_OF = re.compile(
    r"其中(?![^，。；未]{0,12}(?:被告|参与|诈骗|骗取|窃|盗|受贿|犯罪|数额|金额))[^，。；]{0,12}$"
)
# Where the reasoning says what the crime is.
_CONVICTED = re.compile(r"构成|触犯")
_FOUND = re.compile(r"罪名[^，。；]{0,4}成立|本院[^，。；]{0,8}认定|数额(?:较|特别)?巨?大|非法占有为目的")
_CLAIMED = re.compile("辩护人?的|辩护人|辩解|辩称|意见|是否|还是")
# 10万元…占为己有: taken too.
_KEPT = re.compile(
    r"[^。；]{0,40}(?:占为己有|据为己有|归为己有|私分|挥霍|归个人使用)|[^，。；]{0,16}(?:盗走|窃走|抢走|骗走|劫走|拿走|取走|出借|挪用)"
)
# A claim that the reasoning refuses says nothing of the amount, and what was not done neither.
_REFUSED = re.compile(r"不予(?:认定|采纳|采信|支持)|辩称|不能成立|证据不足")
_NOT_DONE = re.compile(r"(?:未|没有|并非|不)[^，。；、]{0,6}$")
# What witnesses tell, and what is said in quotes, is not the court's.
_TOLD = re.compile(r"证实|证言|供述|供称|陈述称|(?<![自己])我")
_QUOTED = re.compile(r"“[^”]{12,}”")
# Crimes that no sum measures: against persons, with drugs or arms, of damage and of neglect.
_UNMEASURED = re.compile(
    r"毒品|吸毒|伤害|杀人|致人|强奸|猥亵|拘禁|绑架|拐卖|遗弃|虐待|侮辱|诽谤|诬告|重婚|侵入住宅|交通肇事|危险驾驶|枪支|弹药|爆炸物|妨害公务|聚众|放火|失火|爆炸罪"
    r"|危险方法|事故罪|黑社会|窝藏、包庇|伪证|妨害作证|伪造证据|林木|农用地|野生动物|水产品|狩猎|保护植物|污染环境|滥用职权|玩忽职守|失职|徇私|公民个人信息"
    r"|公文、证件|劳动报酬|拒不执行|印章|身份证件|行医|考试|国（边）境|邪教|电力设备|计算机信息系统数据"
)
# Some of these crimes are measured: the court says it where it says what the crime is.
_SELDOM = re.compile(r"寻衅滋事|强迫交易|妨害信用卡管理")
_CLAUSE_START = re.compile(r"[，。；（、](?=[^，。；（、]*$)")
_CLAUSE_END = re.compile(r"[，。；）]|$")
_VALUE = re.compile(r"(?:价值|折价|数额|金额|价格|税额|价税合计)[^，。；]{0,8}$")
# 甲参与盗窃五起，价值…；乙参与三起，价值…: the same things are counted for each.
_PART = "参与"
# 其中甲…，乙…: each of those that were named together.
_EACH = re.compile(r"其中|分别")
# 卖给乙, 从乙处: said of the other.
_OTHER = re.compile(r"(?:给|向|从)(?:同案)?(?:被告(?:人|单位))?$")
_JOINED = re.compile(r"[、，和及与]?(?:以及)?(?:被告(?:人|单位))?")
_STOP = re.compile(r"[。\n]")
# What begins the story of another count: 1、, （一）.
_COUNT = re.compile(
    r"(?:^|(?<=[。；：\n]))(?:（?[0-9]{1,2}[、.．）]|（?[一二三四五六七八九十]{1,3}[、）]|第[一二三四五六七八九十0-9]{1,3}[起笔节])"
)
_SUMMED_UP = re.compile(r"综上|以上[^。；]{0,20}(?:共|合)计|总计|累计|截[止至]")
_STOPS = re.compile(r"[。；\n]")
# Foreign money and things included.
_OVERALL = re.compile(
    r"折合[^，。；]{0,10}$|(?:以上|上述|总)[^，。；]{0,10}(?:共计|合计|总计)[^，。；]{0,10}$"
)


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum in yuan.

    Attributes:
        start: where it stands.
        amount: yuan.
        kind: what it is said to be: total, value, taken, or none of these (other).
        part: whether it is the value of what somebody took part in.
        overall: whether it is said to contain the others.
        about: whether it is rounded (128万余元).
    """

    start: int
    amount: Money
    kind: str
    part: bool
    overall: bool = False
    about: bool = False


# Reasoning and facts are asked for their sums several times, for the case and for each defendant.
@lru_cache(maxsize=8)
def _sums(text: str) -> tuple[_Sum, ...]:
    """The sums that say what a crime was about, in order."""
    text = _QUOTED.sub(lambda quoted: "“" + "-" * (len(quoted[0]) - 2) + "”", text) if "“" in text else text
    sums = []
    for match in _CLAUSES.finditer(text):
        clause = match[0]
        if not money.WRITTEN.search(clause) or _REFUSED.search(clause) or _TOLD.search(clause):
            continue
        took_part = clause.find(_PART)
        for found in money.find(clause):
            if found.currency != money.YUAN or _of_no_crime(clause, found.start, found.end):
                continue
            # 手表一块 is no sum.
            if clause.endswith("块", found.start, found.end):
                continue
            before = clause[max(0, found.start - 40) : found.start]
            if not _PART_OF.search(before):
                kind = _kind(before, clause, found.end)
                part = 0 <= took_part < found.start
                overall = bool(_OVERALL.search(before))
                sums.append(
                    _Sum(match.start() + found.start, found.amount, kind, part, overall, found.approximate)
                )
    return tuple(sums)


def _kind(before: str, clause: str, end: int) -> str:
    """What a sum is said to be by the words around it."""
    if _TOTAL.search(before):
        return "total"
    if _VALUE.search(before):
        return "value"
    return "taken" if _TAKEN.search(before) or _KEPT.match(clause, end) else "other"


def _of_no_crime(clause: str, start: int, end: int) -> bool:
    """Whether a sum is what was paid back, owed or threatened, by the words right around it."""
    before = clause[max(0, start - 20) : start]
    if comma := _CLAUSE_START.search(before):
        # 赔偿等理由，骗取38000元: what stands before the comma is another matter, but for totals.
        before = before if _TOTAL.search(before[comma.end() :]) else before[comma.end() :]
    close = _CLAUSE_END.search(clause, end, end + 6)
    after = clause[end : close.start() if close else end + 6]
    return bool(
        _NOT.search(before + after)
        or _RANGE.match(after)
        or _NOT_DONE.search(before)
        or _THRESHOLD.search(clause, max(0, start - 5), start + 2)
    )


def _whole(amounts: list[Money]) -> Money:
    """All of them together, each once; the greatest where it is what the others come to."""
    apart = list(dict.fromkeys(amounts))
    greatest = max(apart, default=0)
    rest = sum(apart) - greatest
    return greatest if abs(rest - greatest) <= 0.02 * greatest else sum(apart)


def _counts(sums: Sequence[_Sum]) -> Money:
    """Several totals of one person's crimes, of which each is another count (受贿…，又贪污…)."""
    overall = [one.amount for one in sums if one.overall]
    return max(overall) if overall else _whole([one.amount for one in sums])


def _between(sums: Iterable[_Sum], places: list[int]) -> dict[int, list[_Sum]]:
    """The sums before the first of some places (0), between it and the next (1), and so on."""
    parts: dict[int, list[_Sum]] = {}
    for one in sums:
        parts.setdefault(bisect(places, one.start), []).append(one)
    return parts


def _stated(text: str, sums: Sequence[_Sum], charges: int) -> Money:
    """What a sentence that names the crimes says that they were about, of one person.

    Where there are several crimes, each sentence or half of one is about another.
    """
    stops = [match.start() for match in _STOPS.finditer(text)] if charges > 1 else []
    amounts = []
    for of_one in _between([one for one in sums if one.kind != "other"], stops).values():
        totals = [one for one in of_one if one.kind == "total"]
        amounts.append(_counts(totals) if totals else _involved(of_one))
    return _whole(amounts)


def _told(facts: str) -> Money:
    """What the story of the crimes comes to: a total before or after the counts, else all."""
    sums = _sums(facts)
    places = [match.start() for match in _COUNT.finditer(facts)] if sums else []
    counts = _between(sums, places)
    totals = [one.amount for one in sums if one.kind == "total"]
    if len(counts) < 2 or any(one.part for one in sums):
        return _involved(sums, told=True)
    before = counts.get(0, [])
    behind = counts[max(counts)] if _SUMMED_UP.search(facts, places[max(counts) - 1]) else []
    for kind in ("total", "value"):
        if stated := [one.amount for one in (*before, *behind) if one.kind == kind]:
            return max(stated)
    known = [[one for one in of_one if one.kind != "other"] for of_one in counts.values()]
    each = [_involved(of_one, told=True) for of_one in known if of_one]
    together = sum(each)
    # The whole, told first or last, and its parts.
    if len(each) > 2 and abs(together - 2 * max(each)) <= 0.02 * max(each):
        return max(each)
    return max(together, *totals, 0) if together else _involved(sums, told=True)


def _involved(sums: Sequence[_Sum], told: bool = False) -> Money:
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
        apart = [one.amount for one in taken if not one.part]
        return max(parts, default=0) + (_whole(apart) if told else max(apart, default=0))
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

    A sum is that of those named in its sentence since the sum before it, else of those named last;
    其中甲价值…，乙价值… begins anew.
    """
    events: list[tuple[int, object]] = [(one.start, one) for one in _sums(text)]
    if not events:
        return {}
    events += _acting(text, names)
    events += [(match.start(), None) for match in _STOP.finditer(text)]
    events += [(match.start(), _EACH) for match in _EACH.finditer(text)]
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


def _own(sums: Sequence[_Sum]) -> Money:
    """What a defendant took part in, if that is said, else what `_involved` makes of the sums."""
    parts = [replace(one, part=False) for one in sums if one.part]
    return _involved(parts) or _involved(sums)


def _measured(charge: str) -> bool:
    """Whether a sum measures a crime."""
    return not _UNMEASURED.search(charge) or "盗窃" in charge or "抢" in charge


def _exact(amount: Money, sums: Sequence[_Sum], told: Sequence[_Sum]) -> Money:
    """What the facts give to the fen where the reasoning rounds it down (128万余元)."""
    if any(one.about for one in sums if one.amount == amount):
        near = [one.amount for one in told if amount <= one.amount < 1.05 * amount and not one.about]
        return max(near, key=near.count, default=amount)
    return amount


def _shared(sums: Sequence[_Sum]) -> Money:
    """The case's of what several took part in, each in a part of it: the greatest."""
    for kind in ("total", "value", "taken"):
        if amounts := [one.amount for one in sums if one.kind == kind]:
            return max(amounts)
    return 0


def _convicted(reasoning: str) -> list[str]:
    """The sentences that say what the crime is, and those that say how grave or what is found.

    The first come before the others; neither is a claim.
    """
    sentences = [one for one in reasoning.split("。") if not _CLAIMED.search(one)]
    named = [one for one in sentences if _CONVICTED.search(one)]
    return ["。".join(named), "。".join(one for one in sentences if _FOUND.search(one))]


def amount(reasoning: str, facts: str, charges: Sequence[str] = (), persons: int = 1) -> Money:
    """The sum that the case is about, as the reasoning states it, else the facts.

    What the reasoning says where it names the crime comes before all that it discusses.

    Args:
        reasoning: of the judgment.
        facts: of the judgment.
        charges: the crimes of all defendants; where none of them is known, all count.
        persons: how many defendants there are.
    """
    measured = [charge for charge in charges if _measured(charge)]
    if charges and not measured:
        return 0
    seldom = charges and all(_SELDOM.search(charge) for charge in measured)
    told = _sums(facts)
    for sentences in _convicted(reasoning):
        sums = _sums(sentences)
        stated = _stated(sentences, sums, len(measured)) if persons == 1 else _shared(sums)
        if not stated and sums and _CONVICTED.search(sentences):
            stated = max(one.amount for one in sums)
        if stated:
            return _exact(stated, sums, told)
    if seldom:
        return 0
    reasoned = _sums(reasoning)
    if all(one.kind != "total" for one in told) and any(one.kind == "total" for one in reasoned):
        return _involved(reasoned)
    if any(one.kind != "other" for one in told):
        return _told(facts)
    return _involved(reasoned) or _told(facts)


def assign(reasoning: str, facts: str, whole: Money, defendants: list[Defendant]) -> None:
    """Set `amount` of each defendant.

    It is what the text gives for them by name, or the case's where it names nobody; never more than
    the case's.
    """
    having = [one for one in defendants if not one.charges or any(map(_measured, one.charges))]
    if not whole or not having:
        return
    if len(defendants) > 1:
        names = [defendant.name for defendant in defendants]
        convicted = _convicted(reasoning)[0]
        stated, reasoned, told = (_of_each(text, names) for text in (convicted, reasoning, facts))
        for defendant in having:
            crimes = sum(map(_measured, defendant.charges))
            own = _stated(convicted, stated.get(defendant.name, []), crimes)
            own = own or _own(reasoned.get(defendant.name, [])) or _own(told.get(defendant.name, []))
            defendant.amount = min(own, whole)
        # A unit acts through people.
        most = max(defendant.amount for defendant in having)
        for defendant in having:
            if not defendant.amount and parties.UNIT.search(defendant.name):
                defendant.amount = most
    if not any(defendant.amount for defendant in having):
        for defendant in having:
            defendant.amount = whole
