"""The benchmark that settings name."""

from __future__ import annotations

import importlib

from lexpro.config.benchmark import Asked, Judgments
from lexpro.evaluation.items import Source
from lexpro.evaluation.tasks.heldout import items as heldout


def source_of(settings: Judgments | Asked | None) -> Source:
    """The benchmark that the settings name as `source`; without one, the held-out judgments."""
    named = settings and settings.source
    return importlib.import_module(named).SOURCE if named else heldout.SOURCE
