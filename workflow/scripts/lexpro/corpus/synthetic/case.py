"""The simulated case behind a synthetic judgment: who did what where, and what the court gave them.

There is no text yet.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from random import Random

from lexpro.config.corpus import Synthetic
from lexpro.corpus.synthetic import sentencing
from lexpro.corpus.synthetic.charge_groups import (
    ATTEMPTED,
    GAINED,
    HURT,
    MINOR_IMPOSSIBLE,
    NO_RECIDIVIST,
    TAKEN,
    TOGETHER,
)
from lexpro.corpus.synthetic.words import full_name, masked_names, money, words
from lexpro.law.builtin_law import Charge, Tier, load
from lexpro.records import Defendant


@dataclass(slots=True)
class Person:
    """A defendant with what a full judgment says about them.

    Attributes:
        defendant: the record.
        fines: of each charge, in yuan.
        woman: whether she is one.
        born: date of birth.
    """

    defendant: Defendant
    fines: list[int]
    woman: bool
    born: date


@dataclass(slots=True)
class Case:
    """A simulated case.

    Attributes:
        province: short name.
        city: prefecture.
        court: name of the court.
        court_level: 基层 or 中级.
        prosecutor: name of the procuratorate.
        case_number: 案号.
        done: day of the act.
        judged: day of the judgment.
        charges: of the built-in law.
        scenes: facts of each charge, with {d} for the defendants.
        people: the defendants.
        victim: name, masked.
        amount: 涉案金额 in yuan.
        restitution: 退赔 in yuan.
        restitution_paid: whether it is paid already (退缴).
        compensation: 附带民事赔偿 in yuan.
        procedure: 简易, 普通, 速裁, or None: not named.
        plea: 认罪认罚.
        conditions: of the tier of each charge.
        habits: refs that its court usually cites.
        habits_kept: how often it does, from 0 to 1.
    """

    province: str
    city: str
    court: str
    court_level: str
    prosecutor: str
    case_number: str
    done: date
    judged: date
    charges: list[Charge]
    scenes: list[str]
    people: list[Person]
    victim: str
    amount: int = 0
    restitution: int = 0
    restitution_paid: bool = False
    compensation: int = 0
    procedure: str | None = None
    plea: bool = False
    conditions: list[str] = field(default_factory=list)
    habits: frozenset[str] = frozenset()
    habits_kept: float = 1.0

    @property
    def defendants(self) -> list[Defendant]:
        """The records of the defendants."""
        return [person.defendant for person in self.people]


def _court(
    rng: Random, province: str, intermediate: bool, year: int, number: int
) -> tuple[str, str, str, str, str]:
    """(city, court, level, prosecutor, case number)."""
    place = words()["provinces"][province]
    city, district, code = rng.choice(place["courts"])
    municipal = province in words()["municipalities"]
    full = words()["full_names"].get(province, province + "省")
    prefix = "" if municipal or rng.random() < 0.5 else full
    if intermediate:
        name, code, level = (f"{city}第一中级" if municipal else f"{prefix}{city}中级"), code[:2], "中级"
        prosecutor = f"{city}人民检察院" + ("第一分院" if municipal else "")
    else:
        name, level, prosecutor = f"{prefix}{city}{district}", "基层", f"{city}{district}人民检察院"
    return city, f"{name}人民法院", level, prosecutor, f"（{year}）{place['letter']}{code}刑初{number}号"


@cache
def _habits(seed: int, prosecutor: str, shares: tuple[tuple[str, float], ...]) -> frozenset[str]:
    """The articles that the court of a prosecutor makes a habit of citing.

    Only those count of which the law leaves it open.
    """
    return frozenset(ref for ref, share in shares if Random(f"{seed}/{prosecutor}/{ref}").random() < share)


def _round_amount(yuan: float) -> int:
    step = 10 if yuan < 10_000 else 100 if yuan < 100_000 else 1000
    return int(round(yuan / step) * step)


def _scene(rng: Random, charge: Charge, slots: dict) -> tuple[str, Tier, float, int]:
    """Facts of one charge.

    Returns:
        (sentence with {d} still open, tier, gravity in [0, 1], amount in yuan or 0).
    """
    said = words()["facts"][charge.name]
    number = min(
        rng.choices(range(len(charge.tiers)), (0.78, 0.18, 0.04)[: len(charge.tiers)])[0],
        len(charge.tiers) - 1,
    )
    tier, gravity, amount = charge.tiers[number], rng.random(), 0
    slots = {**slots, "x": rng.choice(said["x"]), "d": "{d}"}
    low_high = tier.amount or tier.grams
    if low_high:
        drawn = math.exp(math.log(low_high[0]) + gravity * (math.log(low_high[1]) - math.log(low_high[0])))
        if tier.amount:
            amount = _round_amount(drawn)
            slots["m"] = money(rng, amount)
        else:
            slots["g"] = f"{drawn:.1f}克" if rng.random() < 0.5 else f"净重{drawn:.2f}克"
    if "tier" in said:
        options = said["tier"][number]
        place = int(gravity * len(options))
        # The facts must show how grave they are, or the term could not be learnt from them.
        gravity = (place + 0.5) / len(options) if not low_high else gravity
        slots["k"] = options[place].format(v=slots["v"])
    return rng.choice(said["say"]).format(**slots), tier, gravity, amount


def _circumstances(rng: Random, charge: Charge, role: str | None, property_taken: bool) -> list[str]:
    circumstances = []
    draw = rng.random()
    if draw < 0.22:
        circumstances.append("自首")
    elif draw < 0.62:
        circumstances.append("坦白")
    if role:
        circumstances.append(role)
    if charge.name not in NO_RECIDIVIST and rng.random() < 0.1:
        circumstances.append("累犯")
    elif rng.random() < 0.06:
        circumstances.append("前科")
    elif charge.name not in MINOR_IMPOSSIBLE and charge.name != "危险驾驶罪" and rng.random() < 0.03:
        circumstances.append("未成年")
    if charge.name in ATTEMPTED and not property_taken and rng.random() < 0.06:
        circumstances.append("未遂")
    if rng.random() < 0.04:
        circumstances.append("立功")
    if charge.name in HURT and rng.random() < 0.25:
        circumstances.append("谅解")
    if rng.random() < 0.3:
        circumstances.append("认罪认罚")
    return circumstances


@cache
def _shares(names: tuple[str, ...], skew: float) -> tuple[float, ...]:
    """Cumulated weights of a long tail: the i-th charge has the weight 1 / i ** skew (Zipf)."""
    return tuple(accumulate(1 / (rank + 1) ** skew for rank in range(len(names))))


def draw(rng: Random, settings: Synthetic, province: str, number: int) -> Case:
    """A case; `number` goes into the case number, so that numbers differ within a province.

    Args:
        rng: of this document.
        settings: charges, and how often a case has what (several defendants, restitution, …).
        province: short name.
        number: of the case in its province, from 1.
    """
    names = tuple(settings.charges)
    by_name = load().charges
    charge = by_name[rng.choices(names, cum_weights=_shares(names, settings.charge_skew))[0]]
    done = date(2018, 1, 1) + timedelta(days=rng.randrange(1500))
    judged = done + timedelta(days=rng.randrange(90, 400))
    several = charge.name in TOGETHER and rng.random() < settings.multi_defendant_share * 2.2
    named = masked_names(rng, 1 + (rng.choice((2, 2, 2, 3)) if several else 1))
    victim, who = named[0], named[1:]
    if rng.random() < settings.unmasked_share:
        who = [full_name(rng, name[0]) for name in who]
    slots = {
        "t": f"{done.year}年{done.month}月{done.day}日"
        + (rng.choice(words()["hours"]) if rng.random() < 0.5 else ""),
        "p": rng.choice(words()["places"]),
        "r": rng.choice(words()["roads"]),
        "v": victim,
    }
    scenes, tiers, gravities, amount = [], [], [], 0
    charges = [charge]
    if rng.random() < settings.multi_charge_share and not several and charge.tiers[0].months:
        # At most one of the charges is about a sum of money, or the amount of the case would be
        # open to reading.
        others = [
            n
            for n in names
            if n != charge.name and by_name[n].measure != "amount" and by_name[n].tiers[0].months
        ]
        charges += [by_name[rng.choice(others)]] if others else []
    for one in charges:
        scene, tier, gravity, sum_of_money = _scene(rng, one, slots)
        scenes.append(scene)
        tiers.append(tier)
        gravities.append(gravity)
        amount = amount or sum_of_money

    restitution, paid = _restitution(rng, charge, amount, settings)
    people = []
    for place, name in enumerate(who):
        role = None if not several else "主犯" if place == 0 else rng.choice(("从犯", "从犯", None))
        circumstances = _circumstances(rng, charge, role, paid or restitution > 0)
        if restitution and paid and place == 0:
            circumstances.append("退赃")
        defendant, fines = sentencing.sentence(rng, charges, tiers, gravities, name, circumstances)
        defendant.amount = amount
        people.append(
            Person(defendant, fines, rng.random() < 0.12, _born(rng, done, "未成年" in circumstances))
        )
    compensation = 0
    if charge.name in HURT and rng.random() < settings.compensation_share:
        compensation = _round_amount(math.exp(rng.uniform(math.log(2000), math.log(200_000))))
    grave = any(p.defendant.sentence.kind in ("无期徒刑", "死缓") for p in people)
    city, court, level, prosecutor, case_number = _court(rng, province, grave, judged.year, number)
    return Case(
        province=province,
        city=city,
        court=court,
        court_level=level,
        prosecutor=prosecutor,
        case_number=case_number,
        done=done,
        judged=judged,
        charges=charges,
        scenes=scenes,
        people=people,
        victim=victim,
        amount=amount,
        restitution=restitution,
        restitution_paid=paid,
        compensation=compensation,
        procedure=_procedure(rng, people, grave),
        plea=any("认罪认罚" in d.defendant.circumstances for d in people),
        conditions=[tier.condition for tier in tiers],
        # By its prosecutor, whose name is always written alike.
        habits=_habits(settings.seed, prosecutor, tuple(settings.citing_habits.items())),
        habits_kept=settings.habits_kept,
    )


def _restitution(rng: Random, charge: Charge, amount: int, settings: Synthetic) -> tuple[int, bool]:
    """(yuan, whether it has been paid already)."""
    if not amount or charge.name not in TAKEN | GAINED or rng.random() > settings.restitution_share:
        return 0, False
    paid = charge.name in GAINED or rng.random() < 0.5
    whole = rng.random() < 0.7 or amount < 100
    return (amount if whole else max(10, _round_amount(amount * rng.choice((0.3, 0.5, 0.6))))), paid


def _born(rng: Random, done: date, minor: bool) -> date:
    if minor:
        # 16 or 17 years old on the day: from 16 on every crime counts (刑法 17).
        return done - timedelta(days=365 * 16 + rng.randrange(10, 700))
    return done - timedelta(days=rng.randrange(19 * 365, 62 * 365))


def _procedure(rng: Random, people: list[Person], grave: bool) -> str | None:
    longest = max((p.defendant.sentence.months or 0) for p in people)
    if grave or longest > 36:
        return rng.choice(("普通", None))
    kinds = ("简易", "普通", "速裁", None, None, None) if longest <= 12 else ("简易", "普通", None, None)
    return rng.choice(kinds)
