"""核对: what does not agree inside a judgment. One check a function, all in one table.

for finding in run(case):
    ...  # its place in the text, and the reason
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from lexpro.checking import dates, punishments, sums, words
from lexpro.checking.case import Case, Finding


@dataclass(frozen=True, slots=True)
class Check:
    """A check: what it is called, and the function that does it."""

    title: str
    run: Callable[[Case], Iterator[Finding]]


CHECKS = {
    "sums": Check("金额相加不符", sums.sums),
    "outside_tier": Check("刑期在法定刑之外", punishments.outside_tier),
    "joint": Check("数罪并罚超出限度", punishments.joint),
    "probation": Check("缓刑不合法", punishments.probation),
    "fines": Check("罚金不合法", punishments.fines),
    "deprivation": Check("应当剥夺政治权利", punishments.deprivation),
    "impossible": Check("没有这一天", dates.impossible),
    "after_judgment": Check("日期晚于裁判日", dates.after_judgment),
    "born_after": Check("年龄与行为日不符", dates.born_after),
    "custody": Check("强制措施先后不符", dates.custody),
    "served": Check("刑期起止与刑期不符", dates.served),
    "citations": Check("引用的法条不存在或不生效", words.citations),
    "charge": Check("罪名前后不一", words.charge),
    "names": Check("姓名前后不一", words.names),
}


def run(case: Case) -> list[Finding]:
    """All findings of a case, in the order of the text."""
    found = [
        replace(one, kind=name)
        for name, check in CHECKS.items()
        for one in check.run(case)
        if one.start < one.end
    ]
    return sorted(set(found), key=lambda one: (one.start, one.end, one.kind))
