"""Marks of right, wrong and missed elements, and which judgments become examples."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.report import examples
from lexpro.report.examples import MISSED, RIGHT, WRONG, Mark


@pytest.mark.parametrize(
    ("gold", "answer", "marks"),
    [
        (["42"], ["42"], [(RIGHT, "42")]),
        (["42"], ["36"], [(WRONG, "36")]),
        (["42"], [], [(MISSED, "42")]),
        ([], ["5000"], [(WRONG, "5000")]),
        (["坦白", "累犯"], ["累犯", "自首"], [(RIGHT, "累犯"), (WRONG, "自首"), (MISSED, "坦白")]),
        (["盗窃罪", "抢劫罪"], ["诈骗罪"], [(WRONG, "诈骗罪"), (MISSED, "盗窃罪"), (MISSED, "抢劫罪")]),
        (["盗窃罪"], ["盗窃罪", "盗窃罪"], [(RIGHT, "盗窃罪"), (WRONG, "盗窃罪")]),
    ],
)
def test_marks_of_one_slot(gold, answer, marks):
    assert examples.mark(Counter(gold), Counter(answer)) == [Mark(*mark) for mark in marks]


def test_two_defendants_keep_their_own_lines():
    gold = Counter({("张某甲", "罚金", 5000): 1, ("李某乙", "罚金", 3000): 1, ("", "退赔", 800): 1})
    answer = Counter({("张某甲", "罚金", 3000): 1, ("王某丙", "罚金", 3000): 1})
    lines = {(line.defendant, line.field): line for line in examples.compare(gold, {"sft": answer})}
    assert lines["张某甲", "罚金"].answers["sft"] == [Mark(WRONG, "3000")]
    assert lines["李某乙", "罚金"].answers["sft"] == [Mark(MISSED, "3000")]
    assert lines["", "退赔"].answers["sft"] == [Mark(MISSED, "800")]
    assert lines["王某丙", "罚金"].gold == []
    assert lines["王某丙", "罚金"].answers["sft"] == [Mark(WRONG, "3000")]


def test_lines_of_a_defendant_stand_together():
    """Totals come after all people, also where only an answer has them."""
    gold = Counter({("甲", "罚金", 1): 1, ("", "金额", 9): 1})
    answer = Counter({("甲", "缓刑", 6): 1, ("乙", "罚金", 1): 1})
    assert [line.defendant for line in examples.compare(gold, {"sft": answer})] == ["甲", "甲", "乙", ""]


facts = st.dictionaries(
    st.tuples(st.sampled_from("甲乙"), st.sampled_from(["罚金", "情节"]), st.sampled_from("123")),
    st.integers(1, 2),
)


@given(facts, facts)
def test_marks_account_for_every_fact(gold, answer):
    """Right and wrong marks are the answer; right marks, and nothing else, are what both have."""
    gold, answer = Counter(gold), Counter(answer)
    marks = [mark for line in examples.compare(gold, {"v": answer}) for mark in line.answers["v"]]
    kinds = Counter(mark.kind for mark in marks)
    assert kinds[RIGHT] == (gold & answer).total()
    assert kinds[RIGHT] + kinds[WRONG] == answer.total()
    assert kinds[MISSED] <= (gold - answer).total()


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0, 1)), st.integers(0, 5))
def test_examples_go_from_worse_to_better_and_are_distinct(scores, count):
    chosen = examples.choose(scores, count)
    assert len(chosen) == len(set(chosen)) == min(count, len(scores))
    assert [scores[i] for i in chosen] == sorted(scores[i] for i in chosen)


def test_examples_are_spread_over_the_ranks():
    scores = {f"{i:02d}": i / 30 for i in range(30)}
    assert examples.choose(scores, 3) == ["05", "15", "25"]


@pytest.mark.parametrize(
    ("flawed", "flawless", "chosen"),
    [
        (8, 90, ["02", "06", "53"]),
        (1, 9, ["00", "03", "07"]),
        (0, 9, ["01", "04", "07"]),
    ],
)
def test_mistakes_are_shown_even_where_there_are_few(flawed, flawless, chosen):
    scores = {f"{i:02d}": 0.5 + i / 100 if i < flawed else 1.0 for i in range(flawed + flawless)}
    assert examples.choose(scores, 3) == chosen
