"""A text cut where spans begin and end, so that a page can mark them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with the keys of the spans that it lies in, innermost last."""

    text: str
    keys: tuple[str, ...] = ()


def pieces(text: str, spans: Iterable[tuple[str, tuple[int, int]]]) -> list[Piece]:
    """The text in pieces; spans may overlap.

    Args:
        text: the whole text.
        spans: (key, (start, end)) of each.
    """
    known = sorted(spans, key=lambda one: (one[1][0], -one[1][1]))
    cuts = sorted({0, len(text), *(place for _, span in known for place in span)})
    found, open_, after = [], [], 0
    for start, end in zip(cuts, cuts[1:], strict=False):
        while after < len(known) and known[after][1][0] <= start:
            open_.append(known[after])
            after += 1
        open_ = [one for one in open_ if one[1][1] > start]
        found.append(Piece(text[start:end], tuple(key for key, _ in open_)))
    return found
