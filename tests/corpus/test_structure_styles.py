"""Judgments in the styles of different courts, in our own words: what went wrong once, or is easily
read wrongly.
"""

from __future__ import annotations

import pytest

from lexpro.corpus.filtering.masking import mask_judgment
from lexpro.corpus.parsing.structure import structure
from lexpro.records import Defendant, Judgment, Term


def document(parties: str, facts: str, reasoning: str, operative: str, head: str = "刑事判决书") -> str:
    return (
        f"某省某市某区人民法院\n{head}\n（2021）鄂0103刑初318号\n公诉机关某区人民检察院。\n{parties}\n"
        f"某区人民检察院指控被告人犯罪，向本院提起公诉。本院公开开庭审理了本案。现已审理终结。\n"
        f"经审理查明，{facts}\n本院认为，{reasoning}依照《中华人民共和国刑法》第六十四条之规定，判决如下：\n{operative}\n"
        "如不服本判决，可在接到判决书的第二日起十日内上诉。\n审判长　王某\n二〇二一年五月十二日"
    )


def read(*parts: str, **more: str) -> Judgment:
    return structure(document(*parts, **more), "made-up")


def by_name(judgment: Judgment) -> dict[str, Defendant]:
    return {defendant.name: defendant for defendant in judgment.defendants}


def test_a_unit_and_who_ran_it():
    found = by_name(
        read(
            "被告单位上海某某贸易有限公司，住所地某区。\n诉讼代表人陈某。\n被告人陆某，男。",
            "被告单位低报价格进口化妆品，偷逃应缴税额共计人民币3,251,888.12元。",
            "被告单位上海某某贸易有限公司、被告人陆某的行为均已构成走私普通货物罪。"
            "被告单位及被告人陆某均具有自首情节，依法减轻处罚。",
            "一、被告单位上海某某贸易有限公司犯走私普通货物罪，判处罚金人民币三百三十万元。（限一个月内缴纳完毕。）\n"
            "二、被告人陆某犯走私普通货物罪，判处有期徒刑三年，宣告缓刑五年。",
        )
    )
    unit, person = found["上海某某贸易有限公司"], found["陆某"]
    assert (unit.sentence.kind, unit.fine, unit.circumstances) == ("单处罚金", 3_300_000, ["自首"])
    assert (person.sentence, person.probation_months) == (Term("有期徒刑", 36, "走私普通货物、物品罪"), 60)
    assert person.circumstances == ["自首"]
    assert unit.amount == person.amount == 3_251_888.12


def test_an_insurer_that_pays_is_no_defendant():
    judgment = read(
        "附带民事诉讼原告人冯某，男。\n被告人秦某甲，男。\n附带民事诉讼被告人某某保险股份有限公司郑州分公司。",
        "被告人秦某甲驾车将冯某撞成重伤，冯某花去医疗费32,156.78元。",
        "被告人秦某甲的行为已构成交通肇事罪。",
        "一、被告人秦某甲犯交通肇事罪，判处有期徒刑十个月。\n"
        "二、附带民事诉讼被告人某某保险股份有限公司郑州分公司赔偿附带民事诉讼原告人冯某共计40,156.78元。",
        head="刑事附带民事判决书",
    )
    assert [defendant.name for defendant in judgment.defendants] == ["秦某甲"]
    # Medical costs are no amount of a crime.
    assert (judgment.amount, judgment.compensation) == (0, 40_156.78)


def test_a_foreigner_has_a_name_with_spaces():
    judgment = read(
        "被告人LI HUA（中文名李华），男，新加坡国籍。",
        "被告人LI HUA醉酒驾驶小型轿车。",
        "被告人LI HUA的行为已构成危险驾驶罪。",
        "被告人LI HUA犯危险驾驶罪，判处拘役2个月，缓刑3个月，并处罚金人民币8000元，附加驱逐出境。",
    )
    (found,) = judgment.defendants
    assert (found.name, found.charges, found.fine) == ("LI HUA", ["危险驾驶罪"], 8000)
    assert (found.sentence.months, found.probation_months) == (2, 3)


def test_life_takes_in_years_and_all_property_a_part():
    judgment = read(
        "被告人蔡某，男。",
        "被告人蔡某劫取他人人民币1.3万余元、美元300元后将其杀害。",
        "被告人蔡某的行为已分别构成抢劫罪、故意杀人罪。",
        "被告人蔡某犯故意杀人罪，判处死刑，剥夺政治权利终身；犯抢劫罪，判处有期徒刑十五年，剥夺政治权利三年，"
        "并处没收个人财产人民币一万元；决定执行死刑，剥夺政治权利终身，并处没收个人全部财产。",
    )
    (found,) = judgment.defendants
    assert (found.deprivation_life, found.deprivation_months) == (True, 0)
    assert (found.confiscation_all, found.confiscation) == (True, 0)
    assert judgment.amount == 13_000


@pytest.mark.parametrize(
    ("operative", "expected"),
    [
        (
            "被告人陈某、褚某、卫某犯聚众斗殴罪，分别判处有期徒刑三年、二年六个月、拘役五个月。",
            {"陈某": ("有期徒刑", 36), "褚某": ("有期徒刑", 30), "卫某": ("拘役", 5)},
        ),
        (
            "被告人陈某、褚某、卫某犯聚众斗殴罪，各判处有期徒刑三年。",
            {"陈某": ("有期徒刑", 36), "褚某": ("有期徒刑", 36), "卫某": ("有期徒刑", 36)},
        ),
    ],
)
def test_the_terms_of_several(operative, expected):
    parties = "\n".join(f"被告人{name}，男。" for name in expected)
    found = read(parties, "三人持械斗殴。", "三被告人的行为均已构成聚众斗殴罪。", operative)
    assert {d.name: (d.sentence.kind, d.sentence.months) for d in found.defendants} == expected


@pytest.mark.parametrize("words", ["对被告人窦某以盗窃罪判处", "被告人窦某构成盗窃罪，判处"])
def test_sentenced_for_a_crime_without_the_word_for_committing_it(words):
    (found,) = read(
        "被告人窦某，男。",
        "被告人窦某窃得手机一部。",
        "被告人窦某的行为已构成盗窃罪。",
        words + "有期徒刑七个月，并处罚金人民币一千元。",
    ).defendants
    assert (found.charges, found.sentence, found.fine) == (
        ["盗窃罪"],
        Term("有期徒刑", 7, "盗窃罪"),
        1000,
    )


def test_a_name_that_stands_twice_in_a_clause():
    found = by_name(
        read(
            "被告人蒋某，男。\n被告人吴某某，女。",
            "二人盗窃。",
            "被告人蒋某、吴某某的行为均已构成盗窃罪。蒋某、吴某某有自首情节，吴某某系从犯，可从轻处罚。",
            "一、被告人蒋某犯盗窃罪，判处拘役五个月。二、被告人吴某某犯盗窃罪，免予刑事处罚。",
        )
    )
    assert found["蒋某"].circumstances == ["自首"]
    assert found["吴某某"].circumstances == ["自首", "从犯"]


def test_traditional_characters_are_read_and_masked():
    text = (
        "廣州市天河區人民法院\n刑事判決書\n（２０１９）粵０１０６刑初１２３４號\n公訴機關廣州市天河區人民檢察院。\n"
        "被告人鄭建國，男，漢族，電話１３８１２３４５６７８。\n"
        "經審理查明，被告人鄭建國虛構事實騙取被害人人民幣參萬元。\n"
        "本院認為，被告人鄭建國的行為已構成詐騙罪。依照《中華人民共和國刑法》第二百六十六條之規定，判決如下：\n"
        "被告人鄭建國犯詐騙罪，判處有期徒刑三年，緩刑四年，並處罰金人民幣壹萬元。\n審判長　黃某\n二〇一九年十二月三日"
    )
    judgment = structure(text, "made-up")
    assert (judgment.case_number, judgment.province) == ("（2019）粤0106刑初1234号", "广东")
    assert judgment.amount == 30_000
    masked, record, counts = mask_judgment(text, judgment)
    assert "鄭建國" not in masked and "１３８" not in masked
    assert counts["name"] == 4 and counts["phone"] == 1
    assert [defendant.name for defendant in record.defendants] == ["郑某甲"]
    assert masked.count("郑某甲") == 4 and "經審理查明" in masked


def test_whose_circumstance_it_is():
    """Of the subject, not of those with whom or to whom something is done."""
    found = by_name(
        read(
            "被告人韩某，男。\n被告人曹某，男。\n被告人陶某，男。",
            "三人盗窃。",
            "被告人韩某、曹某、陶某的行为均已构成盗窃罪。被告人韩某系主犯，被告人曹某、陶某系从犯；"
            "被告人韩某劝说同案犯曹某、陶某投案，协助公安机关抓获其他同案犯，系立功；韩某取得被害人曹某的谅解。",
            "一、被告人韩某犯盗窃罪，判处拘役五个月。二、被告人曹某犯盗窃罪，判处拘役三个月。"
            "三、被告人陶某犯盗窃罪，判处拘役二个月。",
        )
    )
    assert found["韩某"].circumstances == ["立功", "主犯", "谅解"]
    assert found["曹某"].circumstances == found["陶某"].circumstances == ["从犯"]


def test_what_is_said_of_somebody_else_is_not_the_only_defendants():
    (found,) = read(
        "被告人韩某，男。",
        "韩某受贿。",
        "被告人韩某的行为已构成受贿罪。曹某甲在共同受贿中起主要作用，是主犯，被告人韩某是从犯。",
        "被告人韩某犯受贿罪，判处有期徒刑三年。",
    ).defendants
    assert found.circumstances == ["从犯"]


def test_two_defendants_of_one_masked_name_are_two():
    found = read(
        "被告人王某，男，1990年1月1日出生，汉族，无业。\n被告人王某，男，1985年2月2日出生，汉族，务工。",
        "二人盗窃。",
        "被告人王某、王某的行为均已构成盗窃罪。",
        "一、被告人王某犯盗窃罪，判处拘役三个月，并处罚金一千元。\n"
        "二、被告人王某犯盗窃罪，判处拘役四个月，并处罚金二千元。",
    ).defendants
    assert [(d.name, d.sentence.months, d.fine) for d in found] == [("王某", 3, 1000), ("王某", 4, 2000)]


@pytest.mark.parametrize(
    ("listed", "sentenced"),
    [
        ("左宇峰", "左宇锋"),
        ("刘东全", "刘全东"),
        ("张某四", "张建军"),
        ("徐某甲", "徐某某"),
        ("吴必春", "吴某"),
    ],
)
def test_a_name_that_is_written_in_two_ways(listed, sentenced):
    found = read(
        f"被告人{listed}，男。\n被告人余光和，男。",
        "二人盗窃。",
        "二人的行为均已构成盗窃罪。",
        f"一、被告人{sentenced}犯盗窃罪，判处拘役三个月。二、被告人余光和犯盗窃罪，判处拘役四个月。",
    ).defendants
    assert [(d.name, d.sentence.months) for d in found] == [(listed, 3), ("余光和", 4)]


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: text.replace("有期徒刑七个月", "有期徒刑 七 个\n月"),
        lambda text: text.replace("有期徒刑", "有期\n徒刑").replace("一千元", "一 千元"),
        lambda text: text.replace("\n", ""),
        lambda text: "\n".join(text.replace("\n", "")[at : at + 20] for at in range(0, len(text), 20)),
        lambda text: text.replace("。", "。\n\n　　"),
        lambda text: text.replace("（", "(").replace("）", ")").replace("，", ","),
    ],
)
def test_layout_changes_nothing(broken):
    text = document(
        "被告人窦某，男，1990年1月2日出生。",
        "被告人窦某窃得手机一部，价值人民币3000元。",
        "被告人窦某的行为已构成盗窃罪，归案后如实供述。",
        "被告人窦某犯盗窃罪，判处有期徒刑七个月，缓刑一年，并处罚金人民币一千元。",
    )
    before, after = structure(text, "x").to_dict(), structure(broken(text), "x").to_dict()
    assert list(before.pop("sections")) == list(after.pop("sections"))
    assert after == before


@pytest.mark.parametrize("short", ["天一物流公司", "宿迁市天一物流公司", "天一物流有限公司"])
def test_a_company_under_its_short_name(short):
    judgment = read(
        "被告单位宿迁市天一物流有限公司。被告人张某，男，1980年1月1日出生。",
        "骗得保险金5万元。",
        f"被告单位{short}、被告人张某的行为构成保险诈骗罪。",
        f"一、被告单位{short}犯保险诈骗罪，判处罚金人民币五万元。二、被告人张某犯保险诈骗罪，判处有期徒刑八个月。",
    )
    assert [(one.name, one.charges) for one in judgment.defendants] == [
        ("宿迁市天一物流有限公司", ["保险诈骗罪"]),
        ("张某", ["保险诈骗罪"]),
    ]


def test_a_charge_whose_words_change_their_order():
    judgment = read(
        "被告人张某，男，1980年1月1日出生。",
        "倾倒废渣。",
        "被告人张某的行为构成污染环境罪。",
        "被告人张某犯环境污染罪，判处有期徒刑八个月。",
    )
    assert judgment.defendants[0].charges == ["污染环境罪"]
