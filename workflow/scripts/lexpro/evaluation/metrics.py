"""Scores of a benchmark from the counts of its items, each with its bootstrap interval."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from lexpro.evaluation.grading import COLUMNS, OUTCOMES, Verdict
from lexpro.stats import Interval, Metric, bootstrap, ratio
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


def _rate(column: int, of: int, sums: np.ndarray) -> np.ndarray:
    return ratio(sums[..., column], sums[..., of])


def _mean(column: int, items: int, sums: np.ndarray) -> np.ndarray:
    return sums[..., column] / items


def _set(name: str, sums: np.ndarray) -> np.ndarray:
    right, stated, true = np.moveaxis(sums[..., :3], -1, 0)
    return {
        "f1": _f1(right, stated, true),
        "precision": ratio(right, stated, 0.0),
        "recall": ratio(right, true, 0.0),
    }[name]


def metrics(task: str, items: int) -> dict[str, Metric]:
    """Name → function of sums over `items` items, the main metric first."""
    columns = COLUMNS[task]

    def mean(column: str) -> Metric:
        return partial(_mean, columns.index(column), items)

    if task == "elements":
        found = {"micro_f1": _micro, "macro_f1": _macro, "precision": _precision, "recall": _recall}
        people = columns.index("people")
        by_defendant = {
            "defendant_f1": partial(_rate, people + 1, people),
            "defendant_accuracy": partial(_rate, people + 2, people),
        }
        return found | by_defendant | {"accuracy": mean("exact")}
    if task == "term":
        return {
            "log_score": mean("log_score"),
            "accuracy": mean("exact"),
            "kind_accuracy": mean("kind"),
            "within_25": mean("within_25"),
        }
    sets: dict[str, Metric] = {name: partial(_set, name) for name in ("f1", "precision", "recall")}
    return sets | {"item_f1": mean("item_f1"), "accuracy": mean("exact")}


def _table(task: str, verdicts: Sequence[Sequence[Verdict]]) -> np.ndarray:
    """(items, counts): each item the mean over its samples."""
    rows = [[[v.counts[name] for name in COLUMNS[task]] for v in samples] for samples in verdicts]
    return np.array([np.mean(samples, axis=0) for samples in rows])


def main(task: str, verdicts: Sequence[Sequence[Verdict]]) -> float:
    """The main metric of a task alone."""
    table = _table(task, verdicts)
    return float(metrics(task, len(table))[MAIN[task]](table.sum(axis=0)))


def _number(count: float) -> int | float:
    """A count over items: whole, unless an item's samples differ in it and their mean is not."""
    count = round(float(count), 2)
    return int(count) if count.is_integer() else count


def _by_field(sums: np.ndarray) -> dict[str, dict[str, float]]:
    """Field → precision, recall, f1 and how many elements are true; fields with none true and none
    stated are left out.
    """
    found = {}
    for name, (right, stated, true) in zip(FIELDS, _fields(sums), strict=True):
        if stated or true:
            found[name] = {
                "precision": float(ratio(right, stated, 0.0)),
                "recall": float(ratio(right, true, 0.0)),
                "f1": float(_f1(right, stated, true)),
                "n": _number(true),
            }
    return found


def _rounded(interval: Interval) -> dict[str, float]:
    return {name: round(getattr(interval, name), 6) for name in ("value", "low", "high")}


def summarise(task: str, verdicts: Sequence[Sequence[Verdict]], settings: dict) -> dict:
    """The scores of one task from the verdicts of its items (each a list over samples).

    `n` items; outcomes and `truncated` count predictions; every metric by name, `low` and `high` of
    the main one (a `confidence` interval), and the intervals of all in `intervals`. `elements` adds
    `fields` and `confusions`.
    """
    table = _table(task, verdicts)
    found = bootstrap(
        table, metrics(task, len(table)), settings["draws"], settings["seed"], settings["confidence"]
    )
    every = [verdict for samples in verdicts for verdict in samples]
    intervals = {name: _rounded(interval) for name, interval in found.items()}
    main = intervals[MAIN[task]]
    summary = {
        "n": len(table),
        "predictions": len(every),
        **{outcome: sum(v.outcome == outcome for v in every) for outcome in OUTCOMES},
        "truncated": sum(v.truncated for v in every),
        "main": MAIN[task],
        **{name: interval["value"] for name, interval in intervals.items()},
        "low": main["low"],
        "high": main["high"],
        "confidence": settings["confidence"],
        "intervals": intervals,
    }
    if task == "elements":
        sums = table.sum(axis=0)
        summary["fields"] = _by_field(sums)
        first = COLUMNS[task].index(elements.CONFUSIONS[0])
        summary["confusions"] = {
            name: _number(value)
            for name, value in zip(
                elements.CONFUSIONS, sums[first : first + len(elements.CONFUSIONS)], strict=True
            )
        }
    return summary
