"""The 31 provinces (省级行政区), from a case number, a court's name, or the name of a place.

Case numbers bear the province's letter since 2016 (法〔2015〕137号); before that the court chose
its own abbreviation, so an older number says nothing. 兵 is the Production and Construction
Corps in 新疆; Hong Kong, Macao and Taiwan have other courts.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from lexpro.package_data import lines_beside

LETTERS = {
    "京": "北京", "津": "天津", "冀": "河北", "晋": "山西", "内": "内蒙古", "辽": "辽宁", "吉": "吉林", "黑": "黑龙江",
    "沪": "上海", "苏": "江苏", "浙": "浙江", "皖": "安徽", "闽": "福建", "赣": "江西", "鲁": "山东", "豫": "河南",
    "鄂": "湖北", "湘": "湖南", "粤": "广东", "桂": "广西", "琼": "海南", "渝": "重庆", "川": "四川", "黔": "贵州",
    "云": "云南", "藏": "西藏", "陕": "陕西", "甘": "甘肃", "青": "青海", "宁": "宁夏", "新": "新疆", "兵": "新疆",
}  # fmt: skip
PROVINCES = tuple(dict.fromkeys(LETTERS.values()))
MUNICIPALITIES = ("北京", "天津", "上海", "重庆")

# A letter, then the court's code of up to four digits, then the kind of case:
# （2017）沪0120刑初684号.
_LETTER = re.compile(
    r"[（(\[［〔【]?\s{0,4}(?P<year>[12][0-9]{3})\s{0,4}[）)\]］〕】]?\s{0,4}(?P<letter>["
    + "".join(LETTERS)
    + r"])(?P<code>[0-9]{2,4}|(?=刑|民|行|执|高|最))"
)
# Three divisions of 青海 and 内蒙古 bear the name of another province.
_PROVINCE = re.compile(r"(?!海南藏族|海南区|河南蒙古族)(?:" + "|".join(PROVINCES) + ")")
_CORPS = re.compile(r"兵团|垦区")
# Whole names first (a run of characters that ends in a division's suffix), then prefectures by
# their short names.
_PART = re.compile(r"[市县区旗州盟地]")
_SUFFIX = re.compile(r"(?:地区|(?:[一-龥]{1,12}族)+自治州|自治州|市|盟)$")


@cache
def _names() -> tuple[dict[str, set[tuple[str, str]]], dict[str, tuple[str, str]], int]:
    """(name of a county or prefecture → where it may be, short prefecture → where, longest name).

    A place is (province, prefecture).
    """
    table: dict[str, set[tuple[str, str]]] = {}
    short: dict[str, tuple[str, str]] = {}
    for line in lines_beside(__file__):
        province, city, *counties = line.split()
        for name in (city, *counties):
            table.setdefault(name, set()).add((province, city))
        stem = _SUFFIX.sub("", city)
        if len(stem) >= 2 and stem not in PROVINCES:
            short.setdefault(stem, (province, city))
    # 吉林市 is a prefecture of 吉林; a municipality is its own prefecture.
    for name in MUNICIPALITIES:
        table[f"{name}市"] = {(name, f"{name}市")}
    return table, short, max(map(len, table))


def by_case_number(case_number: str) -> str | None:
    """The province of a case number of 2016 or later, else None."""
    match = _LETTER.search(case_number)
    return LETTERS[match["letter"]] if match and int(match["year"]) >= 2016 else None


# There are some 3,500 courts.
@lru_cache(maxsize=1 << 13)
def locate(name: str, province: str | None = None) -> tuple[str | None, str | None]:
    """(province, prefecture) that the name of a court, an authority or a place lies in.

    Args:
        name: the name.
        province: what is known already; it decides between counties of the same name.

    Returns:
        None in place of what is unknown or ambiguous.
    """
    table, short, longest = _names()
    name = name[:60]
    # 吉林市 must not be read as the province with something behind it, though it is in it.
    match = _PROVINCE.match(name.lstrip("（( 　"))
    if match:
        province = match[0]
    elif _CORPS.search(name):
        province = "新疆"
    city: str | None = None
    start = 0
    candidates: set[tuple[str, str]] | None = None
    for part in _PART.finditer(name):
        end = part.end()
        for begin in range(max(start, end - longest), end - 1):
            found = table.get(name[begin:end])
            if found is None:
                continue
            places = {place for place in found if province in (None, place[0])}
            if city and any(place[1] == city for place in places):
                places = {place for place in places if place[1] == city}
            if places:
                candidates = places if candidates is None or len(places) <= len(candidates) else candidates
                if len(candidates) == 1:
                    place = next(iter(candidates))
                    province = province or place[0]
                    city = city or place[1]
                start = end
            break
    if city is None and candidates is None:
        named = next((short[name[:size]] for size in (5, 4, 3, 2) if name[:size] in short), None)
        if named is None and match:
            rest = name[match.end() :].lstrip("省市")
            named = next((short[rest[:size]] for size in (5, 4, 3, 2) if rest[:size] in short), None)
        if named and province in (None, named[0]):
            province, city = named
    if province is None and candidates:
        provinces = {place[0] for place in candidates}
        province = provinces.pop() if len(provinces) == 1 else None
    if city is None and province in MUNICIPALITIES:
        city = f"{province}市"
    return province, city


def resolve(text: str) -> str | None:
    """The province that a free name or hint (湖北, 湖北省, 武汉) stands for, or None."""
    match = _PROVINCE.search(text)
    return match[0] if match else locate(text)[0]
