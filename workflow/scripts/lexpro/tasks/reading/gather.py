"""Which statement of an answer counts: the last 答案, else all of the field's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from lexpro.tasks.reading import said
from lexpro.tasks.reading.statements import ANSWER, Statement, statements

T = TypeVar("T")


def _whole(statement: Statement, read: Callable[[str], list[T]], goes_on: Callable[[str], bool]) -> list[T]:
    """What a statement states, with the lines of a list that goes on below."""
    values = read(said.without_refusals(statement.value))
    if values:
        for line in statement.rest:
            if not goes_on(line):
                break
            values = values + read(line)
    return values


def listed(
    turn: str,
    field: str,
    read: Callable[[str], list[T]],
    goes_on: Callable[[str], bool] = lambda line: False,
) -> list[T]:
    """The members that a turn states of a field that takes several.

    Args:
        turn: of `said.turns`.
        field: a key of `statements.NAMES`.
        read: a value → its members; [] where it has none.
        goes_on: whether a line below a value belongs to its list.
    """
    made = statements(turn)
    for statement in reversed([one for one in made if one.field == ANSWER]):
        if values := _whole(statement, read, goes_on):
            return values
    own = [one for one in made if one.field == field]
    for firm in (True, False):
        values = [value for one in own if one.firm is firm for value in _whole(one, read, goes_on)]
        if values:
            return values
    return []


def single(turn: str, field: str, read: Callable[[str], T | None]) -> T | None:
    """The one value that a turn states of a field: what 答案 says last, else the field itself.

    Args:
        turn: of `said.turns`.
        field: a key of `statements.NAMES`.
        read: a value → what it means; None where it means nothing.

    Returns:
        Of several statements the last that `read` understands, firm ones before the others; None
        where there is none.
    """
    made = statements(turn)
    for wanted, firm in ((ANSWER, True), (ANSWER, False), (field, True), (field, False)):
        for one in reversed([one for one in made if one.field == wanted and one.firm is firm]):
            value = read(said.without_refusals(one.value))
            if value is not None:
                return value
    return None
