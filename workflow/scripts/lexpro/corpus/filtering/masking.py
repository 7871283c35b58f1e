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

from lexpro.corpus.filtering import people, personal_numbers
from lexpro.corpus.filtering.people import ORDINALS
from lexpro.corpus.parsing.layout import tighten
from lexpro.corpus.parsing.sections import plain
from lexpro.records import Judgment

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


def _names(text: str, defendants: list[str]) -> tuple[list[tuple[int, int, str, str]], dict[str, str]]:
    """Where people are named, and what stands in the place of each name.

    Blanks and line breaks inside a name say nothing.
    """
    known = [name for name in map(plain, defendants) if not people.is_masked(name, longest=8)]
    # As it stands in the text (王　军) → the name.
    found = [
        name if re.fullmatch(people.LATIN, name) else re.sub(r"\s", "", name) for name in people.named(text)
    ]
    others, nicknames = people.called(text)
    known += [name for name in (*found, *others) if not people.is_masked(name)]
    names = _taken(text, people.pseudonyms(list(dict.fromkeys(known))))
    tight = tighten(text)
    spans: list[tuple[int, int, str, str]] = []
    for name in sorted(names, key=len, reverse=True):
        at = tight.text.find(name)
        while at >= 0:
            spans.append((*tight.span(at, at + len(name)), names[name], "name"))
            at = tight.text.find(name, at + len(name))
    for nickname, other in people.nicks([one for one in nicknames if one not in names]).items():
        spans += [(start, end, other, "name") for start, end in people.in_place(text, nickname)]
    return spans, names


def mask(text: str, defendants: list[str]) -> Masked:
    """Mask a document.

    What is looked for is looked for in the `plain` text, as the record was read from it:
    traditional characters and full-width digits are found, and places are the same.

    Args:
        text: the document.
        defendants: names of the defendants of its record.
    """
    same = plain(text)
    spans, names = _names(same, defendants)
    spans += personal_numbers.find(same)
    spans += [(start, end, "某处", "address") for start, end in _homes(same)]
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
