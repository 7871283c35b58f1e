"""Retrieval by words: articles of the facts, votes of similar cases, what a court usually cites."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sample_judgments import article_rows

from lexpro.law.articles import is_special
from lexpro.retrieval.lexical import LexicalRetriever, Precedent


def test_the_search_finds_the_article_of_the_facts_and_what_similar_cases_cite():
    facts_text = "被告人秘密窃取他人手机，系坦白"
    alone = LexicalRetriever.build(article_rows()).search(facts_text, 3)
    assert alone[0]["ref"] == "264" and len({article["ref"] for article in alone}) == 3
    neighbours = [Precedent(str(n), "秘密窃取他人手机一部", ("264", "52", "53")) for n in range(5)]
    voted = LexicalRetriever.build(article_rows(), neighbours).search(facts_text, 3)
    assert {article["ref"] for article in voted} == {"264", "52", "53"}
    # A case is no precedent for itself.
    own = LexicalRetriever.build(article_rows(), [Precedent("x", facts_text, ("258", "340", "225"))])
    assert {"258", "340"} & {article["ref"] for article in own.search(facts_text, 4)}
    assert own.search(facts_text, 4, family="x") == LexicalRetriever.build(article_rows()).search(
        facts_text, 4
    )


def test_the_search_shows_the_version_in_force():
    article = {"law": "刑法", "ref": "264", "unit": "条", "exists_from": ""}
    old = {**article, "text": "盗窃 旧", "valid_from": "1997-10-01", "valid_to": "2011-05-01"}
    new = {**article, "text": "盗窃 新", "valid_from": "2011-05-01", "valid_to": ""}
    retriever = LexicalRetriever.build([old, new, {**new, "law": "民法典"}])
    assert retriever.search("盗窃", 2, "2010-01-01") == [old]
    assert retriever.search("盗窃", 2, "2011-05-01") == retriever.search("盗窃", 2) == [new]


def two_courts() -> LexicalRetriever:
    """Two courts: A cites 52 and 53 for thefts and 133之1 for driving, B neither 52 nor 53."""
    theft, driving = "秘密窃取他人手机", "醉酒驾驶小型轿车"
    cases = [Precedent(f"a{n}", theft, ("264", "52", "53"), "A") for n in range(6)]
    cases += [Precedent(f"c{n}", driving, ("133之1",), "A") for n in range(6)]
    cases += [Precedent(f"b{n}", theft, ("264",), "B") for n in range(6)]
    return LexicalRetriever.build([], cases)


def test_only_the_most_similar_cases_of_the_court_itself_speak():
    retriever = two_courts()
    assert retriever.court_citations("窃取他人手机", "A", 6) == ["264", "52", "53"]
    assert retriever.court_citations("窃取他人手机", "B", 6) == ["264"]
    assert retriever.court_citations("醉酒驾驶小型轿车", "A", 6) == ["133之1"]
    assert retriever.court_citations("窃取他人手机", "C", 6) is None
    assert retriever.court_citations("窃取他人手机", "", 6) is None
    assert retriever.court_citations("窃取他人手机", "A", 0) is None


def test_a_case_does_not_speak_for_itself():
    same = [Precedent("x", "窃取他人手机", ("264", "52"), "A") for _ in range(5)]
    assert LexicalRetriever.build([], same).court_citations("窃取他人手机", "A", 5, family="x") is None
    others = [Precedent(str(n), "窃取他人手机", ("264",), "A") for n in range(5)]
    assert LexicalRetriever.build([], [*same, *others]).court_citations(
        "窃取他人手机", "A", 5, family="x"
    ) == ["264"]


BUILT_IN = LexicalRetriever.build(article_rows())


@given(
    rows=st.lists(st.integers(0, len(BUILT_IN.articles) - 1), unique=True, max_size=12),
    k=st.integers(1, 10),
    most=st.integers(0, 4),
)
def test_crimes_that_fit_by_words_are_kept_and_the_rest_stays_in_its_order(rows, k, most):
    facts = "被告人有配偶而又与他人以夫妻名义共同生活，又秘密窃取他人手机"
    kept = BUILT_IN.keep_by_words(rows, facts, k, most)
    wanted = [row for row in BUILT_IN.rank_articles(facts, 99) if is_special(BUILT_IN.articles[row]["ref"])]
    wanted = wanted[: min(most, k)]
    assert set(wanted) <= set(kept) and len(kept) == len(set(kept)) <= k
    assert [row for row in rows[:k] if row in kept] == kept[: len([row for row in rows[:k] if row in kept])]
    # Nothing goes but what makes room.
    assert len(set(rows[:k]) - set(kept)) == max(len(set(rows[:k]) | set(wanted)) - k, 0)
    if not most:
        assert kept == rows[:k]


def test_what_is_not_in_force_is_not_kept():
    nothing = np.zeros(len(BUILT_IN.articles), bool)
    assert BUILT_IN.keep_by_words([3], "秘密窃取他人手机", 5, 2, nothing) == [3]


def test_a_crime_that_no_case_has_is_found_by_its_words():
    voters = [Precedent(str(n), "以夫妻名义共同生活，窃取手机", ("264", "52", "53", "67")) for n in range(30)]
    retriever = LexicalRetriever.build(article_rows(), voters)
    facts = "被告人有配偶而又与他人以夫妻名义共同生活"
    assert "258" not in {article["ref"] for article in retriever.search(facts, 3, votes_weight=9.0)}
    assert "258" in {article["ref"] for article in retriever.search(facts, 3, votes_weight=9.0, by_words=1)}


def test_cases_of_a_charge_do_not_vote_where_they_are_left_out():
    cases = [Precedent("a", "窃取手机", ("264",), charges=["盗窃罪"])]
    cases.append(Precedent("b", "窃取手机", ("270",), charges=["诈骗罪", "侵占罪"]))
    retriever = LexicalRetriever.build([], cases)
    assert retriever.without(["盗窃罪"]).tolist() == [False, True]
    assert retriever.without(["侵占罪", "盗窃罪"]).tolist() == [False, False]
    assert retriever.without([]).tolist() == [True, True]
