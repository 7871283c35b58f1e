"""The sheet: a folder that is carried to the experts, and the key that stays at home.

`sheet/` holds `sheet.json` (what is shown, without names), the same as `sheet.js`, and a page that
shows it: served by the workbench, or opened from the folder in any browser, without a network.
`key.jsonl` says which system stands on which side. A showing is named by a digest, so that neither
its name nor its place tells what it is.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lexpro.config.expert_sheet import Settings
from lexpro.experts import design, draw, rubric
from lexpro.experts.design import GOLD, SPOILED, Showing
from lexpro.experts.systems import Answer, Question
from lexpro.hashing import digest
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_json_lines, write_json, write_json_lines, write_text

FOLDER, SHEET, KEY, ANSWERS, DRAWN = "sheet", "sheet.json", "key.jsonl", "answers.jsonl", "drawn.json"
PAGE = Path(__file__).with_name("templates")
# The page of a carried sheet; the first two are also what the server sends.
ASSETS = ("rate.js", "rate.css", "index.html", "README.txt")
# What an expert is asked, by task of the project; other benchmarks show their own prompt.
TITLES = {
    "elements": "从判决书提取要素",
    "charge": "根据事实判断罪名",
    "article": "根据事实找出应当引用的法条",
    "term": "根据事实预测主刑",
}


@dataclass(frozen=True)
class Sheet:
    """A sheet and its key.

    Attributes:
        shown: what experts see (sheet.json).
        key: a row for each showing, and for each pair whose answers are the same.
        answers: a row for each answer, with its metrics.
        drawn: what was drawn and how it is paired, counted.
    """

    shown: dict
    key: list[dict]
    answers: list[dict]
    drawn: dict


def _alike(question: Question, pair: Sequence[str]) -> bool:
    first, second = (question.answers[name] for name in pair)
    return (first.text, first.thought) == (second.text, second.thought)


def _answer(questions: dict[str, Question], showing: Showing, side: str) -> Answer:
    if side == GOLD:
        return Answer(questions[showing.item].gold)
    if side == SPOILED:
        return Answer(questions[showing.source].gold)
    return questions[showing.item].answers[side]


def _counted(questions: Sequence[Question], levels: dict[str, str]) -> dict[str, dict[str, int]]:
    """Trait → value → items, the commonest first."""
    found: dict[str, Counter[str]] = {}
    for question in questions:
        for trait, value in draw.traits(question, levels[question.id]).items():
            found.setdefault(trait, Counter())[value] += 1
    return {trait: dict(counter.most_common()) for trait, counter in found.items()}


def build(questions: dict[str, Question], settings: Settings) -> Sheet:
    """Draw items, pair systems, share them out, hide names.

    Args:
        questions: id → item with the answers of all systems.
        settings: of the stage.

    Raises:
        UserError: there is no item that two systems answered.
    """
    chosen = draw.drawn(list(questions.values()), settings.items, settings.seed)
    if not chosen:
        raise UserError("expert_sheet: no item has answers of two systems: nothing can be compared.")
    by_id = {question.id: question for question in chosen}
    pairs = design.pairs({q.id: sorted(q.answers) for q in chosen}, settings.pairs_per_item, settings.seed)
    differing = {item: [p for p in own if not _alike(by_id[item], p)] for item, own in pairs.items()}
    showings = design.showings(
        differing,
        {q.id: (q.task, q.gold) for q in chosen},
        experts=settings.experts,
        ratings=settings.ratings_per_pair,
        repeats=settings.repeats,
        controls=settings.controls,
        seed=settings.seed,
    )
    names = [digest([settings.seed, asdict(s)], 12) for s in showings]
    places = {question.id: f"q{number}" for number, question in enumerate(chosen, 1)}
    texts: dict[str, dict[str, str]] = {}

    def side(showing: Showing, system: str) -> str:
        answer = _answer(by_id, showing, system)
        shown = {"text": answer.text, "thought": answer.thought if settings.thoughts else ""}
        name = digest([settings.seed, showing.item, shown], 12)
        texts[name] = shown
        return name

    rows = [
        {
            "id": name,
            "expert": s.expert,
            "question": places[s.item],
            "left": side(s, s.left),
            "right": side(s, s.right),
        }
        for name, s in zip(names, showings, strict=True)
    ]
    shown = {
        "experts": settings.experts,
        "rubric": rubric.DIMENSIONS,
        "rule": settings.exclude.model_dump(),
        "questions": {
            places[q.id]: {"title": TITLES.get(q.task, q.task), "document": q.document} for q in chosen
        },
        "answers": dict(sorted(texts.items())),
        "showings": rows,
    }
    same = [
        {"kind": "same", "item": item, "first": a, "second": b, "ratings": settings.ratings_per_pair}
        for item, own in pairs.items()
        for a, b in own
        if _alike(by_id[item], (a, b))
    ]
    key = [{"id": name, **asdict(s)} for name, s in zip(names, showings, strict=True)]
    answers = [
        {"item": q.id, "task": q.task, "system": system, "metrics": answer.metrics}
        for q in chosen
        for system, answer in sorted(q.answers.items())
    ]
    kinds = Counter(s.kind for s in showings)
    compared = Counter(f"{a} / {b}" for own in pairs.values() for a, b in own)
    drawn = {
        "items": len(chosen),
        "systems": sorted({name for q in chosen for name in q.answers}),
        "traits": _counted(chosen, draw.difficulty(list(questions.values()))),
        "pairs": dict(sorted(compared.items())),
        "same": len(same),
        "showings": {name: kinds[name] for name in ("pair", "repeat", "control")},
        "by_expert": dict(Counter(s.expert for s in showings)),
    }
    return Sheet({"id": digest(shown, 16), **shown}, key + same, answers, drawn)


def write(sheet: Sheet, out: Path) -> None:
    """Write the folder to carry, and beside it what stays.

    Args:
        sheet: what `build` made.
        out: the folder of the run.
    """
    folder = out / FOLDER
    folder.mkdir()
    write_json(folder / SHEET, sheet.shown)
    # A page that is opened from a folder may load a script, and no other file.
    write_text(folder / "sheet.js", f"window.SHEET = {json.dumps(sheet.shown, ensure_ascii=False)};\n")
    for name in ASSETS:
        shutil.copyfile(PAGE / name, folder / name)
    write_json_lines(out / KEY, sheet.key)
    write_json_lines(out / ANSWERS, sheet.answers)
    write_json(out / DRAWN, sheet.drawn)


def read(folder: Path) -> dict:
    """What a carried folder shows.

    Raises:
        UserError: the folder has no sheet.
    """
    if not (folder / SHEET).is_file():
        raise UserError(f"{folder} has no {SHEET}: give the folder `sheet` of a run of expert_sheet.")
    return read_json(folder / SHEET)


def read_key(run: Path) -> list[dict]:
    """The key of a run: which systems stand where."""
    return list(read_json_lines(run / KEY))
