"""LawBench 2-1: which sentences are given up, as the original gives up after ten seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.benchmarks import lawbench_align, lawbench_edits

TABLES = lawbench_align.Tables({"张": "Aa01A01=", "王": "Aa01A02="}, {"己": frozenset("已")})


def looked_back(source: str, target: str) -> float:
    """The steps of filling, by the plainest way: the whole table, every piece sorted."""
    both = len(source) + len(target)
    cost = [[float(j) if not i else float(i) for j in range(len(target) + 1)] for i in range(len(source) + 1)]
    steps = 0.0
    for i, a in enumerate(source):
        for j, b in enumerate(target):
            if a == b:
                cost[i + 1][j + 1] = cost[i][j]
                continue
            least = min(cost[i][j + 1] + 1, cost[i + 1][j] + 1, cost[i][j] + TABLES.replace(a, b))
            k = 1
            while i - k >= 0 and j - k >= 0 and cost[i - k + 1][j - k + 1] != cost[i - k][j - k]:
                steps += 0.05 * both + 0.3 * k
                if sorted(source[i - k : i + 1]) == sorted(target[j - k : j + 1]):
                    least = min(least, cost[i - k][j - k] + k)
                    break
                k += 1
            cost[i + 1][j + 1] = least
    return steps


@given(st.text("张王己已。,甲乙", max_size=14), st.text("张王己已。,甲乙", max_size=14))
def test_filling_is_counted_as_it_is_done(source, target):
    found = lawbench_align.filling(source, target, TABLES, -1)
    assert found == pytest.approx(looked_back(source, target)) or found > -1


@given(st.text("张王己已甲乙", min_size=3, max_size=14), st.text("张王己已甲乙", min_size=3, max_size=14))
def test_counting_ends_where_it_is_enough(source, target):
    """Up to a border the count is exact, or the texts are too short to reach it."""
    whole = looked_back(source, target)
    for most in (0.0, whole / 2, whole - 0.01, whole + 0.01, 2 * whole + 1):
        assert (lawbench_align.filling(source, target, TABLES, most) > most) == (whole > most)


def test_a_sentence_that_takes_too_long_is_given_up(monkeypatch):
    source, target = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰", "一二三四五六七八九十百千万亿兆"
    assert lawbench_edits.edits(source, target, TABLES) is not None
    monkeypatch.setattr(lawbench_edits, "MOST_STEPS", 30)
    assert lawbench_edits.edits(source, target, TABLES) is None
    # What is scored then: the edits that write 无 for the whole.
    assert lawbench_edits.annotate(source, target, TABLES) == {(0, 15, "无"): 1}
