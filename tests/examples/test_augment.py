"""Variation of the training examples: the answer stays true."""

import pytest
from sample_judgments import case, plain_form

from lexpro.config.tasks import Augment
from lexpro.examples import augment
from lexpro.tasks import prompts, targets

ALL = Augment(reworded=1.0, shuffled=1.0, masked=1.0)
NONE = Augment(reworded=0.0, shuffled=0.0, masked=0.0)
FULL_FORM = plain_form(style="full", sections=["parties", "facts", "reasoning", "judgment"])


def test_elements_are_asked_and_answered_in_the_drawn_order():
    judgment, _ = case()
    orders = set()
    for number in range(20):
        form = augment.order(FULL_FORM, ALL, 1, f"q{number}")
        answer = targets.gold("elements", judgment, form)
        asked = prompts.instruction("elements", form)
        assert "、".join(answer["被告人"][0]) in asked
        assert answer["被告人"][0] == targets.gold("elements", judgment, FULL_FORM)["被告人"][0]
        assert answer == targets.gold("elements", judgment, FULL_FORM)
        orders.add(tuple(answer["被告人"][0]))
    assert len(orders) > 10
    assert augment.order(FULL_FORM, NONE, 1, "q") is FULL_FORM


def test_names_are_masked_anew_everywhere_and_places_stay():
    judgment, text = case()
    other, record = augment.masked(text, judgment, ALL, 3)
    name = record.defendants[0].name
    assert name != "张某甲" and "张某甲" not in other and other.count(name) == text.count("张某甲")
    assert other.replace(name, "张某甲") == text and record.sections == judgment.sections
    assert augment.masked(text, judgment, ALL, 3) == (other, record), "the same on every machine"
    assert augment.masked(text, judgment, NONE, 3) == (text, judgment)
    completion = targets.completion("elements", record, FULL_FORM, text=other)
    assert name in completion and "张某甲" not in completion


def test_names_are_drawn_alike_and_in_all_the_ways_in_which_judgments_mask():
    """A model that knows the frequent ones by heart has to copy these."""
    judgment, text = case()
    names = [augment.masked(text, judgment, ALL, seed)[1].defendants[0].name for seed in range(300)]
    assert all(len(name) == 3 and name[1] == "某" for name in names)
    surnames, last = ({name[place] for name in names} for place in (0, 2))
    assert len(surnames) > 100 and {"甲", "某", "1", "一"} <= last


def test_a_person_told_apart_by_a_number_is_another_one():
    judgment, text = case()
    judgment.defendants[0].name = "李某"
    text = text.replace("张某甲", "李某")
    assert augment.masked(text, judgment, ALL, 3)[0] != text
    assert augment.masked(text + "证人李某1。", judgment, ALL, 3) == (text + "证人李某1。", judgment)


@pytest.mark.parametrize("name", ["张", "阿卜杜拉·买买提", "张某"])
def test_names_that_cannot_be_told_apart_stay(name):
    """`张某` is the beginning of 张某甲: whose name it is, is not known."""
    judgment, text = case()
    judgment.defendants[0].name = name
    text = text + name
    assert augment.masked(text, judgment, ALL, 3) == (text, judgment)
