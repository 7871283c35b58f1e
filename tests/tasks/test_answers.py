"""Reading a model's answer: the thought apart, the JSON found, the values normalised."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.tasks import answers


@pytest.mark.parametrize(
    ("completion", "thought", "answer", "finished"),
    [
        ("<think>甲</think>{}", "甲", "{}", True),
        # A chat template may have opened the thought.
        ("甲</think>\n{}", "甲", "{}", True),
        ("<think>甲", "甲", "", False),
        ("{}", None, "{}", True),
        ("", None, "", True),
        # A thought may speak of its own end: the last tag counts.
        ("<think>甲</think>乙</think>{}", "甲</think>乙", "{}", True),
    ],
)
def test_thought_and_answer_are_parted(completion, thought, answer, finished):
    assert answers.split_think(completion) == (thought, answer, finished)


@pytest.mark.parametrize(
    ("text", "charges"),
    [
        ('{"罪名":["盗窃罪"]}', ["盗窃罪"]),
        ('```json\n{"罪名": ["盗窃"]}\n```', ["盗窃罪"]),
        ('答案是：{"罪名":"盗窃罪"}。', ["盗窃罪"]),
        ('{坏} {"罪名":["盗窃罪"]} {"罪名":["诈骗罪"]}', ["盗窃罪"]),
        ('{"罪名":["贩卖毒品罪"]}', ["走私、贩卖、运输、制造毒品罪"]),
        # Unknown charges are kept: they are wrong, not absent.
        ('{"罪名":["偷东西罪"]}', ["偷东西罪"]),
        ('{"罪名":null}', []),
        ('{"罪名":[["盗窃罪"],{}]}', []),
    ],
)
def test_a_charge_is_read_in_any_of_its_forms(text, charges):
    assert answers.parse("charge", text) == {"罪名": charges}


@pytest.mark.parametrize(
    "text",
    ["", "盗窃罪", "{", '{"罪名":', '["盗窃罪"]', '{"法条":["264"]}', "{" * 5000, '{"罪名":' + "9" * 5000],
)
def test_text_without_an_answer_is_none(text):
    assert answers.parse("charge", text) is None


@pytest.mark.parametrize(
    ("value", "refs"),
    [
        (["264", "133之1"], ["264", "133之1"]),
        ([264, "第六十七条"], ["264", "67"]),
        (["刑法第133条之一", "《中华人民共和国刑法》第五十二条"], ["133之1", "52"]),
        (["条"], ["条"]),
    ],
)
def test_an_article_is_read_in_any_of_its_forms(value, refs):
    assert answers.parse("article", json.dumps({"法条": value})) == {"法条": refs}


@pytest.mark.parametrize(
    ("value", "months"),
    [(42, 42), ("42", 42), ("三年六个月", 42), ("3年6个月", 42), ("42个月", 42), ("有期徒刑三年六个月", 42)]
    + [(180.0, 180), ("15年", 180), (None, None), ("无", None), ("很久", "很久"), (True, True)],
)
def test_a_term_is_read_in_months(value, months):
    assert answers.months(value) == months


@pytest.mark.parametrize(
    ("value", "kind"),
    [("有期徒刑", "有期徒刑"), ("有期徒刑三年", "有期徒刑"), ("死刑，缓期二年执行", "死缓"), ("死刑", "死刑")]
    + [("免除处罚", "免予刑事处罚"), ("罚金刑", "罚金刑"), (3, 3)],
)
def test_a_punishment_is_read_by_name(value, kind):
    assert answers.kind(value) == kind


@pytest.mark.parametrize(
    ("value", "yuan"),
    [(5000, 5000), ("5000", 5000), ("五千元", 5000), ("0.5万元", 5000), ("5,000元", 5000), (5000.0, 5000)]
    + [(None, 0), ("", 0), ("许多", "许多"), (0.5, 0.5)],
)
def test_a_sum_is_read_in_yuan(value, yuan):
    assert answers.number(value) == yuan


def test_elements_keep_what_is_there_and_nothing_else():
    text = '{"被告人":[{"姓名":"被告人 张某甲","刑期":"三年","颜色":"红"},7],"金额":"1万元","备注":"x"}'
    assert answers.parse("elements", text) == {"被告人": [{"姓名": "张某甲", "刑期": 36}], "金额": 10000}
    one = answers.parse("elements", '{"被告人":{"姓名":"张某甲","缓刑":null}}')
    assert one == {"被告人": [{"姓名": "张某甲", "缓刑": 0}]}


KEYS = st.sampled_from([*answers.READ, "被告人", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(st.sampled_from(list(answers.KEYS)), st.dictionaries(KEYS, JSON, max_size=6))
def test_no_json_makes_the_reader_fail(task, data):
    answers.parse(task, json.dumps(data))


@given(st.sampled_from(list(answers.KEYS)), st.text(alphabet='{}[]":,0罪名e- ', max_size=60))
def test_no_text_makes_the_reader_fail(task, text):
    answers.parse(task, text)


@pytest.mark.parametrize(
    ("answer", "like", "same"),
    [
        ({"刑种": "拘役", "刑期": 3}, {"刑种": "有期徒刑", "刑期": 42}, True),
        ({"刑种": "无期徒刑", "刑期": None}, {"刑种": "有期徒刑", "刑期": 42}, True),
        ({"刑种": "有期徒刑", "刑期": 42}, {"刑种": "无期徒刑", "刑期": None}, True),
        ({"刑种": "有期徒刑", "刑期": "三年"}, {"刑种": "有期徒刑", "刑期": 42}, False),
        ({"刑期": 42}, {"刑种": "有期徒刑", "刑期": 42}, False),
        ({"刑种": "拘役", "刑期": 3, "x": 1}, {"刑种": "拘役", "刑期": 3}, False),
        ({"罪名": ["甲", 3]}, {"罪名": ["盗窃罪"]}, False),
        ({"罪名": []}, {"罪名": ["盗窃罪"]}, True),
        ({"罪名": "盗窃罪"}, {"罪名": ["盗窃罪"]}, False),
        ([], {"罪名": []}, False),
    ],
)
def test_the_shape_of_an_answer(answer, like, same):
    assert answers.shaped(answer, like) is same
