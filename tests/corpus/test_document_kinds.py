"""Documents that convict nobody, each with its own reason; in words of our own."""

from __future__ import annotations

import corpora
import pytest

from lexpro.corpus.filtering import filters
from lexpro.corpus.parsing.structure import structure


def document(number: str, kind: str, reasoning: str, operative: str) -> str:
    return (
        f"湖北省武汉市江岸区人民法院\n{kind}\n{number}\n"
        "公诉机关湖北省武汉市江岸区人民检察院。\n被告人张某，男，1990年1月1日出生。\n"
        "武汉市江岸区人民检察院指控被告人张某犯盗窃罪，向本院提起公诉。本院公开开庭审理了本案。现已审理终结。\n"
        "经审理查明，被告人张某窃得手机一部，价值人民币三千元。上述事实，有证人证言等证据证实。\n"
        f"本院认为，{reasoning}依照《中华人民共和国刑法》第二百六十四条之规定，{operative}\n"
        "审判长　王某\n二〇二一年五月十二日"
    )


def decision(text: str) -> tuple[str, ...]:
    found = filters.decide(structure(text, "x"), text, corpora.selection(min_chars=10))
    return (found.reason, *found.others) if found else ()


FIRST = "（2021）鄂0102刑初123号"
FOUND = "被告人张某的行为已构成盗窃罪。"


@pytest.mark.parametrize(
    ("number", "kind", "operative", "reason"),
    [
        ("（2014）鄂高法刑四复字第1号", "刑事裁定书", "裁定如下：核准判处张某死刑的刑事判决。", "review"),
        (FIRST, "刑事裁定书", "裁定如下：准许湖北省武汉市江岸区人民检察院撤回起诉。", "withdrawal"),
        (FIRST, "刑事判决书", "裁定如下：准许湖北省武汉市江岸区人民检察院撤诉。", "withdrawal"),
        ("（2021）鄂01刑更12号", "刑事裁定书", "裁定如下：对罪犯张某减去有期徒刑六个月。", "commutation"),
        ("（2021）鄂01刑更12号", "刑事裁定书", "裁定如下：对罪犯张某予以假释。", "commutation"),
        ("（2021）鄂01刑医1号", "强制医疗决定书", "决定如下：对被申请人张某强制医疗。", "compulsory_treatment"),
        ("（2021）鄂0102刑初2号", "刑事裁定书", "裁定如下：终结本次执行程序。", "execution"),
        ("（2021）鄂0102刑初2号", "刑事裁定书", "裁定如下：判决书第一页第四行“潘某”补正为“梁某”。", "ruling"),
        ("（2021）鄂0102刑初2号", "刑事附带民事调解书", "判决如下：双方达成协议。", "mediation"),
        ("（2021）鄂0102刑初2号", "刑事通知书", "决定如下：驳回申诉。", "notice"),
        (FIRST, "刑事判决书", "判决如下：被告人张某无罪。", "acquittal"),
    ],
)  # fmt: skip
def test_each_kind_has_its_reason(number, kind, operative, reason):
    assert decision(document(number, kind, FOUND, operative))[0] == reason


CONVICTED = "判决如下：被告人张某犯盗窃罪，判处有期徒刑八个月，并处罚金二千元。"


@pytest.mark.parametrize(
    "reasoning",
    [
        FOUND,
        # The reasoning upholds the accusation without naming the crime.
        "公诉机关指控被告人张某的事实清楚，指控罪名成立，量刑建议适当，应予采纳。",
        "被告人张某的行为已构成盗窃（未遂）罪。",
    ],
)
def test_convictions_are_kept(reasoning):
    assert decision(document(FIRST, "刑事判决书", reasoning, CONVICTED)) == ()


def test_another_crime_in_the_reasoning_is_a_disagreement():
    text = document(FIRST, "刑事判决书", "被告人张某的行为已构成诈骗罪。", CONVICTED)
    assert decision(text) == ("parse_disagreement",)


@pytest.mark.parametrize(
    "term", ["有期徒刑×年×个月", "有期徒刑XX年", "××", "有期徒\ufffd\ufffd六个月", "有期徒刑****"]
)
def test_a_term_that_cannot_be_read_is_dropped_as_such(term):
    text = document(FIRST, "刑事判决书", FOUND, CONVICTED.replace("有期徒刑八个月", term))
    assert structure(text, "x").defendants[0].sentence is None
    assert decision(text)[0] == "unreadable_term"


def test_one_of_several_acquitted_is_kept():
    text = document(
        FIRST, "刑事判决书", FOUND, "判决如下：一、被告人张某犯盗窃罪，判处拘役三个月。二、被告人李某无罪。"
    )
    text = text.replace("1990年1月1日出生。", "1990年1月1日出生。\n被告人李某，女，1991年1月1日出生。", 1)
    assert decision(text) == ()
    assert [d.sentence.kind for d in structure(text, "x").defendants] == ["拘役", "无罪"]
