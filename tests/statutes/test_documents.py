"""Statutes: the format, and the traps that a real collection holds. The texts here are invented,
not law.
"""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.hashing import sha256
from lexpro.statutes import collection, documents
from lexpro.statutes.documents import parse
from lexpro.statutes.source_lines import lines_of
from lexpro.workflow.errors import UserError

HEAD = """# 中华人民共和国样本法

2001年5月1日 第一次会议通过

2010年6月2日 第二次会议修正

<!-- INFO END -->

"""


def read(text: str, file: str = "样本/样本法.md") -> documents.Document:
    return parse(text.splitlines(), file, "样本")


def kinds(document: documents.Document) -> list[str]:
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
        ("**第十二条** 加粗。", "12", "加粗。"),
        ("- 第十二条 列表。", "12", "列表。"),
        ("> 第十二条 引文。", "12", "引文。"),
        (
            "第十二条 有下列情形的：\n- （一）甲；\n- **（二）** 乙。",
            "12",
            "有下列情形的：\n（一）甲；\n（二） 乙。",
        ),
        ("#### 第十二条 标题。", "12", "标题。"),
        ("\u200b第十二条 看不见的字符。", "12", "看不见的字符。"),
    ],
)
def test_forms_of_an_article_line(line, ref, text):
    (row,) = read(HEAD + line).rows
    assert (row.ref, row.text) == (ref, text)


def test_a_broken_article_line_is_read_and_reported():
    document = read(HEAD + "第一条 甲。\n第二 条乙。\n")
    assert [row.ref for row in document.rows] == ["1", "2"]
    assert kinds(document) == ["broken_article"]


@pytest.mark.parametrize(
    "line",
    [
        "第一条规定的行为，从其规定。",
        "第一条、第三条所列行为。",
        "第一条的情形除外。",
        "第一条之规定适用。",
        "第一条第二款不适用。",
        "第十条之一规定的行为。",
    ],
)
def test_a_paragraph_that_begins_with_a_citation_is_no_article(line):
    document = read(HEAD + f"第一条 甲。\n第二条 乙。\n{line}\n")
    assert [(row.ref, row.text) for row in document.rows] == [("1", "甲。"), ("2", f"乙。\n{line}")]
    assert document.problems == []


def test_an_inserted_article_without_a_blank():
    document = read(HEAD + "第一条 甲。\n第一条之一在道路上。\n第一条之二乙。\n第二条之一般规定。\n")
    assert [row.ref for row in document.rows] == ["1", "1之1", "1之2", "2"]
    assert document.rows[1].text == "在道路上。"


@pytest.mark.parametrize(
    "said", ["（删去）", "(删除)", "［删去］", "[删去]", "【已废止】", "删去。", "（本条删去）"]
)
def test_deleted_article_is_left_out_and_reported(said):
    document = read(HEAD + f"第一条 甲。\n第二条 {said}\n第三条 丙。\n")
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


def test_plain_text_of_sections_keeps_them():
    document = read("样本的决定\n二〇二一年三月一日通过\n一、甲。\n（一）小项。\n二、乙。\n", "a.txt")
    assert (document.law, document.date) == ("样本的决定", "2021-03-01")
    assert [(row.ref, row.unit, row.text) for row in document.rows] == [
        ("1", "项", "甲。\n（一）小项。"),
        ("2", "项", "乙。"),
    ]


def test_plain_text_without_numbers_keeps_its_text():
    document = read("样本的批复\n（2021年3月1日）\n某某院：\n此复。\n", "a.txt")
    assert [(row.unit, row.text) for row in document.rows] == [("全文", "某某院：\n此复。")]
    assert document.date == "2021-03-01"


def test_front_matter_and_supplementary_provisions():
    document = read("---\ntitle: 样本法\nweight: 3\n---\n\n第一章 总则\n第一条 甲。\n附　则\n第二条 乙。\n")
    assert document.law == "样本法" and document.history == []
    assert [(row.heading, row.text) for row in document.rows] == [("第一章 总则", "甲。"), ("附 则", "乙。")]


def test_html_and_plain_text_are_read_alike(tmp_path):
    (tmp_path / "a.txt").write_text(
        "样本法\n2001年5月1日通过\n第一章 总则\n第一条 甲。\n乙。\n", encoding="utf-8"
    )
    (tmp_path / "a.html").write_text(
        "<html><head><title>x</title></head><body><h1>样本法</h1><p>2001年5月1日通过</p><h3>第一章 总则</h3>"
        "<p>第一条 甲。</p><p>乙。</p></body></html>",
        encoding="utf-8",
    )
    found = [parse(lines_of(tmp_path / name), name) for name in ("a.txt", "a.html")]
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
    (folder / "b.md").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8)
    rows, problems = collection.read(folder, ["*.md"])
    assert len(rows) == 1
    assert [(p.file, p.kind) for p in problems] == [("b.md", "unreadable")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_other_encodings_are_read_and_reported(tmp_path, encoding, suffix):
    (tmp_path / f"a{suffix}").write_bytes(
        (HEAD + "第一条 侦查人员应当勘验。\n第二条 乙。\n").encode(encoding)
    )
    rows, problems = collection.read(tmp_path, ["*"])
    assert [(row.law, row.text) for row in rows] == [("样本法", "侦查人员应当勘验。"), ("样本法", "乙。")]
    assert [p.kind for p in problems] == ([] if encoding.startswith("utf-8") else ["encoding"])


@pytest.mark.parametrize(
    "body",
    [
        "<div><p>第一条\n  甲。</p><p>乙。</p></div>",
        "第一条 甲。<br>乙。",
        "<ul><li><b>第一条</b> 甲。</li><li>乙。</li></ul>",
        "<!-- x --><p>第一条 甲。</p><table><tr><td>乙。</td></tr></table>",
    ],
)
def test_html_of_any_make(tmp_path, body):
    head = "<?xml version='1.0' encoding='gb2312'?><html><head><title>x</title></head>"
    page = f"{head}<body><h1>样本法</h1>{body}</body></html>"
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    rows, _ = collection.read(tmp_path, ["*"])
    assert [(row.law, row.ref, row.text) for row in rows] == [("样本法", "1", "甲。\n乙。")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.md", ""),
        ("a.txt", "   \n\n"),
        ("a.html", ""),
        ("a.html", " \n"),
        ("a.html", "<html></html>"),
        ("a.md", "---\n"),
    ],
)
def test_a_file_without_a_text_is_reported(tmp_path, name, content):
    (tmp_path / name).write_text(content, encoding="utf-8")
    rows, problems = collection.read(tmp_path, ["*"])
    assert rows == [] and "empty" in {p.kind for p in problems}


def test_what_is_no_statute_is_one_row_and_reported(tmp_path):
    (tmp_path / "a.txt").write_text("购物清单\n苹果三斤\n共计12元\n", encoding="utf-8")
    rows, problems = collection.read(tmp_path, ["*"])
    assert [row.unit for row in rows] in ([], ["全文"])
    assert {"undated"} < {p.kind for p in problems}


@given(
    st.text(
        alphabet="第一二三十百条章编之款项（）。；《》：\n #0123456789年月日自起施行删去废止<!--INFOEND甲乙",
        max_size=200,
    )
)
def test_no_text_raises(text):
    document = parse(text.splitlines(), "a.md")
    assert all(row.law == document.law for row in document.rows)
    collection.repealed(document)


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


AMENDED = """# 中华人民共和国刑法
1997年3月14日 修订
2020年12月26日 《中华人民共和国刑法修正案（十一）》
<!-- INFO END -->
第一条 甲。
第二条 乙。
第二条之一 丙。
第三条 本法自1997年10月1日起施行。
"""
ELEVENTH = """# 中华人民共和国刑法修正案（十一）
2020年12月26日 通过
<!-- INFO END -->
一、将刑法第一条修改为：“甲。”
二、在刑法第二条后增加一条，作为第二条之一：“丙。依照本法第三条处罚。”
三、本修正案自2021年3月1日起施行。
"""


def test_amendments_date_the_articles_that_they_touch(tmp_path):
    folder = write(tmp_path, {"刑法.md": AMENDED, "修.md": ELEVENTH})
    rows, problems = collection.read(folder, ["*.md"])
    # An article behind which a new one is put, or that a new one cites, is not changed. An
    # amendment is no row.
    assert [(row.law, row.ref, row.valid_from, row.valid_to, row.complete) for row in rows] == [
        ("刑法", "1", "1997-10-01", "2021-03-01", False),
        ("刑法", "1", "2021-03-01", "", True),
        ("刑法", "2", "1997-10-01", "", True),
        ("刑法", "2之1", "2021-03-01", "", True),
        ("刑法", "3", "1997-10-01", "", True),
    ]
    assert rows[0].superseded_by == rows[1].id
    assert rows[1].sha256 == sha256(folder / rows[1].source)
    assert problems == []


def test_without_its_amendments_the_law_is_not_dated_by_article(tmp_path):
    rows, problems = collection.read(write(tmp_path, {"刑法.md": AMENDED}), ["*.md"])
    assert {(row.valid_from, row.exists_from) for row in rows} == {("2020-12-26", "1997-03-14")}
    assert [(p.kind, p.detail) for p in problems] == [
        ("no_amendment", "not dated by article without 刑法修正案（十一）")
    ]


def test_an_older_folder_that_is_not_there_is_reported(tmp_path):
    folder = write(tmp_path / "new", {"刑法.md": AMENDED, "修.md": ELEVENTH})
    _, problems = collection.read(folder, ["*.md"], [tmp_path / "older"])
    assert [(p.file, p.kind) for p in problems] == [("older", "no_older_text")]
    write(
        tmp_path / "older",
        {
            "刑法.txt": AMENDED.replace("2020年12月26日", "2019年1月1日 无 20").split("2019")[0]
            + "<!-- INFO END -->\n第一条 旧。\n第二条 乙。\n第三条 本法自1997年10月1日起施行。\n"
        },
    )
    rows, problems = collection.read(folder, ["*.md"], [tmp_path / "older"])
    assert problems == []
    assert [(row.text, row.complete) for row in rows if row.ref == "1"] == [("旧。", True), ("甲。", True)]


def test_three_versions_and_an_article_that_the_second_lacks(tmp_path):
    def text(*lines: str) -> str:
        return "# 样本条例\n<!-- INFO END -->\n" + "\n".join(lines) + "\n"

    folder = write(
        tmp_path,
        {
            "样本条例(2001-01-01).md": text("第一条 甲。", "第二条 乙。", "第三条 丙。"),
            "样本条例(2005-01-01).md": text("第一条 甲二。", "第二条 乙。"),
            "样本条例(2009-01-01).md": text("第一条 甲三。", "第二条 乙。", "第三条 丙三。"),
        },
    )
    rows, _ = collection.read(folder, ["*.md"])
    ends = {(row.ref, row.valid_from): (row.valid_to, row.superseded_by) for row in rows}
    assert ends["3", "2001-01-01"] == ("2005-01-01", "样本条例(2005-01-01).md")
    assert ends["1", "2001-01-01"] == ("2005-01-01", "样本条例|1|2005-01-01")
    assert ends["3", "2009-01-01"] == ("", "")


def test_what_is_repealed_by_name_is_closed(tmp_path):
    head = "# {}\n<!-- INFO END -->\n第一条 甲。\n第二条 {}\n"
    folder = write(
        tmp_path,
        {
            "a.md": head.format("样本条例", "本条例自2001年1月1日起施行。"),
            "b.md": head.format("中华人民共和国旧法", "本法自1990年1月1日起施行。"),
            "c.md": head.format(
                "全法", "本法自2010年1月1日起施行。《样本条例》、《中华人民共和国旧法》同时废止。"
            ),
            "d.md": head.format("部分法", "自2011年1月1日起施行。《全法》中关于甲的规定同时废止。"),
        },
    )
    rows, problems = collection.read(folder, ["*.md"])
    ends = {row.law: (row.valid_to, row.superseded_by) for row in rows}
    assert ends["样本条例"] == ends["旧法"] == ("2010-01-01", "c.md")
    assert ends["全法"] == ("", "")
    assert [p.file for p in problems if p.kind == "repealed"] == ["a.md", "b.md"]


@pytest.mark.parametrize(
    ("title", "history", "file", "who"),
    [
        ("最高人民法院 最高人民检察院关于样本的解释", "", "a.md", "最高人民法院、最高人民检察院"),
        (
            "样本法",
            "2001年5月1日 第九届全国人民代表大会常务委员会第三次会议通过",
            "a.md",
            "全国人民代表大会常务委员会",
        ),
        ("样本条例", "2001年5月1日 国务院令第1号公布", "a.md", "国务院"),
        ("样本办法", "2001年5月1日 部令第1号公布", "部门规章/样本部/a.md", "样本部"),
        ("样本", "", "a.md", ""),
    ],
)
def test_issuer(title, history, file, who):
    (row,) = parse([f"# {title}", history, "<!-- INFO END -->", "第一条 甲。"], file).rows
    assert row.issuer == who


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


@pytest.mark.slow
@real
def test_the_real_collection():
    rows, problems = collection.read(MIRROR, ["**/*"])
    assert len({row.id for row in rows}) == len(rows) > 63_000
    kept = {row.source for row in rows}
    assert len([name for name in kept if "反电信网络诈骗法" in name]) == 1
    old = [row for row in rows if "非法集资刑事案件具体应用" in row.law and row.valid_to]
    assert {(row.valid_from, row.valid_to) for row in old} == {("2011-01-04", "2022-03-01")}
    assert {"broken_article", "deleted", "duplicate", "superseded", "undated"} <= {p.kind for p in problems}
