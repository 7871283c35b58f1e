"""Names of the defendants (被告人), as the list of parties gives them, or the judgment where there is no list."""

from __future__ import annotations

import re

_ROLE = r"(?:上诉人\s*（\s*)?(?:原审)?被\s?告\s?(?:人|单\s?位)(?:（[^）]{1,12}）)?\s*[：:]?\s*）?\s*"
# A name ends at punctuation or at what is said of the person; the first character is never part of such a phrase (于某).
_NAME = r"(?P<name>[^，。；：（）、\s“”《》0-9](?:(?!因涉嫌|因本案|涉嫌|[，]|男[，,]|女[，,]|犯[^\s]{1,30}罪|到庭|无视|曾用名|自报|绰号|外号|别名)[^，。；：（）、\s“”《》]){0,30})"
_LISTED = re.compile(rf"(?:^|(?<=[。；\s]))(?:附带民事诉讼)?{_ROLE}{_NAME}(?=[，。；：（\s]|男|女|因|涉|曾|自|绰|外|别|$)")
_JUDGED = re.compile(r"被\s?告\s?(?:人|单\s?位)\s*(?P<name>[^，。；：（）\s“”《》]{1,40}?)犯(?!罪)")
_ANYWHERE = re.compile(r"被告(?:人|单位)(?P<name>[^，。；：（）、\s“”《》的犯在及于因系与和]{2,4}?)(?=[，。；：（）、\s的犯在及于因系与和])")
_BAD = re.compile(r"^(?:及|的|在|于|对|均|到|与|和|无|认|系|辩|供|如|户|基本|自愿|构成|是|[×xX*]$)|人民|检察|法院|辩护|公诉|指控|事实|起诉|审理")
_LONGEST = 16
_UNIT = re.compile(r"公司|厂|店|中心|合作社|协会|学校|医院|集团|局|委员会|所$|部$|行$")


def _sound(name: str) -> bool:
    return bool(name) and not _BAD.search(name) and (len(name) <= _LONGEST or bool(_UNIT.search(name)))


def listed(parties: str) -> list[str]:
    """Names of the defendants in the list of parties, in order, each once."""
    names = (match["name"].strip() for match in _LISTED.finditer(parties))
    return list(dict.fromkeys(name for name in names if _sound(name)))


def judged(judgment: str) -> list[str]:
    """Names before 犯 in the judgment (被告人张某甲、李某犯…)."""
    found: list[str] = []
    for match in _JUDGED.finditer(judgment):
        found += [part.removeprefix("被告人") for part in re.split(r"[、和及]", match["name"])]
    return list(dict.fromkeys(name for name in found if _sound(name)))


def mentioned(text: str) -> list[str]:
    """Names behind 被告人 anywhere: the last resort for documents that were cut."""
    return list(dict.fromkeys(m["name"] for m in _ANYWHERE.finditer(text) if _sound(m["name"])))
