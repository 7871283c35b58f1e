"""The amount of each of several defendants: what each is liable for.

Whoever takes part in a joint crime is liable for all that it took, not for a share of the loot. It
is looked for, in this order:

    list      what the text gives several by name: 其中甲参与三起，价值…；乙参与两起，价值…
    reasoning what the reasoning says of those that it names
    counts    the stories of the counts, of each that the defendant is named in, added up
    story     what the facts say of those that they name
    case      the whole, where the text gives nothing
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from lexpro.corpus.parsing import amounts
from lexpro.corpus.parsing.payments import places_of
from lexpro.corpus.parsing.sums import Sum, find
from lexpro.records import Defendant, Money

# 卖给乙, 从乙处: said of the other.
_OTHER = re.compile(r"(?:给|向|从|为(?=同案|被告))(?:同案)?(?:被告(?:人|单位))?$")
_JOINED = re.compile(r"[、，和及与]?(?:以及)?(?:被告(?:人|单位))?")
_STOP = re.compile(r"[。\n]")
_SENTENCE = re.compile(r"[^。\n]+")
# 其中甲…，乙…: each of those that were named together.
_EACH = re.compile(r"其中|分别")
# Where a name begins what is said of somebody; with whom it was done.
_SUBJECT = re.compile(
    r"(?:^|[，。；：、（）.．0-9]|其中|分别|综上|综上所述|认定|故|即|和|与|及|以及|另|对)(?:同案)?(?:被告(?:人|单位))?$"
)
_WITH = re.compile(r"(?:伙同|会同|[与和、])(?:同案)?(?:被告(?:人|单位))?$")
# What makes a sum that of all somebody did: 参与五起, 涉案价值, 诈骗数额.
_SHARE = re.compile(
    r"参与|涉案|(?<![第0-9一二三四五六七八九十])(?:[0-9]{1,3}|[二三四五六七八九十]{1,3})(?:余|多)?(?:起|次|笔|节|宗)|[一1](?:起|次|笔|节|宗)(?=[，、（])"
    r"|(?:犯罪|诈骗|盗窃|窃取|抢劫|抢夺|敲诈勒索|受贿|行贿|贪污|侵占|挪用|经营|销售|交易|走私|吸收|集资|虚开|赌博|掩饰|收购|敲诈|骗取|强迫交易)[^，。；]{0,8}(?:数额|金额|价值)|偷逃[^，。；]{0,6}税"
)
# How far behind the name a figure is still its own.
_NEAR = 100
# A sum before the counts is theirs if they come to no more than a little above it.
_NEARLY = 0.9
_VALUED = re.compile(r"价值|数额|金额|共")
_PERIOD = re.compile(r"月至|年至|期间|以来")
_ONE_DAY = re.compile(r"[0-9]日(?!至)|[当同次]日|[凌早]晨")
_DAY = re.compile(r"[0-9]{1,2}月|[0-9]{4}年|[当同次]日|[凌早]晨")
# What others say that it is.
_CLAIM = re.compile(r"辩护人|辩解|辩称|(?<!鉴定)意见|指控(?![^。]*成立)")
_ALONE = re.compile(r"单独|另外?(?:参与|伙同|单独|实施)|独自")
# A count ends where the text turns to the arrest, or sums up.
_COUNT_ENDS = re.compile(
    r"综上|另查[明，]|案发后|破案后|归案后|到案后|上述(?:事实|犯罪)|以上事实|[^，。；]{0,40}(?:被[^，。；]{0,20}|民警[^，。；]{0,40}|公安[^，。；]{0,40})抓获"
)
# Several without names: 三被告人, 上述被告人, 几人.
_TOGETHER = re.compile(r"(?:[二两三四五六七八九各上述]|上列)(?:名)?(?:被告)?人(?!民)")
# What begins the story of another crime.
_CRIME = re.compile(
    r"(?:^|(?<=[。；：\n]))(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）)"
    r"[^。；，：0-9]{0,30}(?:罪|事实)"
)
_DATED = re.compile(r"(?:^|(?<=[。；：\n]))(?:同年|同月|次日|(?:19|20)[0-9]{2}年[0-9]{1,2}月)")
# Who deals with what others took: has what went through these hands.
_HANDLER = re.compile(r"掩饰、隐瞒|窝藏|洗钱|帮助信息网络")


@dataclass(slots=True)
class _Stretch:
    """What a sentence says of some of the defendants, up to where it speaks of others.

    Attributes:
        names: who they are.
        start: where the text speaks of them.
        end: where it turns to others or the sentence ends.
    """

    names: list[str]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Figure:
    """What a text gives somebody for all that they did.

    Attributes:
        shared: of how many defendants it is said together.
        others: minus the number of figures in the list.
        amount: yuan.
        sums: what it is made of.
        alone: whether it is of what somebody did without the others.
    """

    shared: int
    others: int
    amount: Money
    sums: list[Sum]
    alone: bool


def _within(sums: Sequence[Sum], start: int, end: int) -> Sequence[Sum]:
    """The sums, which are in order, from one place up to another."""
    first = bisect_left(sums, start, key=lambda one: one.start)
    return sums[first : bisect_left(sums, end, first, key=lambda one: one.start)]


def _places(text: str, names: Sequence[str]) -> list[tuple[int, str]]:
    """(where, who) of the names in a text."""
    return sorted((at, who) for who in names for at in places_of(text, who))


def _acting(text: str, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(where, who) of the names in a text, without those that something is done with.

    卖给乙、丙 says nothing of 乙 and 丙.
    """
    end, other = 0, False
    for start, name in _places(text, names):
        joined = other and _JOINED.fullmatch(text, end, start)
        other = bool(joined or _OTHER.search(text, max(0, start - 8), start))
        end = start + len(name)
        if not other:
            yield start, name


def _stretches(text: str, names: Sequence[str], start: int, stop: int) -> list[_Stretch]:
    """A sentence cut where it begins to speak of other defendants."""
    found: list[_Stretch] = []
    end = -1
    sentence = text[start:stop]
    for at, name in _acting(sentence, names):
        near = max(0, at - 8)
        joined = end >= 0 and (
            _JOINED.fullmatch(sentence, end, at) or (at - end < 12 and _WITH.search(sentence, near, at))
        )
        if joined:
            found[-1].names.append(name)
        elif _SUBJECT.search(sentence, near, at):
            if found:
                found[-1].end = start + at
            found.append(_Stretch([name], start + at + len(name), stop))
        else:
            continue
        end = at + len(name)
        found[-1].start = start + end
    return found


def _dated(said: str) -> bool:
    """Whether a day is told; 2016年6月至12月期间 is none."""
    return bool(_ONE_DAY.search(said) or (_DAY.search(said) and not _PERIOD.search(said)))


def _figures(
    text: str, sums: Sequence[Sum], names: Sequence[str], sentence: re.Match[str]
) -> list[tuple[_Stretch, list[Sum], str, bool]]:
    """(who, their sums, what is said before these, whether a day is told before) of a sentence."""
    if not _within(sums, *sentence.span()):
        return []
    found = []
    for stretch in _stretches(text, names, *sentence.span()):
        own = list(_within(sums, stretch.start, stretch.end))
        if own and not _dated(said := text[stretch.start : own[0].start]):
            dated = bool(_ONE_DAY.search(text, sentence.start(), stretch.start))
            found.append((stretch, own, said, dated))
    return found


def _worth(text: str, sums: Sequence[Sum]) -> Money:
    """What a stretch comes to: the totals or values of its crimes, added up."""
    for kind in ("total", "value"):
        if of_kind := [one for one in sums if one.kind == kind]:
            return amounts.counts_of(of_kind)
    return amounts.involved([replace(one, part=False) for one in sums])


def listed(text: str, names: Sequence[str], court: bool = False) -> dict[str, _Figure]:
    """What a text gives defendants by name for all that they did.

    Args:
        text: reasoning or facts.
        names: of all defendants.
        court: whether the text is the reasoning, of which the sentences are one list.

    Returns:
        {name: the figure}.
    """
    sums = amounts.of_measured(text, find(text))
    found: dict[str, list[_Figure]] = {}
    sentences = [
        _figures(text, sums, names, match)
        for match in (_SENTENCE.finditer(text) if sums else ())
        if not (court and _CLAIM.search(match[0]))
    ]
    if court:
        sentences = [list(chain.from_iterable(sentences))]
    for figures in sentences:
        shares = [
            (stretch, own, said)
            for stretch, own, said, dated in figures
            if len(said) <= _NEAR
            and (_SHARE.search(said) or (len(figures) > 1 and not dated and _VALUED.search(said)))
        ]
        for stretch, own, said in shares:
            who = list(dict.fromkeys(stretch.names))
            figure = _Figure(len(who), -len(shares), _worth(text, own), own, bool(_ALONE.search(said)))
            for name in who:
                found.setdefault(name, []).append(figure)
    return {name: _best(figures) for name, figures in found.items()}


def _best(figures: Sequence[_Figure]) -> _Figure:
    """The figure that fewest share, of the longest list; with 单独 before one, all of them."""
    if any(figure.alone for figure in figures):
        apart = list({figure.amount: figure for figure in figures}.values())
        every = [one for figure in apart for one in figure.sums]
        return _Figure(1, 0, sum(figure.amount for figure in apart), every, True)
    return min(figures, key=lambda one: (one.shared, one.others, -one.amount))


def _pieces(facts: str, start: int, end: int, head: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where the stories of the counts are, between two places of the facts."""
    places = [match.start() for match in head.finditer(facts, start, end)]
    return list(zip(places, [*places[1:], end], strict=False))


def counted(facts: str, names: Sequence[str], whole: Money, handler: bool = False) -> dict[str, Money]:
    """What the counts come to that each defendant is named in.

    Counts are numbered; else those are taken that begin with their day, if they come to the case's.

    Args:
        facts: of the judgment.
        names: of all defendants.
        whole: what the case is about.
        handler: whether it is asked for what passed through somebody's hands: then those count,
            too, to whom something was given or sold.

    Returns:
        {name: yuan}, empty where the facts tell no two counts.
    """
    sums = find(facts)
    told = [one for one in sums if one.kind != "other"] or list(sums)
    if not told:
        return {}
    crimes = _pieces(facts, 0, len(facts), _CRIME)
    for head in (amounts.COUNT, _DATED):
        own: dict[str, Money] = {}
        counts = 0
        for start, end in crimes if len(crimes) > 1 else [(0, len(facts))]:
            read, each = _of_counts(facts, start, end, told, names, head, handler)
            counts += read
            for name, of_counts in each.items():
                own[name] = round(own.get(name, 0) + _apart(of_counts, whole), 2)
        if counts > 1 and (head is amounts.COUNT or abs(max(own.values()) - whole) <= 0.02 * whole):
            return own
    return {}


def _of_counts(
    facts: str,
    start: int,
    end: int,
    sums: Sequence[Sum],
    names: Sequence[str],
    head: re.Pattern[str],
    handler: bool,
) -> tuple[int, dict[str, list[Money]]]:
    """(how many counts tell a sum, {name: what each count comes to}) of one crime's story."""
    totals: dict[str, list[Money]] = {}
    summary: dict[str, list[Money]] = {}
    lately: list[str] = []
    told = 0
    pieces = _pieces(facts, start, end, head) or [(start, end)]
    headed = pieces[0][0] > start
    if headed:
        pieces.insert(0, (start, pieces[0][0]))
    for number, (begin, stop) in enumerate(pieces):
        over = _COUNT_ENDS.search(facts, begin, stop)
        piece = facts[begin : over.start() if over else stop]
        own = [replace(one, part=False) for one in _within(sums, begin, begin + len(piece))]
        acting = _places(piece, names) if handler else _acting(piece, names)
        who = list(dict.fromkeys(name for _, name in acting))
        if not who and _TOGETHER.search(piece):
            who = lately or list(names)
        lately = who or lately
        if not own:
            continue
        if headed and number == 0 and len(pieces) > 2:
            # What stands before the counts sums them up, or is no count.
            if stated := [one for one in own if one.kind == "total"]:
                summary = {name: [amounts.involved(stated)] for name in who or names}
            continue
        told += 1
        for name in who or lately:
            totals.setdefault(name, []).append(amounts.involved(own, told=True))
    for name, whole in summary.items():
        if sum(whole) >= _NEARLY * sum(totals.get(name, [])):
            totals[name] = whole
    return told, totals


def _apart(counts: list[Money], whole: Money) -> Money:
    """The counts added up; one that is what the others come to, beyond the whole, counts alone."""
    greatest, together = max(counts), sum(counts)
    if len(counts) > 2 and together > 1.02 * whole and abs(together - 2 * greatest) <= 0.02 * greatest:
        return greatest
    return round(together, 2)


def _of_each(text: str, names: Sequence[str]) -> dict[str, list[Sum]]:
    """The sums that a text gives for each defendant.

    A sum is that of those named in its sentence since the sum before it, else of those named last;
    其中甲价值…，乙价值… begins anew.
    """
    events: list[tuple[int, object]] = [(one.start, one) for one in find(text)]
    if not events:
        return {}
    events += _acting(text, names)
    events += [(match.start(), None) for match in _STOP.finditer(text)]
    events += [(match.start(), _EACH) for match in _EACH.finditer(text)]
    found: dict[str, list[Sum]] = {}
    current: list[str] = []
    done = True
    for _, event in sorted(events, key=lambda one: one[0]):
        if isinstance(event, str):
            current = [] if done else current
            current += [event] if event not in current else []
            done = False
        else:
            done = True
            for name in current if isinstance(event, Sum) else ():
                found.setdefault(name, []).append(event)
    return found


def _own(sums: Sequence[Sum]) -> Money:
    """What a defendant took part in, if that is said, else what `involved` makes of the sums."""
    parts = [replace(one, part=False) for one in sums if one.part]
    return amounts.involved(parts) or amounts.involved(sums)


def assign(reasoning: str, facts: str, whole: Money, defendants: list[Defendant]) -> Money:
    """Set `amount` of each defendant.

    Args:
        reasoning: of the judgment.
        facts: of the judgment.
        whole: what the case is about.
        defendants: all of them; those whose crimes no sum measures get none.

    Returns:
        What the case is about: no less than the most that a list gives one of them.
    """
    having = [one for one in defendants if not one.charges or any(map(amounts.measured, one.charges))]
    if not having:
        return whole
    if len(defendants) == 1:
        having[0].amount = whole
        return whole
    names = list(dict.fromkeys(defendant.name for defendant in defendants))
    convicted = amounts.convicted(reasoning)[0]
    lists = [listed(reasoning, names, court=True), listed(facts, names)]
    figures = [of[one.name].amount for one in having for of in lists if one.name in of]
    whole = max(whole, *figures, 0)
    if not whole:
        return whole
    stated, reasoned, told = (_of_each(text, names) for text in (convicted, reasoning, facts))
    counts = counted(facts, names, whole)
    handlers = [one.name for one in having if _HANDLER.search("".join(one.charges))]
    handled = counted(facts, names, whole, handler=True) if handlers else {}
    for defendant in having:
        name = defendant.name
        own_figures = sorted((of[name] for of in lists if name in of), key=lambda one: one.shared)
        crimes = sum(map(amounts.measured, defendant.charges))
        said = stated.get(name, [])
        own = amounts.stated_for(convicted, said, crimes)
        if crimes > 1:
            whole = max(whole, own)
        # Of several crimes a list may give one only.
        if own_figures and own_figures[0].shared < len(having) and (crimes < 2 or not own):
            figure = own_figures[0]
            defendant.amount = amounts.exact(figure.amount, figure.sums, find(facts))
            continue
        own = amounts.exact(own or max((one.amount for one in said), default=0), said, find(facts))
        own = own or (own_figures[0].amount if own_figures else 0)
        own = own or _own([one for one in reasoned.get(name, []) if one.kind != "other"])
        story = told.get(name, [])
        if defendant.charges:
            handler = name in handlers
            own = own or (handled if handler else counts).get(name, 0)
            story = story if handler else [one for one in story if one.kind != "other"]
        own = own or _own(story)
        affray = defendant.charges and all(
            "寻衅滋事" in charge for charge in defendant.charges if amounts.measured(charge)
        )
        defendant.amount = min(own or (0 if affray else whole), whole)
    return whole
