"""Judgments of the same case: those of co-defendants, a first one and that of its retrial.

They are not near-duplicates, but a model that was trained on one has seen the facts of the other.
They share a case number, or a long sentence of the facts with a figure in it. Names are left out of
the comparison, because courts mask them differently.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

import numpy as np

from lexpro.union_find import connect

# The fewest letters of a sentence that two documents do not share by chance; the most documents
# that share it, since one in more of them is a formula.
LONG = 40
MANY = 10
_SENTENCE = re.compile(r"[^。；\n]+")
_NOISE = re.compile(r"[^\w×]+")
_MASKED = re.compile(r"[\u4e00-\u9fa5][某×]+[甲乙丙丁戊己庚辛壬癸一二三四0-9]?")
_FIGURE = re.compile(r"[0-9]")


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def keys(case_number: str | None, facts: str) -> set[int]:
    """What a judgment has in common with another of the same case, as 64-bit hashes."""
    hashes = {_key(_NOISE.sub("", case_number))} if case_number else set()
    for sentence in _SENTENCE.findall(facts):
        letters = _NOISE.sub("", _MASKED.sub("某", sentence))
        if len(letters) >= LONG and _FIGURE.search(letters):
            hashes.add(_key(letters))
    return hashes


def families(documents: Iterable[tuple[str | None, str]]) -> list[int]:
    """Group documents by case.

    Args:
        documents: case number and facts of each.

    Returns:
        For each document the place of the first one of the same case.
    """
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
