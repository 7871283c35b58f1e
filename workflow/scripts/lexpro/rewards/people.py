"""Defendants of an answer beside those of gold, for rewards of one field of a defendant."""

from __future__ import annotations

from collections.abc import Callable


def pairs(answer: dict, gold: dict) -> list[tuple[dict, dict | None]]:
    """(true, stated) for each true defendant, matched by name in order.

    Stated is None where the name is missing.
    """
    rest = list(answer.get("被告人", []))
    matched: list[tuple[dict, dict | None]] = []
    for true in gold["被告人"]:
        stated = next((person for person in rest if person.get("姓名") == true["姓名"]), None)
        if stated is not None:
            rest.remove(stated)
        matched.append((true, stated))
    return matched


def mean(
    answer: dict, gold: dict, value: Callable[[dict, dict], float], counts: Callable[[dict], bool]
) -> float:
    """Mean over the true defendants that count; who is missing or invented is worth 0.

    Args:
        answer: the parsed answer.
        gold: the true answer.
        value: (true, stated) → what a defendant is worth.
        counts: whether a true defendant counts.

    Raises:
        ZeroDivisionError: no true defendant counts; the reward does not apply then.
    """
    worth = [
        0.0 if stated is None else value(true, stated) for true, stated in pairs(answer, gold) if counts(true)
    ]
    invented = max(0, len(answer.get("被告人", [])) - len(gold["被告人"]))
    return sum(worth) / (len(worth) + invented)


def amount(value: object) -> float:
    """A number of yuan or months; 0 for none, NaN for what is no number."""
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        return float("nan")
    return float(value) if abs(value) < 1e15 else float("inf")
