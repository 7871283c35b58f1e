"""Numerals: every style is read, every number that is written is read back, nothing raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.law import numerals

EXAMPLES = {
    "三千五百": 3500,
    "叁仟伍佰": 3500,
    "二〇一七": 2017,
    "二0一六": 2016,
    "３５００": 3500,
    "3,500": 3500,
    "1.5万": 15000,
    "三点五万": 35000,
    "三万五": 35000,
    "三万零五": 30005,
    "一百零五": 105,
    "一百五": 150,
    "十五": 15,
    "一十五": 15,
    "廿三": 23,
    "卅": 30,
    "两千": 2000,
    "3万5千": 35000,
    "12亿3千万": 1_230_000_000,
    "壹万零伍佰": 10500,
    "九千六百三十点五": 9630.5,
    "5000.00": 5000,
    "12,345.67": 12345.67,
}


@pytest.mark.parametrize(("text", "value"), EXAMPLES.items())
def test_reads(text, value):
    assert numerals.parse(text) == value


@pytest.mark.parametrize("text", ["", "万", "百", "三年", "12,34", "一.二.三", "9" * 5000, "第五"])
def test_refuses_what_is_no_numeral(text):
    assert numerals.parse(text) is None


def test_counts_are_whole():
    assert numerals.parse_int("三点五") is None
    assert numerals.parse_int("三") == 3


@pytest.mark.parametrize("style", numerals.STYLES)
@given(value=st.integers(0, 10**16 - 1))
def test_whole_numbers_are_read_back(style, value):
    assert numerals.parse(numerals.render(value, style)) == value


@pytest.mark.parametrize("style", numerals.STYLES)
@given(cents=st.integers(0, 10**11))
def test_fractions_are_read_back(style, cents):
    assert numerals.parse(numerals.render(cents / 100, style)) == cents / 100


@given(st.text(alphabet="零〇一二两十百千万亿壹拾佰0123456789０１,.，点余多约至-元", max_size=80))
def test_nothing_raises(text):
    numerals.parse(text)
    for number in numerals.find(text):
        assert 0 <= number.start < number.end <= len(text)


def test_ranges_and_approximations():
    three_to_five, about, range_with_dash = numerals.find("三至五万、约2万余、10-20")
    assert (three_to_five.value, three_to_five.high) == (30000, 50000)
    assert about.value == 20000 and about.approximate
    assert (range_with_dash.value, range_with_dash.high) == (10, 20)


def test_render_refuses():
    with pytest.raises(ValueError, match="style"):
        numerals.render(1, "roman")
    with pytest.raises(ValueError, match="-1"):
        numerals.render(-1)
