"""Scores of the project's own tasks: predictions → numbers by task, and a grade for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from lexpro.config import score as config
from lexpro.config.benchmark import PinnedJudgments
from lexpro.evaluation import contamination
from lexpro.evaluation.baselines import judgment_baselines, margins
from lexpro.evaluation.consistency import consistency
from lexpro.evaluation.grading import LISTS, Grade, grade
from lexpro.evaluation.judgments import Judgments
from lexpro.evaluation.metrics import main_score, summarise
from lexpro.evaluation.scored import Scored, prediction_of
from lexpro.retrieval import linear
from lexpro.retrieval.ranker import RANKER, Ranker
from lexpro.task_names import TASKS
from lexpro.tasks import targets
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json

# Task → item → grades of its samples.
Grades = dict[str, dict[str, list[Grade]]]


def item_row(item: dict, prediction: dict, made: Grade, overlap: float | None = None) -> dict:
    """A row of items.jsonl: the item, what the model made of it, and what of that was right.

    Args:
        item: the row of heldout.jsonl that was asked.
        prediction: its row of predictions.jsonl.
        made: the grade of the prediction.
        overlap: the largest share of the item's text that stands in one training document, from 0
            to 1; None where the item is too short to say.
    """
    return {
        "id": item["id"],
        "doc_id": item["doc_id"],
        "task": item["task"],
        "sample": prediction["sample"],
        "outcome": made.outcome,
        "truncated": made.truncated,
        "score": round(made.score, 6),
        "overlap": overlap,
        "right": made.right,
        "wrong": made.wrong,
        "missed": made.missed,
        "input": item["input"],
        "gold": item["gold"],
        "answer": made.answer,
        **prediction_of(prediction),
    }


def main_scores(
    source: Judgments, tasks: Path, settings: PinnedJudgments | None, predictions: Sequence[dict]
) -> dict[str, float]:
    """The main score of each task and nothing else, where each prediction counts as an item.

    Args:
        source: the benchmark.
        tasks: folder of the tasks stage that the predictions were made with.
        settings: of the benchmark; None where it reads no data set.
        predictions: rows of predictions.jsonl.

    Returns:
        Task → main score, from 0 to 1.

    Raises:
        KeyError: a prediction is of no item (`score` says so in words).
    """
    items = {row["id"]: row for row in source.rows(tasks, settings)}
    grades: dict[str, list[list[Grade]]] = defaultdict(list)
    for row in predictions:
        grades[items[row["id"]]["task"]].append([grade(items[row["id"]], row)])
    return {task: main_score(task, made) for task, made in grades.items()}


def _linear(index: Path) -> dict[str, Callable[[str], str]]:
    """Task → (facts → the linear model's answer)."""
    ranker, least = Ranker.load(index / RANKER), read_json(index / linear.FILE)

    def said(task: str, facts: str) -> str:
        return targets.dump({LISTS[task]: linear.answer(ranker, task, facts, least[task])})

    answers: dict[str, Callable[[str], str]] = {task: partial(said, task) for task in linear.TASKS}
    return {**answers, "term": lambda facts: targets.dump(linear.sentence(ranker, facts))}


def score(
    source: Judgments,
    tasks: Path,
    settings: PinnedJudgments | None,
    predictions: Sequence[dict],
    how: config.Settings,
    index: Path | None = None,
) -> Scored:
    """Scores by task, and a row for each prediction.

    Args:
        source: the benchmark.
        tasks: folder of the tasks stage that the predictions were made with.
        settings: of the benchmark.
        predictions: rows of predictions.jsonl.
        how: settings of the intervals.
        index: folder of an index with a ranker, the linear model; None without one.

    Raises:
        UserError: a prediction is of no item.
    """
    items = {row["id"]: row for row in source.rows(tasks, settings)}
    if strange := [row["id"] for row in predictions if row["id"] not in items]:
        raise UserError(
            f"{len(strange)} predictions are of no item of the benchmark, the first is {strange[0]}"
        )
    grades: Grades = defaultdict(lambda: defaultdict(list))
    graded = []
    for row in predictions:
        made = grade(items[row["id"]], row)
        grades[items[row["id"]]["task"]][row["id"]].append(made)
        graded.append((items[row["id"]], row, made))
    asked = {task: [items[number] for number in grades[task]] for task in TASKS if task in grades}
    overlaps = contamination.by_task(
        {task: [item["input"] for item in rows] for task, rows in asked.items()},
        contamination.documents(tasks),
    )
    scores, shares = {}, {}
    linear_answers = _linear(index) if index else {}
    for task, rows in asked.items():
        samples = list(grades[task].values())
        baselines = judgment_baselines(task, rows)
        others = {"constant": [baselines["constant"]["answer"]] * len(rows)}
        if task in linear_answers:
            others["linear"] = [linear_answers[task](item["input"]) for item in rows]
        shares |= dict(zip((item["id"] for item in rows), overlaps[task], strict=True))
        scores[task] = {
            **summarise(task, samples, how),
            "baselines": baselines,
            "margins": margins(task, rows, samples, others, how),
            "contamination": contamination.summary(overlaps[task]),
            **consistency(task, [[made.answer for made in group] for group in samples]),
        }
    return Scored(scores, [item_row(*one, shares[one[0]["id"]]) for one in graded])
