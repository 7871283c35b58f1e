"""Which tier of penalty (法定刑幅度) a case lies in, and why.

Said of a tier, from strong to weak: the court states its condition (数额巨大); the amount reaches
the threshold of the province and not the next; the facts tell a word of its condition. Where none
of them holds, nobody is told that a tier fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lexpro.statutes.thresholds import LEVELS

# What tells tiers apart, the longer names first: 数额巨大 is no part of 数额特别巨大.
_WORDS = re.compile(
    r"数额特别巨大|数额巨大|数额较大|数量特别巨大|数量巨大|数量较大|数量大|情节特别严重|情节特别恶劣|情节较轻"
    r"|特别严重情节|其他严重情节|情节严重|情节恶劣|后果特别严重|后果严重|特别恶劣情节|特别重大损失|重大损失"
    r"|死亡|重伤|轻伤|逃逸|特别残忍手段|严重残疾|入户抢劫|入户盗窃|多次盗窃|携带凶器|扒窃|持枪|醉酒|追逐竞驶|轮奸"
)
_NEGATED = re.compile(r"(?:未|没有|不|尚未|不属于?)[^，。；]{0,6}$")
# Whether a tier fits a case.
YES, LIKELY, NO, UNKNOWN = "yes", "likely", "no", "unknown"


@dataclass(frozen=True, slots=True)
class Reached:
    """A threshold: its row (`lexpro.statutes.thresholds`), and whether the amount reaches it.

    `reached` is None where only the nation's range is known and the amount lies in it.
    """

    level: str
    row: dict
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Fit:
    """A tier, whether it fits (`yes`, `likely`, `no`, `unknown`), and why in Chinese."""

    tier: dict
    fits: str
    why: str


def reached(amount: float, applicable: dict[str, dict]) -> list[Reached]:
    """The thresholds, from low to high, against an amount in yuan."""
    thresholds = []
    for level in LEVELS:
        if row := applicable.get(level):
            verdict = amount >= row["to"] or (None if amount >= row["from"] else False)
            thresholds.append(Reached(level, row, verdict))
    return thresholds


def words(text: str) -> list[str]:
    """What a text says that tells tiers apart, each once; denied ones are left out."""
    stated = (
        m for m in _WORDS.finditer(text) if not _NEGATED.search(text, max(0, m.start() - 12), m.start())
    )
    return list(dict.fromkeys(match[0] for match in stated))


def within(start: dict, tier: dict) -> bool:
    """Whether a start of the guideline lies in a tier."""
    months = start["months"]
    if months is None or tier["months"] is None:
        return months is None and tier["months"] is None
    return tier["months"][0] <= months[0] and months[1] <= tier["months"][1]


def _own(tier: dict, starts: Sequence[dict]) -> set[str]:
    """The words of a tier: of its condition and of the starts that the guideline has in it."""
    told = [tier["condition"], *(start["condition"] for start in starts if within(start, tier))]
    return set(words("；".join(told)))


def _by(stated: list[str], own: list[set[str]]) -> dict[int, str]:
    """Tier → the stated word that is its own alone; a word of several tiers decides nothing."""
    word_of: dict[int, str] = {}
    for word in stated:
        having = [number for number, mine in enumerate(own) if word in mine]
        if len(having) == 1:
            word_of.setdefault(having[0], word)
    return word_of


def fit(
    tiers: Sequence[dict],
    starts: Sequence[dict],
    reasoning: str,
    facts: str,
    amount: float,
    limits: Sequence[Reached],
) -> list[Fit]:
    """Each tier of an article, whether it fits a case, and why.

    Args:
        tiers: of the article, as `lexpro.statutes.tiers` has them; those of units are left out.
        starts: of the guideline for the charge.
        reasoning: the court's; "" where there is none yet.
        facts: what happened.
        amount: yuan; 0 where there is none.
        limits: as `reached` gives them.
    """
    tiers = [tier for tier in tiers if not tier.get("unit")]
    if len(tiers) == 1:
        return [Fit(tiers[0], YES, "本条只有这一档。")]
    own = [_own(tier, starts) for tier in tiers]
    stated = _by(words(reasoning), own)
    if stated:
        # Of several the heaviest: a court names the lighter ones too.
        best = max(stated, key=lambda number: tiers[number]["months"] or [0, 0])
        return _chosen(tiers, best, YES, f"本院认为部分写明“{stated[best]}”。")
    decided = _by_amount(tiers, amount, limits) if amount else None
    if decided:
        return decided
    told = _by(words(facts), own)
    if told:
        best = max(told, key=lambda number: tiers[number]["months"] or [0, 0])
        return _chosen(tiers, best, LIKELY, f"案情提到“{told[best]}”，是否认定须由人判断。")
    return [Fit(tier, UNKNOWN, "文书和案情没有写明这一档的条件。") for tier in tiers]


def _chosen(tiers: Sequence[dict], best: int, fits: str, why: str) -> list[Fit]:
    return [Fit(tier, fits if n == best else NO, why if n == best else "") for n, tier in enumerate(tiers)]


def _by_amount(tiers: Sequence[dict], amount: float, limits: Sequence[Reached]) -> list[Fit] | None:
    places: dict[str, int] = {}
    for number, tier in enumerate(tiers):
        for level in LEVELS:
            if level in words(tier["condition"]):
                places.setdefault(level, number)
    applicable = [limit for limit in limits if limit.level in places]
    if not applicable:
        return None
    undecided = next((limit for limit in applicable if limit.reached is None), None)
    if undecided:
        span = f"{undecided.row['from']:,}元至{undecided.row['to']:,}元"
        return [
            Fit(
                tier,
                LIKELY if number in (places[undecided.level], places[undecided.level] - 1) else NO,
                f"{amount:,.15g}元在全国幅度（“{undecided.level}”{span}）之内，要看本省标准。",
            )
            for number, tier in enumerate(tiers)
        ]
    over = [limit for limit in applicable if limit.reached]
    if not over:
        first = applicable[0]
        why = f"{amount:,.15g}元未达到“{first.level}”（{first.row['from']:,}元）。"
        return [Fit(tier, NO, why) for tier in tiers]
    top = over[-1]
    why = f"{amount:,.15g}元达到“{top.level}”的标准（{top.row['to']:,}元，{top.row['province'] or '全国'}）。"
    return _chosen(tiers, places[top.level], YES, why)


def best(fits: Sequence[Fit]) -> Fit | None:
    """The tier to go on with: one that fits, else one that likely does; None where nothing says."""
    for wanted in (YES, LIKELY):
        for one in fits:
            if one.fits == wanted:
                return one
    return None
