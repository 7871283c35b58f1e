"""Elements of a judgment: (defendant, field, value).

Two answers are compared element by element; defendants are matched by name. A value of 0, null or
an empty list is no element: to state that there is no fine earns nothing, and to invent one costs.
Totals of the case belong to the defendant "".
"""

from __future__ import annotations

from collections import Counter

from lexpro.task_names import CASE_FIELDS, DEFENDANT_FIELDS

Element = tuple[str, str, str | int | float]

CONFUSIONS = ("years_for_months", "wan_for_yuan", "fine_for_compensation", "compensation_for_fine")


def _values(value: object) -> list:
    """The elements that a field holds: scalars only, since a model's JSON may hold anything."""
    values = value if isinstance(value, list) else [value]
    return [
        v for v in values if isinstance(v, str | int | float) and not isinstance(v, bool) and v not in (0, "")
    ]


def facts(answer: dict | None) -> Counter[Element]:
    """The elements of a parsed answer (`answers.parse`, or gold), with how often each is stated."""
    elements: Counter[Element] = Counter()
    if answer is None:
        return elements
    for person in answer.get("被告人", []):
        name = str(person.get("姓名", ""))
        for field in DEFENDANT_FIELDS:
            elements.update((name, field, value) for value in _values(person.get(field)))
    for field in CASE_FIELDS:
        elements.update(("", field, value) for value in _values(answer.get(field)))
    return elements


def f1(right: int, stated: int, true: int) -> float:
    """F1 of counts; 1 where there is nothing to state and nothing is stated.

    Args:
        right: items that are stated and true.
        stated: items of the answer.
        true: items of the true answer.

    Returns:
        In [0, 1].
    """
    return 2 * right / (stated + true) if stated + true else 1.0


def prf(gold: Counter, pred: Counter) -> tuple[float, float, float]:
    """(precision, recall, F1) of two bags.

    An empty denominator counts as 1: nothing is wrong, or nothing is missed.
    """
    right, stated, true = (gold & pred).total(), pred.total(), gold.total()
    return right / stated if stated else 1.0, right / true if true else 1.0, f1(right, stated, true)


def counts(gold: Counter[Element], pred: Counter[Element]) -> dict[str, tuple[int, int, int]]:
    """Field → (right, stated, true): what micro, macro and per-field scores are made of.

    Fields without an element in either bag are left out.
    """
    by_field: dict[str, list[int]] = {}
    for place, bag in enumerate((gold & pred, pred, gold)):
        for (_, field, _), count in bag.items():
            by_field.setdefault(field, [0, 0, 0])[place] += count
    return {field: (right, stated, true) for field, (right, stated, true) in by_field.items()}


def micro(by_field: dict[str, tuple[int, int, int]]) -> float:
    """F1 over all elements."""
    return f1(*(sum(column) for column in zip(*by_field.values(), strict=True))) if by_field else 1.0


def macro(by_field: dict[str, tuple[int, int, int]]) -> float:
    """Mean of the fields' F1."""
    return sum(f1(*row) for row in by_field.values()) / len(by_field) if by_field else 1.0


def _numbers(value: object) -> list[int | float]:
    return [v for v in _values(value) if isinstance(v, int | float)]


def confusions(gold: dict, pred: dict | None) -> Counter[str]:
    """How often the errors of the paper's Figures 2 and 5 occur.

    `years_for_months` is 15 for 180, and `wan_for_yuan` 3 for 30000. `fine_for_compensation` gives
    the compensation or restitution as the fine, `compensation_for_fine` a fine as one of those.

    Args:
        gold: the true answer to `elements`.
        pred: a parsed one, or None.

    Returns:
        Name in `CONFUSIONS` → count, only of those that occur.
    """
    errors: Counter[str] = Counter()
    if pred is None:
        return errors
    people = {person["姓名"]: person for person in gold["被告人"]}
    owed = {value for field in ("退赔", "赔偿") for value in _numbers(gold.get(field))}
    fines = {value for person in people.values() for value in _numbers(person.get("罚金"))}
    # As a key, whatever a model wrote as the name.
    named = [(str(p.get("姓名")), p) for p in pred.get("被告人", [])]
    pairs = [(people[name], p) for name, p in named if name in people]
    for true, stated in pairs:
        for field in ("刑期", "缓刑"):
            errors["years_for_months"] += any(
                value * 12 == month
                for value in _numbers(stated.get(field))
                for month in _numbers(true.get(field))
            )
        if stated.get("罚金") != true.get("罚金"):
            errors["fine_for_compensation"] += any(value in owed for value in _numbers(stated.get("罚金")))
    for field in ("退赔", "赔偿"):
        if pred.get(field) != gold.get(field):
            errors["compensation_for_fine"] += any(value in fines for value in _numbers(pred.get(field)))
    sums = [(true.get("罚金"), stated.get("罚金")) for true, stated in pairs]
    sums += [(gold.get(field), pred.get(field)) for field in CASE_FIELDS]
    for true, stated in sums:
        errors["wan_for_yuan"] += any(
            value * 10_000 == yuan for value in _numbers(stated) for yuan in _numbers(true)
        )
    return +errors
