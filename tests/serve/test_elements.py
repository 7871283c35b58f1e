"""要素: elements with places, comparison of rules and model, exports."""

import csv
import io
import json

from sample_cases import TEXT

from lexpro.serve import elements, marked
from lexpro.serve.documents import Document


def test_every_value_stands_where_its_span_is():
    document = Document(TEXT)
    said = {
        (row.owner, row.field, row.value): document.raw[slice(*row.span)]
        for row in document.elements
        if row.span
    }
    assert said[-1, "案号", "（2019）鄂0922刑初123号"] == "（2019）鄂0922刑初123号"
    assert said[-1, "裁判日期", "2019-04-12"] == "二〇一九年四月十二日"
    assert said[-1, "涉案金额", 42000] == "人民币42,000元"
    assert said[-1, "退赔", 21000] == "退赔被害人人民币21,000元"
    assert said[0, "情节", "累犯"].startswith("累犯") and said[1, "情节", "从犯"] in ("起次要作用", "从犯")
    assert said[0, "刑期", 20] == "有期徒刑一年八个月" and said[1, "罚金", 5000] == "罚金人民币五千元"
    assert said[-1, "法条", "《中华人民共和国刑法》第二百六十四条"] == "第二百六十四条"


def test_the_pieces_make_the_text_again():
    pieces = marked.pieces("一二三四五六", [("a", (1, 4)), ("b", (2, 3)), ("c", (3, 6))])
    assert "".join(piece.text for piece in pieces) == "一二三四五六"
    assert {piece.text: piece.keys for piece in pieces} == {
        "一": (), "二": ("a",), "三": ("a", "b"), "四": ("a", "c"), "五六": ("c",)
    }  # fmt: skip


def test_rules_and_model_are_compared_field_by_field():
    record = Document(TEXT).record
    answer = {
        "被告人": [
            {"姓名": "林某甲", "罪名": ["盗窃罪"], "刑期": 20, "罚金": 5000},
            {"姓名": "周某乙", "罪名": ["盗窃罪"], "刑期": 10, "罚金": 5000},
        ],
        "退赔": 21000,
    }
    rows = {(row.owner, row.field): row for row in elements.compare(record, answer)}
    assert not rows["林某甲", "罚金"].same and rows["林某甲", "罚金"].rules == "10,000元"
    assert rows["周某乙", "罚金"].same and rows["全案", "退赔"].same
    # Only what the model was asked.
    assert ("林某甲", "情节") not in rows and ("全案", "金额") not in rows
    extra = elements.compare(record, {"被告人": [{"姓名": "赵某", "罪名": ["诈骗罪"]}]})
    assert [(row.owner, row.rules) for row in extra if row.owner == "赵某"] == [("赵某", "—")] * 2


def test_exports(web, paste):
    path = paste(TEXT).rsplit("/", 1)[0]
    data = web.get(f"{path}/elements.json").json()
    for row in data["elements"]:
        if row["start"] is not None:
            assert TEXT[row["start"] : row["end"]] == row["text"]
    assert json.dumps(data["record"]) and data["record"]["defendants"][0]["fine"] == 10000
    table = web.get(f"{path}/elements.csv")
    rows = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert {"主体": "林某甲", "要素": "刑期", "值": "20", "单位": "月"}.items() <= next(
        row for row in rows if row["要素"] == "刑期"
    ).items()
    assert "attachment" in table.headers["Content-Disposition"]
    card = web.get(f"{path}/card").text
    assert "案件要素卡" in card and "不是法律意见" in card
    lines = web.get(f"{path}/card.txt").text.splitlines()
    assert lines[0] == "案件要素卡" and "不是法律意见" in lines[-1]
    person = lines[lines.index("【被告人 周某乙】") :]
    assert {"刑期：10个月", "缓刑考验期：12个月（一年）", "罚金：5,000元"} <= set(person)


def test_no_cell_is_a_formula():
    assert (
        elements.guarded("=1+1") == "'=1+1" and elements.guarded("@x") == "'@x" and elements.guarded(-3) == -3
    )


def test_a_document_that_is_gone_is_said(web):
    answer = web.get("/d/0123456789/elements")
    assert answer.status_code == 404 and "重新粘贴" in answer.text
