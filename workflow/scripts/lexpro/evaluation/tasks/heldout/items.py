"""Benchmark `heldout`: the judgments that the tasks stage held out, all four tasks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from lexpro.evaluation.judgments import Judgments


def rows(tasks: Path, settings: dict) -> Iterator[dict]:
    """The rows of heldout.jsonl."""
    with (tasks / "heldout.jsonl").open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


SOURCE = Judgments(rows)
