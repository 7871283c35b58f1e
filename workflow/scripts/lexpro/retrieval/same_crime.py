"""Similar cases by what they convict of: those of the crime that the facts tell, alike in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from lexpro.retrieval.ranker import Ranker

# Weight of the words beside the crime: the best on LeCaRD's labels in each of five folds
# (perf/similar_cases.py).
TEXT = 0.25


class SameCrime:
    """Scores cases for facts by their charges.

    Args:
        ranker: tells the charges of facts.
        charges: those of each case.
    """

    def __init__(self, ranker: Ranker, charges: Sequence[Sequence[str]]):
        self.ranker = ranker
        columns = {name: column for column, name in enumerate(ranker.labels.charges)}
        known = [[columns[name] for name in names if name in columns] for names in charges]
        bounds = np.cumsum([0, *map(len, known)])
        data = np.concatenate([np.full(len(row), len(row) ** -0.5) for row in known if row] or [np.zeros(0)])
        indices = np.array([column for row in known for column in row], int)
        self.charges = sparse.csr_array((data, indices, bounds), shape=(len(known), len(columns)))

    def agreement(self, facts: str) -> np.ndarray:
        """The cosine of what the facts are likely to be and what each case is: [cases]."""
        _, scores = self.ranker.scores(facts)
        # The root: a crime that is only possible counts too.
        likely = np.sqrt(np.clip(scores, 0, 1))
        return self.charges @ (likely / max(float(np.sqrt((likely * likely).sum())), 1e-6))

    def scores(self, facts: str, words: np.ndarray, text: float = TEXT) -> np.ndarray:
        """Agreement and words together: [cases].

        Args:
            facts: what happened.
            words: how alike the words of each case are (BM25), [cases].
            text: weight of the words.
        """
        return self.agreement(facts) + text * words / max(float(words.max(initial=0)), 1e-6)
