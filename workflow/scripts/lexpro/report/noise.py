"""The noise floor: how far the same model, evaluated twice, lies from itself. It stands under every table of scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lexpro.report import labels
from lexpro.report.table import Table


def floors(summary: dict, tasks: Sequence[str] | None = None) -> Iterator[tuple[str, str, str, dict]]:
    """(task, variant, retrieval, floor) of what was measured."""
    for task, by_variant in summary.get("noise", {}).items():
        if tasks is None or task in tasks:
            for variant in labels.ordered(by_variant, labels.VARIANTS):
                for retrieval in labels.ordered(by_variant[variant], labels.RETRIEVAL):
                    yield task, variant, retrieval, by_variant[variant][retrieval]


def note(summaries: Sequence[dict], tasks: Sequence[str]) -> str:
    """One sentence a task, of its noisiest variant: between two samples, and between two draws of items."""
    said = []
    for task in dict.fromkeys(tasks):
        found = [floor for summary in summaries for *_, floor in floors(summary, (task,))]
        if found:
            name = labels.TASKS.get(task, task)
            said.append(
                f"{name} {_between(found)}{max(floor['redrawn'] for floor in found):.3f} between draws"
            )
    if not said:
        return ""
    greedy = not any("largest" in floor for summary in summaries for *_, floor in floors(summary, tasks))
    once = " Decoding is greedy: each item has one answer, and no samples to compare." if greedy else ""
    return (
        "Noise floor, the same model twice (of the variant that varies most): "
        + "; ".join(said)
        + " of as many items (95 % of them differ less)."
        + once
    )


def _between(found: list[dict]) -> str:
    sampled = [floor for floor in found if "largest" in floor]
    if not sampled:
        return ""
    mean, largest = max(floor["mean"] for floor in sampled), max(floor["largest"] for floor in sampled)
    return f"{mean:.3f} (at most {largest:.3f}) between samples, "


def table(summary: dict) -> Table:
    """Every floor that was measured."""
    rows = [
        (
            labels.TASKS.get(task, task),
            labels.VARIANTS[variant],
            labels.RETRIEVAL[retrieval],
            floor["samples"],
            floor.get("mean"),
            floor.get("largest"),
            floor["redrawn"],
        )
        for task, variant, retrieval, floor in floors(summary)
    ]
    columns = ("task", "variant", "retrieval", "samples", "mean between samples", "largest", "between draws")
    title = "Noise floor: how far the score of one model lies from itself, between samples and between draws of items"
    return Table(title, columns, rows)
