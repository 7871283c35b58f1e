"""Agreement of raters, against worked examples that others have published."""

import numpy as np
import pytest

from lexpro.experts import agreement

# Four raters and twelve units, with absent ratings: the example of Krippendorff, Computing
# Krippendorff's Alpha-Reliability (2011), section E, which Gwet's Handbook and irrCAC
# (cac.raw4raters) take over.
RATERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = [[value for value in unit if value is not None] for unit in zip(*RATERS, strict=True)]
TABLE = agreement.counts(UNITS, (1, 2, 3, 4, 5))


@pytest.mark.parametrize("distance, published", [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_krippendorffs_paper(distance, published):
    assert agreement.alpha(TABLE, distance) == pytest.approx(published, abs=5e-4)


def test_alpha_of_two_raters_and_two_categories():
    """The same paper, section A: ten units, alpha 0.095."""
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    table = agreement.counts(list(zip(first, second, strict=True)), (0, 1))
    assert agreement.alpha(table) == pytest.approx(0.095, abs=5e-4)


@pytest.mark.parametrize("weights, published", [(None, 0.77544), (agreement.quadratic_weights(5), 0.914)])
def test_ac1_and_ac2_are_those_of_irrcac(weights, published):
    """The documentation of irrCAC, "Usage: raw data" (AC1 0.77544, AC2 with quadratic weights
    0.914)."""
    assert agreement.ac2(TABLE, weights) == pytest.approx(published, abs=5e-6)


def test_agreement_that_everybody_shares():
    same = agreement.counts([["a", "a"], ["b", "b"]], "ab")
    assert agreement.alpha(same) == agreement.ac2(same) == 1
    # One category only: alpha has nothing to compare with, AC1 has.
    one = agreement.counts([["a", "a"], ["a", "a"]], "ab")
    assert np.isnan(agreement.alpha(one)) and agreement.ac2(one) == 1


def test_intervals_hold_the_value_and_say_what_they_rest_on():
    found = agreement.with_interval(TABLE, agreement.alpha, draws=400, seed=1, confidence=0.95)
    assert found["n"] == 11 and found["low"] < found["value"] < found["high"] <= 1
    alone = agreement.counts([["a"], ["b"]], "ab")
    undefined = agreement.with_interval(alone, agreement.alpha, draws=400, seed=1, confidence=0.95)
    assert undefined == {"value": None, "low": None, "high": None, "n": 0}
