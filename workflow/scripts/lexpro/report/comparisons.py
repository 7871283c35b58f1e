"""What differs between variants by more than chance, and how much one model differs from itself.

From items.jsonl of each scored run: variants are compared item by item, so that easy and hard items
cancel out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lexpro import stats
from lexpro.report import labels, sources
from lexpro.stats import Mean, Metric, ratio
from lexpro.task_names import TASKS
from lexpro.workflow.files import read_json

# What is asked: what a stage of training adds, and what retrieval adds.
VARIANTS = (("base", "sft"), ("sft", "grpo"), ("base", "grpo"))
RETRIEVAL = ("none", "rag")
DRAWS, SEED = 10_000, 11
# Metrics of the form 2 · right / (stated + true), over the lists of an item.
F1 = ("micro_f1", "f1")
# Between a score of the items and the printed one: they are rounded to six places.
_ROUNDING = 1e-5

Cell = tuple[str, str]


def _f1(sums: np.ndarray) -> np.ndarray:
    return ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def metric_of(main: str) -> Metric:
    """The metric that a task's main score is, of the sums of `_counts`."""
    return _f1 if main in F1 else Mean()


def _counts(row: dict, main: str) -> tuple[float, ...]:
    if main not in F1:
        return row["score"], 1.0
    right = len(row["right"])
    return right, right + len(row["wrong"]), right + len(row["missed"])


@dataclass(frozen=True)
class Scored:
    """One task of one run.

    Attributes:
        main: the metric that its score is.
        items: item → (samples, counts).
        confidence: that of its interval.
        repeatability: what a second run gave, where there was one.
    """

    main: str
    items: dict[str, np.ndarray]
    confidence: float
    repeatability: dict | None = None

    def table(self, ids: list[str]) -> np.ndarray:
        """(items, counts), each item the mean over its samples."""
        return np.array([self.items[i].mean(axis=0) for i in ids])

    def samples(self) -> np.ndarray:
        """(samples, items, counts) of the samples that every item has."""
        fewest = min(len(rows) for rows in self.items.values())
        return np.array([rows[:fewest] for rows in self.items.values()]).swapaxes(0, 1)


def scored(rows: list[dict], scores: dict) -> Scored | None:
    """The counts of one task's rows; None where its score is no function of them.

    A score of the whole corpus, such as F0.5 of LawBench 2-1, is none.
    """
    main = scores["main"]
    samples_of: dict[str, list[tuple[float, ...]]] = {}
    for row in sorted(rows, key=lambda row: row["sample"]):
        if row["outcome"] != "skipped":
            samples_of.setdefault(row["id"], []).append(_counts(row, main))
    if not samples_of:
        return None
    items = {i: np.array(samples, dtype=np.float64) for i, samples in samples_of.items()}
    made = Scored(main, items, scores["confidence"], scores.get("repeatability"))
    value = metric_of(main)(made.table(list(samples_of)).sum(axis=0))
    return made if abs(value - scores[main]) < _ROUNDING else None


def read(inputs: dict[str, Path]) -> dict[str, dict[Cell, Scored]]:
    """Task (`charge`; `lawbench/3-4` of other benchmarks) → (variant, retrieval) → its items."""
    by_task: dict[str, dict[Cell, Scored]] = {}
    for benchmark, runs in sources.evaluations(inputs).items():
        for cell, folder in runs.items():
            scores = read_json(folder / "scores.json")
            rows: dict[str, list[dict]] = {}
            for row in sources.jsonl(folder / "items.jsonl"):
                rows.setdefault(row["task"], []).append(row)
            for task, part in rows.items():
                if task in scores and (made := scored(part, scores[task])):
                    by_task.setdefault(f"{benchmark}/{task}" if benchmark else task, {})[cell] = made
    return {task: by_task[task] for task in labels.ordered(by_task, TASKS)}


def _pairs(cells: dict[Cell, Scored]) -> Iterator[tuple[Cell, Cell]]:
    wanted = [((a, r), (b, r)) for r in RETRIEVAL for a, b in VARIANTS]
    wanted += [((v, RETRIEVAL[0]), (v, RETRIEVAL[1])) for v in sources.VARIANTS]
    return (pair for pair in wanted if pair[0] in cells and pair[1] in cells)


def _test(task: str, first: Cell, second: Cell, cells: dict[Cell, Scored]) -> dict:
    a, b = cells[first], cells[second]
    ids = [i for i in a.items if i in b.items]
    result = stats.paired(a.table(ids), b.table(ids), metric_of(a.main), DRAWS, SEED, b.confidence)
    numbers = {name: round(getattr(result, name), 6) for name in ("difference", "low", "high", "p")}
    named = {"task": task, "first": "{}.{}".format(*first), "second": "{}.{}".format(*second)}
    return named | {"metric": a.main, "n": len(ids), **numbers, "interval_method": result.method}


def tests(by_task: dict[str, dict[Cell, Scored]]) -> dict:
    """Every comparison of an experiment.

    Returns:
        {draws, confidence, correction, family, tests}: `p_holm` is corrected over all `family`
        tests; `confidence` is that of the scores (an experiment has one), null where there are
        none.
    """
    confidences = {one.confidence for cells in by_task.values() for one in cells.values()}
    made = [
        _test(task, first, second, cells)
        for task, cells in by_task.items()
        for first, second in _pairs(cells)
        if any(i in cells[second].items for i in cells[first].items)
    ]
    adjusted = stats.holm([row["p"] for row in made])
    rows = [row | {"p_holm": round(p, 6)} for row, p in zip(made, adjusted, strict=True)]
    return {
        "draws": DRAWS,
        "confidence": max(confidences, default=None),
        "correction": "Holm",
        "family": len(rows),
        "tests": rows,
    }


def _floor(one: Scored) -> dict:
    metric = metric_of(one.main)
    samples = one.samples()
    floor = {
        "samples": len(samples),
        "redrawn": round(
            stats.between_draws(one.table(list(one.items)), metric, DRAWS, SEED, one.confidence), 6
        ),
    }
    if apart := stats.between_samples(samples, metric):
        floor |= {"mean": round(float(np.mean(apart)), 6), "largest": round(max(apart), 6)}
    return floor | ({"repeatability": one.repeatability} if one.repeatability else {})


def noise_floors(by_task: dict[str, dict[Cell, Scored]]) -> dict:
    """How much the score of one model varies.

    Returns:
        Task → variant → retrieval → {samples, redrawn, mean, largest, repeatability}: `mean` and
        `largest` between two of its samples, where there is more than one; `redrawn` on two draws
        of items; `repeatability`: a second greedy run of some items
        (`lexpro.evaluation.repeatability`).
    """
    tree: dict = {}
    for task, cells in by_task.items():
        for (variant, retrieval), one in cells.items():
            tree.setdefault(task, {}).setdefault(variant, {})[retrieval] = _floor(one)
    return tree


def build(inputs: dict[str, Path]) -> dict[str, dict]:
    """{comparisons, noise} of an experiment's summary."""
    by_task = read(inputs)
    return {"comparisons": tests(by_task), "noise": noise_floors(by_task)}
