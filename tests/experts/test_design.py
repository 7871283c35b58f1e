"""The draw of items, and the balanced design of pairs, repeats and controls."""

from collections import Counter
from itertools import combinations

import pytest

from lexpro.experts import design, draw

ITEMS = [f"i{number}" for number in range(30)]
GOLDS = {item: ("charge", f"答案{item}") for item in ITEMS}


def made(systems=5, per_item=3, **more):
    answered = {item: [f"s{n}" for n in range(systems)] for item in ITEMS}
    asked = {"experts": 3, "ratings": 2, "repeats": 0.1, "controls": 4, "seed": 1} | more
    return design.showings(design.pairs(answered, per_item, asked["seed"]), GOLDS, **asked)


@pytest.mark.parametrize("systems, per_item", [(2, 1), (4, 2), (5, 3), (6, 3), (9, 4)])
def test_every_pair_is_shown_about_as_often_as_any_other(systems, per_item):
    answered = {item: [f"s{n}" for n in range(systems)] for item in ITEMS}
    pairs = design.pairs(answered, per_item, 1)
    counted = Counter(pair for own in pairs.values() for pair in own)
    assert all(len(set(own)) == len(own) == per_item for own in pairs.values())
    assert set(counted) <= set(combinations(sorted(answered["i0"]), 2))
    if sum(counted.values()) >= len(list(combinations(range(systems), 2))):
        assert max(counted.values()) - min(counted.values()) <= 1
    alone = Counter(name for own in pairs.values() for pair in own for name in pair)
    assert max(alone.values()) - min(alone.values()) <= 2


def test_an_item_shows_only_systems_that_answered_it():
    pairs = design.pairs({"i1": ["a", "b"], "i2": ["b", "c", "d"]}, 3, 1)
    assert pairs["i1"] == [("a", "b")] and len(pairs["i2"]) == 3
    assert {name for pair in pairs["i2"] for name in pair} == {"b", "c", "d"}


def test_every_pair_goes_to_as_many_experts_as_asked_and_their_loads_are_even():
    shown = [s for s in made() if s.kind == "pair"]
    assert set(Counter(s.pair for s in shown).values()) == {2}
    loads = Counter(s.expert for s in shown)
    assert max(loads.values()) - min(loads.values()) <= 3
    overlaps = {frozenset(s.expert for s in shown if s.pair == pair) for pair in {s.pair for s in shown}}
    assert len(overlaps) == 3


def test_pairs_of_an_item_follow_each_other():
    for expert in (1, 2, 3):
        items = [s.item for s in made(controls=0, repeats=0.0) if s.expert == expert]
        changes = sum(one != other for one, other in zip(items, items[1:], strict=False))
        assert changes == len(set(items)) - 1


def test_a_repeat_comes_later_with_its_sides_swapped():
    shown = made(repeats=0.2)
    for expert in (1, 2, 3):
        own = [s for s in shown if s.expert == expert]
        first = {s.pair: (place, s) for place, s in enumerate(own) if s.kind == "pair"}
        again = [(place, s) for place, s in enumerate(own) if s.kind == "repeat"]
        assert len(again) == round(0.2 * len(first)) == len({s.pair for _, s in again})
        for place, repeat in again:
            before, original = first[repeat.pair]
            assert (repeat.left, repeat.right) == (original.right, original.left)
            assert place - before > 3


def test_sides_are_shuffled():
    left = Counter(s.left == min(s.left, s.right) for s in made() if s.kind == "pair")
    assert 0.35 < left[True] / left.total() < 0.65


def test_controls_set_a_right_answer_beside_that_of_another_item():
    controls = [s for s in made() if s.kind == "control"]
    assert Counter(s.expert for s in controls) == {1: 4, 2: 4, 3: 4}
    assert all({s.left, s.right} == {design.GOLD, design.SPOILED} and s.source != s.item for s in controls)
    assert {s.left for s in controls} == {design.GOLD, design.SPOILED}
    same = dict.fromkeys(ITEMS, ("charge", "同一答案"))
    compared = {item: [("a", "b")] for item in ITEMS}
    plain = {"experts": 1, "ratings": 1, "repeats": 0.0, "controls": 4, "seed": 1}
    # Where all right answers are the same, none of them is a wrong one.
    assert not any(s.kind == "control" for s in design.showings(compared, same, **plain))


def test_the_design_is_that_of_its_seed():
    assert made() == made() != made(seed=2)


def test_items_are_drawn_evenly(questions):
    chosen = draw.drawn(list(questions.values()), 12, 1)
    levels = draw.difficulty(list(questions.values()))
    for trait, values in (("charge", 3), ("province", 2), ("difficulty", 3)):
        counts = Counter(draw.traits(q, levels[q.id])[trait] for q in chosen)
        assert len(counts) == values and max(counts.values()) - min(counts.values()) <= 1
    assert draw.drawn(list(reversed(questions.values())), 12, 1) == chosen
    assert len(draw.drawn(list(questions.values()), 100, 1)) == len(questions)


def test_what_scorers_find_hard_is_hard(questions):
    levels = draw.difficulty(list(questions.values()))

    def mean(level):
        own = [q for q in questions.values() if levels[q.id] == level]
        return sum(a.metrics["score"] for q in own for a in q.answers.values()) / len(own)

    assert mean("easy") > mean("medium") > mean("hard")


def test_an_item_that_one_system_answered_is_not_drawn(questions):
    alone = questions["d0:charge"]
    for system in list(alone.answers)[1:]:
        del alone.answers[system]
    assert alone not in draw.drawn(list(questions.values()), 100, 1)
