"""What scoring a benchmark gives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scored:
    """`scores`: task → numbers (scores.json); `items`: a row for each prediction (items.jsonl)."""

    scores: dict[str, dict]
    items: list[dict]


def prediction_of(row: dict) -> dict:
    """What a row of items.jsonl keeps of a row of predictions.jsonl."""
    return {name: row[name] for name in ("completion", "retrieved", "error")}
