"""Scores of a run's predictions, of whatever kind its benchmark is."""

from __future__ import annotations

import importlib
from functools import partial
from pathlib import Path

from lexpro.config.benchmark import PinnedQuestions
from lexpro.config.score import Planned
from lexpro.evaluation import repeatability, score_judgments, score_questions
from lexpro.evaluation.chosen import source_of
from lexpro.evaluation.prediction_files import PREDICTIONS, REPEATS
from lexpro.evaluation.scored import Scored
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json_lines


def predictions(path: Path) -> list[dict]:
    """The rows of predictions.jsonl.

    Raises:
        UserError: there is none, or one twice.
    """
    rows = list(read_json_lines(path))
    keys = {(row["id"], row["sample"]) for row in rows}
    if not rows or len(keys) < len(rows):
        raise UserError(
            f"{path}: {len(rows)} predictions of {len(keys)} items. Remove its folder, run again."
        )
    return rows


def score(settings: Planned, predicted: Path, tasks: Path, index: Path | None = None) -> Scored:
    """Score the predictions of a run.

    Args:
        settings: of the stage `score`.
        predicted: folder of the stage `predict`.
        tasks: folder of the stage `tasks`.
        index: of the stage `index`, where its ranker is the linear model that the project's own
            tasks are compared with.

    Returns:
        Scores by task and a row for each prediction. A task of which some answers were generated a
        second time has `repeatability` among its scores.

    Raises:
        UserError: the predictions are not those of the benchmark.
    """
    rows = predictions(predicted / PREDICTIONS)
    items = settings.items
    source = source_of(items)
    if isinstance(items, PinnedQuestions):
        task_of = importlib.import_module(items.scorer).task
        scored = score_questions.score(source, task_of, tasks, items, rows, settings)
        main_scores = partial(score_questions.main_scores, source, task_of, items)
    else:
        scored = score_judgments.score(source, tasks, items, rows, settings, index)
        main_scores = partial(score_judgments.main_scores, source, tasks, items)
    second = list(read_json_lines(predicted / REPEATS))
    for task, compared in repeatability.compared(rows, second, main_scores).items():
        scored.scores[task]["repeatability"] = compared
    return scored
