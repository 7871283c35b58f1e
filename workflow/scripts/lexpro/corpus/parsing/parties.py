"""Names of the defendants (被告人), from the list of parties or else from the judgment."""

from __future__ import annotations

import re

_ROLE = (
    r"(?:(?:原审)?上诉人\s{0,4}（\s{0,4})?(?:原审)?被\s?告\s?(?:人|单\s?位)(?:暨"
    r"[^，。；：（）\s]{0,16}被告人?)?(?:（[^）]{1,12}）)?\s{0,4}[：:]?\s{0,4}）?\s{0,4}"
)
# A foreigner's (LI HUA) has spaces, other names end there.
_LATIN = r"[A-Z][A-Za-z.'’-]{0,30}(?:[ ·,][A-Z][A-Za-z.'’-]{0,30}){0,5}(?![A-Za-z])"
# A name ends at punctuation or at what is said of the person; the first character is never part of
# such a phrase (于某).
_NAME = (
    rf"(?P<name>{_LATIN}|"
    r"[^，。；：（）、\s“”《》0-9](?:(?!因涉嫌|因本案|涉嫌"
    r"|男[，,]|女[，,]|犯[^\s]{1,30}罪|到庭|无视|曾因|曾于|被控|不服"
    r"|被判|于[0-9一二]|曾用名|绰号|外号|别名)[^，。；：（）、\s“”《》]){0,30})"
)
# Several under one role, and nothing else: 上诉人（原审被告人）张某、李某。
_SEVERAL = r"(?:、[^，。；：（）、\s“”《》0-9]{2,5}[0-9]?){1,50}(?=。)"
_OTHERS = re.compile(_SEVERAL)
# 被告人自报张某甲, 被告人（自报）: the name that was given.
_LISTED = re.compile(
    rf"(?:^|(?<=[。；\s])){_ROLE}(?:自报(?:姓名|名)?[：:]?)?{_NAME}(?="
    rf"[，。；：（\s]|男|女|因|涉|曾|被|不|于|犯|绰|外|别|到|无|$|{_SEVERAL})"
)
_JUDGED = re.compile(
    r"被\s?告\s?(?:人|单\s?位)）?\s{0,4}"
    rf"(?P<name>[^，。；：（）\s“”《》]{{1,40}}?|{_LATIN})\s?犯(?!罪)"
)
_ANYWHERE = re.compile(
    r"被告(?:人|单位)(?P<name>[^，。；：（）、\s“”《》的犯在及于因系与和]{2,4}?)(?="
    r"[，。；：（）、\s的犯在及于因系与和])"
)
_BAD = re.compile(
    r"^(?:及其|的|在|于[0-9本案]|对|均|到案|到庭|与|和其|无罪|认为|系"
    r"|辩|供|如实|户籍|基本|自愿|构成|是)|人民|检察|法院|辩护|公诉|指控"
    r"|事实|起诉|审理|一案|情况"
)
# What goes on behind a name that was listed already: 被告人张某因吸食毒品…
_MORE = re.compile(r"因|不服|曾|于|系|被|在|对|及|的|自")
# More names than this in one text are no list of defendants.
_MOST = 200
_LONGEST = 16
UNIT = re.compile(r"公司|厂|店|中心|合作社|协会|学校|医院|集团|局|委员会|所$|部$|行$")


def _sound(name: str) -> bool:
    return bool(name) and not _BAD.search(name) and (len(name) <= _LONGEST or bool(UNIT.search(name)))


def listed(parties: str) -> list[str]:
    """Names of the defendants in the list of parties, in order, each once."""
    names: list[str] = []
    found: list[str] = []
    for match in _LISTED.finditer(parties):
        others = _OTHERS.match(parties, match.end("name"))
        found += [match["name"].strip(), *(others[0][1:].split("、") if others else [])]
    for name in dict.fromkeys(found):
        if _sound(name) and not any(
            name.startswith(known) and _MORE.match(name, len(known)) for known in names
        ):
            names.append(name)
            if len(names) == _MOST:
                break
    return names


def judged(judgment: str) -> list[str]:
    """Names before 犯 in the judgment (被告人张某甲、李某犯…)."""
    found: list[str] = []
    for match in _JUDGED.finditer(judgment):
        found += [part.removeprefix("被告人") for part in re.split(r"[、和及]", match["name"])]
    return list(dict.fromkeys(name for name in found if _sound(name)))[:_MOST]


def mentioned(text: str) -> list[str]:
    """Names behind 被告人 anywhere: the last resort for documents that were cut."""
    return list(dict.fromkeys(m["name"] for m in _ANYWHERE.finditer(text) if _sound(m["name"])))[:_MOST]
