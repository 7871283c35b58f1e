"""The settings of a run as the typed object that its stage reads."""

from __future__ import annotations

import importlib
from typing import Any

from pydantic import TypeAdapter


def schema(stage: str, stated: object = None):
    """The schema of what a file of config/<stage>/ may state.

    Args:
        stage: name of the stage; its schema is `lexpro/config/<stage>.py`.
        stated: the settings, by which benchmarks of questions are told from the project's tasks.
    """
    module = importlib.import_module(f"lexpro.config.{stage}")
    return module.model(stated) if stage == "benchmark" else module.Settings


def settings(stage: str, values: dict, runtime: dict | None = None) -> Any:
    """The settings of a stage, as planned, with their defaults.

    Args:
        stage: name of the stage; its schema is `lexpro/config/<stage>.py`.
        values: settings as the plan states them: those that a user can state, and (where the
            schema has a model `Planned`) those that planning adds.
        runtime: how the run is computed, for stages whose schema has `runtime`.

    Returns:
        An object of the stage's schema.

    Raises:
        pydantic.ValidationError: a setting is not what the schema says.
    """
    module = importlib.import_module(f"lexpro.config.{stage}")
    model = getattr(module, "Planned", None) or module.Settings
    stated = values | ({"runtime": runtime} if runtime else {})
    return TypeAdapter(model).validate_python(stated)
