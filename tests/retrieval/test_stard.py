"""The benchmark of lay questions: reading gold names, and its metrics."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

from lexpro.statutes.table import Row


@pytest.fixture(scope="module")
def stard():
    path = Path(__file__).parents[2] / "perf/stard.py"
    spec = importlib.util.spec_from_file_location("stard", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["stard"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("中华人民共和国民法典第五十四条", ("民法典", "54")),
        ("中华人民共和国刑法第一百三十三条之一", ("刑法", "133之1")),
        ("个体工商户条例第二条", ("个体工商户条例", "2")),
        ("没有条号", None),
    ],
)
def test_key(stard, name, key):
    assert stard.key(name) == key


def test_metrics_of_one_question(stard):
    found = [("甲", str(n)) for n in range(20)]
    assert stard.measure(found, {("甲", "0")}) == [1, 1, 1, 1, 1]
    r5, r10, r100, mrr, ndcg = stard.measure(found, {("甲", "7"), ("甲", "12")})
    assert (r5, r10, r100, mrr) == (0, 0.5, 1, 1 / 8)
    assert 0 < ndcg < 0.5
    assert stard.measure(found, {("乙", "1")}) == [0, 0, 0, 0, 0]


def test_what_the_collection_lacks_stays_in_the_denominator(stard, tmp_path):
    path = tmp_path / "queries.json"
    names = ["样本法第一条", "没有的法第二条"]
    path.write_text(json.dumps([{"问题": "问", "match_name": names}]), encoding="utf-8")
    _, gold, missing = stard.questions(path, [Row("样本法", 1, 0, "文")])
    assert missing == 1 and len(gold[0]) == 2


def test_a_law_is_found_without_the_name_of_the_country(stard, tmp_path):
    path = tmp_path / "queries.json"
    names = ["最高人民法院关于适用《样本法》的解释第一条"]
    path.write_text(json.dumps([{"问题": "问", "match_name": names}]), encoding="utf-8")
    law = "最高人民法院关于适用《中华人民共和国样本法》的解释"
    assert stard.questions(path, [Row(law, 1, 0, "文")]) == (["问"], [{(law, "1")}], 0)


def test_versions_of_an_article_are_one_answer(stard):
    rows = [
        Row("样本法", 1, 0, "旧", valid_to="2020-01-01"),
        Row("样本法", 1, 0, "新"),
        Row("样本法", 2, 0, "二"),
    ]
    assert stard.distinct(rows, [1, 2, 0]) == [("样本法", "1"), ("样本法", "2")]
