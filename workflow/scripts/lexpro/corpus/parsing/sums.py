"""The sums of a text that say what a crime was about, and what each is said to be.

What the crimes took, dealt in or evaded counts, not what was paid back, owed or promised. What was
destroyed counts in crimes of damage, and fees (好处费) in crimes of bribery.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from lexpro.law import money
from lexpro.records import Money

_CLAUSES = re.compile(r"[^；。\n]+")
# What is not the amount of the crime; where a sum is said to be a total; where it is the value of
# something; where it is what was taken.
_NOT = re.compile(
    r"退|(?<!理)赔|罚金|谅解|(?:扣押|查扣)(?!的[^，。；]{0,20}(?:价值|值款|货值))|冻结|欠款|[系是为]违法所得|发还|返还|(?<!不能)(?<!未)(?<!未能)(?<!无法)(?<!不)[归偿]还|(?<![应少])缴(?!纳的|纳税款|获)|上交|(?<!实际)交纳(?!金额)|追缴|追回|缴获(?!的?[^，。；]{0,24}(?:价值|值款|货值))|分得|实得|个人(?:实际)?(?:所得|得款|获利)|垫付|保证金|押金|医疗|误工|护理费|营养费|丧葬|抚慰金|住院|伙食|月平均收入|月收入|曾因|出资|入股|报酬(?!为)|(?<!获)(?<!获得)(?<!获取)返利|利息|付息"
)
# What was destroyed or lost: of no crime but those of damage.
_DAMAGE = re.compile(
    r"(?:经济|直接)损失|损失(?:共|合|总)计|(?:造成|致使?)[^，。；]{0,20}[损流]失|损毁|毁损|损坏|毁坏|被毁|被损|修复"
)
# What a helper got for it: of no crime but those of bribery.
_FEE = re.compile("好处费|感谢费|辛苦费|介绍费|酬金")
_BY_FORCE = re.compile("骗|敲诈|勒索|索要|抢")
# What somebody made of it, where it is said what it was.
_GAIN = re.compile(
    r"(?:获利|牟利|返利|提成款?|[获得]赃款|违法所得|非法所得|获取[^，。；]{0,6}利益)[^，。；]{0,8}$"
)
# 3000元以上, 90元／立方米.
_RANGE = re.compile(r"以[上下]|左右的?罚|[/／]")
# 连带赔偿某公司经济损失…元。
_PAID = re.compile("(?:赔偿|罚款)[^，。；]*$")
# 数额达200万元以上。
_REACHED = re.compile(r"(?:达到?|共计|合计)(?:人民币)?$")
_LEGAL = re.compile("以上，(?:属|依|应|情节|[^，。；]{0,6}标准)")
# 扣押于公安局的卷烟、现金9600元: what was found on somebody, if nothing says that it is a value.
_SEIZED = re.compile(r"(?:扣押|随案移送)(?![^，。；]*(?:[价货]值|值款|价格))[^，。；]*$")
# 尚有3000元未能归还.
_LEFT = re.compile("尚有|尚欠|仍有")
# 欠其夫1140万元: a debt.
_OWED = re.compile(r"(?<![拖透])欠(?![款税缴薪]|[^，。；元]{0,8}本金)[^，。；元]{0,12}$")
# 最高可获利1040万元, 第一份产品的价格为3800元: what members of a scheme are promised and pay in.
_PROMISED = re.compile(
    r"(?:最高|最多|最终|[谎宣声]称|承诺|许诺|保证)[^，。；]{0,8}[可能](?:以)?(?:获得?利?|得到?|赚取?|拿到?)(?:人民币)?$"
    r"|(?:[第每][一1]|(?<![0-9一二三四五六七八九十百])[一1](?=.产品)|每)(?:份|单|股)(?:产品)?(?:的?(?:价格|价款))?(?:为|是|需|要)?(?:人民币)?$"
)
# 每月1500元的固定工资.
_WAGE = re.compile("的?(?:固定)?(?:工资|薪|报酬)")
# 以500元的低价购买, 每件价值888元, 协议金额9万元: what things cost, not what the crime was about.
_PRICE = re.compile(r"(?:人民币)?的?(?:低|高|单)?价(?:格)?(?:购|收|买|卖|出售|销|转)")
_FOR = re.compile("以(?:人民币)?$")
_SOLD = re.compile("卖给|出售|销售给|转卖|销赃")
_UNIT_PRICE = re.compile(
    r"(?<!即为)(?:协议|合同)总?(?:金额|价款|价)[^，。；]{0,8}$|每(?:[件条瓶份箱包台部个只吨斤股亩辆张克盒袋]|公斤)[^，。；]{0,20}$"
)
_THRESHOLD = re.compile(r"(?:超过|不满|不足|未满|达不到)(?:人民币)?")
_TOTAL = re.compile(
    r"(?:共计|合计|总计|总价值?|总额|累计)[^，。；]{0,10}$|共(?:人民币|得|价值)?$"
    r"|(?:金额|数额|价值)(?:共|总)?(?:达到?|高达)(?:人民币)?$"
    r"|共(?:骗取|窃取|窃得|盗得|盗窃|诈骗|侵占|收受|收取|得款|牟利|获利|非法获利)[^，。；]{0,28}$"
)
_TAKEN = re.compile(
    r"(?:骗取|骗得|骗走|劫走|截留|套取|私分|窃取|窃得|盗窃|盗得|盗走|诈骗|侵占|侵吞|贪污|挪用|受贿|收受|索取|索要|抢得|抢走|抢劫|劫得|劫取|敲诈|勒索|吸收|集资|募集|公众[^，。；]{0,10}(?:借款|融资)|收取[^，。；]{0,8}(?:好处费|感谢费|回扣)|偷逃|骗得|现金|行贿|贿赂|贿送|给予|送给|交出|套现|盗刷|(?:用|将)[^，。；]{0,8}(?:单位|公司|集体)的?(?:资金|款项))"
    r"(?:[^。；]{0,40}|[^。；元]{0,60})$"
)
# 其中3000元未遂: counted already.
_PART_OF = re.compile(
    r"其中(?![^，。；未]{0,12}(?:被告|参与|诈骗|骗取|窃|盗|受贿|犯罪|数额|金额))[^，。；]{0,12}$"
)
# 10万元…占为己有: taken too.
_KEPT = re.compile(
    r"[^。；]{0,40}(?:占为己有|据为己有|归为己有|私分|挥霍|归个人使用)|[^，。；]{0,16}(?:盗走|窃走|抢走|骗走|劫走|拿走|取走|提走|转走|刷走|出借|挪用|侵吞|侵占)"
)
# A claim that the reasoning refuses says nothing of the amount, and what was not done neither.
_REFUSED = re.compile(
    r"不予(?:认定|采纳|采信|支持)|辩称|不能成立|证据不足|指控[^，。；]{0,40}(?:不当|有误)|不宜计入"
    r"|应予(?:扣除|纠正)(?![^。；]{0,30}(?:数额|金额)[^。；]{0,8}(?:共计|应为|认定为))"
)
_NOT_DONE = re.compile(r"(?:未|没有|并非|不)[^，。；、]{0,6}$")
# What witnesses tell, and what is said in quotes, is not the court's.
_TOLD = re.compile(
    r"证实|[，：]以?证明(?![人书文材])|证言(?!统计|[^，。；]{0,6}认定)|(?<!如实)供述|供称|陈述称|(?<![自己])我(?![国院])|还指控"
)
_QUOTED = re.compile(r"“[^”]{12,}”")
# （13280元＋7120元）and 651元×70％＝: how a sum that stands beside was reckoned.
_RECKONED = re.compile(
    r"（[^（）。；＋+]{0,200}元[^（）。；＋+]{0,200}[＋+][^（）。；]{0,2000}）"
    r"|[0-9][0-9.]{0,14}[万亿]?元(?:（[^（）]{0,40}）)?，?[×＊*xX][^，。；=＝]{0,12}[=＝]"
)
_CLAUSE_START = re.compile(r"[，。；（、](?=[^，。；（、]*$)")
_CLAUSE_END = re.compile(r"[，。；）]|$")
_VALUE = re.compile(
    r"(?:价值|折价|数额|金额|价格|税额|(?:抵扣|骗取|偷逃|逃避|少缴)[^，。；]{0,4}税款|价税合计|值款|货值|经营额|销售额|赌资|结算资金)[^，。；]{0,8}$"
    r"|(?<![估统会审预核小设共合总累])计(?:人民币)?$"
)
# 甲参与盗窃五起，价值…；乙参与三起，价值…: the same things are counted for each.
_PART = "参与"
# What all did while somebody was with them.
GANG = re.compile(
    "涉及[^，。；]{0,10}$|团伙(?:共同)?(?:诈骗|犯罪|盗窃)[^，。；]{0,8}$|(?:平台|网站|团伙)共[^，。；]{0,8}$"
)
# 退出4.9万元、2.2万元和3万元: all of them were.
_AND = re.compile("[、和及]")
# 经鉴定，首饰共价值5000元; an audit totals cash.
_APPRAISED = re.compile(
    "(?:鉴定|估价|认证|评估|估值)(?:(?!会计|审计|骗取|吸收|挪用)[^。；])*价(?:值|格)[^，。；]{0,14}$"
)
_CASH = re.compile("现金[^，。；]{0,4}(?:共计|合计|总计|共)[^，。；]{0,4}$")
_ON_TOP = re.compile("[，、](?:另外?|此外|还)")
_TAX = re.compile("税[款额][^，。；]{0,10}$")
# Foreign money and things included.
_OVERALL = re.compile(
    r"折合[^，。；]{0,10}$|(?:以上|上述|总)[^，。；]{0,10}(?:共计|合计|总计)[^，。；]{0,10}$"
)


class Crimes(NamedTuple):
    """What the crimes of a case are, of which a sum may be spoken.

    Attributes:
        damage: whether one of them destroys (故意毁坏财物罪, 破坏生产经营罪).
        bribery: whether one of them is bribery.
        tax: whether all that counts is the tax that was evaded (走私普通货物罪, 逃税罪).
    """

    damage: bool = False
    bribery: bool = True
    tax: bool = False


ANY = Crimes()


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum in yuan.

    Attributes:
        start: where it stands.
        amount: yuan.
        kind: what it is said to be: total, value, taken, or none of these (other).
        part: whether it is the value of what somebody took part in.
        overall: whether it is said to contain the others.
        about: whether it is rounded (128万余元).
        gain: whether it is what somebody made of it, beside sums that say what it was.
        goods: whether it is a total that an appraisal gives: of goods, not of cash.
        besides: whether it comes on top of a total before it (另外…价值).
        bound: whether it is only said to be reached (达3万元以上).
        cash: whether it is a total of cash (盗窃现金共计).
    """

    start: int
    amount: Money
    kind: str
    part: bool
    overall: bool = False
    about: bool = False
    gain: bool = False
    goods: bool = False
    besides: bool = False
    bound: bool = False
    cash: bool = False


def _blank(match: re.Match[str]) -> str:
    return match[0][0] + "-" * (len(match[0]) - 2) + match[0][-1]


def _own_words(text: str) -> str:
    """A text of the same length without quotes and calculations."""
    text = _QUOTED.sub(_blank, text) if "“" in text else text
    return _RECKONED.sub(_blank, text) if "＋" in text or "+" in text or "＝" in text or "=" in text else text


# Reasoning and facts are asked for their sums several times, for the case and for each defendant.
@lru_cache(maxsize=8)
def find(text: str, crimes: Crimes = ANY) -> tuple[Sum, ...]:
    """The sums that say what a crime was about, in order.

    Args:
        text: reasoning, facts, or a part of them.
        crimes: those of the case.
    """
    text = _own_words(text)
    sums = []
    for match in _CLAUSES.finditer(text):
        clause = match[0]
        if not money.WRITTEN.search(clause) or _REFUSED.search(clause) or _TOLD.search(clause):
            continue
        took_part = clause.find(_PART)
        # Where the last sum ends that is of no crime.
        other = -1
        # Where the last total ends.
        stated = -1
        for found in money.find(clause):
            if found.currency != money.YUAN:
                continue
            joined = other >= 0 and _AND.fullmatch(clause, other, found.start)
            if joined or _of_no_crime(clause, found.start, found.end, crimes):
                other = found.end
                continue
            # 手表一块 is no sum.
            if clause.endswith("块", found.start, found.end):
                continue
            before = clause[max(0, found.start - 40) : found.start]
            if not _PART_OF.search(before):
                kind = _kind(before, clause, found.start, found.end)
                part = 0 <= took_part < found.start or bool(GANG.search(before))
                total = kind == "total"
                sums.append(
                    Sum(
                        match.start() + found.start,
                        found.amount,
                        kind,
                        part,
                        overall=bool(_OVERALL.search(before)),
                        about=found.approximate,
                        goods=total
                        and bool(_APPRAISED.search(clause[max(0, found.start - 200) : found.start])),
                        besides=not total
                        and stated >= 0
                        and bool(_ON_TOP.search(clause, stated, found.start)),
                        bound=clause.startswith("以上", found.end),
                        cash=total and bool(_CASH.search(before)),
                    )
                )
                stated = found.end if total else stated
    if crimes.tax and (
        taxes := [one for one in sums if _TAX.search(text, max(0, one.start - 20), one.start)]
    ):
        sums = taxes
    if any(one.kind not in ("other", "gain") for one in sums):
        return tuple(replace(one, kind="other", gain=True) if one.kind == "gain" else one for one in sums)
    return tuple(replace(one, kind="taken") if one.kind == "gain" else one for one in sums)


def _kind(before: str, clause: str, start: int, end: int) -> str:
    """What a sum is said to be by the words around it."""
    sold = _FOR.search(before) and _SOLD.match(clause, end)
    if sold or _PRICE.match(clause, end) or _UNIT_PRICE.search(before):
        return "other"
    if _GAIN.search(before):
        return "gain"
    if _TOTAL.search(before) or (_REACHED.search(before) and clause.startswith("以上", end)):
        return "total"
    if _VALUE.search(before):
        return "value"
    return (
        "taken" if _TAKEN.search(clause, max(0, start - 60), start) or _KEPT.match(clause, end) else "other"
    )


def _of_no_crime(clause: str, start: int, end: int, crimes: Crimes) -> bool:
    """Whether a sum is what was paid back, owed or threatened, by the words right around it."""
    before = clause[max(0, start - 20) : start]
    if comma := _CLAUSE_START.search(before):
        # 赔偿等理由，骗取38000元: what stands before the comma is another matter, but for totals.
        last = before[comma.end() :]
        before = before if _TOTAL.search(last) and not _TAKEN.search(last) else last
    close = _CLAUSE_END.search(clause, end, end + 6)
    after = clause[end : close.start() if close else end + 6]
    # 骗取贷款300万元用于归还债务: what it was for.
    after = "" if after.startswith("用于") else after
    around = before + after
    return bool(
        _PAID.search(clause, max(0, start - 60), start)
        or _NOT.search(around)
        or (not crimes.damage and _DAMAGE.search(around))
        or (not crimes.bribery and _FEE.search(before) and not _BY_FORCE.search(before))
        or (
            _RANGE.match(after)
            and not (after == "以上" and _REACHED.search(before) and not _LEGAL.match(clause, end))
        )
        or _NOT_DONE.search(before)
        or _THRESHOLD.search(clause, max(0, start - 5), start + 2)
        or _LEFT.search(before)
        or _OWED.search(before)
        or _PROMISED.search(before)
        or (_WAGE.match(after) and "每月" in before)
        or _SEIZED.search(clause, max(0, start - 160), start)
    )
