"""What experts mark an answer on: dimensions, and what each mark from 1 to 5 means."""

from __future__ import annotations

from lexpro.package_data import yaml_beside

MARKS = (1, 2, 3, 4, 5)
# [{key, name, asks, anchors: {mark: what it means}}], in the order of the page.
DIMENSIONS: list[dict] = yaml_beside(__file__)
KEYS = tuple(dimension["key"] for dimension in DIMENSIONS)
