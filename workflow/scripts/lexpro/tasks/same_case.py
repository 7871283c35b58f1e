"""Judgments that tell of the same case: two of co-defendants, a first one and the one after a
retrial.

They are no near-duplicates, but a model that was trained on one has seen the facts of the other.
They share a case number, or a long sentence of the facts with a figure in it; names do not matter,
courts mask them differently.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import numpy as np

from lexpro.union_find import connect

# Letters of a sentence that nobody writes twice by chance; documents from which on it is a formula.
LONG = 40
MANY = 10
_SENTENCE = re.compile(r"[^。；\n]+")
_NOISE = re.compile(r"[^\w×]+")
_MASKED = re.compile(r"[\u4e00-\u9fa5][某×]+[甲乙丙丁戊己庚辛壬癸一二三四0-9]?")
_FIGURE = re.compile(r"[0-9]")


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def keys(case_number: str | None, facts: str) -> set[int]:
    """What a judgment has in common with another of the same case (64-bit hashes)."""
    found = {_key(_NOISE.sub("", case_number))} if case_number else set()
    for sentence in _SENTENCE.findall(facts):
        letters = _NOISE.sub("", _MASKED.sub("某", sentence))
        if len(letters) >= LONG and _FIGURE.search(letters):
            found.add(_key(letters))
    return found


def families(documents: Iterable[tuple[str | None, str]]) -> list[int]:
    """For each document (case number, facts) the place of the first one of the same case."""
    parts = [np.zeros(0, dtype=np.uint64)]
    owners: list[int] = []
    for case_number, facts in documents:
        own = keys(case_number, facts)
        parts.append(np.fromiter(own, dtype=np.uint64, count=len(own)))
        owners.append(len(own))
    hashes, owner = np.concatenate(parts), np.repeat(np.arange(len(owners)), owners)
    order = np.lexsort((owner, hashes))
    hashes, owner = hashes[order], owner[order]
    groups = np.split(owner, np.flatnonzero(np.diff(hashes)) + 1)
    shared = [group for group in groups if 1 < len(group) <= MANY]
    pairs = [(group[0], other) for group in shared for other in group[1:]]
    roots = np.arange(len(owners))
    connect(roots, *np.array(pairs, dtype=np.int64).reshape(-1, 2).T)
    return roots.tolist()
