"""The tables of training, evaluation and runs, made from summary.json alone."""

from __future__ import annotations

from pathlib import Path

from lexpro.report import catalog, corpus_tables, element_tables, experts, labels, noise, paper, score_tables
from lexpro.report.score_tables import OUTCOMES, SEEN, runs_of
from lexpro.report.table import Cell, Table
from lexpro.stage_names import STAGES
from lexpro.task_names import TASKS


def scores(summary: dict) -> Table:
    """Every score with its interval and the outcomes of the items."""
    title = f"{catalog.TABLES['scores'].title}; low and high bound the {labels.interval(summary)}"
    columns = ("task", "variant", "retrieval", "metric", "score", "low", "high", "n")
    rows = [
        (
            labels.TASKS[task],
            labels.VARIANTS[variant],
            labels.RETRIEVAL[retrieval],
            labels.METRICS.get(row["main"], row["main"]),
            row[row["main"]],
            *(row[name] for name in ("low", "high", "n", *OUTCOMES)),
            row.get("contamination", {}).get("items"),
        )
        for task in TASKS
        for variant, retrieval, row in runs_of(summary, task)
    ]
    return Table(title, (*columns, *OUTCOMES, SEEN), rows, noise.note([summary], TASKS))


def fields(summary: dict) -> Table:
    """F1 of each element by variant, over all items; n true elements."""
    runs = {variant: row.get("fields", {}) for variant, _, row in runs_of(summary, "elements")}
    names = labels.ordered({name for by_name in runs.values() for name in by_name}, labels.FIELDS)
    rows = [
        (
            f"{name} {labels.FIELDS.get(name, '')}".strip(),
            next((by_name[name]["n"] for by_name in runs.values() if name in by_name), None),
            *(by_name.get(name, {}).get("f1") for by_name in runs.values()),
        )
        for name in names
    ]
    columns = ("element", "n", *(labels.VARIANTS[variant] for variant in runs))
    return Table(catalog.TABLES["fields"].title, columns, rows, noise.note([summary], ("elements",)))


def confusions(summary: dict) -> Table:
    """How often each of the paper's typical errors occurs, by variant."""
    runs = {variant: row.get("confusions", {}) for variant, _, row in runs_of(summary, "elements")}
    names = labels.ordered({name for counts in runs.values() for name in counts}, labels.CONFUSIONS)
    rows = [
        (labels.CONFUSIONS.get(name, name), *(counts.get(name) for counts in runs.values())) for name in names
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
    by_stage = summary["training"]
    rows = [
        (labels.STAGES[stage], labels.CURVES.get(curve, curve), ends["steps"], ends["first"], ends["last"])
        for stage in labels.ordered(by_stage, labels.STAGES)
        for curve, ends in (
            (name, by_stage[stage][name]) for name in labels.ordered(by_stage[stage], ["total", "loss"])
        )
    ]
    return Table(catalog.TABLES["training"].title, ("stage", "curve", "steps", "first", "last"), rows)


def stages(summary: dict) -> Table:
    """Key, seconds and memory of every run."""
    rows: list[tuple[Cell, ...]] = []
    for stage in labels.ordered(summary["stages"], STAGES):
        cost = summary["stages"][stage]
        # A stage with several runs has their keys in the rows below.
        key = "" if " " in cost["key"] else cost["key"]
        rows.append((stage, key, cost["seconds"], cost["peak_rss_mb"]))
        for variant in labels.ordered(cost.keys() & labels.VARIANTS.keys(), labels.VARIANTS):
            for retrieval in labels.ordered(cost[variant], labels.RETRIEVAL):
                run = cost[variant][retrieval]
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
    **experts.TABLES,
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
