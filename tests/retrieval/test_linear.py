"""The ranker made to answer: a linear model with a share chosen on training cases."""

import pytest
from ranker_cases import ARTICLES, CASES

from lexpro.config.index import Ranker as Settings
from lexpro.retrieval import linear
from lexpro.retrieval.ranker import Ranker

FAMILY = {case.doc_id: case.doc_id for case in CASES}


@pytest.fixture(scope="module")
def ranker():
    return Ranker.learn(CASES, ARTICLES, Settings())


def test_it_names_what_enough_such_cases_have_the_likeliest_first(ranker):
    facts = "被告人窃得手机一部，后主动投案"
    said = ranker.shares(facts, "article")
    assert said["264"] > 0.5 > said["133之1"]
    assert linear.answer(ranker, "article", facts, 0.3) in (["264", "67"], ["67", "264"])
    assert linear.answer(ranker, "charge", facts, 0.3) == ["盗窃罪"]
    likeliest = max(said, key=said.__getitem__)
    assert linear.answer(ranker, "article", facts, 2.0) == [likeliest], "an answer names something"


def test_the_share_is_chosen_by_what_others_were_learned_from():
    """With every label noise for the case itself, the best share is above the noise."""
    least = linear.choose(CASES, FAMILY, ARTICLES, Settings(), 0)
    ranker = Ranker.learn(CASES[:30], ARTICLES, Settings())
    for task in linear.TASKS:
        for case in CASES[30:]:
            true = {"charge": case.charges, "article": case.refs}[task]
            assert set(linear.answer(ranker, task, case.facts, least[task])) == set(true)


def test_without_a_case_to_ask_the_share_is_a_half():
    one = [CASES[0]] * 3
    assert set(linear.choose(one, FAMILY, ARTICLES, Settings(seed=1), 0)) == set(linear.TASKS)
    assert linear.choose([], {}, ARTICLES, Settings(), 0) == {"charge": 0.5, "article": 0.5}
