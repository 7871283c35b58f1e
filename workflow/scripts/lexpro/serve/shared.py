"""The index for several threads: one search at a time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from lexpro.retrieval.search import Searcher


class SharedSearcher(Searcher):
    """A `Searcher` whose searches wait for each other: it keeps the vector of the last facts."""

    def __init__(self, index: Path | str):
        self._turn = threading.RLock()
        super().__init__(index)

    def articles(self, *args: Any, **named: Any) -> list[dict]:
        """As of `Searcher`."""
        with self._turn:
            return super().articles(*args, **named)

    def cases(self, *args: Any, **named: Any) -> list[dict]:
        """As of `Searcher`."""
        with self._turn:
            return super().cases(*args, **named)

    def charges(self, facts: str) -> list[tuple[str, float]]:
        """As of `Searcher`."""
        with self._turn:
            return super().charges(facts)

    def court_citations(self, *args: Any, **named: Any) -> list[str] | None:
        """As of `Searcher`."""
        with self._turn:
            return super().court_citations(*args, **named)
