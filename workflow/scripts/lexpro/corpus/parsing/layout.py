"""A text without its layout: blanks and line breaks say nothing in Chinese, so rules see none.

Copies break lines anywhere (有期徒刑六个 | 月, 12 000元); what is read must not depend on it.
Offsets into the tight text lead back to the text as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

# Between Latin words a blank is part of a name (LI HUA) and stays, as one blank.
_BLANKS = re.compile(r"\s+")
_LATIN = re.compile(r"[A-Za-z.,'’-]")


@dataclass(frozen=True, slots=True)
class Tight:
    """A text without blanks.

    Attributes:
        text: the text.
        places: where in it something was taken out, ascending.
        removed: how many characters were taken out up to each of these places.
    """

    text: str
    places: list[int]
    removed: list[int]

    def place(self, offset: int) -> int:
        """Where the character at an offset of the tight text stands in the text as it is."""
        at = bisect_right(self.places, offset) - 1
        return offset + (self.removed[at] if at >= 0 else 0)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the text as it is, without blanks at its ends, of one in the tight text."""
        return self.place(start), self.place(end - 1) + 1


def tighten(text: str) -> Tight:
    """Take the layout out of a text."""
    parts: list[str] = []
    places: list[int] = []
    removed: list[int] = []
    at = length = total = 0
    for match in _BLANKS.finditer(text):
        start, end = match.span()
        parts.append(text[at:start])
        length += start - at
        at = end
        if start and _LATIN.match(text, start - 1) and _LATIN.match(text, end):
            parts.append(" ")
            length += 1
            start += 1
        total += end - start
        if end > start:
            places.append(length)
            removed.append(total)
    parts.append(text[at:])
    return Tight("".join(parts), places, removed)
