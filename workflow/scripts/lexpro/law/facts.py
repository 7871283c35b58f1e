"""Facts of the law in `facts.yaml`: charges with their tiers of penalty, circumstances, general
rules.

Numbers, months and our own words (no statute text); the synthetic corpus is generated from them
and the embedded knowledge base is rendered from them. Source: Criminal Law (刑法) as amended up
to Amendment XII, Criminal Procedure Law (刑事诉讼法) article 15, and the 2021 guideline on
sentencing for common crimes (its 23 charges are all here).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from lexpro.package_data import yaml_beside


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier of penalty (法定刑幅度).

    `months` is the range of fixed-term imprisonment (有期徒刑), None where the tier has none;
    `lighter` and `heavier` name the kinds below and above it; `fine` is must | either |
    alternative | may | none (see facts.yaml). `amount` (yuan), `grams` and `fines` (yuan) are
    the ranges that the synthetic corpus draws from.
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
    """A charge (罪名): article ref, conduct in our own words, tiers from light to heavy;
    `measure` is amount | injury | drugs.
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
    """A circumstance (量刑情节) or general rule: its article (None: at the court's discretion,
    酌定) and effect in our own words.
    """

    name: str
    effect: str
    article: str | None = None
    paragraph: int | None = None
    law: str = "刑法"
    adjust: float = 0.0


@dataclass(frozen=True, slots=True)
class Facts:
    """All of `facts.yaml`, by name and in its order."""

    charges: dict[str, Charge]
    circumstances: dict[str, Rule]
    rules: dict[str, Rule]


def _frozen(row: dict) -> dict:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


@cache
def load() -> Facts:
    """The facts (read once a process)."""
    data = yaml_beside(__file__)
    charges = [
        Charge(**{**_frozen(row), "tiers": tuple(Tier(**_frozen(tier)) for tier in row["tiers"])})
        for row in data["charges"]
    ]
    circumstances, rules = ([Rule(**row) for row in data[name]] for name in ("circumstances", "rules"))
    return Facts(*({row.name: row for row in rows} for rows in (charges, circumstances, rules)))
