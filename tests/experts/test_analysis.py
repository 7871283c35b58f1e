"""From ratings to numbers: simulated experts of known taste, care and haste."""

from dataclasses import replace

import numpy as np
import pytest

from lexpro.config.expert import Settings as How
from lexpro.experts import analysis, sheet
from lexpro.experts.design import GOLD
from lexpro.experts.exports import Rating
from lexpro.experts.rubric import KEYS
from lexpro.workflow.errors import UserError

# What the experts think of the systems; scores of the fixture go the same way.
TASTE = {"base.none": -1.5, "sft.none": -0.5, "grpo.none": 0.5, "grpo.rag": 1.5}
HOW = How(draws=200)


@pytest.fixture
def made(questions, settings):
    return sheet.build(questions, settings.model_copy(update={"items": 24, "repeats": 0.3}))


def rated(made, seed=0, careless=(), hasty=()):
    """Ratings of everybody; those of a careless expert are left, whatever is there."""
    generator = np.random.default_rng(seed)
    found, said = [], {}
    for row in made.key:
        if row["kind"] == "same":
            continue
        expert, pair = row["expert"], (row["expert"], row["item"], *sorted((row["left"], row["right"])))
        if row["kind"] == "control":
            wanted = GOLD
        elif row["kind"] == "repeat":
            wanted = said[pair]
        else:
            gap = TASTE[row["left"]] - TASTE[row["right"]]
            wanted = row["left"] if generator.random() < 1 / (1 + np.exp(-2 * gap)) else row["right"]
            said[pair] = wanted
        side = "left" if wanted == row["left"] or expert in careless else "right"
        better = {side: 4, {"left": "right", "right": "left"}[side]: 2}
        marks = {f"{where}_{key}": mark for where, mark in better.items() for key in KEYS[:2]}
        seconds = 1.0 if expert in hasty else 30.0 + expert
        at = f"2026-01-01T00:00:{len(found):02d}"
        found.append(Rating(made.shown["id"], expert, row["id"], side, seconds=seconds, at=at, marks=marks))
    return found


def analysed(made, ratings):
    return analysis.analyse(made.shown, made.key, made.answers, ratings, HOW)


def test_known_experts_bring_the_known_order_back(made):
    found = analysed(made, rated(made))
    assert [row["system"] for row in found["systems"]] == sorted(TASTE, key=TASTE.get, reverse=True)
    for row in found["systems"]:
        assert row["strength"]["low"] < row["strength"]["value"] < row["strength"]["high"]
        assert 0 <= row["win_rate"]["low"] <= row["win_rate"]["value"] <= row["win_rate"]["high"] <= 1
    share, votes = found["pairs"]["grpo.rag"]["base.none"]
    assert share > 0.8 and votes == 2 * made.drawn["pairs"]["base.none / grpo.rag"]
    assert sum(row["votes"] for row in found["systems"]) == 2 * 2 * sum(made.drawn["pairs"].values())
    assert found["ratings"] == len(made.shown["showings"]) and found["with_excluded"] == []
    assert set(found["by_task"]) == {"charge"}


def test_each_expert_is_described(made):
    found = analysed(made, rated(made))["experts"]
    assert set(found) == {"1", "2", "3"}
    for number, expert in found.items():
        assert expert["controls"]["value"] == expert["repeats"]["value"] == 1
        assert expert["controls"]["n"] == 4 and expert["repeats"]["n"] > 5
        assert expert["seconds"]["median"] == 30 + int(number)
        assert expert["rated"] == expert["showings"] == made.drawn["by_expert"][int(number)]
        assert 0.3 < expert["left"]["value"] < 0.7 and expert["excluded"] == []


def test_who_fails_the_rule_of_the_sheet_is_left_out(made):
    found = analysed(made, rated(made, careless=(2,), hasty=(3,)))
    reasons = {number: expert["excluded"] for number, expert in found["experts"].items()}
    assert reasons["1"] == []
    # Always left: half of the controls at most, and no repeat the same, for its sides are swapped.
    assert any(why.startswith("repeats: 0.00") for why in reasons["2"])
    assert [why.split(":")[0] for why in reasons["3"]] == ["seconds"]
    kept = sum(r.expert == 1 for r in rated(made) if _kind(made, r) == "pair")
    assert sum(row["votes"] for row in found["systems"]) == 2 * kept
    assert sum(row["votes"] for row in found["with_excluded"]) > 2 * kept


def _kind(made, rating):
    return next(row["kind"] for row in made.key if row["id"] == rating.showing)


def test_where_everybody_is_left_out_nothing_is_claimed(made):
    found = analysed(made, rated(made, hasty=(1, 2, 3)))
    assert found["systems"] == [] and len(found["with_excluded"]) == 4
    assert found["agreement"]["choices"]["alpha_nominal"]["value"] is None


def test_agreement_is_that_of_the_pairs_that_several_rated(made):
    ratings = rated(made)
    same = {}
    for number, rating in enumerate(ratings):
        row = next(row for row in made.key if row["id"] == rating.showing)
        pair = (row["item"], *sorted((row["left"], row["right"])))
        wanted = same.setdefault(pair, row[rating.choice])
        ratings[number] = replace(rating, choice="left" if row["left"] == wanted else "right")
    choices = analysed(made, ratings)["agreement"]["choices"]
    assert {name: part["value"] for name, part in choices.items()} == dict.fromkeys(choices, 1.0)
    assert choices["ac1"]["n"] == sum(made.drawn["pairs"].values())
    mixed = analysed(made, rated(made))["agreement"]
    assert 0 < mixed["choices"]["alpha_nominal"]["value"] < 1
    assert set(mixed) == {"choices", *KEYS[:2]}


def test_metrics_that_go_with_the_experts_are_told_from_those_that_do_not(made):
    for row in made.answers:
        row["metrics"]["noise"] = hash((row["item"], row["system"])) % 97 / 97
        row["metrics"]["wrong"] = -TASTE[row["system"]]
        row["metrics"]["flat"] = 1.0
    found = {row["metric"]: row for row in analysed(made, rated(made))["metrics"]}
    assert found["score"]["votes"]["low"] > 0.3 and found["score"]["systems"]["value"] == 1
    assert found["wrong"]["votes"]["high"] < -0.3 and found["wrong"]["systems"]["value"] == -1
    assert abs(found["noise"]["votes"]["value"]) < 0.4
    assert found["flat"]["votes"]["value"] is None and found["flat"]["systems"]["value"] is None


def test_marks_are_means_with_intervals(made):
    rows = analysed(made, rated(made))["marks"]
    assert {row["dimension"] for row in rows} == set(KEYS[:2])
    best = {row["system"]: row["value"] for row in rows if row["dimension"] == KEYS[0]}
    assert sorted(best, key=best.get, reverse=True) == sorted(TASTE, key=TASTE.get, reverse=True)
    assert all(1 <= row["low"] <= row["value"] <= row["high"] <= 5 for row in rows)


def test_ties_and_both_bad_are_half_a_point_and_skips_are_none(made):
    ratings = [replace(r, choice=("tie", "bad", "skip")[n % 3], reason="") for n, r in enumerate(rated(made))]
    found = analysed(made, ratings)
    assert {row["win_rate"]["value"] for row in found["systems"]} == {0.5}
    assert all(abs(row["strength"]["value"]) < 1e-6 for row in found["systems"])
    assert set(found["choices"]) == {"tie", "bad", "skip"}


def test_ratings_of_another_sheet_do_not_count_and_of_no_showing_are_an_error(made):
    ratings = rated(made)
    foreign = [replace(ratings[0], sheet="other")]
    assert analysed(made, ratings + foreign)["other_sheets"] == 1
    with pytest.raises(UserError, match="none of 1 ratings"):
        analysed(made, foreign)
    with pytest.raises(UserError, match="does not have"):
        analysed(made, [replace(ratings[0], showing="nowhere")])
    with pytest.raises(UserError, match="does not have"):
        analysed(made, [replace(ratings[0], expert=ratings[0].expert % 3 + 1)])
