"""Scores of public benchmarks: a run's own predictions, scored by the official scorer and by ours.

Both read the answer without its thought; a thought without an end is no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lexpro import stats
from lexpro.config import score as config
from lexpro.config.benchmark import PinnedQuestions
from lexpro.evaluation import contamination
from lexpro.evaluation.baselines import question_baselines
from lexpro.evaluation.grading import OUTCOMES
from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import SHOTS, Questions
from lexpro.evaluation.scored import Scored, prediction_of, rounded
from lexpro.evaluation.scorers import SKIPPED, ItemScore, Scorer, Task
from lexpro.stats import bootstrap
from lexpro.tasks.answers import split_think
from lexpro.workflow.errors import UserError

# Name among scores → (number of the task, the items that were answered).
Answered = dict[str, tuple[str, dict[str, Item]]]
# Item → its predictions, one a sample.
Samples = dict[str, list[dict]]


def answered(
    source: Questions, settings: PinnedQuestions, predictions: Sequence[dict]
) -> tuple[Answered, Samples]:
    """The items that predictions answer, by task, and the predictions of each item.

    Args:
        source: the benchmark.
        settings: of the benchmark; its `shots` and `tasks` say which items are looked for.
        predictions: rows of predictions.jsonl.

    Returns:
        (name among scores → (number of the task, item id → item), item id → its predictions, one a
        sample, in the order given). A task without a prediction is left out.

    Raises:
        UserError: a prediction is of no item, or a data set is not at hand.
    """
    samples: Samples = {}
    for row in predictions:
        samples.setdefault(row["id"], []).append(row)
    by_task: Answered = {}
    for number, name, items in source.tasks(settings, False):
        keys = {f"{name}:{item.id}": item for item in items}
        by_task[name] = number, {key: item for key, item in keys.items() if key in samples}
    asked = {key for _, items in by_task.values() for key in items}
    if strange := [key for key in samples if key not in asked]:
        raise UserError(
            f"{len(strange)} predictions are of no item of the benchmark, the first is {strange[0]}"
        )
    return {name: pair for name, pair in by_task.items() if pair[1]}, samples


def main_scores(
    source: Questions,
    task_of: Callable[[str], Task],
    settings: PinnedQuestions,
    predictions: Sequence[dict],
) -> dict[str, float]:
    """The normalised score of each task and nothing else, where each prediction counts as an item.

    Args:
        source: the benchmark.
        task_of: number of a task → the task with its scorers.
        settings: of the benchmark.
        predictions: rows of predictions.jsonl.

    Returns:
        Name among scores → normalised score, from 0 to 1.

    Raises:
        UserError: a prediction is of no item, or a data set is not at hand.
    """
    asked, samples = answered(source, settings, predictions)
    scores = {}
    for name, (number, items) in asked.items():
        scorer = task_of(number.replace("all", "")).normalised
        scores[name] = scorer.value(
            [_score(scorer, item, row) for key, item in items.items() for row in samples[key]]
        )
    return scores


def score(
    source: Questions,
    task_of: Callable[[str], Task],
    tasks: Path,
    settings: PinnedQuestions,
    predictions: Sequence[dict],
    how: config.Settings,
) -> Scored:
    """Both scores by task, their averages, and a row for each prediction.

    Args:
        source: the benchmark.
        task_of: number of a task → the task with its scorers.
        tasks: folder of the tasks stage, for the contamination.
        settings: of the benchmark.
        predictions: rows of predictions.jsonl.
        how: settings of the intervals.

    Raises:
        UserError: a prediction is of no item.
    """
    asked, samples = answered(source, settings, predictions)
    overlaps = contamination.by_task(
        {name: [item.text or item.prompt for item in items.values()] for name, (_, items) in asked.items()},
        contamination.documents(tasks),
    )
    scores, rows, by_task = {}, [], {}
    for name, (number, items) in asked.items():
        task = task_of(number.replace("all", ""))
        scored = ScoredTask.score(task, items, samples)
        scores[name] = {
            **scored.summary(how),
            "expected_n": settings.expect[number],
            "baselines": question_baselines(task, list(items.values())),
            "contamination": contamination.summary(overlaps[name]),
        }
        if task.beside:
            pairs = [(items[key].gold, answer(row)) for key, rows in scored.samples.items() for row in rows]
            scores[name]["beside"] = task.beside(pairs, settings.models)
        by_task[name] = scored
        rows += scored.rows(name, dict(zip(items, overlaps[name], strict=True)))
    return Scored(scores | averages(by_task, how), rows)


@dataclass(frozen=True)
class ScoredTask:
    """A task's predictions, scored by both of its scorers.

    Attributes:
        task: the task.
        items: key → item.
        samples: key → predictions.
        scores: name of the scorer → key → score of each sample.
    """

    task: Task
    items: dict[str, Item]
    samples: Samples
    scores: Mapping[str, dict[str, list[ItemScore]]]

    @classmethod
    def score(cls, task: Task, items: dict[str, Item], samples: Samples) -> ScoredTask:
        """Score the predictions of a task by all of its scorers.

        Args:
            task: the task with its scorers.
            items: key → item; each has a prediction.
            samples: key → predictions, those of other tasks too.

        Returns:
            The task, with the predictions of its own items only.
        """
        own = {key: samples[key] for key in items}
        scores = {
            name: {key: [_score(scorer, items[key], row) for row in own[key]] for key in items}
            for name, scorer in task.scorers.items()
        }
        return cls(task, items, own, scores)

    def table(self, name: str) -> np.ndarray:
        """Counts (items × columns) of a scorer, each item the mean over its samples."""
        return np.array(
            [np.mean([score.counts for score in scores], axis=0) for scores in self.scores[name].values()]
        )

    def value(self, name: str, key: str, number: int) -> float:
        """What one prediction is worth alone.

        Args:
            name: of the scorer, `official` or `normalised`.
            key: of the item.
            number: of the sample, from 0.

        Returns:
            The scorer's main metric of this prediction alone, from 0 to 1.
        """
        return self.task.scorers[name].value([self.scores[name][key][number]])

    def outcome(self, key: str, number: int) -> str:
        """One of `grading.OUTCOMES` by the normalised scorer, or skipped.

        Skipped is an item that does not count.
        """
        score = self.scores["normalised"][key][number]
        if self.samples[key][number]["error"]:
            return "failed"
        if score.abstained or score == SKIPPED:
            return "abstained" if score.abstained else "skipped"
        return "right" if self.value("normalised", key, number) >= 1 - 1e-9 else "wrong"

    def summary(self, how: config.Settings) -> dict:
        """The numbers of one task; the main one is the normalised score."""
        outcomes = Counter(
            self.outcome(key, n) for key, rows in self.samples.items() for n in range(len(rows))
        )
        rows = [row for group in self.samples.values() for row in group]
        official = [score for group in self.scores["official"].values() for score in group]
        values, intervals = {}, {}
        for name, scorer in self.task.scorers.items():
            every = bootstrap(self.table(name), scorer.metrics, how.draws, how.seed, how.confidence)
            values[name] = {metric: round(interval.value, 6) for metric, interval in every.items()}
            intervals[name] = rounded(next(iter(every.values())))
        return {
            "n": len(self.items),
            "predictions": len(rows),
            **{name: outcomes[name] for name in (*OUTCOMES, "skipped")},
            "truncated": sum(truncated(row) for row in rows),
            **_main(intervals, how),
            "abstention_rate": round(sum(score.abstained for score in official) / len(official), 6),
            "metrics": values,
        }

    def rows(self, task: str, overlaps: Mapping[str, float | None]) -> Iterator[dict]:
        """Rows of items.jsonl."""
        for key, item in self.items.items():
            for n, row in enumerate(self.samples[key]):
                yield {
                    "id": key,
                    "doc_id": key,
                    "task": task,
                    "sample": row["sample"],
                    "outcome": self.outcome(key, n),
                    "truncated": truncated(row),
                    "score": round(self.value("normalised", key, n), 6),
                    "official": round(self.value("official", key, n), 6),
                    "overlap": overlaps[key],
                    "input": item.prompt,
                    "gold": item.gold,
                    "answer": answer(row),
                    **prediction_of(row),
                }


def _score(scorer: Scorer, item: Item, row: dict) -> ItemScore:
    _, text, finished = split_think(row["completion"])
    return scorer.score_item(item, text) if finished and not row["error"] else scorer.unanswered(item)


def answer(row: dict) -> str:
    """The answer of a prediction without its thought.

    Empty where the prediction failed or its thought has no end.
    """
    _, text, finished = split_think(row["completion"])
    return text if finished and not row["error"] else ""


def truncated(row: dict) -> bool:
    """Whether a prediction was cut at the longest answer allowed, or its thought has no end."""
    return row["finish_reason"] == "length" or (not row["error"] and not split_think(row["completion"])[2])


def _main(intervals: dict[str, dict], how: config.Settings) -> dict:
    """Both scores, and the interval of the normalised one."""
    main = intervals["normalised"]
    return {
        "main": "normalised",
        "normalised": main["value"],
        "official": intervals["official"]["value"],
        "low": main["low"],
        "high": main["high"],
        "interval_method": main["method"],
        "confidence": how.confidence,
        "intervals": intervals,
    }


def averages(tasks: Mapping[str, ScoredTask], how: config.Settings) -> dict[str, dict]:
    """The mean of the tasks (as LawBench prints it), where there are several.

    One for each number of examples; its interval draws the items of each task.
    """
    means = {}
    for shots, name in enumerate(SHOTS):
        chosen = [scored for task, scored in tasks.items() if task.endswith(f"/{SHOTS[1]}") == bool(shots)]
        if len(chosen) < 2:
            continue
        intervals = {scorer: rounded(_average(chosen, scorer, how)) for scorer in chosen[0].task.scorers}
        means["average" + (f"/{name}" if shots else "")] = {
            "n": sum(len(scored.items) for scored in chosen),
            "tasks": len(chosen),
            **_main(intervals, how),
        }
    return means


def _average(tasks: Sequence[ScoredTask], scorer: str, how: config.Settings) -> stats.Interval:
    return stats.average(
        [scored.table(scorer) for scored in tasks],
        [scored.task.scorers[scorer].main for scored in tasks],
        how.draws,
        how.seed,
        how.confidence,
    )
