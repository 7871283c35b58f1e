"""The money of a case, each kind apart: restitution (退赔), compensation (赔偿), amount involved (涉案金额)."""

from __future__ import annotations

import re

from lexpro.corpus.record import Money
from lexpro.corpus.sentence import clean
from lexpro.law import money

_SENTENCE = re.compile(r"[^。；\n]+")
_RESTITUTION = re.compile(r"退\s?赔|退\s?缴|退\s?还|返\s?还|发\s?还|追\s?缴|退\s?出")
_COMPENSATION = re.compile(r"赔偿")
_TOTAL = re.compile(r"(?:共计|合计|总计|总额)(?:为|金额)?(?:人民币)?$")
_EXCLUDED = re.compile(r"(?:罚金|财产|其中)[^，。；]{0,14}$")


def _total(sentence: str, start: int) -> Money:
    """The sum of what a sentence orders to be paid; a total that it states itself counts alone.

    Of 600元中的400元 only the second is paid, and 其中 begins parts of what was counted.
    """
    total: Money = 0
    for found in money.find(sentence, start):
        before = sentence[max(0, found.start - 16) : found.start]
        if found.currency != money.YUAN or _EXCLUDED.search(before) or sentence.startswith("中", found.end):
            continue
        if _TOTAL.search(before):
            return found.amount
        total += found.amount
    return total


def ordered(judgment: str) -> tuple[Money, Money]:
    """(restitution, compensation) that the operative part orders or disposes of, in yuan."""
    restitution: Money = 0
    compensation: Money = 0
    for match in _SENTENCE.finditer(clean(judgment)):
        sentence = match[0]
        back = _RESTITUTION.search(sentence)
        pays = _COMPENSATION.search(sentence)
        if not back and not pays:
            continue
        sentenced = re.search(r"犯[^，]{2,60}罪", sentence)
        first = (back or pays).start() if sentenced else 0  # type: ignore[union-attr]
        if back and (not pays or back.start() < pays.start()):
            restitution += _total(sentence, first)
        else:
            compensation += _total(sentence, first)
    return restitution, compensation


_CLAUSES = re.compile(r"[^；。\n]+")
# What is not the amount of the crime; where a sum is said to be a total; where it is the value of something.
_AMOUNT_NOT = re.compile(r"退|赔|罚金|谅解|扣押|发还|返还|缴|垫付|保证金|押金")
_AMOUNT_TOTAL = re.compile(r"(?:共计|合计|总计|总价值?|总额|累计)[^，。；]{0,10}$")
_AMOUNT_VALUE = re.compile(r"(?:价值|折价|数额|金额|价格)[^，。；]{0,8}$")


def amount(reasoning: str, facts: str) -> Money:
    """The sum that the case is about: a total if one is stated (in the reasoning first), else the values added up."""
    for text in (reasoning, facts):
        totals: list[Money] = []
        values: list[Money] = []
        others: list[Money] = []
        for match in _CLAUSES.finditer(text):
            clause = match[0]
            if "元" not in clause:
                continue
            for found in money.find(clause):
                before = clause[max(0, found.start - 14) : found.start]
                if found.currency != money.YUAN or _AMOUNT_NOT.search(
                    clause[max(0, found.start - 20) : found.end + 6]
                ):
                    continue
                if _AMOUNT_TOTAL.search(before):
                    totals.append(found.amount)
                elif _AMOUNT_VALUE.search(before):
                    values.append(found.amount)
                else:
                    others.append(found.amount)
        if totals:
            return max(totals)
        if values:
            return sum(values)
        if others:
            return max(others)
    return 0
