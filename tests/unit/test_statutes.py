"""Statutes: the format, and the traps that a real collection holds. The texts here are invented, not law."""

import os
from pathlib import Path

import pytest

from lexpro.errors import UserError
from lexpro.knowledge import amendments, collection, statutes
from lexpro.knowledge.statutes import parse

HEAD = """# 中华人民共和国样本法

2001年5月1日 第一次会议通过

2010年6月2日 第二次会议修正

<!-- INFO END -->

"""


def read(text: str, file: str = "样本/样本法.md") -> statutes.Document:
    return parse(text.splitlines(), file, "样本")


def kinds(document: statutes.Document) -> list[str]:
    return [problem.kind for problem in document.problems]


def test_articles_with_heading_path_and_paragraphs():
    document = read(
        HEAD + "## 第一编 总则\n\n### 第一章 任务\n\n第一条 甲。\n\n乙。\n\n## 第二编 分则\n第二条 丙。\n"
    )
    assert document.law == "样本法"
    assert [(row.ref, row.text, row.heading) for row in document.rows] == [
        ("1", "甲。\n乙。", "第一编 总则 / 第一章 任务"),
        ("2", "丙。", "第二编 分则"),
    ]
    assert {row.valid_from for row in document.rows} == {"2010-06-02"}
    assert document.problems == []


@pytest.mark.parametrize(
    ("line", "ref", "text"),
    [
        ("第一百二十八 条侦查人员勘验。", "128", "侦查人员勘验。"),
        ("第一百三十三条之一 在道路上。", "133之1", "在道路上。"),
        ("第一百三十三条　全角空格。", "133", "全角空格。"),
        ("第12条 数字。", "12", "数字。"),
        ("第十条之规定适用。", "10", "之规定适用。"),
    ],
)
def test_forms_of_an_article_line(line, ref, text):
    (row,) = read(HEAD + line).rows
    assert (row.ref, row.text) == (ref, text)


def test_a_broken_article_line_is_read_and_reported():
    document = read(HEAD + "第一条 甲。\n第二 条乙。\n")
    assert [row.ref for row in document.rows] == ["1", "2"]
    assert kinds(document) == ["broken_article"]


def test_deleted_article_is_left_out_and_reported():
    document = read(HEAD + "第一条 甲。\n第二条 （删去）\n第三条 丙。\n")
    assert [row.ref for row in document.rows] == ["1", "3"]
    assert kinds(document) == ["deleted"]


def test_a_gap_in_the_numbers_is_reported():
    document = read(HEAD + "第一条 甲。\n第一条之一 乙。\n第四条 丙。\n")
    assert [(p.kind, p.line) for p in document.problems] == [("order", 11)]


def test_what_counts_by_items_only():
    document = read(HEAD + "为了统一适用，规定如下：\n\n一、甲。\n续。\n\n二、乙。\n")
    assert [(row.unit, row.ref, row.text) for row in document.rows] == [
        ("项", "1", "甲。\n续。"),
        ("项", "2", "乙。"),
    ]


@pytest.mark.parametrize(
    ("file", "head", "last", "date"),
    [
        ("a(2013-04-02).md", "# 解释\n<!-- INFO END -->\n", "", "2013-04-02"),
        ("a(2013-04-02).md", "# 解释\n<!-- INFO END -->\n", "本解释自2013年4月4日起施行。", "2013-04-04"),
        (
            "a.md",
            "# 解释\n2003年8月15日 公告公布\n\n2003年8月21日 施行\n<!-- INFO END -->\n",
            "",
            "2003-08-21",
        ),
        ("a.md", "# 解释\n<!-- INFO END -->\n", "", ""),
    ],
)
def test_date(file, head, last, date):
    document = read(f"{head}第一条 甲。\n第二条 {last or '乙。'}\n", file)
    assert document.date == date
    assert ("undated" in kinds(document)) == (not date)


def test_what_numbers_nothing_is_one_row():
    document = read(HEAD + "某某院：\n你院请示收悉。\n此复。\n")
    assert [(row.unit, row.ref, row.text) for row in document.rows] == [
        ("全文", "0", "某某院：\n你院请示收悉。\n此复。")
    ]
    assert kinds(document) == ["no_articles"]
    assert kinds(read(HEAD)) == ["empty"]


def test_html_and_plain_text_are_read_alike(tmp_path):
    (tmp_path / "a.txt").write_text(
        "样本法\n2001年5月1日通过\n第一章 总则\n第一条 甲。\n乙。\n", encoding="utf-8"
    )
    (tmp_path / "a.html").write_text(
        "<html><head><title>x</title></head><body><h1>样本法</h1><p>2001年5月1日通过</p><h3>第一章 总则</h3>"
        "<p>第一条 甲。</p><p>乙。</p></body></html>",
        encoding="utf-8",
    )
    found = [parse(statutes.lines_of(tmp_path / name), name) for name in ("a.txt", "a.html")]
    for document in found:
        assert (document.law, document.date) == ("样本法", "2001-05-01")
        assert [(r.ref, r.text, r.heading) for r in document.rows] == [("1", "甲。\n乙。", "第一章 总则")]


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def interpretation(date: str, text: str) -> str:
    return f"# 关于样本的解释\n{date} 施行\n<!-- INFO END -->\n第一条 {text}\n第二条 乙。\n"


def test_duplicates_are_kept_once_and_versions_are_dated(tmp_path):
    folder = write(
        tmp_path,
        {
            "解释/关于样本的解释(2010-01-04).md": interpretation("2010年1月4日", "旧。"),
            "解释/关于样本的解释(2022-03-01).md": interpretation("2022年3月1日", "新。"),
            "社会法/反样本法.md": HEAD + "第一条 甲。\n",
            "行政法/反样本法.md": HEAD + "第一条 甲。\n",
            "行政法/_index.md": "---\n",
        },
    )
    rows, problems = collection.read(folder, ["**/*"])
    spans = {
        (row.text, row.valid_from, row.valid_to)
        for row in rows
        if row.law == "关于样本的解释" and row.ref == "1"
    }
    assert spans == {("旧。", "2010-01-04", "2022-03-01"), ("新。", "2022-03-01", "")}
    assert [row.source for row in rows if row.law == "样本法"] == ["社会法/反样本法.md"]
    assert sorted(problem.kind for problem in problems) == ["duplicate", "superseded"]


def test_an_unreadable_file_is_reported_and_the_rest_read(tmp_path):
    folder = write(tmp_path, {"a.md": HEAD + "第一条 甲。\n"})
    (folder / "b.md").write_bytes("第一条 乙".encode("gb18030"))
    rows, problems = collection.read(folder, ["*.md"])
    assert len(rows) == 1
    assert [(p.file, p.kind) for p in problems] == [("b.md", "unreadable")]


def test_an_annex_that_counts_from_one_again_loses_nothing(tmp_path):
    folder = write(tmp_path, {"a.md": HEAD + "第一条 甲。\n第二条 乙。\n附：\n第一条 丙。\n"})
    rows, _ = collection.read(folder, ["*.md"])
    assert len({row.id for row in rows}) == len(rows) == 3


def test_a_missing_folder_is_the_users_error(tmp_path, monkeypatch):
    monkeypatch.delenv("LEXPRO_MIRROR", raising=False)
    with pytest.raises(UserError, match="LEXPRO_MIRROR is not set"):
        collection.locate("nowhere")
    monkeypatch.setenv("LEXPRO_MIRROR", str(tmp_path))
    (tmp_path / "here").mkdir()
    assert collection.locate("here") == tmp_path / "here"
    with pytest.raises(UserError, match="nor below LEXPRO_MIRROR"):
        collection.locate("nowhere")


def test_amendments_date_the_articles_that_they_touch():
    law = read(
        "# 中华人民共和国刑法\n1997年3月14日 修订\n2020年12月26日 修正\n<!-- INFO END -->\n"
        "第一条 甲。\n第二条 乙。\n第二条之一 丙。\n第三条 本法自1997年10月1日起施行。\n",
        "刑法.md",
    )
    amendment = read(
        "# 中华人民共和国刑法修正案（十一）\n2020年12月26日 通过\n<!-- INFO END -->\n"
        "一、将刑法第二条修改为：“依照本法第一条处罚。”\n"
        "二、在刑法第二条后增加一条，作为第二条之一：“丙。”\n三、本修正案自2021年3月1日起施行。\n",
        "修.md",
    )
    amendments.date([law, amendment])
    assert [(row.ref, row.valid_from, row.exists_from) for row in law.rows] == [
        ("1", "1997-10-01", "1997-10-01"),
        ("2", "2021-03-01", "1997-10-01"),
        ("2之1", "2021-03-01", "2021-03-01"),
        ("3", "1997-10-01", "1997-10-01"),
    ]


def test_amendments_are_no_rows_of_the_table(tmp_path):
    law = "# 中华人民共和国刑法\n<!-- INFO END -->\n第一条 甲。\n"
    second = (
        "# 中华人民共和国刑法修正案（二）\n2001年8月31日通过\n<!-- INFO END -->\n将刑法第一条修改为：“甲。”\n"
    )
    folder = write(tmp_path, {"刑法.md": law, "修.md": second})
    rows, _ = collection.read(folder, ["*.md"])
    assert [(row.law, row.ref, row.valid_from) for row in rows] == [("刑法", "1", "2001-08-31")]


MIRROR = Path(os.environ.get("LEXPRO_MIRROR", "")) / "LawRefBook__Laws"
real = pytest.mark.skipif(
    not MIRROR.is_dir(), reason="needs LEXPRO_MIRROR with LawRefBook__Laws (docs/data.md)"
)


@real
@pytest.mark.parametrize(
    ("pattern", "law", "count"),
    [
        ("刑法/刑法.md", "刑法", 504),  # 505 of which 199 is deleted
        ("诉讼与非诉讼程序法/刑事诉讼法(2018-10-26).md", "刑事诉讼法", 308),
        ("司法解释/*办理盗窃刑事案件适用法律*.md", None, 15),
        ("司法解释/*办理诈骗刑事案件具体应用法律*.md", None, 11),
        ("司法解释/最高人民法院关于适用《刑事诉讼法》的解释(2021-01-26).md", None, 655),
    ],
)
def test_real_documents_have_all_their_articles(pattern, law, count):
    rows, _ = collection.read(MIRROR, [pattern])
    assert len([row for row in rows if law in (None, row.law)]) == count


@real
def test_the_real_collection():
    rows, problems = collection.read(MIRROR, ["**/*"])
    assert len({row.id for row in rows}) == len(rows) > 63_000
    kept = {row.source for row in rows}
    assert len([name for name in kept if "反电信网络诈骗法" in name]) == 1
    old = [row for row in rows if "非法集资刑事案件具体应用" in row.law and row.valid_to]
    assert {(row.valid_from, row.valid_to) for row in old} == {("2011-01-04", "2022-03-01")}
    assert {"broken_article", "deleted", "duplicate", "superseded", "undated"} <= {p.kind for p in problems}
