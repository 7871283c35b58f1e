"""Scores of the project's own tasks: predictions and the rows they answer → numbers by task, a
verdict on each.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from lexpro.evaluation import baselines, consistency, contamination
from lexpro.evaluation.grading import Verdict, judge
from lexpro.evaluation.judgments import Judgments
from lexpro.evaluation.metrics import main, summarise
from lexpro.evaluation.scored import Scored, prediction_of
from lexpro.task_names import TASKS
from lexpro.workflow.errors import UserError


def item_row(item: dict, prediction: dict, verdict: Verdict, overlap: float | None = None) -> dict:
    """A row of items.jsonl: the item, what the model made of it, and what of that was right, wrong
    and missed.
    """
    return {
        "id": item["id"],
        "doc_id": item["doc_id"],
        "task": item["task"],
        "sample": prediction["sample"],
        "outcome": verdict.outcome,
        "truncated": verdict.truncated,
        "score": round(verdict.score, 6),
        "overlap": overlap,
        "right": verdict.right,
        "wrong": verdict.wrong,
        "missed": verdict.missed,
        "input": item["input"],
        "gold": item["gold"],
        "answer": verdict.answer,
        **prediction_of(prediction),
    }


def values(source: Judgments, tasks: Path, settings: dict, predictions: list[dict]) -> dict[str, float]:
    """The main score of each task, and nothing else."""
    items = {row["id"]: row for row in source.rows(tasks, settings)}
    verdicts: dict[str, list[list[Verdict]]] = defaultdict(list)
    for row in predictions:
        verdicts[items[row["id"]]["task"]].append([judge(items[row["id"]], row)])
    return {task: main(task, found) for task, found in verdicts.items()}


def score(source: Judgments, tasks: Path, settings: dict, predictions: list[dict], how: dict) -> Scored:
    """Scores by task, and a row for each prediction; raises `UserError` on a prediction of no
    item.
    """
    items = {row["id"]: row for row in source.rows(tasks, settings)}
    if strange := [row["id"] for row in predictions if row["id"] not in items]:
        raise UserError(
            f"{len(strange)} predictions are of no item of the benchmark, the first is {strange[0]}"
        )
    verdicts: dict[str, dict[str, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
    judged = []
    for row in predictions:
        verdict = judge(items[row["id"]], row)
        verdicts[items[row["id"]]["task"]][row["id"]].append(verdict)
        judged.append((items[row["id"]], row, verdict))
    asked = {task: [items[number] for number in verdicts[task]] for task in TASKS if task in verdicts}
    overlaps = contamination.by_task(
        {t: [item["input"] for item in rows] for t, rows in asked.items()}, contamination.documents(tasks)
    )
    scores, shares = {}, {}
    for task, rows in asked.items():
        samples = list(verdicts[task].values())
        shares |= dict(zip((item["id"] for item in rows), overlaps[task], strict=True))
        scores[task] = {
            **summarise(task, samples, how),
            "baselines": baselines.of(task, rows),
            "contamination": contamination.summary(overlaps[task]),
            **consistency.of(task, [[v.answer for v in group] for group in samples]),
        }
    return Scored(scores, [item_row(*one, shares[one[0]["id"]]) for one in judged])
