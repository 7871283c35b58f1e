"""Which articles a court usually cites in cases like the one at hand.

Courts differ in what they cite, and no fact of a case tells how. Of 335 real judgments with a fine
(JuDGE) 53 % cite article 52 and 50 % article 53; two of the same court agree in .92 and .96 of
pairs, where chance gives .50 (perf/habits.py). Earlier judgments of the court show it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

# A court with fewer cases says nothing. The schema of the settings has the same bound
# (lexpro/config/tasks.py); a test compares them.
MIN_CASES = 5


def usual_citations(citations: Sequence[Sequence[str]]) -> list[str] | None:
    """The articles that at least half of a court's similar cases cite.

    Args:
        citations: the refs of the articles that each case cites.

    Returns:
        Refs, most cited first; None where there are fewer than `MIN_CASES` cases.
    """
    if len(citations) < MIN_CASES:
        return None
    counts = Counter(ref for refs in citations for ref in set(refs))
    usual = [ref for ref, count in counts.items() if 2 * count >= len(citations)]
    return sorted(usual, key=lambda ref: (-counts[ref], ref))
