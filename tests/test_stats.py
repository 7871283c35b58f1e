"""Bootstrap intervals."""

import numpy as np
import pytest

from lexpro import stats
from lexpro.stats import bootstrap, ratio


def mean(items):
    return lambda sums: sums[..., 0] / items


def test_the_interval_is_that_of_a_mean():
    values = np.random.default_rng(0).random((400, 1))
    found = bootstrap(values, {"mean": mean(400)}, draws=4000, seed=1)["mean"]
    error = values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    generator = np.random.default_rng(3)
    hits = 0
    for trial in range(200):
        sample = (generator.random((150, 1)) < 0.7).astype(float)
        found = bootstrap(sample, {"mean": mean(150)}, draws=500, seed=trial)["mean"]
        hits += found.low <= 0.7 <= found.high
    assert 180 <= hits <= 199


def test_a_seed_decides_the_draws_and_blocks_do_not(monkeypatch):
    table = np.random.default_rng(1).random((50, 2))
    metrics = {"ratio": lambda sums: ratio(sums[..., 0], sums[..., 1])}
    whole = bootstrap(table, metrics, draws=300, seed=9)
    assert (
        whole == bootstrap(table, metrics, draws=300, seed=9) != bootstrap(table, metrics, draws=300, seed=10)
    )
    monkeypatch.setattr(stats, "_BLOCK", 50 * 7)
    assert bootstrap(table, metrics, draws=300, seed=9) == whole


def test_equal_items_have_no_spread_and_no_items_are_an_error():
    found = bootstrap(np.ones((30, 1)), {"mean": mean(30)})["mean"]
    assert found.low == found.value == found.high == 1
    with pytest.raises(ValueError, match="no items"):
        bootstrap(np.ones((0, 1)), {})


def test_a_ratio_of_nothing_is_what_is_said():
    assert ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0])).tolist() == [0.5, 1.0]
    assert float(ratio(np.float64(0), np.float64(0), 0.0)) == 0
