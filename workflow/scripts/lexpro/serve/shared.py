"""The index for several threads: one search at a time."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from lexpro.retrieval.scope import CaseScope
from lexpro.retrieval.search import Searcher
from lexpro.tasks.context import Decisions


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

    def alike(self, facts: str, k: int, scope: CaseScope) -> list[dict]:
        """The rows of `cases` without `why`, which takes most of its time.

        Args:
            facts: what happened.
            k: most cases.
            scope: those that may be returned.

        Returns:
            Rows of cases.parquet, most similar first.
        """
        with self._turn:
            near = self._similar(facts, self.vector(facts), k, self.case_mask(scope))
        return [self.case_rows[row] for row, _ in near]

    def charges(self, facts: str) -> list[tuple[str, float]]:
        """As of `Searcher`."""
        with self._turn:
            return super().charges(facts)

    def decisions(self, facts: str) -> Decisions | None:
        """As of `Searcher`."""
        with self._turn:
            return super().decisions(facts)

    def court_citations(self, *args: Any, **named: Any) -> list[str] | None:
        """As of `Searcher`."""
        with self._turn:
            return super().court_citations(*args, **named)
