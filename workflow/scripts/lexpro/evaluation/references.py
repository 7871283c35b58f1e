"""References of outputs that carry none: looked up by the id of the item."""

from __future__ import annotations

from collections.abc import Callable

from lexpro import datasets
from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import CACHE, Questions
from lexpro.evaluation.scorers import LookUp
from lexpro.workflow.errors import UserError


def items_of(dataset: str, source: Questions, number: str) -> Callable[[], list[Item]]:
    """Gives the items of a task when they are asked for, so that no data set is read before.

    Args:
        dataset: name of the data set in the registry.
        source: reads the items of the data set.
        number: number of the task; "" where the benchmark is one task.

    Returns:
        A function without arguments that gives the items. It raises UserError where the data set is
        not at hand.
    """
    return lambda: source.items(datasets.resolve(datasets.find(dataset), CACHE), number)


def by_id(dataset: str, source: Questions, number: str) -> LookUp:
    """Finds the references of records by their field `id`.

    Args:
        dataset: name in the registry of the data set that has the references.
        source: reads the items of the data set.
        number: the task.

    Returns:
        A function of records. It raises UserError on an id that the data set has not, and where
        the data set is not at hand.
    """

    def look_up(rows: list[dict]) -> list[str]:
        path = datasets.resolve(datasets.find(dataset), CACHE)
        references = {item.id: item.gold for item in source.items(path, number)}
        strange = [row.get("id") for row in rows if str(row.get("id")) not in references]
        if strange:
            raise UserError(
                f"{len(strange)} of {len(rows)} records have an id that {dataset} has not, the first {strange[0]!r}."
            )
        return [references[str(row["id"])] for row in rows]

    return look_up
