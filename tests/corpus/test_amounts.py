"""The amount involved, of a case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus.filtering.filters import quality
from lexpro.corpus.parsing import amounts, shares, story
from lexpro.corpus.parsing.structure import structure
from lexpro.records import Defendant, Judgment


def test_what_several_took_part_in_is_counted_once():
    assert amounts.amount("", "张某甲参与盗窃，价值9000元；张某乙参与盗窃，价值4000元。") == 9000


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        ("被告人张某虚构驾车撞人需要赔偿等理由，骗取李某人民币38000元。", 38_000),
        ("盗走现金1600元、手机一部（价值900元）、记录仪一台（价值420元）。", 2920),
        ("合同金额共计10，120，000元，至案发未兑付金额1，668，300元。", 10_120_000),
        ("窃得手机一部（经鉴定，价值人民币1，582元，已发还被害人）及手机一部（经鉴定价值人民币557元，已扣押）。", 2139),
        ("窃得手机一部（已扣押，价值人民币3000元）。", 3000),
        ("窃得手机一部（现已发还），经鉴定价值人民币3000元。", 3000),
        ("窃得手表一块，价值人民币3000元。", 3000),
        ("骗取甲人民币5万元。后又骗取乙人民币3万元。", 80_000),
        ("公诉机关指控诈骗9万元，不予认定。被告人诈骗人民币5万元。", 50_000),
        ("受贿人民币5万元；应当处十万元以上五十万元以下的罚金。已上交违法所得3万元。", 50_000),
    ],
)  # fmt: skip
def test_what_was_taken(facts, amount):
    assert amounts.amount("", facts) == amount


# The reasoning, the facts, the charges and what they come to for the only defendant.
STATED = [
    # Several crimes, or counts of one, are added; a whole that names its parts counts once.
    ("收受财物共计人民币70万元，构成受贿罪。索取财物共计人民币30万元，构成利用影响力受贿罪", "", 2, 1_000_000),
    ("收受他人财物共计40万元，构成受贿罪；侵吞公款20万元，构成贪污罪", "", 2, 600_000),
    ("收受四人共计44000元，并收受孙某共计183700元，收受贿赂共计227700元，构成受贿罪", "", 1, 227_700),
    ("收受人民币4564000元、港元100000元，折合共计人民币4722175元，构成受贿罪", "", 1, 4_722_175),
    # What is kept, taken away or lent is taken, also where the verb follows the sum.
    ("将单位的10万元占为己有，构成职务侵占罪", "", 1, 100_000),
    ("", "将被害人的2600元现金盗走。", 1, 2600),
    # The reasoning rounds, the facts do not.
    ("偷逃税款128万余元，构成走私普通货物罪", "偷逃税款共计人民币1，280，675.19元。", 1, 1_280_675.19),
    # The whole, and each count of it.
    ("", "先后收受贿赂款人民币9万元。1.收受甲贿赂款6万元。2.收受乙贿赂款3万元。", 1, 90_000),
    ("", "具体事实如下：1、窃得价值3000元的手机。2、窃得现金3000元。3、窃得价值500元的表。", 1, 6500),
    ("", "1、窃得价值3000元的手机。2、窃得现金1000元。综上，盗窃财物价值人民币4200元。", 1, 4200),
    ("", "盗窃作案两起，共计价值5000元。1、窃得价值3000元的手机。2、窃得现金1000元。", 1, 5000),
    # Not what was not done, is only a threshold, is told by a witness or in quotes, was paid back.
    ("辩称未侵占20万元。被告人截留195110元，构成职务侵占罪", "", 1, 195_110),
    ("诈骗数额超过3000元，构成诈骗罪", "骗得5200元。", 1, 5200),
    ("", "骗得5200元。证人王某证实被骗9000元。", 1, 5200),
    ("", "骗得5200元。受贿所得9万元已被追缴。交纳非法所得14000元。", 1, 5200),
]  # fmt: skip


def of_one(reasoning: str, facts: str, crimes: int) -> int | float:
    return amounts.amount(reasoning, facts, ["诈骗罪", "盗窃罪"][:crimes])


@pytest.mark.parametrize(("reasoning", "facts", "crimes", "expected"), STATED)
def test_what_a_court_states(reasoning, facts, crimes, expected):
    assert of_one(reasoning, facts, crimes) == expected


@pytest.mark.parametrize(("reasoning", "facts", "crimes", "expected"), STATED)
def test_what_else_happened_says_nothing(reasoning, facts, crimes, expected):
    more = "案发后已退还被害人8888元，赔偿损失7777元，另有欠款未归还6666元。"
    assert of_one(reasoning, facts + more if facts else facts, crimes) == expected


@given(st.permutations(["窃得现金1000元。", "窃得价值2500元的手机。", "骗得人民币800元。"]))
def test_the_order_of_counts_says_nothing(counts):
    facts = "".join(f"{number}、{count}" for number, count in enumerate(counts, 1))
    assert amounts.amount("", facts) == 4300


@pytest.mark.parametrize("charge", ["故意伤害罪", "交通肇事罪", "走私、贩卖、运输、制造毒品罪", "滥用职权罪"])
def test_crimes_that_no_sum_measures_have_none(charge):
    facts = "被害人花去医疗费3000元，以500元卖给王某，造成经济损失共计9万元。"
    assert amounts.amount("", facts, [charge]) == 0
    assert amounts.amount("", facts + "窃得现金200元。", [charge, "盗窃罪"]) == 200


@pytest.mark.parametrize("evidence", ["上述事实，足以认定。", "上述事实，有证人王某的证言、照片证实。"])
@pytest.mark.parametrize("head", ["二、", "2、", "（二）", "2．"])
def test_a_count_is_told_behind_the_evidence_of_the_first(evidence, head):
    more = f"{head}2015年3月1日，被告人张某骗取李某2000元。上述事实，有被害人李某的陈述证实。"
    listed = "2、被害人李某的陈述，证实被告人张某于2015年骗取其9000元。以上事实，足以认定。"
    facts = "一、2015年2月1日，被告人张某骗取王某3100元。"
    told = story.of(facts, evidence + more + listed)
    assert amounts.amount("", told) == 5100


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        ("窃得价值3000元的表。家属退出人民币4.9万元、2.2万元和6.1万元。", 3000),
        ("销售金额为6000元×70％＝4200元。", 4200),
        ("盗窃财物价值4200元（1000元＋3200元）。", 4200),
        ("强收装卸费，价格为90元／立方米，共计5000元。", 5000),
        ("骗取汇票58000元不能归还。", 58_000),
        ("被毁损的汽车价值9000元，窃得现金500元。", 500),
    ],
)  # fmt: skip
def test_what_is_paid_back_reckoned_or_broken_is_not_taken(facts, amount):
    assert amounts.amount("", facts) == amount


def test_a_crime_that_no_sum_measures_lends_its_sum_to_no_other():
    reasoning = "致使120万元专项资金被挪作他用，构成滥用职权罪；收受他人现金15万元，构成受贿罪。"
    assert amounts.amount(reasoning, "", ["滥用职权罪", "受贿罪"]) == 150_000


@pytest.mark.parametrize(
    ("facts", "charges", "amount"),
    [
        ("销售假酒，非法经营数额达20万元以上。", ["假冒注册商标罪"], 200_000),
        ("被扣押的烟叶值款人民币7000元。", ["非法经营罪"], 7000),
        ("收取下线缴纳的资金累计约人民币50万元，每份3800元。", ["组织、领导传销活动罪"], 500_000),
        ("骗得9000元。同时查明，某公司共计贷款70万元未还。", ["诈骗罪"], 9000),
        ("骗取好处费9000元。", ["诈骗罪"], 9000),
        ("1、窃得现金500元。1、被害人王某的陈述证实，家中存款共计9000元。", ["盗窃罪"], 500),
        ("劫取现金9400元，将银行卡内的13800元提走，电脑价值4400元。", ["抢劫罪"], 27_600),
        ("利用某公司欠其夫1140万元的心理，谎称能追回欠款，骗取现金共计75万元。", ["诈骗罪"], 750_000),
        ("透支消费，欠本金人民币13200元。", ["信用卡诈骗罪"], 13_200),
        ("编造事故原因，骗取某公司（以下简称平安财险）事故理赔款10936元。", ["保险诈骗罪"], 10_936),
        ("窃得手机一部（价值4400元），销赃后获赃款500元。", ["盗窃罪"], 4400),
        ("窃得价值600元的酒，以200元的低价卖出。每件价值300元，共计600元。", ["盗窃罪"], 600),
        # Of smuggling the tax counts, of deposits what was paid in, of commissions nothing.
        ("涉案物品价值6131833元，偷逃应缴税额925541元。", ["走私普通货物、物品罪"], 925_541),
        ("协议金额1007万元，实际交纳金额922万元，共计领取提成款521万元。", ["非法吸收公众存款罪"], 9_220_000),
        ("骗取银行贷款300万元用于归还债务。", ["骗取贷款罪"], 3_000_000),
        ("虚开发票11张，金额合计1091538元，虚开税款数额共计185561元。", ["虚开增值税专用发票罪"], 185_561),
        ("六人的犯罪金额即为合同金额37.80万元。", ["诈骗罪"], 378_000),
        ("盗窃现金共计36100元，物品经鉴定共计价值37473元。", ["盗窃罪"], 73_573),
        (
            "1、骗取甲共计73000元。2、骗取乙共计16666元。3、骗取丙49900元，丁借给其34700元，以上共计84600元。",
            ["诈骗罪"],
            174_266,
        ),
        ("盗窃现金共计36100元，物品价值37473元。经鉴定，被盗财物共计价值73573元。", ["盗窃罪"], 73_573),
        ("吸收李某存款10万元、王某存款20万元。经审计鉴定，共计吸收存款30万元。", ["集资诈骗罪"], 300_000),
        ("骗取李某10万元，用于偿还赌债5万元。", ["诈骗罪"], 100_000),
        ("每月骗取工资3000元。", ["诈骗罪"], 3000),
        # Goods are appraised, cash is not; what stands behind 另外 is not in the total.
        ("窃取现金2000元及首饰。经鉴定，首饰共价值5000元，另外手表价值300元。", ["盗窃罪"], 7300),
        ("盗走现金2000元及首饰。经鉴定，首饰价值5000元，上述财物价值共计7000元。", ["盗窃罪"], 7000),
        # Rounded, and for each of two: the counts tell it.
        (
            "甲参与盗窃三起，价值600余元。1、窃得价值200元的酒。2、窃得价值400元的酒。3、窃得价值19元的酒。",
            ["盗窃罪"],
            619,
        ),
    ],
)
def test_more_kinds_of_what_was_taken(facts, charges, amount):
    assert amounts.amount("", story.of(facts, ""), charges) == amount


@pytest.mark.parametrize(
    ("reasoning", "amount"),
    [
        ("骗取房产，价值54万元，构成合同诈骗罪。已付的1万元应予扣除，犯罪数额共计人民币53万元。", 530_000),
        ("贪污125450元的指控，经查，88400元应从中扣除，被告人贪污数额应为37050元。", 37_050),
        ("骗取房产，价值54万元，构成合同诈骗罪。", 540_000),
        # Of some of the counts only, claimed, or a loss.
        ("骗取房产，价值54万元，构成合同诈骗罪。辩护人认为犯罪数额应为5万元，理由不充分。", 540_000),
        ("骗取房产，价值54万元，构成合同诈骗罪。扣除已退还的部分，实际损失数额为3万元。", 540_000),
        (
            "骗取房产，价值54万元，构成合同诈骗罪。被告人还给李某17万元，故该两起犯罪数额应认定为13万元。",
            540_000,
        ),
    ],
)
def test_what_the_court_itself_makes_of_an_accusation_is_right(reasoning, amount):
    assert amounts.amount(reasoning, "", ["合同诈骗罪"]) == amount
    people = [Defendant("甲", charges=["合同诈骗罪"]), Defendant("乙", charges=["合同诈骗罪"])]
    assert shares.assign(f"甲、乙{reasoning}", "", amount, people) == amount
    assert [one.amount for one in people] == [amount, amount]


def test_what_is_only_reached_is_told_to_the_yuan_by_the_facts():
    reasoning = "利用赌博机开设赌场，违法所得数额累计达人民币3万元以上，构成开设赌场罪。"
    facts = "截至案发，该赌场累计盈利达47665元。"
    assert amounts.amount(reasoning, facts, ["开设赌场罪"]) == 47_665
    assert amounts.amount(reasoning, "", ["开设赌场罪"]) == 30_000


def test_counts_behind_evidence_may_have_headings():
    evidence = (
        "上述事实，有证人王某的证言证实。二、被告人甲、乙骗取丙工伤保险待遇的事实。2012年8月7日，"
        "被告人甲伪造了《检查笔录》，骗得477022元，到案后如实供述。上述事实，有书证证实。"
    )
    facts = "一、被告人乙骗取丁工伤保险待遇413781元。"
    assert amounts.amount("", story.of(facts, evidence), ["诈骗罪"]) == 890_803


def test_facts_may_be_told_by_the_accusation_only():
    told = "经审理查明，公诉机关指控被告人犯抢劫罪的事实清楚，证据确实、充分，本院予以确认。"
    accusation = "公诉机关指控，被告人劫取现金6600元。"
    assert amounts.amount("", story.of(told, "", accusation), ["抢劫罪"]) == 6600
    assert story.of("劫取现金500元。", "", accusation) == "劫取现金500元。"


@pytest.mark.parametrize("again", ["价值4400元", "价值人民币4400元"])
def test_what_is_bought_of_the_loot_is_not_taken_again(again):
    facts = f"一、甲窃得手机（价值4400元）。二、乙明知甲出售的手机（{again}）系盗窃所得，以500元的低价购买。"
    charges = ["盗窃罪", "掩饰、隐瞒犯罪所得罪"]
    assert amounts.amount("", facts, charges, 2) == 4400
    one = "甲窃得摩托车一辆（价值4400元），后以500元卖给乙，乙明知系盗窃所得仍予以收购。"
    assert amounts.amount("", one, charges, 2) == 4400
    assert amounts.amount("", f"{one}2015年4月2日，甲窃得手机（价值3000元）。", charges, 2) == 7400


def test_several_crimes_without_numbers_are_told_by_their_days():
    facts = "2015年4月23日，窃得财物价值共计6000元。2015年4月24日，索取现金5000元。"
    assert amounts.amount("", facts, ["盗窃罪", "敲诈勒索罪"]) == 11_000


def test_crimes_that_are_only_to_be_punished_do_not_lend_their_sums():
    neglect = "玩忽职守，住房一间价值20万元，构成玩忽职守罪，应当以受贿罪、玩忽职守罪追究。"
    reasoning = "收受财物6万元，构成受贿罪；" + neglect
    assert amounts.amount(reasoning, "", ["受贿罪", "玩忽职守罪"]) == 60_000


@pytest.mark.parametrize(
    ("amount", "reasoning", "certain"),
    [
        (0, "", True),
        (0, "被告人张某甲骗取他人财物8500元，构成诈骗罪。", True),
        (8500, "被告人张某甲骗取他人财物8500元，构成诈骗罪。", True),
        (8500, "被告人张某甲骗取他人财物，价值人民币8,500元，构成诈骗罪。", True),
        # Of several, what is counted; what goods were sold for is another matter.
        (8500, "被告人张某甲骗取他人财物9万元，以8500元的价格转卖，构成诈骗罪。", False),
        # Rounded by the court.
        (12345, "被告人张某甲骗取他人财物1.23万元，构成诈骗罪。", True),
        (8500, "被告人张某甲骗取他人财物，数额较大，构成诈骗罪。", False),
        (8500, "被告人张某甲骗取他人财物共计9万元，构成诈骗罪。", False),
        (8500, "", False),
    ],
)
def test_an_amount_is_certain_where_the_reasoning_alone_has_it(amount, reasoning, certain):
    assert amounts.certain(amount, reasoning) == certain


def grade(**changes) -> float:
    judgment = Judgment("x", case_number="1", court="2", defendants=[Defendant("甲", ["诈骗罪"], **changes)])
    return quality(judgment)


def test_doubt_lowers_the_grade_where_there_is_an_amount():
    assert grade(amount=8500, amount_certain=True) > grade() > grade(amount=8500)
    assert grade(amount_certain=True) == grade()


@pytest.mark.parametrize(("says", "certain"), [("，数额共计8500元", True), ("，数额较大", False)])
def test_the_record_says_which_amounts_are_certain(says, certain):
    text = (
        "湖北省武汉市江岸区人民法院\n刑事判决书\n（2019）鄂0102刑初1号\n被告人张某甲，男。\n"
        "经审理查明，被告人张某甲骗取李某现金8500元。\n"
        f"本院认为，被告人张某甲骗取他人财物{says}，其行为构成诈骗罪。依照《中华人民共和国刑法》第二百六十六条之规定，判决如下：\n"
        "被告人张某甲犯诈骗罪，判处拘役四个月，并处罚金人民币一千元。\n"
    )
    judgment = structure(text, "x")
    assert (judgment.defendants[0].amount, judgment.defendants[0].amount_certain) == (8500, certain)


@pytest.mark.parametrize(
    "charge",
    [
        "串通投标罪",
        "强迫卖淫罪",
        "非法制造、买卖、运输、储存危险物质罪",
    ],
)
def test_what_was_paid_around_a_crime_that_no_sum_measures_is_no_amount(charge):
    facts = "被告人张某甲支付每家公司好处费1.5万元，共计9万元。"
    assert amounts.amount(f"被告人张某甲的行为已构成{charge}。", facts, [charge]) == 0


@pytest.mark.parametrize(
    ("facts", "amount"),
    [
        ("谎称最高可获利人民币1040万元，骗取钱财。", 0),
        ("要求新人至少购买1份产品，第1份产品的价格为人民币3800元。", 0),
        ("每份人民币2800元，一份产品2800元，按购买的份数计酬。", 0),
        ("谎称可以赚到20万元，骗取被害人李某3万元。", 30000),
        ("每份人民币2800元，共收取传销资金56万元。", 560000),
        # A pretext is no promise of a sum, and copies are no shares.
        ("以能赚钱为由骗取被害人李某5万元。", 50000),
        ("以投资可获利为名骗取被害人王某8万元。", 80000),
        ("谎称能拿到工程骗取李某人民币20万元。", 200000),
        ("以可获得贷款为名收取李某手续费3万元。", 30000),
        ("以可得到高息为诱饵吸收公众存款300万元。", 3000000),
        ("可以拿到货款12万元据为己有。", 120000),
        ("虚开增值税专用发票11份金额为50万元。", 500000),
        ("签订合同一份金额为50万元。", 500000),
    ],
)
def test_what_members_are_promised_and_a_share_costs_is_no_amount(facts, amount):
    assert amounts.amount("", facts, ["组织、领导传销活动罪"]) == amount
