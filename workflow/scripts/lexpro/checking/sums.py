"""Sums that do not add up: parts and their total in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lexpro.checking.case import Case, Finding
from lexpro.law import money

_SENTENCE = re.compile(r"[^。\n]+")
_TOTAL = re.compile(
    r"(?:共计|合计|总计|总额|以上共|上述共)(?:价值|金额|损失|折合|折价|为|经[^，。；]{0,6})*(?:人民币)?[^，。；、元0-9]{0,2}$"
)
# Said in between: another story, or a sum that is part of another.
_STORY = re.compile(
    r"其中|已|尚|还|退|赔|扣|余|每|各|分别|约|转账|罚|支付|获利|得款|卖|销|欠|抵|押|剩|收|借|付|单价|均价|价格为"
)
# A total that is further away from the sum than this was not meant to be it.
NEAR = 0.5
# A sentence with more characters is no sentence.
LONGEST = 4000


def sums(case: Case) -> Iterator[Finding]:
    """Parts that stand before a total and do not make it.

    They are all sums of the sentence since the total before, of one story: no payment back, no part
    of a part. A total that none of their endings makes, also without one of them, and that is near
    to their sum, is a finding.
    """
    for sentence in _SENTENCE.finditer(case.plain):
        text = sentence[0]
        if len(text) > LONGEST or not money.WRITTEN.search(text):
            continue
        found = money.find(text)
        begin = 0
        for number, total in enumerate(found):
            if not _TOTAL.search(text, max(0, total.start - 24), total.start):
                continue
            parts, begin = found[begin:number], number + 1
            if len(parts) < 2 or any(map(_unclear, [*parts, total])):
                continue
            between = text[parts[0].end : total.start]
            # A total in brackets is that of the thing before them.
            open_ = text[: total.start].count("（") > text[: total.start].count("）")
            if open_ or _STORY.search(between):
                continue
            cents = [round(100 * part.amount) for part in parts]
            wanted = round(100 * total.amount)
            made = {sum(cents[first:]) for first in range(len(cents) - 1)}
            # One may be no part: the words on an envelope.
            made |= {whole - one for whole in made for one in cents}
            if wanted in made or max(cents) >= wanted or abs(wanted - sum(cents)) > NEAR * wanted:
                continue
            shown = " + ".join(f"{part.amount:,.15g}" for part in parts)
            reason = f"{shown} = {sum(cents) / 100:,.15g}元，文书写的总数是 {total.amount:,.15g}元。"
            yield Finding(sentence.start() + parts[0].start, sentence.start() + total.end, reason, "相加")


def _unclear(one: money.Money) -> bool:
    return bool(one.approximate or one.high or one.currency != money.YUAN)
