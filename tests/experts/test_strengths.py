"""Strengths from votes: what simulated raters of known skill vote, and whether intervals cover the
truth.
"""

import numpy as np
import pytest

from lexpro.experts.strengths import Vote, connected, head_to_head, points_of, strengths

SYSTEMS = ("a", "b", "c", "d", "e")
TRUTH = dict(zip(SYSTEMS, (1.2, 0.6, 0.0, -0.6, -1.2), strict=True))
PAIRS = [(one, other) for place, one in enumerate(SYSTEMS) for other in SYSTEMS[place + 1 :]]


def simulated(generator, items, skills, ties=0.3, spread=0.0):
    """Votes of raters on three pairs an item.

    A rater of skill 1 votes by the strengths, one of skill 0 by a coin. `ties` is the share of even
    comparisons that are tied; `spread` is how much a system's strength varies from item to item.
    """
    votes, place = [], 0
    for item in range(items):
        own = {name: TRUTH[name] + generator.normal(0, spread) for name in SYSTEMS}
        for _ in range(3):
            first, second = PAIRS[place % len(PAIRS)]
            place += 1
            even = 1 / (1 + np.exp(own[second] - own[first]))
            for skill in skills:
                wins = skill * even + (1 - skill) / 2
                tied = 4 * ties * wins * (1 - wins)
                drawn = generator.random()
                points = 0.5 if drawn < tied else float(drawn < wins + tied / 2)
                votes.append(Vote(str(item), first, second, points))
    return votes


def test_two_systems_have_the_strengths_of_their_odds():
    votes = [Vote(str(n), "x", "y", float(n < 300)) for n in range(400)]
    found = strengths(votes)
    assert list(found) == ["x", "y"]
    # Three to one, half of it each; the prior of a tenth of a vote is below the tolerance.
    assert found["x"].value == pytest.approx(np.log(3) / 2, abs=1e-3)
    assert found["y"].value == pytest.approx(-np.log(3) / 2, abs=1e-3)
    # The exact error of a logarithm of odds: sqrt(1/300 + 1/100), half of it each.
    assert found["x"].high - found["x"].value == pytest.approx(
        1.966 * np.sqrt(1 / 300 + 1 / 100) / 2, rel=0.02
    )


def test_sides_do_not_matter():
    generator = np.random.default_rng(4)
    votes = simulated(generator, 30, (1.0,))
    turned = [Vote(v.item, v.second, v.first, 1 - v.points) for v in votes]
    assert strengths(turned) == strengths(votes)


def test_a_system_that_loses_every_vote_is_weak_but_not_infinitely():
    votes = [Vote(str(n), "x", "y", 1.0) for n in range(20)]
    found = strengths(votes)
    assert 2 < found["x"].value < 4 and np.isfinite(found["x"].high)


def test_votes_that_leave_a_gap_are_refused():
    votes = [Vote("1", "a", "b", 1.0), Vote("1", "c", "d", 0.0)]
    assert not connected(votes) and connected([*votes, Vote("2", "b", "c", 0.5)])
    with pytest.raises(ValueError, match="do not compare"):
        strengths(votes)


def test_several_votes_on_an_item_count_as_one_item():
    """Copies of a vote say nothing new: the interval stays, up to the prior."""
    votes = simulated(np.random.default_rng(5), 40, (1.0,))
    once, often = strengths(votes), strengths([vote for vote in votes for _ in range(3)])
    for name in SYSTEMS:
        wide, copied = (found[name].high - found[name].low for found in (once, often))
        assert copied == pytest.approx(wide, rel=0.05)


def test_points_and_pairs():
    votes = [Vote("1", "x", "y", 1.0), Vote("1", "y", "x", 0.5), Vote("2", "y", "z", 0.0)]
    assert points_of(votes, "y").tolist() == [[0.5, 2], [0, 1]]
    assert head_to_head(votes)["x"] == {"y": (0.75, 2)}
    assert head_to_head(votes)["z"] == {"y": (1.0, 1)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "items, skills, spread",
    [(20, (1.0, 1.0), 0.0), (40, (1.0, 1.0), 0.5), (40, (1.0, 0.8, 0.5), 1.0)],
    ids=["twenty items", "strengths vary by item", "raters of unequal skill"],
)
def test_intervals_cover_the_truth_in_95_of_100_runs(items, skills, spread):
    """200 runs. The truth is what raters of that skill say of 20,000 items."""
    many = strengths(simulated(np.random.default_rng(0), 20_000, skills, spread=spread))
    truth = {name: many[name].value for name in SYSTEMS}
    assert sorted(truth, key=truth.get, reverse=True) == list(SYSTEMS)
    if set(skills) == {1.0} and not spread:
        assert truth == pytest.approx(TRUTH, abs=0.03)
    generator = np.random.default_rng(1)
    covered = np.zeros(len(SYSTEMS))
    for _ in range(200):
        found = strengths(simulated(generator, items, skills, spread=spread))
        covered += [found[name].low <= truth[name] <= found[name].high for name in SYSTEMS]
    # Three standard errors of a share of 0.95, over 1,000 intervals and over the 200 of a system.
    error = 3 * np.sqrt(0.95 * 0.05 / 200)
    assert abs(covered.mean() / 200 - 0.95) < error / np.sqrt(len(SYSTEMS))
    assert abs(covered / 200 - 0.95).max() < error
