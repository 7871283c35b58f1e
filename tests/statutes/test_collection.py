"""Laws that are published in several files: named by a README beside them, or by their folder."""

import pytest

from lexpro.statutes import collection

FIRST = "# 第一编 总则\n\n**第一条** 为了惩罚犯罪。\n\n**第二条** 任务。\n"
SECOND = "# 第二编 分则\n\n**第二百六十四条** 盗窃公私财物的，处三年以下有期徒刑。\n"
README = "# 中华人民共和国刑法\n\n1997年3月14日修订\n\n- [第一编](01.md)\n- [第二编](02.md)\n"


def read(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    rows, problems = collection.read(folder, ["**/*.md"])
    return rows, {(problem.file, problem.kind) for problem in problems}


@pytest.mark.parametrize("readme", ["README.md", "readme.md", "index.md", "目录.md"])
def test_a_readme_names_the_law_and_dates_it(tmp_path, readme):
    rows, problems = read(tmp_path, {f"xf/{readme}": README, "xf/01.md": FIRST, "xf/02.md": SECOND})
    assert [(row.law, row.ref, row.valid_from) for row in rows] == [
        ("刑法", ref, "1997-03-14") for ref in ("1", "2", "264")
    ]
    assert [row.heading for row in rows] == ["第一编 总则", "第一编 总则", "第二编 分则"]
    assert rows[2].text.startswith("盗窃") and rows[2].complete
    assert not problems


def test_else_the_folder_names_it(tmp_path):
    rows, _ = read(
        tmp_path, {"民事诉讼法/1.md": FIRST, "民事诉讼法/2.md": SECOND, "刑法.md": README + SECOND}
    )
    assert {(row.law, row.ref) for row in rows} == {
        ("民事诉讼法", "1"),
        ("民事诉讼法", "2"),
        ("民事诉讼法", "264"),
        ("刑法", "264"),
    }


def test_what_nothing_names_is_left_out_and_said(tmp_path):
    rows, problems = read(
        tmp_path, {"laws/01.md": FIRST, "a/02.md": SECOND, "a/甲法.md": "# 甲法\n\n第一条 甲。\n"}
    )
    assert [(row.law, row.ref) for row in rows] == [("甲法", "1")]
    assert {("laws/01.md", "no_name"), ("a/02.md", "no_name")} <= problems


def test_two_laws_in_folders_of_their_own_do_not_mix(tmp_path):
    rows, _ = read(tmp_path, {"甲法/1.md": FIRST, "乙法/1.md": FIRST, "乙法/2.md": SECOND})
    assert [(row.law, row.ref) for row in rows] == [
        ("乙法", "1"),
        ("乙法", "2"),
        ("乙法", "264"),
        ("甲法", "1"),
        ("甲法", "2"),
    ]
