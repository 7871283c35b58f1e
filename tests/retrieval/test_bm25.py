"""BM25 and the fusion of rankings: against the formula written out, by hand and at random."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.retrieval.bm25 import BM25, top
from lexpro.retrieval.fusion import rrf
from lexpro.retrieval.tokenize import bigrams, words
from lexpro.workflow.errors import UserError


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("盗窃罪", ["盗窃", "窃罪"]),
        ("盗窃，罪", ["盗窃", "罪"]),
        ("窃得 iPhone15 一部", ["窃得", "iphone15", "一部"]),
        ("8500元", ["8500", "元"]),
        ("", []),
        ("，。\n", []),
    ],
)
def test_bigrams(text, terms):
    assert bigrams(text) == terms


def test_words_keep_punctuation_and_drop_blanks():
    assert "".join(words("盗窃 现金， 8500元")) == "盗窃现金，8500元"


def formula(query, texts, k1=1.5, b=0.75):
    documents = [Counter(bigrams(text)) for text in texts]
    mean = sum(d.total() for d in documents) / len(documents)
    scores = []
    for d in documents:
        score = 0.0
        for term in bigrams(query):
            n = sum(term in other for other in documents)
            idf = math.log(1 + (len(texts) - n + 0.5) / (n + 0.5))
            score += idf * d[term] * (k1 + 1) / (d[term] + k1 * (1 - b + b * d.total() / mean))
        scores.append(score)
    return scores


TEXT = st.text("盗窃罪诈骗现金，", max_size=12)


@given(
    st.lists(st.text("盗窃罪诈骗现金，", min_size=2, max_size=12), min_size=1, max_size=6).filter(any), TEXT
)
def test_scores_are_the_formula(texts, query):
    if any(bigrams(text) for text in texts):
        np.testing.assert_allclose(BM25(texts).scores(query), formula(query, texts), atol=1e-12)


def test_search_leaves_out_what_shares_nothing():
    index = BM25(["盗窃现金", "醉酒驾驶", "盗窃财物"])
    assert [row for row, _ in index.search("秘密盗窃", 5)] == [0, 2]
    assert index.search("诈骗", 5) == []
    assert BM25([]).search("盗窃", 3) == []


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0]), max_size=8), st.integers(1, 10))
def test_top_is_a_stable_sort(scores, k):
    expected = sorted(range(len(scores)), key=lambda row: (-scores[row], row))[:k]
    assert list(top(np.array(scores), k)) == expected


@pytest.mark.parametrize("tokenizer", ["bigrams", "words"])
def test_a_saved_index_answers_alike(tmp_path, tokenizer):
    index = BM25(["盗窃现金", "醉酒驾驶机动车", "盗窃财物"], tokenizer)
    index.save(tmp_path / "a")
    index.save(tmp_path / "b")
    assert BM25.load(tmp_path / "a").search("盗窃机动车", 3) == index.search("盗窃机动车", 3)
    for name in ("bm25.json", "weights.npz"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_foreign_folder_is_refused(tmp_path):
    with pytest.raises(UserError, match="not a BM25 index"):
        BM25.load(tmp_path)
    (tmp_path / "bm25.json").write_text("{}")
    with pytest.raises(UserError, match="not a BM25 index"):
        BM25.load(tmp_path)


def test_rrf():
    assert rrf([["a", "b", "c"], ["b", "d"]]) == [
        ("b", 1 / 61 + 1 / 62),
        ("a", 1 / 61),
        ("d", 1 / 62),
        ("c", 1 / 63),
    ]
    assert rrf([]) == []
