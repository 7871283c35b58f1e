"""Whose the circumstances are that a court finds: the defendants that the text speaks of there.

A grammar of what is said of several defendants; `circumstances` tells who speaks (the court, or a
claim that it accepts), the circumstance, and whether it is found or denied:

    statement = [ subject ] { finding | denial }    without subject: whom the text spoke of before
    subject   = names | together
    names     = name { JOIN ( name | stranger ) }   a stranger is a misspelt name, or another person
    together  = OTHERS | NUMBER | ABOVE | ALL       其余二被告人, 二被告人, 上述被告人, 各被告人
    finding   = [ EACH | RESPECTIVELY ] circumstance   均: all of the sentence; 分别: one each
    denial    = NOT circumstance                    withdraws what was told, not named, of them

Who is only a companion (与甲共同), object (抓获甲) or source (甲的供述) is no subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lexpro.corpus.parsing import parties, payments
from lexpro.law import circumstances, numerals
from lexpro.law.circumstances import Finding
from lexpro.records import Defendant

_STOPS = re.compile(r"[。；\n]")
_UNIT = re.compile(r"被告单位")
_JOINED = re.compile(
    r"(?:（[^（）]{1,12}）)?(?:[、，和及与或]|或者|以及)?(?:原审|上诉人)?(?:被告(?:人|单位))?"
)
# Between two names of an enumeration: other people's names.
_STRANGERS = re.compile(r"(?:、(?:被告人)?[^，。；、：（）的]{2,4}){1,3}[、和及与](?:被告人)?")
_N = r"(?:[二两三四五六七八九十]{1,3}|[1-9]?[0-9](?=名|个|位|被告))"
# Several at once: 其他被告人, 三被告人, 上述被告人, 各被告人.
_TOGETHER = re.compile(
    rf"(?P<others>(?:其他|其余|其它)(?:同案)?(?:(?P<rest>{_N})名?)?(?:被告人|人(?![民员身])))"
    rf"|(?P<number>{_N})(?:名|个|位)?(?:同案)?(?:原审)?(?:被告人|(?<![十第])人(?![民员身次份面轻重死伤]|受伤|以上|左右))"
    r"|(?P<above>(?:上述|以上|前述|上列)(?:各)?(?:名)?(?:原审)?被告人)"
    r"|(?P<all>(?:各|全部|所有|全案|全体|诸)(?:名|个|位)?(?:原审)?被告(?:单位(?:[、和及与](?:各)?))?(?:被告)?人|被告人(?=均|都|各)|本案被告人(?=退|均|已|主动|积极|[到归]案|的?[家亲]属))"
    r"|(?P<bare>被告人的?(?=亲属|家属|近亲属|亲友|归案|到案|当庭))"
)
# What stands before a name that is the subject of what follows.
_BEFORE_SUBJECT = re.compile(
    r"(?:^|[，。；：、“（）．.0-9]|和|及|与|以及|其中|鉴于|认定|认为|但是?|而|且|对于?|关于|针对|因为?|由于|故|虽然?|考虑到|另|又|均|中|案|综上|所提|提出的?|辩?称|"
    r"指控的?|公诉机关|责任|作用|罪|查|刑|代为?|代替)(?:原审)?(?:被告(?:人|单位))?$"
)
_BEFORE_TOGETHER = re.compile(
    _BEFORE_SUBJECT.pattern.replace("(?:原审)?", "(?:该|其|上述|以上|前述|本案|原审|犯|认定)?")
)
# With whom, to whom or by whom something is done: they are no subject.
_NO_SUBJECT = re.compile(
    r"(?:伙同|跟随|受|抓获|抓捕|揭发|检举|指使|劝说|规劝|通知|联系|带领|帮助|协助|供出|指认|殴打|委托|雇佣|纠集|低于|高于|小于|大于|次于|轻于|重于|弱于|相[对较比]于|相较|较之|比起|与|同|(?:^|[，。；在系其])和|的(?=同案))"
    r"(?:同案)?(?:犯|人)?(?:原审)?(?:被告(?:人|单位))?$"
)
# The same of several: 与上述四被告人相比.
_NOT_TOGETHER = re.compile(
    r"(?:与|较|比|同|指挥|伙同|纠集|抓获)(?:其他|其余|该|其|上述|以上|前述|本案|原审|同案)?$"
)
# What others say or have in common with the subject: 得到被告人甲的供述证实, 与甲相比.
_SPOKEN = re.compile(
    r"(?:等人?)?(?:的(?:共同|当庭|有罪)?(?:供述|证言|指证|指认|陈述|辨认|供认|证实|证明|笔录)|相[比较]|供述(?=[及与和、]|证实|证明|笔录))"
)
# 综合二被告人的累犯、从犯等情节: found before, of one each.
_SUMMED_UP = re.compile(r"(?:[、，和及与][^，。；]{0,20}){0,12}等[^，。；]{0,10}情节")
# 三被告人分别具有自首、立功情节: one each, in their order.
_RESPECTIVELY = re.compile(r"分别(?:系|是|属|属于|具有|有|构成)?$")
_SUMS_UP = re.compile(r"(?:综上|综合|根据|结合|按照|鉴于|考虑|本院(?!认为))")
# Forgiveness of the case: 本案被害人出具了谅解书.
_ALL_VICTIMS = re.compile("本案(?:的?(?:部分|各|全部))?(?:的)?被害")
# For whom something of the case makes it lighter.
_LIGHTER_FOR = re.compile(
    r"[^。；]{0,30}?，(?:依法)?(?:可以?|应当?|均)?(?:依法|酌情)?对(?=[^，。；]{2,12}(?:从轻|减轻|从宽))"
)
# How far before 二被告人 the two may be named.
_NAMED = 400
# A denial reaches as far back as this.
_REACH = 600
# Somebody whose name is masked or numbered, at the beginning of what is said of them.
_ANOTHER = re.compile(
    r"(?:^|[，。；：、])(?:(?P<companion>同案(?:被告人|犯|人))|同案|被告人|证人|被害人)?"
    r"(?P<name>[\u4e00-\u9fa5]某[某甲乙丙丁戊己庚辛0-9]?[0-9]?|[\u4e00-\u9fa5][甲乙丙丁×][0-9]?)(?(companion)(?![被已（，某甲乙丙丁戊己庚辛0-9])|(?=[系是在起，]|具有|构成))"
)


@dataclass(slots=True)
class _Group:
    """Defendants named together.

    Attributes:
        start: of their names in the sentence.
        end: of their names in the sentence.
        names: who they are.
        sure: whether they are the subject by what stands before them.
    """

    start: int
    end: int
    names: list[str]
    sure: bool = True


@dataclass(slots=True)
class _Talk:
    """Who has been spoken of.

    Attributes:
        names: all the defendants.
        forms: how the text writes them: form → name.
        subject: whom the text speaks of now.
        lately: everybody that it spoke of, the last at the end.
        groups: all the groups that it spoke of.
        here: those of this sentence, a list a group.
        before: all those of the sentence before.
    """

    names: list[str]
    forms: dict[str, str]
    subject: list[str]
    lately: list[str] = field(default_factory=list)
    groups: list[list[str]] = field(default_factory=list)
    here: list[list[str]] = field(default_factory=list)
    before: list[str] = field(default_factory=list)

    def of(self, group: list[str]) -> None:
        """Speak of a group."""
        self.subject = group
        self.here.append(group)
        self.groups.append(group)
        for name in group:
            if name in self.lately:
                self.lately.remove(name)
            self.lately.append(name)

    def so_far(self) -> list[str]:
        """All that were named in this sentence, else in the one before."""
        return list(dict.fromkeys(name for group in self.here for name in group)) or self.before

    def next_sentence(self) -> None:
        """Begin a sentence."""
        if self.here:
            self.before = self.so_far()
            self.here = []

    def others(self, number: int) -> list[str]:
        """The rest, or as many of it as `number` says: of the last who were named together."""
        known = self.so_far()
        rest = [name for name in self.names if name not in known]
        if not number or len(rest) == number:
            return rest
        for group in reversed(self.groups):
            left = [name for name in group if name not in known]
            if len(left) == number:
                return left
        return rest

    def of_number(self, number: int, before: str) -> list[str]:
        """So many: everybody, all who are no unit, a group, all of the sentence, or the last.

        Args:
            number: how many.
            before: the sentence so far, which may name some who are no subject.
        """
        people = [name for name in self.names if not parties.UNIT.search(name)]
        for everybody in (self.names, people):
            if number == len(everybody):
                return everybody
        same = next((group for group in reversed(self.here) if len(group) == number), None)
        if same:
            return same
        mentioned = {self.forms[form]: True for _, form in payments.named_in(before, self.forms)}
        if len(mentioned) == number:
            return list(mentioned)
        return self.lately[-number:] if 0 < number <= len(self.lately) else []


def _together(match: re.Match[str], talk: _Talk, before: str) -> list[str]:
    """Whom 二被告人, 其他被告人 or the like means behind some text; empty where nobody can tell."""
    if match["others"]:
        return talk.others(numerals.parse_int(match["rest"]) or 0 if match["rest"] else 0)
    if match["number"]:
        return talk.of_number(numerals.parse_int(match["number"]) or 0, before)
    if match["bare"]:
        return [] if talk.here else talk.names
    if match["above"]:
        return talk.so_far() if len(talk.so_far()) > 1 else talk.names
    return talk.names


def _named(text: str, forms: dict[str, str], unit: str | None) -> Iterator[_Group]:
    """The groups of names in a text that may be the subject of what follows.

    被告单位 without a name is the only unit.
    """
    found = [(at, at + len(form), forms[form]) for at, form in payments.named_in(text, forms)]
    if unit:
        found += [
            (*match.span(), unit) for match in _UNIT.finditer(text) if not text.startswith(unit, match.end())
        ]
    groups: list[_Group] = []
    for start, end, name in sorted(found):
        joined = groups and (
            _JOINED.fullmatch(text, groups[-1].end, start)
            or _STRANGERS.fullmatch(text, groups[-1].end, start)
        )
        if joined:
            groups[-1].end = end
            groups[-1].names.append(name)
        else:
            groups.append(_Group(start, end, [name]))
    for group in groups:
        near = max(0, group.start - 12)
        if not _NO_SUBJECT.search(text, near, group.start) and not _SPOKEN.match(text, group.end):
            group.sure = bool(_BEFORE_SUBJECT.search(text, near, group.start))
            group.names = list(dict.fromkeys(group.names))
            yield group


def _each(sentence: str, start: int, end: int, talk: _Talk, named: int) -> list[str]:
    """Who 均 speaks of, between the last name (or the clause's beginning) and a circumstance.

    甲如实供述，乙主动投案，均系自首 speaks of both.

    Args:
        sentence: the text.
        start: where the last name ends, or the clause begins.
        end: where the circumstance stands.
        talk: who was spoken of.
        named: how many groups of the sentence have had their circumstances already.
    """
    if len(talk.subject) > 1 or not re.search("[均都]", sentence[start:end]):
        return talk.subject
    several = list(dict.fromkeys(name for group in talk.here[named:] for name in group))
    if len(several) > 1:
        return several
    return talk.subject if talk.here else talk.names


def _sums_up(sentence: str, clause: int, place: int) -> bool:
    """Whether a circumstance is one of a list of what was found before."""
    return bool(_SUMS_UP.match(sentence, clause) and _SUMMED_UP.search(sentence, place, place + 120))


@dataclass(slots=True)
class _Held:
    """What was found of each defendant so far."""

    found: dict[str, list[Finding]]

    def add(self, finding: Finding, who: Sequence[str]) -> None:
        """Add a finding; a denial withdraws what was told, but not named, shortly before."""
        for name in who:
            if not finding.denied:
                self.found[name].append(finding)
                continue
            self.found[name] = [
                held
                for held in self.found[name]
                if held.named
                or circumstances.called(held.name) != finding.name
                or finding.place - held.place > _REACH
            ]

    def has(self, name: str, circumstance: str) -> bool:
        """Whether a defendant has a circumstance already."""
        return circumstance in circumstances.tidy([finding.name for finding in self.found[name]])


def _dealt(text: str, run: Sequence[Finding], who: list[str], held: _Held) -> dict[int, list[str]]:
    """Place → whose it is, of a list of circumstances behind 分别 (分别具有自首、立功情节).

    A list of what was found before says nothing new. Else each has one, in their order.
    """
    listed = [run[0]]
    for finding in run[1:]:
        between = text[listed[-1].place : finding.place]
        if len(between) > 8 or not re.search("[、和及与]", between) or re.search("[，。；]", between):
            break
        listed.append(finding)
    if len(listed) < 2:
        return {}
    if all(any(held.has(name, finding.name) for name in who) for finding in listed):
        return {finding.place: [] for finding in listed}
    if len(listed) == len(who):
        return {finding.place: [name] for finding, name in zip(listed, who, strict=True)}
    return {}


def _of_several(reasoning: str, findings: list[Finding], names: list[str], held: _Held) -> None:
    """Add to `held` what is found of each of several defendants."""
    units = [name for name in names if parties.UNIT.search(name)]
    unit = units[0] if len(units) == 1 else None
    # A name comes before a circumstance at its place: 曾勇曾因….
    forms = parties.written(reasoning, names)
    groups = _named(reasoning, forms, unit)
    events: list[tuple[int, object]] = [(group.start, group) for group in groups]
    events += [(match.start(), match) for match in _TOGETHER.finditer(reasoning)]
    events += [(match.start(), match[0]) for match in _STOPS.finditer(reasoning)]
    events += [(finding.place, finding) for finding in findings]
    talk = _Talk(names, forms, names)
    # Where the sentence and its clause begin, and the last who were named end.
    begin = clause = last = 0
    # How many groups of the sentence have had their circumstances.
    named = 0
    sure = False
    dealt: dict[int, list[str]] = {}
    # Where 上述被告人 ends.
    together = -1
    for place, event in sorted(events, key=lambda one: one[0]):
        if isinstance(event, str):
            clause, sure = place + 1, False
            last = place
            if event != "；":
                begin, named = clause, 0
                talk.next_sentence()
        elif isinstance(event, Finding):
            summed = clause == begin and _sums_up(reasoning, clause, place)
            if (summed and (len(talk.subject) > 1 or not talk.here)) or _stranger(reasoning, place, names):
                continue
            who = _each(reasoning, last, place, talk, named)
            fault, forgiven = event.name == "被害人过错", event.name == "谅解"
            if (fault and (not talk.here or reasoning.startswith("被害", begin))) or (
                forgiven and not talk.here and _ALL_VICTIMS.match(reasoning, begin)
            ):
                # The fault of a victim is nobody's: told of the victim it counts for all.
                who = talk.names
            elif not talk.here and (lighter := _LIGHTER_FOR.match(reasoning, place)):
                # 双方已互相谅解，可以对三被告人从轻处罚.
                for_whom = _TOGETHER.match(reasoning, lighter.end())
                who = (_together(for_whom, talk, "") if for_whom else []) or who
            elif units and reasoning.endswith("单位", 0, place):
                who = units
            elif len(who) > 1 and _RESPECTIVELY.search(reasoning, last, place):
                dealt |= _dealt(reasoning, [one for one in findings if one.place >= place], who, held)
            held.add(event, dealt.get(place, who))
            named = len(talk.here)
        elif isinstance(event, _Group):
            if together >= 0 and talk.here and _JOINED.fullmatch(reasoning, together, event.start):
                # 上述被告人、被告单位.
                talk.of(list(dict.fromkeys(talk.here.pop() + event.names)))
                last, sure = event.end, True
            # A name in the middle of a clause that has a subject is no new one.
            elif event.sure or not sure:
                talk.of(event.names)
                last, sure = event.end, event.sure
            else:
                talk.groups.append(event.names)
        elif not _SPOKEN.match(reasoning, event.end()) and (
            who := _together(event, talk, reasoning[max(begin, event.start() - _NAMED) : event.start()])
        ):
            near = max(0, event.start() - 12)
            if talk.here and _JOINED.fullmatch(reasoning, last, event.start()):
                talk.of(list(dict.fromkeys(talk.here.pop() + who)))
            elif _BEFORE_TOGETHER.search(reasoning, near, event.start()) and not _NOT_TOGETHER.search(
                reasoning, near, event.start()
            ):
                talk.of(who)
            else:
                continue
            last, sure = event.end(), True
            together = last


def _stranger(text: str, place: int, names: list[str]) -> bool:
    """Whether a circumstance is said of somebody who is no defendant (程某系未成年人)."""
    start = max(text.rfind(mark, max(0, place - 12), place) for mark in "，。；\n") + 1
    match = _ANOTHER.match(text, start, place) if start else None
    return bool(match) and not any(
        name.startswith(match["name"]) or match["name"].startswith(name) for name in names
    )


def _of_another(text: str, place: int, name: str) -> bool:
    """Whether the clause says it of somebody else than the only defendant (李某系主犯)."""
    # Bounded: a text without stops must not be read again for each word.
    near = max(0, place - 300)
    start = max([near - 1, *(text.rfind(mark, near, place) for mark in "。；\n")]) + 1
    here = text[start:place]
    last = None
    for match in _ANOTHER.finditer(here):
        last = match
    if last is None or last["name"] == name or name.startswith(last["name"]) or "被害" in last[0]:
        return False
    return name not in here[last.end() :] and "被告人" not in here[last.end() :]


def assign(passages: Sequence[str], defendants: list[Defendant]) -> None:
    """Set the circumstances of the defendants from what the court says.

    Args:
        passages: the reasoning, and what the court weighs elsewhere.
        defendants: all of them.
    """
    names = list(dict.fromkeys(defendant.name for defendant in defendants))
    held = _Held({name: [] for name in names})
    for text in passages:
        findings = circumstances.findings(text)
        if len(names) == 1:
            for finding in findings:
                if not _of_another(text, finding.place, names[0]):
                    held.add(finding, names)
        elif names and findings:
            _of_several(text, findings, names, held)
    for defendant in defendants:
        found = [finding.name for finding in held.found[defendant.name]]
        defendant.circumstances = circumstances.tidy(found)
