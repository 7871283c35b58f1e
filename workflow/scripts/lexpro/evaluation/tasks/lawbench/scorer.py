"""LawBench (open-compass/LawBench @ e30981b): both scorers of its 20 tasks.

Items are those of the data folders, or those that a file of predictions carries with it: the
shipped outputs were made before the data's last change, and are scored against their own
references.
"""

from __future__ import annotations

from functools import cache, partial

from lexpro import datasets
from lexpro.evaluation.questions import CACHE
from lexpro.evaluation.references import by_id, items_of
from lexpro.evaluation.scorers import Scorer, Task, commonest
from lexpro.evaluation.tasks.lawbench import normalised as lawbench_normalised
from lexpro.evaluation.tasks.lawbench import official as lawbench_official
from lexpro.evaluation.tasks.lawbench.align import Tables, read_tables
from lexpro.evaluation.tasks.lawbench.items import SOURCE
from lexpro.evaluation.tasks.lawbench.reference_forms import written

TASKS = tuple(lawbench_normalised.SCORERS)
# Answers tried as the one answer to everything: the commonest gold answers. Texts are all
# different, and slow.
_CONSTANTS, _CONSTANT_TEXTS = 60, 10
# Items that the published outputs have of the data before its last change.
_REPLACED = {"2-2": 15}
_TEXTS = frozenset(("1-1", "2-1", "2-5", "2-7", "3-2", "3-8"))


@cache
def _tables() -> Tables:
    """The character tables of 2-1; UserError where they are neither in the mirror nor to be had."""
    thesaurus, confusions = (
        datasets.resolve(datasets.find(name), CACHE) for name in ("lawbench_thesaurus", "lawbench_confusions")
    )
    return read_tables(thesaurus, confusions)


def task(number: str) -> Task:
    """The task of that number, one of `TASKS`."""
    normalised = lawbench_normalised.SCORERS[number]
    if number == "2-1":
        official = lawbench_official.proofreading_scorer(_tables)
    else:
        official = Scorer(lawbench_official.ITEM_SCORERS[number])
    most = _CONSTANT_TEXTS if number in _TEXTS else _CONSTANTS
    references = by_id("lawbench_zero_shot", SOURCE, number)
    return Task(
        f"lawbench/{number}",
        official,
        normalised,
        lambda items: commonest(items, most),
        references,
        items=items_of("lawbench_zero_shot", SOURCE, number),
        written=partial(written, number),
        replaced=_REPLACED.get(number, 0),
    )
