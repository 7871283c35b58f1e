"""Scores of the project's own tasks from the counts of their items, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from lexpro.config.score import Settings
from lexpro.evaluation.grading import COLUMNS, OUTCOMES, Grade
from lexpro.evaluation.scored import rounded
from lexpro.stats import Mean, Metric, bootstrap, ratio
from lexpro.task_names import FIELDS
from lexpro.tasks import elements

# The number by which each task is judged; its interval stands beside it.
MAIN = {"elements": "micro_f1", "charge": "f1", "article": "f1", "term": "log_score"}


def _f1(right: np.ndarray, stated: np.ndarray, true: np.ndarray) -> np.ndarray:
    return ratio(2 * right, stated + true)


def _fields(sums: np.ndarray) -> np.ndarray:
    """(…, fields, 3): right, stated, true."""
    return sums[..., : 3 * len(FIELDS)].reshape(*sums.shape[:-1], len(FIELDS), 3)


def _micro(sums: np.ndarray) -> np.ndarray:
    return _f1(*np.moveaxis(_fields(sums).sum(axis=-2), -1, 0))


def _macro(sums: np.ndarray) -> np.ndarray:
    right, stated, true = np.moveaxis(_fields(sums), -1, 0)
    present = stated + true > 0
    return ratio((_f1(right, stated, true) * present).sum(axis=-1), present.sum(axis=-1))


def _precision(sums: np.ndarray) -> np.ndarray:
    right, stated, _ = np.moveaxis(_fields(sums).sum(axis=-2), -1, 0)
    return ratio(right, stated, 0.0)


def _recall(sums: np.ndarray) -> np.ndarray:
    right, _, true = np.moveaxis(_fields(sums).sum(axis=-2), -1, 0)
    return ratio(right, true, 0.0)


def _rate(column: int, all_column: int, sums: np.ndarray) -> np.ndarray:
    return ratio(sums[..., column], sums[..., all_column])


def _set(name: str, sums: np.ndarray, first: int = 0) -> np.ndarray:
    """Of sets whose right, stated and true are the columns from `first` on."""
    right, stated, true = np.moveaxis(sums[..., first : first + 3], -1, 0)
    return {
        "f1": _f1(right, stated, true),
        "precision": ratio(right, stated, 0.0),
        "recall": ratio(right, true, 0.0),
    }[name]


def metrics(task: str) -> dict[str, Metric]:
    """Name → function of the sums of a `table` over its items, the main metric first."""
    columns = COLUMNS[task]

    def mean(column: str) -> Metric:
        # The last column of a table counts the items.
        return Mean(columns.index(column), len(columns))

    if task == "elements":
        lists = {"micro_f1": _micro, "macro_f1": _macro, "precision": _precision, "recall": _recall}
        people = columns.index("people")
        by_defendant = {
            "defendant_f1": partial(_rate, people + 1, people),
            "defendant_accuracy": partial(_rate, people + 2, people),
        }
        return lists | by_defendant | {"accuracy": mean("exact")}
    if task == "term":
        return {
            "log_score": mean("log_score"),
            "accuracy": mean("exact"),
            "kind_accuracy": mean("kind"),
            "within_25": mean("within_25"),
        }
    sets: dict[str, Metric] = {name: partial(_set, name) for name in ("f1", "precision", "recall")}
    if task == "article":
        # Articles of the special part alone: those that say which crime it is.
        sets["crime_f1"] = partial(_set, "f1", first=columns.index("crime.right"))
    return sets | {"item_f1": mean("item_f1"), "accuracy": mean("exact")}


def table(task: str, grades: Sequence[Sequence[Grade]]) -> np.ndarray:
    """Counts (items × columns), each item the mean over its samples.

    The columns are those of `grading.COLUMNS`, and a last one of ones.
    """
    rows = [[[*(grade.counts[name] for name in COLUMNS[task]), 1.0] for grade in item] for item in grades]
    return np.array([np.mean(samples, axis=0) for samples in rows])


def main_score(task: str, grades: Sequence[Sequence[Grade]]) -> float:
    """The main metric of a task alone."""
    return float(metrics(task)[MAIN[task]](table(task, grades).sum(axis=0)))


def _number(count: float) -> int | float:
    """A count over items: whole, unless an item's samples differ in it and their mean is not."""
    count = round(float(count), 2)
    return int(count) if count.is_integer() else count


def _by_field(sums: np.ndarray) -> dict[str, dict[str, float]]:
    """Field → precision, recall, f1 and how many elements are true.

    Fields with none true and none stated are left out.
    """
    return {
        name: {
            "precision": float(ratio(right, stated, 0.0)),
            "recall": float(ratio(right, true, 0.0)),
            "f1": float(_f1(right, stated, true)),
            "n": _number(true),
        }
        for name, (right, stated, true) in zip(FIELDS, _fields(sums), strict=True)
        if stated or true
    }


def summarise(task: str, grades: Sequence[Sequence[Grade]], settings: Settings) -> dict:
    """The scores of one task.

    Args:
        task: one of `task_names.TASKS`.
        grades: of each item a list over its samples.
        settings: how intervals are computed.

    Returns:
        `n` items; outcomes and `truncated`, which count predictions; every metric by name; `low`,
        `high` and `interval_method` of the main one (at `confidence`), and the intervals of all in
        `intervals`. `elements` adds `fields` and `confusions`.
    """
    counts = table(task, grades)
    intervals = bootstrap(counts, metrics(task), settings.draws, settings.seed, settings.confidence)
    numbers = {name: rounded(interval) for name, interval in intervals.items()}
    every = [grade for samples in grades for grade in samples]
    main = numbers[MAIN[task]]
    summary = {
        "n": len(counts),
        "predictions": len(every),
        **{outcome: sum(grade.outcome == outcome for grade in every) for outcome in OUTCOMES},
        "truncated": sum(grade.truncated for grade in every),
        "main": MAIN[task],
        **{name: interval["value"] for name, interval in numbers.items()},
        "low": main["low"],
        "high": main["high"],
        "interval_method": main["method"],
        "confidence": settings.confidence,
        "intervals": numbers,
    }
    if task == "elements":
        sums = counts.sum(axis=0)
        summary["fields"] = _by_field(sums)
        first = COLUMNS[task].index(elements.CONFUSIONS[0])
        errors = sums[first : first + len(elements.CONFUSIONS)]
        summary["confusions"] = dict(zip(elements.CONFUSIONS, map(_number, errors), strict=True))
    return summary
