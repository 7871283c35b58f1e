"""Whether a file of outputs answers a benchmark: all of its items, each once, and no others.

A score of ten easy items, of one item 500 times, or of the wrong task's file is no score of the
benchmark.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lexpro.evaluation.items import Item
from lexpro.workflow.errors import UserError

_SHOWN = 3
# Characters of the end of a question that are compared first.
_END = 24
# Characters that a template may have behind a question.
_BEHIND = 40


@dataclass(frozen=True)
class Row:
    """An output as the file has it.

    Attributes:
        key: what tells its item: an id, or the question; "" where the file has neither.
        item: the item, with the file's own reference.
        text: the output; None where there is none.
        record: all that the file has of it.
    """

    key: str
    item: Item
    text: str | None
    record: dict


@dataclass(frozen=True)
class Checked:
    """What of a file counts.

    Attributes:
        rows: one for each item that is answered.
        missing: items that the file lacks.
        foreign: rows of no item of the benchmark.
        repeated: rows that a later one of the same item takes the place of.
    """

    rows: list[Row]
    missing: list[str]
    foreign: list[Row]
    repeated: list[str]


def squeezed(text: str) -> str:
    """A text without blanks, to compare questions by."""
    return re.sub(r"\s+", "", text)


def matcher(item_keys: list[str]) -> Callable[[str], str | None]:
    """Key of a row → that of its item: the same, or the question that the prompt holds."""
    keys = dict.fromkeys(item_keys)
    by_end: dict[str, list[str]] = {}
    for key in keys:
        by_end.setdefault(key[-_END:], []).append(key)

    def of(key: str) -> str | None:
        if key in keys:
            return key
        likely = [one for one in by_end.get(key[-_END:], ()) if key.endswith(one)]
        # A template may end the prompt (答案：); the question of another task goes on.
        inside = likely or (
            one for one in keys if one and 0 <= key.rfind(one) >= len(key) - len(one) - _BEHIND
        )
        return max(inside, key=len, default=None)

    return of


def _short(keys: Sequence[str]) -> str:
    listed = ", ".join(repr(key if len(key) <= 24 else f"…{key[-24:]}") for key in keys[:_SHOWN])
    return listed + (", …" if len(keys) > _SHOWN else "")


def _last(rows: list[Row], number: int) -> list[Row]:
    """The rows that count of those of one item: the last `number` that say anything."""
    said = [row for row in rows if row.text and row.text.strip()]
    empty = [row for row in rows if not (row.text and row.text.strip())]
    return said[-number:] if len(said) >= number else [*empty[len(said) - number :], *said]


def check(rows: Sequence[Row], item_keys: Sequence[str] | None, of: Callable[[str], str | None]) -> Checked:
    """Sort the rows of a file.

    Args:
        rows: in the order of the file.
        item_keys: of the benchmark's items, twice where two have one; None where they are not at
            hand: then nothing is missing or foreign.
        of: key of a row → that of its item; None for none.
    """
    wanted: dict[str, int] = defaultdict(int)
    for key in item_keys or ():
        wanted[key] += 1
    groups: dict[str, list[Row]] = defaultdict(list)
    foreign: list[Row] = []
    for row in rows:
        key = of(row.key) if item_keys is not None else row.key
        if key is None:
            foreign.append(row)
        else:
            groups[key].append(row)
    kept, repeated = [], []
    for key, group in groups.items():
        most = wanted[key] if item_keys is not None else (1 if key else len(group))
        chosen = group if len(group) <= most else _last(group, most)
        kept += chosen
        repeated += [key] * (len(group) - len(chosen))
    order = {id(row): place for place, row in enumerate(rows)}
    missing = [key for key, number in wanted.items() for _ in range(number - len(groups.get(key, ())))]
    return Checked(sorted(kept, key=lambda row: order[id(row)]), missing, foreign, repeated)


def problems(checked: Checked, expected: int | None, replaced: int = 0) -> list[str]:
    """What keeps a file from being the whole benchmark, in words; none where nothing does.

    Args:
        checked: the file.
        expected: items of the task.
        replaced: items that its published outputs still have of an older version of the data.
    """
    if (
        len(checked.foreign) <= replaced
        and len(checked.missing) <= replaced
        and len(checked.foreign) == len(checked.missing)
    ):
        return []
    faults = []
    if checked.missing:
        faults.append(f"{len(checked.missing)} of {expected} items are missing ({_short(checked.missing)})")
    elif expected and len(checked.rows) < expected:
        faults.append(f"{expected - len(checked.rows)} of {expected} items are missing")
    if checked.foreign:
        strange = _short([row.key for row in checked.foreign])
        faults.append(f"{len(checked.foreign)} records are of no item of this task ({strange})")
    if checked.repeated and faults:
        faults.append(f"{len(checked.repeated)} records repeat an item ({_short(checked.repeated)})")
    return faults


def demand(checked: Checked, name: str, path: object, expected: int | None, replaced: int = 0) -> None:
    """Refuse a file that is not the whole benchmark.

    Args:
        checked: the file, its rows sorted by `check`.
        name: name of the task, for the message.
        path: the file, for the message.
        expected: items of the task; None where that is not known.
        replaced: items that its published outputs still have of an older version of the data.

    Raises:
        UserError: items are missing, or records are of no item; the message says how many of each.
    """
    if faults := problems(checked, expected, replaced):
        raise UserError(f"{path} is not all of {name}: {'; '.join(faults)}. --partial scores what is there.")
