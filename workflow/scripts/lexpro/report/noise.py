"""The noise floor: how much the score of the same model varies when it is evaluated twice.

It stands under every table of scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lexpro.report import catalog, labels
from lexpro.report.table import Table


def measured_floors(
    summary: dict, tasks: Sequence[str] | None = None
) -> Iterator[tuple[str, str, str, dict]]:
    """(task, variant, retrieval, floor) of what was measured."""
    for task, by_variant in summary.get("noise", {}).items():
        if tasks is None or task in tasks:
            for variant in labels.ordered(by_variant, labels.VARIANTS):
                for retrieval in labels.ordered(by_variant[variant], labels.RETRIEVAL):
                    yield task, variant, retrieval, by_variant[variant][retrieval]


def note(summaries: Sequence[dict], tasks: Sequence[str]) -> str:
    """One sentence a task, of the variant that varies most: between samples, between draws."""
    said = []
    for task in dict.fromkeys(tasks):
        of_task = [floor for summary in summaries for *_, floor in measured_floors(summary, (task,))]
        if of_task:
            name = labels.TASKS.get(task, task)
            said.append(
                f"{name} {_between(of_task)}{max(floor['redrawn'] for floor in of_task):.3f} between draws"
            )
    if not said:
        return ""
    return (
        "Noise floor, the same model twice (of the variant that varies most): "
        + "; ".join(said)
        + f" of as many items ({labels.confidence(*summaries)} of them differ less)."
        + _greedy(summaries, tasks)
    )


def _greedy(summaries: Sequence[dict], tasks: Sequence[str]) -> str:
    """What a second run of greedy answers gave, all variants together; "" for sampled answers."""
    measured = [floor for summary in summaries for *_, floor in measured_floors(summary, tasks)]
    if any("largest" in floor for floor in measured):
        return ""
    second = [floor["repeatability"] for floor in measured if "repeatability" in floor]
    if not second:
        return " Decoding is greedy: each item has one answer, and no second run was made."
    same, items = (sum(one[name] for one in second) for name in ("same", "items"))
    apart = max(one["difference"] for one in second)
    return (
        f" Decoding is greedy: a second run of {items} answers in other batches gave the same text {same} times, and "
        f"scores at most {apart:.3f} apart."
    )


def _between(measured: list[dict]) -> str:
    sampled = [floor for floor in measured if "largest" in floor]
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
            *(floor.get("repeatability", {}).get(name) for name in ("items", "same", "difference")),
        )
        for task, variant, retrieval, floor in measured_floors(summary)
    ]
    columns = ("task", "variant", "retrieval", "samples", "mean between samples", "largest", "between draws")
    columns += ("made again", "same text", "apart")
    title = (
        f"{catalog.TABLES['noise'].title}: how much the score of one model varies, between samples, between draws "
        "of items, and in a second greedy run of some of them"
    )
    return Table(title, columns, rows)
