"""Benchmark `heldout`: the judgments that the tasks stage held out, all four tasks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lexpro.config.benchmark import PinnedJudgments
from lexpro.evaluation.judgments import Judgments
from lexpro.workflow.files import read_json_lines


def rows(tasks: Path, settings: PinnedJudgments | None) -> Iterator[dict]:
    """The rows of heldout.jsonl; settings choose among them, and change none."""
    return read_json_lines(tasks / "heldout.jsonl")


SOURCE = Judgments(rows)
