"""The amount involved (涉案金额) of a case.

It is read from the reasoning, else from the facts; crimes that no sum measures have none.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate

from lexpro.corpus.parsing import story
from lexpro.corpus.parsing.sums import ANY, Crimes, Sum, find
from lexpro.law import charges as charges_of
from lexpro.records import Money

# Where the reasoning says what the crime is.
_CONVICTED = re.compile(r"构成|触犯")
_FOUND = re.compile(
    r"罪名[^，。；]{0,4}成立|本院[^，。；]{0,8}认定|数额(?:较|特别)?巨?大|非法占有为目的|(?:数额|金额)(?:共计|达|为)"
)
_CLAIMED = re.compile("辩护人?的|辩护人|辩解|辩称|(?<!鉴定)意见|是否|还是")
# Crimes that no sum measures, or not what changes hands around them: against persons, with drugs
# or arms, of damage and of neglect, tenders.
_UNMEASURED = re.compile(
    r"毒品|吸毒|伤害|杀人|致人|强奸|猥亵|拘禁|绑架|拐卖|遗弃|虐待|侮辱|诽谤|诬告|重婚|侵入住宅|交通肇事|危险驾驶|枪支|弹药|爆炸物|妨害公务|聚众|放火|失火|爆炸罪"
    r"|危险方法|危险物质|串通投标|强迫卖淫|事故罪|黑社会|窝藏、包庇|伪证|妨害作证|伪造证据|林木|农用地|野生动物|水产品|狩猎|保护植物|污染环境|滥用职权|玩忽职守|失职|徇私|公民个人信息"
    r"|公文、证件|劳动报酬|拒不执行|印章|身份证件|会计凭证|行医|考试|国（边）境|邪教|电力设备|易燃易爆设备|计算机信息系统数据"
)
# What a sum of the facts is, where such a crime is about it.
_ASKED = re.compile("索要|索取|强拿硬要|强行要|勒索")
# Crimes that the evaded tax measures.
_OF_TAX = re.compile("走私普通货物|逃税|偷税|出口退税|发票")
# Some of these crimes are measured: the court says it where it says what the crime is.
_SELDOM = re.compile(r"寻衅滋事|强迫交易|妨害信用卡管理")
_SUMMED_UP = re.compile(r"综上|以上[^。；]{0,20}(?:共|合)计|总计|累计|截[止至]")
_STOPS = re.compile(r"[。；\n]")
# 应当以受贿罪、玩忽职守罪追究: names crimes, and says nothing of them.
_TO_PUNISH = re.compile(r"，(?:应当?|依法应当?)(?:以|按)")


def near(amount: Money, right: Money) -> bool:
    """Whether an amount is the right one, but for rounding."""
    return abs(amount - right) <= 0.02 * right


def _whole(amounts: list[Money]) -> Money:
    """All of them together, each once; the greatest where it is what the others come to."""
    apart = list(dict.fromkeys(amounts))
    greatest = max(apart, default=0)
    rest = sum(apart) - greatest
    return greatest if near(rest, greatest) else sum(apart)


def counts_of(sums: Sequence[Sum]) -> Money:
    """Several totals of one person's crimes, of which each is another count (受贿…，又贪污…)."""
    overall = [one.amount for one in sums if one.overall]
    return max(overall) if overall else _whole([one.amount for one in sums])


def _between(sums: Iterable[Sum], places: list[int]) -> dict[int, list[Sum]]:
    """The sums before the first of some places (0), between it and the next (1), and so on."""
    parts: dict[int, list[Sum]] = {}
    for one in sums:
        parts.setdefault(bisect(places, one.start), []).append(one)
    return parts


def of_measured(text: str, sums: Sequence[Sum]) -> list[Sum]:
    """The sums of a text, without those of a part that convicts of what no sum measures."""
    parts = [match.start() for match in _STOPS.finditer(text)]
    starts, ends = [0, *parts], [*parts, len(text)]
    kept: list[Sum] = []
    for place, own in _between(sums, parts).items():
        part = text[starts[place] : ends[place]]
        # Guard first: most parts name no such crime.
        named = []
        if _UNMEASURED.search(part):
            over = _TO_PUNISH.search(part)
            named = [name for name, *_ in charges_of.find(part[: over.start()] if over else part)]
        if not named or any(map(measured, named)):
            kept += own
    return kept


def stated_for(text: str, sums: Sequence[Sum], charges: int) -> Money:
    """What a sentence that names the crimes says that they were about, of one person.

    Where there are several crimes, each sentence or half of one is about another.
    """
    stops = [match.start() for match in _STOPS.finditer(text)] if charges > 1 else []
    amounts = []
    sums = of_measured(text, [one for one in sums if one.kind != "other"])
    for of_one in _between(sums, stops).values():
        totals = [one for one in of_one if one.kind == "total"]
        amounts.append(counts_of(totals) if totals else involved(of_one))
    return _whole(amounts)


def _adds_up(sums: Sequence[Sum]) -> bool:
    """Whether the last total is what the sums right before it come to."""
    if not sums or sums[-1].kind != "total" or len(sums) < 3:
        return False
    running = accumulate(one.amount for one in sums[-2::-1])
    return any(number and abs(one - sums[-1].amount) < 1 for number, one in enumerate(running))


def _summed_up(summary: Sequence[Sum], counts: Money) -> Money:
    """The case's by what stands before its counts.

    It is what the counts come to where the summary is rounded (4600余元), or gives each of several
    persons a part of it.
    """
    greatest = max(summary, key=lambda one: one.amount)
    rounded = greatest.about and greatest.amount <= counts < 1.05 * greatest.amount
    parts = len(summary) > 1 and greatest.amount < counts <= sum(one.amount for one in summary)
    return counts if rounded or parts else greatest.amount


def _told(facts: str, crimes: Crimes = ANY, several: bool = False) -> Money:
    """What the story of the crimes comes to: a total before or after the counts, else all.

    Of `several` crimes without numbers each is a count that begins with its day.
    """
    sums = find(facts, crimes)
    places = [match.start() for match in story.COUNT.finditer(facts)] if sums else []
    if several and len(places) < 2:
        places = [match.start() for match in story.DATED.finditer(facts)]
    counts = _between(sums, places)
    totals = [one.amount for one in sums if one.kind == "total"]
    before = counts.get(0, [])
    if len(counts) < 2 or any(one.part for one in sums if one not in before):
        return involved(sums, told=True)
    behind = counts[max(counts)] if _SUMMED_UP.search(facts, places[max(counts) - 1]) else []
    if len(counts) > 2 and _adds_up(behind):
        # The last count's own.
        behind = []
    known = [[one for one in of_one if one.kind != "other"] for of_one in counts.values()]
    each = [involved(of_one, told=True) for of_one in known if of_one]
    together = sum(each)
    for kind in ("total", "value"):
        if summary := [one for one in (*before, *behind) if one.kind == kind]:
            if behind:
                return max(one.amount for one in summary)
            return _summed_up(summary, together - involved(before, told=True))
    # The whole, told first or last, and its parts.
    if len(each) > 2 and near(together - max(each), max(each)):
        return max(each)
    return max(together, *totals, 0) if together else involved(sums, told=True)


def involved(sums: Sequence[Sum], told: bool = False) -> Money:
    """The greatest total, else values and cash added up, else what was taken, else the most.

    What was taken is added up where the facts are `told`; the reasoning names the whole. The cash
    is added to a total that an appraisal gives, which is of goods, and to what stands behind 另外.
    """
    if totals := [one for one in sums if one.kind == "total"]:
        on_top = sum(one.amount for one in sums if one.besides and one.kind == "value")
        cash = [one.amount for one in sums if one.kind == "taken" and not one.part]
        apart = told and all(one.goods and not one.overall for one in totals)
        greatest = max(one.amount for one in totals)
        in_cash = max((one.amount for one in totals if one.cash), default=0)
        values = sum(one.amount for one in sums if one.kind == "value")
        if told and in_cash and not near(*sorted((greatest, in_cash + values))):
            goods = [one.amount for one in totals if one.goods and not one.cash and not one.overall]
            return max(in_cash + max(goods, default=0), greatest)
        return greatest + on_top + (_whole(cash) if apart else 0)
    if values := [one for one in sums if one.kind == "value"]:
        parts = [one.amount for one in values if one.part]
        cash = [one for one in sums if one.kind == "taken"]
        rest = sum(one.amount for one in [*values, *cash] if not one.part)
        # What somebody took part in is told before, too.
        return max(*parts, rest) if parts else rest
    if taken := [one for one in sums if one.kind == "taken"]:
        parts = [one.amount for one in taken if one.part]
        # The same sum is told again and again.
        apart = [one.amount for one in taken if not one.part]
        return max(parts, default=0) + (_whole(apart) if told else max(apart, default=0))
    return max((one.amount for one in sums), default=0)


def measured(charge: str) -> bool:
    """Whether a sum measures a crime."""
    return not _UNMEASURED.search(charge) or "盗窃" in charge or "抢" in charge


def crimes_of(charges: Collection[str]) -> Crimes:
    """What the sums of a case may be of, by its charges; where none is known, what most are of."""
    named = "".join(charges)
    if not named:
        return ANY
    damage = "毁坏" in named or "破坏生产经营" in named
    return Crimes(damage, "贿" in named, all(map(_OF_TAX.search, charges)))


def seldom(charges: Sequence[str]) -> bool:
    """Whether a sum measures these crimes only where the court says so."""
    return bool(charges) and all(_SELDOM.search(charge) for charge in charges if measured(charge))


# 数额应为37050元, 扣除…，犯罪数额共计53万元: what the court itself makes it.
_CORRECTED = re.compile(
    r"(?<!损失)(?:数额|金额)(?:应当?|应当?认定)为(?:人民币)?$|(?:扣除|扣减|核减|剔除)[^。]{0,60}(?<!损失)(?:数额|金额)(?:共计|合计|认定)?为?(?:人民币)?$"
)


# 该两起犯罪数额应认定为13万元: of some of the counts only.
_OF_A_COUNT = re.compile("(?:[该第其中这][^，。；]{0,3}[起笔节宗次]|参与)[^，。；]{0,20}$")
# 被告人乙的犯罪数额应为2万元: of several, one's own.
_OF_ONE = re.compile("被告人[^，。；]{2,20}$")


def corrected(reasoning: str, sums: Sequence[Sum], convictions: int) -> Money:
    """What the court makes of the amount where it corrects it, 0 where it does not.

    Args:
        reasoning: of the judgment.
        sums: those of the reasoning.
        convictions: of crimes that a sum measures; of several, one person's figure is not all.
    """
    own = []
    for one in sums:
        near = max(0, one.start - 30)
        if not _CORRECTED.search(reasoning, max(0, one.start - 90), one.start):
            continue
        sentence = reasoning[max(reasoning.rfind("。", 0, one.start) + 1, one.start - 300) : one.start]
        of_one = convictions > 1 and _OF_ONE.search(reasoning, near, one.start)
        if not (of_one or _OF_A_COUNT.search(reasoning, near, one.start) or _CLAIMED.search(sentence)):
            own.append(one.amount)
    return own[0] if len(own) == 1 else 0


def without_bounds(sums: Sequence[Sum], told: Sequence[Sum]) -> Sequence[Sum]:
    """Sums without those that are only reached (达3万元以上), where the facts tell as much."""
    most = max((one.amount for one in told if one.kind != "other"), default=0)
    return [one for one in sums if not one.bound or one.amount > most]


def exact(amount: Money, sums: Sequence[Sum], told: Sequence[Sum]) -> Money:
    """What the facts give to the fen where the reasoning rounds it down (128万余元)."""
    if any(one.about for one in sums if one.amount == amount):
        near = [one.amount for one in told if amount <= one.amount < 1.05 * amount and not one.about]
        return max(near, key=near.count, default=amount)
    return amount


def certain(amount: Money, reasoning: str, crimes: Crimes = ANY) -> bool:
    """Whether the reasoning, read alone, agrees: it states such a sum, within 2 %; none is certain.

    Args:
        amount: as it was read from all of the document.
        reasoning: of the judgment.
        crimes: whose sums count.
    """
    stated = (one.amount for one in find(reasoning, crimes) if one.kind != "other" or one.gain)
    return not amount or any(near(one, amount) and near(amount, one) for one in stated)


def _shared(sums: Sequence[Sum]) -> Money:
    """The case's of what several took part in, each in a part of it: the greatest."""
    for kind in ("total", "value", "taken"):
        if amounts := [one.amount for one in sums if one.kind == kind]:
            return max(amounts)
    return 0


def convicted(reasoning: str) -> list[str]:
    """The sentences that say what the crime is, and those that say how grave or what is found.

    The first come before the others; neither is a claim.
    """
    told = reasoning.split("。")
    sentences = [
        one
        for one, answer in zip(told, [*told[1:], ""], strict=True)
        if not _CLAIMED.search(one) and not ("指控" in one and answer.startswith("经查"))
    ]
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
    counted = [charge for charge in charges if measured(charge)]
    if charges and not counted:
        return 0
    crimes = crimes_of(counted)
    # All of them of the same crimes, and of more than one.
    several = persons * len(set(counted)) == len(counted) > persons
    facts = story.without_handling(story.without_besides(facts, crimes), counted)
    told = find(facts, crimes)
    if right := corrected(reasoning, find(reasoning, crimes), len(counted)):
        return right
    for sentences in convicted(reasoning):
        sums = without_bounds(find(sentences, crimes), told)
        stated = (
            stated_for(sentences, sums, len(counted))
            if persons == 1
            else _shared(of_measured(sentences, sums))
        )
        if not stated and sums and _CONVICTED.search(sentences):
            stated = max(one.amount for one in sums)
        if stated:
            if persons > 1 and all(one.part for one in sums):
                # What one of them took part in; all of it is told elsewhere.
                stated = max([stated, *(one.amount for one in told if one.kind == "total")])
            return exact(stated, sums, told)
    if seldom(charges):
        asked = [one for one in told if _ASKED.search(facts, max(0, one.start - 30), one.start)]
        return involved(asked, told=True)
    reasoned = find(reasoning, crimes)
    if all(one.kind != "total" for one in told) and any(one.kind == "total" for one in reasoned):
        return involved(reasoned)
    if any(one.kind != "other" for one in told):
        return _told(facts, crimes, several)
    return involved(reasoned) or _told(facts, crimes, several)
