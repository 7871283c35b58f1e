"""Predictions of a benchmark and its truth → scores with intervals, and what each item was
worth.
"""

from __future__ import annotations

import importlib
import json
from functools import partial
from pathlib import Path

from lexpro.evaluation import repeatability, score_judgments, score_questions
from lexpro.evaluation.chosen import source_of
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import json_line, write_json
from lexpro.workflow.stage import stage


def rows_of(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def predictions(path: Path) -> list[dict]:
    """The rows of predictions.jsonl; raises `UserError` if there is none, or one twice."""
    rows = rows_of(path)
    keys = {(row["id"], row["sample"]) for row in rows}
    if not rows or len(keys) < len(rows):
        raise UserError(
            f"{path}: {len(rows)} predictions of {len(keys)} items. Remove its folder, run again."
        )
    return rows


def main(argv: list[str] | None = None) -> None:
    with stage("score", __doc__, argv) as run:
        made, tasks = run.inputs["predict"], run.inputs["tasks"]
        rows, second = predictions(made / "predictions.jsonl"), rows_of(made / "again.jsonl")
        items = run.settings.items
        source = source_of(items)
        if items and "scorer" in items:
            task_of = importlib.import_module(items.scorer).task
            found = score_questions.score(source, task_of, tasks, items, rows, run.settings)
            values = partial(score_questions.values, source, task_of, items)
        else:
            found = score_judgments.score(source, tasks, items, rows, run.settings)
            values = partial(score_judgments.values, source, tasks, items)
        for task, twice in repeatability.compared(rows, second, values).items():
            found.scores[task]["again"] = twice
        with (run.out / "items.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(map(json_line, found.items))
        write_json(run.out / "scores.json", found.scores)
        run.counts.update({task: part["n"] for task, part in found.scores.items()})
        for task, part in found.scores.items():
            value, seen = part[part["main"]], part.get("contamination", {}).get("items", 0)
            told = f"{task}: {part['main']} {value:.4f} [{part['low']:.4f}, {part['high']:.4f}]"
            run.log.info("%s, %d of %d items seen in training", told, seen, part["n"])


if __name__ == "__main__":
    main()
