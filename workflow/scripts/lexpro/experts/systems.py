"""What is compared: the answers of each system to the items of a benchmark.

Systems are the runs of an experiment (`sft.none`, `grpo.rag`) and files of others' outputs in any
format that `lexpro rescore` reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lexpro.config.expert_sheet import OtherSystem
from lexpro.evaluation import rescoring
from lexpro.tasks.answers import find_object, split_think
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded, read_json_lines

SCORE = "score."
# Columns of items.jsonl that say what an automatic scorer made of an answer.
_METRICS = ("score", "official")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is shown.

    Attributes:
        text: without thought and JSON brackets; empty where there is no answer.
        thought: what stands between <think> and </think>.
        metrics: name → value, of the automatic scorers that read it, and its length in characters.
    """

    text: str
    thought: str = ""
    metrics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """An item of the benchmark.

    Attributes:
        id: its name.
        task: what is asked.
        document: the text that the answer is about.
        gold: the right answer as it would be shown.
        charge: "" where the benchmark does not say.
        province: "" where the benchmark does not say.
        answers: system → its answer.
    """

    id: str
    task: str
    document: str
    gold: str
    charge: str = ""
    province: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)


def _lines(value: object, depth: int = 0) -> Iterable[str]:
    indent = "　" * depth
    if isinstance(value, dict):
        for name, part in value.items():
            if isinstance(part, dict) or (isinstance(part, list) and any(isinstance(v, dict) for v in part)):
                yield f"{indent}{name}："
                yield from _lines(part, depth + 1)
            else:
                yield f"{indent}{name}：{_scalar(part)}"
    elif isinstance(value, list):
        for number, part in enumerate(value, 1):
            yield f"{indent}（{number}）"
            yield from _lines(part, depth + 1)
    else:
        yield f"{indent}{_scalar(value)}"


def _scalar(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(_scalar, value)) or "无"
    if value is None:
        return "无"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def readable(answer: object) -> str:
    """An answer for people: a JSON object as lines, in the order of its keys; other text as it is.

    So a form of writing does not tell one system from another.
    """
    if isinstance(answer, dict):
        return "\n".join(_lines(answer))
    text = str(answer).strip()
    found = find_object(text)
    whole = found is not None and text.startswith(("{", "```"))
    return "\n".join(_lines(found)) if whole else text


def _answer(completion: str | None, metrics: Mapping[str, float]) -> Answer:
    thought, text, _ = split_think(completion or "")
    return Answer(readable(text), thought or "", {**metrics, "length": float(len(text))})


def _metrics(row: dict) -> dict[str, float]:
    found = {name: float(row[name]) for name in _METRICS if row.get(name) is not None}
    if "right" in row:
        right, wrong, missed = (len(row[name]) for name in ("right", "wrong", "missed"))
        found["precision"] = right / (right + wrong) if right + wrong else 1.0
        found["recall"] = right / (right + missed) if right + missed else 1.0
    return found


def of_runs(inputs: Mapping[str, Path], tasks: Iterable[str], *asked: Path) -> dict[str, Question]:
    """The items that the runs of an experiment answered; of several samples the first.

    Args:
        inputs: `score.<system>` → folder of its scores.
        tasks: those that count; none: all.
        *asked: `heldout.jsonl` and `unseen.jsonl`, which say charge and province of the project's
            own items.
    """
    wanted = set(tasks)
    about = {row["id"]: row for path in asked for row in read_json_lines(path)}
    found: dict[str, Question] = {}
    for name, folder in inputs.items():
        if not name.startswith(SCORE):
            continue
        for row in read_json_lines(folder / "items.jsonl"):
            if row["sample"] or (wanted and row["task"] not in wanted):
                continue
            case = about.get(row["id"], {})
            question = found.setdefault(
                row["id"],
                Question(
                    row["id"],
                    row["task"],
                    row["input"],
                    readable(row["gold"]),
                    case.get("charge") or "",
                    case.get("province") or "",
                ),
            )
            question.answers[name.removeprefix(SCORE)] = _answer(row["completion"], _metrics(row))
    return found


def add_files(questions: dict[str, Question], systems: Mapping[str, OtherSystem]) -> None:
    """Add the outputs of other systems to the items that they answer.

    Raises:
        UserError: a file cannot be read, or answers none of the items.
    """
    for name, system in systems.items():
        path = expanded(system.path)
        # What the references are does not matter here.
        outputs = rescoring.read(path, system.format, lambda rows: [""] * len(rows))
        prefix = f"{system.task or 'all'}:"
        matched = 0
        for item, text in zip(outputs.items, outputs.texts, strict=True):
            question = questions.get(item.id) or questions.get(prefix + item.id)
            if question is not None and text is not None:
                matched += 1
                question.answers[name] = _answer(text, {})
        if not matched:
            raise UserError(
                f"expert_sheet.systems.{name}: {path} answers no item of the benchmark: ids are as in its "
                f"items.jsonl, such as {next(iter(questions), '(none)')}."
            )
