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
    for variant, found in summary.get(task, {}).items():
        yield from (
            [(variant, "none", found)]
            if task == "elements"
            else [(variant, r, row) for r, row in found.items()]
        )


def scores(summary: dict) -> Table:
    rows = []
    for task in sources.TASKS:
        metric = sources.METRIC[task]
        for variant, retrieval, row in runs_of(summary, task):
            outcomes = (row["n"], row.get("abstained"), row.get("truncated"), row.get("failed"))
            names = (
                labels.TASKS[task],
                labels.VARIANTS[variant],
                labels.RETRIEVAL[retrieval],
                labels.METRICS[metric],
            )
            rows.append((*names, row[metric], row["low"], row["high"], *outcomes))
    columns = (
        "task",
        "variant",
        "retrieval",
        "metric",
        "score",
        "low",
        "high",
        "n",
        "abstained",
        "truncated",
        "failed",
    )
    return Table(
        "Scores by task, variant and retrieval; low and high bound the 95 % bootstrap interval", columns, rows
    )


def funnel(summary: dict) -> Table:
    counts = summary["funnel"]
    rows: list[tuple[Cell, ...]] = [
        (labels.FUNNEL.get(name) or labels.split(name), value) for name, value in counts.items()
    ]
    return Table("Documents at each point of the corpus", ("point", "documents"), rows)


def dropped(summary: dict) -> Table:
    rows = [("filter", reason, labels.reason(reason), count) for reason, count in summary["dropped"].items()]
    for stage, reasons in summary["rejected"].items():
        rows += [(stage, reason, labels.reason(reason), count) for reason, count in reasons.items()]
    return Table(
        "Documents that were left out, by stage and reason", ("stage", "name", "reason", "documents"), rows
    )


def retrieval(summary: dict) -> Table:
    rows = [
        (labels.SYSTEMS.get(system, system), int(k), value)
        for system, by_k in summary["retrieval"].get("systems", {}).items()
        for k, value in sorted(by_k.items(), key=lambda item: int(item[0]))
    ]
    return Table("Recall of cited articles among the first k", ("system", "k", "recall"), rows)


def training(summary: dict) -> Table:
    rows = [
        (labels.STAGES[stage], curve.replace("_", " "), ends["steps"], ends["first"], ends["last"])
        for stage, found in summary["training"].items()
        for curve, ends in found.items()
    ]
    return Table(
        "Training curves: means over the first and the last tenth of the steps logged",
        ("stage", "curve", "steps", "first", "last"),
        rows,
    )


def stages(summary: dict) -> Table:
    rows = []
    for stage, found in summary["stages"].items():
        rows.append((stage, found.get("key", ""), found["seconds"], found["peak_rss_mb"]))
        for variant, by_retrieval in found.items():
            if isinstance(by_retrieval, dict):
                rows += [
                    (f"{stage}.{variant}.{retrieval}", run["key"], run["seconds"], run["peak_rss_mb"])
                    for retrieval, run in by_retrieval.items()
                ]
    return Table("Runs of this experiment", ("stage", "key", "seconds", "peak memory (MB)"), rows)


# In the order of the page; Snakemake's report uses the same names.
TABLES = {
    "scores": scores,
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
