"""Punishments that the law does not allow: outside the tier, 数罪并罚, probation, fines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lexpro.checking.case import Case, Finding
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.records import Term
from lexpro.sentencing import fitting
from lexpro.sentencing.steps import MITIGATING

# Rank of kinds, from light to severe (article 33).
_RANK = {"管制": 1, "拘役": 2, "有期徒刑": 3, "无期徒刑": 4, "死缓": 5, "死刑": 5}
_SENTENCE = re.compile(r"[^。；]*[。；]?")
_CLAIMED = re.compile(r"撤回|不当|纠正|不予|不能成立|不成立|辩护|辩称|辩解|原审|意见|建议|公诉机关")
# A sentence of another judgment is counted in.
_EARLIER = re.compile(
    r"撤\s?销|前罪|前判|原判|原犯|余刑|漏罪|假释|尚未执行|未执行|法院[^，。；]{0,12}判处|判决书|裁定书|连同|之前所判"
    r"|刑事判决|数罪并罚[^，。；]{0,6}与"
)
# Who is no citizen has no political rights here to lose.
_FOREIGNER = re.compile(r"国籍|护照|无国籍")
# Articles by which a sentence may go below the tier; 67 is cited for a confession too.
_REDUCING = {"10", "17", "18", "19", "20", "21", "22", "23", "24", "27", "28", "63", "68"}
# From this day on a detention is not added to an imprisonment (Amendment IX, article 69).
_ABSORBED = "2015-11-01"
_NO_TERM = ("免予刑事处罚", "单处罚金")
# Months that 有期徒刑 for one crime may have at most (article 45).
_LONGEST = 180


def _words(term: Term) -> str:
    return term.kind + (f"{term.months}个月" if term.months is not None else "")


def _heaviest(tier: dict) -> tuple[int, int]:
    if tier["heavier"]:
        return max(_RANK.get(kind, 5) for kind in tier["heavier"]), 0
    return (3, tier["months"][1]) if tier["months"] else (max(_RANK[kind] for kind in tier["lighter"]), 0)


def _lightest(tier: dict) -> tuple[int, int]:
    if tier["lighter"]:
        return min(_RANK[kind] for kind in tier["lighter"]), 0
    return (3, tier["months"][0]) if tier["months"] else (4, 0)


def _weight(term: Term) -> tuple[int, int]:
    return _RANK[term.kind], (term.months or 0) if term.kind == "有期徒刑" else 0


def outside_tier(case: Case) -> Iterator[Finding]:
    """A term above 15 years or its heaviest tier, or below the tier that the court states."""
    said = case.plain[slice(*(case.part("reasoning") or (0, 0)))]
    # What others claim and what is put right is not the court's finding.
    reasoning = "".join(one for one in _SENTENCE.findall(said) if not _CLAIMED.search(one))
    for number, person in case.people():
        for term in person.terms:
            charge = term.charge or (person.charges[0] if len(person.charges) == 1 else None)
            if charge is None or term.kind in _NO_TERM or (term.kind == "有期徒刑" and term.months is None):
                continue
            place = case.term_place(number, charge, term.kind)
            if term.kind == "有期徒刑" and (term.months or 0) > _LONGEST:
                # Also of a charge that may bring life: of whatever day, a term has no more.
                yield Finding(
                    *place, f"{charge}判处{_words(term)}：一罪的有期徒刑不超过十五年。", "刑法第45条"
                )
                continue
            ref, tiers = case.tiers_of(charge)
            if not tiers:
                continue
            top = max(map(_heaviest, tiers))
            if _weight(term) > top:
                reason = f"{charge}判处{_words(term)}，超过刑法第{ref}条最重一档。"
                yield Finding(*place, reason, f"刑法第{ref}条")
                continue
            alone = len(case.record.defendants) == 1 and len(person.charges) == 1
            law = _Law(charge, ref, tiers, reasoning if alone else "", said if alone else "")
            yield from _within(case, number, term, law)


@dataclass(frozen=True, slots=True)
class _Law:
    """A charge, its article, its tiers; of a reasoning about it alone what the court finds, all."""

    charge: str
    ref: str
    tiers: list[dict]
    reasoning: str
    said: str


def _within(case: Case, number: int, term: Term, law: _Law) -> Iterator[Finding]:
    """A term outside the tier that the reasoning states, or below the lightest of all."""
    # Where tiers go by the weight of drugs, 情节严重 is of the lightest only.
    by_weight = any("克" in tier["condition"] for tier in law.tiers)
    fits = fitting.fit(law.tiers, (), law.reasoning, "", 0, ()) if law.reasoning and not by_weight else []
    best = next((fit for fit in fits if fit.fits == fitting.YES), None)
    cited = {one.paragraph for one in case.record.articles if one.ref == law.ref and one.paragraph}
    if best and cited and best.tier.get("paragraph") not in cited:
        best = None
    chosen = [best.tier] if best else law.tiers
    place = case.term_place(number, law.charge, term.kind)
    if best and _weight(term) > _heaviest(best.tier):
        if any(_weight(term) <= _heaviest(tier) and _told(tier, best.tier, law.said) for tier in law.tiers):
            return
        reason = f"{best.why}该档最重{_range(best.tier)}，判处{_words(term)}，超过这一档。"
        yield Finding(*place, reason, f"刑法第{law.ref}条")
        return
    # 情节较轻 behind the tier that is stated: a court may find so without the word.
    lighter = [_lightest(tier) for tier in law.tiers[law.tiers.index(best.tier) + 1 :]] if best else []
    if lighter and min(lighter) <= _weight(term):
        return
    fine_alone = any(tier["fine"] in ("either", "alternative") for tier in chosen)
    if _weight(term) < min(map(_lightest, chosen)) and not fine_alone and not _mitigated(case, number):
        why = best.why if best else "本条最轻一档"
        reason = f"{why}{_range(chosen[0])}，判处{_words(term)}，低于最低刑，又没有写明减轻处罚的情节。"
        yield Finding(*place, reason, f"刑法第{law.ref}条、第63条")


def _told(tier: dict, other: dict, said: str) -> bool:
    """Whether a text has a word of a tier that is not of the other: also one that several share."""
    own = set(fitting.words(tier["condition"])) - set(fitting.words(other["condition"]))
    return bool(own & set(fitting.words(said)))


def _mitigated(case: Case, number: int) -> bool:
    """Whether anything allows a sentence below the tier (减轻)."""
    found = case.record.defendants[number].circumstances
    said = case.plain[slice(*(case.part("reasoning") or (0, 0)))]
    cited = {one.ref for one in case.record.articles if one.law == CRIMINAL_LAW}
    return any(name in MITIGATING for name in found) or "减轻" in said or bool(cited & _REDUCING)


def _range(tier: dict) -> str:
    if not tier["months"]:
        return "、".join([*tier["lighter"], *tier["heavier"]])
    low, high = tier["months"]
    return f"{'、'.join(tier['lighter'])}{'至' if tier['lighter'] else ''}有期徒刑{low}–{high}个月"


def joint(case: Case) -> Iterator[Finding]:
    """数罪并罚 (article 69): the joint term between the highest single one and their sum."""
    operative = case.plain[slice(*(case.part("judgment") or (0, 0)))]
    if _EARLIER.search(operative.partition("如不服")[0]):
        return
    for number, person in case.people():
        joint_, terms = person.sentence, [term for term in person.terms if term.months]
        place = case.found(number, "刑期")
        # A charge twice: two people of one name.
        distinct = len({term.charge for term in person.terms}) == len(person.terms)
        if joint_ is None or len(person.terms) < 2 or not distinct or place is None:
            continue
        same = [term for term in terms if term.kind == joint_.kind]
        if joint_.months is None or not same or len(terms) < len(person.terms):
            continue
        # 有期徒刑 and 拘役: only the former is served; 管制 is served besides.
        if {term.kind for term in terms} - {joint_.kind, "拘役"}:
            continue
        top, total = max(term.months or 0 for term in same), sum(term.months or 0 for term in same)
        if (case.act or "") < _ABSORBED:
            total = sum(term.months or 0 for term in terms)
        limit = {"有期徒刑": 240 if total < 420 else 300, "拘役": 12, "管制": 36}[joint_.kind]
        most = min(total, limit)
        if not top <= joint_.months <= most:
            listed = "、".join(_words(term) for term in same)
            reason = f"数罪为{listed}：决定执行的刑期应在 {top} 至 {most} 个月之间，文书决定执行 {joint_.months} 个月。"
            yield Finding(*place, reason, "刑法第69条")


def probation(case: Case) -> Iterator[Finding]:
    """A probation that articles 72 to 74 do not allow."""
    for number, person in case.people():
        months, sentence = person.probation_months, person.sentence
        if not months or sentence is None or sentence.months is None:
            continue
        place = case.place(number, "缓刑考验期")
        if "撤销" in case.plain[: place[0]].rpartition("。")[2]:
            # That of an earlier judgment.
            continue
        least = max(sentence.months, 12 if sentence.kind == "有期徒刑" else 2)
        most = 60 if sentence.kind == "有期徒刑" else 12
        if sentence.months > 36:
            yield Finding(*place, f"判处{_words(sentence)}，超过三年，不能宣告缓刑。", "刑法第72条")
        elif sentence.kind not in ("有期徒刑", "拘役"):
            yield Finding(*place, f"{sentence.kind}不能宣告缓刑。", "刑法第72条")
        elif "累犯" in person.circumstances:
            yield Finding(*place, "认定为累犯，不适用缓刑。", "刑法第74条")
        elif not least <= months <= most:
            reason = f"{_words(sentence)}的考验期应在 {least} 至 {most} 个月之间，文书宣告 {months} 个月。"
            yield Finding(*place, reason, "刑法第73条")


def fines(case: Case) -> Iterator[Finding]:
    """No fine where the tier orders one, or one below the least (法释〔2000〕45号第2条)."""
    for number, person in case.people():
        least = 500 if "未成年" in person.circumstances else 1000
        place = case.place(number, "罚金")
        # Not where the sum is cut off by a character that is none of it.
        if 0 < person.fine < least and case.plain[place[1] - 1] in "元圆":
            reason = f"罚金 {person.fine:,.15g}元，低于最低数额 {least}元。"
            yield Finding(*place, reason, "法释〔2000〕45号第2条")
        if len(person.charges) != 1 or person.fine or person.confiscation or person.confiscation_all:
            continue
        ref, tiers = case.tiers_of(person.charges[0])
        sentence = person.sentence
        if not tiers or sentence is None or sentence.kind in _NO_TERM:
            continue
        if all(tier["fine"] == "must" and not tier["confiscation"] for tier in tiers):
            place = case.place(number, "刑期", "刑种")
            # One that could not be read is one all the same.
            if "罚金" not in case.plain[place[1] :].partition("。")[0]:
                reason = f"{person.charges[0]}应当并处罚金，判项里没有罚金。"
                yield Finding(*place, reason, f"刑法第{ref}条")


def deprivation(case: Case) -> Iterator[Finding]:
    """Life or death without 剥夺政治权利终身 (article 57)."""
    operative = case.plain[slice(*(case.part("judgment") or (0, 0)))]
    parties = case.plain[slice(*(case.part("parties") or (0, 0)))]
    for number, person in case.people():
        own = parties.partition(f"被告人{person.name}")[2].partition("被告人")[0]
        if "驱逐出境" in operative or _FOREIGNER.search(own):
            continue
        if (
            person.sentence
            and person.sentence.kind in ("无期徒刑", "死缓", "死刑")
            and not person.deprivation_life
        ):
            reason = f"判处{person.sentence.kind}，应当剥夺政治权利终身，判项里没有。"
            yield Finding(*case.place(number, "刑种"), reason, "刑法第57条")
