"""量刑: tiers, thresholds, steps and the distribution of similar cases, for each defendant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lexpro.corpus.parsing.sections import plain
from lexpro.law import circumstances
from lexpro.records import TIMED_KINDS, Defendant
from lexpro.retrieval import similar
from lexpro.retrieval.scope import CaseScope
from lexpro.sentencing import fitting, steps
from lexpro.serve import cases
from lexpro.serve.documents import Document
from lexpro.serve.experiment import Knowledge
from lexpro.serve.statutes import tier_words
from lexpro.statutes import thresholds

if TYPE_CHECKING:
    from lexpro.serve.shared import SharedSearcher

# Similar cases whose terms are drawn.
DRAWN = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the picture: from and to in months, and how many cases."""

    low: int
    high: int
    count: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The terms of similar cases; places in pixels of the drawing.

    Attributes:
        bars: of one width, without gaps.
        top: count of the highest.
        last: months at the right end.
        quartiles: first, middle and third of the terms.
        months: of the case at hand, or None.
        range: computed range, or None.
        cases: how many.
    """

    bars: list[Bar]
    top: int
    last: int
    quartiles: tuple[int, int, int]
    months: int | None
    range: tuple[int, int] | None
    cases: int

    width, height, left, bottom = 640, 220, 36, 34

    def x(self, months: float) -> float:
        """Where a term stands."""
        return round(self.left + (self.width - self.left - 12) * min(months, self.last) / self.last, 1)

    def y(self, count: float) -> float:
        """Where a count stands."""
        return round(
            (self.height - self.bottom) - (self.height - self.bottom - 22) * count / max(1, self.top), 1
        )

    @property
    def ticks(self) -> list[int]:
        """Months that the axis names."""
        step = next((s for s in (3, 6, 12, 24, 36) if self.last / s <= 8), 60)
        return list(range(0, self.last + 1, step))


def picture(months: list[int], own: int | None, bounds: tuple[int, int] | None) -> Picture | None:
    """The distribution of terms.

    Args:
        months: terms of similar cases.
        own: term of the case at hand, in months; None where it has none.
        bounds: lower and upper end of the computed range, in months; None where there is none.

    Returns:
        The picture; None where there are fewer than three terms.
    """
    if len(months) < 3:
        return None
    ordered = sorted(months)
    longest = max([*ordered, own or 0, bounds[1] if bounds else 0])
    step = 1 if longest <= 12 else 3 if longest <= 48 else 6 if longest <= 120 else 12
    last = (longest // step + 1) * step
    counts: dict[int, int] = {}
    for one in ordered:
        counts[one // step] = counts.get(one // step, 0) + 1
    bars = [Bar(n * step, (n + 1) * step, count) for n, count in sorted(counts.items())]

    def share(part: float) -> int:
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]

    quartiles = share(0.25), share(0.5), share(0.75)
    return Picture(bars, max(counts.values()), last, quartiles, own, bounds, len(ordered))


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows of one charge of one defendant.

    Attributes:
        person: name, or "" where the document names nobody.
        charge: canonical; whether it is `predicted` by similar cases.
        ref: article of 刑法 whose tiers these are.
        fits: the tiers with words, whether they fit, and why.
        limits: thresholds against the amount.
        result: steps and range.
        drawn: the distribution, or None.
        stated: the sentence of the document in words, or "".
        inside: 在幅度内, 在 20% 的调整范围内, 在幅度外; "" where either is not known.
    """

    person: str
    charge: str
    predicted: bool
    ref: str
    amount: float
    circumstances: list[str]
    fits: list[tuple[str, fitting.Fit]]
    limits: list[fitting.Reached]
    result: steps.Result
    drawn: Picture | None
    stated: str
    inside: str


def _own_months(person: Defendant, charge: str) -> tuple[str, int | None]:
    """The sentence for a charge in words, and its months."""
    found = [term for term in person.terms if term.charge == charge]
    term = found[0] if found and len(person.charges) > 1 else person.sentence
    if term is None:
        return "", None
    months = term.months if term.kind in TIMED_KINDS else None
    return term.kind + (f"{months}个月" if months is not None else ""), months


def _inside(months: int | None, bounds: tuple[int, int] | None) -> str:
    """Where a sentence lies; the court may adjust by a fifth (量刑指导意见 二（三）4)."""
    if months is None or bounds is None:
        return ""
    if bounds[0] <= months <= bounds[1]:
        return "在幅度内"
    return "在 20% 的调整范围内" if 0.8 * bounds[0] <= months <= 1.2 * bounds[1] else "在幅度外"


def view(document: Document, knowledge: Knowledge, searcher: SharedSearcher, province: str) -> list[View]:
    """What the page shows of each charge of each defendant.

    Where nobody is charged, the likeliest charge of similar cases is shown, once.

    Args:
        document: the case at hand.
        knowledge: tiers, thresholds and guideline.
        searcher: the index of similar cases.
        province: its short name, for the thresholds; "" for those of the whole country.
    """
    record = document.record
    predicted = not any(person.charges for person in record.defendants)
    people = record.defendants or [Defendant("")]
    guess = [charge for charge, _ in searcher.charges(document.facts)[:1]] if predicted else []
    return [
        _one(document, knowledge, searcher, province, person, charge, predicted)
        for person in (people[:1] if predicted else people)
        for charge in (guess if predicted else person.charges)
    ]


def _one(
    document: Document,
    knowledge: Knowledge,
    searcher: SharedSearcher,
    province: str,
    person: Defendant,
    charge: str,
    predicted: bool,
) -> View:
    record = document.record
    start, end = record.sections.get("reasoning", (0, 0))
    reasoning = plain(document.text[start:end])
    amount = float(person.amount or record.amount or (similar.amount(document.facts) if predicted else 0))
    told = list(person.circumstances) if not predicted else circumstances.tidy(similar.told(document.facts))
    ref = next((one for one in knowledge.charges.get(charge, []) if one in knowledge.tiers), "")
    tiers = [tier for tier in knowledge.tiers.get(ref, []) if tier["charge"] in (None, charge)]
    of_charge = knowledge.guideline["charges"].get(charge)
    starts = of_charge["starts"] if of_charge else []
    limits = (
        fitting.reached(amount, thresholds.applicable(knowledge.thresholds, charge, province))
        if amount
        else []
    )
    fits = fitting.fit(tiers, starts, reasoning, plain(document.facts), amount, limits) if tiers else []
    stated_words = fitting.words(reasoning) + fitting.words(plain(document.facts))
    result = steps.sentence(
        fitting.best(fits),
        of_charge,
        told,
        knowledge.guideline["circumstances"],
        amount,
        limits,
        stated_words,
    )
    words, months = _own_months(person, charge)
    alike = searcher.alike(document.facts, DRAWN, CaseScope(charge=charge))
    drawn = picture(cases.timed(alike), months, result.range)
    inside = _inside(months, result.range)
    shown = [(tier_words(fit.tier), fit) for fit in fits]
    return View(
        person.name, charge, predicted, ref, amount, told, shown, limits, result, drawn, words, inside
    )
