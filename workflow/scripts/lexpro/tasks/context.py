"""What a prompt with retrieval shows beside the text that it asks about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """Statutes, and what courts did in such cases.

    Attributes:
        articles: rows with ref and text, best first; none says that nothing was found.
        court_citations: refs that the court usually cites in such cases; None where that is not
            known.
        charges: charge → about the share of such cases that have it, highest first; None where that
            is not known.
    """

    articles: Sequence[dict]
    court_citations: Sequence[str] | None = None
    charges: Mapping[str, float] | None = None
