"""Records of anyone's files of outputs, in whatever form the file is; what is unclear is an error.

JSON or JSON lines or CSV; UTF-8, UTF-16 or GBK; the answer under its own name or another known one,
as a text, a list of one text, or a number. What was taken for what is said in `notes`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from lexpro.workflow.cli_files import read_bytes
from lexpro.workflow.errors import UserError

# Names of the field with the answer, where it is not that of the format.
ANSWERS = (
    "prediction",
    "output",
    "response",
    "document",
    "gen_ans",
    "model_output",
    "completion",
    "generated_text",
    "generation",
    "pred",
    "predict",
    "result",
    "text",
)
_CJK = re.compile("[一-龥]")
_SEE = "see docs/benchmarks.md"


@dataclass
class Records:
    """The records of a file.

    Attributes:
        path: the file.
        form: the format expected.
        rows: its records, in order.
        notes: what was read otherwise than the format says.
    """

    path: Path
    form: str
    rows: list[dict]
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Say once what was taken for what."""
        if text not in self.notes:
            self.notes.append(text)


def _text(path: Path) -> tuple[str, list[str]]:
    """The text of a file, and in which encoding it is where that is not UTF-8."""
    data = read_bytes(path, "--predictions")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16"), ["is UTF-16"]
        except UnicodeDecodeError as error:
            raise UserError(f"{path}: begins as UTF-16 and is none (byte {error.start}).") from None
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = f"{path}: line {line} is no UTF-8 text (byte {error.start}: {error.reason})"
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise UserError(f"{problem}. Save it as UTF-8.") from None
    if not _CJK.search(text) or "\ufffd" in text:
        raise UserError(f"{problem}. Save it as UTF-8.")
    return text, ["is GBK"]


def _number(key: str) -> tuple[int, str]:
    return (int(key), "") if key.isdigit() else (-1, key)


def _from_json(value: object) -> list | None:
    """The records of a JSON value; None where it is no list and no object of them."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and value and all(isinstance(row, dict) for row in value.values()):
        # A part of a file keeps its numbers.
        return [value[key] for key in sorted(value, key=_number)]
    return [value] if isinstance(value, dict) and value else None


def _from_lines(path: Path, text: str, partial: bool, notes: list[str]) -> list:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    rows = []
    for index, (number, line) in enumerate(lines):
        try:
            rows.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            last = index == len(lines) - 1 and rows
            if last and partial:
                notes.append(f"line {number} is cut and left out")
                continue
            cut = (
                f"the file is cut there, {len(rows)} records are whole: --partial scores them"
                if last
                else _SEE
            )
            raise UserError(
                f"{path}: line {number} is no JSON ({error}); one record a line is expected. {cut}."
            ) from None
    return rows


def _json(path: Path, text: str, form: str, partial: bool, notes: list[str]) -> list:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        if "\n" in text.strip() and text.lstrip().startswith("{") and not re.match(r"\s*\{\s*\n", text):
            if form == "lawbench":
                notes.append("is JSON lines, not JSON")
            return _from_lines(path, text, partial, notes)
        line = getattr(error, "lineno", 1)
        raise UserError(
            f"{path}: line {line} is not in the format {form!r} ({error}): JSON is expected, or one JSON "
            f"record a line; {_SEE}."
        ) from None
    rows = _from_json(value)
    if rows is None:
        raise UserError(f"{path} has no records in the format {form!r}: {_SEE}.")
    if form != "lawbench" and (isinstance(value, list) or rows != [value]):
        notes.append("is JSON, not JSON lines")
    return rows


def _csv(path: Path, text: str, form: str) -> list[dict]:
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        # Not `splitlines`: U+2028 in a field is no end of a line.
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = list(reader)
    except csv.Error as error:
        raise UserError(
            f"{path}: line {reader.line_num} is not in the format {form!r} ({error}); {_SEE}."
        ) from None
    for number, row in enumerate(rows, start=1):
        if None in row:
            raise UserError(f"{path}: record {number} has more fields than the heading; {_SEE}.")
    return rows


def read(path: Path, form: str, partial: bool = False) -> Records:
    """The records of a file.

    Args:
        path: the file.
        form: the format expected, a value of `rescoring.FORMATS`.
        partial: whether a last line that is cut is left out.

    Raises:
        UserError: the file is in no form that can be read for sure.
    """
    text, notes = _text(path)
    text = text.replace("\r\n", "\n")
    if form == "disc" and not text.lstrip().startswith(("{", "[")):
        rows: list = _csv(path, text, form)
    else:
        rows = _json(path, text, form, partial, notes) if text.strip("\0 \t\n") else []
    if not rows:
        raise UserError(f"{path} has no records in the format {form!r}: {_SEE}.")
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise UserError(f"{path}: record {number} has no fields, as the format {form!r} wants: {_SEE}.")
    return Records(path, form, rows, notes)


def answer_field(records: Records, own: str, others: tuple[str, ...]) -> str:
    """The field with the answers: that of the format, else the one known name that is there.

    Args:
        records: the file.
        own: the field of the format.
        others: fields with another meaning in it.

    Raises:
        UserError: there is none, or several.
    """
    names = {name for row in records.rows for name in row}
    if own in names:
        return own
    known = [name for name in ANSWERS if name in names and name not in others]
    if len(known) != 1:
        listed = ", ".join(sorted(map(str, names))) or "none"
        what = f"several that may be it ({', '.join(known)})" if known else "no known one"
        raise UserError(
            f"{records.path}: no field {own!r} with the answers, as the format {records.form!r} has it, and {what}; "
            f"fields: {listed}; {_SEE}."
        )
    records.note(f"the answers are in the field {known[0]!r}")
    return known[0]


def answer(records: Records, number: int, row: dict, name: str) -> str | None:
    """The answer of a record; what was read otherwise than the format says is added to the notes.

    Args:
        records: the file that the record is of.
        number: place of the record in the file, from 1, for the message.
        row: the record.
        name: the field with the answer, as of `answer_field`.

    Returns:
        The text; None where the field is absent or null.

    Raises:
        UserError: it is neither a text nor one text in a list nor a number.
    """
    value = row.get(name)
    if isinstance(value, list) and len(value) == 1:
        records.note("answers are lists of one text")
        (value,) = value
    if isinstance(value, int | float) and not isinstance(value, bool):
        records.note("answers that are numbers are read as texts")
        value = str(value)
    if value is None or isinstance(value, str):
        return value
    kind = f"a list of {len(value)}" if isinstance(value, list) else type(value).__name__
    raise UserError(f"{records.path}: record {number}: {name!r} is {kind}, a text is expected; {_SEE}.")


def prompt(value: object) -> str:
    """A prompt given as text, or as messages: then the first that is not the system's."""
    if isinstance(value, list):
        messages = [one for one in value if isinstance(one, dict)]
        asked = [one for one in messages if str(one.get("role", "")).lower() != "system"] or messages
        value = asked[0].get("prompt", asked[0].get("content", "")) if asked else ""
    return value if isinstance(value, str) else ""
