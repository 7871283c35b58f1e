"""What uninformed answers score: the commonest answer, the best constant one, the prompt copied.

Beside them stands gold itself, which must score 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lexpro.evaluation.grading import grade
from lexpro.evaluation.items import Item
from lexpro.evaluation.metrics import main_score
from lexpro.evaluation.scorers import Task
from lexpro.tasks.targets import dump

# Constant answers that are tried: the commonest gold ones.
TRIED = 20


def _score(task: str, items: Sequence[dict], texts: Sequence[str]) -> float:
    answered = {"finish_reason": "stop", "error": None}
    grades = [[grade(item, answered | {"completion": text})] for item, text in zip(items, texts, strict=True)]
    return round(main_score(task, grades), 6)


def judgment_baselines(task: str, items: Sequence[dict]) -> dict:
    """Baselines of one of the project's own tasks by its main metric.

    {gold, majority, copy, constant: {answer, score}}.

    Args:
        task: one of `task_names.TASKS`.
        items: rows of heldout.jsonl, all of this task.
    """
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


def question_baselines(task: Task, items: Sequence[Item]) -> dict[str, dict]:
    """Baselines of a task of a public benchmark, for each scorer.

    {gold, majority, copy, constant}.

    `constant` is the best of `task.constants`, for each scorer its own.
    """
    constants = task.constants(items)
    majority = Counter(item.gold for item in items).most_common(1)[0][0]
    answers = {
        "gold": [item.gold for item in items],
        "majority": [majority] * len(items),
        "copy": [item.prompt for item in items],
    }
    by_scorer: dict[str, dict] = {}
    for name, scorer in task.scorers.items():
        by_scorer[name] = {answer: scorer.score(items, texts) for answer, texts in answers.items()}
        scores = {text: scorer.score(items, [text] * len(items)) for text in constants}
        best = max(scores, key=scores.__getitem__)
        by_scorer[name]["constant"] = {"answer": best, "score": scores[best]}
    return by_scorer
