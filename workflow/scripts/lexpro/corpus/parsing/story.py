"""What the facts of a judgment tell of the crimes, and where each count of it begins.

Left out is what witnesses tell, what was found out besides, and what others bought of the loot;
counts that are told behind the evidence of the first are put to it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lexpro.corpus.parsing.sums import ANY, Crimes, find

# What begins the story of another count: 1、, （一）.
COUNT = re.compile(
    r"(?:^|(?<=[。；：\n罪实分])|(?<=查明，))(?:（?[0-9]{1,2}[、.．）]|（?[一二三四五六七八九十]{1,3}[、）]|第[一二三四五六七八九十0-9]{1,3}[起笔节])"
)
# The same without a number.
DATED = re.compile(r"(?:^|(?<=[。；：\n]))(?:同年|同月|次日|(?:19|20)[0-9]{2}年[0-9]{1,2}月)")
_MEASURED = re.compile("综上|金额|数额|价值")
# What else was found out: of the crime only where nothing before is.
_BESIDES = re.compile(r"(?:另|又|同时|还)(?:经?审理)?查[明，]")
# 乙明知是盗窃所得而收购: what was taken is told before.
HANDLED = re.compile(r"明知[^。；]{0,60}(?:所得|赃|来路不明)|收购[^。；，]{0,20}(?:盗窃|所盗|窃得)的")
# What ends it: 甲又窃得….
_AGAIN = re.compile("[^，。；]{0,12}(?:又|再次|还)[^，。；]{0,12}(?:窃|盗|骗|抢)")
_HANDLING = re.compile("掩饰、隐瞒|窝藏|洗钱")
# What begins a count behind the evidence of the one before, and what ends its story.
_LATER = re.compile(
    r"(?<=[。；\n])(?:（?[一二三四五六七八九十]{1,3}[、）]|（?[0-9]{1,2}[、.．）])"
    r"(?=[^；]{0,60}?(?:(?:19|20)[0-9]{2}年|被告人|[同次当]年))"
)
_LATER_ENDS = re.compile(r"上述[^。；，]{0,10}事实|以上[^。；，]{0,10}事实|认定上述|该[起节笔]?(?:犯罪)?事实")
_EVIDENCE = re.compile(
    r"证实|证明(?!材料|文件|书)|证言|陈述|(?<!如实)供述|供认|供称|笔录(?!》)|书证|鉴定书|鉴定意见书"
)
_LONGEST = 3000
# 1、证人甲的证言: an item of a list of evidence among the facts, and what ends it.
_ITEM = re.compile(
    r"(?<=[。；：\n])（?[0-9]{1,2}[、.．）](?:证人|被害人|被害单位|被告人)"
    r"[^，。；：]{0,40}(?:证明|证实|证言|陈述|供述|供认|供称)"
)
_NEXT_ITEM = re.compile(
    r"(?<=\n)|(?<=[。；])(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）"
    r"|（?[0-9]{1,2}[、.．）]|综上|另查)"
)
# 指控的事实清楚，本院予以确认: the accusation tells them.
_AS_ACCUSED = re.compile(r"指控[^。]{0,80}(?:事实[^。]{0,20}(?:清楚|一致|相同|属实|成立)|一致|属实|相同)")
_SHORT = 300


def _without_testimony(facts: str) -> str:
    """Facts without what witnesses, victims and defendants tell in a list of evidence."""
    if not _ITEM.search(facts):
        return facts
    told = []
    at = 0
    while match := _ITEM.search(facts, at):
        told.append(facts[at : match.start()])
        end = match.end()
        over = _NEXT_ITEM.search(facts, end, end + _LONGEST)
        # The last one is its own sentence.
        at = over.start() if over else facts.find("。", end) + 1 or len(facts)
    return "".join([*told, facts[at:]])


def of(facts: str, evidence: str, accusation: str = "") -> str:
    """The facts with the counts that are told behind the evidence of the first.

    Facts that say no more than that they are those of the accusation are told there.
    """
    facts = _without_testimony(facts)
    if len(facts) < _SHORT and _AS_ACCUSED.search(facts) and not find(facts):
        facts = _without_testimony(accusation)
    if not _LATER_ENDS.search(evidence, 20):
        return facts
    later = []
    done = 0
    for match in _LATER.finditer(evidence):
        start = match.start()
        over = _LATER_ENDS.search(evidence, start, start + _LONGEST) if start >= done else None
        if over and "被告人" in (told := evidence[start : over.start()]) and not _EVIDENCE.search(told):
            later.append(told)
            done = over.end()
    return "".join([facts, *("\n" + one for one in later)])


def without_besides(facts: str, crimes: Crimes = ANY) -> str:
    """The facts up to what else was found out, if they tell of the crime there."""
    later = _BESIDES.search(facts)
    if not later or COUNT.search(facts, later.start()) or _MEASURED.search(facts, later.start()):
        return facts
    before = facts[: later.start()]
    return before if any(one.kind != "other" for one in find(before, crimes)) else facts


def without_handling(facts: str, charges: Sequence[str]) -> str:
    """Facts without what somebody bought of the loot, where others took it."""
    if all(map(_HANDLING.search, charges)) or not any(map(_HANDLING.search, charges)):
        return facts
    told = []
    at = 0
    for match in HANDLED.finditer(facts):
        # 甲窃得手机，卖给乙，乙明知…: the theft may stand in the same sentence.
        start = max(facts.rfind(mark, 0, match.start()) for mark in "，。；\n") + 1
        if start < at:
            continue
        told.append(facts[at:start])
        at = min(
            (found.start() for head in (COUNT, DATED, _AGAIN) if (found := head.search(facts, match.end()))),
            default=len(facts),
        )
    return "".join([*told, facts[at:]])
