"""Contamination: how much of each item stands in a document that a model was trained on.

The share of an item's shingles (`lexpro.corpus.filtering.shingles`) that its most similar training
document has too; from one half on it counts as seen, as in the filter of the corpus. Shingles that
many items of a benchmark share are its boilerplate, and say nothing. In memory are the items, never
the training set.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from lexpro.corpus.filtering.shingles import SHARE, ShingleIndex, long_shingles
from lexpro.workflow.files import read_json_lines

# A shingle that more items have than this is boilerplate.
MANY = 10
# Training documents read at a time.
BATCH = 500


def documents(tasks: Path) -> Iterator[str]:
    """The judgments that the training sets of a `tasks` folder were made from."""
    return (row["text"] for row in read_json_lines(tasks / "pretrain.jsonl"))


class _Seen:
    """The items of one task, and the most shingles of each that one training document has."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.index = ShingleIndex(texts, MANY)
        self.most = np.zeros(self.index.count, dtype=np.int64)

    def take(self, shingles: np.ndarray) -> None:
        """Compare the shingles of a training document, each once."""
        _, places = self.index.find(shingles)
        if len(places := places[self.index.particular[places]]):
            self.most = np.maximum(self.most, self.index.shared(places))

    def shares(self) -> list[float | None]:
        """The share of each item; None where it is too short to say."""
        return [
            round(float(most / size), 4) if size else None
            for most, size in zip(self.most, self.index.sizes, strict=True)
        ]


def by_task(texts: dict[str, list[str]], training: Iterable[str]) -> dict[str, list[float | None]]:
    """How much of each item stands in one training document.

    Args:
        texts: texts of the items by task.
        training: training documents; read once.

    Returns:
        By task the share of each item, from 0 to 1; None where an item is too short to say.
    """
    tasks = {task: _Seen(items) for task, items in texts.items()}
    remaining = iter(training)
    while batch := list(itertools.islice(remaining, BATCH)):
        for shingles in long_shingles(batch).split():
            unique = np.unique(shingles)
            for seen in tasks.values():
                seen.take(unique)
    return {task: seen.shares() for task, seen in tasks.items()}


def summary(shares: Sequence[float | None]) -> dict:
    """What a score says of the contamination of its items.

    Returns:
        {items: how many were seen in training, share: of those that can be told, highest,
        unknown: too short to tell}.
    """
    known = [share for share in shares if share is not None]
    seen = sum(share >= SHARE for share in known)
    return {
        "items": seen,
        "share": round(seen / len(known), 4) if known else 0.0,
        "highest": max(known, default=0.0),
        "unknown": len(shares) - len(known),
    }
