"""Main punishments (主刑) and their lengths: 有期徒刑三年六个月 is 42 months.

Also probation and deprivation of political rights. Sources: Criminal Law, articles 33 to 51
(punishments), 72 and 73 (probation), 54 to 57 (deprivation of political rights).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lexpro.law import numerals
from lexpro.records import TIMED_KINDS, Term

# A numeral of at most 6 characters: lengths are short, and a year (2017年) must not be read as one.
_N = r"[0-9０-９〇零○一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾兩貳參陸半]{1,6}"
_AND = r"[零又]?"
LENGTH = rf"(?:(?:{_N})年半?)?{_AND}(?:(?:{_N})(?:个|個)?半?月)?{_AND}(?:(?:{_N})(?:日|天))?"
_LENGTH = re.compile(
    rf"\s{{0,4}}(?:(?P<years>{_N})年(?P<half>半)?)?{_AND}(?:(?P<months>{_N})(?:个"
    rf"|個)?(?P<halfmonth>半)?月)?{_AND}(?:(?P<days>{_N})(?:日|天))?"
)

_EXEMPT = r"(?:免予|免于|免除)(?:刑事|刑罚)?(?:处罚|处分)"
# What may stand between 判处 … and the length.
TERM = (
    r"(?P<death>死刑|死缓)(?P<reprieve>[，,（]?\s{0,4}(?:宣告)?缓[期刑](?:[二两2贰弍]年)?(?:执行)?）?)?"
    r"|(?P<life>无期徒刑)|(?P<exempt>" + _EXEMPT + r")"
    r"|(?P<timed>有期徒刑|拘役|管制)(?:刑期)?(?:为|：|:)?"
    r"|(?P<slip>有期徒(?=[一二三四五六七八九十0-9]{1,3}(?:年|个月)))"
)
_TERM = re.compile(TERM)
# Results that no punishment of article 33 stands in; 无罪辩护 and the like are none.
_BESIDE = re.compile(r"单处罚金|无罪(?![辩供推释意主理判的])")
_PROBATION = re.compile(
    r"缓刑(?:的)?(?:考验期)?(?:限)?(?:为|：|:)?|缓期(?=[一二三四五六七八九十0-9]+(?:年|个月))"
)
_DEPRIVE = re.compile(r"剥夺政治权利(?:的刑期)?(?:为)?")


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time: whole `months`, `days` besides, and where it ends in the text."""

    months: int
    days: int = 0
    end: int = 0


def _count(text: str | None) -> float:
    if not text:
        return 0
    if text == "半":
        return 0.5
    value = numerals.parse(text.lstrip("零〇○") or "0")
    return value if value is not None and value < 1000 else 0


def length_at(text: str, start: int = 0) -> Length | None:
    """The length that begins at `start`, spaces skipped: 三年六个月, 一年半, 六个月十五日.

    Returns:
        None where none begins there.
    """
    match = _LENGTH.match(text, start)
    if not match or not (match["years"] or match["months"] or match["days"]):
        return None
    months = _count(match["years"]) * 12 + (6 if match["half"] else 0) + _count(match["months"])
    days = _count(match["days"]) + (15 if match["halfmonth"] else 0) + (months % 1) * 30
    if not months and not days:
        return None
    return Length(int(months), int(days), match.end())


def parse_length(text: str) -> int | None:
    """Whole months of a length and nothing else, or None."""
    length = length_at(text.strip())
    return length.months if length and length.end == len(text.strip()) else None


def term_of(match: re.Match[str], text: str, charge: str | None = None) -> tuple[Term, int]:
    """The term that a match of `TERM` begins.

    Args:
        match: of the kind of punishment.
        text: that it was found in; the length is read behind the match.
        charge: what the term is for; None where that is not known.

    Returns:
        (term, where it ends in the text). The months are None for kinds without a length, and where
        no length can be read.
    """
    if match["death"]:
        reprieved = match["reprieve"] or match["death"] == "死缓"
        return Term("死缓" if reprieved else "死刑", None, charge), match.end()
    if match["life"]:
        return Term("无期徒刑", None, charge), match.end()
    if match["exempt"]:
        return Term("免予刑事处罚", None, charge), match.end()
    length = length_at(text, match.end())
    kind = match["timed"] or "有期徒刑"
    return Term(kind, length.months if length else None, charge), length.end if length else match.end()


def find(text: str) -> list[tuple[Term, int, int]]:
    """Every main punishment of `text` with its offsets; timed ones only where a length follows."""
    found = []
    for match in _TERM.finditer(text):
        term, end = term_of(match, text)
        if term.kind not in TIMED_KINDS or term.months is not None:
            found.append((term, match.start(), end))
    found += [(Term(m[0]), m.start(), m.end()) for m in _BESIDE.finditer(text)]
    return sorted(found, key=lambda item: item[1])


def parse(text: str) -> Term | None:
    """The first main punishment of `text`, or None. Days beyond whole months are left out."""
    found = find(text)
    return found[0][0] if found else None


def probation(text: str) -> int | None:
    """Months of the first probation period (缓刑考验期), or None."""
    for match in _PROBATION.finditer(text):
        length = length_at(text, match.end())
        if length:
            return length.months
    return None


def deprivation(text: str) -> int | None:
    """Months of the first deprivation of political rights; -1 for life (终身), None for none."""
    for match in _DEPRIVE.finditer(text):
        if text.startswith("终身", match.end()):
            return -1
        length = length_at(text, match.end())
        if length:
            return length.months
    return None


def render_length(months: int, style: str = "chinese") -> str:
    """42 → 三年六个月.

    Raises:
        ValueError: `months` is below 1.
    """
    if months < 1:
        raise ValueError(f"no length of {months} months")
    years, rest = divmod(months, 12)
    text = numerals.render(years, style) + "年" if years else ""
    return text + (numerals.render(rest, style) + "个月" if rest else "")


def render(term: Term, style: str = "chinese") -> str:
    """A term in the words of a judgment; `parse` reads it back (without the charge)."""
    if term.kind == "死缓":
        return "死刑，缓期二年执行"
    if term.kind in TIMED_KINDS and term.months:
        return term.kind + render_length(term.months, style)
    return term.kind
