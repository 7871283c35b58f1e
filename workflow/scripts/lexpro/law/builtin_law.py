"""The law that comes with the package: charges with their tiers of penalty, circumstances, rules.

Numbers, months and our own words (no statute text). The synthetic corpus is generated from them and
the built-in knowledge base (`lexpro.statutes.builtin_statutes`) is rendered from them. Source:
Criminal Law (刑法) as amended up to Amendment XII, Criminal Procedure Law (刑事诉讼法) article 15,
and the 2021 guideline on sentencing for common crimes (its 23 charges are all here).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lexpro.package_data import yaml_beside


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of penalty (法定刑幅度).

    Attributes:
        condition: what makes the tier, in our own words.
        months: range of fixed-term imprisonment (有期徒刑); None where the tier has none.
        fine: must | either | alternative | may | none (see builtin_law.yaml).
        lighter: kinds of punishment below imprisonment.
        heavier: kinds of punishment above it.
        paragraph: 款 of the article that has the tier; None: that of the charge.
        amount: yuan that the synthetic corpus draws from.
        grams: drugs that it draws from.
        fines: fines in yuan that it draws from.
        confiscation: whether property is confiscated (没收财产).
    """

    condition: str
    months: tuple[int, int] | None
    fine: str
    lighter: tuple[str, ...] = ()
    heavier: tuple[str, ...] = ()
    paragraph: int | None = None
    amount: tuple[int, int] | None = None
    grams: tuple[int, int] | None = None
    fines: tuple[int, int] | None = None
    confiscation: bool = False


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge (罪名).

    Attributes:
        name: canonical name.
        article: ref of its article of 刑法.
        conduct: what is punished, in our own words.
        tiers: from light to heavy.
        paragraph: 款 of the article; None where it has one only.
        measure: what the tiers depend on: amount | injury | drugs.
        also: refs of other articles that are cited with it.
    """

    name: str
    article: str
    conduct: str
    tiers: tuple[Tier, ...]
    paragraph: int | None = None
    measure: str | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A circumstance (量刑情节) or a general rule.

    Attributes:
        name: as `lexpro.law.circumstances` has it.
        effect: on the sentence, in our own words.
        article: ref of its article; None: at the court's discretion (酌定).
        paragraph: 款 of the article.
        law: short name of the law.
        adjust: change of the base term in the synthetic corpus, as a share of it.
    """

    name: str
    effect: str
    article: str | None = None
    paragraph: int | None = None
    law: str = "刑法"
    adjust: float = 0.0


@dataclass(frozen=True, slots=True)
class BuiltinLaw:
    """All of `builtin_law.yaml`, by name and in its order."""

    charges: dict[str, Charge]
    circumstances: dict[str, Rule]
    rules: dict[str, Rule]


def _frozen(row: dict) -> dict:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


@cache
def load() -> BuiltinLaw:
    """The built-in law (read once a process)."""
    data = yaml_beside(__file__)
    charges = [
        Charge(**{**_frozen(row), "tiers": tuple(Tier(**_frozen(tier)) for tier in row["tiers"])})
        for row in data["charges"]
    ]
    circumstances, rules = ([Rule(**row) for row in data[name]] for name in ("circumstances", "rules"))
    return BuiltinLaw(
        {charge.name: charge for charge in charges},
        {rule.name: rule for rule in circumstances},
        {rule.name: rule for rule in rules},
    )
