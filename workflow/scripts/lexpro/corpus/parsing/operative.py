"""The operative part (主文) of a criminal judgment: what each defendant is sentenced to.

Read from left to right: 被告人 and 犯 say whose and which charge, 判处 what for it, 决定执行
what is to be served of several. Remarks in brackets, revoked earlier judgments, and the terms of
earlier crimes are left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lexpro.law import charges, money, terms
from lexpro.records import TIMED_KINDS, Defendant, Money, Term

_BRACKETS = re.compile(r"（(?!边）)[^（）]*）")
_OPEN_REMARK = re.compile(
    r"（(?:刑期|缓刑|罚金|上述|以上|即|已)[^（）。]*(?:。[^（）。\n]*?(?:止"
    r"|纳|缴|算|日))?[。）]?"
)
_TOKEN = re.compile(
    r"(?P<end>[。；\n])"
    r"|(?P<revoke>撤\s?销)"
    r"|(?P<prior>与(?=[^。；]{0,80}?(?:并罚|决定执行|合并执行))|总和刑期"
    r"|连同|(?:前|原)(?:罪|判|犯)[^，。；]{0,20}?(?=判处|所判|被判))"
    r"|(?P<joint>决定(?:合并)?执行|合并执行|共同执行|实际执行|应?(?:决定)?执行刑期)"
    r"|(?P<who>被\s?告\s?(?:人|单\s?位))"
    r"|(?:犯(?!罪)(?=[^。；]{2,90}?罪)|(?:以|构成)(?=[^，。；以]{2,60}罪，?判处))(?P<crime>)"
    r"|(?P<probation>缓\s?刑|缓期(?=[一二三四五六七八九十0-9]))"
    r"|(?P<fine>罚\s?金)"
    r"|(?P<confiscate>没收(?:其)?(?:个人)?(?:所有)?(?:的)?(?:全部|部分)?财\s?产|没收(?:其)?个人(?:全部)?财物)"
    r"|(?P<deprive>剥夺政治权利)"
    rf"|(?P<term>{terms.TERM})"
)
_CHARGES = re.compile(
    r"(?:犯|以|构成)(?P<charges>.{2,120}?罪)(?=[，。；：\s]|判|免|单|处|，|$|一案|的|[（(]|（)", re.S
)
_MORE_CHARGES = re.compile(r"[、，和及与]\s{0,4}(?:犯)?[^，。；、]{1,60}?罪(?=[，。；：、\s]|判|免|单|处|$)")
_AND = re.compile(r"[、，和及与\s]*(?:被告(?:人|单位))?")
_NOT_PUNISHED = re.compile(r"(?:折抵|抵扣|折合|相当于|以上|以下|先行羁押)[^，。；]{0,12}$")
_MONEY_BEHIND = re.compile(
    r"\s{0,4}(?:（[^）]*）)?(?:各|共计|合计|总计|为|计|的数额为|数额)?\s{0,4}(?=人民"
    r"|RMB|¥|￥|[0-9一二三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾两])"
)
_RESPECTIVELY = re.compile(r"分别|依次")
_NEXT_TERM = re.compile(r"[、，和及]\s{0,4}(?P<kind>有期徒刑|拘役|管制)?")
_ALL = re.compile(r"全部财|所有(?:的)?(?:全部)?财")
_NO_CHARGE = {"新罪", "数罪", "前罪", "漏罪", "余罪", "本罪", "二罪", "两罪", "同种罪", "上述罪", "三罪"}


@dataclass(slots=True)
class _Reading:
    """What was read of one defendant so far."""

    defendant: Defendant
    latest: list[str] = field(default_factory=list)
    # Since the latest 犯: whether a term was read; since 决定执行: whether fines were.
    termed: bool = False
    joint: bool = False
    joint_fine: bool = False


def clean(judgment: str) -> str:
    """The operative part without remarks in brackets."""
    text = judgment
    for _ in range(3):
        shorter = _BRACKETS.sub("", text)
        if shorter == text:
            break
        text = shorter
    return _OPEN_REMARK.sub("", text)


def _names_at(text: str, position: int, readings: dict[str, _Reading]) -> tuple[list[str], int]:
    """Known names that stand at `position` one after another (张某甲、李某), and where they end.

    The longest name that fits counts.
    """
    found: list[str] = []
    while True:
        name = next((name for name in readings if text.startswith(name, position)), None)
        if name is None:
            return found, position
        found.append(name)
        position += len(name)
        end = position
        match = _AND.match(text, position)
        if match:
            end = match.end()
        if end == position or not any(text.startswith(name, end) for name in readings):
            return found, position
        position = end


def _charges_at(text: str, position: int) -> tuple[list[str], int]:
    """The charges behind 犯 at `position`, canonical where they are known; and where they end."""
    stop = min(
        (place for place in (text.find(mark, position) for mark in ("。", "；", "判处")) if place >= 0),
        default=len(text),
    )
    match = _CHARGES.match(text, position, min(len(text), stop + 1))
    if not match:
        return [], position
    # 犯盗窃罪、诈骗罪，判处…: go on while more charges follow.
    end = match.end("charges")
    while True:
        more = _MORE_CHARGES.match(text, end, stop)
        if not more or not charges.split(more[0].lstrip("、，和及与犯 ")):
            break
        end = more.end()
    named = text[match.start("charges") : end].strip()
    found = charges.split(named.replace("，犯", "、").replace("罪、犯", "罪、"))
    if not found and named not in _NO_CHARGE and 3 <= len(named) <= 40 and "，" not in named:
        found = [re.sub(r"\s", "", named)]
    return found, end


def _only(names: list[str]) -> str | None:
    return names[0] if len(names) == 1 else None


def _sum_behind(text: str, position: int) -> tuple[Money, int] | None:
    """The sum in yuan right behind `position`."""
    match = _MONEY_BEHIND.match(text, position)
    if not match:
        return None
    found = money.find(text, match.end(), min(len(text), match.end() + 40))
    if not found or found[0].start > match.end() + 4 or found[0].currency != money.YUAN:
        return None
    return found[0].amount, found[0].end


def _take_term(reading: _Reading, term: Term) -> None:
    who = reading.defendant
    if reading.joint:
        who.sentence = Term(term.kind, term.months)
    elif not reading.termed:
        # A term for the charge takes the place of what seemed to be a fine alone.
        who.terms = [
            old for old in who.terms if old.kind != "单处罚金" or old.charge != _only(reading.latest)
        ]
        who.terms.append(Term(term.kind, term.months, _only(reading.latest)))
        reading.termed = True


def _take_fine(reading: _Reading, amount: Money) -> None:
    who = reading.defendant
    if reading.joint:
        who.fine = amount if not reading.joint_fine else who.fine + amount
        reading.joint_fine = True
    else:
        who.fine += amount
    if reading.latest and not reading.termed and not reading.joint:
        who.terms.append(Term("单处罚金", None, _only(reading.latest)))
        reading.termed = True


def _of_each(term: Term, start: int, end: int, text: str, count: int) -> tuple[list[Term], int]:
    """The term of each of several defendants (分别判处有期徒刑三年、二年), and where they end.

    `term` is that of all where the text does not say.
    """
    found, place = [term], end
    while count > len(found) and _RESPECTIVELY.search(text, max(0, start - 12), start):
        match = _NEXT_TERM.match(text, place)
        length = terms.length_at(text, match.end()) if match else None
        if not match or not length:
            return [term] * count, end
        found.append(Term(match["kind"] or found[-1].kind, length.months))
        place = length.end
    return (found, place) if len(found) == count else ([term] * count, end)


def _apply(match: re.Match[str], text: str, current: list[_Reading]) -> int:
    """Give what a token says to the current defendants; returns where reading goes on."""
    end = match.end()
    kind = match.lastgroup if match.lastgroup in ("probation", "fine", "confiscate", "deprive") else "term"
    if kind == "term":
        term, end = terms.term_of(match, text)
        timed = term.kind in TIMED_KINDS
        if (timed and not term.months) or _NOT_PUNISHED.search(
            text[max(0, match.start() - 20) : match.start()]
        ):
            return end
        each, end = _of_each(term, match.start(), end, text, len(current))
        for reading, own in zip(current, each, strict=True):
            _take_term(reading, own)
    elif kind == "probation":
        months = terms.probation(text[match.start() : end + 30])
        near = text[end : end + 14]
        if months and re.match(
            r"(?:的)?(?:考验期)?(?:限)?(?:为|：)?[0-9一二三四五六七八九十壹贰叁肆伍陆两半]", near
        ):
            for reading in current:
                reading.defendant.probation_months = months
    elif kind == "fine":
        found = _sum_behind(text, end)
        if found:
            for reading in current:
                _take_fine(reading, found[0])
            end = found[1]
    elif kind == "confiscate":
        found = _sum_behind(text, end)
        for reading in current:
            if found:
                reading.defendant.confiscation = found[0] + (
                    0 if reading.joint else reading.defendant.confiscation
                )
            elif _ALL.search(match[0]):
                # All of it takes in a part.
                reading.defendant.confiscation_all, reading.defendant.confiscation = True, 0
        end = found[1] if found else end
    else:
        months = terms.deprivation(text[match.start() : end + 24])
        for reading in current:
            if months == -1:
                # For life takes in any number of years.
                reading.defendant.deprivation_life, reading.defendant.deprivation_months = True, 0
            elif months and not reading.defendant.deprivation_life:
                reading.defendant.deprivation_months = months
    return end


def read(judgment: str, names: list[str]) -> list[Defendant]:
    """What the operative part gives each defendant.

    Args:
        judgment: the operative part, as `sections.plain` gives it.
        names: names of the defendants.

    Returns:
        One record a name, in the order given.
    """
    text = clean(judgment)
    readings = {name: _Reading(Defendant(name)) for name in sorted(names, key=len, reverse=True)}
    current: list[_Reading] = []
    pending: list[str] = []
    skip_sentence = skip_prior = False
    position = 0
    while match := _TOKEN.search(text, position):
        position = match.end()
        if match["end"]:
            skip_sentence = skip_prior = False
            pending = []
        elif skip_sentence:
            continue
        elif match["revoke"]:
            # The judgment that is revoked goes to the end of the sentence; a comma may lead on to
            # this one's.
            skip_sentence = not current or not text[: match.start()].rstrip().endswith("，")
        elif match["joint"]:
            skip_prior = False
            for reading in current:
                reading.joint = True
        elif match["prior"]:
            skip_prior = bool(current)
        elif match["who"]:
            found, end = _names_at(text, position, readings)
            if found:
                pending, position = found, end
        elif match["crime"] is not None:
            before = [name for name in readings if text.endswith(name, 0, match.start())]
            owners = pending or before[:1]
            named, end = _charges_at(text, match.start())
            if not named:
                continue
            if owners:
                current, pending = [readings[name] for name in owners], []
            if skip_prior and not owners:
                continue
            skip_prior = False
            position = max(position, end)
            for reading in current:
                reading.latest, reading.termed = named, False
                if owners and reading.defendant.charges:
                    reading.joint = False
                reading.defendant.charges += [name for name in named if name not in reading.defendant.charges]
        elif skip_prior:
            continue
        else:
            if pending and (match["term"] or not current):
                current, pending = [readings[name] for name in pending], []
            position = max(position, _apply(match, text, current))
    found = {name: reading.defendant for name, reading in readings.items()}
    for defendant in found.values():
        if defendant.sentence is None and len(defendant.terms) == 1:
            defendant.sentence = defendant.terms[0]
        elif (
            defendant.sentence is None
            and defendant.terms
            and len({(t.kind, t.months) for t in defendant.terms}) == 1
        ):
            defendant.sentence = Term(defendant.terms[0].kind, defendant.terms[0].months)
    return [found[name] for name in names]
