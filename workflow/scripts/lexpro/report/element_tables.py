"""Tables of the extraction of elements, and of how far answers to one prompt agree."""

from __future__ import annotations

from collections.abc import Iterator

from lexpro.report import catalog, labels, noise, score_tables
from lexpro.report.table import Cell, Table

# Row of a table → the numbers of a score that stand in it: precision, recall, F1.
OVERALL = {
    "all elements (micro)": ("precision", "recall", "micro_f1"),
    "mean of the kinds (macro)": (None, None, "macro_f1"),
    "by defendant": (None, None, "defendant_f1"),
}
MEASURES = ("samples", "same", "modal", "agreement", "unanswered", "term_range", "term_range_n")


def _named(task: str) -> str:
    """What the table calls a task: that of another benchmark by its name, ours `held-out`."""
    return task if "/" in task else "held-out"


def _of(summary: dict, key: str) -> Iterator[tuple[str, str, str, dict]]:
    """(task, variant, retrieval, scores) of what has that part."""
    return ((t, v, r, row) for t, v, r, row in score_tables.cells(summary) if key in row)


def elements(summary: dict) -> Table:
    """Precision, recall and F1 over all elements, by kind and by defendant, and typical errors."""
    rows: list[tuple[Cell, ...]] = []
    for task, variant, _, row in _of(summary, "fields"):
        begin = (_named(task), labels.VARIANTS[variant])
        for name, metrics in OVERALL.items():
            rows.append(
                (*begin, name, *(row.get(metric) if metric else None for metric in metrics), row["n"], None)
            )
        for name in labels.ordered(row["fields"], labels.FIELDS):
            scores = row["fields"][name]
            words = f"{name} {labels.FIELDS.get(name, '')}".strip()
            rows.append((*begin, words, *(scores[m] for m in ("precision", "recall", "f1", "n")), None))
        for name in labels.ordered(row.get("confusions", {}), labels.CONFUSIONS):
            words = f"error: {labels.CONFUSIONS.get(name, name)}"
            rows.append((*begin, words, None, None, None, None, row["confusions"][name]))
    names = ("judgments", "variant", "element", "precision", "recall", "F1", "n", "errors")
    title = (
        f"{catalog.TABLES['elements'].title}: of all, of each kind, by defendant, and typical errors, counted"
    )
    tasks = [f"{name}/elements" for name in summary.get("benchmarks", {})]
    return Table(title, names, rows, noise.note([summary], ("elements", *tasks)))


def consistency(summary: dict) -> Table:
    """Agreement of the answers to one prompt, and the spread of terms in months."""
    rows = [
        (
            task,
            labels.VARIANTS[variant],
            labels.RETRIEVAL[retrieval],
            row["n"],
            *(row["consistency"].get(name) for name in MEASURES),
            row.get("contamination", {}).get("items"),
        )
        for task, variant, retrieval, row in _of(summary, "consistency")
    ]
    names = (
        "task",
        "variant",
        "retrieval",
        "n",
        "samples",
        "all alike",
        "share of the commonest",
        "F1 of two",
    )
    names += ("unanswered", "months between terms", "items with terms", score_tables.SEEN)
    return Table(catalog.TABLES["consistency"].title, names, rows)


TABLES = {"elements": elements, "consistency": consistency}
