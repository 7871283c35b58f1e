"""The ranker: ridge regression in closed form, n-grams without a vocabulary, articles as cases."""

import numpy as np
import pytest
from ranker_cases import ARTICLES, CASES
from scipy import sparse

from lexpro.config.index import Ranker as Settings
from lexpro.retrieval import ngrams, ridge
from lexpro.retrieval.ranker import Ranker
from lexpro.retrieval.same_crime import SameCrime
from lexpro.workflow.errors import UserError

ALPHA = 0.3


@pytest.fixture(scope="module")
def rows():
    generator = np.random.default_rng(0)
    dense = generator.random((60, 300)) * (generator.random((60, 300)) < 0.1)
    return sparse.csr_array(dense.astype(np.float32)), generator.random((60, 3)).astype(np.float32)


def solved(kernel: np.ndarray, targets: np.ndarray, learned: np.ndarray, landmarks: int) -> np.ndarray:
    """The weights, in float64, by the normal equations: of the rows `learned` alone."""
    if landmarks == len(targets):
        return np.linalg.solve(
            kernel[np.ix_(learned, learned)] + ALPHA * np.eye(len(learned)), targets[learned]
        )
    near = kernel[learned, :landmarks]
    left = near.T @ near + ALPHA * kernel[:landmarks, :landmarks]
    return np.linalg.solve(left, near.T @ targets[learned])


@pytest.mark.parametrize("landmarks", [60, 40])
def test_weights_and_what_a_row_scores_where_it_is_left_out(rows, landmarks, monkeypatch):
    monkeypatch.setattr(ridge, "BATCH", 17)
    matrix, targets = rows
    kernel = (matrix @ matrix.T).toarray().astype(float)
    products = ridge.Products(matrix[:landmarks])
    fit = ridge.fit(lambda: products(matrix), targets, landmarks, ALPHA, left_out=True)
    np.testing.assert_allclose(fit.weights, solved(kernel, targets, np.arange(60), landmarks), atol=1e-4)
    for row in range(60):
        others = np.flatnonzero(np.arange(60) != row)
        known = others if landmarks == 60 else np.arange(landmarks)
        expected = kernel[row, known] @ solved(kernel, targets, others, landmarks)
        np.testing.assert_allclose(fit.left_out[row], expected, atol=1e-3)
    assert ridge.fit(lambda: products(matrix), targets, landmarks, ALPHA).left_out is None


def test_ngrams_are_counted_without_punctuation_and_weighed_to_unit_length():
    counts = ngrams.counts(["甲乙，甲乙", "甲", ""], 2, 1 << 16)
    # 甲 and 乙 twice, 甲乙 twice, 乙甲 once.
    assert sorted(counts[[0]].data) == [1, 2, 2, 2]
    idf = ngrams.inverse_frequencies(counts, 2)
    assert np.count_nonzero(idf) and idf[counts[[1]].indices].max() > 0
    lengths = np.sqrt(ngrams.weigh(counts, idf).power(2).sum(axis=1))
    assert lengths[:2] == pytest.approx([1, 1])
    assert ngrams.counts([], 2, 16).shape == (0, 16)


@pytest.fixture(scope="module", params=[8000, 10])
def ranker(request):
    """Exact, and with ten landmarks."""
    return Ranker.learn(CASES, ARTICLES, Settings(landmarks=request.param))


@pytest.mark.parametrize(
    "facts, refs, charge",
    [
        ("被告人王某窃得他人手机", {"264", "67"}, "盗窃罪"),
        ("被告人李某醉酒驾驶轿车", {"133之1"}, "危险驾驶罪"),
    ],
)
def test_what_courts_cite_comes_first(ranker, facts, refs, charge):
    scores, charges = ranker.scores(facts)
    first = np.argsort(-scores)[: len(refs)]
    assert {ranker.labels.refs[place] for place in first} == refs
    assert ranker.labels.charges[int(np.argmax(charges))] == charge


def test_an_article_that_no_case_cites_is_found_by_its_words(ranker):
    scores, charges = ranker.scores("伪造某机关印章的")
    assert ranker.labels.refs[int(np.argmax(scores))] == "280"
    assert {ranker.labels.charges[place] for place in np.argsort(-charges)[:2]} == {*ARTICLES[3]["charges"]}


def test_the_general_part_is_no_example_and_a_former_version_neither(ranker):
    assert set(ranker.labels.refs) == {"67", "264", "133之1", "280"}
    assert [ranker.labels.refs[column] for column in ranker.labels.crimes] == ["133之1", "264", "280"]


def test_it_is_saved_as_plain_arrays_and_answers_the_same(ranker, tmp_path):
    ranker.save(tmp_path / "a")
    again = Ranker.load(tmp_path / "a")
    for mine, theirs in zip(ranker.scores("窃得手机"), again.scores("窃得手机"), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    again.save(tmp_path / "b")
    assert [p.read_bytes() for p in sorted((tmp_path / "a").iterdir())] == [
        p.read_bytes() for p in sorted((tmp_path / "b").iterdir())
    ]
    (tmp_path / "a/ranker.npz").write_bytes(b"x")
    with pytest.raises(UserError, match="is not a ranker"):
        Ranker.load(tmp_path / "a")


def test_of_more_cases_a_drawn_part_is_learned_from():
    one = Ranker.learn(CASES, ARTICLES, Settings(cases=10))
    other = Ranker.learn(CASES[::-1], ARTICLES, Settings(cases=10))
    assert one.postings.shape[1] == 13
    np.testing.assert_allclose(one.scores("窃得")[0], other.scores("窃得")[0], atol=1e-5)
    assert np.isfinite(Ranker.learn([], ARTICLES, Settings()).scores("盗窃财物")[0]).all()


def test_cases_of_the_same_crime_come_first_and_alike_words_decide_among_them(ranker):
    crime = SameCrime(ranker, [("危险驾驶罪",), ("盗窃罪",), ("盗窃罪", "危险驾驶罪"), ("不存在罪",), ()])
    agreement = crime.agreement("被告人王某窃得他人手机")
    assert agreement[1] > agreement[2] > agreement[0] and agreement[3] == agreement[4] == 0
    words = np.array([9.0, 0.0, 1.0, 9.0, 0.0])
    assert crime.scores("窃得手机", words, 0.0).argmax() == 1
    assert crime.scores("窃得手机", words, 100.0).argmax() in (0, 3)
