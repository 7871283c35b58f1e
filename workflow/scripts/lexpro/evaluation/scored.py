"""What scoring a benchmark gives."""

from __future__ import annotations

from dataclasses import dataclass

from lexpro.stats import Interval


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of one run.

    Attributes:
        scores: task → numbers (scores.json).
        items: a row for each prediction (items.jsonl).
    """

    scores: dict[str, dict]
    items: list[dict]


def rounded(interval: Interval) -> dict[str, float | str]:
    """An interval as scores.json has it: value, low, high, to six places, and method."""
    numbers = {name: round(getattr(interval, name), 6) for name in ("value", "low", "high")}
    return numbers | {"method": interval.method}


def prediction_of(row: dict) -> dict:
    """What a row of items.jsonl keeps of a row of predictions.jsonl."""
    return {name: row[name] for name in ("completion", "retrieved", "error")}
