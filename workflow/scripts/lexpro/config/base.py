"""What all settings models have in common.

A stage has a module here with a pydantic model `Settings` (or a union of models told apart by
`kind`), and `Planned` where planning adds fields. These models are the only place of defaults,
bounds and descriptions; the reference page and the JSON schemas of config/ are made from them
(`lexpro/config/reference.py`). They hold no science: fields and validators, no computation.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt
from pydantic_core import PydanticCustomError

Share = Annotated[float, Field(ge=0, le=1)]


class Model(BaseModel):
    """Settings in a YAML file: nothing unknown, no silent conversion of text to numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)


# What a scheduler grants.
Threads = Annotated[PositiveInt, Field(description="Processor cores (count).")]
Memory = Annotated[PositiveInt, Field(description="Memory (MB).")]
Minutes = Annotated[PositiveInt, Field(description="Time limit (minutes).")]


class Runtime(Model):
    """How a stage runs, never what it computes: outside the key of its results."""

    threads: Threads = 1
    mem_mb: Memory = 4000
    minutes: Minutes = 60


class Gpus(Model):
    """A mix-in for the runtime of stages that may use GPUs."""

    gpus: NonNegativeInt = Field(0, description="GPUs of one node (count).")


class Nodes(Gpus):
    """A mix-in for the runtime of stages that may use several nodes."""

    nodes: PositiveInt = Field(1, description="Nodes of a cluster (count).")


def clash(keys: Iterable[str], message: str) -> PydanticCustomError:
    """The error of settings that do not go together.

    Args:
        keys: the settings, dotted, below the model that is validated.
        message: what is wrong and what is allowed.
    """
    return PydanticCustomError("clash", "{message}", {"keys": tuple(keys), "message": message})


def suggestion(name: object, allowed: Iterable[str]) -> str:
    """The question whether an allowed name was meant, where one is close; else nothing."""
    close = difflib.get_close_matches(str(name), list(allowed), n=1)
    return f"did you mean {close[0]}? " if close else ""


def check_names(names: list[str], allowed: Iterable[str], what: str) -> list[str]:
    """The names, if all of them are allowed and none is there twice.

    Args:
        names: as the settings state them.
        allowed: all that may be stated.
        what: what is allowed, for the message.

    Raises:
        ValueError: a name is unknown, or stated twice.
    """
    allowed = list(allowed)
    if unknown := [name for name in names if name not in allowed]:
        hint = suggestion(unknown[0], allowed)
        raise ValueError(f"unknown: {', '.join(unknown)}; {hint}{what}: {', '.join(allowed)}")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"there twice: {', '.join(twice)}")
    return names
