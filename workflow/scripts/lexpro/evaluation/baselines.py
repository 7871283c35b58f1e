"""What answers without the model score: the commonest, the best constant one, the prompt copied.

Beside them stands gold itself, which must score 1. Of the project's own tasks the model is compared
item by item with the best constant answer, and with a linear model where there is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from lexpro import stats
from lexpro.config import score as config
from lexpro.evaluation.grading import Grade, grade
from lexpro.evaluation.items import Item
from lexpro.evaluation.metrics import MAIN, main_score, metrics, table
from lexpro.evaluation.scorers import Task
from lexpro.tasks.targets import dump

# Constant answers that are tried: the commonest gold ones.
TRIED = 20


def _grades(items: Sequence[dict], texts: Sequence[str]) -> list[list[Grade]]:
    answered = {"finish_reason": "stop", "error": None}
    return [[grade(item, answered | {"completion": text})] for item, text in zip(items, texts, strict=True)]


def _score(task: str, items: Sequence[dict], texts: Sequence[str]) -> float:
    return round(main_score(task, _grades(items, texts)), 6)


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


def margins(
    task: str,
    items: Sequence[dict],
    samples: Sequence[Sequence[Grade]],
    answers: Mapping[str, Sequence[str]],
    how: config.Settings,
) -> dict[str, dict[str, float]]:
    """How far a model is above answers that were made without it, item by item.

    Args:
        task: one of `task_names.TASKS`.
        items: rows of heldout.jsonl, all of this task.
        samples: of each item the grades of the model's answers.
        answers: name of a baseline → its answer to each item.
        how: how intervals are computed.

    Returns:
        Baseline → {score, difference, low, high}: its main score, and what the model has more.
    """
    model, metric = table(task, samples), metrics(task)[MAIN[task]]
    result = {}
    for name, texts in answers.items():
        own = table(task, _grades(items, texts))
        made = stats.paired(own, model, metric, how.draws, how.seed, how.confidence)
        numbers = {"difference": made.difference, "low": made.low, "high": made.high}
        score = float(metric(own.sum(axis=0)))
        result[name] = {key: round(value, 6) for key, value in {"score": score, **numbers}.items()}
    return result


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
