"""What a prompt with retrieval shows beside the text that it asks about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UsualSentence:
    """A main punishment that such cases have.

    Attributes:
        kind: one of `TERM_KINDS`.
        share: about the share of such cases that have it.
        months: its usual length there (geometric mean); None where it has none.
    """

    kind: str
    share: float
    months: int | None


@dataclass(frozen=True, slots=True)
class Decisions:
    """What courts decided in such cases, as a ranker has learned it.

    Attributes:
        charges: charge → about the share of such cases that have it, highest first.
        sentences: main punishments, the one with the highest share first.
    """

    charges: Mapping[str, float]
    sentences: Sequence[UsualSentence] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """Statutes, and what courts did in such cases.

    Attributes:
        articles: rows with ref and text, best first; none says that nothing was found.
        court_citations: refs that the court usually cites in such cases; None where that is not
            known.
        decisions: None where no ranker knows them.
    """

    articles: Sequence[dict]
    court_citations: Sequence[str] | None = None
    decisions: Decisions | None = None
