"""A table for people and programs: rows of plain cells, as CSV, Markdown and LaTeX.

The pages show it as HTML (templates/macros.html.j2).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace

Cell = str | int | float | None


def _count(value: float) -> str:
    """A number of parameters: 14.8 B, 1.8 M."""
    return next(
        (f"{value / size:.1f} {unit}" for size, unit in ((1e9, "B"), (1e6, "M")) if value >= size),
        f"{value:,}",
    )


# Parameters, memory and time read better in their usual units; CSV files keep full precision.
SHOWN: dict[str, Callable[[float], str]] = {
    "parameters": _count,
    "seconds": lambda value: f"{value:,.1f}",
    "peak memory (MB)": lambda value: f"{value:,.0f}",
    "p": lambda value: f"{value:.4f}",
    "p (Holm)": lambda value: f"{value:.4f}",
}


@dataclass(frozen=True)
class Table:
    """A table.

    Where the column `origin` changes, a rule sets rows apart: what is ours, what others published.

    Attributes:
        title: without a full stop.
        columns: their names.
        rows: of cells; None is an empty one.
        note: stands below, such as the noise floor.
    """

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    note: str = ""

    def shown(self) -> list[list[str]]:
        """The cells as text: scores to three places, whole numbers in groups of three digits."""
        return [
            [show(value, name) for value, name in zip(row, self.columns, strict=True)] for row in self.rows
        ]

    def numeric(self) -> list[bool]:
        """Whether a column holds numbers (set flush right)."""
        return [
            all(isinstance(row[i], int | float | None) for row in self.rows) for i in range(len(self.columns))
        ]


def show(value: Cell, column: str) -> str:
    """A cell as text for readers.

    Args:
        value: of the cell.
        column: its name, which may ask for a unit.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if column in SHOWN:
        return SHOWN[column](value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


def to_csv(table: Table) -> str:
    """The table as CSV, with full precision."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return file.getvalue()


def to_markdown(table: Table) -> str:
    """The table as Markdown, its title above and its note below."""

    def line(cells: list[str]) -> str:
        return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |"

    rule = ["--:" if numeric else ":--" for numeric in table.numeric()]
    rows = [line(list(table.columns)), line(rule), *map(line, table.shown())]
    return f"{table.title}\n\n" + "\n".join(rows) + "\n" + (f"\n{table.note}\n" if table.note else "")


# What TeX reads as its own.
TEX = str.maketrans(
    {c: rf"\{c}" for c in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {"<": r"\textless{}", ">": r"\textgreater{}"}
)


def _tex(text: str) -> str:
    """Text in one line as TeX prints it.

    Behind the end of a row, [ and * would be read as its option.
    """
    made = " ".join(text.translate(TEX).split())
    return f"{{}}{made}" if made.startswith(("[", "*")) else made


def _ruled(table: Table) -> list[str]:
    """The rows as lines of LaTeX."""
    origin = table.columns.index("origin") if "origin" in table.columns else None
    lines: list[str] = []
    for place, row in enumerate(table.shown()):
        if origin is not None and place and table.rows[place - 1][origin] != table.rows[place][origin]:
            lines.append(r"\midrule")
        lines.append(" & ".join(map(_tex, row)) + r" \\")
    return lines


def _numbered(table: Table) -> tuple[Table, list[str]]:
    """(the table with numbers for its sources, the sources in their order).

    The sources themselves are too long for the width of a page.
    """
    if "source" not in table.columns:
        return table, []
    at = table.columns.index("source")
    sources = list(dict.fromkeys(str(row[at]) for row in table.rows))
    rows = [(*row[:at], str(1 + sources.index(str(row[at]))), *row[at + 1 :]) for row in table.rows]
    return replace(table, rows=rows), [
        f"{number}: {source}" for number, source in enumerate(sources, start=1)
    ]


def to_latex(table: Table) -> str:
    """The table for `booktabs` and `graphicx`, which makes it as narrow as the page.

    Chinese words in it need `xelatex` with `ctex`, or `pdflatex` with `CJKutf8`.
    """
    table, sources = _numbered(table)
    head = " & ".join(map(_tex, table.columns)) + r" \\"
    spec = "".join("r" if numeric else "l" for numeric in table.numeric())
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{_tex(table.title)}}}",
        r"\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%",
        rf"\begin{{tabular}}{{{spec}}}",
    ]
    lines += [r"\toprule", head, r"\midrule", *_ruled(table), r"\bottomrule", r"\end{tabular}}"]
    notes = [table.note] if table.note else []
    notes += [f"Sources: {'; '.join(sources)}."] if sources else []
    lines += [rf"\par\smallskip{{\footnotesize {_tex(' '.join(notes))}\par}}"] if notes else []
    return "\n".join([*lines, r"\end{table}", ""])
