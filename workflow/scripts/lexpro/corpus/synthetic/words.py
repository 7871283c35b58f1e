"""The words of `words.yaml`, and numbers as judgments write them.

The renderings here are deliberately not those of `lexpro/law`: truth must not be made by the code
that is tested with it.
"""

from __future__ import annotations

from functools import cache
from random import Random

from lexpro.package_data import yaml_beside

DIGITS = "零一二三四五六七八九"


@cache
def words() -> dict:
    """All word lists (read once a process)."""
    return yaml_beside(__file__)


def _below_ten_thousand(n: int) -> str:
    out, gap = "", False
    for power, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, n = divmod(n, power)
        if digit:
            out += ("零" if gap else "") + DIGITS[digit] + unit
            gap = False
        else:
            gap = bool(out)
    return out


@cache
def chinese(n: int) -> str:
    """An integer from 0 to 9,999,999,999 in Chinese numerals: 10500 → 一万零五百."""
    if n == 0:
        return DIGITS[0]
    out = ""
    for power, unit in ((10**8, "亿"), (10**4, "万"), (1, "")):
        part, n = divmod(n, power)
        if part:
            out += ("零" if out and part < power_floor(power) else "") + _below_ten_thousand(part) + unit
    return out.removeprefix("一") if out.startswith("一十") else out


def power_floor(power: int) -> int:
    """Parts below this need a 零 before them (each group of four digits has a thousands place)."""
    return 1000 if power < 10**8 else 0


@cache
def chinese_term(months: int) -> str:
    """A term in words: 18 → 一年六个月, 36 → 三年, 8 → 八个月."""
    years, rest = divmod(months, 12)
    return (f"{chinese(years)}年" if years else "") + (f"{chinese(rest)}个月" if rest else "")


def chinese_date(year: int, month: int, day: int) -> str:
    """2021, 3, 15 → 二〇二一年三月十五日.

    Args:
        year: of four digits; they are written one by one.
        month: from 1 to 12.
        day: from 1 to 31.
    """
    digits = "".join("〇" if d == "0" else DIGITS[int(d)] for d in str(year))
    return f"{digits}年{chinese(month)}月{chinese(day)}日"


def money(rng: Random, yuan: int) -> str:
    """A sum in one of the ways in which facts state it: 3500元, 人民币3500元, 1.2万元."""
    if yuan >= 10_000 and yuan % 1000 == 0 and rng.random() < 0.4:
        return f"{yuan / 10_000:g}万元"
    return f"{'人民币' if rng.random() < 0.6 else ''}{yuan}元"


def sentence_money(rng: Random, yuan: int) -> str:
    """A sum as a judgment orders it: mostly in Chinese numerals."""
    return f"人民币{chinese(yuan) if rng.random() < 0.75 else yuan}元"


def masked_names(rng: Random, count: int) -> list[str]:
    """Names as courts publish them, different from each other: 张某甲, 李某, 王某某, 赵某1."""
    names: list[str] = []
    for surname in rng.sample(words()["surnames"], count):
        draw = rng.random()
        if draw < 0.4:
            tail = "某" + rng.choice(words()["ordinals"])
        elif draw < 0.7:
            tail = "某某"
        elif draw < 0.9:
            tail = "某"
        else:
            tail = f"某{rng.randint(1, 4)}"
        names.append(surname + tail)
    return names


def full_name(rng: Random, surname: str) -> str:
    """A made-up full name: nobody's in particular."""
    given = words()["given"]
    return surname + rng.choice(given) + (rng.choice(given) if rng.random() < 0.6 else "")
