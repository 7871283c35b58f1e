"""References of outputs that carry none: looked up by the id of the item."""

from __future__ import annotations

from collections.abc import Callable

from lexpro import datasets
from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import CACHE, Questions
from lexpro.workflow.errors import UserError


def golds(dataset: str, source: Questions, number: str) -> Callable[[list[dict]], list[str]]:
    """Records of a file of outputs → the references of a task; UserError on an id that the data set
    has not, and where it is not at hand.
    """

    def of(rows: list[dict]) -> list[str]:
        path = datasets.resolve(datasets.find(dataset), CACHE)
        items: list[Item] = source.items(path, number)
        known = {item.id: item.gold for item in items}
        strange = [row.get("id") for row in rows if str(row.get("id")) not in known]
        if strange:
            raise UserError(
                f"{len(strange)} of {len(rows)} records have an id that {dataset} has not, the first {strange[0]!r}."
            )
        return [known[str(row["id"])] for row in rows]

    return of
