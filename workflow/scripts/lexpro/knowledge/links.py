"""Charge ↔ article, read from the lists of names of crimes (确定罪名的规定 and its supplements).

Two forms: 盗窃罪（第264条） in running text, and a table | 第一百三十三条之一 （…） | 危险驾驶罪 |.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lexpro.knowledge.table import Row
from lexpro.law import articles, charges

_INLINE = re.compile(
    r"((?:[^\s。；;．.|（）)]|（边）){2,60}罪)（((?:[^（）]|（[^（）]*）)*?条(?:[^（）]|（[^（）]*）)*)）"
)
_CELLS = re.compile(r"^\|(.*?)\|(.+)\|\s*$")
_OF_CHARGE = re.compile(r"对犯([^，。；]{2,20}罪)的")
# 取消投毒罪罪名: that name is gone.
_CANCELLED = re.compile(r"（\s*取消[^）]*）|取消\S*?罪名")


def _refs(text: str) -> list[str]:
    found = articles.parse(text, articles.CRIMINAL_LAW)
    return [article.ref for article in found if article.law == articles.CRIMINAL_LAW]


def pairs(lines: Iterable[str]) -> list[tuple[str, str]]:
    """(canonical charge, ref of 刑法) in the order of a list; names that are no charge today are left out."""
    found, above = [], ""
    for line in lines:
        cells = _CELLS.match(line.strip())
        if cells:
            # An empty cell: the article of the row above.
            above = cells[1] if cells[1].strip() else above
            text = _CANCELLED.sub("；", cells[2])
            whole = charges.canonical(re.sub(r"\s", "", text.strip("； ")))
            named = [(name, above) for name in ([whole] if whole else re.split(r"[；\s]+", text))]
        else:
            named = _INLINE.findall(line)
        for name, cited in named:
            # 剌探: a slip of the pen in the list of 1997.
            charge = charges.canonical(re.sub(r"\s|^\d+", "", name).replace("剌", "刺"))
            if charge:
                found += [(charge, ref) for ref in _refs(cited)]
    return found


def penalised(row: Row) -> list[str]:
    """The charge whose penalty an article of 刑法 states by name: 对犯受贿罪的，…."""
    match = _OF_CHARGE.match(row.text) if row.law == articles.CRIMINAL_LAW else None
    charge = charges.canonical(match[1]) if match else None
    return [charge] if charge else []


def attach(rows: list[Row], links: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Write the charges into the rows of 刑法; {charge: refs} for the articles that are there."""
    by_ref: dict[str, list[Row]] = {}
    for row in rows:
        if row.law == articles.CRIMINAL_LAW:
            by_ref.setdefault(row.ref, []).append(row)
    found: dict[str, list[str]] = {}
    for charge, ref in links:
        for row in by_ref.get(ref, []):
            if charge not in row.charges:
                row.charges.append(charge)
            if ref not in found.setdefault(charge, []):
                found[charge].append(ref)
    for row in rows:
        for charge in penalised(row):
            # The article that says what follows of a charge that another one defines (385 and 386), in every version.
            if row.ref not in found.setdefault(charge, []):
                found[charge].append(row.ref)
            if charge not in row.charges:
                row.charges.append(charge)
    return found
