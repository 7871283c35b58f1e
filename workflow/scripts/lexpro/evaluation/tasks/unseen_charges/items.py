"""Benchmark `unseen_charges`: judgments of crimes that no training has seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lexpro.config.benchmark import PinnedJudgments
from lexpro.evaluation.judgments import Judgments
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json_lines


def rows(tasks: Path, settings: PinnedJudgments | None) -> Iterator[dict]:
    """The rows of unseen.jsonl without their courts, whose habits would tell what to cite.

    Raises:
        UserError: there is none.
    """
    found = False
    for row in read_json_lines(tasks / "unseen.jsonl"):
        found = True
        yield {**row, "court": ""}
    if not found:
        raise UserError(f"{tasks}/unseen.jsonl is empty: tasks.unseen_charges names no charge of the corpus.")


SOURCE = Judgments(rows)
