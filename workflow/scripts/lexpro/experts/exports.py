"""Ratings as files: CSV for a spreadsheet and JSON lines, both without loss."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lexpro.experts.rubric import KEYS, MARKS
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import json_line

CHOICES = ("left", "right", "tie", "bad", "skip")
SIDES = ("left", "right")
PLAIN = ("sheet", "expert", "showing", "choice", "reason", "comment", "seconds", "at")
MARKED = tuple(f"{side}_{key}" for side in SIDES for key in KEYS)
# A spreadsheet runs a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True, slots=True)
class Rating:
    """What one expert said of one showing.

    Attributes:
        sheet: id of the sheet.
        expert: number of the expert.
        showing: id of the showing.
        choice: one of `CHOICES`: the left or right answer is better, both are alike, both are bad,
            or the pair was skipped.
        reason: why it was skipped.
        comment: in the expert's words.
        seconds: for which the pair was in view.
        at: when it was rated (ISO 8601, UTC).
        marks: `left_<dimension>` and `right_<dimension>` → 1 to 5, where given.
    """

    sheet: str
    expert: int
    showing: str
    choice: str
    reason: str = ""
    comment: str = ""
    seconds: float = 0.0
    at: str = ""
    marks: dict[str, int] = field(default_factory=dict)


def _checked(row: dict, where: str) -> Rating:
    try:
        rating = Rating(
            str(row["sheet"]),
            int(row["expert"]),
            str(row["showing"]),
            str(row["choice"]),
            str(row.get("reason") or ""),
            str(row.get("comment") or ""),
            float(row.get("seconds") or 0),
            str(row.get("at") or ""),
            {name: int(mark) for name, mark in (row.get("marks") or {}).items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{where}: not a rating ({error!r}): see docs/experts.md.") from error
    wrong = [name for name, mark in rating.marks.items() if name not in MARKED or mark not in MARKS]
    if rating.choice not in CHOICES or wrong or not 0 <= rating.seconds < float("inf"):
        raise UserError(f"{where}: no such rating: {wrong or rating.choice or rating.seconds!r}.")
    return rating


def checked(row: dict, where: str = "the rating") -> Rating:
    """A rating of plain data.

    Args:
        row: its fields.
        where: begins the message of an error.

    Raises:
        UserError: it is not one.
    """
    if not isinstance(row, dict):
        raise UserError(f"{where}: not a rating: see docs/experts.md.")
    return _checked(row, where)


def to_json_lines(ratings: Iterable[Rating]) -> str:
    """One rating a line."""
    return "".join(json_line(asdict(rating)) for rating in ratings)


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def to_csv(ratings: Iterable[Rating]) -> str:
    """A row each, with a mark for Excel that the text is UTF-8; a cell never begins a formula."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow((*PLAIN, *MARKED))
    for rating in ratings:
        plain = (_cell(getattr(rating, name)) for name in PLAIN)
        writer.writerow((*plain, *(rating.marks.get(name, "") for name in MARKED)))
    return "\ufeff" + file.getvalue()


def _of_csv(text: str) -> Iterable[dict]:
    for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        plain = {name: (row.get(name) or "").removeprefix("'") for name in PLAIN}
        yield plain | {"marks": {name: row[name] for name in MARKED if row.get(name)}}


def read(path: Path) -> list[Rating]:
    """The ratings of a file, CSV by its name, else JSON lines.

    Raises:
        UserError: a line is no rating; the message says which.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = (
            list(_of_csv(text))
            if path.suffix.lower() == ".csv"
            else [json.loads(line) for line in text.split("\n") if line.strip()]
        )
    except (OSError, ValueError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as ratings ({error}): see docs/experts.md.") from error
    return [checked(row, f"{path}, rating {number}") for number, row in enumerate(rows, 1)]


def files(place: Path) -> list[Path]:
    """The exports of a folder, or the file itself, sorted by name."""
    if place.is_dir():
        return sorted(p for p in place.iterdir() if p.suffix.lower() in (".csv", ".jsonl"))
    return [place]


def latest(ratings: Iterable[Rating]) -> list[Rating]:
    """One rating of each showing: the last by time, so that an export may be read twice."""
    kept: dict[tuple[str, int, str], Rating] = {}
    for rating in sorted(ratings, key=lambda r: r.at):
        kept[rating.sheet, rating.expert, rating.showing] = rating
    return list(kept.values())
