"""要素: the elements of a document beside their places; rules and model side by side; exports."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from lexpro.corpus.spans import Element
from lexpro.records import Defendant, Judgment
from lexpro.serve.documents import Document
from lexpro.task_names import CASE_FIELDS, DEFENDANT_FIELDS

# What the model is asked → what the rules call it.
SAME = {"缓刑": "缓刑考验期", "金额": "涉案金额"}


@dataclass(frozen=True, slots=True)
class Group:
    """The elements of the case or of one defendant."""

    title: str
    rows: list[Element]


def groups(document: Document) -> list[Group]:
    """The elements of the case, those of each defendant, and the articles cited."""
    people = [f"被告人 {person.name}" for person in document.record.defendants]
    found = [
        Group(title, [row for row in document.elements if row.owner == owner and row.field != "法条"])
        for owner, title in [(-1, "案件"), *enumerate(people)]
    ]
    return [*found, Group("引用的法条", [row for row in document.elements if row.field == "法条"])]


@dataclass(frozen=True, slots=True)
class Compared:
    """A field as the rules and as the model have it; `same` is None where one has nothing."""

    owner: str
    field: str
    rules: str
    model: str
    same: bool


def _words(field: str, value: object) -> str:
    if value in (None, 0, "", []):
        return "—"
    if isinstance(value, list):
        return "、".join(map(str, value))
    unit = {"刑期": "个月", "缓刑": "个月", "罚金": "元"}.get(field, "元" if field in CASE_FIELDS else "")
    return (
        f"{value:,.15g}{unit}"
        if isinstance(value, int | float) and not isinstance(value, bool)
        else str(value)
    )


def _of_person(person: Defendant) -> dict:
    sentence = person.sentence
    return {
        "姓名": person.name,
        "罪名": person.charges,
        "刑种": sentence.kind if sentence else None,
        "刑期": sentence.months if sentence else None,
        "缓刑": person.probation_months,
        "罚金": person.fine,
        "情节": person.circumstances,
    }


def _alike(one: object, other: object) -> bool:
    if isinstance(one, list) or isinstance(other, list):
        return sorted(map(str, one or [])) == sorted(map(str, other or []))  # type: ignore[call-overload]
    return (one or None) == (other or None)


def compare(record: Judgment, answer: dict) -> list[Compared]:
    """The rules' elements beside those of a model.

    Args:
        record: of the rules.
        answer: of the model, parsed; only the fields that it was asked are compared.
    """
    rows = []
    mine = {person.name: _of_person(person) for person in record.defendants}
    people = answer.get("被告人", [])
    theirs = {str(person.get("姓名", "")): person for person in people}
    asked = [field for field in DEFENDANT_FIELDS if any(field in person for person in people)]
    for name in dict.fromkeys([*mine, *theirs]):
        one, other = mine.get(name, {}), theirs.get(name, {})
        for field in asked:
            a, b = one.get(field), other.get(field)
            if a or b:
                rows.append(Compared(name, field, _words(field, a), _words(field, b), _alike(a, b)))
    totals = dict(zip(CASE_FIELDS, (record.amount, record.restitution, record.compensation), strict=True))
    for field in CASE_FIELDS:
        if field in answer and (totals[field] or answer[field]):
            a, b = totals[field], answer[field]
            rows.append(Compared("全案", field, _words(field, a), _words(field, b), _alike(a, b)))
    return rows


def _owner(document: Document, row: Element) -> str:
    return "案件" if row.owner < 0 else document.record.defendants[row.owner].name


def as_json(document: Document) -> dict:
    """The record, and each element with its place in the text as it was pasted."""
    return {
        "document": document.id,
        "characters": len(document.raw),
        "elements": [
            {
                "owner": _owner(document, row),
                "field": row.field,
                "value": row.value,
                "unit": row.unit,
                "start": row.span[0] if row.span else None,
                "end": row.span[1] if row.span else None,
                "text": document.raw[slice(*row.span)] if row.span else None,
            }
            for row in document.elements
        ],
        "record": document.record.to_dict(),
    }


def guarded(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return (
        f"'{text}"
        if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not isinstance(cell, int | float)
        else cell
    )


def to_csv(rows: list[list], head: list[str]) -> str:
    """A table for spreadsheets: with a byte order mark, or Excel takes it for another encoding."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def as_text(document: Document, notice: str) -> str:
    """The filled card as text, to be pasted into another document."""
    lines = ["案件要素卡"]
    for group in groups(document):
        if group.rows:
            lines += ["", f"【{group.title}】", *(f"{row.field}：{row.shown}" for row in group.rows)]
    return "\n".join([*lines, "", notice, ""])


def as_csv(document: Document) -> str:
    """One line an element."""
    rows = [
        [
            _owner(document, row),
            row.field,
            row.value,
            row.unit,
            row.span[0] if row.span else "",
            row.span[1] if row.span else "",
            document.raw[slice(*row.span)] if row.span else "",
        ]
        for row in document.elements
    ]
    return to_csv(rows, ["主体", "要素", "值", "单位", "起", "止", "原文"])
