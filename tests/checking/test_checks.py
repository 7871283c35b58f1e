"""Contradictions inside a judgment: each check finds its fault, at its place, and no other."""

import pytest
from sample_cases import TEXT
from web import VERSIONS

from lexpro.checking.case import Case
from lexpro.checking.checks import CHECKS, run
from lexpro.corpus.parsing.structure import structure
from lexpro.statutes import tiers
from lexpro.statutes.lookup import Law

# The sample with its sum put right.
SOUND = TEXT.replace("42,000元", "41,000元")
CHARGES = {"盗窃罪": ["264"]}
TIERS = {"264": [{"charge": "盗窃罪", **tier} for tier in tiers.parse(VERSIONS[1].text)]}


def found(text: str, law=True) -> list[tuple[str, str]]:
    """(check, words at its place) of the findings."""
    case = Case(text, structure(text, "x"), Law(VERSIONS) if law else None, CHARGES, TIERS)
    return [(one.kind, text[one.start : one.end]) for one in run(case)]


def test_a_sound_judgment_has_none_but_articles_that_the_table_lacks():
    assert [kind for kind, _ in found(SOUND, law=False)] == []
    assert {kind for kind, _ in found(SOUND)} == {"citations"}


@pytest.mark.parametrize(
    ("old", "new", "kind", "place"),
    [
        ("共计价值人民币41,000元", "共计价值人民币42,000元", "sums",
         "人民币38,600元；又盗走柜台内现金2,400元，共计价值人民币42,000元"),
        ("判处有期徒刑一年八个月", "判处有期徒刑十二年", "outside_tier", "有期徒刑十二年"),
        ("有期徒刑十个月，缓刑一年", "有期徒刑四年，缓刑五年", "probation", "缓刑五年"),
        ("缓刑一年", "缓刑六个月", "probation", "缓刑六个月"),
        ("有期徒刑一年八个月，", "有期徒刑一年八个月，缓刑二年，", "probation", "缓刑二年"),
        ("罚金人民币五千元", "罚金人民币五百元", "fines", "罚金人民币五百元"),
        ("2018年12月20日", "2018年2月30日", "impossible", "2018年2月30日"),
        ("于2019年3月1日向本院", "于2019年5月1日向本院", "after_judgment", "2019年5月1日"),
        ("1993年7月9日出生", "2013年7月9日出生", "born_after", "2013年7月9日"),
        ("同年1月18日被逮捕", "2018年11月18日被逮捕", "custody", "2018年11月18日"),
        ("2019年1月5日起至2020年9月4日止", "2019年1月5日起至2018年9月4日止", "served", "2019年1月5日起至2018年9月4日"),
        ("二、被告人周某乙犯盗窃罪", "二、被告人周某乙犯诈骗罪", "charge", "诈骗罪"),
        ("盗窃罪的", "盗窃罪的", "", ""),
        ("被告人周某乙的亲属", "被告人周某一，其亲属", "names", "周某一"),
    ],
)  # fmt: skip
def test_a_fault_is_found_where_it_stands(old, new, kind, place):
    text = SOUND.replace("案发后，周某乙的亲属", "案发后，被告人周某乙的亲属").replace("取保候审", "批准在家")
    if not kind:
        assert found(text, law=False) == []
        return
    assert old in text
    assert (kind, place) in found(text.replace(old, new, 1), law=False)


JOINT = """某某县人民法院
刑事判决书
（2019）鄂0922刑初9号
被告人赵某甲，男。
本院认为，被告人赵某甲的行为构成盗窃罪、诈骗罪。依照《中华人民共和国刑法》第二百六十四条、第六十九条之规定，判决如下：
被告人赵某甲犯盗窃罪，判处有期徒刑二年；犯诈骗罪，判处有期徒刑一年，决定执行有期徒刑{joint}。
审判员 吴某
二〇一九年五月一日
"""


@pytest.mark.parametrize(
    ("joint", "wrong"),
    [("二年六个月", False), ("三年", False), ("二年", False), ("四年", True), ("一年六个月", True)],
)
def test_a_joint_term_lies_between_the_highest_and_the_sum(joint, wrong):
    assert (("joint", f"有期徒刑{joint}") in found(JOINT.format(joint=joint), law=False)) == wrong


@pytest.mark.parametrize(
    ("cited", "says"),
    [
        ("第六十七条第一款", None),
        ("第六十七条第二款", None),
        ("第六十七条第三款", "只有 2 款"),
        ("第九百条", "没有"),
        ("第一百三十三条之一", None),
    ],
)
def test_citations_are_looked_up_on_the_day(cited, says):
    text = JOINT.format(joint="三年").replace("第六十九条", cited)
    case = Case(text, structure(text, "x"), Law(VERSIONS))
    reasons = [one.reason for one in run(case) if one.kind == "citations"]
    assert bool(reasons) == bool(says) and (not says or says in reasons[0])


def test_what_was_not_in_force_yet():
    text = (
        JOINT.format(joint="三年")
        .replace("第六十九条", "第一百三十三条之一")
        .replace("二〇一九年", "二〇一〇年")
    )
    case = Case(text, structure(text, "x"), Law(VERSIONS))
    assert "2011-05-01 起才有" in next(one.reason for one in run(case) if one.kind == "citations")


def test_tiers_of_a_day_whose_text_is_not_known_accuse_nobody():
    rows = [VERSIONS[0], VERSIONS[1]]
    text = SOUND.replace("判处有期徒刑一年八个月", "判处有期徒刑十二年")
    case = Case(text, structure(text, "x"), Law(rows), CHARGES, TIERS)
    rows[1].complete = False
    try:
        assert case.tiers_of("盗窃罪") == ("264", [])
    finally:
        rows[1].complete = True


def test_no_text_makes_a_check_fail():
    for text in ("", "本院认为", "判决如下：", "被告人犯罪。共计5元。", "2019年13月40日"):
        assert isinstance(found(text), list)


def test_every_check_has_a_title():
    assert all(check.title for check in CHECKS.values()) and len(CHECKS) == 14
