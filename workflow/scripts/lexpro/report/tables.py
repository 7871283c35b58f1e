"""The tables of training, evaluation and runs, made from summary.json alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lexpro.report import catalog, corpus_tables, element_tables, labels, noise, paper, score_tables
from lexpro.report.table import Cell, Table
from lexpro.task_names import TASKS


def runs_of(summary: dict, task: str) -> Iterator[tuple[str, str, dict]]:
    """(variant, retrieval, scores) of a task; the extraction of elements has no retrieval."""
    by_variant = summary.get(task, {})
    for variant in labels.ordered(by_variant, labels.VARIANTS):
        found = {"none": by_variant[variant]} if task == "elements" else by_variant[variant]
        for retrieval in labels.ordered(found, labels.RETRIEVAL):
            yield variant, retrieval, found[retrieval]


def scores(summary: dict) -> Table:
    """Every score with its interval and the outcomes of the items."""
    title = f"{catalog.TABLES['scores'].title}; low and high bound the {labels.interval(summary)}"
    columns = ("task", "variant", "retrieval", "metric", "score", "low", "high", "n")
    outcomes = ("right", "wrong", "abstained", "failed", "truncated")
    rows = [
        (
            labels.TASKS[task],
            labels.VARIANTS[variant],
            labels.RETRIEVAL[retrieval],
            labels.METRICS.get(row["main"], row["main"]),
            row[row["main"]],
            *(row[name] for name in ("low", "high", "n", *outcomes)),
            row.get("contamination", {}).get("items"),
        )
        for task in TASKS
        for variant, retrieval, row in runs_of(summary, task)
    ]
    return Table(title, (*columns, *outcomes, "seen in training"), rows, noise.note([summary], TASKS))


def fields(summary: dict) -> Table:
    """F1 of each element by variant, over all items; n true elements."""
    runs = {variant: row.get("fields", {}) for variant, _, row in runs_of(summary, "elements")}
    names = labels.ordered({name for found in runs.values() for name in found}, labels.FIELDS)
    rows = [
        (
            f"{name} {labels.FIELDS.get(name, '')}".strip(),
            next((found[name]["n"] for found in runs.values() if name in found), None),
            *(found.get(name, {}).get("f1") for found in runs.values()),
        )
        for name in names
    ]
    columns = ("element", "n", *(labels.VARIANTS[variant] for variant in runs))
    return Table(catalog.TABLES["fields"].title, columns, rows, noise.note([summary], ("elements",)))


def confusions(summary: dict) -> Table:
    """How often each of the paper's typical errors occurs, by variant."""
    runs = {variant: row.get("confusions", {}) for variant, _, row in runs_of(summary, "elements")}
    names = labels.ordered({name for found in runs.values() for name in found}, labels.CONFUSIONS)
    rows = [
        (labels.CONFUSIONS.get(name, name), *(found.get(name) for found in runs.values())) for name in names
    ]
    columns = ("error", *(labels.VARIANTS[variant] for variant in runs))
    return Table(catalog.TABLES["confusions"].title, columns, rows, noise.note([summary], ("elements",)))


def retrieval(summary: dict) -> Table:
    """Recall of each retrieval system at each k."""
    systems = summary["retrieval"].get("systems", {})
    rows = [
        (labels.SYSTEMS.get(system, system), int(k), systems[system][k])
        for system in labels.ordered(systems, labels.SYSTEMS)
        for k in sorted(systems[system], key=int)
    ]
    return Table(catalog.TABLES["retrieval"].title, ("system", "k", "recall"), rows)


def training(summary: dict) -> Table:
    """Where the training curves begin and end."""
    found = summary["training"]
    rows = [
        (labels.STAGES[stage], labels.CURVES.get(curve, curve), ends["steps"], ends["first"], ends["last"])
        for stage in labels.ordered(found, labels.STAGES)
        for curve, ends in (
            (name, found[stage][name]) for name in labels.ordered(found[stage], ["total", "loss"])
        )
    ]
    return Table(catalog.TABLES["training"].title, ("stage", "curve", "steps", "first", "last"), rows)


def stages(summary: dict) -> Table:
    """Key, seconds and memory of every run."""
    rows: list[tuple[Cell, ...]] = []
    for stage in labels.ordered(summary["stages"], labels.ALL_STAGES):
        found = summary["stages"][stage]
        # A stage with several runs has their keys in the rows below.
        key = "" if " " in found["key"] else found["key"]
        rows.append((stage, key, found["seconds"], found["peak_rss_mb"]))
        for variant in labels.ordered(found.keys() & labels.VARIANTS.keys(), labels.VARIANTS):
            for retrieval in labels.ordered(found[variant], labels.RETRIEVAL):
                run = found[variant][retrieval]
                rows.append(
                    (f"{stage}.{variant}.{retrieval}", run["key"], run["seconds"], run["peak_rss_mb"])
                )
    return Table(catalog.TABLES["stages"].title, ("stage", "key", "seconds", "peak memory (MB)"), rows)


def accepted(summary: dict) -> Table:
    """Code changes that were accepted without a rerun: whose, when, at which commit and why."""
    rows = [
        (
            *(row[name] for name in ("stage", "key")),
            ", ".join(row["code"]),
            *(row[name] for name in ("who", "when")),
            row["commit"][:12],
            row["reason"],
        )
        for row in summary["provenance"].get("accepted", [])
    ]
    columns = ("stage", "key", "code", "accepted by", "when", "commit", "reason")
    return Table(catalog.TABLES["accepted"].title, columns, rows)


# In the order of the page; Snakemake's report uses the same names.
TABLES = {
    "scores": scores,
    "fields": fields,
    "confusions": confusions,
    **element_tables.TABLES,
    **score_tables.TABLES,
    "training": training,
    "retrieval": retrieval,
    **corpus_tables.TABLES,
    "stages": stages,
    "accepted": accepted,
}


def write(summary: dict, out: Path) -> dict[str, Table]:
    """Write all tables, those of the paper's shape too, as `<name>.csv`, `.md` and `.tex`.

    Args:
        summary: of the experiment.
        out: folder of the tables.

    Returns:
        The tables by name.
    """
    made = {name: make(summary) for name, make in TABLES.items()}
    made |= {name: make([summary]) for name, make in paper.TABLES.items()}
    paper.write(made, out)
    return made
