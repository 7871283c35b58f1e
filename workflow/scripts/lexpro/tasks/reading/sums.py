"""The sum of money of an answer in words."""

from __future__ import annotations

import re

from lexpro.law import money, numerals
from lexpro.tasks.reading import gather, said
from lexpro.tasks.reading.statements import outside

_TOTAL = re.compile("共计|合计|总计|总金额|总额|总价值|一共|总共|合共|(?i:total)")
# 2700 yuan, RMB 2700
_ENGLISH = re.compile(r"(?<=\d)\s*(?:Chinese\s+)?(?:yuan|CNY|RMB)\b", re.I)
_OTHER = re.compile(r"(?:罚金|罚款|退赔|退缴|退还|赔偿|赔付|保证金)[^,。;\d]{0,12}$")
_BARE = re.compile(rf"\W*({numerals.NUMERAL})\s*(?:元|圆|人民币|yuan|RMB)?\W*", re.I)


def _yuan(text: str) -> list[float]:
    """The sums of a text, without ranges, foreign money, and fines or damages."""
    return [
        float(one.amount)
        for one in money.find(text)
        if one.currency == money.YUAN
        and (one.high is None or one.high <= one.amount)
        and not _OTHER.search(text[max(0, one.start - 20) : one.start])
    ]


def _of_value(value: str) -> float | None:
    """Behind the last 共计 the first sum, else the last sum; else a bare number."""
    value = _ENGLISH.sub("元", value)
    for match in reversed(list(_TOTAL.finditer(value))):
        if sums := _yuan(value[match.end() : match.end() + 60]):
            return sums[0]
    if sums := _yuan(value):
        return sums[-1]
    for line in value.split("\n"):
        if bare := _BARE.fullmatch(re.sub(r"\[金额\]", "", line)):
            number = numerals.parse(bare[1])
            return None if number is None else float(number)
    return None


def total(text: str, prompt: str = "") -> float | None:
    """The sum in yuan that is stated; None for none, and for a range."""

    def read(turn: str) -> float | None:
        stated = gather.single(turn, "amount", _of_value)
        return (
            _of_value(said.without_refusals(outside(turn, frozenset({"amount"}))))
            if stated is None
            else stated
        )

    return said.first(text, prompt, read)
