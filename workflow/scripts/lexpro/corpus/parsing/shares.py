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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from lexpro.corpus.parsing import amounts, parties, story
from lexpro.corpus.parsing.payments import named_in
from lexpro.corpus.parsing.sums import ANY, GANG, Crimes, Sum, find
from lexpro.records import Defendant, Money

# 卖给乙, 从乙处: said of the other.
_OTHER = re.compile(r"(?:给予?|向|从|经|介绍|为(?=同案|被告))(?:同案)?(?:被告(?:人|单位))?$")
# 卖给王某、刘某（另案处理）及被告人乙: the same behind other people's names.
_OTHERS = re.compile(
    r"(?:给予?|向|从(?![犯事中]))(?:[^，。；、（）和及与]{1,6}(?:（[^（）]{0,12}）)?[、和及与]){1,20}"
    r"(?:同案)?(?:被告(?:人|单位))?$"
)
_JOINED = re.compile(r"[、，和及与]?(?:以及)?(?:被告(?:人|单位))?")
_STOP = re.compile(r"[。\n]")
_SENTENCE = re.compile(r"[^。\n]+")
_RESPECTIVELY = re.compile(r"分别|依次")
# A sum and what is before the next of a list.
_LISTED = re.compile("(?:约|人民币)*[0-9.,，]{1,16}[万亿]?余?元(?:余|左右)?[、，和及与]")
# 其中甲…，乙…: each of those that were named together.
_EACH = re.compile(r"其中|分别")
# Where a name begins what is said of somebody; with whom it was done.
_SUBJECT = re.compile(
    r"(?:^|[，。；：、（）.．0-9]|其中|通过|分别|综上|综上所述|认定|其间|期间|同时|故|即|和|与|及|以及|另|对)(?:同案)?(?:被告(?:人|单位))?$"
)
_WITH = re.compile(r"(?:伙同|会同|[与和、])(?:同案)?(?:被告(?:人|单位))?$")
# What makes a sum that of all somebody did: 参与五起, 涉案价值, 诈骗数额.
_SHARE = re.compile(
    r"参与|涉案|(?:犯罪|诈骗|盗窃|窃取|抢劫|抢夺|敲诈勒索|受贿|行贿|贪污|侵占|挪用|经营|销售|交易|走私|吸收|集资|虚开|赌博|掩饰|收购|敲诈|骗取|强迫交易)[^，。；]{0,8}(?:数额|金额|价值)|偷逃[^，。；]{0,6}税"
)
# What the crime of a figure was.
_SUCH = re.compile("诈骗|盗窃|抢劫|抢夺|敲诈|贪污|受贿|行贿|侵占|挪用|走私|虚开|赌博|掩饰|吸收|集资")
# 甲参与的抽头渔利数额为36万元，乙为24万元: the same of another.
_THE_SAME = re.compile("(?:则|均)?[为是计系](?:人民币)?约?")
# So many times; of one story that its day begins it is no more than how it went.
_TIMES = re.compile(
    r"(?<![第0-9一二三四五六七八九十])(?:[0-9]{1,3}|[二三四五六七八九十]{1,3})(?:余|多)?(?:起|次|笔|节|宗)|[一1](?:起|次|笔|节|宗)(?=[，、（])"
)
# Another masked name of a defendant.
_MASKED = re.compile("(被告人)([一-龥])某(?:[0-9]{1,2}|[甲乙丙丁])?(?![某×]|（?(?:另案|已判))")
# A unit by its short name.
_SHORT_UNIT = re.compile("被告单位([^，。；、：（）\\s]{0,24}?(?:公司|厂|中心|合作社|集团|医院|学校))")
# How far behind the name a figure is still its own.
_NEAR = 100
# A sum before the counts is theirs if they come to no more than a little above it.
_NEARLY = 0.9
_VALUED = re.compile(r"价值|数额|金额|[共合]计|共|计(?:人民币)?$|非法吸收|资金")
# Of one of those that were named: 被告人乙参与…
_TOOK_PART = re.compile("参与|单独|个人|独自")
_WITH_OTHERS = re.compile("[、和与及](?:被告人)?$")
_PERIOD = re.compile(r"月至|年至|期间|以来")
_ONE_DAY = re.compile(r"[上中下]旬|的一天|[0-9]日(?!至)|[当同次]日|[凌早]晨")
_DAY = re.compile(r"[0-9]{1,2}月|[0-9]{4}年|[当同次]日|[凌早]晨")
# What others say that it is.
_CLAIM = re.compile(r"辩护人|辩解|辩称|(?<!鉴定)意见|指控(?![^。]*成立)")
_ALONE = re.compile(r"单独(?![或和与及、])|另外?(?:参与|伙同|单独|实施)|独自")
# A count ends where the text turns to the arrest, or sums up.
_COUNT_ENDS = re.compile(
    r"综上|另查[明，]|归案后|到案后|上述(?:事实|犯罪)|以上事实|[^，。；]{0,40}(?:被[^，。；]{0,20}|民警[^，。；]{0,40}|公安[^，。；]{0,40})抓获"
)
# Several without names: 三被告人, 上述被告人, 几人.
_TOGETHER = re.compile(r"(?:[二两三四五六七八九各上述]|上列)(?:名)?(?:被告)?人(?!民)")
# What begins the story of another crime.
_CRIME = re.compile(
    r"(?:^|(?<=[。；：\n]))(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）)"
    r"[^。；，：0-9]{0,30}(?:罪|事实)"
)
# Who did the whole of which the only defendant did a part.
_OF_MORE = re.compile("公司|单位|团伙|集团|平台|等人")
# Words of what was done together, or through others.
_JOINTLY = re.compile(
    "共同|[伙会协]同|参与|结伙|合伙|[主从]犯|团伙|纠集|[预共合同]谋|同伙|商[量议]|分工|[上下][家线]|明知|网站"
)
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
        names: with whom it was done, where the text says that it was done jointly (共同).
        crime: what it was, where that is said; "several" where figures of more are added up.
    """

    shared: int
    others: int
    amount: Money
    sums: list[Sum]
    alone: bool
    names: frozenset[str] = frozenset()
    crime: str = ""

    @property
    def vague(self) -> bool:
        """Whether all that is said is what somebody made of it."""
        return all(one.gain for one in self.sums)


def _within(sums: Sequence[Sum], start: int, end: int) -> Sequence[Sum]:
    """The sums, which are in order, from one place up to another."""
    first = bisect_left(sums, start, key=lambda one: one.start)
    return sums[first : bisect_left(sums, end, first, key=lambda one: one.start)]


def _acting(text: str, names: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(where, who) of the names in a text, without those that something is done with.

    卖给乙、丙 says nothing of 乙 and 丙.
    """
    end, other = 0, False
    for start, name in named_in(text, names):
        joined = other and _JOINED.fullmatch(text, end, start)
        other = bool(
            joined
            or _OTHER.search(text, max(0, start - 8), start)
            or _OTHERS.search(text, max(0, start - 120), start)
        )
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
        own = [one for one in own if not one.gain] or own
        if own and not _dated(said := text[stretch.start : own[0].start]):
            dated = bool(_ONE_DAY.search(text, sentence.start(), stretch.start))
            found.append((stretch, own, said, dated))
    return found


def _of_the_gang(text: str, sums: Sequence[Sum]) -> list[Sum]:
    """The sums that are said to be what all did while somebody was with them."""
    return [one for one in sums if GANG.search(text, max(0, one.start - 40), one.start)]


def _worth(text: str, sums: Sequence[Sum]) -> Money:
    """What a stretch comes to: the totals or values of its crimes, added up.

    What the others did meanwhile (涉及团伙诈骗金额) contains one's own.
    """
    if gang := _of_the_gang(text, sums):
        return max(one.amount for one in gang)
    for kind in ("total", "value"):
        if of_kind := [one for one in sums if one.kind == kind]:
            return amounts.counts_of(of_kind)
    return amounts.involved([replace(one, part=False) for one in sums])


def listed(
    text: str,
    names: Sequence[str],
    court: bool = False,
    crimes: Crimes = ANY,
    several: Mapping[str, str] | None = None,
) -> dict[str, _Figure]:
    """What a text gives defendants by name for all that they did.

    Args:
        text: reasoning or facts.
        names: of all defendants.
        court: whether the text is the reasoning, of which the sentences are one list.
        crimes: those of the case.
        several: the charges of those who have more than one, by name.

    Returns:
        {name: the figure}.
    """
    sums = amounts.of_measured(text, find(text, crimes))
    found: dict[str, list[_Figure]] = {}
    sentences = [
        _figures(text, sums, names, match)
        for match in (_SENTENCE.finditer(text) if sums else ())
        if not (court and _CLAIM.search(match[0]))
    ]
    if court:
        sentences = [list(chain.from_iterable(sentences))]
    heads = [] if court else [match.start() for match in story.COUNT.finditer(text)]
    for figures in sentences:
        shares: list[tuple[_Stretch, list[Sum], str]] = []
        for stretch, own, said, dated in figures:
            # 先后3次收受 in the story of a count is no more than how it went.
            in_count = len(heads) > 1 and stretch.start > heads[0]
            times = _TIMES.search(said) and not in_count
            if len(said) <= _NEAR and (
                _SHARE.search(said)
                or (not dated and len(figures) > 1 and _VALUED.search(said))
                or (times and (not dated or any(one.kind == "total" for one in own)))
                or (shares and _THE_SAME.fullmatch(said))
            ):
                shares.append((stretch, own, said))
        for stretch, own, said in shares:
            who = list(dict.fromkeys(stretch.names))
            if len(own) == len(who) > 1 and _RESPECTIVELY.search(said) and _in_a_row(text, own):
                # 分别获利29300元、18500元: one each, in their order.
                for name, one in zip(who, own, strict=True):
                    found.setdefault(name, []).append(_Figure(1, -len(who), one.amount, [one], False))
                continue
            with_whom = frozenset(who if "共同" in said else ())
            crime = _SUCH.search(said)
            figure = _Figure(
                len(who),
                -len(shares),
                _worth(text, own),
                own,
                bool(_ALONE.search(said)),
                with_whom,
                crime[0] if crime else "",
            )
            for name in who:
                found.setdefault(name, []).append(figure)
    return {name: _best(figures, (several or {}).get(name, "")) for name, figures in found.items()}


def _in_a_row(text: str, sums: Sequence[Sum]) -> bool:
    """Whether sums are one list: 29300元、18500元和7500元."""
    between = (text[one.start : other.start] for one, other in pairwise(sums))
    return all(_LISTED.fullmatch(words) for words in between)


def _best(figures: Sequence[_Figure], charges: str = "") -> _Figure:
    """The figure that fewest share, of the longest list; with 单独 before one, all of them.

    Of several crimes one each (诈骗…，盗窃…), added up.
    """
    crimes = {figure.crime for figure in figures}
    if len(crimes) > 1 and all(crime and crime in charges for crime in crimes):
        apart = [_best([figure for figure in figures if figure.crime == crime]) for crime in sorted(crimes)]
        every = [one for figure in apart for one in figure.sums]
        return _Figure(1, 0, sum(figure.amount for figure in apart), every, True, crime="several")
    joint = {figure.names for figure in figures if figure.shared > 1}
    if any(figure.alone for figure in figures) or (len(joint) > 1 and frozenset() not in joint):
        # The same sum said again is one, but what was done jointly with another.
        apart = list({(figure.amount, figure.names): figure for figure in figures}.values())
        every = [one for figure in apart for one in figure.sums]
        return _Figure(1, 0, sum(figure.amount for figure in apart), every, True)
    return min(figures, key=lambda one: (one.vague, one.shared, one.others, -one.amount))


def _pieces(facts: str, start: int, end: int, head: re.Pattern[str]) -> list[tuple[int, int]]:
    """Where the stories of the counts are, between two places of the facts."""
    places = [match.start() for match in head.finditer(facts, start, end)]
    return list(zip(places, [*places[1:], end], strict=False))


def counted(
    facts: str, names: Sequence[str], whole: Money, handler: bool = False, crimes: Crimes = ANY
) -> dict[str, Money]:
    """What the counts come to that each defendant is named in.

    Counts are numbered; else those are taken that begin with their day, if they come to the case's.

    Args:
        facts: of the judgment.
        names: of all defendants.
        whole: what the case is about.
        handler: whether it is asked for what passed through somebody's hands: then those count,
            too, to whom something was given or sold.
        crimes: those of the case.

    Returns:
        {name: yuan}, empty where the facts tell no two counts.
    """
    sums = find(facts, crimes)
    told = [one for one in sums if one.kind != "other"] or list(sums)
    if not told:
        return {}
    stories = _pieces(facts, 0, len(facts), _CRIME)
    for head in (story.COUNT, story.DATED):
        own: dict[str, Money] = {}
        counts = 0
        for start, end in stories if len(stories) > 1 else [(0, len(facts))]:
            read, each = _of_counts(facts, start, end, told, names, head, handler)
            counts += read
            for name, of_counts in each.items():
                own[name] = round(own.get(name, 0) + _apart(of_counts, whole), 2)
        if counts > 1 and (head is story.COUNT or amounts.near(max(own.values()), whole)):
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
        own = list(_within(sums, begin, begin + len(piece)))
        if handler and (bought := story.HANDLED.search(piece)):
            # What they bought of it, where that is said.
            own = [one for one in own if one.start > begin + bought.start() and one.kind != "other"] or own
        own = [replace(one, part=False) for one in _of_the_gang(facts, own) or own]
        acting = named_in(piece, names) if handler else _acting(piece, names)
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
    if len(counts) > 2 and together > 1.02 * whole and amounts.near(together - greatest, greatest):
        return greatest
    return round(together, 2)


def _of_each(
    text: str, names: Sequence[str], crimes: Crimes, court: bool = False, anew: bool = False
) -> dict[str, list[Sum]]:
    """The sums that a text gives for each defendant.

    A sum is that of those named in its sentence since the sum before it, else of those named last;
    其中甲价值…，乙价值… begins anew, and in the court's reasoning each sentence.
    With `anew` so does a name that is said again: 甲、乙盗窃财物，甲盗窃数额为….
    """
    events: list[tuple[int, object]] = [(one.start, one) for one in find(text, crimes)]
    if not events:
        return {}
    events += _acting(text, names)
    events += [(match.start(), None) for match in _STOP.finditer(text)]
    events += [(match.start(), _EACH) for match in _EACH.finditer(text)]
    found: dict[str, list[Sum]] = {}
    current: list[str] = []
    done = True
    for at, event in sorted(events, key=lambda one: one[0]):
        if isinstance(event, str):
            alone = _TOOK_PART.match(text, at + len(event)) and not _WITH_OTHERS.search(
                text, max(0, at - 8), at
            )
            current = [] if done or alone or (anew and event in current) else current
            current += [event] if event not in current else []
            done = False
        else:
            # A price among what is told of them is not yet what it is about.
            done = not isinstance(event, Sum) or event.kind != "other"
            current = [] if court and event is None else current
            if isinstance(event, Sum):
                for name in current:
                    found.setdefault(name, []).append(event)
    return found


def _own(sums: Sequence[Sum]) -> Money:
    """What a defendant took part in, if that is said, else what `involved` makes of the sums."""
    parts = [replace(one, part=False) for one in sums if one.part]
    return amounts.involved(parts) or amounts.involved(sums)


def _own_names(text: str, names: Sequence[str]) -> str:
    """A text with defendants called by name.

    李某1 and 李某 behind 被告人, if one only is a 李; a unit by its short name, if there is one.
    """

    def name_of(match: re.Match[str]) -> str:
        own = [name for name in names if name.startswith(match[2])]
        return match[1] + own[0] if len(own) == 1 else match[0]

    text = _MASKED.sub(name_of, text)
    units = [name for name in names if parties.UNIT.search(name)]
    if len(units) != 1:
        return text

    def unit_of(match: re.Match[str]) -> str:
        whole = text.startswith(units[0], match.start(1))
        return match[0] if whole or not _short_for(match[1], units[0]) else f"被告单位{units[0]}"

    return _SHORT_UNIT.sub(unit_of, text)


def _of_the_only(text: str, defendant: Defendant) -> Money:
    """What the only defendant did of what a company or others did: 其中，王某吸收存款295万元."""
    part = re.compile(f"其中，?(?:被告人)?{re.escape(defendant.name)}")
    sums = [one for one in find(text, amounts.crimes_of(defendant.charges)) if one.kind != "other"]
    for match in part.finditer(text):
        start = text.rfind("。", 0, match.start()) + 1
        own = _within(sums, match.end(), (text.find("。", match.end()) + 1 or len(text)))
        if len(own) == 1 and _OF_MORE.search(text, start, match.start()):
            return own[0].amount
    return 0


def _alone(
    reasoning: str, facts: str, lists: Sequence[dict[str, _Figure]], people: Sequence[Defendant]
) -> Money:
    """What all come to together, where each did it alone and has a figure; else 0."""
    acting = list(_acting(facts, [one.name for one in people]))
    joined = any(
        _JOINED.fullmatch(facts, start + len(name), after) for (start, name), (after, _) in pairwise(acting)
    )
    if joined or _JOINTLY.search(reasoning) or _JOINTLY.search(facts):
        return 0
    own = [next((of[one.name] for of in lists if one.name in of), None) for one in people]
    figures = [figure for figure in own if figure and figure.shared == 1]
    return sum(figure.amount for figure in figures) if len(figures) == len(people) else 0


def _short_for(short: str, name: str) -> bool:
    """Whether the characters of a short name are those of the whole one, in order."""
    rest = iter(name)
    return all(character in rest for character in short)


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
        having[0].amount = min(_of_the_only(reasoning + facts, having[0]) or whole, whole)
        return whole
    crimes = amounts.crimes_of([charge for one in having for charge in one.charges])
    names = list(dict.fromkeys(defendant.name for defendant in defendants))
    reasoning, facts = (_own_names(text, names) for text in (reasoning, facts))
    facts = story.without_besides(facts, crimes)
    convicted = amounts.convicted(reasoning)[0]
    several = {one.name: "".join(one.charges) for one in having if len(one.charges) > 1}
    lists = [
        listed(reasoning, names, court=True, crimes=crimes, several=several),
        listed(facts, names, crimes=crimes, several=several),
    ]
    figures = [
        max(amounts_of)
        for one in having
        if (amounts_of := [of[one.name].amount for of in lists if one.name in of])
    ]
    measured_charges = sum(amounts.measured(charge) for one in having for charge in one.charges)
    right = amounts.corrected(reasoning, find(reasoning, crimes), measured_charges)
    # More than all have together is no whole.
    whole = (
        right
        or _alone(reasoning, facts, lists, having)
        or max(0 if len(figures) >= len(having) and whole > sum(figures) else whole, *figures, 0)
    )
    if not whole:
        return whole
    in_facts = find(facts, crimes)
    stated = {
        name: list(amounts.without_bounds(own, in_facts))
        for name, own in _of_each(convicted, names, crimes, anew=True).items()
    }
    told = _of_each(facts, names, crimes)
    reasoned = _of_each(reasoning, names, crimes, court=True)
    counts = counted(facts, names, whole, crimes=crimes)
    handlers = [one.name for one in having if _HANDLER.search("".join(one.charges))]
    handled = counted(facts, names, whole, handler=True, crimes=crimes) if handlers else {}
    for defendant in having:
        name = defendant.name
        own_figures = sorted(
            (of[name] for of in lists if name in of), key=lambda one: (one.vague, one.shared)
        )
        measured = sum(map(amounts.measured, defendant.charges))
        said = stated.get(name, [])
        own = amounts.stated_for(convicted, said, measured)
        if measured > 1:
            whole = max(whole, own)
        # Of several crimes a list may give one only.
        if (
            own_figures
            and own_figures[0].shared < len(having)
            and (measured < 2 or not own or own_figures[0].crime == "several")
        ):
            figure = own_figures[0]
            defendant.amount = min(amounts.exact(figure.amount, figure.sums, in_facts), whole)
            continue
        own = amounts.exact(own or max((one.amount for one in said), default=0), said, in_facts)
        own = own or (own_figures[0].amount if own_figures else 0)
        own = own or _own([one for one in reasoned.get(name, []) if one.kind != "other"])
        of_facts = told.get(name, [])
        if defendant.charges:
            handler = name in handlers
            own = own or (handled if handler else counts).get(name, 0)
            of_facts = of_facts if handler else [one for one in of_facts if one.kind != "other"]
        own = own or _own(of_facts)
        seldom = amounts.seldom(defendant.charges)
        defendant.amount = min(own or (0 if seldom else whole), whole)
    return whole
