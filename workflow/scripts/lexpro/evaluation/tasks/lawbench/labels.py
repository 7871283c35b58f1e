"""Label sets of LawBench, from lawbench_labels.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lexpro.workflow.files import read_yaml


@cache
def labels(name: str) -> tuple[str, ...]:
    """The labels of `disputes`, `marriage`, `topics`, `events`, `entities` or `charges`."""
    return tuple(read_yaml(Path(__file__).with_suffix(".yaml"))[name])
