"""What answers that know nothing score on the project's own tasks: the commonest answer, the best
constant one, the prompt copied; and gold itself, which must score 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from lexpro.evaluation.grading import COLUMNS, judge
from lexpro.evaluation.metrics import MAIN, metrics
from lexpro.tasks.targets import dump

# Constant answers that are tried: the commonest gold ones.
TRIED = 20


def _score(task: str, items: Sequence[dict], texts: Sequence[str]) -> float:
    rows = [
        judge(item, {"completion": text, "finish_reason": "stop", "error": None}).counts
        for item, text in zip(items, texts, strict=True)
    ]
    sums = np.array([[row[name] for name in COLUMNS[task]] for row in rows]).sum(axis=0)
    return round(float(metrics(task, len(items))[MAIN[task]](sums)), 6)


def of(task: str, items: Sequence[dict]) -> dict:
    """{gold, majority, copy, constant: {answer, score}} by the main metric of the task."""
    golds = [dump(item["gold"]) for item in items]
    common = [text for text, _ in Counter(golds).most_common(TRIED)]
    scores = {text: _score(task, items, [text] * len(items)) for text in common}
    best = max(scores, key=scores.__getitem__)
    return {
        "gold": _score(task, items, golds),
        "majority": scores[common[0]],
        "copy": _score(task, items, [item["input"] for item in items]),
        "constant": {"answer": best, "score": scores[best]},
    }
