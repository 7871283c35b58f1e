"""Punishments and their lengths in months."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.law import numerals, terms
from lexpro.records import TERM_KINDS, TIMED_KINDS, Term

EXAMPLES = {
    "死刑，缓刑二年执行": ("死缓", None),
    "有期徒刑三年六个月": ("有期徒刑", 42),
    "有期徒刑一年半": ("有期徒刑", 18),
    "有期徒刑一年零六个月": ("有期徒刑", 18),
    "有期徒刑一年又六个月": ("有期徒刑", 18),
    "有期徒刑5年4个月": ("有期徒刑", 64),
    "有期徒刑半年": ("有期徒刑", 6),
    "有期徒刑十年": ("有期徒刑", 120),
    "拘役四个月": ("拘役", 4),
    "拘役一个月十五日": ("拘役", 1),
    "管制６个月": ("管制", 6),
    "无期徒刑": ("无期徒刑", None),
    "死刑": ("死刑", None),
    "死刑，缓期二年执行": ("死缓", None),
    "死刑缓期两年执行": ("死缓", None),
    "免予刑事处罚": ("免予刑事处罚", None),
    "免于刑事处罚": ("免予刑事处罚", None),
    "单处罚金": ("单处罚金", None),
}


@pytest.mark.parametrize(("text", "expected"), EXAMPLES.items())
def test_reads(text, expected):
    assert terms.parse(text) == Term(*expected)


@pytest.mark.parametrize("text", ["", "有期徒刑", "羁押一日折抵刑期一日", "自2017年4月28日起"])
def test_no_term(text):
    assert terms.parse(text) is None


def test_days_are_kept_apart():
    length = terms.length_at("一个月十五日")
    assert (length.months, length.days) == (1, 15)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("宣告缓刑三年", 36),
        ("缓刑考验期限为二年六个月", 30),
        ("缓刑一年，并处罚金", 12),
        ("缓刑考验期限，从判决确定之日起计算", None),
    ],
)
def test_probation(text, months):
    assert terms.probation(text) == months


@pytest.mark.parametrize(
    ("text", "months"), [("剥夺政治权利终身", -1), ("剥夺政治权利二年", 24), ("政治权利", None)]
)
def test_deprivation(text, months):
    assert terms.deprivation(text) == months


@pytest.mark.parametrize("style", ["chinese", "arabic", "fullwidth", "financial"])
@given(kind=st.sampled_from(TERM_KINDS), months=st.integers(1, 300))
def test_what_is_written_is_read_back(style, kind, months):
    term = Term(kind, months if kind in TIMED_KINDS else None)
    assert terms.parse(terms.render(term, style)) == term


@given(st.integers(1, 600))
def test_lengths_are_read_back(months):
    assert terms.parse_length(terms.render_length(months)) == months


def test_a_length_is_at_least_a_month():
    with pytest.raises(ValueError, match="0 months"):
        terms.render_length(0)


@given(st.text(alphabet="有期徒刑拘役管制无死缓执行零又半年个月日天一二三十0123456789，", max_size=60))
def test_nothing_raises(text):
    terms.find(text)
    terms.probation("缓刑" + text)
    terms.deprivation("剥夺政治权利" + text)


def test_styles_are_those_of_numerals():
    assert terms.render(Term("拘役", 5), "arabic") == "拘役" + numerals.render(5, "arabic") + "个月"
