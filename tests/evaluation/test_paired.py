"""Paired tests: what they find, what they do not, and how often they are wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro import paired
from lexpro.stats import ratio


def mean(items):
    return lambda sums: sums[..., 0] / items


def f1(sums):
    return ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def test_the_test_of_few_items_is_that_of_all_swaps():
    """Three items, each better by the same: of eight ways to swap, two differ as much. p is 2/8."""
    found = paired.paired(np.zeros((3, 1)), np.ones((3, 1)), mean(3), draws=20_000)
    assert found.difference == found.low == found.high == 1
    assert found.p == pytest.approx(0.25, abs=0.01)


def test_items_that_are_hard_for_both_do_not_hide_a_difference():
    """A paired test sees what two intervals side by side do not."""
    generator = np.random.default_rng(1)
    hard = generator.random((200, 1))
    better = hard + 0.02 + 0.02 * generator.standard_normal((200, 1))
    found = paired.paired(hard, better, mean(200), draws=2000)
    assert found.p < 0.01 and 0 < found.low < found.difference < found.high
    unpaired = paired.paired(hard, generator.permutation(better), mean(200), draws=2000)
    assert unpaired.p > 0.1 and unpaired.low < 0 < unpaired.high


def test_two_runs_of_one_model_differ_as_often_as_the_test_allows():
    generator = np.random.default_rng(2)
    wrong = sum(
        paired.paired(*(generator.random((2, 60, 1)) < 0.6), mean(60), draws=300, seed=n).p <= 0.05
        for n in range(300)
    )
    # Of 300, 15 are expected; discrete scores make it fewer.
    assert wrong <= 26


def test_a_score_that_is_a_ratio_of_sums():
    right, stated, true = np.array([[1, 2, 2], [0, 1, 3]]).T
    first = np.stack([right, stated, true], axis=1)
    found = paired.paired(first, first + [[1, 0, 0]], f1, draws=400)
    assert found.difference == pytest.approx(2 * 3 / 8 - 2 * 1 / 8)
    assert 0 <= found.low <= found.difference <= found.high <= 1


def test_a_seed_decides_the_draws_and_blocks_do_not(monkeypatch):
    a, b = np.random.default_rng(1).random((2, 50, 3))
    whole = paired.paired(a, b, f1, draws=300, seed=9)
    assert whole == paired.paired(a, b, f1, draws=300, seed=9)
    assert whole != paired.paired(a, b, f1, draws=300, seed=10)
    monkeypatch.setattr(paired, "_BLOCK", 50 * 7)
    assert paired.paired(a, b, f1, draws=300, seed=9) == whole


@pytest.mark.parametrize(("a", "b"), [((0, 1), (0, 1)), ((3, 1), (4, 1)), ((3, 2), (3, 1))])
def test_what_cannot_be_paired_is_refused(a, b):
    with pytest.raises(ValueError, match="cannot be paired"):
        paired.paired(np.ones(a), np.ones(b), mean(3))


@pytest.mark.parametrize(
    ("values", "adjusted"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),
        ([0.04, 0.0001, 0.5], [0.08, 0.0003, 0.5]),
        ([0.9, 0.8], [1, 1]),
    ],
)
def test_holm(values, adjusted):
    assert paired.holm(values) == pytest.approx(adjusted)


@given(st.lists(st.floats(0, 1), max_size=20))
def test_an_adjusted_value_is_never_smaller_and_keeps_the_order(values):
    adjusted = paired.holm(values)
    assert all(p <= q <= 1 for p, q in zip(values, adjusted, strict=True))
    order = sorted(range(len(values)), key=values.__getitem__)
    assert all(adjusted[a] <= adjusted[b] for a, b in zip(order, order[1:], strict=False))


def test_the_same_model_twice():
    samples = np.array([[[1.0], [0]], [[1], [1]], [[0], [0]]])
    assert paired.twice(samples, mean(2)) == [0.5, 0.5, 1]
    assert paired.twice(samples[:1], mean(2)) == []


def test_two_draws_of_items_lie_as_far_apart_as_their_error_says():
    values = np.random.default_rng(4).random((400, 1))
    error = values.std() / 20
    found = paired.redrawn(values, mean(400), draws=8000)
    assert found == pytest.approx(1.96 * 2**0.5 * error, rel=0.05)
    assert paired.redrawn(np.ones((9, 1)), mean(9), draws=50) == 0
