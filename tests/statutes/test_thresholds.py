"""Amounts by province. Figures and texts of the small cases are invented."""

import os
from pathlib import Path

import pytest

from lexpro.statutes import collection, thresholds
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError

CRIMES = [Row("刑法", 264, 0, "甲。", ["盗窃罪"]), Row("刑法", 266, 0, "乙。", ["诈骗罪"])]
SAID = Row(
    "样本解释",
    1,
    0,
    "价值一百元至三百元以上、五千元以上的，应当分别认定为刑法第二百六十四条规定的“数额较大”、“数额巨大”。",
)
HEAD = "地区,盗窃罪-较大,盗窃罪-巨大,备注"


def table(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_ranges_of_the_nation():
    found = thresholds.national([*CRIMES, SAID])
    assert [(r["charge"], r["level"], r["from"], r["to"], r["source"]) for r in found] == [
        ("盗窃罪", "数额较大", 100, 300, "样本解释第1条"),
        ("盗窃罪", "数额巨大", 5000, 5000, "样本解释第1条"),
    ]


def test_an_interpretation_that_is_no_longer_in_force_sets_none():
    old = Row("样本解释", 1, 0, SAID.text, valid_to="2020-01-01")
    assert thresholds.national([*CRIMES, old]) == []


def test_figures_of_provinces(tmp_path):
    path = table(
        tmp_path, HEAD, "湖北省,200/150（山区）,5000,山区：甲县", "广东省,0.04万(一类),6000,", "某国,1,2,"
    )
    found = thresholds.provincial(path, thresholds.national([*CRIMES, SAID]))
    assert [(r["province"], r["area"], r["level"], r["from"], r["outside"]) for r in found] == [
        ("湖北", "", "数额较大", 200, False),
        ("湖北", "山区", "数额较大", 150, False),
        ("湖北", "", "数额巨大", 5000, False),
        ("广东", "一类", "数额较大", 400, True),
        # The range is one figure: any other lies outside.
        ("广东", "", "数额巨大", 6000, True),
    ]
    assert found[0]["note"] == "山区：甲县"


def test_what_applies_in_a_province(tmp_path):
    rows = thresholds.national([*CRIMES, SAID])
    rows += thresholds.provincial(table(tmp_path, HEAD, "湖北省,200/150（山区）,5000,"), rows)
    assert thresholds.applicable(rows, "盗窃罪", "湖北")["数额较大"]["from"] == 200
    assert thresholds.applicable(rows, "盗窃罪", "湖北", "山区")["数额较大"]["from"] == 150
    # Not in the table: the nation's range, from one figure to another.
    unknown = thresholds.applicable(rows, "盗窃罪", "湖南")["数额较大"]
    assert (unknown["province"], unknown["from"], unknown["to"]) == ("", 100, 300)
    assert thresholds.applicable(rows, "抢劫罪", "湖北") == {}


@pytest.mark.parametrize("line", ["a,b", "地区,盗窃-较大", "盗窃罪-较大"])
def test_a_foreign_table_is_refused(tmp_path, line):
    with pytest.raises(UserError, match="lacks the columns"):
        thresholds.provincial(table(tmp_path, line), [])


def test_what_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"nothing")
    with pytest.raises(UserError, match="no workbook"):
        thresholds.provincial(path, [])


MIRROR = Path(os.environ.get("LEXPRO_MIRROR", ""))
TABLE = MIRROR / "Tsanhua__CAIL2025/我国各地区盗窃诈骗等罪名数额标准表.xlsx"


@pytest.mark.mirror("Tsanhua__CAIL2025/我国各地区盗窃诈骗等罪名数额标准表.xlsx")
def test_the_real_table():
    laws = ["司法解释/*盗窃刑事案件适用*.md", "司法解释/*诈骗刑事案件具体应用法律*.md"]
    said, _ = collection.read(MIRROR / "LawRefBook__Laws", laws)
    rows = thresholds.national([*CRIMES, *said])
    national = {
        charge: [(row["from"], row["to"]) for row in rows if row["charge"] == charge]
        for charge in ("盗窃罪", "诈骗罪")
    }
    assert national == {
        "盗窃罪": [(1000, 3000), (30000, 100000), (300000, 500000)],
        "诈骗罪": [(3000, 10000), (30000, 100000), (500000, 500000)],
    }
    rows += thresholds.provincial(TABLE, rows)
    assert len({row["province"] for row in rows} - {""}) == 31
    assert [r["from"] for r in thresholds.applicable(rows, "盗窃罪", "北京").values()] == [
        2000,
        60000,
        400000,
    ]
    assert [r["from"] for r in thresholds.applicable(rows, "诈骗罪", "广东", "一类").values()] == [
        6000,
        100000,
        500000,
    ]
    # Figures of the source that the interpretation does not allow are marked, not mended.
    assert {(r["province"], r["charge"]) for r in rows if r["outside"]} == {
        ("江西", "诈骗罪"),
        ("海南", "盗窃罪"),
        ("广东", "诈骗罪"),
    }
