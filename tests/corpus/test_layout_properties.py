"""What a copy, a page or a mask does to a judgment never changes what its record says.

Whole judgments of several defendants, with amounts, circumstances and terms of every kind, are laid
out anew: blanks and breaks, full-width forms, markup and entities, other masks, clauses in another
order.
"""

from __future__ import annotations

import html
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus.parsing.structure import structure
from lexpro.corpus.readers.pages import unmarked
from lexpro.encoding import tidy

A, B, C = NAMES = ["张某甲", "李某乙", "王某丙"]
ITEMS = [
    f"被告人{A}犯盗窃罪，判处有期徒刑三年二个月，并处罚金人民币一万元；犯妨害公务罪，判处有期徒刑八个月，"
    "决定执行有期徒刑三年六个月，并处罚金人民币一万元",
    f"被告人{B}犯盗窃罪，判处有期徒刑一年六个月，缓刑二年，并处罚金人民币5000元",
    f"被告人{C}犯掩饰、隐瞒犯罪所得罪，单处罚金人民币3，000元",
]
FOUND = [f"被告人{A}系累犯", f"被告人{B}系从犯，取得被害人谅解", f"被告人{C}主动投案，如实供述，系自首"]
SHARES = [f"被告人{A}参与盗窃3起，价值人民币9800元", f"被告人{B}参与盗窃2起，价值人民币4200.50元"]
WHOLE = f"""某省某市某区人民法院
刑事判决书
（2021）鄂0103刑初318号
公诉机关某市某区人民检察院。
被告人{A}，男，1980年1月1日出生。
被告人{B}，男，1985年5月2日出生。
被告人{C}，女，1990年6月3日出生。
某市某区人民检察院以某检公诉刑诉（2021）20号起诉书指控被告人{A}、{B}犯盗窃罪，向本院提起公诉。现已审理终结。
经审理查明，@SHARES。{C}明知是赃物，以1500元收购价值2000元的手机。
上述事实，有证人赵某的证言、被告人的供述等证据证实，足以认定。
本院认为，被告人{A}、{B}秘密窃取他人财物，其行为均已构成盗窃罪；{A}以暴力阻碍执行职务，又构成妨害公务罪；被告人{C}构成掩饰、隐瞒犯罪所得罪。@FOUND。依照《中华人民共和国刑法》第二百六十四条、第二百七十七条第一款、第三百一十二条第一款、第六十五条第一款、第六十七条第一款之规定，判决如下：
@ITEMS
如不服本判决，可在接到判决书的第二日起十日内提出上诉。
审判长　钱某
二〇二一年五月十二日"""
NUMERALS = "一二三"
SEEDS = st.integers(0, 2**32)


def document(items=ITEMS, found=FOUND, shares=SHARES) -> str:
    numbered = "\n".join(f"{n}、{item}。" for n, item in zip(NUMERALS, items, strict=True))
    text = WHOLE.replace("@ITEMS", numbered).replace("@FOUND", "；".join(found))
    return text.replace("@SHARES", "；".join(shares))


def record(text: str) -> dict:
    """What a text says, without places."""
    said = structure(tidy(text), "made-up").to_dict()
    del said["sections"]
    return said


RIGHT = record(document())


def test_the_record_is_right():
    """Else the properties would hold for what is read wrongly."""
    people = RIGHT["defendants"]
    assert [one["name"] for one in people] == NAMES
    assert [one["charges"] for one in people] == [
        ["盗窃罪", "妨害公务罪"],
        ["盗窃罪"],
        ["掩饰、隐瞒犯罪所得、犯罪所得收益罪"],
    ]
    assert [one["sentence"]["months"] for one in people] == [42, 18, None]
    assert [one["fine"] for one in people] == [10_000, 5000, 3000]
    assert [one["amount"] for one in people][:2] == [9800, 4200.5]
    assert [one["circumstances"] for one in people] == [["累犯"], ["从犯", "谅解"], ["自首"]]
    assert (RIGHT["case_number"], RIGHT["date"]) == ("（2021）鄂0103刑初318号", "2021-05-12")
    assert len(RIGHT["articles"]) == 5


@given(SEEDS, st.sampled_from([" ", "\n", "　", "\t", "\xa0", "\r\n", " \n "]))
def test_blanks_and_breaks_anywhere(seed, blank):
    """As copies break lines; not between the parts of a document, which lines keep apart."""
    draw = random.Random(seed)
    text = document()
    places = sorted(draw.sample(range(1, len(text)), 30), reverse=True)
    for place in places:
        text = text[:place] + blank + text[place:]
    assert record(text) == RIGHT


@given(SEEDS)
def test_full_width_forms_and_other_marks(seed):
    draw = random.Random(seed)
    wide = {str(digit): chr(0xFF10 + digit) for digit in range(10)} | {
        "，": ",",
        "；": ";",
        "（": "(",
        "）": ")",
    }
    text = "".join(wide[c] if c in wide and draw.random() < 0.5 else c for c in document())
    assert record(text) == RIGHT


def _escaped(text: str, draw: random.Random) -> str:
    """Entities for some characters, numbers and names."""
    return "".join(
        f"&#{ord(c)};" if draw.random() < 0.05 else "&nbsp;" if c == "　" else c for c in html.escape(text)
    )


@given(SEEDS, st.sampled_from(["<p>{}</p>", "<div style='x'>{}</div>", "{}<br/>", "<P><SPAN>{}</SPAN></P>"]))
def test_markup_and_entities(seed, line):
    draw = random.Random(seed)
    text = "".join(line.format(_escaped(one, draw)) for one in document().split("\n"))
    assert record(unmarked(text)) == RIGHT


@given(SEEDS)
def test_escaped_line_ends(seed):
    draw = random.Random(seed)
    text = "".join(draw.choice(["\\n", "\\r\\n", "\n"]) if c == "\n" else c for c in document())
    assert record(unmarked(text)) == RIGHT


MASKS = ["赵某", "钱×", "孙某某", "周某1", "吴某2", "郑XX", "欧阳某", "冯建国", "阿不都·热合曼"]


@given(st.permutations(MASKS))
def test_other_names_and_masks(masks):
    text, right = document(), RIGHT
    for name, mask in zip(NAMES, masks, strict=False):
        text = text.replace(name, mask)
    said = record(text)
    assert [one.pop("name") for one in said["defendants"]] == list(masks[:3])
    people = [{key: value for key, value in one.items() if key != "name"} for one in right["defendants"]]
    assert said | {"defendants": people} == right | {"defendants": said["defendants"]}


@given(st.permutations(ITEMS), st.permutations(FOUND), st.permutations(SHARES))
def test_clauses_in_another_order(items, found, shares):
    assert record(document(items, found, shares)) == RIGHT


@pytest.mark.parametrize("mark", ["。", "；", "。\n"])
@given(st.permutations(FOUND))
def test_clauses_behind_other_marks(mark, found):
    text = document(found=[mark.join(found)])
    assert record(text) == RIGHT
