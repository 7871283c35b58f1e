"""Tiers that fit, and the steps of a sentence: ranges with sources, within the law's bounds."""

import pytest

from lexpro.sentencing import fitting, steps
from lexpro.statutes import guideline, tiers

ARTICLE = (
    "盗窃公私财物，数额较大的，处三年以下有期徒刑、拘役或者管制，并处或者单处罚金；数额巨大或者有其他严重情节的，"
    "处三年以上十年以下有期徒刑，并处罚金；数额特别巨大的，处十年以上有期徒刑或者无期徒刑，并处罚金。"
)
TIERS = tiers.parse(ARTICLE)
# In the form of a guideline, with figures of our own.
LINES = [
    "三、常见量刑情节的适用",
    "（一）对于从犯，减少基准刑的20%-50%。",
    "（二）对于自首情节，可以减少基准刑的40%以下。",
    "（三）对于被告人认罪认罚的，可以减少基准刑的30%以下；具有自首、退赃的，可以减少基准刑的60%以下。",
    "（四）对于退赃、退赔的，可以减少基准刑的30%以下。",
    "（五）对于累犯，应当增加基准刑的10%-40%，一般不少于3个月。",
    "四、常见犯罪的量刑",
    "（一）盗窃罪",
    "1.构成盗窃罪的，根据下列情形在相应的幅度内确定量刑起点：",
    "（1）达到数额较大起点的，在一年以下有期徒刑、拘役幅度内确定量刑起点。",
    "（2）达到数额巨大起点的，在三年至四年有期徒刑幅度内确定量刑起点。",
]
GUIDELINE = guideline.parse(LINES)
THEFT = GUIDELINE["charges"]["盗窃罪"]


def row(level, low, high=None, province="湖北"):
    return {
        "level": level,
        "from": low,
        "to": high or low,
        "province": province,
        "source": "表",
        "outside": False,
    }


PROVINCE = {
    one["level"]: one for one in (row("数额较大", 2000), row("数额巨大", 50000), row("数额特别巨大", 500000))
}
NATION = {"数额较大": row("数额较大", 1000, 3000, ""), "数额巨大": row("数额巨大", 30000, 100000, "")}


def fits(found="", facts="", amount=0, table=PROVINCE):
    made = fitting.fit(TIERS, THEFT["starts"], found, facts, amount, fitting.reached(amount, table))
    return [one.fits for one in made]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"found": "数额巨大，其行为构成盗窃罪"}, ["no", "yes", "no"]),
        ({"found": "数额特别巨大"}, ["no", "no", "yes"]),
        ({"found": "不属于数额巨大，系数额较大"}, ["yes", "no", "no"]),
        # What the court states counts more than the amount.
        ({"found": "数额较大", "amount": 60000}, ["yes", "no", "no"]),
        ({"amount": 2000}, ["yes", "no", "no"]),
        ({"amount": 49999}, ["yes", "no", "no"]),
        ({"amount": 50000}, ["no", "yes", "no"]),
        ({"amount": 900}, ["no", "no", "no"]),
        ({"amount": 40000, "table": NATION}, ["likely", "likely", "no"]),
        ({"facts": "有其他严重情节"}, ["no", "likely", "no"]),
        ({"facts": "窃得手机"}, ["unknown"] * 3),
    ],
)
def test_the_tier_that_fits(given, expected):
    assert fits(**given) == expected


def test_an_only_tier_fits_and_one_of_units_does_not_count():
    only = tiers.parse("喝酒开车的，处拘役，并处罚金。")
    assert [one.fits for one in fitting.fit(only, (), "", "", 0, ())] == ["yes"]
    with_unit = [*TIERS, {**TIERS[0], "unit": True}]
    assert len(fitting.fit(with_unit, (), "数额较大", "", 0, ())) == 3


def sentence(*names, amount=0, found="数额较大"):
    limits = fitting.reached(amount, PROVINCE) if amount else []
    fit = fitting.best(fitting.fit(TIERS, THEFT["starts"], found, "", amount, limits))
    return steps.sentence(fit, THEFT, names, GUIDELINE["circumstances"], amount, limits, fitting.words(found))


def test_the_start_is_that_of_the_tier():
    assert sentence().range == (6, 12) and sentence(found="数额巨大").range == (36, 48)
    (start,) = sentence().steps
    assert start.source == "量刑指导意见四（一）" and "一年以下" in start.text


def test_circumstances_of_the_crime_are_multiplied_then_the_others_added():
    made = sentence("自首", "从犯", "退赃", found="数额巨大")
    assert [step.title for step in made.steps] == ["量刑起点", "从犯", "自首", "退赃"]
    start, accomplice, _, last = made.steps
    assert (accomplice.low, accomplice.high) == (36 * 0.5, 48 * 0.8)
    # 40 % and 30 % are added up, of the term that 从犯 has adjusted.
    assert last.low == pytest.approx(36 * 0.5 * 0.3) and last.high == pytest.approx(48 * 0.8)


def test_pleading_guilty_is_not_counted_twice():
    alone, both = sentence("认罪认罚"), sentence("自首", "退赃", "认罪认罚")
    assert alone.steps[-1].low == pytest.approx(6 * 0.7)
    assert both.steps[-1].low == pytest.approx(6 * 0.4) and "不重复评价" in both.steps[-1].text


def test_a_recidivist_gets_three_months_more_at_least():
    assert sentence("累犯").steps[-1].low == 9


def test_the_range_keeps_to_the_tier():
    below = sentence("退赃", found="数额巨大")
    assert below.range == (36, 48) and any("以最低刑为限" in remark for remark in below.remarks)
    mitigated = sentence("从犯", found="数额巨大")
    assert mitigated.range[0] == 18 and any("刑法第27条" in remark for remark in mitigated.remarks)
    above = sentence("累犯", amount=49999)
    assert above.range[1] == 36 and any("以最高刑为限" in remark for remark in above.remarks)


def test_what_the_amount_adds_is_marked_as_our_arithmetic():
    made = sentence(amount=26000)
    assert made.steps[1].source == "推算" and "没有给出公式" in made.steps[1].text
    assert made.steps[1].low == pytest.approx(6 + 0.5 * 24)


def test_without_a_guideline_the_tier_is_the_range():
    fit = fitting.best(fitting.fit(TIERS, (), "数额巨大", "", 0, ()))
    made = steps.sentence(fit, None, ["自首"], [])
    assert made.range == (36, 120) and made.steps[0].text.startswith("知识库没有量刑指导意见")
    other = steps.sentence(fit, None, ["自首"], [{"name": "自首"}])
    assert other.range == (36, 120) and "没有这个罪名的起点" in other.steps[0].text


def test_without_a_tier_nothing_is_said():
    assert steps.sentence(None, THEFT, [], []).range is None
