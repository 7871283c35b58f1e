"""Tables beside the scores: comparisons, uninformed baselines, public benchmarks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lexpro.report import catalog, labels, noise, sources
from lexpro.report.table import Cell, Table
from lexpro.task_names import TASKS
from lexpro.workflow.files import read_json

# Characters of a constant answer that are shown: it may be a whole judgment.
SHOWN = 60
# Items of which a training document has half or more.
SEEN = "seen in training"
OUTCOMES = ("right", "wrong", "abstained", "failed", "truncated")


def public(inputs: dict[str, Path]) -> dict:
    """Benchmark → task → variant → retrieval → scores, without the held-out judgments."""
    by_benchmark: dict = {}
    for benchmark, runs in sources.evaluations(inputs).items():
        for (variant, retrieval), folder in runs.items() if benchmark else ():
            for task, row in read_json(folder / "scores.json").items():
                place = by_benchmark.setdefault(benchmark, {}).setdefault(task, {})
                place.setdefault(variant, {})[retrieval] = row
    return by_benchmark


def runs_of(summary: dict, task: str) -> Iterator[tuple[str, str, dict]]:
    """(variant, retrieval, scores) of a task; the extraction of elements has no retrieval."""
    by_variant = summary.get(task, {})
    for variant in labels.ordered(by_variant, labels.VARIANTS):
        by_retrieval = {"none": by_variant[variant]} if task == "elements" else by_variant[variant]
        for retrieval in labels.ordered(by_retrieval, labels.RETRIEVAL):
            yield variant, retrieval, by_retrieval[retrieval]


def cells(summary: dict) -> Iterator[tuple[str, str, str, dict]]:
    """(task, variant, retrieval, scores) of everything that was scored."""
    for task in TASKS:
        yield from ((labels.TASKS[task], *run) for run in runs_of(summary, task))
    for benchmark, tasks in summary.get("benchmarks", {}).items():
        for task, by_variant in tasks.items():
            for variant in labels.ordered(by_variant, labels.VARIANTS):
                for retrieval in labels.ordered(by_variant[variant], labels.RETRIEVAL):
                    yield f"{benchmark}/{task}", variant, retrieval, by_variant[variant][retrieval]


def benchmarks(summary: dict) -> Table:
    """Both scores of every task of a public benchmark."""
    rows = [
        (
            task,
            labels.VARIANTS[variant],
            labels.RETRIEVAL[retrieval],
            row.get("official"),
            row[row["main"]],
            *(row.get(name) for name in ("low", "high", "n")),
            *(row.get(name) for name in OUTCOMES),
            row.get("contamination", {}).get("items"),
        )
        for task, variant, retrieval, row in cells(summary)
        if "/" in task
    ]
    names = ("task", "variant", "retrieval", "official", "normalised", "low", "high", "n", *OUTCOMES, SEEN)
    title = f"{catalog.TABLES['benchmarks'].title}: the official score, and the normalised one with "
    title += f"its {labels.interval(summary)}"
    tasks = [f"{name}/{task}" for name, by_task in summary.get("benchmarks", {}).items() for task in by_task]
    return Table(title, names, rows, noise.note([summary], tasks))


def baselines(summary: dict) -> Table:
    """What uninformed baselines score; they are the same for every variant."""
    rows: dict[tuple[str, str], tuple[Cell, ...]] = {}
    for task, _, _, row in cells(summary):
        stated = row.get("baselines", {})
        by_scorer = stated if "official" in stated else {row["main"]: stated} if stated else {}
        for scorer, scores in by_scorer.items():
            best = scores["constant"]
            answer = best["answer"] if len(best["answer"]) <= SHOWN else f"{best['answer'][:SHOWN]}…"
            simple = (scores[name] for name in ("gold", "majority", "copy"))
            rows.setdefault((task, scorer), (*simple, best["score"], answer))
    names = ("task", "scorer", "gold", "commonest answer", "prompt copied", "best constant", "which is")
    return Table(catalog.TABLES["baselines"].title, names, [(*key, *values) for key, values in rows.items()])


def margins(summary: dict) -> Table:
    """What each model has more than the best constant answer, and than the linear model."""
    rows = [
        (
            task,
            labels.VARIANTS[variant],
            labels.RETRIEVAL[retrieval],
            row["n"],
            row[row["main"]],
            name,
            *(beside[key] for key in ("score", "difference", "low", "high")),
        )
        for task, variant, retrieval, row in cells(summary)
        for name, beside in row.get("margins", {}).items()
    ]
    names = ("task", "variant", "retrieval", "n", "score", "beside", "its score", "difference", "low", "high")
    title = f"{catalog.TABLES['margins'].title}: the difference with its {labels.interval(summary)}"
    return Table(title, names, rows)


def _said(cell: str) -> str:
    variant, retrieval = cell.split(".")
    return f"{labels.VARIANTS[variant]}, {labels.RETRIEVAL[retrieval]}"


def comparisons(summary: dict) -> Table:
    """The paired tests of an experiment."""
    made = summary.get("comparisons", {"tests": []})
    rows = [
        (
            labels.TASKS.get(row["task"], row["task"]),
            _said(row["first"]),
            _said(row["second"]),
            labels.METRICS.get(row["metric"], row["metric"]),
            *(row[name] for name in ("n", "difference", "low", "high", "p", "p_holm")),
        )
        for row in made["tests"]
    ]
    names = ("task", "first", "second", "metric", "n", "difference", "low", "high", "p", "p (Holm)")
    title = f"{catalog.TABLES['comparisons'].title}: second minus first, with the "
    title += f"{labels.interval(summary)} of the paired bootstrap"
    note = ""
    if rows:
        note = (
            f"p: two-sided permutation test that swaps the two answers to an item, {made['draws']:,} draws; "
            f"p (Holm): corrected for all {made['family']} comparisons of this experiment. "
            + noise.note([summary], tuple(dict.fromkeys(row["task"] for row in made["tests"])))
        )
    return Table(title, names, rows, note)


TABLES = {
    "comparisons": comparisons,
    "noise": noise.table,
    "baselines": baselines,
    "margins": margins,
    "benchmarks": benchmarks,
}
