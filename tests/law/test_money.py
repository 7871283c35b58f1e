"""Sums of money in all their spellings; foreign currencies are not yuan."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.law import money

YUAN = {
    "人民币5万余元": 50000,
    "5.2万元": 52000,
    "五千余元": 5000,
    "3.5余万元": 35000,
    "¥2000元": 2000,
    "三百二十元五角": 320.5,
    "9630.50元": 9630.5,
    "10,000元": 10000,
    "人民币三千元整": 3000,
    "伍仟元": 5000,
    "１２００元": 1200,
    "1,234.56元": 1234.56,
    "八十块钱": 80,
    "近百万元": 1_000_000,
    "百余万元": 1_000_000,
    "千余元": 1000,
    "上千元": 1000,
    "万余元": 10000,
    "2 万元": 20000,
    "2000元人民币": 2000,
    "美元3000元人民币": 3000,
    "8000余元人民币": 8000,
    "￥500": 500,
    "人民币（下同）5000元": 5000,
}


@pytest.mark.parametrize(("text", "amount"), YUAN.items())
def test_reads_yuan(text, amount):
    assert money.parse(text) == amount


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("5万美元", 50000, "美元"),
        ("500元港币", 500, "港元"),
        ("三千美金", 3000, "美元"),
        # The name may stand before the number: these are no yuan.
        ("美元300元", 300, "美元"),
        ("港币5万", 50000, "港元"),
        ("泰铢2万元", 20000, "泰铢"),
        ("HK$3000", 3000, "港元"),
        ("5000元港币", 5000, "港元"),
        ("$500", 500, "美元"),
        ("澳门币500元", 500, "澳门元"),
    ],
)
def test_foreign_currencies_stay_foreign(text, amount, currency):
    (found,) = money.find(text)
    assert (found.amount, found.currency) == (amount, currency)
    assert money.parse(text) is None and money.yuan(text) == []


def test_finds_sums_in_a_sentence():
    text = "在某单元302室窃得现金人民币2000元、手机（价值1,500元），并支付3至5万元，另有200美元。"
    assert money.yuan(text) == [2000, 1500, 30000]
    assert [m.high for m in money.find(text)] == [None, None, 50000, None]
    assert text[money.find(text)[0].start :].startswith("人民币2000元")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("三四千元", 3000, 4000),
        ("五六万元", 50000, 60000),
        ("十五六万元", 150000, 160000),
        ("四五十元", 40, 50),
    ],
)
def test_two_digits_before_a_unit_are_the_ends_of_a_guess(text, low, high):
    (found,) = money.find(text)
    assert (found.amount, found.high, found.approximate) == (low, high, True)


@pytest.mark.parametrize(
    "text",
    [
        "人民币100张",
        "美元20张",
        "8单元301室",
        "公元2017年",
        "0.8克",
        "一块石头",
        "百元大钞",
        "数百万元",
        "几十万元",
    ],
)
def test_what_is_counted_is_no_sum(text):
    assert money.find(text) == []


def test_sums_of_several_currencies():
    text = "窃得现金人民币10000元、港币5000元、美元300元"
    assert [(one.amount, one.currency) for one in money.find(text)] == [
        (10000, "元"),
        (5000, "港元"),
        (300, "美元"),
    ]


@pytest.mark.parametrize("style", ["chinese", "financial", "arabic", "grouped", "fullwidth"])
@given(fen=st.integers(0, 10**12))
def test_what_is_written_is_read_back(style, fen):
    assert money.parse(money.render(fen / 100, style)) == fen / 100


@given(st.text(alphabet="人民币¥$0123456789一二十百千万亿余多.，,元角分美港块至-", max_size=80))
def test_nothing_raises(text):
    money.find(text)
    money.parse(text)
