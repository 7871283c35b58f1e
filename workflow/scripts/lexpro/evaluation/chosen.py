"""Which benchmark settings name."""

from __future__ import annotations

import importlib

from lexpro.config.benchmark import Asked, Judgments
from lexpro.evaluation.items import Source
from lexpro.evaluation.tasks.heldout import items as heldout


def source_of(items: Judgments | Asked | None) -> Source:
    """The benchmark that its settings name as `source`; without one, the held-out judgments."""
    return importlib.import_module(items.source).SOURCE if items and items.source else heldout.SOURCE
