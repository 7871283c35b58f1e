"""Contradictions inside a judgment: each check finds its fault, at its place, and no other."""

import pytest
from sample_cases import TEXT
from web import VERSIONS

from lexpro.checking.case import Case
from lexpro.checking.checks import CHECKS, run
from lexpro.corpus.parsing.structure import structure
from lexpro.statutes import tiers
from lexpro.statutes.lookup import Law
from lexpro.statutes.table import Row

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


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("先后投注24万元、投注9万元、投注15万元，共计38万元。", True),
        ("医疗费1000元、误工费1200元（100元×12天）、护理费600元（50元×12天），合计2800元。", False),
        ("医疗费1000元、误工费1200元（100元×12天）、护理费600元（50元×12天），合计2900元。", True),
        ("误工费100元×12天＝1200元、护理费600元，合计1900元。", False),
        ("现金4万元、价值1万元的购物卡和香烟45条，共计价值8万元。", False),
        ("现金4万元、外币折合1万元、金项链、玉手镯等物，共计价值8万元。", False),
        ("手机价值500元，手表价值150，电脑价值600元，共计1250元。", False),
        ("汇入50万，又汇入120万元、100万元，共计270万元。", False),
        ("医疗费100.52元、护理费200.13元，合计301元。", False),
        ("手机500元，手表300元，电脑700元，两项合计1000元。", False),
        ("每月8000元的工资中有4400元的补助，共计17600元。", False),
        ("四次送给其各3000元购物卡，又送1万元购物卡，共计22000元。", False),
        ("港币结余110万元（折合人民币88万元），共计人民币134万元。", False),
        ("甲10万元，乙21.3384万元，共计313384.5元。", False),
        ("甲诈骗既遂10128元，未遂2500元；乙诈骗数额共计10500元。", False),
        ("甲10万元，乙5万元，共计16万元。", True),
    ],
)
def test_sums_that_do_not_add_up(sentence, wrong):
    assert bool([kind for kind, _ in found(sentence, law=False) if kind == "sums"]) == wrong


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # What ends later, and what is about.
        ("林某甲在家中被抓获", "租期自2018年5月1日至2024年5月1日，林某甲在家中被抓获"),
        ("林某甲在家中被抓获", "约定2020年5月1日之前还清，林某甲在家中被抓获"),
        ("2018年12月20日凌晨", "2018年12月二十六七号凌晨"),
        # Another case in between, and a day without its year.
        ("同年1月18日被逮捕", "同月16日被取保候审，同月3日被逮捕"),
        ("同年1月18日被逮捕", "1月28日被监视居住，同月3日被逮捕"),
        # Whose term it is.
        ("即自2019年1月5日起至2020年9月4日止", "即周某乙的刑期自2019年1月5日起至2019年11月4日止"),
        ("即自2019年1月5日起至2020年9月4日止", "即某人的刑期自2019年1月5日起至2029年9月4日止"),
        # The probation of an earlier judgment; a fine that cannot be read.
        ("缓刑一年，并处罚金人民币五千元", "缓刑一年，并处罚金人民币壹仠元"),
        # A name in brackets, a party of the civil part.
        ("案发后，周某乙的亲属", "案发后，附带民事诉讼被告人周某丙的亲属"),
    ],
)
def test_what_only_looks_like_a_fault_is_none(old, new):
    assert old in SOUND
    assert found(SOUND.replace(old, new, 1), law=False) == []


def test_a_term_that_a_name_says_is_checked_against_that_defendant():
    wrong = "即林某甲的刑期自2019年1月5日起至2021年9月4日止"
    text = SOUND.replace("即自2019年1月5日起至2020年9月4日止", wrong).replace("取保候审", "批准在家")
    assert [kind for kind, _ in found(text, law=False)] == ["served"]


@pytest.mark.parametrize(
    ("said", "charged", "wrong"),
    [
        ("合同诈骗罪", "诈骗罪", True),
        ("掩饰隐瞒犯罪所得、犯罪所得收益罪", "掩饰、隐瞒犯罪所得、犯罪所得收益罪", False),
    ],
)
def test_the_charge_of_the_verdict_is_that_of_the_reasoning(said, charged, wrong):
    text = JOINT.format(joint="三年").replace("诈骗罪", said, 1).replace("犯诈骗罪", f"犯{charged}")
    assert (("charge", charged) in found(text, law=False)) == wrong


@pytest.mark.parametrize(
    "more", ["与前罪并罚，", "连同之前所判刑罚有期徒刑二年，", "与某某县人民法院判处的有期徒刑二年并罚，"]
)
def test_a_joint_term_with_that_of_another_judgment(more):
    text = JOINT.format(joint="四年").replace("决定执行", f"{more}决定执行")
    assert "joint" not in {kind for kind, _ in found(text, law=False)}


@pytest.mark.parametrize(
    ("cited", "wrong"),
    [
        ("1979年《中华人民共和国刑法》第六十七条第三款", False),
        ("第六十七条第一二款", False),
        ("最高人民法院的解释第六十七条第五款", False),
        ("第六十七条第五款", True),
    ],
)
def test_citations_of_other_texts_are_not_looked_up(cited, wrong):
    text = JOINT.format(joint="三年").replace("第六十九条", cited)
    case = Case(text, structure(text, "x"), Law(VERSIONS))
    assert any("第67条" in one.reason for one in run(case) if one.kind == "citations") == wrong


LIFE = """某某市中级人民法院
刑事判决书
（2019）鄂09刑初9号
被告人赵某甲，男，{more}1990年3月2日出生。
本院认为，被告人赵某甲的行为构成故意伤害罪。依照《中华人民共和国刑法》第二百三十四条之规定，判决如下：
被告人赵某甲犯故意伤害罪，判处无期徒刑。
审判员 吴某
二〇一九年五月一日
"""


@pytest.mark.parametrize(("more", "wrong"), [("", True), ("越南国籍，", False)])
def test_life_without_deprivation_of_political_rights(more, wrong):
    kinds = {kind for kind, _ in found(LIFE.format(more=more), law=False)}
    assert ("deprivation" in kinds) == wrong


ARSON = """某某市中级人民法院
刑事判决书
（2019）鄂09刑初9号
被告人赵某甲，男，1990年3月2日出生。
经审理查明，2018年12月20日，被告人赵某甲点火烧毁房屋。
本院认为，被告人赵某甲的行为构成放火罪。依照《中华人民共和国刑法》第一百一十五条之规定，判决如下：
被告人赵某甲犯放火罪，判处有期徒刑{term}。
审判员 吴某
二〇一九年五月一日
"""


@pytest.mark.parametrize(("term", "wrong"), [("十二年", False), ("二十五年", True)])
def test_a_charge_of_two_articles_has_the_tiers_of_both(term, wrong):
    words = {
        "114": "放火，没有严重后果的，处三年以上十年以下有期徒刑。",
        "115": "放火致人死亡的，处十年以上有期徒刑。",
    }
    rows = [
        Row("刑法", int(ref), 0, text, ["放火罪"], valid_from="1997-10-01") for ref, text in words.items()
    ]
    text = ARSON.format(term=term)
    case = Case(text, structure(text, "x"), Law(rows), {"放火罪": list(words)})
    assert any(one.kind == "outside_tier" for one in run(case)) == wrong


@pytest.mark.parametrize(("term", "wrong"), [("十五年", False), ("二十六年", True)])
def test_a_term_for_one_crime_has_at_most_fifteen_years_also_where_life_is_possible(term, wrong):
    rows = [Row("刑法", 115, 0, "放火的，处十年以上有期徒刑、无期徒刑或者死刑。", valid_from="1997-10-01")]
    text = ARSON.format(term=term)
    for law in (Law(rows), None):
        found_ = run(Case(text, structure(text, "x"), law, {"放火罪": ["115"]}))
        places = [text[one.start : one.end] for one in found_ if one.kind == "outside_tier"]
        assert places == ([f"有期徒刑{term}"] if wrong else [])


def test_no_text_makes_a_check_fail():
    late = SOUND.replace("2018年12月20日", "2028年12月20日")
    for text in ("", "本院认为", "判决如下：", "被告人犯罪。共计5元。", "2019年13月40日", late):
        assert isinstance(found(text), list)


def test_every_check_has_a_title():
    assert all(check.title for check in CHECKS.values()) and len(CHECKS) == 14
