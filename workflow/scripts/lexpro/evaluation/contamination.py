"""Contamination: how much of each item of a benchmark stands in one of the documents that a model
was trained on.

The share of an item's runs of 30 characters (without punctuation) that its most similar training
document has too; from one half on it counts as seen, as in the filter of the corpus. Runs that many
items of a benchmark share are its boilerplate, and say nothing. In memory are the items, never the
training set.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from lexpro.corpus.filtering.codes import Codes
from lexpro.corpus.filtering.contamination import SHARE, SIZE

# A run that more items have than this is boilerplate.
MANY = 10
# Training documents read at a time.
BATCH = 500


class Runs:
    """The runs of the items of one task."""

    def __init__(self, texts: Sequence[str]):
        parts = _runs(texts)
        hashes = np.concatenate([*parts, np.zeros(0, dtype=np.uint64)])
        owners = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        order = np.argsort(hashes, kind="stable")
        hashes, owners = hashes[order], owners[order]
        _, place, count = np.unique(hashes, return_inverse=True, return_counts=True)
        particular = count[place] <= MANY
        self.hashes, self.owners = hashes[particular], owners[particular]
        self.sizes = np.bincount(self.owners, minlength=len(parts))
        self.most = np.zeros(len(parts), dtype=np.int64)

    def see(self, runs: np.ndarray) -> None:
        """Takes in the runs of a training document."""
        left, right = (np.searchsorted(self.hashes, runs, side) for side in ("left", "right"))
        hit = right > left
        if hit.any():
            places = np.concatenate([np.arange(a, b) for a, b in zip(left[hit], right[hit], strict=True)])
            self.most = np.maximum(self.most, np.bincount(self.owners[places], minlength=len(self.most)))

    def shares(self) -> list[float | None]:
        """The share of each item; None where it is too short to say."""
        return [
            round(float(most / size), 4) if size else None
            for most, size in zip(self.most, self.sizes, strict=True)
        ]


def _runs(texts: Sequence[str]) -> list[np.ndarray]:
    """The hashes of each text's runs, each once; none of a text that is shorter than a run."""
    letters = Codes.of(texts).letters()
    long = np.diff(letters.bounds) >= SIZE
    found = letters.shingles(SIZE).split()
    return [np.unique(runs) if enough else runs[:0] for runs, enough in zip(found, long, strict=True)]


def documents(tasks: Path) -> Iterator[str]:
    """The judgments that the training sets of a `tasks` folder were made from."""
    with (tasks / "pretrain.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def by_task(texts: dict[str, list[str]], training: Iterable[str]) -> dict[str, list[float | None]]:
    """The share of each item, by task; the training set is read once."""
    tasks = {task: Runs(items) for task, items in texts.items()}
    documents = iter(training)
    while batch := list(itertools.islice(documents, BATCH)):
        for runs in _runs(batch):
            for items in tasks.values():
                items.see(runs)
    return {task: items.shares() for task, items in tasks.items()}


def summary(shares: Sequence[float | None]) -> dict:
    """{items: how many were seen in training, share: of those that can be told, highest, unknown:
    too short to tell}.
    """
    known = [share for share in shares if share is not None]
    seen = sum(share >= SHARE for share in known)
    return {
        "items": seen,
        "share": round(seen / len(known), 4) if known else 0.0,
        "highest": max(known, default=0.0),
        "unknown": len(shares) - len(known),
    }
