"""Scores of public benchmarks: a run's own predictions, marked by the official scorer and by ours.

Both read the answer without its thought; a thought without an end is no answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lexpro.evaluation import contamination, rescoring
from lexpro.evaluation.grading import OUTCOMES
from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import SHOTS, Questions
from lexpro.evaluation.scored import Scored, prediction_of
from lexpro.evaluation.scorers import SKIPPED, Mark, Rule, Task
from lexpro.stats import bootstrap
from lexpro.tasks.answers import split_think
from lexpro.workflow.errors import UserError

Asked = dict[str, tuple[str, dict[str, Item]]]


def answered(
    source: Questions, settings: dict, predictions: list[dict]
) -> tuple[Asked, dict[str, list[dict]]]:
    """({name: (number, the items that were answered)} of each task, {item: its predictions});
    raises `UserError` on a prediction of no item.
    """
    given: dict[str, list[dict]] = {}
    for row in predictions:
        given.setdefault(row["id"], []).append(row)
    asked: Asked = {}
    for number, name, items in source.tasks(settings, False):
        found = {f"{name}:{item.id}": item for item in items}
        asked[name] = number, {key: item for key, item in found.items() if key in given}
    known = {key for _, items in asked.values() for key in items}
    if strange := [key for key in given if key not in known]:
        raise UserError(
            f"{len(strange)} predictions are of no item of the benchmark, the first is {strange[0]}"
        )
    return {name: pair for name, pair in asked.items() if pair[1]}, given


def values(
    source: Questions, task_of: Callable[[str], Task], settings: dict, predictions: list[dict]
) -> dict[str, float]:
    """The normalised score of each task, and nothing else."""
    asked, given = answered(source, settings, predictions)
    found = {}
    for name, (number, items) in asked.items():
        rule = task_of(number.replace("all", "")).normalised
        found[name] = rule.value(
            [_mark(rule, item, row) for key, item in items.items() for row in given[key]]
        )
    return found


def score(
    source: Questions,
    task_of: Callable[[str], Task],
    tasks: Path,
    settings: dict,
    predictions: list[dict],
    how: dict,
) -> Scored:
    """Both scores by task, their averages, and a row for each prediction."""
    asked, given = answered(source, settings, predictions)
    overlaps = contamination.by_task(
        {name: [item.text or item.prompt for item in items.values()] for name, (_, items) in asked.items()},
        contamination.documents(tasks),
    )
    scores, rows, tables = {}, [], {}
    for name, (number, items) in asked.items():
        task = task_of(number.replace("all", ""))
        marked = Marked.of(task, items, given)
        scores[name] = {
            **marked.summary(how),
            "expected_n": settings["expect"][number],
            "baselines": rescoring.baselines(task, list(items.values())),
            "contamination": contamination.summary(overlaps[name]),
        }
        if task.beside:
            pairs = [(items[key].gold, answer(row)) for key, rows in marked.samples.items() for row in rows]
            scores[name]["beside"] = task.beside(pairs, settings.get("models") or {})
        tables[name] = marked
        rows += marked.rows(name, dict(zip(items, overlaps[name], strict=True)))
    return Scored(scores | averages(tables, how), rows)


@dataclass(frozen=True)
class Marked:
    """A task's predictions with the marks of both scorers: item → its samples."""

    task: Task
    items: dict[str, Item]
    samples: dict[str, list[dict]]
    marks: dict[str, dict[str, list[Mark]]]

    @classmethod
    def of(cls, task: Task, items: dict[str, Item], given: dict[str, list[dict]]) -> Marked:
        samples = {key: given[key] for key in items}
        marks = {
            scorer: {key: [_mark(rule, items[key], row) for row in samples[key]] for key in items}
            for scorer, rule in (("official", task.official), ("normalised", task.normalised))
        }
        return cls(task, items, samples, marks)

    def rule(self, scorer: str) -> Rule:
        return self.task.official if scorer == "official" else self.task.normalised

    def table(self, scorer: str) -> np.ndarray:
        """(items, counts): each item the mean over its samples."""
        return np.array([np.mean([m.counts for m in marks], axis=0) for marks in self.marks[scorer].values()])

    def value(self, scorer: str, mark: Mark) -> float:
        """What one prediction is worth alone."""
        return self.rule(scorer).value([mark])

    def outcome(self, key: str, number: int) -> str:
        """right, wrong, abstained or failed by the normalised scorer; skipped: an item that does
        not count.
        """
        mark = self.marks["normalised"][key][number]
        if self.samples[key][number]["error"]:
            return "failed"
        if mark.abstained or mark == SKIPPED:
            return "abstained" if mark.abstained else "skipped"
        return "right" if self.value("normalised", mark) >= 1 - 1e-9 else "wrong"

    def summary(self, how: dict) -> dict:
        """The numbers of one task; the main one is the normalised score."""
        outcomes = Counter(
            self.outcome(key, n) for key, rows in self.samples.items() for n in range(len(rows))
        )
        rows = [row for group in self.samples.values() for row in group]
        official = [mark for group in self.marks["official"].values() for mark in group]
        values, intervals = {}, {}
        for scorer in ("normalised", "official"):
            metrics = self.rule(scorer).metrics
            found = bootstrap(self.table(scorer), metrics, how["draws"], how["seed"], how["confidence"])
            values[scorer] = {name: round(interval.value, 6) for name, interval in found.items()}
            main = found[next(iter(found))]
            intervals[scorer] = {name: round(getattr(main, name), 6) for name in ("value", "low", "high")}
        return {
            "n": len(self.items),
            "predictions": len(rows),
            **{name: outcomes[name] for name in (*OUTCOMES, "skipped")},
            "truncated": sum(truncated(row) for row in rows),
            "main": "normalised",
            "normalised": intervals["normalised"]["value"],
            "official": intervals["official"]["value"],
            "low": intervals["normalised"]["low"],
            "high": intervals["normalised"]["high"],
            "confidence": how["confidence"],
            "intervals": intervals,
            "abstention_rate": round(sum(mark.abstained for mark in official) / len(official), 6),
            "metrics": values,
        }

    def rows(self, name: str, overlaps: dict[str, float | None]) -> Iterator[dict]:
        """Rows of items.jsonl."""
        for key, item in self.items.items():
            for n, row in enumerate(self.samples[key]):
                yield {
                    "id": key,
                    "doc_id": key,
                    "task": name,
                    "sample": row["sample"],
                    "outcome": self.outcome(key, n),
                    "truncated": truncated(row),
                    "score": round(self.value("normalised", self.marks["normalised"][key][n]), 6),
                    "official": round(self.value("official", self.marks["official"][key][n]), 6),
                    "overlap": overlaps[key],
                    "input": item.prompt,
                    "gold": item.gold,
                    "answer": answer(row),
                    **prediction_of(row),
                }


def _mark(rule: Rule, item: Item, row: dict) -> Mark:
    _, text, finished = split_think(row["completion"])
    return rule.mark(item, text) if finished and not row["error"] else rule.unanswered(item)


def answer(row: dict) -> str:
    """The answer of a prediction without its thought; empty where it failed or its thought has no
    end.
    """
    _, text, finished = split_think(row["completion"])
    return text if finished and not row["error"] else ""


def truncated(row: dict) -> bool:
    return row["finish_reason"] == "length" or (not row["error"] and not split_think(row["completion"])[2])


def averages(tasks: dict[str, Marked], how: dict) -> dict[str, dict]:
    """The mean of the tasks (as LawBench prints it) for each number of examples, where there are
    several; its interval draws the items of each task.
    """
    found = {}
    for shots, name in enumerate(SHOTS):
        chosen = [marked for task, marked in tasks.items() if task.endswith(f"/{SHOTS[1]}") == bool(shots)]
        if len(chosen) < 2:
            continue
        intervals = {scorer: _average(chosen, scorer, how) for scorer in ("normalised", "official")}
        main = intervals["normalised"]
        found["average" + (f"/{name}" if shots else "")] = {
            "n": sum(len(marked.items) for marked in chosen),
            "tasks": len(chosen),
            "main": "normalised",
            "normalised": main["value"],
            "official": intervals["official"]["value"],
            "low": main["low"],
            "high": main["high"],
            "confidence": how["confidence"],
            "intervals": intervals,
        }
    return found


def _average(tasks: Sequence[Marked], scorer: str, how: dict) -> dict[str, float]:
    generator = np.random.default_rng(how["seed"])
    whole, drawn = 0.0, np.zeros(how["draws"])
    for marked in tasks:
        metric = next(iter(marked.rule(scorer).metrics.values()))
        table = marked.table(scorer)
        items = len(table)
        weights = generator.multinomial(items, np.full(items, 1 / items), size=how["draws"])
        whole += float(metric(table.sum(axis=0)))
        drawn += metric(weights @ table)
    tail = (1 - how["confidence"]) / 2
    low, high = np.quantile(drawn / len(tasks), [tail, 1 - tail])
    found = {"value": whole / len(tasks), "low": float(low), "high": float(high)}
    return {name: round(value, 6) for name, value in found.items()}
