"""Numerals of court documents: 三千五百, 叁仟伍佰, 二〇一七, 3,500, ３５００.

`parse` reads one whole numeral, `find` every numeral in a running text with what is said around
it (约, 余, 至), `render` writes one. Nothing here raises on any string; numbers have at most 30
digits, longer runs are not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

STYLES = ("chinese", "financial", "positional", "arabic", "grouped", "fullwidth")

# Everything is first written with ASCII digits and the units 十百千万亿.
_CANON = str.maketrans(
    "０１２３４５６７８９〇零○一二两三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸兩萬億拾佰仟．點",
    "012345678900012234567891234567892362万亿十百千.点",
) | {ord("廿"): "2十", ord("卅"): "3十"}
_ARABIC = "0-9０-９"
_DIGIT = _ARABIC + "〇零○一二两三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸兩"
_UNIT = "十百千万亿拾佰仟萬億"

# A numeral in running text: source for other patterns (no groups). Grouped digits need exactly
# three after each comma.
NUMERAL = (
    rf"(?:[{_ARABIC}]{{1,3}}(?:[,，][{_ARABIC}]{{3}}){{1,8}}(?![{_ARABIC}])(?:[.．][{_ARABIC}]"
    rf"{{1,8}})?[{_UNIT}]{{0,6}}"
    rf"|[{_DIGIT}{_UNIT}廿卅](?:[{_DIGIT}{_UNIT}]|[.．点點](?=[{_DIGIT}])){{0,40}})"
)
# Every character that a numeral may have, for sets of characters.
CHARACTERS = _DIGIT + _UNIT + "廿卅.．"
# Digits written once, then units only: 12,000 or 1.5万; whole = one numeral and nothing else.
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")
_FRACTION = re.compile(r"(.*[十百千万亿])点(\d{1,30})", re.ASCII)
_PLAIN = re.compile(r"\d{1,30}(?:[.点]\d{1,30})?", re.ASCII)
_SECTION = re.compile(
    r"0?(?:(\d{1,16}(?:[.点]\d{1,16})?)千)?(?:0?(\d{1,16}(?:[.点]\d{1,16})?)百)?(?:0?(\d?)(十)"
    r")?(0?\d{1,16}(?:[.点]\d{1,16})?)?",
    re.ASCII,
)


def _decimal(digits: str) -> Decimal:
    return Decimal(digits.replace("点", "."))


def _section(text: str) -> Decimal | None:
    """The value of a numeral below 万: digits, 千, 百, 十.

    A last digit after a unit without 零 is of the next unit (一百五).
    """
    if _PLAIN.fullmatch(text):
        return _decimal(text)
    match = _SECTION.fullmatch(text)
    if not text or not match:
        return None
    thousand, hundred, ten, has_ten, rest = match.groups()
    value = Decimal(0)
    if thousand:
        value += _decimal(thousand) * 1000
    if hundred:
        value += _decimal(hundred) * 100
    if has_ten:
        value += (int(ten) if ten else 1) * 10
    if rest:
        colloquial = len(rest) == 1 and rest != "0" and not has_ten
        value += _decimal(rest) * ((10 if hundred else 100) if colloquial else 1)
    return value


def _value(text: str) -> Decimal | None:
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        left, mark, right = text.rpartition(unit)
        if mark:
            high = _value(left)
            low = _value(right) if right else Decimal(0)
            if high is None or low is None:
                return None
            # 三万五 is 35,000, and 三万零五 30,005.
            if len(right) == 1 and right in "123456789":
                low *= size // 10
            return high * size + low
    return _section(text)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


# Courts use few numerals again and again: article numbers, days, round sums.
@lru_cache(maxsize=1 << 16)
def parse(text: str) -> int | float | None:
    """The number that `text` is as a whole, or None where it is not one numeral.

    A text of more than 64 characters is none.
    """
    if not text or len(text) > 64:
        return None
    canon = text.strip().translate(_CANON).replace("，", ",")
    canon = _GROUPED.sub("", canon)
    fraction = _FRACTION.fullmatch(canon)
    value = _value(fraction[1] if fraction else canon)
    if fraction and value is not None:
        value += Decimal("0." + fraction[2])
    return None if value is None else _number(value)


def parse_int(text: str) -> int | None:
    """`parse` for a count (an article's number, months): None for fractions too."""
    value = parse(text)
    return value if isinstance(value, int) else None


# 三四千, 十五六万: from three to four thousand; two digits before a unit are nothing else.
_NEAR = re.compile(r"十?([一二两三四五六七八])([二三四五六七八九])(?=[十百千万亿])")


def near(text: str) -> tuple[int | float, int | float] | None:
    """The ends of a rough number (三四千 is 3,000 to 4,000), None where it is not of that kind."""
    match = _NEAR.match(text)
    if not match or parse(match[2]) != (parse(match[1]) or 0) + 1:
        return None
    low = parse(text[: match.start(2)] + text[match.end(2) :])
    high = parse(text[: match.start(1)] + text[match.end(1) :])
    return None if low is None or high is None else (low, high)


@dataclass(frozen=True, slots=True)
class Number:
    """A number at text[start:end].

    Attributes:
        value: of a range, the lower end.
        start: of the number in the text.
        end: of the number in the text.
        high: upper end of a range (三至五), else None.
        approximate: whether the text says 约, 余, 多 or 近.
    """

    value: int | float
    start: int
    end: int
    high: int | float | None = None
    approximate: bool = False


ABOUT = "约|大约|近|将近|逾|超过|上(?=[百千万])"
# 约3, 三十余, 5余万, 三至五万.
_FIND = re.compile(
    rf"(?P<about>{ABOUT})?(?P<low>{NUMERAL})(?P<more>[余餘多几])?(?P<unit>"
    rf"[万亿千百萬億]+)?(?P<more2>[余餘多])?"
    rf"(?:(?P<to>至|到|-|—|~|～|－)(?P<high>{NUMERAL})(?P<more3>[余餘多])?)?"
)
_LAST_UNIT = re.compile(r"[万亿]+$")


def value_of(match: re.Match[str]) -> tuple[int | float | None, int | float | None]:
    """(value, upper end of a guess) of a match: 5余万, 三四千, 百余万.

    The match has the groups about, low, more, unit and more2. Of a numeral that begins with its
    unit 一 is left out (近百万, 千余), but 百 alone and 数百, 几十万 are no number.
    """
    text = match["low"] + (match["unit"] or "")
    if guess := near(text):
        return guess
    if text[0] in "十百千万亿":
        if match.string.endswith(("数", "几"), 0, match.start("low")):
            return None, None
        about = match["about"] or match["more"] or match["more2"]
        text = "一" + text if text[0] != "十" and (about or len(text) > 1) else text
    return parse(text), None


def find(text: str) -> list[Number]:
    """Every numeral of `text`, in order, never overlapping."""
    found = []
    for match in _FIND.finditer(text):
        low, guess = value_of(match)
        if low is None:
            continue
        high = parse(match["high"]) if match["high"] else guess
        if high is not None and guess is None:
            # 三至五万: the unit belongs to both ends.
            unit = _LAST_UNIT.search(match["high"].translate(_CANON))
            if unit and high > low and not _LAST_UNIT.search(match["low"].translate(_CANON)):
                both = parse(match["low"] + unit[0])
                low = both if both is not None and both <= high else low
        about = bool(guess or match["about"] or match["more"] or match["more2"] or match["more3"])
        found.append(Number(low, match.start(), match.end(), high, about))
    return found


_RENDER = {"chinese": ("零一二三四五六七八九", "十百千"), "financial": ("零壹贰叁肆伍陆柒捌玖", "拾佰仟")}
_FULLWIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
_POSITIONAL = str.maketrans("0123456789.", "〇一二三四五六七八九点")


def _render_section(value: int, digits: str, units: str) -> str:
    out, zero = "", False
    for power in (3, 2, 1, 0):
        digit = value // 10**power % 10
        if digit == 0:
            zero = bool(out)
            continue
        out += (digits[0] if zero else "") + digits[digit] + (units[power - 1] if power else "")
        zero = False
    return out


def _render_whole(value: int, style: str) -> str:
    digits, units = _RENDER[style]
    if value == 0:
        return digits[0]
    out = ""
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, value = divmod(value, size)
        if part:
            gap = out and part < (1000 if size < 10**8 else 1)
            body = _render_whole(part, style) if part >= 10**4 else _render_section(part, digits, units)
            out += (digits[0] if gap else "") + body + unit
    # 十五, not 一十五, at the very beginning (financial numerals keep it).
    return out[1:] if style == "chinese" and out.startswith("一十") else out


def render(value: int | float, style: str = "chinese") -> str:
    """A number in one of `STYLES`; `parse` reads it back.

    Raises:
        ValueError: the number is negative or above 10^16, or the style unknown.
    """
    if style not in STYLES:
        raise ValueError(f"unknown style of numeral {style!r}: one of {', '.join(STYLES)}")
    if value < 0 or value >= 10**16:
        raise ValueError(f"cannot render {value}: from 0 to 10^16")
    plain = format(Decimal(str(value)), "f")
    whole, _, fraction = plain.partition(".")
    fraction = fraction.rstrip("0")
    if style in _RENDER:
        tail = "".join(_RENDER[style][0][int(digit)] for digit in fraction)
        return _render_whole(int(whole), style) + ("点" + tail if tail else "")
    if style == "grouped":
        whole = format(int(whole), ",")
    plain = whole + ("." + fraction if fraction else "")
    return plain.translate({"fullwidth": _FULLWIDTH, "positional": _POSITIONAL}.get(style, {}))
