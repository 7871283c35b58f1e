"""Personal data masked by rule: names, identity numbers, telephones, plates, addresses.

A name is masked the same way all through a document; one that the court has masked already (张某甲,
李××) stays. The mapping from original to masked value is not stored: `mask` returns the new text
and how offsets move, and the caller rewrites its record with it. Rules:
最高人民法院关于人民法院在互联网公布裁判文书的规定 (法释〔2016〕19号), articles 8 to 10, applied
also to those whose names that rule would let stand.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from lexpro.corpus.parsing.sections import plain
from lexpro.package_data import yaml_beside
from lexpro.records import Judgment

_DATA = {name: value.split() for name, value in yaml_beside(__file__).items()}
# A name is a family name and one or two characters.
SURNAMES = "".join(_DATA["surnames"])
DOUBLE = "|".join(_DATA["double"])
_NAME = rf"(?:{DOUBLE}|[{SURNAMES}])[\u4e00-\u9fa5]{{1,2}}?"
_ROLE = "|".join(_DATA["roles"])
# A name after a role ends where a word of the sentence begins.
_AFTER = (
    r"(?=[，。、；：（(,\s的与和及等之在于以将向被因停放系称签身当家不]|$"
    r"|陈述|报警|出庭|到庭|出具|证实|证明|证言|证词|辨认|指认|提供|反映|供述|指证|介绍)"
)
_BY_ROLE = re.compile(rf"(?:{_ROLE})[：:\s]*(?P<name>{_NAME}){_AFTER}")
_NEXT = re.compile(rf"[、和及]\s*(?P<name>{_NAME}){_AFTER}")
# 审 判 员 王 军 at the end of a judgment: any characters up to a space, a line, the next office or
# the date.
_OFFICE = "|".join(r"[ \u3000]{0,4}".join(office) for office in _DATA["offices"])
_BY_OFFICE = re.compile(
    rf"(?:{_OFFICE})[：:\s]*(?!{'|'.join(_DATA['acts'])})"
    r"(?P<name>[\u4e00-\u9fa5](?:[ \u3000]{0,4}[\u4e00-\u9fa5]){1,3}?)"
    r"(?=$|[\s，。、；（]"
    rf"|(?:人民|代理|代|助理)?[ \u3000]{{0,4}}(?:{_OFFICE})|二[〇○0零]|出庭|到庭|担任|独任|依法|支持|附)"
)
# A lawyer, and whoever is named with a remark on what became of them.
_LAWYER = re.compile(
    r"(?:辩护人|代理人)[：:\s]*(?P<name>[\u4e00-\u9fa5]{2,4})(?=[，（,][^，。]{0,24}(?:律师|法律援助|法律服务))"
)
_REMARK = re.compile(r"（(?:均?另案|均?已判|在逃|均?已?另|未到案|已死亡|均?不起诉|殁年|时年)")
# The name right before a remark: at most four characters.
_REMARKED = re.compile(rf"(?:{_NAME})$")
# Characters that no name has, but a misread one.
_WORDS = frozenset(_DATA["words"])
_NO_NAME = re.compile(r"[罚罪刑判案责轻议间证某]|公司|原则|各自|关于|主审|休庭|宣布")
_MASKED = re.compile(r"[某×＊*xXＸ]|[A-Za-z0-9０-９]")
ORDINALS = "甲乙丙丁戊己庚辛壬癸"
_ORDINAL = re.compile(rf"[\u4e00-\u9fa5][{ORDINALS}]")

# The text is searched once for long runs of digits, and each is tried for all kinds of numbers.
_DIGITS = re.compile(r"\d{7,}")
_NUMBERS = {
    "identity": re.compile(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)"),
    "phone": re.compile(r"1[3-9]\d{9}(?!\d)"),
    "bank": re.compile(r"[3-6]\d{14,18}(?!\d)"),
}
# Accounts and papers, told by the word before them. Here and below a look at the first character
# saves trying the rest.
_ACCOUNT = re.compile(
    r"(?=[Qq微支淘抖银卡账帐护通驾身])(?:(?:QQ|qq|微信|支付宝|淘宝|抖音|银行卡|[卡账帐])(?:账|帐)?号码?|护照(?:号码?)?|通行证(?:号码?)?|驾驶证号码?|身份证(?:号码?)?)"
    r"(?:为|是|：|:)?\s?[“\"]?(?P<id>[A-Za-z0-9_.-]{5,30})",
    re.ASCII,
)
_MAIL = re.compile(r"[\w.+-]{1,40}@[A-Za-z0-9-]{1,40}(?:\.[A-Za-z0-9-]{2,20}){1,3}", re.ASCII)
_AREA_CODE = re.compile(r"(?:^|\D)(0\d{2,3}-)$")
_PLATE = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][A-Z][·•.]?(?:[A-Z0-9]{5,6}|[A-Z0-9]{4,5}[学警挂领港澳])(?![A-Z0-9])"
)
_UNIT = r"(?:号楼|号|栋|幢|单元|室|房|组|弄|村民组|楼|户)"
# Below the county: what follows a county or city up to a number of a house, flat or group.
_COUNTY_NEXT = r"(?!(?:(?!小区|社区|园区)[\u4e00-\u9fa5]){1,6}?[县区旗])"
_ADDRESS = re.compile(
    rf"(?<=[市县区旗]){_COUNTY_NEXT}(?P<below>[\u4e00-\u9fa5A-Za-z0-9０-９#、-]{{2,40}}?(?:\d+|"
    rf"[一二三四五六七八九十百]+){_UNIT}"
    rf"(?:[\u4e00-\u9fa5A-Za-z0-9-]{{0,12}}?\d+{_UNIT})*)"
)
# The same anywhere: a road or a village, and a number.
_PLACE = re.compile(
    rf"(?<=[市县区旗]){_COUNTY_NEXT}(?P<below>[\u4e00-\u9fa5]{{1,16}}?(?:路|街|大道|胡同|巷|弄|里|村|镇|乡|小区|花园|苑)"
    rf"[\u4e00-\u9fa5A-Za-z0-9-]{{0,12}}?\d+{_UNIT}(?:[\u4e00-\u9fa5A-Za-z0-9-]{{0,12}}?\d+{_UNIT})*)"
)
_HOME = re.compile(r"(?:住|住址|户籍地|住所地|户籍所在地|暂住地|居住地|地址)[^。；\n]{0,80}")
# In the list of parties a clause says no more than where somebody lives: all of it below the county
# goes.
_LIVES = re.compile(
    r"(?=[现户经家住居暂地])(?:(?<=[，。；：、（）\s])|^)(?:现|户籍|经常|家)?(?:住(?![院宅房宿人社处店])(?:址|地|所地?)?|居住地|户籍地|户籍所在地|暂住地?|地址)"
    r"(?:为|系|在|于|：|:)?(?P<place>[\u4e00-\u9fa5A-Za-z0-9０-９#×＊*-]{2,60})(?=[，。；、（）\s]|$)"
)
# 省 市 县, one after the other; 常州市, 新乡市 and 镇雄县 have other suffixes in their names.
_COUNTY = re.compile(
    r"(?:[^区](?:[^省市州盟区县旗镇乡路街村]|[镇乡路街州](?=[市县区])){0,8}?"
    r"(?:省|自治区|自治州|地区|自治县|(?<!小)(?<!社)(?<!园)(?<!街)区|市|州(?![市区县])|盟|县|旗))+"
)
_BELOW = re.compile(r"[镇乡村街路巷里弄组苑庄屯队号室栋楼园]|社区|小区|大厦")
# Somebody does something there: the sentence is needed.
_HAPPENS = re.compile(r"期间|[内时的将与和被因]|吸|盗|窃|作案")


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked text and what has changed.

    Attributes:
        text: the masked text.
        counts: replacements by kind.
        names: names of people and what stands in their place.
        starts: ends of the replaced passages in the old text, ascending.
        shifts: how far what follows each of them has moved.
    """

    text: str
    counts: dict[str, int]
    names: dict[str, str]
    starts: list[int]
    shifts: list[int]

    def moved(self, offset: int) -> int:
        """Where an offset of the old text (outside replaced passages) is in the new one."""
        place = bisect_right(self.starts, offset) - 1
        return offset + (self.shifts[place] if place >= 0 else 0)


def is_masked(name: str) -> bool:
    """Whether there is nothing to mask: the court has masked it, or it is no person's name."""
    return (
        bool(_MASKED.search(name) or _NO_NAME.search(name) or _ORDINAL.fullmatch(name))
        or name in _WORDS
        or not re.fullmatch(r"[\u4e00-\u9fa5]{2,4}|[\u4e00-\u9fa5]+(?:·[\u4e00-\u9fa5]+)+", name)
    )


def _people(text: str) -> list[str]:
    """Names that follow a role (审判员张三, 检察员张三、李四出庭), in order."""
    placed = [(match.start(), match["name"]) for p in (_BY_OFFICE, _LAWYER) for match in p.finditer(text)]
    for remark in _REMARK.finditer(text):
        start = max(0, remark.start() - 4)
        if match := _REMARKED.search(text[start : remark.start()]):
            placed.append((start + match.start(), match[0]))
    for match in _BY_ROLE.finditer(text):
        while match:
            placed.append((match.start(), match["name"]))
            match = _NEXT.match(text, match.end("name"))
    return [name for _, name in sorted(placed)]


def _homes(text: str) -> Iterator[tuple[int, int]]:
    """Where clauses that say where somebody lives do so below the county."""
    for match in _LIVES.finditer(text):
        place = match["place"]
        if _HAPPENS.search(place):
            continue
        county = _COUNTY.match(place)
        start = county.end() if county else 0
        below = place[start:]
        if len(below) >= 2 and (county or _BELOW.search(below)):
            yield match.start("place") + start, match.end("place")


def _pseudonyms(names: list[str]) -> dict[str, str]:
    """张建国 → 张某甲, 张伟 → 张某乙: the family name, and an ordinal that keeps people apart."""
    used: Counter[str] = Counter()
    out: dict[str, str] = {}
    for name in names:
        family = name[:2] if re.match(DOUBLE, name) else name[0]
        place = used[family]
        used[family] += 1
        out[name] = f"{family}某{ORDINALS[place] if place < len(ORDINALS) else place + 1}"
    return out


def _taken(text: str, new: dict[str, str]) -> dict[str, str]:
    """Pseudonyms that the text does not use for somebody else."""
    out = {}
    for name, alias in new.items():
        while alias in text or alias in out.values():
            tail = alias[-1]
            place = ORDINALS.find(tail)
            alias = alias[:-1] + (ORDINALS[place + 1] if 0 <= place < len(ORDINALS) - 1 else tail + "1")
        out[name] = alias
    return out


def _numbers(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of what personal number a run of digits is, the likeliest first."""
    for kind, pattern in _NUMBERS.items():
        if match := pattern.match(text, start):
            yield kind, *match.span()
    if end - start in (7, 8) and (area := _AREA_CODE.search(text[max(0, start - 6) : start])):
        yield "phone", start - len(area[1]), end


def mask(text: str, defendants: list[str]) -> Masked:
    """Mask a document.

    What is looked for is looked for in the `plain` text, as the record was read from it:
    traditional characters and full-width digits are found, and places are the same.

    Args:
        text: the document.
        defendants: names of the defendants of its record.
    """
    same = plain(text)
    people = [name for name in map(plain, defendants) if not is_masked(name)]
    # As it stands in the text (王　军) → the name.
    written = {name: re.sub(r"\s", "", name) for name in _people(same)}
    people += [name for name in written.values() if not is_masked(name)]
    names = _taken(same, _pseudonyms(list(dict.fromkeys(people))))
    forms = {name: name for name in names} | {form: name for form, name in written.items() if name in names}
    spans: list[tuple[int, int, str, str]] = []
    for form in sorted(forms, key=len, reverse=True):
        at = same.find(form)
        while at >= 0:
            spans.append((at, at + len(form), names[forms[form]], "name"))
            at = same.find(form, at + len(form))
    for run in _DIGITS.finditer(same):
        spans += [(*span, "＊" * 6, kind) for kind, *span in _numbers(same, *run.span())]
    accounts = [m.span("id") for m in _ACCOUNT.finditer(same)]
    accounts += [m.span() for m in _MAIL.finditer(same)] if "@" in same else []
    spans += [(*span, "＊" * 6, "account") for span in accounts]
    spans += [(start, end, "某处", "address") for start, end in _homes(same)]
    spans += [(m.start(), m.end(), m[0][:2] + "＊" * 4, "plate") for m in _PLATE.finditer(same)]
    spans += [(*m.span("below"), "某处", "address") for m in _PLACE.finditer(same)]
    for home in _HOME.finditer(same):
        for m in _ADDRESS.finditer(same, home.start(), home.end()):
            spans.append((m.start("below"), m.end("below"), "某处", "address"))
    return _replace(text, sorted(spans, key=lambda span: (span[0], -span[1])), names)


def _replace(text: str, spans: list[tuple[int, int, str, str]], names: dict[str, str]) -> Masked:
    parts, starts, shifts, counts = [], [], [], Counter()
    at = shift = 0
    for start, end, new, kind in spans:
        if start < at:
            continue
        parts += [text[at:start], new]
        shift += len(new) - (end - start)
        starts.append(end)
        shifts.append(shift)
        counts[kind] += 1
        at = end
    return Masked("".join([*parts, text[at:]]), dict(counts), names, starts, shifts)


def mask_record(text: str, record: dict) -> tuple[str, dict, dict[str, int]]:
    """Mask a document and its record.

    Args:
        text: the document.
        record: as `Judgment.to_dict` gives it.

    Returns:
        (text, record, replacements by kind).
    """
    masked = mask(text, [defendant["name"] for defendant in record["defendants"]])
    sections = {name: [masked.moved(place) for place in span] for name, span in record["sections"].items()}
    defendants = [
        defendant | {"name": masked.names.get(defendant["name"], defendant["name"])}
        for defendant in record["defendants"]
    ]
    return masked.text, record | {"sections": sections, "defendants": defendants}, masked.counts


def mask_judgment(text: str, judgment: Judgment) -> tuple[str, Judgment, dict[str, int]]:
    """`mask_record` of a typed record."""
    masked, record, counts = mask_record(text, judgment.to_dict())
    return masked, Judgment.from_dict(record), counts
