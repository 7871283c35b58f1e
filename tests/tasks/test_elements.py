"""Elements: matching per defendant, counting, the confusions that the paper shows."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.tasks import elements


def person(name="张某甲", **changes):
    base = {
        "姓名": name,
        "罪名": ["盗窃罪"],
        "刑种": "有期徒刑",
        "刑期": 42,
        "缓刑": 0,
        "罚金": 5000,
        "情节": ["坦白"],
    }
    return {**base, **changes}


def answer(*people, **totals):
    return {"被告人": list(people), "金额": 8500, "退赔": 0, "赔偿": 3000, **totals}


def score(gold, pred):
    return elements.prf(elements.facts(gold), elements.facts(pred))[2]


def test_zero_and_nothing_are_no_elements():
    found = elements.facts(answer(person()))
    assert found == Counter(
        [
            ("张某甲", "姓名", "张某甲"),
            ("张某甲", "罪名", "盗窃罪"),
            ("张某甲", "刑种", "有期徒刑"),
            ("张某甲", "刑期", 42),
            ("张某甲", "罚金", 5000),
            ("张某甲", "情节", "坦白"),
            ("", "金额", 8500),
            ("", "赔偿", 3000),
        ]
    )
    assert not elements.facts({"被告人": [], "金额": 0}) and not elements.facts(None)


def test_defendants_are_matched_by_name_in_any_order():
    first, second = person(), person("李某乙", 刑期=24)
    assert score(answer(first, second), answer(second, first)) == 1
    # The values of one given to the other are wrong.
    swapped = answer(person("李某乙"), person("张某甲", 刑期=24))
    assert score(answer(first, second), swapped) < 1


@pytest.mark.parametrize(
    "change",
    [
        {"罪名": ["盗窃罪", "诈骗罪"]},
        {"罪名": ["盗窃罪", "盗窃罪"]},
        {"刑期": 36},
        {"刑期": None},
        {"缓刑": 12},
        {"情节": []},
        {"姓名": "张某乙"},
    ],
)
def test_every_difference_costs(change):
    assert score(answer(person()), answer(person(**change))) < 1


def test_an_invented_sum_costs_and_a_stated_zero_earns_nothing():
    gold = answer(person())
    assert score(gold, answer(person(), 退赔=100)) < 1
    bare = answer(person())
    del bare["退赔"]
    assert score(gold, bare) == score(gold, answer(person())) == 1


def test_counts_by_field_make_micro_and_macro():
    gold, pred = answer(person(情节=["坦白", "累犯"])), answer(person(刑期=3))
    by_field = elements.counts(elements.facts(gold), elements.facts(pred))
    assert by_field["刑期"] == (0, 1, 1) and by_field["情节"] == (1, 1, 2) and "缓刑" not in by_field
    assert elements.micro(by_field) == pytest.approx(2 * 7 / (8 + 9))
    assert elements.macro(by_field) == pytest.approx((6 + 0 + 2 / 3) / 8)


@pytest.mark.parametrize(
    ("gold", "pred", "found"),
    [
        (answer(person(刑期=180)), answer(person(刑期=15)), {"years_for_months": 1}),
        (answer(person(缓刑=24)), answer(person(缓刑=2)), {"years_for_months": 1}),
        (answer(person(罚金=30000)), answer(person(罚金=3)), {"wan_for_yuan": 1}),
        (answer(person(罚金=0)), answer(person(罚金=3000)), {"fine_for_compensation": 1}),
        (answer(person(), 赔偿=0), answer(person(), 赔偿=5000), {"compensation_for_fine": 1}),
        (answer(person(), 退赔=5000), answer(person(), 退赔=5000), {}),
        (answer(person()), answer(person("李某乙", 罚金=3000, 刑期=3)), {}),
        (answer(person()), None, {}),
    ],
)
def test_confusions_of_units_and_of_fine_and_compensation(gold, pred, found):
    assert elements.confusions(gold, pred) == found


BAGS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 3)).map(Counter)


@given(BAGS, BAGS)
def test_scores_are_shares_and_f1_is_between_them(gold, pred):
    precision, recall, f1 = elements.prf(gold, pred)
    assert 0 <= f1 <= 1 and elements.prf(gold, gold) == (1, 1, 1)
    if gold and pred:
        assert min(precision, recall) - 1e-9 <= f1 <= max(precision, recall) + 1e-9
