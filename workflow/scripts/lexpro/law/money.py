"""Sums of money (金额): 人民币五千元, 5.2万余元, 1,000元, 三百二十元五角, 3至5万元.

Sums in foreign currencies are left as such.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lexpro.law import numerals

YUAN = "元"
# A currency and its other names and signs, a line each. Before the number they count too: 美元300元
# are dollars.
_LINES = (
    "美元 美金 US$ USD $", "港元 港币 港幣 HK$ HKD", "欧元 EUR €", "英镑 £", "日元 日币", "澳元 澳币", "加元 加币",
    "韩元 韩币", "新台币 台币", "澳门元 澳门币", "新加坡元 新加坡币", "比索 披索", "泰铢", "卢布", "瑞士法郎",
    "越南盾", "缅币", "卢比", "林吉特",
)  # fmt: skip
_NAMES = {name: line.split()[0] for line in _LINES for name in line.split()}
_ANY = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))
FOREIGN = "|".join(name for name in sorted(_NAMES, key=len, reverse=True) if "一" <= name[0] <= "龥")

_N = numerals.NUMERAL
_UNIT = "[万亿千百萬億]"
_MORE = "[余餘多几]"
# What counts things, not money: 人民币100张.
_COUNTED = "[年月日号张枚个名次笔件台部克份]"
# The yuan sign may be written 圆; 块 is speech, if no thing follows. 元 of 单元, 公元, 美元 has no
# numeral before it. Behind the name or the sign of a currency it may be left out (￥500, 港币5万).
_FIRST = "".join({name[0] for name in _NAMES}) + "人Rr¥￥现约近将逾大超上" + numerals.CHARACTERS
_MONEY = re.compile(
    rf"(?=[{_FIRST}\s])"
    rf"(?:(?P<sign>人民币|RMB|rmb|[¥￥]|{_ANY})(?:（[^）]{{1,12}}）)?)?(?:现金)?\s{{0,4}}"
    rf"(?P<about>{numerals.ABOUT})?(?P<low>{_N})(?P<more>{_MORE})?\s{{0,2}}(?P<unit>{_UNIT}+)?"
    rf"(?:元?(?:至|到|-|—|~|～|－)(?P<high>{_N})(?P<unit2>{_UNIT}+)?)?(?P<more2>[余餘多])?\s{{0,4}}"
    rf"(?:(?P<currency>{FOREIGN}|元(?:港币|美金|台币|人民币)?|圆|块(?:钱|(?![一-龥])))"
    rf"(?:(?P<jiao>{_N})角)?(?:(?P<fen>{_N})分)?(?P<more3>[余多])?"
    rf"|(?(sign)(?![{numerals.CHARACTERS}]|{_COUNTED}|元|圆)|(?!)))"
)

# Where this is not found there is no sum: quicker than looking for one.
WRITTEN = re.compile(r"[元圆¥￥]|人民币|RMB|rmb")


@dataclass(frozen=True, slots=True)
class Money:
    """A sum at text[start:end].

    Attributes:
        amount: of a range, the lower end.
        start: of the sum in the text.
        end: of the sum in the text.
        currency: 元 is yuan renminbi.
        high: upper end of a range, else None.
        approximate: whether the text says 约, 余, 多 or the like.
    """

    amount: int | float
    start: int
    end: int
    currency: str = YUAN
    high: int | float | None = None
    approximate: bool = False


def _tidy(value: float) -> int | float:
    value = round(value, 2)
    return int(value) if value == int(value) else value


def _currency(before: str | None, behind: str | None) -> str:
    """The currency by the name behind the number, else by what stands before it.

    Of 元港币 the second name counts.
    """
    behind = (behind or "").removeprefix("元")
    return YUAN if behind == "人民币" else _NAMES.get(behind) or _NAMES.get(before or "") or YUAN


def _from_match(match: re.Match[str]) -> Money | None:
    low, guess = numerals.value_of(match)
    if low is None:
        return None
    high = numerals.parse(match["high"] + (match["unit2"] or "")) if match["high"] else guess
    if high is not None and guess is None and high > low and not match["unit"]:
        # 3至5万元: the unit stands once, for both.
        unit = match["unit2"] or (match["high"][-1] if match["high"][-1] in "万亿萬億" else "")
        both = numerals.parse(match["low"] + unit) if unit and match["low"][-1] not in "万亿萬億" else None
        low = both if both is not None and both <= high else low
    for part, size in (("jiao", 10), ("fen", 100)):
        small = numerals.parse(match[part]) if match[part] else None
        low += small / size if small else 0
    currency = _currency(match["sign"], match["currency"])
    about = bool(guess or match["about"] or match["more"] or match["more2"] or match["more3"])
    return Money(_tidy(low), match.start(), match.end(), currency, high, about)


def find(text: str, start: int = 0, end: int | None = None) -> list[Money]:
    """Every sum of money in text[start:end], in order.

    Args:
        text: a running text.
        start: where the search begins, in characters.
        end: where it ends; None for the end of the text.

    Returns:
        Their places count from the beginning of the text.
    """
    matches = _MONEY.finditer(text, start, len(text) if end is None else end)
    return [money for money in map(_from_match, matches) if money]


def yuan(text: str, start: int = 0, end: int | None = None) -> list[int | float]:
    """The sums in yuan, without foreign currencies.

    Args:
        text: a running text.
        start: where the search begins, in characters.
        end: where it ends; None for the end of the text.

    Returns:
        In order; of a range the lower end.
    """
    return [money.amount for money in find(text, start, end) if money.currency == YUAN]


def parse(text: str) -> int | float | None:
    """The yuan that `text` is as a whole (人民币三千元整), or None."""
    text = text.strip().removesuffix("整")
    match = _MONEY.fullmatch(text)
    money = _from_match(match) if match else None
    return money.amount if money and money.currency == YUAN else None


def render(amount: int | float, style: str = "chinese") -> str:
    """`amount` yuan, to the fen, in a style of `numerals.STYLES`; `parse` reads it back."""
    if style in ("chinese", "financial", "positional"):
        fen = round(amount * 100)
        text = numerals.render(fen // 100, style) + "元"
        jiao, rest = fen // 10 % 10, fen % 10
        text += numerals.render(jiao, style) + "角" if jiao else ""
        return text + (numerals.render(rest, style) + "分" if rest else "")
    return numerals.render(round(amount, 2), style) + "元"
