"""Label sets of LawBench, from lawbench_labels.yaml."""

from __future__ import annotations

from functools import cache

from lexpro.package_data import yaml_beside


@cache
def labels(name: str) -> tuple[str, ...]:
    """The labels of `disputes`, `marriage`, `topics`, `events`, `entities` or `charges`."""
    return tuple(yaml_beside(__file__)[name])
