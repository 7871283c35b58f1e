"""A sheet and its ratings as the stages leave them, for tests of the report; all numbers are made
up.
"""

from pathlib import Path

from lexpro.workflow.files import write_json

SYSTEMS = ("grpo.rag", "grpo.none", "sft.none", "some-other-model")
ASKED = {"min_controls": 0.7, "min_repeats": 0.5, "min_seconds": 3.0, "at_least": 4}


def bounds(value: float, n: int | None = None) -> dict:
    made = {"value": value, "low": value - 0.1, "high": value + 0.1}
    return made if n is None else made | {"n": n}


def standing(place: int, system: str) -> dict:
    return {
        "system": system,
        "votes": 40 + place,
        "items": 12,
        "win_rate": bounds(0.8 - 0.2 * place),
        "strength": bounds(1.2 - 0.7 * place),
    }


def rater(number: int, excluded: list[str]) -> dict:
    shares = {name: bounds(0.5 + number / 10, 6 + number) for name in ("controls", "repeats", "left")}
    seconds = {"median": 30.5 + number, "sum": 1500.0}
    return {"showings": 40, "rated": 38, "skipped": 2, **shares, "seconds": seconds, "excluded": excluded}


DRAWN = {
    "items": 12,
    "systems": sorted(SYSTEMS),
    "traits": {"charge": {"盗窃罪": 7, "诈骗罪": 5}, "difficulty": {"easy": 4, "medium": 4, "hard": 4}},
    "pairs": {"grpo.none / grpo.rag": 6, "grpo.rag / some-other-model": 5},
    "same": 3,
    "showings": {"pair": 60, "repeat": 6, "control": 12},
    "by_expert": {"1": 26, "2": 26, "3": 26},
}
SHOWN = {
    "id": "0123456789abcdef",
    "experts": 3,
    "rubric": [],
    "rule": ASKED,
    "questions": {"q1": {"title": "根据事实判断罪名", "document": "经审理查明：<b>某日</b>。" * 60}},
    "answers": {"a": {"text": "罪名：盗窃罪", "thought": ""}, "b": {"text": "罪名：诈骗罪", "thought": ""}},
    "showings": [{"id": "x", "expert": 1, "question": "q1", "left": "a", "right": "b"}],
}
RATINGS = {
    "sheet": SHOWN["id"],
    "confidence": 0.95,
    "rule": ASKED,
    "ratings": 114,
    "other_sheets": 0,
    "choices": {"left": 20, "right": 21, "tie": 5, "bad": 3},
    "experts": {"1": rater(1, []), "2": rater(2, []), "3": rater(3, ["seconds: median 1.0, at least 3 is asked for"])},
    "systems": [standing(place, system) for place, system in enumerate(SYSTEMS)],
    "with_excluded": [standing(place, system) for place, system in enumerate(SYSTEMS[:2])],
    "by_task": {"charge": [standing(place, system) for place, system in enumerate(SYSTEMS)]},
    "pairs": {
        one: {other: [0.5 + (SYSTEMS.index(other) - SYSTEMS.index(one)) / 8, 10] for other in SYSTEMS if other != one}
        for one in SYSTEMS
    },
    "agreement": {
        "choices": {name: bounds(0.6, 40) for name in ("alpha_nominal", "ac1", "alpha_ordinal", "ac2_quadratic")},
        "law": {"alpha_ordinal": bounds(0.7, 12), "ac2_quadratic": bounds(0.75, 12)},
    },
    "marks": [{"system": "grpo.rag", "dimension": "law", "n": 12, **bounds(4.2)}],
    "metrics": [
        {"metric": name, "votes": bounds(rho, 60), "systems": {"value": 0.8, "n": 4}}
        for name, rho in (("length", 0.1), ("score", 0.55), ("precision", 0.4))
    ],
}  # fmt: skip


def write(sheet: Path, rated: Path | None = None) -> None:
    """Write what `expert_sheet` and, where it is given, `expert` leave in their folders."""
    write_json(sheet / "drawn.json", DRAWN)
    write_json(sheet / "sheet/sheet.json", SHOWN)
    if rated:
        write_json(rated / "ratings.json", RATINGS)
