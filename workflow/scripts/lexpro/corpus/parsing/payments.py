"""What a judgment orders to be paid: restitution (退赔) and compensation (赔偿), each apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lexpro.corpus.parsing.tokens import clean
from lexpro.law import money
from lexpro.records import Defendant, Money

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


def _orders(judgment: str) -> Iterator[tuple[str, str, int]]:
    """(restitution or compensation, sentence, where the order begins) of the operative part."""
    for match in _SENTENCE.finditer(clean(judgment)):
        sentence = match[0]
        back = _RESTITUTION.search(sentence)
        pays = _COMPENSATION.search(sentence)
        if not back and not pays:
            continue
        sentenced = re.search(r"犯[^，]{2,60}罪", sentence)
        first = (back or pays).start() if sentenced else 0  # type: ignore[union-attr]
        is_restitution = back and (not pays or back.start() < pays.start())
        yield "restitution" if is_restitution else "compensation", sentence, first


# An insurer's share, or another company's, is not the defendant's.
_OF_ANOTHER = re.compile(r"(?:附带民事诉讼被告人?|保险)[^，。；]{0,40}公司[^，。；]{0,40}?(?:赔偿|支付|赔付)")
_OF_DEFENDANT = re.compile(r"(?<!诉讼)被告(?:人|单位)")


def _another_pays(sentence: str) -> bool:
    match = _OF_ANOTHER.search(sentence)
    return bool(match) and not _OF_DEFENDANT.search(sentence)


def ordered(judgment: str) -> tuple[Money, Money]:
    """(restitution, compensation) that the operative part orders or disposes of, in yuan."""
    owed: dict[str, Money] = {"restitution": 0, "compensation": 0}
    for kind, sentence, first in _orders(judgment):
        owed[kind] += _total(sentence, first)
    return owed["restitution"], owed["compensation"]


# Who pays: defendants by name (not the beginning of a longer one: 张某 in 张某甲), or all of them.
# but 张某2011年因… and 张某28次 end it.
_LONGER = re.compile("[某甲乙丙丁戊己庚辛壬癸×]|[0-9](?![0-9]{3}年|[0-9]?(?:次(?!日)|起))")
_ALL_OF_THEM = re.compile(r"(?:[二三四五六七八九十两各]|上述|以上|全体)(?:名|位|个)?被告人")
_JOINED = re.compile(r"[、，,和及与]?(?:以及)?(?:被告(?:人|单位))?")


def _places_of(sentence: str, name: str) -> Iterator[int]:
    """Where a name stands, not counting where it begins a longer one."""
    at = sentence.find(name)
    while at >= 0:
        if not _LONGER.match(sentence, at + len(name)):
            yield at
        at = sentence.find(name, at + 1)


def named_in(text: str, names: Iterable[str]) -> list[tuple[int, str]]:
    """(where, who) of the names in a text, in order; none inside another (刘某 in 刘某民)."""
    found: list[tuple[int, str]] = []
    end = 0
    places = ((at, -len(one), one) for one in names for at in _places_of(text, one))
    for start, _, name in sorted(places):
        if start >= end:
            found.append((start, name))
            end = start + len(name)
    return found


def _payers(sentence: str, names: list[str]) -> list[tuple[int, list[str]]]:
    """(where, who) of each group of defendants that a sentence names.

    被告人甲、乙共同… is one group.
    """
    if not names:
        return []
    groups: list[tuple[int, list[str]]] = []
    end = 0
    for start, name in named_in(sentence, names):
        if groups and _JOINED.fullmatch(sentence, end, start):
            groups[-1][1].append(name)
        else:
            groups.append((start, [name]))
        end = start + len(name)
    groups += [(match.start(), names) for match in _ALL_OF_THEM.finditer(sentence)]
    return sorted(groups)


def assign(judgment: str, defendants: list[Defendant]) -> None:
    """Set `restitution` and `compensation` of each defendant from the operative part, in yuan.

    An only defendant owes all of it. Of several, a sum is owed by those named last before it, and
    by who answers for it jointly (承担连带责任); where nobody is named, by nobody.
    """
    if len(defendants) == 1:
        own: dict[str, Money] = {"restitution": 0, "compensation": 0}
        for kind, sentence, first in _orders(judgment):
            own[kind] += 0 if _another_pays(sentence) else _total(sentence, first)
        defendants[0].restitution, defendants[0].compensation = own["restitution"], own["compensation"]
        return
    names = [defendant.name for defendant in defendants]
    owed = {name: {"restitution": 0, "compensation": 0} for name in names}
    for kind, sentence, first in _orders(judgment):
        groups = _payers(sentence, names)
        starts = [*(max(first, start) for start, _ in groups), len(sentence)]
        total: Money = 0
        for (_, who), start, end in zip(groups, starts, starts[1:], strict=False):
            stated = _total(sentence[:end], start)
            total = stated if stated or "连带" not in sentence[start:end] else total
            for name in dict.fromkeys(who):
                owed[name][kind] += stated or (total if "连带" in sentence[start:end] else 0)
    for defendant in defendants:
        defendant.restitution = owed[defendant.name]["restitution"]
        defendant.compensation = owed[defendant.name]["compensation"]
