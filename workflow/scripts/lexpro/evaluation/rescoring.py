"""Anyone's outputs of a public benchmark, read from their published format and scored twice."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from lexpro.evaluation.completeness import Row, check, demand, matcher, problems, squeezed
from lexpro.evaluation.items import Item
from lexpro.evaluation.output_files import Records, answer, answer_field, prompt
from lexpro.evaluation.output_files import read as read_records
from lexpro.evaluation.scorers import LookUp, Scorer, Task
from lexpro.stats import bootstrap
from lexpro.tasks.answers import split_think
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
# Formats whose records have the id of their item; the others have the question.
_BY_ID = frozenset(("judge", "answers"))


@dataclass(frozen=True, slots=True)
class Outputs:
    """Items and the outputs to them.

    Attributes:
        items: what was asked.
        texts: the outputs in the same order; None where there is none.
        notes: what was read otherwise than the format says.
        lacks: how many items are missing, foreign or repeated; None where the file is whole.
    """

    items: list[Item]
    texts: list[str | None]
    notes: list[str] = field(default_factory=list)
    lacks: dict[str, int] | None = None


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
    if number not in (*module.TASKS, *getattr(module, "WITHOUT_DATA", ())):
        one = ", ".join(f"{benchmark}/{name}" if name else benchmark for name in module.TASKS)
        raise UserError(f"no task {name!r}: one of {one}.")
    return module.task(number)


_SUFFIXES = (".json", ".jsonl", ".csv")


def files_of(benchmark: str, folder: Path) -> dict[str, Path]:
    """The files of a folder by their tasks: 3-4.json, gpt4_1_1.jsonl, single/nje_results.csv.

    Raises:
        UserError: no file is named by a task of the benchmark, or two are by the same one.
    """
    name = benchmark.removesuffix("/all")
    if name not in FORMATS:
        raise UserError(
            f"--benchmark {benchmark}: of a folder name the benchmark alone: {', '.join(FORMATS)}."
        )
    module = importlib.import_module(f"lexpro.evaluation.tasks.{name}.scorer")
    tasks = (*module.TASKS, *getattr(module, "WITHOUT_DATA", ()))
    files: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix not in _SUFFIXES:
            continue
        stem = path.relative_to(folder).with_suffix("").as_posix().removesuffix("_results")
        named = [task for task in tasks if task and re.search(rf"(?:^|[/_.-]){re.escape(task)}$", stem)]
        if named or tasks == ("",):
            task_name = f"{name}/{named[0]}" if named else name
            if task_name in files:
                raise UserError(f"{folder}: {files[task_name]} and {path} are both of {task_name}.")
            files[task_name] = path
    if not files:
        raise UserError(f"{folder}: no file is named by a task of {name} (3-4.json, …).")
    return files


def left_out(benchmark: str, folder: Path, files: Mapping[str, Path]) -> list[str]:
    """What of a folder and of a benchmark `files_of` leaves out, in words."""
    name = benchmark.removesuffix("/all")
    scored = set(files.values())
    notes = [
        f"{path} is named by no task of {name} and left out"
        for path in sorted(folder.rglob("*"))
        if path.suffix in _SUFFIXES and path not in scored
    ]
    tasks = importlib.import_module(f"lexpro.evaluation.tasks.{name}.scorer").TASKS
    missing = [task for task in tasks if task and f"{name}/{task}" not in files]
    if missing:
        notes.append(f"the average is of {len(files)} tasks: {folder} has no file of {', '.join(missing)}")
    return notes


def average(by_task: Mapping[str, dict]) -> dict[str, float]:
    """The mean of both scores over tasks, each task counted once."""
    return {
        name: sum(scores[name]["score"] for scores in by_task.values()) / len(by_task)
        for name in ("official", "normalised")
    }


def expected(name: str) -> int | None:
    """How many items a task has, as config/benchmark says; None where its data is in no file."""
    benchmark, _, number = name.partition("/")
    return read_yaml(CONFIG / f"{benchmark}.yaml")["expect"].get(number or "all")


def _keys(task: Task, form: str) -> list[str] | None:
    """What tells the items of a task in a file of that form; None where they are not at hand."""
    if task.items is None:
        return None
    try:
        items = task.items()
    except UserError:
        return None
    if form in _BY_ID:
        return [item.id for item in items]
    return [squeezed(item.text or item.prompt) for item in items]


def _rows(records: Records, form: str) -> list[Row]:
    """The records with what tells their items, and the file's own references."""
    name, gold, asked = _FIELDS[form]
    name = answer_field(records, name, (gold, asked, "id"))
    rows = []
    for number, record in enumerate(records.rows, start=1):
        for needed in (gold, "id" if form in _BY_ID else ""):
            if needed and needed not in record:
                raise UserError(
                    f"{records.path}: record {number} has no field {needed!r}, which the format {form!r} asks for."
                )
        asks = prompt(record.get(asked)) if asked else ""
        # LexEval has questions without an answer (null).
        reference = (record.get(gold) if gold else "") or ""
        if not isinstance(reference, str):
            kind = type(reference).__name__
            raise UserError(f"{records.path}: record {number}: {gold!r} is {kind}, a text is expected.")
        item = Item(str(record.get("id", number - 1)), asks, reference)
        key = item.id if form in _BY_ID else squeezed(asks)
        rows.append(Row(key, item, answer(records, number, record, name), record))
    return rows


def _gold(records: Records, row: Row, written: Callable[[str], str]) -> str:
    """The reference of a row as the benchmark writes it."""
    stated = row.item.gold
    try:
        gold = written(stated)
    except UserError as error:
        number = next(place for place, record in enumerate(records.rows, 1) if record is row.record)
        raise UserError(f"{records.path}: record {number}: {error}") from None
    if gold != stated:
        records.note("references in another form are written as the benchmark's own")
    return gold


def _items(
    rows: Sequence[Row], records: Records, references: LookUp | None, written: Callable[[str], str] | None
) -> list[Item]:
    """The items of the rows; references are looked up where the form holds none."""
    form = records.form
    if _FIELDS[form][1]:
        return [replace(row.item, gold=_gold(records, row, written)) if written else row.item for row in rows]
    if not references:
        raise UserError(
            f"the format {form!r} holds no references, and this benchmark's are in no file of its own."
        )
    golds = references([row.record for row in rows])
    return [replace(row.item, gold=gold) for row, gold in zip(rows, golds, strict=True)]


def _same_references(records: Records, task: Task, rows: Sequence[Row], known: list[str] | None) -> None:
    """Raise UserError where most references of a file are not those of the task's items."""
    if known is None or task.items is None or not _FIELDS[records.form][1]:
        return
    golds: dict[str, set[str]] = {}
    for key, item in zip(known, task.items(), strict=True):
        golds.setdefault(key, set()).add(squeezed(item.gold))
    of = matcher(known)
    write = task.written or (lambda gold: gold)
    differ = sum(squeezed(_gold(records, row, write)) not in golds[of(row.key) or ""] for row in rows)
    if differ > len(rows) / 2:
        raise UserError(
            f"{records.path} is not of {task.name}: of {len(rows)} references {differ} are not those of its items."
        )


def load(path: Path, task: Task, form: str, partial: bool = False) -> Outputs:
    """The outputs of a file that answers all of a task, or with `partial` what is there of it.

    Args:
        path: the file.
        task: what it answers.
        form: its format, a value of `FORMATS`.
        partial: whether a file that lacks items, or has others, is scored all the same.

    Raises:
        UserError: the file is not in the format, its references are not to be had, or it is not
            the whole task.
    """
    records = read_records(path, form, partial)
    rows, known, number = _rows(records, form), _keys(task, form), expected(task.name)
    if not any(row.key for row in rows):
        known = None
    checked = check(rows, known, matcher(known) if known is not None else lambda key: key)
    if known is None:
        records.note("no record is compared with the benchmark's items: they are not at hand or not named")
    _same_references(records, task, checked.rows, known)
    if not partial:
        demand(checked, task.name, path, number, task.replaced)
    if checked.repeated:
        records.note(f"{len(checked.repeated)} records repeat an item: the last that is not empty counts")
    if not checked.rows:
        raise UserError(f"{path} has no output to an item of {task.name}.")
    lacks = None
    if problems(checked, number, task.replaced):
        missing = len(checked.missing) if known is not None else max(0, (number or 0) - len(checked.rows))
        lacks = {"missing": missing, "foreign": len(checked.foreign), "repeated": len(checked.repeated)}
    answered = checked.rows
    if checked.foreign and lacks is None:
        # Items of the data before its last change count with their own references.
        places = {id(row): place for place, row in enumerate(rows)}
        answered = sorted([*answered, *checked.foreign], key=lambda row: places[id(row)])
    items = _items(answered, records, task.references, task.written)
    return Outputs(items, [row.text for row in answered], records.notes, lacks)


def read(path: Path, form: str, references: LookUp | None = None) -> Outputs:
    """The outputs of a file as they are, of whatever task and however many.

    Args:
        path: the file.
        form: its format, a value of `FORMATS`.
        references: gives the references where the format does not hold them.

    Raises:
        UserError: the file is not in the format, or its references are not to be had.
    """
    records = read_records(path, form)
    rows = _rows(records, form)
    return Outputs(_items(rows, records, references, None), [row.text for row in rows], records.notes)


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
        **({"partial": outputs.lacks} if outputs.lacks else {}),
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
