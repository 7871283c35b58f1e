"""No answer of a model, of whatever shape, breaks the scores of the project's own tasks; a grade
depends on item and answer alone.
"""

import json

import pytest
from benchmark_cases import PERSON
from hypothesis import given, settings
from hypothesis import strategies as st

from lexpro.evaluation import consistency
from lexpro.evaluation.grading import OUTCOMES, grade
from lexpro.task_names import TASKS

GOLD = {
    "elements": {"被告人": [PERSON], "金额": 8500, "退赔": 0, "赔偿": 0},
    "charge": {"罪名": ["盗窃罪"]},
    "article": {"法条": ["264", "67"]},
    "term": {"刑种": "有期徒刑", "刑期": 40},
}
KEYS = ["被告人", "姓名", "罪名", "刑种", "刑期", "缓刑", "罚金", "情节", "金额", "退赔", "赔偿", "法条"]
PIECES = ["有期徒刑", "三年六个月", "盗窃罪", "264", "第二百六十四条", "5000元", "无", "张某甲", ""]
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(PIECES)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
answers = st.dictionaries(st.sampled_from(KEYS), values, max_size=6).map(
    lambda a: json.dumps(a, ensure_ascii=False)
)
texts = st.one_of(
    st.text(max_size=60),
    answers,
    answers.map(lambda a: f"<think>理由</think>{a}"),
    answers.map("```{}".format),
)


def graded(task: str, text: str):
    return grade(
        {"task": task, "gold": GOLD[task]}, {"completion": text, "finish_reason": "stop", "error": None}
    )


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(TASKS), texts)
def test_any_text_has_one_grade(task, text):
    found = graded(task, text)
    assert found == graded(task, text)
    assert found.outcome in OUTCOMES and 0 <= found.score <= 1
    assert all(value == value and value >= 0 for value in found.counts.values())
    json.dumps([found.right, found.wrong, found.missed])


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TASKS), st.lists(texts, min_size=2, max_size=4))
def test_any_samples_can_be_compared(task, samples):
    found = consistency.of_samples(task, [graded(task, text).answer for text in samples])
    shares = {name: value for name, value in found.items() if name != "term_range"}
    assert all(0 <= value <= 1 for value in shares.values()) and found.get("term_range", 0) >= 0
