"""Benchmark `unseen_charges`: judgments of crimes that no training has seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lexpro.config.benchmark import PinnedJudgments
from lexpro.evaluation.judgments import Judgments
from lexpro.workflow.files import read_json_lines


def rows(tasks: Path, settings: PinnedJudgments | None) -> Iterator[dict]:
    """The rows of unseen.jsonl without their courts, whose habits would tell what to cite."""
    return ({**row, "court": ""} for row in read_json_lines(tasks / "unseen.jsonl"))


SOURCE = Judgments(rows)
