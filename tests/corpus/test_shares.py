"""The amount of each of several defendants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus.parsing import amounts, shares
from lexpro.records import Defendant

A, B = NAMES = ["张某甲", "张某乙"]


def of_each(
    facts: str, names: list[str], reasoning: str = "", charges: list[list[str]] | None = None
) -> list[int | float]:
    defendants = [Defendant(name) for name in names]
    for defendant, own in zip(defendants, charges or [[] for _ in names], strict=True):
        defendant.charges = own
    known = [charge for own in charges or [] for charge in own]
    whole = amounts.amount(reasoning, facts, known, len(names))
    shares.assign(reasoning, facts, whole, defendants)
    return [defendant.amount for defendant in defendants]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("被告人张某甲参与盗窃五起，价值人民币15,600元；张某乙参与盗窃三起，价值9800元。", [15600, 9800]),
        ("被告人张某甲伙同张某乙窃得现金3000元。", [3000, 3000]),
        ("张某甲望风，张某乙入室，窃得手机一部。经鉴定，价值2400元。", [2400, 2400]),
        ("张某甲窃得电缆一卷，价值4000元。张某乙明知是赃物，以1500元收购。", [4000, 1500]),
        # Whom the text gives nothing is liable for the whole.
        ("张某甲以每台170元卖给张某乙、李某，销售金额共计2万元。", [20000, 20000]),
        ("张某甲、张某乙共骗取某公司贷款66380元。其中张某乙参与五次，金额26000元。", [66380, 26000]),
        ("张某甲骗得5万余元及美元300元。", [50000, 50000]),
        # Nobody is named, or nobody of them: it is the case's.
        ("二人共骗得人民币8万元。", [80000, 80000]),
        ("张某甲打伤张某乙，花去医疗费3000元。", [0, 0]),
        ("张某丙骗得2000元。", [2000, 2000]),
    ],
)
def test_what_each_of_two_defendants_has_to_do_with(facts, expected):
    assert of_each(facts, ["张某甲", "张某乙"]) == expected


def test_the_only_defendant_has_the_amount_of_the_case():
    assert of_each("被告人张某窃得价值3000元的手机、价值2000元的相机。", ["张某"]) == [5000]


def test_the_reasoning_goes_before_the_facts_for_each():
    facts = "张某甲窃得价值3000元的手机。张某乙窃得价值2000元的相机。"
    assert of_each(facts, ["张某甲", "张某乙"], "张某甲盗窃财物共计价值3500元。") == [3500, 2000]


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["参与得3元，", "张某甲、张某乙", "张某甲参与得3元", "给张某乙"])
def test_a_long_text_without_stops_is_read_in_its_length(piece):
    """Not in the square of it: that would be hours."""
    assert len(of_each(piece * 40_000 + "得3元。", ["张某甲", "张某乙"])) == 2


@given(st.permutations(["张某甲", "李×", "欧阳某"]))
def test_each_of_those_named_together(names):
    a, b, c = names
    each = f"{a}诈骗数额11万元，{b}诈骗数额12万元，{c}诈骗数额13万元"
    reasoning = f"被告人{a}、{b}、{c}骗取财物，其中{each}，均已构成诈骗罪"
    assert of_each("", [a, b, c], reasoning) == [110_000, 120_000, 130_000]
    assert of_each("", [c, a, b], reasoning) == [130_000, 110_000, 120_000]


def test_nobody_has_more_than_all_and_a_unit_what_its_people_did():
    reasoning = "张某甲骗取财物共计5万元，构成诈骗罪。出纳曾挪用公款100万元。"
    assert of_each("", ["张某甲", "张某乙"], reasoning)[0] == 50_000
    facts = "李某代表公司给予王某人民币40万元。"
    assert of_each(facts, ["某某建筑有限公司", "李某"]) == [400_000, 400_000]


THEFT, FENCE = ["盗窃罪"], ["掩饰、隐瞒犯罪所得、犯罪所得收益罪"]
COUNTS = "1、{a}、{b}窃得现金3000元。2、{a}窃得价值500元的手机。3、{a}伙同{b}窃得现金200元。"


@given(st.permutations(NAMES))
def test_each_is_liable_for_the_counts_with_that_name(names):
    a, b = names
    facts = COUNTS.format(a=a, b=b) + f"后{a}、{b}被公安机关抓获。"
    assert of_each(facts, [a, b], charges=[THEFT, THEFT]) == [3700, 3200]
    assert of_each(facts, [b, a], charges=[THEFT, THEFT]) == [3200, 3700]


@pytest.mark.parametrize(
    "listed",
    [
        "其中{a}参与三起，价值9000元；{b}参与两起，价值4000元。",
        "综上，被告人{a}参与盗窃3起，涉案金额9000元，被告人{b}参与盗窃2起，涉案金额4000元。",
        "{a}的盗窃数额为9000元、{b}的盗窃数额为4000元。",
        "{a}盗窃价值6000元×150％＝9000元；{b}盗窃价值4000元（3000元＋1000元）。",
    ],
)
@pytest.mark.parametrize("whose", ["facts", "reasoning"])
def test_a_list_goes_before_the_counts(listed, whose):
    listed = listed.format(a=A, b=B)
    facts = COUNTS.format(a=A, b=B) + (listed if whose == "facts" else "")
    reasoning = listed if whose == "reasoning" else ""
    assert of_each(facts, NAMES, reasoning, [THEFT, THEFT]) == [9000, 4000]


def test_the_share_of_the_loot_is_not_the_amount():
    facts = f"{A}、{B}窃得现金3000元，{A}分得2000元，{B}分得1000元。"
    assert of_each(facts, NAMES, charges=[THEFT, THEFT]) == [3000, 3000]


def test_who_handles_stolen_goods_has_what_came_in():
    facts = f"1、{A}窃得价值500元的表，卖给{B}。2、{A}窃得价值700元的手机。"
    assert of_each(facts, NAMES, charges=[THEFT, FENCE]) == [1200, 500]


def test_what_was_done_alone_is_added_to_what_was_done_together():
    reasoning = f"{A}单独参与盗窃2起，价值1000元；{A}、{B}共同盗窃3起，价值5000元，均构成盗窃罪。"
    assert of_each("", NAMES, reasoning, [THEFT, THEFT]) == [6000, 5000]


def test_several_crimes_of_one_are_added():
    of_a = f"{A}收受现金15万元，构成受贿罪；{A}以单位名义索取财物总计50万元，构成单位受贿罪；"
    reasoning = of_a + f"{B}收受现金8万元，构成受贿罪。"
    charges = [["受贿罪", "单位受贿罪"], ["受贿罪"]]
    assert of_each("", NAMES, reasoning, charges) == [650_000, 80_000]


def test_what_others_claim_is_not_what_somebody_did():
    facts = f"{A}、{B}参与诈骗5起，涉案金额共计9万元。"
    reasoning = f"公诉机关指控{B}诈骗数额12万元不当，应予纠正。{A}、{B}的行为构成诈骗罪。"
    assert of_each(facts, NAMES, reasoning, [["诈骗罪"], ["诈骗罪"]]) == [90_000, 90_000]


def test_an_affray_has_what_somebody_is_said_to_have_taken():
    reasoning = f"{A}任意毁损财物，构成寻衅滋事罪。{B}强拿硬要财物价值1000元，构成寻衅滋事罪。"
    assert of_each("", NAMES, reasoning, [["寻衅滋事罪"], ["寻衅滋事罪"]]) == [0, 1000]


def test_a_period_is_no_day_of_a_count():
    facts = (
        f"{A}、{B}团伙诈骗金额9万元。{A}2016年6月至2016年12月期间，诈骗29人次，个人诈骗金额7万元。"
        f"{B}自2016年7月以来，诈骗3人次，个人诈骗金额2万元。"
    )
    assert of_each(facts, NAMES, charges=[["诈骗罪"], ["诈骗罪"]]) == [70_000, 20_000]


DAMAGE = ["故意毁坏财物罪"]


@pytest.mark.parametrize("broken", ["砸车，被损坏的汽车修复价格为9955元。", "砸毁设备，造成损失共计9955元。"])
@pytest.mark.parametrize(
    ("charges", "expected"),
    [(DAMAGE, 9955), (["破坏生产经营罪"], 9955), (["聚众斗殴罪"], 0), (["寻衅滋事罪"], 0)],
)
def test_what_is_destroyed_is_the_amount_of_crimes_of_damage_only(broken, charges, expected):
    assert of_each(f"{A}、{B}{broken}", NAMES, charges=[charges, charges]) == [expected, expected]


def test_damages_that_are_paid_are_of_no_crime():
    facts = f"{A}、{B}毁坏门窗价值3000元。判令二人连带赔偿某某商贸有限公司经济损失共计8000元。"
    assert of_each(facts, NAMES, charges=[DAMAGE, DAMAGE]) == [3000, 3000]


def test_what_all_did_meanwhile_contains_what_one_did():
    facts = (
        f"1、被告人{A}个人直接骗得5000元，涉及团伙诈骗金额9万元。"
        f"2、被告人{B}个人直接骗得3000元，涉及团伙诈骗金额4万元。"
    )
    assert of_each(facts, NAMES, charges=[["诈骗罪"], ["诈骗罪"]]) == [90_000, 40_000]


def test_a_profit_and_a_helpers_fee_are_not_the_amount():
    listed = f"被告人{A}参与销售3起，销售金额8万元；被告人{B}参与销售2起，销售金额5万元。"
    facts = listed + f"其中，被告人{A}获取违法所得共计6000元，被告人{B}获取违法所得共计4000元。"
    assert of_each(facts, NAMES, charges=[["非法经营罪"], ["非法经营罪"]]) == [80_000, 50_000]
    facts = f"{A}窃得价值9000元的电缆，先后给予{B}好处费共计800元，让{B}望风。"
    assert of_each(facts, NAMES, charges=[THEFT, THEFT]) == [9000, 9000]


def test_another_masked_name_of_the_only_one_of_a_family_name():
    facts = "被告人赵某1参与盗窃2起，价值3000元；被告人钱某参与盗窃1起，价值1000元。"
    assert of_each(facts, ["赵大川", "钱某"], charges=[THEFT, THEFT]) == [3000, 1000]
    assert of_each(facts, ["赵大川", "赵小川"], charges=[THEFT, THEFT])[0] != 1000


def test_the_same_bribe_taken_with_two_others_is_two():
    reasoning = f"{A}与{B}共同受贿4万元，{A}与李某共同受贿4万元，均构成受贿罪。"
    charges = [["受贿罪"]] * 3
    assert of_each("", [A, B, "李某"], reasoning, charges)[0] == 80_000


def test_crimes_that_are_seldom_measured_take_no_sum_of_another():
    facts = f"{A}套现资金共计60万元。"
    charges = [["非法经营罪"], ["妨害信用卡管理罪"]]
    assert of_each(facts, NAMES, charges=charges) == [600_000, 0]


@pytest.mark.parametrize("longer", ["刘某民", "刘某军"])
def test_a_name_inside_another_name_has_no_part_in_its_counts(longer):
    facts = (
        f"1、{longer}窃得电缆，价值3000元。2、{longer}、刘某窃得手机，价值1000元。3、刘某窃得烟，价值500元。"
    )
    assert of_each(facts, [longer, "刘某"]) == [4000, 1500]


def test_so_many_times_in_the_story_of_one_count_is_not_all_that_somebody_did():
    facts = (
        "1、2012年6月27日至29日，被告人张某甲先后二次窃得电缆线800米，价值人民币64704元。"
        "2、2012年7月9日，被告人张某甲、张某乙窃得电缆线600米，价值人民币33600元。"
    )
    assert of_each(facts, NAMES) == [98304, 33600]
    said = (
        "自2017年6月2日至2017年6月15日，张某甲诈骗成功三次，骗取财物共计人民币120000元。"
        "张某乙诈骗两次，共计人民币60000元。"
    )
    assert of_each(said, NAMES) == [120000, 60000]


def test_a_unit_has_a_short_name():
    reasoning = (
        "被告单位创馨公司偷逃应缴税额达594万余元，构成走私普通货物罪。被告人张某甲偷逃应缴税额达555万余元。"
    )
    names = ["上海创馨化妆品有限公司", "张某甲"]
    assert of_each("", names, reasoning, [["走私普通货物、物品罪"]] * 2) == [5940000, 5550000]
    # The name of another one is none of the unit's.
    assert shares._own_names("被告单位法定代表人张某甲在乙公司收取货款", names) == (
        "被告单位法定代表人张某甲在乙公司收取货款"
    )
    whole = "被告单位上海创馨化妆品有限公司偷逃税款"
    assert shares._own_names(whole, names) == whole


def test_who_buys_among_strangers_has_no_part_in_the_sale():
    facts = (
        "被告人张某甲多次销售给王某1、刘某（另案处理）及被告人张某乙等人，销售金额共计97000元。"
        "被告人张某乙多次销售给胡某、黄某1及被告人张某甲等人，销售金额共计52000元。"
    )
    assert of_each(facts, NAMES, charges=[["销售假药罪"]] * 2) == [97000, 52000]


def test_what_several_did_each_alone_is_added_for_the_case():
    alone = "被告人张某甲共计得好处费人民币9400元，被告人张某乙共计得好处费人民币10000元。"
    people = [Defendant(name, charges=["非国家工作人员受贿罪"]) for name in NAMES]
    assert shares.assign("", alone, 10_000, people) == 19_400
    assert shares.assign("", f"二人共谋。{alone}", 10_000, people) == 10_000


def test_who_handles_goods_has_what_was_bought_of_them():
    facts = (
        "1、被告人张某甲窃得电缆，价值13140元。后由张某乙销赃，张某乙在明知系犯罪所得的情况下，"
        "仍将铜线予以收购，计价值人民币4800元。2、被告人张某甲窃得价值500元的手机。"
    )
    charges = [["盗窃罪"], ["掩饰、隐瞒犯罪所得罪"]]
    assert of_each(facts, NAMES, charges=charges)[1] == 4800


@pytest.mark.parametrize("how", ["单独或结伙", "单独、结伙", "结伙"])
def test_alone_or_with_others_is_not_alone(how):
    reasoning = (
        f"被告人张某甲、张某乙{how}窃取他人财物，价值共计人民币49747元，"
        "其中：张某甲入室盗窃11起，价值人民币37669元；张某乙入室盗窃13起，价值人民币27000元。"
    )
    assert of_each("", NAMES, reasoning, [["盗窃罪"]] * 2) == [37669, 27000]


def test_the_only_defendants_part_of_what_a_company_did():
    facts = "该公司共非法吸收公众存款12632000元，其中，张某甲非法吸收公众存款2950500元。"
    assert of_each(facts, ["张某甲"], charges=[["非法吸收公众存款罪"]]) == [2950500]
    own = "张某甲骗得5万元，其中张某甲骗取李某2万元，骗取王某3万元。"
    assert of_each(own, ["张某甲"], charges=[["诈骗罪"]]) == [50000]


def test_so_many_times_within_one_count_is_not_all():
    facts = (
        "1、被告人张某甲收受郑某人民币10万元。2、被告人张某甲先后3次收受张某的人民币30万元。"
        "3、被告人张某乙收受赵某人民币2万元。"
    )
    assert of_each(facts, NAMES, charges=[["受贿罪"]] * 2) == [400_000, 20_000]


def test_a_list_goes_on_with_less_words():
    facts = "共抽头渔利36万元，其中张某甲参与的抽头渔利数额为36万元，张某乙为24万元左右。"
    assert of_each(facts, NAMES, charges=[["开设赌场罪"]] * 2) == [360_000, 240_000]


def test_a_name_said_again_begins_a_new_figure():
    reasoning = (
        "被告人张某甲、张某乙秘密窃取他人财物，被告人张某甲盗窃数额为人民币17450元、"
        "被告人张某乙盗窃数额为人民币18650元，其行为均构成盗窃罪、寻衅滋事罪"
    )
    assert of_each("", NAMES, reasoning, [["盗窃罪", "寻衅滋事罪"]] * 2) == [17450, 18650]


def test_one_persons_figure_is_not_the_cases():
    reasoning = "张某甲、张某乙骗取10万元，构成诈骗罪。张某乙参与的犯罪数额应认定为2万元。"
    assert of_each("", NAMES, reasoning, [["诈骗罪"]] * 2) == [100_000, 20_000]


def test_two_words_for_one_crime_are_one():
    facts = "张某甲参与吸收存款，集资数额500万元；张某乙集资数额200万元。"
    reasoning = "被告人张某甲吸收资金数额500万元，张某乙吸收资金数额200万元。"
    assert of_each(facts, NAMES, reasoning, [["非法吸收公众存款罪"]] * 2) == [5_000_000, 2_000_000]


def test_a_list_of_strangers_is_read_in_its_length():
    assert list(shares._acting("给" + "和" * 400 + "（张某乙", NAMES)) == [(402, "张某乙")]


def test_figures_of_two_crimes_are_added():
    reasoning = (
        "被告人张某甲、张某乙参与实施诈骗犯罪两次，诈骗财物共计价值人民币84750元；"
        "被告人张某甲参与盗窃犯罪一次，盗窃财物价值人民币20000元。"
    )
    charges = [["诈骗罪", "盗窃罪"], ["诈骗罪"]]
    assert of_each("", NAMES, reasoning, charges) == [104750, 84750]


def test_bribes_are_counted_however_they_are_told():
    facts = "张某甲先后向某站等单位贿送人民币计119万余元；张某乙先后向某局等单位贿送人民币计58万余元。"
    assert of_each(facts, NAMES, charges=[["行贿罪"]] * 2) == [1190000, 580000]


@given(st.permutations([29300, 18500, 8500, 7500, 7000, 3200]), st.integers(2, 6), st.booleans())
def test_respectively_gives_each_of_a_list_one_sum(order, number, yuan):
    sums = order[:number]
    names = [f"张某{letter}" for letter in "甲乙丙丁戊己"[: len(sums)]]
    said = "、".join(f"{'人民币' if yuan else ''}{one}元" for one in sums)
    facts = f"被告人{'、'.join(names)}多次聚众赌博，参与场次抽头获利分别约{said}。"
    assert of_each(facts, names) == sums


@pytest.mark.parametrize(
    ("told", "amount"),
    [
        ("公安人员查获卷烟，价值人民币178640元。扣押于公安局的卷烟、现金9600元", 178640),
        ("公安人员缴获的假冒注册商标的洋酒共价值人民币129540元", 129540),
        ("被扣押的烟叶值款人民币137355元", 137355),
        ("将发票入账并抵扣税款91170元", 91170),
        ("逃避缴纳税款50万元", 500000),
        ("窃得现金计1000元、手机计3000元", 4000),
        ("根据购买假药人员的证言统计被告人销售假药的金额达67164元", 67164),
    ],
)
def test_what_was_found_is_its_value_and_not_the_cash_beside(told, amount):
    assert of_each(f"被告人张某甲销售假冒商品。{told}。", ["张某甲"]) == [amount]
