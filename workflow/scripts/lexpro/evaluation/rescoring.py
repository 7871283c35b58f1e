"""Anyone's outputs of a public benchmark, read from their published format and scored twice."""

from __future__ import annotations

import csv
import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lexpro.evaluation.items import Item
from lexpro.evaluation.scorers import LookUp, Scorer, Task
from lexpro.stats import bootstrap
from lexpro.tasks.answers import split_think
from lexpro.workflow.cli_files import read_text
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml

# Benchmark → the format its outputs are published in. A benchmark's scorer has `task(number)`.
FORMATS = {"lawbench": "lawbench", "lexeval": "lexeval", "disc": "disc", "judge": "judge"}
FORMATS |= dict.fromkeys(("pdp", "casegen", "cail2018"), "answers")
CONFIG = Path("config/benchmark")
# Fields of an answer and of what it is an answer to, by format.
_FIELDS = {
    "lawbench": ("prediction", "refr", "origin_prompt"),
    "lexeval": ("output", "answer", "input"),
    "judge": ("document", "", ""),
    "disc": ("model_output", "", "input"),
    "answers": ("response", "", ""),
}


@dataclass(frozen=True, slots=True)
class Outputs:
    """Items and the outputs to them, in one order; None where there is no output."""

    items: list[Item]
    texts: list[str | None]


def task(name: str) -> Task:
    """The task of a name such as `lawbench/3-4`, `lexeval/1_1`, `disc/single/nje`, `judge`.

    Raises:
        UserError: there is no such benchmark, or no such task in it.
    """
    benchmark, _, number = name.partition("/")
    if benchmark not in FORMATS:
        raise UserError(f"no benchmark {benchmark!r}: one of {', '.join(FORMATS)}.")
    module = importlib.import_module(f"lexpro.evaluation.tasks.{benchmark}.scorer")
    number = "" if module.TASKS == ("",) and number == "all" else number
    if number not in module.TASKS:
        one = ", ".join(f"{benchmark}/{name}" if name else benchmark for name in module.TASKS)
        raise UserError(f"no task {name!r}: one of {one}.")
    return module.task(number)


def expected(name: str) -> int:
    """How many items a task has, as config/benchmark says."""
    benchmark, _, number = name.partition("/")
    return read_yaml(CONFIG / f"{benchmark}.yaml")["expect"][number or "all"]


def _records(path: Path, form: str) -> list[dict]:
    text = read_text(path, "--predictions")
    try:
        if form == "lawbench":
            data = json.loads(text)
            # A part of a file keeps its numbers; a list is as good as numbers.
            rows = data if isinstance(data, list) else [data[key] for key in sorted(data, key=int)]
        elif form == "disc":
            csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
            rows = list(csv.DictReader(text.splitlines(keepends=True)))
        else:
            rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, TypeError, RecursionError, csv.Error) as error:
        raise UserError(
            f"{path} is not in the format {form!r} ({error!r}): see docs/benchmarks.md."
        ) from error
    if not rows:
        raise UserError(f"{path} has no records in the format {form!r}: see docs/benchmarks.md.")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise UserError(
                f"{path}: record {number} has no fields, as the format {form!r} wants: see docs/benchmarks.md."
            )
    return rows


def _prompt(value: object) -> str:
    """A prompt given as text, or as messages: then the first."""
    if isinstance(value, list):
        value = (
            value[0].get("prompt", value[0].get("content", ""))
            if value and isinstance(value[0], dict)
            else ""
        )
    return value if isinstance(value, str) else ""


def read(path: Path, form: str, references: LookUp | None = None) -> Outputs:
    """The outputs of a file.

    Args:
        path: the file.
        form: its format, a value of `FORMATS`.
        references: gives the references where the format does not hold them.

    Raises:
        UserError: the file is not in the format, or its references are not to be had.
    """
    rows = _records(path, form)
    answer, gold, prompt = _FIELDS[form]
    if not gold and not references:
        raise UserError(
            f"the format {form!r} holds no references, and this benchmark's are in no file of its own."
        )
    if gold and any(gold not in row for row in rows):
        raise UserError(f"{path}: a record has no field {gold!r}, which the format {form!r} asks for.")
    true = [row[gold] for row in rows] if gold else references(rows)
    items = [
        # LexEval has questions without an answer (null).
        Item(str(row.get("id", n)), _prompt(row.get(prompt)), reference if isinstance(reference, str) else "")
        for n, (row, reference) in enumerate(zip(rows, true, strict=True))
    ]
    texts = [row.get(answer) for row in rows]
    return Outputs(items, [text if isinstance(text, str) else None for text in texts])


def _numbers(scorer: Scorer, table: np.ndarray, draws: int) -> dict:
    """Every metric; of the main one, the interval too."""
    intervals = bootstrap(table, scorer.metrics, draws)
    name, *others = intervals
    main = intervals[name]
    numbers = {"score": main.value, "low": main.low, "high": main.high, "interval_method": main.method}
    return numbers | {name: intervals[name].value for name in others}


def evaluate(
    task: Task, outputs: Outputs, draws: int = 2000, models: Mapping[str, str | None] | None = None
) -> dict:
    """Both scores of a file of outputs.

    The official scorer gets a text as it is, the normalised one without its thought.

    Args:
        task: the task that the outputs are of.
        outputs: items and outputs.
        draws: of the bootstrap.
        models: folders of the models that `task.beside` takes.

    Returns:
        What `lexpro rescore` prints. `failed` counts items without an output and `truncated`
        thoughts without an end: both score 0 and are no abstentions of the normalised score.

    Raises:
        UserError: an item is not as the benchmark writes it.
    """
    items = outputs.items
    try:
        table, abstained = task.official.table(items, [text or "" for text in outputs.texts])
    except (ValueError, IndexError) as error:
        # No output does that: the tests see to it.
        raise UserError(f"an item is not as {task.name} writes it ({error}).") from error
    sums = table.sum(axis=0)
    official = {name: float(metric(sums)) for name, metric in task.official.metrics.items()}
    main, *_ = official
    thoughts = [split_think(text) if text is not None else (None, "", True) for text in outputs.texts]
    answered = [
        text is not None and finished for text, (_, _, finished) in zip(outputs.texts, thoughts, strict=True)
    ]
    scores = [
        task.normalised.score_item(item, answer) if said else task.normalised.unanswered(item)
        for item, (_, answer, _), said in zip(items, thoughts, answered, strict=True)
    ]
    pairs = [(item.gold, text or "") for item, text in zip(items, outputs.texts, strict=True)]
    return {
        "benchmark": task.name,
        "n": len(items),
        "expected_n": expected(task.name),
        "failed": sum(text is None for text in outputs.texts),
        "truncated": sum(not finished for _, _, finished in thoughts),
        "official": {
            "score": official.pop(main),
            "abstention_rate": abstained / len(items),
            **official,
        },
        "normalised": {
            **_numbers(task.normalised, np.array([score.counts for score in scores]), draws),
            "abstained": sum(score.abstained and said for score, said in zip(scores, answered, strict=True)),
        },
        **({"beside": task.beside(pairs, models or {})} if task.beside else {}),
    }
