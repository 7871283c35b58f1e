"""Benchmark `heldout`: the judgments that the tasks stage held out, all four tasks."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from lexpro.errors import UserError
from lexpro.tasks import prompts
from lexpro.tasks.form import Form

# The extraction of elements is asked of the document itself: statutes add nothing to it.
WITH_STATUTES = ("charge", "article", "term")

Search = Callable[[str, str | None], list[dict]]


def gold(tasks: Path) -> dict[str, dict]:
    """id → row of heldout.jsonl."""
    with (tasks / "heldout.jsonl").open(encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}


def items(tasks: Path, settings: dict, retrieval: bool) -> list[dict]:
    """The rows that are asked: at most `limit` of each of `tasks` (0: all), the first of the file, which is
    in drawn order.

    Raises `UserError` if none is left.
    """
    wanted = [task for task in settings["tasks"] if not retrieval or task in WITH_STATUTES]
    taken = dict.fromkeys(wanted, 0)
    chosen = []
    for row in gold(tasks).values():
        task = row["task"]
        if task in taken and (not settings["limit"] or taken[task] < settings["limit"]):
            taken[task] += 1
            chosen.append(row)
    if not chosen:
        raise UserError(
            f"{tasks}/heldout.jsonl has no item of the tasks {', '.join(wanted) or '(none)'}: see config/benchmark."
        )
    return chosen


def prompt(item: dict, form: Form, search: Search | None) -> tuple[str, list[str]]:
    """(prompt of an item, refs of the statutes that it shows); `search` finds statutes for facts and a
    date.
    """
    if search is None:
        return prompts.build(item["task"], item["input"], None, form), []
    found = search(item["input"], item["date"])
    shown = prompts.shown(found, form)
    return prompts.build(item["task"], item["input"], found, form), [article["ref"] for article in shown]
