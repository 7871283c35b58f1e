"""What all settings models have in common.

Each stage has a module here with a pydantic model `Settings` (or a union of models told apart by
`kind`). Only the planner imports them: a stage reads the plain YAML that has passed
(lexpro/config/check.py).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

# Shorthands of the models.
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]


class Model(BaseModel):
    """Settings in a YAML file: nothing unknown, no silent conversion of text to numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)

    # Transition only: stages that still index their settings like a dict. Gone when none does.
    def __getitem__(self, name):
        try:
            return getattr(self, name)
        except AttributeError:
            raise KeyError(name) from None

    def __contains__(self, name):
        return name in type(self).model_fields

    def get(self, name, default=None):
        return getattr(self, name, default)

    def keys(self):
        return type(self).model_fields.keys()

    def values(self):
        return [getattr(self, name) for name in self.keys()]

    def items(self):
        return [(name, getattr(self, name)) for name in self.keys()]


class Runtime(Model):
    """How a stage runs, never what it computes."""

    gpus: Count = 0
    nodes: Positive = 1
    threads: Positive = 2
    mem_mb: Positive = 4000
    minutes: Positive = 120


def clash(keys: Iterable[str], message: str) -> PydanticCustomError:
    """The error of settings that do not go together: their `keys` (dotted, below the model)."""
    return PydanticCustomError("clash", "{message}", {"keys": tuple(keys), "message": message})


def near(name: object, allowed: Iterable[str]) -> str:
    """ "did you mean …? " where one of the allowed names is near, else nothing."""
    close = difflib.get_close_matches(str(name), list(allowed), n=1)
    return f"did you mean {close[0]}? " if close else ""


def known(value: list[str], allowed: Iterable[str], what: str) -> list[str]:
    """The names, if all of them are allowed and none is there twice; for validators: raises
    `ValueError`.
    """
    allowed = list(allowed)
    if unknown := [name for name in value if name not in allowed]:
        hint = near(unknown[0], allowed)
        raise ValueError(f"unknown: {', '.join(unknown)}; {hint}{what}: {', '.join(allowed)}")
    if twice := sorted({name for name in value if value.count(name) > 1}):
        raise ValueError(f"there twice: {', '.join(twice)}")
    return value
