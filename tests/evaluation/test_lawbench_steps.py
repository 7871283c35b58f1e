"""LawBench 2-1: alignments as ChERRANT makes them, the edits of all of them, and the bound on their
number.
"""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.evaluation.tasks.lawbench import align, edits

TABLES = align.Tables({"张": "Aa01A01=", "王": "Aa01A02="}, {"己": frozenset("已")})
TEXTS = st.text("张王己已。,甲乙", max_size=12)


def filled(source: str, target: str) -> list[list[list[tuple[str, int]]]]:
    """The cheapest last steps of all prefixes, every piece sorted as ChERRANT does."""
    cost = [
        [float(i + j) if not i * j else 0.0 for j in range(len(target) + 1)] for i in range(len(source) + 1)
    ]
    last = [[[("D", 1)] if i else [("I", 1)] for _ in range(len(target) + 1)] for i in range(len(source) + 1)]
    last[0] = [[("I", 1)] for _ in last[0]]
    for i, a in enumerate(source):
        for j, b in enumerate(target):
            if a == b:
                cost[i + 1][j + 1], last[i + 1][j + 1] = cost[i][j], [("M", 1)]
                continue
            prices = {
                "S": cost[i][j] + TABLES.replace(a, b),
                "I": cost[i + 1][j] + 1,
                "D": cost[i][j + 1] + 1,
            }
            k = 1
            while i - k >= 0 and j - k >= 0 and cost[i - k + 1][j - k + 1] != cost[i - k][j - k]:
                if sorted(source[i - k : i + 1]) == sorted(target[j - k : j + 1]):
                    prices = {"T": cost[i - k][j - k] + k} | prices
                    break
                k += 1
            cost[i + 1][j + 1] = least = min(prices.values())
            last[i + 1][j + 1] = [
                (name, k + 1 if name == "T" else 1) for name, price in prices.items() if price == least
            ]
    return last


def calls(last: list, i: int, j: int) -> int:
    """Calls of a walk from i and j back to the beginning."""
    steps = last[i][j] if i + j else []
    return 1 + sum(calls(last, i - size * (name != "I"), j - size * (name != "D")) for name, size in steps)


@given(TEXTS, TEXTS)
def test_a_table_is_filled_as_the_original_fills_it(source, target):
    last, table = filled(source, target), align.fill(source, target, TABLES)
    for i, j in align.paths(table, first=False):
        assert [(name, max(a, b)) for name, a, b in align.choices(table[i][j])] == last[i][j]


@given(TEXTS, TEXTS)
def test_a_walk_is_counted_as_it_is_done(source, target):
    last = filled(source, target)
    assert align.visits(align.fill(source, target, TABLES)) == calls(last, len(source), len(target))


@given(TEXTS, TEXTS)
def test_the_bound_alone_decides_what_is_given_up(source, target):
    visits = align.visits(align.fill(source, target, TABLES))
    one_way = abs(len(source) - len(target)) > edits.FAR
    for most in (visits - 1, visits):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(edits, "MOST_VISITS", most)
            assert (edits.edits(source, target, TABLES) is None) == (visits > most and not one_way)


def test_a_sentence_with_too_many_alignments_is_given_up(monkeypatch):
    source, target = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰", "一二三四五六七八九十百千万亿兆"
    assert edits.edits(source, target, TABLES)
    monkeypatch.setattr(edits, "MOST_VISITS", 3)
    assert edits.edits(source, target, TABLES) is None
    # What is scored then: the edits that write 无 for the whole.
    assert edits.annotate(source, target, TABLES) == {(0, 15, "无"): 1}


def test_the_work_is_bounded_where_alignments_are_astronomically_many():
    """Counting them costs a step for each cell, not for each of them."""
    source, target = "甲乙" * 60, "丙" * 130
    assert align.visits(align.fill(source, target, TABLES)) > 10**9
    assert edits.edits(source, target, TABLES) is None


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        ("他在家", "他不在家", {(1, 1, "不"): 1}),
        ("他不在家", "他在家", {(1, 2, "-NONE-"): 1}),
        ("自己经", "自已经", {(1, 2, "已"): 1}),
        ("他在家", "他在家", {}),
        ("他 在家", "他在 家", {}),
    ],
)
def test_edits_of_a_sentence(source, target, found):
    assert edits.annotate(source, target, TABLES) == Counter(found)


def test_equally_cheap_alignments_all_count():
    """It is open which of two equal characters is new: the original counts both edits."""
    made = edits.annotate("他家家", "他家", TABLES)
    assert set(made) <= {(1, 2, "-NONE-"), (2, 3, "-NONE-")} and made.total() >= 1
