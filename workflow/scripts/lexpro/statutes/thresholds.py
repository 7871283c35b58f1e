"""Amounts from which a theft or fraud is 数额较大, 数额巨大 or 数额特别巨大.

There is a range for the nation, and each province's figure. The ranges are read from the
interpretations (…一千元至三千元以上、…的，应当分别认定为…“数额较大”、…), the provinces' figures
from a table (地区, 盗窃罪-较大, …), a workbook or CSV. Nothing is filled in: where the table lacks
a province, `applicable` gives the nation's range, in which the province's figure lies. A figure
outside of the range is kept and marked.

A row is {province ("" the nation), area ("" all of it), charge, level, from, to (yuan; alike
where one figure is set), outside (of the range), source, note}.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from lexpro.law import articles, charges, numerals
from lexpro.law.provinces import PROVINCES
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError

LEVELS = ("数额较大", "数额巨大", "数额特别巨大")
_AMOUNT = r"([一二三四五六七八九十百千万亿零两\d,.]+)元"
_RANGE = re.compile(rf"{_AMOUNT}(?:(?:至|到|-|—){_AMOUNT})?以上")
# 盗窃公私财物价值…的，应当分别认定为刑法第二百六十四条规定的“数额较大”、“数额巨大”、“数额特别巨大”.
_SENTENCE = re.compile(
    r"(?P<amounts>[^。；\n]*元[^。；\n]*)的，(?:应当)?分别认定为(?P<article>刑法第[^“。]*?条)[^“。]*(?P<levels>(?:“[^”]*”[、，和]?)+)"
)
_HEAD = re.compile(r"(?P<charge>.*?罪)[-－—_ ]?(?:数额)?(?P<level>较大|巨大|特别巨大)")
_FIGURE = re.compile(r"(?P<value>\d+(?:\.\d+)?)(?P<unit>万|亿)?(?:元)?(?:[（(](?P<area>[^）)]*)[）)])?")
_UNIT = {None: 1, "万": 10**4, "亿": 10**8}


def national(rows: Iterable[Row]) -> list[dict]:
    """The ranges that interpretations in force set, by the charge of the article they are about."""
    rows = list(rows)
    by_article = {
        row.ref: row.charges[0]
        for row in rows
        if row.law == articles.CRIMINAL_LAW and not row.valid_to and row.charges
    }
    ranges = []
    for row in rows:
        for match in (
            _SENTENCE.finditer(row.text) if row.law != articles.CRIMINAL_LAW and not row.valid_to else ()
        ):
            levels = re.findall(r"“([^”]*)”", match["levels"])
            amounts = _RANGE.findall(match["amounts"])
            cited = articles.parse(match["article"])
            charge = by_article.get(cited[0].ref) if cited else None
            if not charge or len(levels) != len(amounts) or not set(levels) <= set(LEVELS):
                continue
            for level, (low, high) in zip(levels, amounts, strict=True):
                first = numerals.parse_int(low)
                ranges.append(
                    {
                        "province": "",
                        "area": "",
                        "charge": charge,
                        "level": level,
                        "from": first,
                        "to": numerals.parse_int(high) if high else first,
                        "outside": False,
                        "source": f"{row.law}第{row.ref}条",
                        "note": "",
                    }
                )
    return ranges


def _cells(path: Path) -> list[list]:
    if path.suffix.lower() == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [list(row) for row in csv.reader(file)]
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        raise UserError(f"knowledge.thresholds: {path} is no workbook ({error}).") from error


def _figures(cell: object) -> list[tuple[str, int]]:
    """(area, yuan) of a cell: 2000, 10万(一类)/6万(二类), 50000/30000（贫困山区）."""
    text = str(int(cell)) if isinstance(cell, float) else str(cell)
    return [
        ((match["area"] or "").strip(), int(float(match["value"]) * _UNIT[match["unit"]]))
        for match in _FIGURE.finditer(text)
    ]


def provincial(path: Path, ranges: Iterable[dict]) -> list[dict]:
    """The rows of a table of provinces.

    Args:
        path: workbook (xlsx) or CSV.
        ranges: rows of `national`; a figure outside of its range is marked.

    Raises:
        UserError: the first row names no 地区 and no charge and level.
    """
    limits = {(row["charge"], row["level"]): row for row in ranges}
    head, *body = _cells(path)
    columns = {
        place: (charge, "数额" + match["level"])
        for place, cell in enumerate(head)
        if (match := _HEAD.fullmatch(str(cell).strip())) and (charge := charges.canonical(match["charge"]))
    }
    where = next((place for place, cell in enumerate(head) if str(cell).strip() in ("地区", "省份")), None)
    if where is None or not columns:
        raise UserError(f"knowledge.thresholds: {path} lacks the columns 地区 and 盗窃罪-较大, …")
    notes = [place for place, cell in enumerate(head) if str(cell).strip() == "备注"]
    figures = []
    for cells in body:
        province = next((name for name in PROVINCES if str(cells[where]).startswith(name)), None)
        for place, (charge, level) in columns.items() if province else ():
            limit = limits.get((charge, level))
            for area, yuan in _figures(cells[place]):
                figures.append(
                    {
                        "province": province,
                        "area": area,
                        "charge": charge,
                        "level": level,
                        "from": yuan,
                        "to": yuan,
                        "outside": bool(limit) and not limit["from"] <= yuan <= limit["to"],
                        "source": path.name,
                        "note": "".join(str(cells[note]) for note in notes),
                    }
                )
    return figures


def applicable(rows: Iterable[dict], charge: str, province: str, area: str = "") -> dict[str, dict]:
    """The rows that apply to a charge in a province, by level.

    Args:
        rows: of `national` and `provincial`.
        charge: canonical name.
        province: short name; the nation's rows apply where it is not known.
        area: part of a province with figures of its own.
    """
    chosen: dict[str, dict] = {}
    for row in rows:
        if row["charge"] == charge and row["province"] in ("", province) and row["area"] in ("", area):
            known = chosen.get(row["level"])
            if not known or (bool(row["province"]), row["area"]) > (bool(known["province"]), known["area"]):
                chosen[row["level"]] = row
    return chosen
