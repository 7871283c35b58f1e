"""Predictions of a benchmark and its truth → scores with intervals, and what each item was worth."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

from lexpro.benchmarks import heldout
from lexpro.benchmarks.judging import Verdict, judge
from lexpro.benchmarks.metrics import summarise
from lexpro.errors import UserError
from lexpro.files import write_json
from lexpro.stage import stage
from lexpro.tasks.form import TASKS

BENCHMARKS = {"heldout": heldout}


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


def item_row(item: dict, prediction: dict, verdict: Verdict) -> dict:
    """A row of items.jsonl: the item, what the model made of it, and what of that was right, wrong and
    missed.
    """
    return {
        "id": item["id"],
        "doc_id": item["doc_id"],
        "task": item["task"],
        "sample": prediction["sample"],
        "outcome": verdict.outcome,
        "truncated": verdict.truncated,
        "score": round(verdict.score, 6),
        "right": verdict.right,
        "wrong": verdict.wrong,
        "missed": verdict.missed,
        "input": item["input"],
        "gold": item["gold"],
        "answer": verdict.answer,
        "completion": prediction["completion"],
        "retrieved": prediction["retrieved"],
        "error": prediction["error"],
    }


def main(argv: list[str] | None = None) -> None:
    with stage("score", __doc__, argv) as run:
        items = BENCHMARKS[run.settings["benchmark"]].gold(run.inputs["tasks"])
        verdicts: dict[str, dict[str, list[Verdict]]] = defaultdict(lambda: defaultdict(list))
        rows = predictions(run.inputs["predict"] / "predictions.jsonl")
        if strange := [row["id"] for row in rows if row["id"] not in items]:
            raise UserError(
                f"{len(strange)} predictions are of no item of the benchmark, the first is {strange[0]}"
            )
        with (run.out / "items.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                item = items[row["id"]]
                verdict = judge(item, row)
                verdicts[item["task"]][item["id"]].append(verdict)
                file.write(json.dumps(item_row(item, row, verdict), ensure_ascii=False) + "\n")
        scores = {
            task: summarise(task, list(verdicts[task].values()), run.settings)
            for task in TASKS
            if task in verdicts
        }
        write_json(run.out / "scores.json", scores)
        run.counts.update({task: part["n"] for task, part in scores.items()})
        for task, part in scores.items():
            value = part[part["main"]]
            run.log.info("%s: %s %.4f [%.4f, %.4f]", task, part["main"], value, part["low"], part["high"])


if __name__ == "__main__":
    main()
