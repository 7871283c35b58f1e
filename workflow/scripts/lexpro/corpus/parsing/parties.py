"""Names of the defendants (被告人), from the list of parties or else from the judgment."""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    r"|[男女][，,](?![男女][，,])|犯[^\s]{1,30}罪|到庭|无视|曾因|曾于|被控|不服"
    r"|被判|于[0-9一二]|[12][0-9]{3}年|曾用名|绰号|外号|别名)[^，。；：（）、\s“”《》]){0,30})"
)
# Several under one role, and nothing else: 上诉人（原审被告人）张某、李某。
_SEVERAL = r"(?:、[^，。；：（）、\s“”《》0-9]{2,5}[0-9]?){1,50}(?=。)"
_OTHERS = re.compile(_SEVERAL)
# 被告人自报张某甲, 被告人（自报）: the name that was given.
_LISTED = re.compile(
    rf"(?:^|(?<=[。；\s院所部）”号])){_ROLE}(?:自报(?:姓名|名)?[：:]?)?{_NAME}(?="
    rf"[，。；：（\s]|男|女|因|涉|曾|被|不|于|犯|绰|外|别|到|无|[12][0-9]{{3}}年|$|{_SEVERAL})"
)
_JUDGED = re.compile(
    r"(?:被告(?:人|单位)|原审被告人）?)"
    rf"(?P<name>[^，。；：（）“”《》]{{1,60}}?|{_LATIN})(?:（[^）]{{1,12}}）)?，?(?:犯(?!罪)|无罪|均?构成)"
)
# 被告人因犯…, of an earlier judgment.
_EARLIER = re.compile(r"因$|判处|宣告|缓刑|赔偿|退赔|上述")
# What tells two persons of one name apart: sex, birth, papers.
_PARTICULARS = re.compile(r"(?:（[^）]{1,30}）)?，(?P<own>[男女][^。]{10,40})")
_ANYWHERE = re.compile(
    r"被告(?:人|单位)(?P<name>[^，。；：（）、\s“”《》的犯在及于因系与和]{2,4}?)(?="
    r"[，。；：（）、\s的犯在及于因系与和])"
)
# Names of an enumeration behind 被告人, as far as what is said of them.
_ENUMERATED = re.compile(
    r"(?:被告(?:人|单位)|(?<=、))(?P<name>[^，。；：（）、\s“”《》的犯在及于因系与和]{2,4}?)"
    r"(?=[，。；：（）、\s的犯在及于因系与和均具有如到归能自主起构无曾协当积认退对为被受以实虽经已明])"
)
_BAD = re.compile(
    r"^(?:及其|的|在|于[0-9本案]|对|均|到案|到庭|与|和其|无罪|认为|系"
    r"|辩|供|如实|户籍|基本|自愿|构成|是)|人民|检察|法院|辩护|公诉|指控"
    r"|事实|起诉|审理|一案|情况|同案|部分|量刑|定罪"
)
# What goes on behind a name that was listed already: 被告人张某因吸毒品…, 被告人张某现羁押于….
_MORE = re.compile(r"因|不服|曾|于|系|被|在|对|及|的|自|又|现|拒|犯|无|涉|未|已|经|归|到|主动|供|以|将")
# What makes a longer name of another, and a mask of one: 张某 and 张某甲, 李某 and 李某1.
_MASK = re.compile("[某甲乙丙丁戊己庚辛壬癸0-9×XxA-Z*]")
# More names than this in one text are no list of defendants.
_MOST = 200
_LONGEST = 16
# How many characters of a company's name tell it from others.
_CORE = 4
UNIT = re.compile(r"公司|厂|店|中心|合作社|协会|学校|医院|集团|局|委员会|所$|部$|行$")


def _sound(name: str) -> bool:
    return bool(name) and not _BAD.search(name) and (len(name) <= _LONGEST or bool(UNIT.search(name)))


def listed(parties: str) -> list[str]:
    """Names of the defendants in the list of parties, in order.

    A name stands twice only where two persons bear it: each with particulars of their own.
    """
    names: list[str] = []
    particulars: dict[str, set[str]] = {}
    for match in _LISTED.finditer(parties):
        others = _OTHERS.match(parties, match.end("name"))
        own = _PARTICULARS.match(parties, match.end("name"))
        for name in (match["name"].strip(), *(others[0][1:].split("、") if others else [])):
            known = particulars.setdefault(name, set())
            if own and known and own["own"] not in known:
                known.add(own["own"])
                names.append(name)
            elif name not in names and _sound(name) and not _goes_on(name, names):
                names.append(name)
            if own:
                known.add(own["own"])
            if len(names) == _MOST:
                return names
    return names


def namesakes(listed: Sequence[str], parties: str, reasoning: str, operative: str) -> list[str]:
    """Defendants with the masked name of another one (被告人赵某、赵某、袁某), told as one so far.

    The operative part sentences each, and the reasoning enumerates them or the list of parties has
    an entry for each.
    """
    # In their order: that of a set is another in each process.
    again = [
        name
        for name in dict.fromkeys(listed)
        if operative.count(f"被告人{name}犯") + operative.count(f"被告人{name}（") > listed.count(name)
    ]
    masked = sorted((name for name in again if _MASK.search(name)), key=len, reverse=True)
    if not masked:
        return []
    name = "(?:" + "|".join(map(re.escape, sorted(set(listed), key=len, reverse=True))) + ")(?![0-9甲乙丙丁])"
    row = re.compile(f"被告人{name}(?:[、，和及与](?:被告人)?{name})+")
    rows = [re.findall(name, match[0]) for match in row.finditer(reasoning)]
    more: list[str] = []
    for one in masked:
        sentenced = len(re.findall(f"被告人{re.escape(one)}(?:（[^）]{{1,12}}）)?犯", operative))
        known = listed.count(one)
        entries = len(re.findall(f"被告人{re.escape(one)}，[男女][，。]", parties))
        if sentenced > known and (
            entries == sentenced or any(found.count(one) == sentenced for found in rows)
        ):
            more += [one] * (sentenced - known)
    return more


def _goes_on(name: str, names: list[str]) -> bool:
    """Whether it is a name that is listed already, and what is said of the person."""
    return any(name.startswith(known) and _MORE.match(name, len(known)) for known in names)


def _apart(joined: str, listed: list[str]) -> list[str]:
    """The names of an enumeration; 和 is a family name too (和青松), and part of names (王和平)."""
    names: list[str] = []
    for part in joined.split("、"):
        part = part.removeprefix("被告人").removeprefix("被告单位")
        both = re.split(r"[和及与]", part)
        whole = part in listed or any(len(one) < 2 for one in both) or bool(UNIT.search(part))
        names += [part] if whole else both
    return [name.removeprefix("被告人").removeprefix("被告单位") for name in names]


def judged(judgment: str, listed: list[str]) -> list[str]:
    """Names before 犯 or 无罪 in the operative part (被告人张某甲、李某犯…), each once.

    Args:
        judgment: the operative part.
        listed: the names in the list of parties.
    """
    found: list[str] = []
    for match in _JUDGED.finditer(judgment):
        if not _EARLIER.search(match["name"]):
            found += _apart(match["name"], listed)
    longest = sorted(listed, key=len, reverse=True)
    names = {}
    for name in found:
        known = next((one for one in longest if name.startswith(one)), None)
        # 张三因…, 张三退缴的…: a listed name and what is said of the person.
        names[known if known and not _MASK.match(name, len(known)) else name] = True
    return [name for name in names if name in listed or _sound(name)][:_MOST]


# What a short name of a company leaves out: its place and its form.
_FORM = re.compile(r"(?:股份|有限|责任)*公司$")


def _short(name: str, whole: str) -> bool:
    """Whether a company's name is another's without place and form (天一物流公司)."""
    core = _FORM.sub("", name)
    return len(core) >= _CORE and name.endswith("公司") and core in _FORM.sub("", whole)


def alike(one: str, other: str) -> bool:
    """Whether two names may be one person's: masked in one place (张某四, 张吕进), or misspelt.

    A company may have its short name.
    """
    if UNIT.search(one) and UNIT.search(other) and (_short(one, other) or _short(other, one)):
        return True
    if one[0] == other[0] and ("某" in one) != ("某" in other):
        return True
    if "某" in one or "某" in other:
        return one[0] == other[0]
    if abs(len(one) - len(other)) <= 2 and UNIT.search(one) and UNIT.search(other):
        return len(set(one) & set(other)) >= 0.6 * len(set(one) | set(other))
    same = sum(left == right for left, right in zip(one, other, strict=False))
    return len(one) == len(other) and (same == len(one) - 1 or sorted(one) == sorted(other))


def matched(listed: list[str], judged: list[str]) -> dict[str, str]:
    """Listed name → name in the operative part, of the defendants who bear two.

    Those that stand in one of the two only are compared in their order; the only one of both needs
    no likeness.
    """
    here = [name for name in listed if name not in judged]
    there = [name for name in judged if name not in listed]
    if len(listed) == len(judged) == len(here) == 1:
        return {here[0]: there[0]}
    found: dict[str, str] = {}
    for name in dict.fromkeys(here):
        other = next((one for one in there if alike(name, one)), None)
        if other:
            found[name] = other
            there.remove(other)
    return found


def written(text: str, names: list[str]) -> dict[str, str]:
    """What the defendants are called in a text → their names.

    A court that masks a name in one place may forget it in another (钱俊, 钱某), or misspell it
    (张艳萍, 张丽萍).
    """
    forms = {name: name for name in names}
    missing = [name for name in names if name not in text]
    whole = [name for name in names if len(name) > 2 and not _MASK.search(name)]
    listed = dict.fromkeys(match["name"] for match in _ENUMERATED.finditer(text)) if missing or whole else ()
    for form in list(listed)[:_MOST]:
        if form in forms:
            continue
        if one := next((name for name in missing if alike(name, form)), None):
            forms[form] = one
            missing.remove(one)
        elif len(form) > 2 and not _MASK.search(form):
            like = [name for name in whole if alike(name, form)]
            if len(like) == 1:
                forms[form] = like[0]
    return forms


def mentioned(text: str) -> list[str]:
    """Names behind 被告人 anywhere: the last resort for documents that were cut."""
    return list(dict.fromkeys(m["name"] for m in _ANYWHERE.finditer(text) if _sound(m["name"])))[:_MOST]
