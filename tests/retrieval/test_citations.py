"""What courts cite for given facts. Texts are invented, not law."""

import numpy as np
import pytest

from lexpro.retrieval.citations import Citations, counted

REFS = ["23", "65", "67", "264", "347", "385"]
TEXTS = ["未得逞", "再犯", "自首", "秘密窃取公私财物", "贩卖毒品", "国家工作人员收受财物"]
SEEN = [["264", "67"], ["264", "67", "65"], ["264"], ["347", "67"], ["347", "65"], ["347", "65"]]


@pytest.fixture
def citations() -> Citations:
    return Citations(REFS, TEXTS, [{"347": "冰毒 吸毒人员"}], {"盗窃罪": ["264"]}, SEEN)


def test_counted_shares_a_judgment_between_its_crimes():
    total, beside = counted([["264", "67"], ["264", "347", "65"]])
    assert total == {"264": 2, "67": 1, "347": 1, "65": 1}
    assert beside["264"][""] == 1.5 and beside["264"]["67"] == 1 and beside["264"]["65"] == 0.5
    assert beside["347"]["67"] == 0


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ("甲秘密窃取乙的财物", "264"),
        ("甲将冰毒卖给吸毒人员", "347"),
        ("国家工作人员甲收受财物", "385"),
    ],
)
def test_the_crime_comes_first(citations, facts, first):
    assert citations.search(facts, 1) == [first]


def test_each_source_tells_of_its_articles():
    told = [{"347": "冰毒"}, {"385": "干股"}]
    found = Citations(REFS, TEXTS, told, {}, SEEN)
    assert [found.search(facts, 1) for facts in ("甲有冰毒", "甲得干股")] == [["347"], ["385"]]


def test_synthetic_facts_of_one_crime_do_not_bury_another():
    told = {"264": "经审理查明被告人于某日在某地被民警抓获"}
    found = Citations(REFS, TEXTS, [told], {}, [["264", "67"]] * 50)
    facts = "经审理查明某甲身为国家工作人员收受财物"
    assert found.refs[found.crimes[int(found.crime(facts).argmax())]] == "385"


def test_a_named_charge_counts(citations):
    assert citations.search("指控甲犯盗窃罪", 1) == ["264"]


def test_what_stands_beside_the_crime_follows_the_counts(citations):
    scores = dict(zip(REFS, citations.scores("甲秘密窃取乙的财物"), strict=True))
    assert scores["67"] > scores["65"] > scores["23"]


@pytest.mark.parametrize(
    ("said", "ref"),
    [("甲因意志以外原因未得逞", "23"), ("甲刑满释放后五年内再犯", "65"), ("甲主动投案自首", "67")],
)
def test_circumstances_raise_their_article(citations, said, ref):
    plain = "甲秘密窃取乙的财物。"
    row = REFS.index(ref)
    assert citations.scores(plain + said)[row] > citations.scores(plain)[row]


def test_facts_without_a_known_word_are_answered_by_the_counts(citations):
    scores = citations.scores("")
    assert np.isfinite(scores).all() and ((scores > 0) & (scores < 1)).all()
    assert set(citations.search("", 2)) <= {"264", "347", "67", "65"}
