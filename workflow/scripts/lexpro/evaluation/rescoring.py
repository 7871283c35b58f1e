"""Anyone's outputs of a public benchmark, read from the format that they were published in, and
scored twice.
"""

from __future__ import annotations

import csv
import importlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lexpro.evaluation.scorers import Item, Rule, Task
from lexpro.stats import bootstrap
from lexpro.tasks.answers import split_think
from lexpro.workflow.cli_files import read_text
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml

# Benchmark → the format its outputs are published in. A benchmark's module has `task(name)`.
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
    """The task of `lawbench/3-4`, `lexeval/1_1`, `disc/single/nje` or `judge`; raises UserError on
    others.
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
    """Items of a task, as config/benchmark has it."""
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


def read(path: Path, form: str, golds: Callable[[list[dict]], list[str]] | None = None) -> Outputs:
    """The outputs of a file; `golds` gives the references where the format does not hold them (by
    id, or by question).

    Raises UserError on a file that is not in the format.
    """
    rows = _records(path, form)
    answer, gold, prompt = _FIELDS[form]
    if not gold and not golds:
        raise UserError(
            f"the format {form!r} holds no references, and this benchmark's are in no file of its own."
        )
    if gold and any(gold not in row for row in rows):
        raise UserError(f"{path}: a record has no field {gold!r}, which the format {form!r} asks for.")
    true = [row[gold] for row in rows] if gold else golds(rows)
    items = [
        # LexEval has questions without an answer (null).
        Item(str(row.get("id", n)), _prompt(row.get(prompt)), reference if isinstance(reference, str) else "")
        for n, (row, reference) in enumerate(zip(rows, true, strict=True))
    ]
    texts = [row.get(answer) for row in rows]
    return Outputs(items, [text if isinstance(text, str) else None for text in texts])


def _numbers(rule: Rule, table: np.ndarray, draws: int) -> dict:
    """Every metric; of the main one, the interval too."""
    found = bootstrap(table, rule.metrics, draws)
    main, *others = found
    numbers = {"score": found[main].value, "low": found[main].low, "high": found[main].high}
    return numbers | {name: found[name].value for name in others}


def evaluate(task: Task, outputs: Outputs, draws: int = 2000, models: dict | None = None) -> dict:
    """Both scores of a file of outputs; with `models`, what takes these to compute too (`beside`).

    `failed`: items without an output, `truncated`: a thought without an end; both score 0 and are
    no abstentions of the normalised score. The official scorer gets the text as it is.
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
    marks = [
        task.normalised.mark(item, answer) if said else task.normalised.unanswered(item)
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
            **_numbers(task.normalised, np.array([mark.counts for mark in marks]), draws),
            "abstained": sum(mark.abstained and said for mark, said in zip(marks, answered, strict=True)),
        },
        **({"beside": task.beside(pairs, models or {})} if task.beside else {}),
    }


def baselines(task: Task, items: Sequence[Item]) -> dict:
    """What answers without any knowledge score: gold itself, the commonest answer, the prompt
    copied, and the one answer to all that scores best (of those that `task.constants` names), for
    each scorer its own.
    """
    constants = task.constants(items)
    majority = Counter(item.gold for item in items).most_common(1)[0][0]
    answers = {
        "gold": [item.gold for item in items],
        "majority": [majority] * len(items),
        "copy": [item.prompt for item in items],
    }
    found: dict[str, dict] = {}
    for scorer, rule in (("official", task.official), ("normalised", task.normalised)):
        found[scorer] = {name: rule.score(items, texts) for name, texts in answers.items()}
        scores = {text: rule.score(items, [text] * len(items)) for text in constants}
        best = max(scores, key=scores.__getitem__)
        found[scorer]["constant"] = {"answer": best, "score": scores[best]}
    return found
