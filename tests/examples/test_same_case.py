"""Judgments of one case are split as one, though they are no near-duplicates: no fact is on both
sides.
"""

from __future__ import annotations

import corpora
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus.synthetic import generate
from lexpro.examples.same_case import MANY, families, keys
from lexpro.examples.split import SplitRow, assign

SHARES = {"sft": 0.6, "grpo": 0.2, "heldout": 0.2}
STORY = (
    "2019年3月5日23时许，被告人张某甲、李某在江岸区某小区地下车库内，趁无人之机撬开被害人王某的轿车车窗，"
    "窃得笔记本电脑一台、现金5200元。"
)


def test_co_defendants_of_separate_trials():
    """The same event in two judgments, with names masked otherwise and another beginning."""
    other = STORY.replace("张某甲", "张××").replace("李某", "李某某").replace("，", ",")
    same = [
        ("（2019）鄂0102刑初1号", STORY),
        (None, "另有一案。"),
        ("（2019）鄂0102刑初9号", f"经审理查明。{other}"),
    ]
    assert families(same) == [0, 1, 0]
    assert families([(None, STORY), (None, STORY.replace("5200", "5300"))]) == [0, 1]


def test_the_same_case_number():
    assert families(
        [("（2019）鄂0102刑初1号", "甲"), ("(2019)鄂0102刑初1号", "乙"), ("（2019）鄂0102刑初11号", "丙")]
    ) == [0, 0, 2]


def test_chains_are_one_case():
    second = STORY.replace("2019年3月5日", "2019年4月6日")
    assert families([(None, STORY), (None, STORY + second), (None, second)]) == [0, 0, 0]


def test_formulas_join_nobody():
    formula = "公诉机关认为，被告人的行为触犯了《中华人民共和国刑法》第264条，应当以盗窃罪追究其刑事责任，请依法判处。"
    assert families([(None, formula)] * (MANY + 1)) == list(range(MANY + 1))
    assert (
        keys(
            None,
            "本院于受理后依法组成合议庭，公开开庭审理了本案，公诉机关指派检察员出庭支持公诉，被告人到庭参加诉讼。",
        )
        == set()
    )
    assert keys(None, "2019年3月5日窃得手机。") == set()


@given(st.lists(st.tuples(st.one_of(st.none(), st.sampled_from("甲乙丙丁")), st.just("")), max_size=30))
def test_families_are_what_shares_a_key(documents):
    found = families(documents)
    assert all(found[first] == first for first in found)
    for number, (case_number, _) in enumerate(documents):
        same = [n for n, (other, _) in enumerate(documents) if other and other == case_number]
        assert found[number] == (same[0] if same and len(same) <= MANY else number)


def test_no_fact_is_on_both_sides():
    settings = corpora.synthetic(style="full")
    documents = []
    for number in range(150):
        text, truth = generate.clean(settings, "湖北", number)
        facts = text[slice(*truth["sections"]["facts"])]
        documents.append((truth["case_number"], facts))
        if number % 3 == 0:
            # The judgment of another defendant of the case.
            documents.append((f"（2024）鄂0103刑初{number}号", facts + "其余被告人已另案判决。"))
    heads = families(documents)
    cases = [SplitRow(str(n), str(head), "湖北", "盗窃罪") for n, head in enumerate(heads)]
    splits = assign(cases, SHARES, 1)
    sides: dict[int, set[str]] = {}
    for number, document in enumerate(documents):
        for key in keys(*document):
            sides.setdefault(key, set()).add("heldout" if splits[str(number)] == "heldout" else "training")
    assert all(len(side) == 1 for side in sides.values())
    assert len(set(heads)) < len(documents) and {"heldout", "sft"} <= set(splits.values())
