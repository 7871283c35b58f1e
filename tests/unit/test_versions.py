"""Versions of the Criminal Law by day. Texts of the small cases are invented, not law."""

import importlib.util
import os
import random
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from lexpro.errors import UserError
from lexpro.knowledge import changes, table, versions
from lexpro.knowledge.changes import Change
from lexpro.knowledge.statutes import parse

MIRROR = Path(os.environ.get("LEXPRO_MIRROR", ""))
OLDER = "LawRefBook__Laws@3cd6e86_before_Amendment_XII"

FIRST = """# 中华人民共和国刑法修正案

2001年5月1日 第一次会议通过
<!-- INFO END -->

一、将刑法第三条修改为：“甲。

“乙。”

二、在刑法第四条后增加一条，作为第四条之一：“子。

“丑。”

三、刑法第五条中增加一款作为第二款：“加。”
"""
SECOND = """# 中华人民共和国刑法修正案（二）

2005年5月1日 第二次会议通过
<!-- INFO END -->

一、将刑法第三条第二款修改为：“丙。”

二、删去刑法第六条。

三、将刑法第七条第一款第二项修改为：“（二）某。”

本修正案自2005年7月1日起施行。
"""
TODAY = """# 中华人民共和国刑法

1997年3月14日 修订
2001年5月1日 《中华人民共和国刑法修正案》
2005年5月1日 《中华人民共和国刑法修正案（二）》
<!-- INFO END -->

第三条 甲。

丙。

第四条 旧。

第四条之一 子。

丑。

第五条 前。

加。

后。

第六条 （删去）

第七条 今：

（一）一；

（二）某。

第九条 本法自1997年10月1日起施行。
"""


@pytest.fixture
def law(tmp_path: Path) -> versions.Law:
    folder = tmp_path / "刑法"
    folder.mkdir()
    for name, text in {"刑法修正案": FIRST, "刑法修正案（二）": SECOND, "刑法": TODAY}.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return versions.read(tmp_path)


@pytest.mark.parametrize(
    ("number", "sub", "day", "text", "complete"),
    [
        (3, 0, "2001-04-30", "", False),
        (3, 0, "2001-05-01", "甲。\n乙。", True),
        (3, 0, "2005-06-30", "甲。\n乙。", True),
        (3, 0, "2005-07-01", "甲。\n丙。", True),
        (4, 0, "1999-01-01", "旧。", True),
        (4, 1, "2001-05-01", "子。\n丑。", True),
        # An insertion is undone: what stood before it is known without any older text.
        (5, 0, "1999-01-01", "前。\n后。", True),
        (5, 0, "2003-01-01", "前。\n加。\n后。", True),
        # What an item read like before its change nobody says.
        (7, 0, "2003-01-01", "", False),
        (7, 0, "2006-01-01", "今：\n（一）一；\n（二）某。", True),
    ],
)
def test_version_of_the_day(law, number, sub, day, text, complete):
    version = law.article("刑法", number, day, sub)
    assert (version.text, version.complete) == (text, complete)


@pytest.mark.parametrize(
    ("number", "sub", "day"),
    [(4, 1, "2001-04-30"), (6, 0, "2005-07-01"), (3, 0, "1997-09-30"), (88, 0, "2020-01-01")],
)
def test_no_article_on_that_day(law, number, sub, day):
    assert law.article("中华人民共和国刑法", number, day, sub) is None


def test_a_deleted_article_was_in_force_before(law):
    assert law.article("刑法", 6, "2005-06-30").valid_to == "2005-07-01"


def test_an_article_is_not_changed_by_one_put_behind_it(law):
    assert len(law.versions["刑法", "4"]) == 1


@pytest.mark.parametrize("day", ["2001年5月1日", "2001-5-1", "2001-13-01", ""])
def test_no_date(law, day):
    with pytest.raises(UserError, match="no date"):
        law.article("刑法", 3, day)


def test_lenient_of_two_versions(law):
    both = law.lenient("刑法", 3, act="2005-06-01", judgment="2005-08-01")
    assert both.check and both.then.text != both.now.text
    assert not law.lenient("刑法", 4, act="2000-01-01", judgment="2020-01-01").check


def test_full_text_of_another_time(tmp_path, law):
    older = tmp_path / "older" / "刑法"
    older.mkdir(parents=True)
    text = TODAY.replace("（二）某。", "（二）往。").replace(
        "2005年5月1日 《中华人民共和国刑法修正案（二）》\n", ""
    )
    (older / "刑法.md").write_text(text, encoding="utf-8")
    law = versions.read(tmp_path, [older.parent])
    assert law.article("刑法", 7, "2003-01-01").text.endswith("（二）往。")
    assert law.article("刑法", 7, "2000-01-01").complete
    assert law.article("刑法", 7, "2006-01-01").text.endswith("（二）某。")


def test_folder_without_the_law(tmp_path):
    with pytest.raises(UserError, match=r"刑法/刑法\.md"):
        versions.read(tmp_path)


def test_rows_are_those_with_a_whole_text(law):
    today = parse(TODAY.splitlines(), "刑法/刑法.md").rows
    rows = versions.rows(law, today)
    of_three = [row for row in rows if row.ref == "3"]
    assert [(row.valid_from, row.valid_to) for row in of_three] == [
        ("2001-05-01", "2005-07-01"),
        ("2005-07-01", ""),
    ]
    assert len({row.id for row in rows}) == len(rows)
    spans = table.spans([{**asdict(row), "ref": row.ref} for row in of_three])
    assert spans == [(20010501, 20050701), (20050701, table.OPEN_END)]


def test_operations_undo_what_they_apply():
    known = ["甲", "乙", "丙"]
    inserted = [Change("insert", 2, "新"), Change("insert", 5, "末")]
    assert changes.undone(changes.applied(known, inserted), inserted) == known
    replaced = [Change("replace", 2, "新")]
    assert changes.undone(changes.applied(known, replaced), replaced) == ["甲", None, "丙"]
    deleted = [Change("delete", 3)]
    assert changes.undone(changes.applied(known, deleted), deleted) == ["甲", "乙", None]
    assert changes.applied(known, [Change("opaque")]) is None


def test_200_questions():
    if not (MIRROR / OLDER).is_dir():
        pytest.skip(f"needs LEXPRO_MIRROR with {OLDER} (docs/data.md)")
    path = Path(__file__).parents[2] / "benchmarks/dates.py"
    spec = importlib.util.spec_from_file_location("dates", path)
    dates = importlib.util.module_from_spec(spec)
    sys.modules["dates"] = dates
    spec.loader.exec_module(dates)
    law = versions.read(MIRROR / "LawRefBook__Laws", [MIRROR / OLDER])
    asked = random.Random(0).sample(dates.questions(MIRROR), 200)
    assert not [question for question in asked if not dates.right(question, law)]
    # The questions can be answered wrongly: without the older text and with today's text for every day.
    for known in law.versions.values():
        for version in known:
            version.text, version.complete = known[-1].text, True
    assert sum(dates.right(question, law) for question in asked) < 150
