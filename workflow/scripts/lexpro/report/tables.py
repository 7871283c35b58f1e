"""The tables of the report, made from summary.json alone, as CSV, Markdown and LaTeX (as HTML in page.py)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lexpro.files import write_text
from lexpro.report import labels, sources

Cell = str | int | float | None

# Money, memory and time read better in their usual units; CSV files keep full precision.
SHOWN: dict[str, Callable[[float], str]] = {
    "seconds": lambda value: f"{value:,.1f}",
    "peak memory (MB)": lambda value: f"{value:,.0f}",
}


@dataclass(frozen=True)
class Table:
    """A title, column names, and rows of cells; None is an empty cell."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]

    def shown(self) -> list[list[str]]:
        """The cells as text for readers: scores to three places, whole numbers in groups of three digits."""
        return [
            [show(value, name) for value, name in zip(row, self.columns, strict=True)] for row in self.rows
        ]

    def numeric(self) -> list[bool]:
        """Whether a column holds numbers (set flush right)."""
        return [
            all(isinstance(row[i], int | float | None) for row in self.rows) for i in range(len(self.columns))
        ]


def show(value: Cell, column: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if column in SHOWN:
        return SHOWN[column](value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def runs_of(summary: dict, task: str) -> Iterator[tuple[str, str, dict]]:
    """(variant, retrieval, scores) of a task; the extraction of elements has no retrieval."""
    by_variant = summary.get(task, {})
    for variant in labels.ordered(by_variant, labels.VARIANTS):
        found = {"none": by_variant[variant]} if task == "elements" else by_variant[variant]
        for retrieval in labels.ordered(found, labels.RETRIEVAL):
            yield variant, retrieval, found[retrieval]


def scores(summary: dict) -> Table:
    title = "Scores by task, variant and retrieval; low and high bound the 95 % bootstrap interval"
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
        )
        for task in sources.TASKS
        for variant, retrieval, row in runs_of(summary, task)
    ]
    return Table(title, (*columns, *outcomes), rows)


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
    return Table(
        "F1 of each element", ("element", "n", *(labels.VARIANTS[variant] for variant in runs)), rows
    )


def confusions(summary: dict) -> Table:
    """How often each of the paper's typical errors occurs, by variant."""
    runs = {variant: row.get("confusions", {}) for variant, _, row in runs_of(summary, "elements")}
    names = labels.ordered({name for found in runs.values() for name in found}, labels.CONFUSIONS)
    rows = [
        (labels.CONFUSIONS.get(name, name), *(found.get(name) for found in runs.values())) for name in names
    ]
    return Table("Typical errors, counted", ("error", *(labels.VARIANTS[variant] for variant in runs)), rows)


def funnel(summary: dict) -> Table:
    counts = summary["funnel"]
    rows = [(labels.split(name), counts[name]) for name in labels.ordered(counts, labels.FUNNEL)]
    return Table("Documents at each point of the corpus", ("point", "documents"), rows)


def dropped(summary: dict) -> Table:
    left_out = {"ingest": summary["rejected"]["ingest"], "structure": summary["rejected"]["structure"]}
    left_out |= {"filter": summary["dropped"]}
    rows = [
        (stage, reason, labels.reason(reason), count)
        for stage, reasons in left_out.items()
        for reason, count in most_first(reasons)
    ]
    title = "Documents that were left out, by stage and reason"
    return Table(title, ("stage", "name", "reason", "documents"), rows)


def most_first(counts: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def retrieval(summary: dict) -> Table:
    systems = summary["retrieval"].get("systems", {})
    rows = [
        (labels.SYSTEMS.get(system, system), int(k), systems[system][k])
        for system in labels.ordered(systems, labels.SYSTEMS)
        for k in sorted(systems[system], key=int)
    ]
    return Table("Recall of cited articles among the first k", ("system", "k", "recall"), rows)


def training(summary: dict) -> Table:
    found = summary["training"]
    rows = [
        (labels.STAGES[stage], labels.CURVES.get(curve, curve), ends["steps"], ends["first"], ends["last"])
        for stage in labels.ordered(found, labels.STAGES)
        for curve, ends in (
            (name, found[stage][name]) for name in labels.ordered(found[stage], ["total", "loss"])
        )
    ]
    title = "Training curves: means over the first and the last tenth of the steps logged"
    return Table(title, ("stage", "curve", "steps", "first", "last"), rows)


def stages(summary: dict) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for stage in labels.ordered(summary["stages"], labels.ALL_STAGES):
        found = summary["stages"][stage]
        rows.append((stage, found.get("key", ""), found["seconds"], found["peak_rss_mb"]))
        for variant in labels.ordered(found.keys() & labels.VARIANTS.keys(), labels.VARIANTS):
            for retrieval in labels.ordered(found[variant], labels.RETRIEVAL):
                run = found[variant][retrieval]
                rows.append(
                    (f"{stage}.{variant}.{retrieval}", run["key"], run["seconds"], run["peak_rss_mb"])
                )
    return Table("Runs of this experiment", ("stage", "key", "seconds", "peak memory (MB)"), rows)


# In the order of the page; Snakemake's report uses the same names.
TABLES = {
    "scores": scores,
    "fields": fields,
    "confusions": confusions,
    "training": training,
    "retrieval": retrieval,
    "funnel": funnel,
    "dropped": dropped,
    "stages": stages,
}


def to_csv(table: Table) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return file.getvalue()


def to_markdown(table: Table) -> str:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    rule = ["--:" if numeric else ":--" for numeric in table.numeric()]
    rows = [line(list(table.columns)), line(rule), *map(line, table.shown())]
    return f"{table.title}\n\n" + "\n".join(rows) + "\n"


def _tex(text: str) -> str:
    return re.sub(r"([&%$#_{}])", r"\\\1", text)


def to_latex(table: Table) -> str:
    """A `booktabs` table; Chinese words in it want `xelatex` with `ctex`."""
    rows = [" & ".join(map(_tex, row)) + r" \\" for row in table.shown()]
    head = " & ".join(map(_tex, table.columns)) + r" \\"
    spec = "".join("r" if numeric else "l" for numeric in table.numeric())
    body = "\n".join([rf"\begin{{tabular}}{{{spec}}}", r"\toprule", head, r"\midrule", *rows, r"\bottomrule"])
    caption = rf"\caption{{{_tex(table.title)}}}"
    return "\n".join([r"\begin{table}", r"\centering", caption, body, r"\end{tabular}", r"\end{table}", ""])


def write(summary: dict, out: Path) -> dict[str, Table]:
    """All tables in `out`, as `<name>.csv`, `.md` and `.tex`; the tables by name."""
    made = {name: make(summary) for name, make in TABLES.items()}
    for name, table in made.items():
        for suffix, form in (("csv", to_csv), ("md", to_markdown), ("tex", to_latex)):
            write_text(out / f"{name}.{suffix}", form(table))
    return made
