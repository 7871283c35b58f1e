"""Where in a judgment the values of its record stand: value → characters of the text.

`elements(judgment, text)` lists every element of the case and of each defendant with its place. A
value is looked for where its parser reads it: punishments in the defendant's own sentences of the
operative part, circumstances in the reasoning, amounts in reasoning and facts. What is a sum of
several, or an inference, has no place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lexpro.corpus.parsing.payments import named_in
from lexpro.corpus.parsing.sections import plain
from lexpro.law import articles, charges, circumstances, money, numerals, terms
from lexpro.records import Defendant, Judgment, Term

Span = tuple[int, int]

LEVELS = {"first": "一审", "second": "二审", "retrial": "再审"}
_SENTENCE = re.compile(r"[^。；\n]+")
_DAY = re.compile(
    r"[〇零○oO0-9一二三四五六七八九Ο]{4}\s{0,4}年\s{0,4}[元0-9一二三四五六七八九十]{1,3}\s{0,4}月\s{0,4}"
    r"[0-9一二三四五六七八九十廿卅〇]{1,4}\s{0,4}日"
)
_JOINT = re.compile(r"决定(?:合并)?执行|合并执行|共同执行|实际执行|执行刑期")
_PROBATION = re.compile(r"缓\s?刑[^，。；\d一二三四五六七八九十]{0,8}|缓期")
_FINE = re.compile(r"罚\s?金")
_CONFISCATE = re.compile(r"没收[^，。；]{0,10}财\s?[产物]")
_DEPRIVE = re.compile(r"剥夺政治权利(?:的刑期)?(?:为)?(?P<life>终身)?")
_PAID = {
    "退赔": re.compile(r"退\s?赔|退\s?缴|退\s?还|返\s?还|发\s?还|追\s?缴|退\s?出"),
    "赔偿": re.compile(r"赔偿"),
}


@dataclass(frozen=True, slots=True)
class Element:
    """One value of a record and its place.

    Attributes:
        owner: number of the defendant, from 0; -1 for the case.
        field: what it is: 罪名, 刑期, 罚金.
        value: normalised: months, yuan, canonical names, ISO dates.
        unit: 月, 元 or "".
        span: where the text says so, or None.
    """

    owner: int
    field: str
    value: str | int | float
    unit: str = ""
    span: Span | None = None

    @property
    def key(self) -> str:
        """Names the element within its document."""
        return f"{'c' if self.owner < 0 else f'd{self.owner}'}-{self.field}-{self.value}"

    @property
    def shown(self) -> str:
        """The value with its unit, as people write it: 42个月（三年六个月）, 5,000元."""
        if self.unit == "月":
            words = terms.render_length(int(self.value)) if int(self.value) >= 12 else ""
            return f"{self.value}个月" + (f"（{words}）" if words else "")
        return f"{self.value:,.15g}元" if self.unit == "元" else str(self.value)


class _Finder:
    """Looks for values in parts of one text."""

    def __init__(self, judgment: Judgment, text: str):
        self.judgment, self.text = judgment, plain(text)

    def part(self, *names: str) -> Span:
        """The first of the sections that the text has; all of it where it has none of them."""
        return next(
            (self.judgment.sections[name] for name in names if name in self.judgment.sections),
            (0, len(self.text)),
        )

    def words(self, value: str | None, part: Span) -> Span | None:
        """Where a value stands as it is, spaces between its characters allowed."""
        if not value:
            return None
        spaced = r"\s{0,4}".join(re.escape(character) for character in plain(value))
        match = re.compile(spaced).search(self.text, *part) or re.compile(spaced).search(self.text)
        return match.span() if match else None

    def sentences_of(self, person: Defendant) -> list[Span]:
        """The sentences of the operative part that sentence a defendant; all of an only one.

        They go from one that names the defendant to the next that names another.
        """
        start, end = self.part("judgment")
        if len(self.judgment.defendants) < 2:
            return [(start, end)]
        names = list(dict.fromkeys(other.name for other in self.judgment.defendants))
        found, mine = [], False
        for match in _SENTENCE.finditer(self.text, start, end):
            named = {name for _, name in named_in(match[0], names)}
            # 张某2年前…: a sentence that begins with a name, whatever follows.
            first = max((name for name in names if match[0].startswith(name)), key=len, default="")
            named = named or {first} - {""}
            mine = person.name in named if named else mine
            if mine:
                found.append(match.span())
        return found

    def term(self, term: Term | None, parts: Iterable[Span], joint: bool = False) -> Span | None:
        """Where a main punishment stands; the joint one behind 决定执行."""
        for start, end in parts if term else ():
            stated = [
                (start + a, start + b)
                for found, a, b in terms.find(self.text[start:end])
                if (found.kind, found.months) == (term.kind, term.months)
            ]
            if joint and (said := _JOINT.search(self.text, start, end)):
                stated = [span for span in stated if span[0] >= said.start()] or stated
            if stated:
                return stated[0]
        return None

    def length(self, pattern: re.Pattern[str], months: int, parts: Iterable[Span]) -> Span | None:
        """Where a length of so many months follows words such as 缓刑."""
        for start, end in parts:
            for match in pattern.finditer(self.text, start, end):
                length = terms.length_at(self.text, match.end())
                if length and length.months == months:
                    return match.start(), length.end
        return None

    def sum_after(self, pattern: re.Pattern[str], yuan: float, parts: Iterable[Span]) -> Span | None:
        """Where a sum stands behind words such as 罚金, in the same sentence."""
        for start, end in parts:
            for match in pattern.finditer(self.text, start, end):
                stop = _SENTENCE.match(self.text, match.end(), end)
                for found in money.find(self.text, match.end(), stop.end() if stop else match.end()):
                    if found.currency == money.YUAN and found.amount == yuan:
                        return match.start(), found.end
        return None

    def sum(self, yuan: float, parts: Iterable[Span]) -> Span | None:
        """Where a sum stands."""
        for start, end in parts:
            for found in money.find(self.text, start, end):
                if found.currency == money.YUAN and found.amount == yuan:
                    # The pattern takes in the spaces before a sum.
                    lead = len(self.text[found.start : found.end]) - len(
                        self.text[found.start : found.end].lstrip()
                    )
                    return found.start + lead, found.end
        return None

    def circumstance(self, name: str, person: Defendant) -> Span | None:
        """Where the reasoning finds a circumstance: the clause that names the defendant first."""
        places: list[tuple[bool, int, int]] = []
        for match in re.compile(r"[^。\n]+").finditer(self.text, *self.part("reasoning")):
            for found, at in circumstances.find(match[0]):
                if found == name:
                    start = match.start() + at
                    end = start
                    while end < match.end() and self.text[end] not in "，；、。" and end - start < 10:
                        end += 1
                    places.append((person.name not in match[0], start, end))
        return min(places)[1:] if places else None

    def charge(self, name: str, parts: Iterable[Span]) -> Span | None:
        """Where a charge is named, by any of its names."""
        for start, end in parts:
            for canonical, a, b in charges.find(self.text, start, end):
                if canonical == name:
                    return a, b
        return self.words(name, self.part("judgment")) if not charges.canonical(name) else None


def _case(find: _Finder) -> Iterator[Element]:
    judgment = find.judgment
    head, ending = find.part("header", "parties"), find.part("ending", "judgment")
    for field, value, part in (
        ("案号", judgment.case_number, head),
        ("法院", judgment.court, head),
        ("文书", judgment.document_type, head),
    ):
        if value:
            yield Element(-1, field, value, span=find.words(value, part))
    if judgment.date:
        yield Element(-1, "裁判日期", judgment.date, span=_day(find, judgment.date, ending))
    trial = find.part("accusation", "parties")
    for field, value, words, part in (
        # What they follow from.
        ("省份", judgment.province, judgment.court, head),
        ("审级", LEVELS.get(judgment.instance or ""), judgment.case_number, head),
        ("程序", judgment.procedure, f"{judgment.procedure}程序", trial),
    ):
        if value:
            yield Element(-1, field, value, span=find.words(words, part))
    reasoning, facts, operative = (
        find.part("reasoning"),
        find.part("facts", "accusation"),
        find.part("judgment"),
    )
    if judgment.amount:
        yield Element(-1, "涉案金额", judgment.amount, "元", find.sum(judgment.amount, (reasoning, facts)))
    for field, yuan in (("退赔", judgment.restitution), ("赔偿", judgment.compensation)):
        if yuan:
            span = find.sum_after(_PAID[field], yuan, [operative]) or find.sum(yuan, [operative])
            yield Element(-1, field, yuan, "元", span)
    cited = {c.article: (c.start, c.end) for c in reversed(articles.find(find.text, "", *reasoning))}
    for article in judgment.articles:
        yield Element(-1, "法条", articles.render(article), span=cited.get(article))


def _day(find: _Finder, iso: str, part: Span) -> Span | None:
    for start, end in (part, (0, len(find.text))):
        for match in _DAY.finditer(find.text, start, end):
            if day(match[0]) == iso:
                return match.span()
    return None


def day(text: str) -> str | None:
    """A written day as ISO: 二〇一九年三月四日 → 2019-03-04; None where it is none."""
    parts = re.split(r"[年月日]", re.sub(r"\s", "", text).translate(str.maketrans("oOΟ", "000")))
    year = numerals.parse_int(parts[0])
    month = 1 if parts[1] == "元" else numerals.parse_int(parts[1])
    number = numerals.parse_int(parts[2].replace("卅", "三十").replace("廿", "二十"))
    if not year or not month or not number or not 1900 <= year <= 2100 or month > 12 or number > 31:
        return None
    return f"{year:04}-{month:02}-{number:02}"


def _person(find: _Finder, number: int, person: Defendant) -> Iterator[Element]:
    own = find.sentences_of(person)
    accused = find.words(f"被告人{person.name}", find.part("parties", "judgment"))
    name = (
        (accused[1] - len(person.name), accused[1])
        if accused
        else find.words(person.name, (0, len(find.text)))
    )
    yield Element(number, "姓名", person.name, span=name)
    for charge in person.charges:
        yield Element(number, "罪名", charge, span=find.charge(charge, [*own, find.part("reasoning")]))
    if len(person.terms) > 1:
        for term in person.terms:
            value = term.months if term.months is not None else term.kind
            field = f"{term.charge or '单罪'}·{term.kind}"
            yield Element(number, field, value, "月" if term.months is not None else "", find.term(term, own))
    if sentence := person.sentence:
        span = find.term(sentence, own, joint=len(person.terms) > 1)
        yield Element(number, "刑种", sentence.kind, span=span)
        if sentence.months is not None:
            yield Element(number, "刑期", sentence.months, "月", span)
    if person.probation_months:
        span = find.length(_PROBATION, person.probation_months, own)
        yield Element(number, "缓刑考验期", person.probation_months, "月", span)
    for field, yuan, pattern in (
        ("罚金", person.fine, _FINE),
        ("没收财产", person.confiscation, _CONFISCATE),
        ("本人退赔", person.restitution if len(find.judgment.defendants) > 1 else 0, _PAID["退赔"]),
        ("本人赔偿", person.compensation if len(find.judgment.defendants) > 1 else 0, _PAID["赔偿"]),
    ):
        if yuan:
            yield Element(
                number, field, yuan, "元", find.sum_after(pattern, yuan, [*own, find.part("judgment")])
            )
    if person.confiscation_all:
        match = next((m for part in own if (m := _CONFISCATE.search(find.text, *part))), None)
        yield Element(number, "没收财产", "全部", span=match.span() if match else None)
    if person.deprivation_months:
        span = find.length(_DEPRIVE, person.deprivation_months, own)
        yield Element(number, "剥夺政治权利", person.deprivation_months, "月", span)
    if person.deprivation_life:
        match = next((m for part in own if (m := _DEPRIVE.search(find.text, *part))), None)
        yield Element(number, "剥夺政治权利", "终身", span=match.span() if match else None)
    if person.amount and len(find.judgment.defendants) > 1:
        parts = (find.part("reasoning"), find.part("facts", "accusation"))
        yield Element(number, "本人涉案金额", person.amount, "元", find.sum(person.amount, parts))
    for name in person.circumstances:
        yield Element(number, "情节", name, span=find.circumstance(name, person))


def elements(judgment: Judgment, text: str) -> list[Element]:
    """Every element of a record: those of the case, then those of each defendant.

    Args:
        judgment: the record of `text`.
        text: as `lexpro.encoding.tidy` gives it; spans count its characters.
    """
    find = _Finder(judgment, text)
    found = list(_case(find))
    for number, person in enumerate(judgment.defendants):
        found += _person(find, number, person)
    return found
