"""The amount involved, of a case and of each of several defendants."""

from __future__ import annotations

import pytest

from lexpro.corpus.parsing import amounts
from lexpro.records import Defendant


def of_each(facts: str, names: list[str], reasoning: str = "") -> list[int | float]:
    defendants = [Defendant(name) for name in names]
    amounts.assign(reasoning, facts, amounts.amount(reasoning, facts), defendants)
    return [defendant.amount for defendant in defendants]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ("被告人张某甲参与盗窃五起，价值人民币15,600元；张某乙参与盗窃三起，价值9800元。", [15600, 9800]),
        ("被告人张某甲伙同张某乙窃得现金3000元。", [3000, 3000]),
        ("张某甲望风，张某乙入室，窃得手机一部。经鉴定，价值2400元。", [2400, 2400]),
        ("张某甲窃得电缆一卷，价值4000元。张某乙明知是赃物，以1500元收购。", [4000, 1500]),
        ("张某甲以每台170元卖给张某乙、李某，销售金额共计2万元。", [20000, 0]),
        ("张某甲、张某乙共骗取某公司贷款66380元。其中张某乙参与五次，金额26000元。", [66380, 26000]),
        ("张某甲骗得5万余元及美元300元。", [50000, 0]),
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


def test_what_several_took_part_in_is_counted_once():
    assert amounts.amount("", "张某甲参与盗窃，价值9000元；张某乙参与盗窃，价值4000元。") == 9000


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["参与得3元，", "张某甲、张某乙", "张某甲参与得3元", "给张某乙"])
def test_a_long_text_without_stops_is_read_in_its_length(piece):
    """Not in the square of it: that would be hours."""
    assert len(of_each(piece * 40_000 + "得3元。", ["张某甲", "张某乙"])) == 2


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
