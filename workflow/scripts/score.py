"""Predictions of a benchmark and its truth → scores with intervals, and what each item was worth."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from lexpro.benchmarks import score_judgments, score_questions
from lexpro.benchmarks.items.chosen import source_of
from lexpro.errors import UserError
from lexpro.files import json_line, write_json
from lexpro.stage import stage


def predictions(path: Path) -> list[dict]:
    """The rows of predictions.jsonl; raises `UserError` if there is none, or one twice."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    keys = {(row["id"], row["sample"]) for row in rows}
    if not rows or len(keys) < len(rows):
        raise UserError(
            f"{path}: {len(rows)} predictions of {len(keys)} items. Remove its folder, run again."
        )
    return rows


def main(argv: list[str] | None = None) -> None:
    with stage("score", __doc__, argv) as run:
        rows = predictions(run.inputs["predict"] / "predictions.jsonl")
        items = run.settings.get("items", {})
        source = source_of(items)
        if "scorer" in items:
            task_of = importlib.import_module(items["scorer"]).task
            found = score_questions.score(source, task_of, run.inputs["tasks"], items, rows, run.settings)
        else:
            found = score_judgments.score(source, run.inputs["tasks"], items, rows, run.settings)
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
