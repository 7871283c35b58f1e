"""LawBench 2-1: what the original does with a sentence is counted; what takes it more than ten
seconds is given up.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.evaluation.tasks.lawbench import align, clock, edits

TABLES = align.Tables({"张": "Aa01A01=", "王": "Aa01A02="}, {"己": frozenset("已")})
TEXTS = st.text("张王己已。,甲乙", max_size=12)


def filled(source: str, target: str) -> tuple[list[list[list[tuple[str, int]]]], int, int]:
    """(the cheapest last steps of all prefixes, looks back, characters sorted), every piece sorted
    as ChERRANT does.
    """
    cost = [
        [float(i + j) if not i * j else 0.0 for j in range(len(target) + 1)] for i in range(len(source) + 1)
    ]
    last = [[[("D", 1)] if i else [("I", 1)] for _ in range(len(target) + 1)] for i in range(len(source) + 1)]
    last[0] = [[("I", 1)] for _ in last[0]]
    times = characters = 0
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
                times, characters = times + 1, characters + k + 1
                if sorted(source[i - k : i + 1]) == sorted(target[j - k : j + 1]):
                    prices = {"T": cost[i - k][j - k] + k} | prices
                    break
                k += 1
            cost[i + 1][j + 1] = least = min(prices.values())
            last[i + 1][j + 1] = [
                (name, k + 1 if name == "T" else 1) for name, price in prices.items() if price == least
            ]
    return last, times, characters


def alignments(last: list, i: int, j: int) -> tuple[int, list[str]]:
    """(calls of a walk from i and j back to the beginning, the kinds of steps of every
    alignment).
    """
    if not i + j:
        return 1, [""]
    calls, found = 1, []
    for name, size in last[i][j]:
        more, texts = alignments(last, i - size * (name != "I"), j - size * (name != "D"))
        calls += more
        found += [text + name for text in texts]
    return calls, found


@given(TEXTS, TEXTS)
def test_a_table_is_filled_as_the_original_fills_it(source, target):
    last, times, characters = filled(source, target)
    assert align.looked_back(source, target, TABLES) == align.Looks(times, characters)
    table = align.fill(source, target, TABLES)
    for i, j in align.paths(table, first=False):
        assert [(name, max(a, b)) for name, a, b in align.choices(table[i][j])] == last[i][j]


@given(TEXTS, TEXTS)
def test_a_walk_is_counted_as_it_is_done(source, target):
    last, _, _ = filled(source, target)
    calls, found = alignments(last, len(source), len(target))
    groups = 0
    for text in found:
        kinds = ["X" if name in "SID" else name for name in text]
        groups += sum(
            kind == "T" or kind != before for kind, before in zip(kinds, ["", *kinds], strict=False)
        )
    expected = clock.Walk(calls, sum(map(len, found)), groups)
    assert clock.walk(align.fill(source, target, TABLES)) == expected


@given(st.text("张王己已甲乙", max_size=14), st.text("张王己已甲乙", max_size=14), st.booleans())
def test_given_up_is_what_takes_longer_than_the_limit(source, target, first):
    """Also where the table needs not be looked back through."""
    table = align.fill(source, target, TABLES)
    looks = align.looked_back(source, target, TABLES)
    seconds = clock.filling(looks, len(source) + len(target))
    seconds += 0 if first else clock.walking(clock.walk(table))
    for limit in (seconds / 2, seconds - 1e-9, seconds + 1e-9, 2 * seconds + 1e-9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(clock, "LIMIT", limit)
            assert clock.given_up(source, target, TABLES, table, first) == (seconds > limit)


def test_a_sentence_that_takes_too_long_is_given_up(monkeypatch):
    source, target = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰", "一二三四五六七八九十百千万亿兆"
    assert edits.edits(source, target, TABLES) is not None
    monkeypatch.setattr(clock, "LIMIT", 1e-5)
    assert edits.edits(source, target, TABLES) is None
    # What is scored then: the edits that write 无 for the whole.
    assert edits.annotate(source, target, TABLES) == {(0, 15, "无"): 1}
