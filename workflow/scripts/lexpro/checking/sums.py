"""Sums that do not add up: parts and their total in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lexpro.checking.case import Case, Finding
from lexpro.law import money, numerals

_SENTENCE = re.compile(r"[^。\n]+")
_TOTAL = re.compile(
    r"(?:共计|合计|总计|总额|以上共|上述共)(?:价值|金额|损失|折合|折价|为|经[^，。；]{0,6})*(?:人民币)?[^，。；、元0-9]{0,2}$"
)
# Said in between: another story, or a sum that is part of another.
_STORY = re.compile(
    r"其中|已|尚|还|退|赔|扣|余|每|各|分别|约|转账|罚|支付|获利|得款|卖|销|欠|抵|押|剩|收|借|付|单价|均价|价格为|或"
)
# A product or a quotient: 62.6元/日×101日, 57470元÷2.
_RATE = re.compile(r"[×÷=＝*／+＋]|[0-9元]\s?[/xX]")
_BRACKETS = re.compile(r"（[^（）]*）")
# A number without a unit may be one of the sums: 手机价值150，.
_BARE = re.compile(r"[0-9](?=[）、，；])")
# 两项合计: of so many, not of all that stand before.
_OF_SO_MANY = re.compile(r"(?P<number>[两二三四五六七八九十])\s?[项笔次人者样件部台起处罪]")
# A sum whose 元 is left out: 汇入50万，.
_NO_YUAN = re.compile(r"[0-9][万亿](?!元|圆)")
# More words than this between the last part and its total tell of something else.
_FAR = 24
_LAST_DIGIT = re.compile(r"(?:\.(?P<decimals>[0-9]+))?\s*(?P<unit>[万亿]?)[^0-9]*$")
# A total that is further away from the sum than this was not meant to be it.
NEAR = 0.5
# A sentence with more characters is no sentence.
LONGEST = 4000


def sums(case: Case) -> Iterator[Finding]:
    """Parts that stand before a total and do not make it.

    They are all sums of the sentence since the total before, of one story: no payment back, no part
    of a part, no thing without a value. A total that none of their endings makes, also without one
    of them, and that is near to their sum, is a finding.
    """
    for sentence in _SENTENCE.finditer(case.plain):
        text = sentence[0]
        for listed, total in totals(text):
            wanted = round(100 * total.amount)
            cents = [round(100 * part.amount) for part in listed]
            if max(cents) >= wanted or abs(wanted - sum(cents)) > NEAR * wanted:
                continue
            outside = [round(100 * part.amount) for part in listed if not _inside(text, part)]
            # What is written in 万 has lost its jiao.
            rounded = max(_grain(text, total), 100 * any("万" in text[p.start : p.end] for p in listed))
            if any(abs(wanted - made) < rounded for made in _made(cents) | _made(outside)):
                continue
            shown = " + ".join(f"{part.amount:,.15g}" for part in listed)
            reason = f"{shown} = {sum(cents) / 100:,.15g}元，文书写的总数是 {total.amount:,.15g}元。"
            yield Finding(sentence.start() + listed[0].start, sentence.start() + total.end, reason, "相加")


def totals(text: str) -> Iterator[tuple[list[money.Money], money.Money]]:
    """Each total of a sentence with its parts, where it is clear what they are."""
    if len(text) > LONGEST or not money.WRITTEN.search(text):
        return
    found = money.find(text)
    begin = 0
    for number, total in enumerate(found):
        if _TOTAL.search(text, max(0, total.start - 24), total.start):
            parts, begin = found[begin:number], number + 1
            if listed := _listed(text, parts, total):
                yield listed, total


def _listed(text: str, parts: list[money.Money], total: money.Money) -> list[money.Money]:
    """The parts of a total; [] where it is not clear what they are."""
    if len(parts) < 2 or any(map(_unclear, [*parts, total])):
        return []
    first = parts[0].start
    between = text[parts[0].end : total.start]
    # A total in brackets is that of the thing before them.
    open_ = text[: total.start].count("（") > text[: total.start].count("）")
    if open_ or _STORY.search(between) or re.search("[每各]", text[max(0, first - 6) : first]):
        return []
    rates = [match.span() for match in _BRACKETS.finditer(text) if _RATE.search(match[0])]
    kept = [part for part in parts if not any(a < part.end and part.start < b for a, b in rates)]
    plain = _without(text[: total.start], rates)[first:]
    tail = plain[kept[-1].end - first :] if kept else ""
    many = _OF_SO_MANY.search(tail)
    if (
        len(kept) < 2
        or _RATE.search(plain)
        or _NO_YUAN.search(text, 0, total.start)
        or re.search(r"[和及与、]|[0-9]|；(?!以上|上述|共|合|总)", tail)
        or len(tail) > _FAR
        or re.search(money.FOREIGN, text[max(0, first - 10) : total.end])
        or (many and numerals.parse_int(many["number"]) != len(kept))
        or _BARE.search(_without(plain, [(part.start - first, part.end - first) for part in kept]))
        or any(text[part.start : part.end].endswith("块") for part in kept)
    ):
        return []
    # Every thing of the list has a value.
    values = [part.start - first for part in kept] + [len(plain)]
    pieces = [plain[a:b] for a, b in zip(values, values[1:], strict=False)]
    return [] if any(piece.count("、") > 1 for piece in pieces) else kept


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with blanks where spans are; same places."""
    for start, end in spans:
        text = text[:start] + "　" * (min(end, len(text)) - start) + text[end:]
    return text


def _inside(text: str, part: money.Money) -> bool:
    """Whether a sum stands in brackets."""
    return text[: part.start].count("（") > text[: part.start].count("）")


def _made(cents: list[int]) -> set[int]:
    """What the endings of a list make, also without one of them: the words on an envelope."""
    made = {sum(cents[first:]) for first in range(len(cents) - 1)}
    return made | {whole - one for whole in made for one in cents}


def _grain(text: str, total: money.Money) -> int:
    """What the last digit of a total as written is worth (cents): it may be rounded to that."""
    match = _LAST_DIGIT.search(text[total.start : total.end])
    if match is None:
        return 1
    unit = {"万": 1_000_000, "亿": 10_000_000_000}.get(match["unit"], 100)
    return max(1, unit // 10 ** len(match["decimals"] or ""))


def _unclear(one: money.Money) -> bool:
    return bool(one.approximate or one.high or one.currency != money.YUAN)
