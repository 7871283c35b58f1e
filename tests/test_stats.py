"""Intervals of scores, and paired tests: what they find, what they do not, how often they are
wrong.
"""

import warnings

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from lexpro import stats
from lexpro.stats import Mean, bootstrap, ratio


def f1(sums):
    return ratio(2 * sums[..., 0], sums[..., 1] + sums[..., 2])


def points(values):
    """A table of the points of items that all count."""
    return np.stack([values, np.ones(len(values))], axis=1)


def test_the_interval_is_that_of_a_mean():
    values = np.random.default_rng(0).random(400)
    found = bootstrap(points(values), {"mean": Mean()}, draws=4000, seed=1)["mean"]
    error = values.std() / 20
    assert found.method == "bca"
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


@pytest.mark.parametrize(("truth", "items"), [(0.7, 150), (0.97, 120)])
def test_intervals_cover_the_truth_about_as_often_as_they_say(truth, items):
    """Also near the edge, where percentile intervals are too narrow."""
    generator = np.random.default_rng(3)
    hits = 0
    for trial in range(200):
        sample = points((generator.random(items) < truth).astype(float))
        found = bootstrap(sample, {"mean": Mean()}, draws=500, seed=trial)["mean"]
        hits += found.low <= truth <= found.high
    assert 186 <= hits <= 200


@pytest.mark.parametrize(("right", "low", "high"), [(120, 0.9697, 1), (0, 0, 0.0303), (60, 0.4074, 0.5926)])
def test_a_proportion_has_its_exact_interval(right, low, high):
    """120 of 120 do not show that nothing is ever wrong."""
    found = bootstrap(points(np.arange(120) < right), {"accuracy": Mean()})["accuracy"]
    assert found.method == "clopper-pearson" and found.value == right / 120
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_items_that_do_not_count_are_no_part_of_a_proportion():
    table = np.array([[1, 1]] * 5 + [[0, 1]] * 5 + [[0, 0]] * 90, dtype=float)
    found = bootstrap(table, {"score": Mean()})["score"]
    exact = scipy.stats.binomtest(5, 10).proportion_ci(method="exact")
    assert (found.value, found.low, found.high) == (0.5, exact.low, exact.high)


def test_a_mean_over_samples_of_an_item_is_no_proportion():
    found = bootstrap(points(np.array([0, 1, 0.5] * 30)), {"score": Mean()})["score"]
    assert found.method == "bca"


def test_a_skewed_ratio_has_the_interval_of_scipy():
    table = np.random.default_rng(5).exponential(size=(60, 2))
    made = bootstrap(table, {"r": lambda sums: ratio(sums[..., 0], sums[..., 0] + sums[..., 1])}, 4000)["r"]
    theirs = scipy.stats.bootstrap(
        (table[:, 0], table[:, 1]),
        lambda a, b, axis: a.sum(axis=axis) / (a + b).sum(axis=axis),
        paired=True, n_resamples=4000, method="BCa", rng=0,
    ).confidence_interval  # fmt: skip
    assert made.method == "bca"
    assert (made.low, made.high) == (pytest.approx(theirs.low), pytest.approx(theirs.high))


@pytest.mark.parametrize("items", [1, 2, 30, 120])
def test_the_bound_of_items_that_are_all_alike_is_that_of_a_proportion(items):
    """F1 of lists that are all right: no draw differs, and the bootstrap knows nothing."""
    found = bootstrap(np.ones((items, 3)), {"f1": f1})["f1"]
    exact = scipy.stats.binomtest(items, items).proportion_ci(method="exact")
    assert found.method == "rule-of-three"
    assert (found.value, found.low, found.high) == (1, pytest.approx(exact.low), 1)


def test_items_that_are_alike_and_half_right_may_be_better_or_worse():
    found = bootstrap(points(np.full(100, 0.5)), {"score": Mean()})["score"]
    assert found.method == "rule-of-three"
    assert found.low == pytest.approx(1 - found.high) and 0.48 < found.low < 0.5


@given(
    st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=1, max_size=12).map(
        lambda rows: np.array(rows, dtype=float)
    )
)
def test_an_interval_holds_its_value_and_warns_of_nothing(table):
    table[:, 1:] = np.maximum(table[:, 1:], table[:, :1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = bootstrap(table, {"f1": f1, "right": Mean(0, 1)}, draws=100)
    for one in found.values():
        assert 0 <= one.low <= one.value <= one.high <= 1 and np.isfinite([one.low, one.high]).all()


def test_a_seed_decides_the_draws_and_blocks_do_not(monkeypatch):
    table = np.random.default_rng(1).random((50, 2))
    metrics = {"ratio": lambda sums: ratio(sums[..., 0], sums[..., 0] + sums[..., 1])}
    whole = bootstrap(table, metrics, draws=300, seed=9)
    assert (
        whole == bootstrap(table, metrics, draws=300, seed=9) != bootstrap(table, metrics, draws=300, seed=10)
    )
    monkeypatch.setattr(stats, "_BLOCK", 50 * 7)
    assert bootstrap(table, metrics, draws=300, seed=9) == whole


def test_no_items_are_an_error():
    with pytest.raises(ValueError, match="no items"):
        bootstrap(np.ones((0, 1)), {})


def test_a_ratio_of_nothing_is_what_is_said():
    assert ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0])).tolist() == [0.5, 1.0]
    assert float(ratio(np.float64(0), np.float64(0), 0.0)) == 0


def test_an_average_draws_the_items_of_each_task():
    generator = np.random.default_rng(2)
    tables = [points(generator.random(size)) for size in (50, 400)]
    found = stats.average(tables, [Mean(), Mean()], draws=4000)
    means, errors = ([f(table[:, 0]) for table in tables] for f in (np.mean, scipy.stats.sem))
    spread = 1.96 * np.hypot(*errors) / 2
    assert found.value == pytest.approx(np.mean(means)) and found.method == "percentile"
    assert (found.high - found.low) / 2 == pytest.approx(spread, rel=0.1)


def test_an_average_of_all_right_is_not_certain():
    found = stats.average([np.ones((10, 2)), np.ones((20, 2))], [Mean(), Mean()])
    assert found.method == "rule-of-three" and found.low == pytest.approx(0.025 ** (1 / 30))


def test_the_test_of_few_items_is_that_of_all_swaps():
    """Three items, each better by the same: of eight ways to swap, two differ as much. p is 2/8."""
    found = stats.paired(points(np.zeros(3)), points(np.ones(3)), Mean(), draws=20_000)
    assert found.difference == found.high == 1
    # Nothing varies: a share of 1 - 0.025^(1/3) of others may be worse by 1 instead.
    assert found.method == "rule-of-three" and found.low == pytest.approx(2 * 0.025 ** (1 / 3) - 1)
    assert found.p == pytest.approx(0.25, abs=0.01)


def test_items_that_are_hard_for_both_do_not_hide_a_difference():
    """A paired test sees what two intervals side by side do not."""
    generator = np.random.default_rng(1)
    hard = generator.random(200)
    better = hard + 0.02 + 0.02 * generator.standard_normal(200)
    found = stats.paired(points(hard), points(better), Mean(), draws=2000)
    assert found.p < 0.01 and 0 < found.low < found.difference < found.high
    unpaired = stats.paired(points(hard), points(generator.permutation(better)), Mean(), draws=2000)
    assert unpaired.p > 0.1 and unpaired.low < 0 < unpaired.high


def test_two_runs_of_one_model_differ_as_often_as_the_test_allows():
    generator = np.random.default_rng(2)
    wrong = sum(
        stats.paired(*map(points, generator.random((2, 60)) < 0.6), Mean(), draws=300, seed=n).p <= 0.05
        for n in range(300)
    )
    # Of 300, 15 are expected; discrete scores make it fewer.
    assert wrong <= 26


def test_a_score_that_is_a_ratio_of_sums():
    first = np.array([[1, 2, 2], [0, 1, 3]] * 10)
    found = stats.paired(first, first + np.array([[1, 0, 0], [0, 0, 0]] * 10), f1, draws=400)
    assert found.difference == pytest.approx(2 * 20 / 80 - 2 * 10 / 80)
    assert found.method == "bca" and 0 < found.low < found.difference < found.high < 1


def test_a_seed_decides_the_draws_of_a_comparison_and_blocks_do_not(monkeypatch):
    a, b = np.random.default_rng(1).random((2, 50, 3))
    whole = stats.paired(a, b, f1, draws=300, seed=9)
    assert whole == stats.paired(a, b, f1, draws=300, seed=9)
    assert whole != stats.paired(a, b, f1, draws=300, seed=10)
    monkeypatch.setattr(stats, "_BLOCK", 50 * 7)
    blocks = stats.paired(a, b, f1, draws=300, seed=9)
    assert (blocks.method, blocks.p) == (whole.method, whole.p)
    assert (blocks.low, blocks.high) == pytest.approx((whole.low, whole.high), abs=1e-12)


@pytest.mark.parametrize(("a", "b"), [((0, 2), (0, 2)), ((3, 2), (4, 2)), ((3, 3), (3, 2))])
def test_what_cannot_be_paired_is_refused(a, b):
    with pytest.raises(ValueError, match="cannot be paired"):
        stats.paired(np.ones(a), np.ones(b), Mean())


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
    assert stats.holm(values) == pytest.approx(adjusted)


@given(st.lists(st.floats(0, 1), max_size=20))
def test_an_adjusted_value_is_never_smaller_and_keeps_the_order(values):
    adjusted = stats.holm(values)
    assert all(p <= q <= 1 for p, q in zip(values, adjusted, strict=True))
    order = sorted(range(len(values)), key=values.__getitem__)
    assert all(adjusted[a] <= adjusted[b] for a, b in zip(order, order[1:], strict=False))


def test_the_same_model_twice():
    samples = np.array([points([1, 0]), points([1, 1]), points([0, 0])])
    assert stats.between_samples(samples, Mean()) == [0.5, 0.5, 1]
    assert stats.between_samples(samples[:1], Mean()) == []


def test_two_draws_of_items_lie_as_far_apart_as_their_error_says():
    values = np.random.default_rng(4).random(400)
    error = values.std() / 20
    found = stats.between_draws(points(values), Mean(), draws=8000)
    assert found == pytest.approx(1.96 * 2**0.5 * error, rel=0.05)
    assert stats.between_draws(np.ones((9, 2)), Mean(), draws=50) == 0
